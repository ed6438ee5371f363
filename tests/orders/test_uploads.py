"""Files of strangers: kept by what they are, refused if they are two things at once; by form, by API and with a new order."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from orders.shop import PLAIN
from orderway.orders import acts, uploads
from orderway.orders.models import StoredDocument

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.4 paper"
WITH_PAPER = (
    PLAIN.format(id="papers", version="1.0.0")
    .replace("facts:", "documents:\n  paper: {from: customer, title: {en: Paper}, keep: 2y}\nfacts:", 1)
    .replace("    limit: 4h\n    steps:\n      - {id: type", "    limit: 4h\n    needs: [paper]\n    steps:\n      - {id: type", 1)
)


def sheet(*, more: dict[str, bytes] | None = None, link: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in (more or {}).items():
            archive.writestr(name, content)
        if link:
            member = zipfile.ZipInfo(link)
            member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, "/etc/passwd")
    return packed.getvalue()


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.exe", b"MZ")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 photo \xff\xd9", "image/jpeg"),
        (sheet(), uploads.SPREADSHEET),
        (b"sku;quantity\nM8;5\n", "text/plain"),
    ],
)
def test_a_paper_is_kept_as_what_its_content_is(body, media_type):
    assert uploads.checked("po.exe", body, field="file") == ("po.exe", media_type)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PDF + a_zip(), id="pdf that is a zip"),
        pytest.param(PNG + a_zip(), id="picture that is a zip"),
        pytest.param(PNG + b"<script>alert(1)</script>", id="picture with a script"),
        pytest.param(b"\xff\xd8\xff <?php system($_GET[0]); ?>", id="picture with php"),
        pytest.param(b"\x89PNG\r\n\x1a\n< SVG onload=x>", id="picture with svg"),
        pytest.param(uploads.EICAR, id="eicar"),
        pytest.param(PDF + uploads.EICAR, id="eicar in a pdf"),
        pytest.param(sheet(more={"../../etc/cron.d/x": b"x"}), id="sheet that climbs out"),
        pytest.param(sheet(more={"/etc/passwd": b"x"}), id="sheet with an absolute name"),
        pytest.param(sheet(more={"xl/..\\..\\x": b"x"}), id="sheet that climbs out by backslashes"),
        pytest.param(sheet(more={"xl/vbaProject.bin": b"x"}), id="sheet with macros"),
        pytest.param(sheet(more={"xl/inner.zip": b"x"}), id="sheet with an archive"),
        pytest.param(sheet(link="xl/link.xml"), id="sheet with a symbolic link"),
        pytest.param(sheet(more={"xl/sheet1.xml": b"\0" * 30_000_000}), id="sheet that is a bomb"),
        pytest.param(sheet()[:-30], id="sheet that is cut off"),
    ],
)
def test_what_is_more_than_a_paper_is_not_kept(body):
    with pytest.raises(uploads.FileHarmful):
        uploads.checked("po.pdf", body, field="file")


@pytest.mark.parametrize("body", [b"", b"MZ\x90\x00", b"<html><script>", b"<?xml version='1.0'?><svg/>", b"\x00\x01", b"\xff\xfe", a_zip()])
def test_what_is_no_kind_of_ours_is_not_kept(body):
    with pytest.raises(uploads.FileKindUnknown):
        uploads.checked("po.pdf", body, field="file")


def test_a_photo_is_a_picture():
    with pytest.raises(uploads.FileKindUnknown):
        uploads.checked("photo.jpg", PDF, field="file", images_only=True)


def test_a_file_above_the_limit_is_refused_whatever_it_is(settings):
    too_much = settings.CONFIGURATION.upload_mb * 1024 * 1024 + 1
    with pytest.raises(uploads.FileTooLarge):
        uploads.checked("po.pdf", PDF.ljust(too_much), field="file")


def test_whoever_attaches_a_file_by_whatever_way_it_is_looked_at_and_gets_a_harmless_name(shop):
    version = shop.released(WITH_PAPER)
    good, bad = shop.orders(2, version=version)
    files = {
        good: [acts.Attachment("paper", "../../../etc/<b>po</b>.pdf", "text/html", PDF)],
        bad: [acts.Attachment("paper", "po.pdf", "application/pdf", PDF + a_zip())],
    }
    refused = acts.attach(files, stage="enter", actor=shop.actor("alice", via="api"), now=shop.now)
    assert [(place, refusal.code) for place, refusal in refused.items()] == [(bad, "file_harmful")]
    assert list(StoredDocument.objects.values_list("name", "media_type")) == [("b_.pdf", "application/pdf")]
