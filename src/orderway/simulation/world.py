"""One simulated run: orders arrive, the engine says what comes next, people with calendars do it. A heap of moments is the clock.

The engine moves, assigns and bars; this module draws how long things take and what fails. One seed gives one run, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from orderway.engine.acting import SYSTEM
from orderway.engine.calendars import Holidays
from orderway.engine.case import ItemKey, OpenItem
from orderway.engine.move import Assigned
from orderway.engine.program import Program
from orderway.simulation.crew import Crew, Hands, Task
from orderway.simulation.moves import Moves, Place, Step
from orderway.simulation.outcome import OrderDone, Outcome, Passage, PersonTally, StageTally
from orderway.simulation.parameters import Parameters, StageWork
from orderway.simulation.refusals import NobodyMay
from orderway.simulation.timeline import Timeline, timeline_of

WARM_UP, TAIL = 0.15, 0.05  # shares of the counted orders that come before and after, so that nothing starts or ends empty
RETRY_SECONDS = 4 * 3_600.0
MOST_RETRIES = 600  # a hundred days without anybody: it is for good
SECOND_PART = 0x9E3779B9  # arrivals have a stream of their own, so that two variants see the same orders

Happening = tuple[float, int, Callable[[float], None]]


@dataclass(slots=True, eq=False)
class LiveOrder:
    """An order under way."""

    number: int
    arrived: float
    kind: int
    urgent: bool
    counted: bool
    place: Place
    tasks: dict[ItemKey, Task] = field(default_factory=dict)
    defects: set[str] = field(default_factory=set)
    passages: int = 0
    late: int = 0
    error: bool = False
    complained: bool = False
    ended: float = -1.0


@dataclass(frozen=True, slots=True)
class Start:
    """An order that stands somewhere already: its case, its kind, when it arrived and when its open items were opened."""

    place: Place
    kind: int
    arrived: float
    opened: dict[ItemKey, float]


class World:
    """The state of one run; `run` makes an outcome of it."""

    def __init__(
        self, moves: Moves, parameters: Parameters, *, seed: int, begin: datetime, holidays: Holidays, recording: bool = False
    ) -> None:
        self._moves, self._program, self._parameters = moves, moves.program, parameters
        self._random, self._arriving = Random(seed), Random(seed ^ SECOND_PART)  # noqa: S311  a simulation, no secret
        self._begin = begin.astimezone(UTC).timestamp()
        self._day = begin.date()
        self._timelines = _timelines(self._program, holidays, self._day)
        self._crew = Crew(self._program, parameters, self._timelines, holidays, self._day, Random(seed + 1))  # noqa: S311
        self._office = timeline_of(self._program.standard.calendars[self._program.standard.calendar], holidays, self._day)
        self._heap: list[Happening] = []
        self._numbers = count()
        self._orders: list[LiveOrder] = []
        self._batches: dict[str, list[Task]] = {}
        self._weights = [kind.weight for kind in parameters.kinds]
        self._outcome = Outcome([], {stage: StageTally() for stage in self._timelines}, [], 0)
        self._recording = recording
        self._until = float("inf")
        self._last = self._begin

    def run(self, orders: int, *, backlog: Sequence[Start] = (), until: float | None = None) -> Outcome:
        """So many counted orders (or all of the backlog, if there is one) from arrival to end; `until` stops the clock earlier."""
        self._until = float("inf") if until is None else until
        for start in backlog:
            self._resume(start)
        self._arrive(orders, warm=0 if backlog else int(orders * WARM_UP), tail=0 if backlog else int(orders * TAIL))
        heap = self._heap
        while heap:
            now, _, happens = heappop(heap)
            if now > self._until:
                break
            self._last = now
            happens(now)
        return self._finished()

    # --- arriving ---------------------------------------------------------------------------------------------------

    def _arrive(self, orders: int, warm: int, tail: int) -> None:
        moments = self._moments()
        for number in range(warm + orders + tail):
            counted = warm <= number < warm + orders
            kind = self._arriving.choices(range(len(self._weights)), self._weights)[0]
            urgent = self._arriving.random() < self._parameters.urgent.value
            self._at(next(moments), partial(self._open, kind, urgent, counted))
        if warm + orders + tail:
            self._at(next(moments), self._count_hours)

    def _moments(self) -> Iterator[float]:
        """Arrivals as a Poisson process whose rate is that of the hour of the week; days off have none."""
        weekly = self._parameters.arrivals.weekly
        hour = self._begin - self._begin % 3_600
        while True:
            rate = weekly[self._office.hour_of_week(hour)]
            if rate > 0 and self._office.open_on(hour):
                moment = hour + self._arriving.expovariate(rate / 3_600)
                while moment < hour + 3_600:
                    yield moment
                    moment += self._arriving.expovariate(rate / 3_600)
            hour += 3_600

    def _open(self, kind: int, urgent: bool, counted: bool, now: float) -> None:
        step = self._moves.open(kind, SYSTEM.key)
        order = LiveOrder(len(self._orders), now, kind, urgent, counted, step.after)
        self._orders.append(order)
        self._follow(order, step, now)

    def _resume(self, start: Start) -> None:
        order = LiveOrder(len(self._orders), start.arrived, start.kind, False, True, start.place)
        self._orders.append(order)
        for item in start.place.case.items:
            if item.kind == "stage" and start.place.case.decision(item) is not None:
                continue  # decided already: its signature is the work that is left
            assigned = self._crew.assign(start.place, (item,), self._begin)[0]
            opened = start.opened.get(item.key, self._begin)
            self._take(order, item, assigned, opened, self._begin)

    # --- going on ---------------------------------------------------------------------------------------------------

    def _follow(self, order: LiveOrder, step: Step, now: float) -> None:
        """What a step of the engine means for the tasks of the order."""
        order.place = step.after
        for key in step.gone:
            task = order.tasks.pop(key, None)
            if task is not None:
                task.gone = True
                self._release(task)
        if step.opened:
            assigned = self._crew.assign(step.after, step.opened, now)
            for item, who in zip(step.opened, assigned, strict=True):
                self._take(order, item, who, now, now)
        elif step.after.case.status != "open" and order.ended < 0:
            self._end(order, now)

    def _take(self, order: LiveOrder, item: OpenItem, who: Assigned, opened: float, now: float) -> None:
        timeline = self._timelines[item.stage]
        due = timeline.due(opened, self._program.stage(item.stage).limit)
        how = self._parameters.of(item.stage)
        task = order.tasks[who.item] = Task(order.number, item, who.item, how, opened, due, who.responsible, who.stands_in_for)
        if not task.person:
            self._look_again(task, who.reason, 0, now)
            return
        ready = timeline.after(now, delay) if item.kind == "stage" and (delay := self._delay(task, now)) else now
        if ready > now:
            self._at(ready, lambda moment: self._ready(task, moment))
        else:
            self._ready(task, now)

    def _delay(self, task: Task, now: float) -> float:
        """Seconds until work may begin; of an item that waited before, what is left if that is more."""
        delay = task.how.delay.draw(self._random)
        if task.opened >= now or not delay:
            return delay
        timeline = self._timelines[task.item.stage]
        return max(0.0, delay - (timeline.worked(now) - timeline.worked(task.opened)))

    def _look_again(self, task: Task, reason: str, times: int, now: float) -> None:
        if times > MOST_RETRIES:
            raise NobodyMay(role=task.item.role, stage=task.item.stage, reason=reason)

        def again(moment: float) -> None:
            if task.gone:
                return
            found = self._crew.assign(self._orders[task.order].place, (task.item,), moment)[0]
            task.person, task.stands_in_for = found.responsible, found.stands_in_for
            if task.person:
                self._ready(task, moment)
            else:
                self._look_again(task, found.reason, times + 1, moment)

        self._at(now + RETRY_SECONDS, again)

    def _ready(self, task: Task, now: float) -> None:
        """The task may be worked on: by the system at once, by a person when they have a hand free, or with others of its batch."""
        batch = task.how.batch
        if task.gone:
            return
        if task.person == SYSTEM.key:
            task.started = now
            self._done(task, now)
        elif batch is not None and task.item.kind == "stage":
            self._collect(task, batch.size, batch.patience, now)
        else:
            self._queue(task, now)

    def _collect(self, task: Task, size: int, patience: float, now: float) -> None:
        collected = self._batches.setdefault(task.item.stage, [])
        collected.append(task)
        if len(collected) >= size:
            self._let_go(task.item.stage, now)
        elif len(collected) == 1:
            until = self._timelines[task.item.stage].after(now, patience)
            self._at(until, lambda moment: self._let_go(task.item.stage, moment) if task in self._batches[task.item.stage] else None)

    def _let_go(self, stage: str, now: float) -> None:
        collected = [task for task in self._batches[stage] if not task.gone]
        self._batches[stage] = []
        if collected:
            collected[0].companions = tuple(collected[1:])
            self._queue(collected[0], now)

    def _queue(self, task: Task, now: float) -> None:
        hands = self._crew.offer(task, -int(self._orders[task.order].urgent), now)
        if hands is not None:
            self._start(hands, task, now)

    def _start(self, hands: Hands, task: Task, now: float) -> None:
        work = self._hands_on(task) * hands.worker.pace
        hands.free -= 1
        hands.busy += work
        for one in (task, *task.companions):
            if one.person != hands.worker.key:
                self._hand_over(one, hands.worker.key)
            one.started, one.work = hands.timeline.into(now), work
        self._at(hands.timeline.after(now, work), lambda moment: self._worked(hands, task, moment))

    def _hand_over(self, task: Task, key: str) -> None:
        self._release(task)
        task.person, task.stands_in_for = key, ""
        self._crew.load(key, task.item)

    def _hands_on(self, task: Task) -> float:
        return (task.how.work if task.item.kind in ("stage", "complaint") else task.how.signing).draw(self._random)

    def _worked(self, hands: Hands, task: Task, now: float) -> None:
        hands.free += 1
        for one in (task, *task.companions):
            if not one.gone:
                self._done(one, now)
        while hands.free and (following := self._crew.next_for(hands)) is not None:
            self._start(hands, following, now)

    # --- ending -----------------------------------------------------------------------------------------------------

    def _done(self, task: Task, now: float) -> None:
        order, item = self._orders[task.order], task.item
        fails = self._fails(order, item, task.how)
        act = self._moves.fail if fails else self._moves.pass_on
        step = act(order.place, item, order.kind, task.person, task.stands_in_for)
        order.tasks.pop(task.key, None)
        task.gone = True
        self._release(task)
        self._tally(order, task, fails, now)
        self._follow(order, step, now)

    def _fails(self, order: LiveOrder, item: OpenItem, stage: StageWork) -> bool:
        """Whether the gate sends back: by chance, or because it finds an error; a passage may leave an error itself."""
        random = self._random.random
        if item.kind == "approval":
            fails = item.stage in self._moves.may_fail and random() < stage.refused.value
        elif item.kind != "stage":
            return False
        else:
            fails = self._gate_fails(order, item.stage, stage)
        order.error = order.error or fails
        return fails

    def _gate_fails(self, order: LiveOrder, stage_id: str, stage: StageWork) -> bool:
        random = self._random.random
        if stage.defects.value:
            if random() < stage.defects.value:
                order.defects.add(stage_id)
            else:
                order.defects.discard(stage_id)
        if stage_id not in self._moves.may_fail:
            return False
        found = bool(order.defects) and random() < stage.detects.value
        return found or (stage.fails.value > 0 and random() < stage.fails.value)

    def _tally(self, order: LiveOrder, task: Task, fails: bool, now: float) -> None:
        order.passages += 1
        late = now > task.due and task.item.kind == "stage"
        order.late += late
        self._outcome.steps += 1
        if order.counted and task.item.kind == "stage":
            tally = self._outcome.stages[task.item.stage]
            timeline = self._timelines[task.item.stage]
            tally.waiting.append(max(0.0, timeline.worked(task.started) - timeline.worked(task.opened)))
            tally.working.append(task.work)
            tally.late += late
            tally.failed += fails
        if self._recording:
            how = "failed" if fails else "passed"
            item = task.item
            self._outcome.passages.append(
                Passage(order.number, item.stage, item.kind, task.person, task.opened, task.started, now, how, late)
            )

    def _end(self, order: LiveOrder, now: float) -> None:
        order.ended = now
        share = self._parameters.notices if order.defects else self._parameters.complains
        if self._random.random() >= share.value:
            return
        order.error = order.complained = True
        after = now + self._parameters.complaint_delay.draw(self._random)
        self._at(after, lambda moment: self._complain(order, moment))

    def _complain(self, order: LiveOrder, now: float) -> None:
        step = self._moves.complain(order.place)
        if step is not None:
            self._follow(order, step, now)

    def _release(self, task: Task) -> None:
        if task.person and task.person != SYSTEM.key:
            self._crew.unload(task.person, task.item)

    def _at(self, moment: float, happens: Callable[[float], None]) -> None:
        heappush(self._heap, (moment, next(self._numbers), happens))

    def _finished(self) -> Outcome:
        self._outcome.orders = [
            OrderDone(o.arrived, o.ended, o.passages, o.late, o.error, o.complained, o.urgent, o.counted) for o in self._orders
        ]
        if not self._outcome.people:
            self._count_hours(self._last)
        return self._outcome

    def _count_hours(self, now: float) -> None:
        """Hours count while orders arrive; afterwards people run out of work."""
        for hands in self._crew.hands.values():
            present = hands.timeline.worked(now) - hands.timeline.worked(self._begin)
            self._outcome.people.append(PersonTally(hands.worker.key, hands.worker.roles, hands.busy, present * hands.worker.capacity))


def _timelines(program: Program, holidays: Holidays, begin: date) -> dict[str, Timeline]:
    """One timeline per calendar, by the stages that go by it."""
    standard = program.standard
    made = {calendar.id: timeline_of(calendar, holidays, begin) for calendar in standard.calendars.values()}
    return {str(stage.id): made[standard.calendar_of(stage).id] for stage in standard.stages.values()}
