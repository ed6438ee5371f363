"""How long the papers of orders are kept: what is due by the `keep` of the order's own standard, and erasing what the policy lets go.

Counted from the last thing that was done on an order that has ended; an order that is open or on hold keeps everything, and so does
a paper whose kind has no time (photos and files of steps). Erasing empties the content and the name; that the paper was there, its hash
and when it was erased stay, in its row and in a journal of its own.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.orders.actor import SYSTEM
from orderway.orders.models import Order, StoredDocument, WorkItem
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Duration

SUBJECT = "document"
BATCH = 500
MONTHS = {"mo": 1, "y": 12}
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Due:
    """Papers of one kind whose time is over: how many, and of which version of which standard."""

    version: str
    kind: str
    number: int


def due(*, now: datetime) -> list[Due]:
    """What may go, by kind; a statement per kind of every version that has orders."""
    found = [Due(str(version), kind, papers.count()) for version, kind, papers in _due(now)]
    return [one for one in found if one.number]


def erase(*, now: datetime) -> int:
    """Erase what may go, batch by batch, each with its journal entries; gives how many papers."""
    erased = 0
    for _version, _kind, papers in _due(now):
        while ids := list(papers.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            erased += _erase(ids, now)
    return erased


def job(now: datetime) -> str:
    """What the worker does once a day: says what is due, and erases it if the installation has decided so."""
    if settings.CONFIGURATION.retention == "erase":
        return f"{erase(now=now)} papers erased"
    waiting = due(now=now)
    told = ", ".join(f"{one.number} {one.kind} ({one.version})" for one in waiting)
    return f"due, not erased: {told}" if told else "nothing is due"


def _due(now: datetime) -> Iterator[tuple[Version, str, QuerySet[StoredDocument]]]:
    for version in Version.objects.filter(pk__in=Order.objects.values("version_id").distinct()).order_by("pk"):
        for kind in program_of(version.pk, version.content_hash).standard.documents.values():
            if kind.keep is not None:
                yield version, kind.id, _papers(version, kind.id, before(now, kind.keep))


def _papers(version: Version, kind: str, ended_before: datetime) -> QuerySet[StoredDocument]:
    busy = WorkItem.objects.filter(order__version=version, closed_at__gte=ended_before).values("order_id")
    papers = StoredDocument.objects.filter(kind=kind, erased_at__isnull=True, made_at__lt=ended_before, order__version=version)
    ended = papers.filter(order__ended_at__lt=ended_before).exclude(order__status=Order.Status.OPEN)
    return ended.exclude(order_id__in=busy).exclude(order__holds__isnull=False, order__holds__lifted_at__isnull=True)


def before(now: datetime, keep: Duration) -> datetime:
    """The moment so long ago; a month back from the 31st is the last day of a shorter month."""
    if keep.unit in UNITS:
        return now - UNITS[keep.unit] * float(keep.amount)
    months = now.year * 12 + now.month - 1 - int(keep.amount * MONTHS[keep.unit])
    year, month = divmod(months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


@transaction.atomic
def _erase(ids: Sequence[int], now: datetime) -> int:
    papers = list(
        StoredDocument.objects.select_for_update().defer("body", "data").filter(pk__in=ids, erased_at__isnull=True).order_by("pk")
    )
    writing.append(list(_entries(papers, now)))
    erased = StoredDocument.objects.filter(pk__in=[paper.pk for paper in papers])
    return erased.update(body=b"", data=None, name="", size_bytes=0, erased_at=now)


def _entries(papers: Iterable[StoredDocument], now: datetime) -> Iterator[NewEntry]:
    for paper in papers:
        payload = {"order": paper.order_id, "kind": paper.kind, "place": paper.place, "sha256": paper.sha256}
        yield NewEntry(SUBJECT, str(paper.pk), now, "erase", SYSTEM.key, writing.canonical(payload))
