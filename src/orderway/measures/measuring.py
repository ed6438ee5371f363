"""Measures n orders anew: their journals and sides in, their contributions out. The same for the follower and for a full recomputation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orderway.engine.calendars import WorkingTime
from orderway.engine.move import Move
from orderway.journal.models import Entry
from orderway.masterdata.models import Company
from orderway.measures import sides
from orderway.measures.rules.definitions import Dimensions, Measured, Part
from orderway.measures.rules.judging import Setting, measure
from orderway.measures.rules.tracing import Happened, traced
from orderway.orders.storing import HOLIDAYS, SUBJECT
from orderway.releases.publishing import program_of
from orderway.stages.delivery import handing_over
from orderway.stages.invoicing import actions as invoicing
from orderway.standard.document import StageId

Packed = tuple[str, list[list[str | int]], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Fresh:
    """An order as it measures now."""

    head: sides.Head
    dimensions: Dimensions
    measured: Measured


def fresh(numbers: Iterable[str]) -> list[Fresh]:
    """These orders as they measure now; twelve statements, however many."""
    heads = sides.heads(numbers)
    if not heads:
        return []
    here = zone()
    found_journals = journals([head.number for head in heads])
    found = sides.of_orders(heads)
    return [
        Fresh(head, found[head.id].dimensions, measure(traced(found_journals[head.number]), found[head.id], _setting(head, here)))
        for head in heads
        if head.number in found_journals
    ]


def packed(measured: Measured) -> str:
    """Contributions as canonical JSON."""
    parts = [[p.figure, p.day, p.numerator, p.denominator, p.stage, p.person_group] for p in measured.parts]
    return json.dumps([measured.day, parts, dict(measured.values)], ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Measured:
    """Contributions of canonical JSON."""
    day, parts, values = json.loads(text)
    return Measured(day, tuple(Part(*part) for part in parts), values)


def zone() -> ZoneInfo:
    """The company's zone, in which days are counted."""
    return ZoneInfo(Company.objects.values_list("zone", flat=True).first() or "UTC")


def journals(numbers: list[str]) -> dict[str, list[Happened]]:
    """The journals of these orders, each oldest first; one statement."""
    found: dict[str, list[Happened]] = {}
    rows = Entry.objects.filter(subject_kind=SUBJECT, subject_key__in=numbers).order_by("subject_key", "sequence")
    for number, happened in _moves(rows.values_list("subject_key", "at", "actor", "payload").iterator(chunk_size=2_000)):
        found.setdefault(number, []).append(happened)
    return found


def _moves(rows: Iterable[tuple[str, object, str, str]]) -> Iterator[tuple[str, Happened]]:
    for number, at, actor, payload in rows:
        yield number, Happened(at, actor, Move.from_payload(json.loads(payload)))  # type: ignore[arg-type]


def _setting(head: sides.Head, zone: ZoneInfo) -> Setting:
    standard = program_of(head.version_id, head.content_hash).standard

    def working(stage: str) -> WorkingTime:
        known = standard.stages.get(StageId(stage))
        calendar = standard.calendar_of(known) if known else standard.calendars[standard.calendar]
        return HOLIDAYS.working_time(calendar, head.content_hash)

    def doing(act: str) -> frozenset[str]:
        return frozenset(str(stage.id) for stage in standard.stages.values() if stage.does == act)

    return Setting(standard, working, doing(handing_over.ACT), doing(invoicing.ACT), zone)
