"""Papers are kept as long as the order's standard says; what is over is told, and erased only where the installation wants it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orders.shop import PLAIN
from orderway.journal import reading, verify
from orderway.orders import acts, documents, retention
from orderway.orders.models import Order, StoredDocument
from orderway.standard.document import Duration

KEEPING = (
    PLAIN.format(id="keeping", version="1.0.0")
    .replace(
        "facts:",
        "documents:\n  paper: {from: customer, title: {en: Paper}, keep: 2y}\n"
        "  note: {from: customer, title: {en: Note}, keep: 10y}\nfacts:",
        1,
    )
    .replace("    owner: clerk\n    limit: 4h", "    owner: clerk\n    needs: [paper, note]\n    limit: 4h", 1)
)


@pytest.fixture
def number(shop):
    """A cancelled order with a paper, a note and a photo."""
    number = shop.an_order(version=shop.released(KEEPING))
    order = Order.objects.get(number=number)
    papers = [documents.Paper(order.pk, kind, number, f"{kind}.pdf", body=b"%PDF-1.4") for kind in ("paper", "note", "evidence.photo")]
    documents.store(papers, made_by="alice", now=shop.now)
    from orderway.orders import changes

    assert not changes.cancel([number], reason="not needed", actor=shop.actor("mary"), now=shop.now)
    return number


def later(shop, **time) -> datetime:
    return shop.now + timedelta(**time)


def due(now) -> list[tuple[str, int]]:
    return [(one.kind, one.number) for one in retention.due(now=now)]


def test_a_paper_is_due_when_its_order_has_rested_as_long_as_the_standard_says(shop, number):
    assert due(later(shop, days=729)) == []
    assert due(later(shop, days=732)) == [("paper", 1)]
    assert due(later(shop, days=3654)) == [("paper", 1), ("note", 1)]


def test_what_is_due_is_only_told_unless_the_installation_wants_it_erased(shop, number, settings):
    assert "1 paper (keeping 1.0.0)" in retention.job(later(shop, days=800))
    assert StoredDocument.objects.filter(erased_at=None).count() == 3
    settings.CONFIGURATION = settings.CONFIGURATION.__class__(**{**vars_of(settings.CONFIGURATION), "retention": "erase"})
    assert retention.job(later(shop, days=800)) == "1 papers erased"
    assert retention.job(later(shop, days=801)) == "0 papers erased"


def vars_of(configuration) -> dict[str, object]:
    return {name: getattr(configuration, name) for name in configuration.__dataclass_fields__}


def test_erasing_leaves_the_hash_and_an_entry_and_no_content(shop, number):
    paper = StoredDocument.objects.get(kind="paper")
    assert retention.erase(now=later(shop, days=800)) == 1
    gone = StoredDocument.objects.get(pk=paper.pk)
    assert (bytes(gone.body), gone.name, gone.sha256) == (b"", "", paper.sha256)
    [entry] = reading.of_subject("document", str(paper.pk))
    assert (entry.act, entry.actor) == ("erase", "system")
    assert paper.sha256 in entry.payload
    assert not [row for row in verify.verify() if row.broken]


def test_an_open_order_and_one_on_hold_keep_everything(shop, number):
    Order.objects.filter(number=number).update(status="open", ended_at=None)
    assert due(later(shop, days=9_000)) == []
    Order.objects.filter(number=number).update(status="cancelled", ended_at=shop.now)
    other = shop.an_order()
    assert not acts.hold([other], "customer", reason="law suit", actor=shop.actor("alice"), now=shop.now)
    Order.objects.get(number=other).holds.update(order=Order.objects.get(number=number))
    assert due(later(shop, days=9_000)) == []


@pytest.mark.parametrize(
    ("keep", "then"),
    [(("1", "mo"), "2026-02-28"), (("2", "y"), "2024-03-31"), (("13", "mo"), "2025-02-28"), (("31", "d"), "2026-02-28")],
)
def test_a_month_back_from_the_last_day_is_the_last_day(keep, then):
    now = datetime(2026, 3, 31, 9, tzinfo=UTC)
    assert retention.before(now, Duration(Decimal(keep[0]), keep[1])).date().isoformat() == then
