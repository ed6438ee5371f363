"""Files that people and programs send: only kinds that we know by their content, of a bounded size, under a name that can do no harm.

Looks at content, never at what the sender says about it. Every way into the stored documents passes here (form, API, orders with papers).
It knows the standard test string of virus scanners and no virus; files are kept in the database and only ever handed out as attachments.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from django.conf import settings
from django.utils.translation import gettext_noop

from orderway.engine.refusals import Mistake

SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
IMAGES = frozenset({"image/png", "image/jpeg"})
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME_LENGTH = 120
CONTROLS = frozenset(range(32)) - {9, 10, 13}  # bytes that no text file holds
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKUP = re.compile(rb"<\s*(script|html|svg|iframe|\?php|!doctype)", re.IGNORECASE)
ZIP_END, ZIP_END_LENGTH, ZIP_TAIL = b"PK\x05\x06", 22, 22 + 65_535  # a zip is found by its end, wherever it begins
MOST_MEMBERS = 2_000  # of a spreadsheet
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200  # a sheet of equal cells packs to a hundredth; a bomb to a thousandth and less


class FileTooLarge(Mistake):
    """A file above the limit of this installation."""

    code = "file_too_large"
    message = gettext_noop("The file {name} is larger than {limit} MB.")
    remedy = gettext_noop("Send a smaller one, such as a photo of lower resolution.")


class FileKindUnknown(Mistake):
    """A file whose content is none of the kinds that we keep."""

    code = "file_kind_unknown"
    message = gettext_noop("The content of {name} is none of: {kinds}.")
    remedy = gettext_noop("Save it as one of these and send it again.")


class FileHarmful(Mistake):
    """A file that is two things at once, or holds what a paper has no use for."""

    code = "file_harmful"
    message = gettext_noop("The file {name} is not kept: it holds more than a {kind} should.")
    remedy = gettext_noop("Export it again as a plain PDF, picture or spreadsheet without macros, and send that.")


def checked(name: str, body: bytes, *, field: str, images_only: bool = False) -> tuple[str, str]:
    """The name and media type under which a file is kept. Raises FileTooLarge, FileKindUnknown or FileHarmful, naming the field."""
    kept = safe_name(name)
    limit: int = settings.CONFIGURATION.upload_mb
    if len(body) > limit * 1024 * 1024:
        raise FileTooLarge(field=field, name=kept, limit=limit)
    media_type = media_type_of(body)
    if media_type is None or (images_only and media_type not in IMAGES):
        raise FileKindUnknown(field=field, name=kept, kinds="PNG, JPEG" if images_only else "PDF, PNG, JPEG, XLSX, CSV, TXT")
    if EICAR in body or not _harmless(media_type, body):
        raise FileHarmful(field=field, name=kept, kind=media_type.rpartition("/")[2][-30:])
    return kept, media_type


def media_type_of(body: bytes) -> str | None:
    """The media type that the content has; None for everything that we do not keep."""
    for signature, media_type in SIGNATURES:
        if body.startswith(signature):
            return media_type
    if body.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in body[:4096] and b"xl/" in body:
        return SPREADSHEET
    return "text/plain" if body and _is_text(body) else None


def safe_name(name: str) -> str:
    """The last part of the name without anything that a shell, a browser or a file system could take for more than a letter."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    return re.sub(r"[^\w.\- ()]", "_", last).strip(". ")[-NAME_LENGTH:] or "file"


def _is_text(body: bytes) -> bool:
    if set(body) & CONTROLS or body.lstrip()[:1] == b"<":  # markup might run where it is opened
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _harmless(media_type: str, body: bytes) -> bool:
    """Whether a file is one thing only: nothing is hung on to a picture or PDF, a spreadsheet holds only its own parts."""
    if media_type == SPREADSHEET:
        return _plain_spreadsheet(body)
    if media_type == "text/plain":
        return True
    if _is_zip_too(body):
        return False
    return media_type not in IMAGES or MARKUP.search(body) is None


def _is_zip_too(body: bytes) -> bool:
    """Whether a reader of zip files would find one at the end."""
    tail = body[-ZIP_TAIL:]
    at = tail.rfind(ZIP_END)
    return at >= 0 and len(tail) - at >= ZIP_END_LENGTH


def _plain_spreadsheet(body: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    unpacked = sum(member.file_size for member in members)
    bounded = len(members) <= MOST_MEMBERS and unpacked <= min(MOST_UNPACKED, MOST_RATIO * len(body))
    return bounded and all(_plain_member(member) for member in members)


def _plain_member(member: zipfile.ZipInfo) -> bool:
    """No way out of the folder, no symbolic link, no password, no macro, no archive inside."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    inside = not member.filename.startswith(("/", "\\")) and ".." not in parts and ":" not in member.filename
    link = stat.S_ISLNK(member.external_attr >> 16)
    active = (
        member.filename.lower().endswith((".bin", ".exe", ".dll", ".js", ".vbs", ".zip", ".jar"))
        and "printersettings" not in member.filename.lower()
    )
    return inside and not link and not active and not member.flag_bits & 1
