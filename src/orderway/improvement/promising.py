"""Promises with certainty: as long as orders in the same place took before, and longer where more work waits than people can do.

The worker does it; pages read what it wrote. Whether promises are kept is counted (`calibration`, and `tried` on finished orders), never
assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, cast

import numpy as np
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from orderway.engine.case import PLACE_SEPARATOR, ItemKey, Kind
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.improvement import own_log
from orderway.improvement.models import Outlook
from orderway.mining.plain import dumped, loaded
from orderway.orders.models import Order, Promise, WorkItem
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation.parameters import Parameters, Worker
from orderway.simulation.precedents import OpenOrder, Precedents
from orderway.simulation.promise import Learned, Tried, brier, coverage, learned, pools_of, promised
from orderway.simulation.promise import Promise as Foretold
from orderway.simulation.running import require_people
from orderway.simulation.timeline import Timeline, timeline_of
from orderway.simulation.workload import days_from, jams_of, work_of

MOST_ORDERS = 2_000  # open ones of a version; beyond that the oldest are promised first
MOVED = timedelta(hours=4)  # a promise that moves less is the same to everybody
DAYS = 14
FEWEST_KEPT = 20  # ended orders: below, a share of kept promises says nothing
MEASURED_AGAIN_AFTER = timedelta(hours=12)


class Measured(NamedTuple):
    """What the journal said at a moment."""

    at: datetime
    parameters: Parameters
    precedents: Precedents
    learned: Learned


_measured: dict[str, Measured] = {}  # by content of a version: reading the journal costs more than promising


@dataclass(frozen=True, slots=True)
class Load:
    """One role: hours of work per day and hours of the people who are there."""

    role: str
    people: int
    needed: tuple[float, ...]
    present: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The next two weeks of one standard. `seen`: finished orders that times come from; `tried`: what promises were worth."""

    version_id: int
    days: tuple[str, ...]
    loads: tuple[Load, ...]
    orders: int
    seen: int
    tried: Tried | None = None


def refresh(now: datetime) -> str:
    """Promise every open order anew; the worker's job. What cannot be foreseen is said where the outlook would stand."""
    count, refused = 0, 0
    versions = Version.objects.filter(pk__in=Order.objects.filter(status=Order.Status.OPEN).values("version"))
    for version in versions.only("id", "content_hash", "standard_id").order_by("id"):
        program = program_of(version.pk, version.content_hash)
        try:
            count += _refresh(version, program, now)
        except Refusal as refusal:
            refused += 1
            Outlook.objects.update_or_create(standard_id=version.standard_id, defaults={"content": "", "problem": str(refusal), "at": now})
    return _("%(promised)s orders promised, %(refused)s standards cannot be foreseen") % {"promised": count, "refused": refused}


def _refresh(version: Version, program: Program, now: datetime) -> int:
    known = measured(program, now)
    require_people(program, known.parameters)
    orders, ids = open_orders(version)
    moment, days = now.timestamp(), days_from(known.precedents.timeline, now.timestamp(), DAYS)
    pools = pools_of(known.precedents, orders, moment)
    work = work_of(program, known.parameters, known.precedents, [pool for _order, pool in pools], days, moment)
    loads = _loads(program, known.parameters, work.by_role(), days.dates)
    seen = np.array([known.parameters.of(stage).work.n > 0 for stage in work.stages])
    jams = jams_of(work, {load.role: load.present for load in loads}, seen)
    found = promised(known.precedents, pools, moment, jams, known.learned.levels)
    dates = tuple(day.isoformat() for day in days.dates)
    foreseen = Foreseen(version.pk, dates, loads, len(orders), known.parameters.arrivals.n, known.learned.tried)
    with transaction.atomic():
        _keep(found, ids, now)
        Outlook.objects.update_or_create(standard_id=version.standard_id, defaults={"content": dumped(foreseen), "problem": "", "at": now})
    return len(orders)


def measured(program: Program, now: datetime) -> Measured:
    """Measured at most twice a day; people and their absences are those of now. Refused with LogTooSmall."""
    known = _measured.get(program.hash)
    if known is None or not timedelta() <= now - known.at <= MEASURED_AGAIN_AFTER:
        known = _measured[program.hash] = _measure(program, now)
    capacities = {worker.key: worker.capacity for worker in known.parameters.people}
    people = tuple(replace(worker, capacity=capacities.get(worker.key, 1)) for worker in own_log.people(program, now))
    return known._replace(parameters=replace(known.parameters, people=people))


def _measure(program: Program, now: datetime) -> Measured:
    log = own_log.own_log(program, until=now)
    parameters = own_log.parameters(program, log, now)
    calendar = program.standard.calendars[program.standard.calendar]
    first = datetime.fromtimestamp(min(log.observed.arrivals), UTC).date()
    precedents = Precedents(log.observed.passages, timeline_of(calendar, own_log.HOLIDAYS, first))
    return Measured(now, parameters, precedents, learned(precedents))


def open_orders(version: Version) -> tuple[list[OpenOrder], Mapping[str, int]]:
    """The open orders of a version that are not on hold, with the ids by number; two statements."""
    rows = Order.objects.filter(status=Order.Status.OPEN, version=version).exclude(work_items__held_since__isnull=False)
    found = list(rows.order_by("ordered_at", "id").values_list("id", "number", "ordered_at")[:MOST_ORDERS])
    opened: dict[int, dict[ItemKey, float]] = {}
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, order__version=version)
    for order, stage, path, kind, sequence, at in items.values_list("order_id", "stage", "path", "kind", "opened_sequence", "opened_at"):
        key = ItemKey(stage, tuple(path.split(PLACE_SEPARATOR)) if path else (), cast(Kind, kind), sequence)
        opened.setdefault(order, {})[key] = at.timestamp()
    orders = [OpenOrder(number, at.timestamp(), opened.get(pk, {})) for pk, number, at in found]
    return orders, {number: pk for pk, number, _at in found}


def _keep(found: Sequence[Foretold], ids: Mapping[str, int], now: datetime) -> None:
    """New rows where a promise has moved; the newest counts, the older ones say how it came."""
    known = {row.order_id: row for row in Promise.objects.filter(order__in=ids.values()).order_by("id")}
    rows = []
    for one in found:
        p50, p80, p95 = (datetime.fromtimestamp(moment, UTC) for moment in (one.p50, one.p80, one.p95))
        row = Promise(order_id=ids[one.number], p50=p50, p80=p80, p95=p95, reason=one.slowest, at=now)
        before = known.get(row.order_id)
        if before is None or abs(row.p80 - before.p80) > MOVED or abs(row.p50 - before.p50) > MOVED:
            rows.append(row)
    Promise.objects.bulk_create(rows)


# --- workload ---------------------------------------------------------------------------------------------------------------


def _loads(program: Program, parameters: Parameters, hours: Mapping[tuple[str, date], float], days: Sequence[date]) -> tuple[Load, ...]:
    roles = dict.fromkeys(str(stage.owner) for stage in program.standard.stages.values() if stage.runs == "person")
    return tuple(_load(role, program, parameters, hours, days) for role in roles)


def _load(role: str, program: Program, parameters: Parameters, hours: Mapping[tuple[str, date], float], days: Sequence[date]) -> Load:
    standard = program.standard
    owned = next((stage for stage in standard.stages.values() if stage.owner == role), None)
    calendar = standard.calendar_of(owned) if owned else standard.calendars[standard.calendar]
    people = [worker for worker in parameters.people if role in worker.roles]
    timeline = timeline_of(calendar, own_log.HOLIDAYS, days[0])
    present = tuple(_hours_open(timeline, day) * sum(not _is_away(worker, day) for worker in people) for day in days)
    return Load(role, len(people), tuple(hours.get((role, day), 0.0) for day in days), present)


def _hours_open(timeline: Timeline, day: date) -> float:
    begin = datetime.combine(day, time(), timeline.zone).timestamp()
    return (timeline.worked(begin + 86_400) - timeline.worked(begin)) / 3_600


def _is_away(worker: Worker, day: date) -> bool:
    return any(absence.covers(day) for absence in worker.absences)


def foreseen_of(row: Outlook) -> Foreseen | None:
    """What was foreseen, None if it could not be."""
    return loaded(Foreseen, row.content) if row.content else None


# --- reading ----------------------------------------------------------------------------------------------------------------


def newest(order_ids: Sequence[int]) -> dict[int, Promise]:
    """The promise that counts, by order; one statement."""
    return {row.order_id: row for row in Promise.objects.filter(order__in=order_ids).order_by("id")}


@dataclass(frozen=True, slots=True)
class Late:
    """An open order that will probably miss its day. `promise.reason` is the stage that takes longest."""

    order: Order
    promise: Promise
    day: date


def likely_late(now: datetime) -> list[Late]:
    """Open orders that end after the day that was promised (else wanted) in at least half of the futures, the latest first."""
    rows = Order.objects.filter(status=Order.Status.OPEN).select_related("customer", "version")
    orders = {row.pk: row for row in rows.filter(promises__isnull=False).distinct()}
    found = []
    for order_id, promise in newest(list(orders)).items():
        day = orders[order_id].promised_on or orders[order_id].requested_on
        if day is not None and timezone.localdate(promise.p50) > day:
            found.append(Late(orders[order_id], promise, day))
    return sorted(found, key=lambda one: (one.day - timezone.localdate(one.promise.p50), one.order.pk))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How first promises fared: the share of ended orders that had ended by P50, P80, P95, and the mean Brier score of these three."""

    n: int
    p50: float
    p80: float
    p95: float
    brier: float


def calibration(since: datetime) -> Calibration | None:
    """Of orders that ended since then and had been promised before; None while they are too few. The first promise of each is judged."""
    ended = Order.objects.filter(status=Order.Status.ENDED, ended_at__gte=since, promises__isnull=False)
    ends = {pk: at for pk, at in ended.values_list("pk", "ended_at") if at is not None}
    first = Promise.objects.filter(order__in=ends).values("order").annotate(first=Min("id")).values_list("first", flat=True)
    rows = [(row, ends[row.order_id]) for row in Promise.objects.filter(pk__in=list(first)) if row.at < ends[row.order_id]]
    if len(rows) < FEWEST_KEPT:
        return None
    by = {share: [(getattr(row, f"p{share}").timestamp(), end.timestamp()) for row, end in rows] for share in (50, 80, 95)}
    kept = {share: coverage([one for one, _ in pairs], [end for _, end in pairs]) for share, pairs in by.items()}
    scores = [brier([share / 100] * len(pairs), [end <= one for one, end in pairs]) for share, pairs in by.items()]
    return Calibration(len(rows), kept[50], kept[80], kept[95], sum(scores) / len(scores))
