"""The people of a simulated run: who an item goes to (the engine's assignment), what each has in hand, who helps whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

from orderway.engine.acting import SYSTEM
from orderway.engine.assignment import Absence, Member, Membership, Staff, minutes_of, pick
from orderway.engine.calendars import Holidays
from orderway.engine.case import ItemKey, OpenItem
from orderway.engine.move import Assigned
from orderway.engine.program import Program
from orderway.simulation.moves import Place
from orderway.simulation.parameters import Parameters, StageWork, Worker
from orderway.simulation.timeline import Timeline, timeline_of
from orderway.standard.document import Calendar

LEAVE_DAYS = 5  # absences that nobody knows beforehand come in weeks
LOOKS_AHEAD_SECONDS = 3_600.0


@dataclass(slots=True, eq=False)
class Task:
    """An open item in the simulation. `gone`: the engine closed it while it waited."""

    order: int
    item: OpenItem
    key: ItemKey
    how: StageWork
    opened: float
    due: float
    person: str = ""
    stands_in_for: str = ""
    started: float = 0.0
    work: float = 0.0
    gone: bool = False
    companions: tuple[Task, ...] = ()


class Waiting(NamedTuple):
    """A place in a queue: urgent first, then the oldest."""

    rank: int
    opened: float
    number: int
    task: Task


@dataclass(slots=True, eq=False)
class Hands:
    """A person at work: how many items more they can take, and what waits for them."""

    worker: Worker
    timeline: Timeline
    free: int
    queue: list[Waiting] = field(default_factory=list)
    busy: float = 0.0


class Crew:
    """Everybody of one run."""

    def __init__(
        self, program: Program, parameters: Parameters, timelines: Mapping[str, Timeline], holidays: Holidays, begin: date, random: Random
    ) -> None:
        self._program, self._helps, self._timelines = program, parameters.helps, timelines
        self._numbers = 0
        self._minutes = {
            str(stage.id): minutes_of(program, ItemKey(str(stage.id), (), "stage", 0)) for stage in program.standard.stages.values()
        }
        people = [_with_leaves(worker, begin, random) for worker in parameters.people]
        self.hands = {worker.key: Hands(worker, _timeline(program, worker, holidays, begin), worker.capacity) for worker in people}
        self._staff = Staff(tuple(_member(worker) for worker in people))
        self._colleagues: dict[tuple[str, str], tuple[Hands, ...]] = {}
        self._shared = {str(stage.id) for stage in program.standard.stages.values() if not (stage.gate and stage.gate.not_by)}

    def assign(self, place: Place, items: tuple[OpenItem, ...], now: float) -> tuple[Assigned, ...]:
        """Who the open items go to, as the engine says."""
        found = []
        for item in items:
            assigned = pick(self._program, place.case, item, self._staff, self._timelines[item.stage].day(now))
            if assigned.responsible and assigned.responsible != SYSTEM.key:
                self._staff.weigh(assigned.responsible, self._minutes[item.stage])
            found.append(assigned)
        return tuple(found)

    def load(self, key: str, item: OpenItem) -> None:
        """The person takes the item of somebody else."""
        self._staff.weigh(key, self._minutes[item.stage])

    def unload(self, key: str, item: OpenItem) -> None:
        """The person's item is closed."""
        self._staff.weigh(key, -self._minutes[item.stage])

    def offer(self, task: Task, rank: int, now: float) -> Hands | None:
        """Who takes the task in hand at once; None if it waits for its person."""
        own = self.hands[task.person]
        if own.free:
            return own
        helper = self._idle_colleague(task, now) if self._may_be_shared(task) else None
        if helper is None:
            self._numbers += 1
            heappush(own.queue, Waiting(rank, task.opened, self._numbers, task))
        return helper

    def next_for(self, hands: Hands) -> Task | None:
        """The next task of a person who has a hand free: their own, else one that waits for a colleague."""
        own = _first(hands.queue)
        if own is not None or not self._helps:
            return own
        waiting = [(other.queue[0], other) for role in hands.worker.roles for other in self._others(role, hands) if _has(other.queue)]
        if not waiting:
            return None
        for first, other in sorted(waiting, key=lambda pair: pair[0][:3]):
            if self._may_be_shared(first.task) and _can(hands, first.task):
                heappop(other.queue)
                return first.task
        return None

    def _may_be_shared(self, task: Task) -> bool:
        return self._helps and task.item.kind == "stage" and task.item.stage in self._shared and not task.stands_in_for

    def _idle_colleague(self, task: Task, now: float) -> Hands | None:
        for other in self._others(task.item.role, self.hands[task.person]):
            if other.free and _can(other, task) and other.timeline.into(now) - now <= LOOKS_AHEAD_SECONDS:
                return other
        return None

    def _others(self, role: str, hands: Hands) -> tuple[Hands, ...]:
        key = (role, hands.worker.key)
        known = self._colleagues.get(key)
        if known is None:
            everybody = self.hands.values()
            known = self._colleagues[key] = tuple(one for one in everybody if role in one.worker.roles and one is not hands)
        return known


def _can(hands: Hands, task: Task) -> bool:
    return task.item.role in hands.worker.roles and task.item.stage not in hands.worker.unqualified


def _has(queue: list[Waiting]) -> bool:
    """Whether a task waits; what the engine closed meanwhile is thrown away."""
    while queue and queue[0].task.gone:
        heappop(queue)
    return bool(queue)


def _first(queue: list[Waiting]) -> Task | None:
    return heappop(queue).task if _has(queue) else None


def _member(worker: Worker) -> Member:
    return Member(worker.key, tuple(Membership(role) for role in worker.roles), worker.absences, worker.unqualified)


def calendar_of(program: Program, worker: Worker) -> Calendar:
    """The calendar a person works by: their own, else that of the first stage that one of their roles owns."""
    standard = program.standard
    owned = (stage for stage in standard.stages.values() if stage.owner in worker.roles)
    calendar = worker.calendar or next((standard.calendar_of(stage).id for stage in owned), standard.calendar)
    return standard.calendars[calendar]


def _timeline(program: Program, worker: Worker, holidays: Holidays, begin: date) -> Timeline:
    return timeline_of(calendar_of(program, worker), holidays, begin, worker.absences)


def _with_leaves(worker: Worker, begin: date, random: Random) -> Worker:
    """Weeks off by chance, so many that the share `away` is met over the years."""
    if not worker.away:
        return worker
    weeks = [begin + timedelta(days=7 * number - begin.weekday()) for number in range(52 * 6)]
    chosen = [week for week in weeks if random.random() < worker.away]
    leaves = tuple(Absence(week, week + timedelta(days=LEAVE_DAYS + 1)) for week in chosen)
    return Worker(
        worker.key, worker.roles, worker.calendar, worker.unqualified, worker.absences + leaves,
        worker.capacity, worker.pace, 0.0, worker.cost_per_hour,
    )  # fmt: skip
