"""What one order contributes to every figure: its way (the journal) and what the ledgers say about it, in whole numbers.

Whole numbers only, so that sums are the same in whatever sequence they are made. Reads no clock and no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderway.engine.calendars import WorkingTime
from orderway.measures.rules.conforming import conformance, proof
from orderway.measures.rules.definitions import OWN, Dimensions, Measured, Part
from orderway.measures.rules.targets import read_target
from orderway.measures.rules.tracing import SYSTEM, Passage, Trace
from orderway.standard.document import Measure, Point, Standard

DAY_PARTS = 1_000  # thousandths of a working day
SCORE_PARTS = 1_000
CUSTOMERS_WISH = "customer"  # the type of hold that the customer asked for, in every shipped standard
DOCUMENT_ERRORS = frozenset({"document", "price", "address"})  # kinds of errors that stand on papers, in every shipped standard
PAID = "order.paid"


@dataclass(frozen=True, slots=True)
class LineSide:
    """What became of a line: wanted (ordered less cancelled), shipped in all, with its first delivery, returned; net of replacements."""

    wanted: Decimal
    shipped: Decimal
    first_shipped: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Sides:
    """What the ledgers say about an order besides its journal. `scores`: answers of customers; `paid`: (days, hundredths) per payment."""

    dimensions: Dimensions
    requested_on: date | None = None
    promised_on: date | None = None
    ordered_at: datetime | None = None
    before_at: datetime | None = None
    lines: tuple[LineSide, ...] = ()
    errors: tuple[str, ...] = ()
    credited: bool = False
    damaged: bool = False
    complaints: int = 0
    comments: int = 0
    scores: tuple[tuple[str, Decimal], ...] = ()
    paid: tuple[tuple[int, int], ...] = ()

    @property
    def returned(self) -> bool:
        """Whether something came back."""
        return any(line.returned > 0 for line in self.lines)

    @property
    def in_full(self) -> bool:
        """Whether everything that was wanted left."""
        return bool(self.lines) and all(line.shipped >= line.wanted for line in self.lines)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the order is judged by: its pinned standard, working time by stage ("" for the whole), stages by act, the zone."""

    standard: Standard
    working: Callable[[str], WorkingTime]
    accepting: frozenset[str]
    posting: frozenset[str]
    zone: ZoneInfo


def measure(trace: Trace, sides: Sides, setting: Setting) -> Measured:
    """Everything that the order adds to figures by now."""
    order = _Order(trace, sides, setting)
    parts = [*order.of_stages(), *order.received()]
    if trace.ended_at is None or trace.cancelled:
        return Measured("", tuple(parts))
    values = dict(order.times())
    day = order.day(trace.ended_at)
    parts += [Part(figure, day, numerator, denominator) for figure, numerator, denominator in order.ended()]
    parts += [Part(figure, day, amount, 1) for figure, amount in values.items()]
    return Measured(day, tuple(parts), values)


class _Order:
    def __init__(self, trace: Trace, sides: Sides, setting: Setting) -> None:
        self.trace, self.sides, self.setting = trace, sides, setting
        accepted = trace.done_at(setting.accepting)
        closed = [passage.closed_at for passage in accepted if passage.closed_at is not None]
        ended = trace.ended_at or trace.received_at
        self.accepted_at = max((at for at in closed if at <= ended), default=ended)
        self.work = sum(self._working(passage) for passage in trace.passages if passage.done)

    def day(self, at: datetime) -> str:
        """The day of a moment in the company's zone."""
        return at.astimezone(self.setting.zone).date().isoformat()

    # --- per stage ---------------------------------------------------------------------------------------------------

    def of_stages(self) -> Iterator[Part]:
        """What each passage adds, on the day it was done."""
        own = [one for one in self.setting.standard.kpis if one.measure == "share" and one.of == ("stage_in_limit",)]
        for passage in self.trace.passages:
            if not passage.done or passage.closed_at is None:
                continue
            day, group = self.day(passage.closed_at), passage.role
            for figure, numerator, denominator in self._of_passage(passage):
                yield Part(figure, day, numerator, denominator, passage.stage, group)
            for one in own:
                yield Part(own_figure(self.setting.standard, one), day, int(passage.in_limit), 1, passage.stage, group)

    def _of_passage(self, passage: Passage) -> Iterator[tuple[str, int, int]]:
        yield "waiting", self._waiting(passage), 1
        yield "working", self._working(passage), 1
        yield "stages_in_limit", int(passage.in_limit), 1
        yield "rework_rate", int(passage.run > 1), 1
        yield "failed_gates", int(passage.how == "failed"), 1
        due, proven = proof(self.setting.standard, passage)
        if due:
            yield "adherence", proven, due

    def _waiting(self, passage: Passage) -> int:
        until = passage.taken_up_at or passage.closed_at or passage.opened_at
        return self._worked(passage.stage, passage.opened_at, until)

    def _working(self, passage: Passage) -> int:
        if passage.taken_up_at is None or passage.closed_at is None:
            return 0
        return self._worked(passage.stage, passage.taken_up_at, passage.closed_at)

    def _worked(self, stage: str, since: datetime, until: datetime) -> int:
        """Working minutes between two moments without those on hold."""
        clock = self.setting.working(stage)
        held = sum(
            clock.elapsed(max(since, hold.since), min(until, hold.until or until))
            for hold in self.trace.holds
            if hold.since < until and (hold.until or until) > since
        )
        return max(0, clock.elapsed(since, until) - held)

    # --- per order ---------------------------------------------------------------------------------------------------

    def received(self) -> Iterator[Part]:
        """What the order adds on the day it was received."""
        ordered, before = self.sides.ordered_at or self.trace.received_at, self.sides.before_at
        day = self.day(ordered)
        yield Part("repeat_orders", day, int(before is not None), 1)
        if before is not None:
            yield Part("repeat_interval", day, max(0, (ordered - before).days), 1)

    def times(self) -> Iterator[tuple[str, int]]:
        """Single values of the figures with percentiles."""
        gross = self.accepted_at - self.trace.received_at
        yield "lead_time", _minutes(gross)
        yield "lead_time_net", _minutes(gross - self._at_the_customers_wish())
        for one in self.setting.standard.kpis:
            if one.measure == "time" and one.start and one.end:
                since, until = self._point(one.start), self._point(one.end)
                if since is not None and until is not None and until >= since:
                    yield own_figure(self.setting.standard, one), self._length(one, since, until)

    def _at_the_customers_wish(self) -> timedelta:
        stood = (
            (hold.since, min(hold.until or self.accepted_at, self.accepted_at)) for hold in self.trace.holds if hold.kind == CUSTOMERS_WISH
        )
        return sum((max(timedelta(), until - since) for since, until in stood), timedelta())

    def _point(self, point: Point) -> datetime | None:
        """When a stage first began, or last ended before the order did."""
        passages = [one for one in self.trace.passages if one.stage == point.stage and one.kind == "stage"]
        if point.edge == "start":
            return min((one.opened_at for one in passages), default=None)
        return max((one.closed_at for one in passages if one.done and one.closed_at is not None), default=None)

    def _length(self, one: Measure, since: datetime, until: datetime) -> int:
        clock = self.setting.working("")
        if unit_of(one) == "d":
            return int(clock.elapsed_days(since, until) * DAY_PARTS)
        return clock.elapsed(since, until)

    def ended(self) -> Iterator[tuple[str, int, int]]:
        """What an order that has ended adds."""
        events = self.events()
        for figure, said in self._yes_or_no(events):
            yield figure, int(said), 1
        yield from self._dated()
        yield from self._counted()
        for one in self.setting.standard.kpis:
            if one.measure == "share" and one.of != ("stage_in_limit",):
                yield own_figure(self.setting.standard, one), int(not events.isdisjoint(one.of)), 1
            if one.measure == "mean":
                scores = [score for name, score in self.sides.scores if one.of == (f"feedback.{name}",)]
                if scores:
                    yield own_figure(self.setting.standard, one), int(sum(scores) * SCORE_PARTS), len(scores)

    def events(self) -> frozenset[str]:
        """What happened to the order, in the words that a measure of a standard may count."""
        trace, sides = self.trace, self.sides
        found = {
            "gate_failed": bool(trace.failed_gates),
            "sent_back": bool(trace.failed_gates),
            "corrected": bool(sides.errors),
            "credit_note": sides.credited,
            "damaged": sides.damaged,
            "returned": sides.returned,
            "late": bool(trace.late),
            "waived": bool(trace.waived),
            "touchless": self._touchless(),
            "in_full": sides.in_full,
            "stage_in_limit": all(passage.in_limit for passage in trace.passages if passage.done),
        }
        return frozenset(name for name, said in found.items() if said) | frozenset(sides.errors)

    def _yes_or_no(self, events: frozenset[str]) -> Iterator[tuple[str, bool]]:
        trace, sides = self.trace, self.sides
        faults = {"gate_failed", "corrected", "credit_note", "damaged", "returned"}
        yield "error_rate", bool(sides.complaints) or not events.isdisjoint(faults)
        undamaged, papers = not (sides.damaged or sides.returned), not (sides.credited or DOCUMENT_ERRORS.intersection(sides.errors))
        yield "undamaged", undamaged
        yield "documents_right", papers
        yield "in_full", sides.in_full
        yield "perfect_order", undamaged and papers and sides.in_full and self._by(sides.promised_on or sides.requested_on) is not False
        yield "backorder_rate", any(line.first_shipped < min(line.shipped, line.wanted) for line in sides.lines)
        yield "first_pass_yield", not trace.failed_gates
        yield "touchless", "touchless" in events
        yield "touched_again", any(passage.run > 1 for passage in trace.passages if passage.done and passage.kind == "stage")
        yield "return_rate", sides.returned
        yield "conforming", conformance(trace, self.setting.standard).kept
        yield "waived", bool(trace.waived)
        yield "overridden", bool(trace.taken_over)
        yield "outside", bool(trace.changed or trace.reopened)

    def _dated(self) -> Iterator[tuple[str, int, int]]:
        sides = self.sides
        on_time = self._by(sides.promised_on or sides.requested_on)
        if on_time is not None:
            yield "on_time", int(on_time), 1
        for figure, day in (("otif_requested", sides.requested_on), ("otif_confirmed", sides.promised_on)):
            kept = self._by(day)
            if kept is not None:
                yield figure, int(kept and sides.in_full), 1

    def _counted(self) -> Iterator[tuple[str, int, int]]:
        sides = self.sides
        lines = [line for line in sides.lines if line.wanted > 0]
        yield "messages", sides.comments, 1
        yield "work_per_order", self.work, 1
        if lines:
            yield "work_per_line", self.work, len(lines)
            yield "fill_rate", sum(line.first_shipped >= line.wanted for line in lines), len(lines)
        if sides.scores:
            yield "satisfaction", int(sum(score for _name, score in sides.scores) * SCORE_PARTS), len(sides.scores)
        if sides.paid and PAID in self.trace.recorded:
            yield "days_to_payment", sum(days * amount for days, amount in sides.paid), sum(amount for _days, amount in sides.paid)

    def _by(self, day: date | None) -> bool | None:
        """Whether it was accepted on that day or before; None where no day was named."""
        return None if day is None else self.accepted_at.astimezone(self.setting.zone).date() <= day

    def _touchless(self) -> bool:
        """Whether no person did anything after the receipt, until the invoice was posted (or the order ended)."""
        receipt = next((passage.closed_at for passage in self.trace.passages if passage.done), self.trace.received_at)
        posted = [passage.closed_at for passage in self.trace.done_at(self.setting.posting) if passage.closed_at is not None]
        until = max(posted, default=self.trace.ended_at or self.trace.received_at)
        since = receipt or self.trace.received_at
        return not any(since < at <= until and actor != SYSTEM for at, actor in self.trace.touches)


def own_figure(standard: Standard, measure: Measure) -> str:
    """The id of a standard's own measure among the figures; its unit belongs to it, else sums would mix hours with days."""
    return OWN.join((standard.id, measure.id, unit_of(measure)))


def unit_of(measure: Measure) -> str:
    """In which unit a measure is kept: d or h of working time, "%" or "score"."""
    if measure.measure != "time":
        return "%" if measure.measure == "share" else "score"
    target = read_target(measure.target)
    return "h" if target is not None and target.unit in ("h", "m") else "d"


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
