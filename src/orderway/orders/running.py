"""The system's own work: tries the acts of stages that say ``runs: system``, n places at a time, each batch its own act and transaction.

What cannot be finished stays open with its owner and the reason, and is not tried again until a fact is recorded or a sweep retries it.
An order at which the program fails is kept apart (`isolating`): it waits with that reason and stands in the report, its neighbours pass.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from threading import Lock

from django.db import OperationalError, connection
from django.db.models import QuerySet

from orderway import sets
from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers
from orderway.engine.case import Case, OpenItem
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import Held, Refusal
from orderway.engine.replay import WITH_RUN
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.isolating import apart
from orderway.orders.locking import at_act, at_kind
from orderway.orders.models import WorkItem
from orderway.orders.refusals import ActBroke, NotOpenHere, SeveralPlaces
from orderway.orders.session import ASKED_ALREADY, Decide, Entrance, door
from orderway.releases import catalogue
from orderway.sets import statistics
from orderway.sets.kept import Kept, each_of
from orderway.sets.running import on_postgresql

log = logging.getLogger(__name__)
BATCH = 1_000
SHARES = 2
MUCH = 4 * BATCH  # open items; for less a second connection is not worth its while
NOT_NOTED = (Held, NotOpenHere, SeveralPlaces)  # nothing that the item's owner could do something about

Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Passed:
    """What became of one stage in a run: how many items passed, how many wait now and why, and at which places the program failed."""

    stage: str
    passed: int = 0
    waiting: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)


def run_open(
    numbers: Sequence[str] | None = None,
    *,
    now: datetime,
    until: str | None = None,
    progress: Progress | None = None,
    retry: bool = False,
) -> list[Passed]:
    """Work everything that the system may do, of these orders or of all, until nothing moves any more.

    `until`: orders that have entered this stage stay there. `retry`: try items again that waited. Gives one row per stage, in the
    sequence in which they were first worked.

    Where there is much to do on PostgreSQL, two threads share the orders: while the database works for one, the program works for the
    other.
    """
    tally = _Tally(progress)
    running = _Running(numbers, tally, now=now, until=until, retry=retry)
    parts = running.parts()
    if parts:
        with ThreadPoolExecutor(SHARES) as threads:
            list(threads.map(_Running.run_apart, parts))
    running.run()
    _count_waiting(tally.report, numbers)
    return list(tally.report.values())


def said(report: Sequence[Passed]) -> str:
    """A report as one sentence of a job; names the places at which the program failed."""
    broken = [place for row in report for place in row.broken]
    sentence = f"{sum(row.passed for row in report)} passed, {sum(row.waiting for row in report)} wait"
    return f"{sentence}, {len(broken)} failed: {', '.join(broken[:10])}" if broken else sentence


def record_facts(numbers: Sequence[str], names: Sequence[str], *, actor: Actor = SYSTEM, now: datetime) -> Mapping[str, Refusal]:
    """Facts of these orders came from the world (goods arrived, payment): what waited for one of them may be tried again.

    Writes no entry where nothing waited. Not for orders that an act of the caller has locked and moved: use `Work.record` there.
    """
    if not numbers:
        return {}
    concerned = list(dict.fromkeys(_waiting_numbers.rows(numbers=numbers)))
    if not concerned:
        return {}
    with door(concerned, Entrance("record", ASKED_ALREADY, None), actor=actor, now=now) as work:
        for place in work.places:
            work.record(place, names)
    return work.refused


class _Tally:
    """What a run has done so far; its shares count together."""

    def __init__(self, progress: Progress | None) -> None:
        self.report: dict[str, Passed] = {}
        self.tried_in_vain: set[int] = set()
        self.done = 0
        self._progress = progress
        self._one_at_a_time = Lock()

    def count(self, what: str, batch: Sequence[tuple[int, str, str]], refused: Mapping[str, Refusal]) -> None:
        """A batch of (item id, place, stage) was tried."""
        with self._one_at_a_time:
            for item_id, place, stage in batch:
                self._count(item_id, place, stage, refused.get(place))
            self.done += len(batch)
            if self._progress is not None:
                self._progress(what, self.done, None)

    def _count(self, item_id: int, place: str, stage: str, refusal: Refusal | None) -> None:
        row = self.report.setdefault(stage, Passed(stage))
        if refusal is None:
            row.passed += 1
            return
        self.tried_in_vain.add(item_id)
        if isinstance(refusal, ActBroke):
            row.broken[place] = str(refusal)


class _Running:
    """A run, of these orders or of all, or of the share of all whose ids leave `share` when divided by `shares`."""

    def __init__(self, numbers: Sequence[str] | None, tally: _Tally, *, now: datetime, until: str | None, retry: bool) -> None:
        self._numbers = list(numbers) if numbers is not None else None
        self._tally = tally
        self._now = now
        self._until = until or ""
        self._retry = retry
        self._share, self._shares = 0, 1

    def parts(self) -> list[_Running]:
        """The same run in shares that may go at once; none where little is open or somebody else's transaction goes on."""
        may = self._numbers is None and on_postgresql() and not connection.in_atomic_block
        return [self._part(share) for share in range(SHARES)] if may and len(_some_open(MUCH).rows()) == MUCH else []

    def _part(self, share: int) -> _Running:
        part = copy(self)
        part._share, part._shares = share, SHARES
        return part

    def run(self) -> None:
        """Work until nothing moves any more."""
        moved = True
        while moved:
            moved = False
            for act in self._acts():
                moved = self._work(act) or moved

    def run_apart(self) -> None:
        """The same in a thread of its own. A deadlock with another share ends it; what it leaves is worked afterwards."""
        try:
            self.run()
        except OperationalError:
            log.exception("A share of the open work was not run to its end.")
        finally:
            connection.close()

    def _acts(self) -> list[str]:
        """The acts that open system items wait for."""
        if self._numbers is None:
            return sorted(_acts(self._retry, of_some=False).rows())
        return sorted(_acts(self._retry, of_some=True).rows(numbers=self._numbers))

    def _work(self, act: str) -> bool:
        """Work all open items of an act, batch by batch; True if something moved."""
        moved, after, before, full = False, 0, self._tally.done, True
        while full:
            batch = self._batch(act, after)
            after, full = batch[-1][0] if batch else after, len(batch) == BATCH  # what opens meanwhile is found by the next round
            fresh = [row for row in batch if row[0] not in self._tally.tried_in_vain]
            if fresh:
                moved = self._try(act, fresh) or moved
        if self._tally.done - before >= BATCH:  # tables that were empty a minute ago are full now
            statistics.count_again()
        return moved

    def _batch(self, act: str, after: int) -> list[tuple[int, str, str]]:
        parameters = {"act": act, "after": after, "until": self._until, "batch": BATCH}
        if self._numbers is None:
            query = "orders.to_run_again" if self._retry else "orders.to_run"
            rows = sets.select(query, share=self._share, shares=self._shares, **parameters)
        else:
            rows = sets.select("orders.to_run_of", numbers=sets.Many("text", self._numbers), retry=self._retry, **parameters)
        return [(row[0], row[1], row[2]) for row in rows]

    def _try(self, act: str, batch: Sequence[tuple[int, str, str]]) -> bool:
        """Plain stages go one by one: two of them may stand open at one place."""
        if act:
            return self._try_places(act, "", batch)
        stages = dict.fromkeys(stage for _, _, stage in batch)
        moved = [self._try_places(act, stage, [row for row in batch if row[2] == stage]) for stage in stages]
        return any(moved)

    def _try_places(self, act: str, only: str, batch: Sequence[tuple[int, str, str]]) -> bool:
        places = list(dict.fromkeys(place for _, place, _ in batch))
        refused = apart(places, lambda some: self._run(act, some) if act else _plain(some, only, now=self._now))
        noted = {place: refusal for place, refusal in refused.items() if not isinstance(refusal, NOT_NOTED)}
        refused |= apart(list(noted), lambda some: self._note(act, only, {place: noted[place] for place in some}))
        self._tally.count(act or "plain work", batch, refused)
        return len(refused) < len(places)

    def _run(self, act: str, places: Sequence[str]) -> Mapping[str, Refusal]:
        registered = catalogue.act(act)
        assert registered is not None, f"a released standard names the act {act}, which no stage registers any more"
        assert registered.run is not None, f"a released standard lets the system do {act}, which only people can"
        return registered.run(places, actor=SYSTEM, now=self._now)

    def _note(self, act: str, stage: str, refused: Mapping[str, Refusal]) -> Mapping[str, Refusal]:
        """Write on the items why the system could not finish them, where it is not what stands there already."""
        if not refused:
            return {}
        entrance = Entrance(act, "stage.work", at_act(act) if act else at_kind(*WITH_RUN, stage=stage))
        with door(list(refused), entrance, actor=SYSTEM, now=self._now) as work:
            for place in work.places:
                work.move(place, _noting(refused[place]))
        return {}


def _count_waiting(report: dict[str, Passed], numbers: Sequence[str] | None) -> None:
    for stage, reason in _waiting.rows() if numbers is None else _waiting_of.rows(numbers=numbers):
        row = report.setdefault(stage, Passed(stage))
        row.waiting += 1
        row.reasons[reason] += 1


@cache
def _acts(retry: bool, *, of_some: bool) -> Kept[str]:
    """The acts of open items that the system may try, of all orders or of some."""
    open_items = WorkItem.objects.filter(state=WorkItem.State.OPEN, by_system=True, held_since__isnull=True)
    if not retry:
        open_items = open_items.filter(waiting="")
    if of_some:
        open_items = open_items.filter(order__number__in=each_of("text", "numbers"))
    return Kept(lambda: open_items.order_by().values_list("act", flat=True).distinct())


@cache
def _some_open(most: int) -> Kept[int]:
    """Open items that the system may try, up to so many."""
    open_items = WorkItem.objects.filter(state=WorkItem.State.OPEN, by_system=True, waiting="")
    return Kept(lambda: open_items.order_by().values_list("pk", flat=True)[:most])


def _waits() -> QuerySet[WorkItem, tuple[str, str]]:
    return WorkItem.objects.filter(state=WorkItem.State.OPEN, waiting__gt="").values_list("stage", "waiting_reason")


_waiting = Kept(_waits)
_waiting_numbers = Kept(lambda: _waits().filter(order__number__in=each_of("text", "numbers")).values_list("order__number", flat=True))
_waiting_of = Kept(lambda: _waits().filter(order__number__in=each_of("text", "numbers")))


def _noting(reason: Refusal) -> Decide:
    """Note this reason on the item, unless it stands there already."""

    def decide(program: Program, case: Case, item: OpenItem, _answers: Answers, _actor: EngineActor) -> Move | None:
        move = advance.wait(program, case, item.key, reason)
        return None if move.turn.waiting == ((item.key, item.waiting),) else move

    return decide


def _plain(places: Sequence[str], stage: str, *, now: datetime) -> Mapping[str, Refusal]:
    """Plain stages that the system passes as soon as nothing is missing, and gates that all have signed."""
    with door(places, Entrance("", "stage.work", at_kind(*WITH_RUN, stage=stage), completes=True), actor=SYSTEM, now=now) as work:
        work.complete()
    return work.refused
