"""What everybody in the demo looks at: open work, the orders' arrivals and fates, and what was refused. Decides nothing of an order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import QuerySet

from orderway.demo.arrivals import Arrival
from orderway.demo.chances import Chances
from orderway.demo.company import Company
from orderway.demo.fates import Fate
from orderway.demo.staff import Staff
from orderway.demo.workdays import Slot, Workdays
from orderway.engine.refusals import Refusal
from orderway.orders.models import WorkItem
from orderway.orders.proofs import needs_of
from orderway.releases import catalogue
from orderway.releases.publishing import program_of
from orderway.sets.kept import Kept
from orderway.standard.document import Stage, StageId, Standard

# Minutes of working time that a stage's work usually waits and takes, and how much that varies (the sigma of a log-normal).
USUAL = {
    "capture.enter": (70, 0.7),
    "review.decide": (60, 0.8),
    "stock.reserve": (30, 0.7),
    "delivery.plan": (200, 0.8),
    "supply.produce": (140, 0.7),
    "supply.purchase": (170, 0.7),
    "delivery.pick": (110, 0.8),
    "delivery.hand_over": (640, 0.6),
    "invoicing.issue": (150, 0.8),
    "aftersales.resolve": (560, 0.7),
    "approval": (70, 0.9),
    "decision": (300, 0.6),
    "leftover": (500, 0.6),
}


@dataclass(frozen=True, slots=True)
class Task:
    """An open work item, as those who do it see it."""

    id: int
    number: str
    place: str
    stage: str
    kind: str
    act: str
    role: str
    responsible: str | None
    run: int
    opened_at: datetime
    version_id: int
    content_hash: str
    by_system: bool

    @property
    def work(self) -> str:
        """What kind of work it is: its act, or an approval, a decision, a leftover."""
        return self.act if self.kind in ("stage", "complaint") else self.kind

    @property
    def standard(self) -> Standard:
        """The standard the order is pinned to."""
        return program_of(self.version_id, self.content_hash).standard

    @property
    def definition(self) -> Stage:
        """The stage as that standard says it."""
        return self.standard.stages[StageId(self.stage)]


COLUMNS = (
    *("id", "order__number", "place", "stage", "kind", "act", "role", "responsible__key", "run", "opened_at", "order__version_id"),
    *("order__version__content_hash", "by_system"),
)


def open_tasks() -> list[Task]:
    """Everything that waits for somebody, not on hold, the oldest order first; one statement."""
    return [Task(*row) for row in _open_tasks.rows()]


@Kept
def _open_tasks() -> QuerySet[WorkItem, tuple[Any, ...]]:
    rows = WorkItem.objects.filter(state=WorkItem.State.OPEN, held_since__isnull=True).exclude(by_system=True, waiting="")
    return rows.order_by("order_id", "place", "stage", "kind").values_list(*COLUMNS)


@dataclass
class Scene:
    """The company, its year so far, and what is known about every order by its number."""

    chances: Chances
    workdays: Workdays
    staff: Staff
    company: Company
    fates: list[Fate]
    until: datetime
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    delivered: dict[str, datetime] = field(default_factory=dict)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    ready: dict[int, datetime] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    pace: dict[str, float] = field(default_factory=dict)  # how long a kind of work takes since somebody improved it, 1 being usual
    _seats: Counter[str] = field(default_factory=Counter)

    def fate(self, number: str) -> Fate:
        """What is in store for this order."""
        return self.fates[self.arrivals[number].index]

    def named(self, place: str) -> tuple[int, str]:
        """A place by the rank of its order: numbers depend on what a database has seen before, chance must not."""
        number, _, run = place.partition("/")
        return self.arrivals[number].index, run

    def luck(self, what: str, place: str, *more: object) -> Random:
        """Chance in one question about a place."""
        return self.chances.of(what, *self.named(place), *more)

    def note(self, act: str, refused: Mapping[str, Refusal] | Iterable[Refusal]) -> None:
        """Count what was refused; that is a normal answer, as in any company."""
        for refusal in refused.values() if isinstance(refused, Mapping) else refused:
            self.refused[act, refusal.code] += 1

    def is_ready(self, task: Task, slot: Slot) -> bool:
        """Whether whoever has the task gets it done in this slot."""
        known = self.ready.get(task.id)
        if known is None:
            known = self.ready[task.id] = self._done_at(task)
        return known <= slot.at and not self._stays(task, slot)

    def later(self, task: Task, slot: Slot, minutes: int) -> None:
        """Take it up again after so much working time."""
        self.ready[task.id] = self.workdays.after(slot.at, minutes, task.act)

    def _done_at(self, task: Task) -> datetime:
        median, spread = USUAL.get(task.work, (240, 0.6))
        arrival = self.arrivals.get(task.number)
        hurry = 0.5 if arrival and arrival.urgent else 1.0
        pace = self.staff.pace(task.responsible) if task.responsible else 1.0
        pace *= self.pace.get(task.work, 1.0)
        minutes = self.chances.minutes(median * pace * hurry, spread, "does", *self.named(task.place), task.stage, task.kind, task.run)
        return self.workdays.after(task.opened_at, minutes, task.act)

    # --- what is left at the end ----------------------------------------------------------------------------------------

    def _stays(self, task: Task, slot: Slot) -> bool:
        """In the last days a few tasks of every kind come to a halt, so that the demo has work in every stage, some of it late."""
        key = f"{task.place} {task.stage} {task.kind}"
        if key in self.parked:
            return True
        left = (self.until - slot.at) / timedelta(days=1)
        seat = next((number for number, days in enumerate(STAYING) if left <= days and self._seats[task.work] <= number), None)
        if seat is None or self.fate(task.number).cancelled_after is not None:
            return False
        self._seats[task.work] += 1
        self.parked.add(key)
        return True


STAYING = (15.0, 4.0, 1.5)  # days before the end at which the first, second, third task of a kind stays


def evidence_of(stage: Stage, key: str, *, quantity: str = "1", choice: int = 0) -> dict[str, str]:
    """What somebody records for the steps of a stage that its act does not prove by itself."""
    by_itself = needs_of(stage).by_itself
    given: dict[str, str] = {}
    for step in stage.steps:
        if step.evidence is None or step.id in by_itself:
            continue
        kind = step.evidence.kind
        if kind == "tick":
            given[step.id] = "yes"
        elif kind == "number":
            given[step.id] = quantity
        elif kind == "choice":
            given[step.id] = step.evidence.choice_ids[choice % len(step.evidence.choice_ids)]
        elif kind in ("scan", "photo", "text"):
            given[step.id] = f"{kind}-{key}"
    return given


def papers_of(stage: Stage, standard: Standard) -> list[str]:
    """The papers that people must attach at a stage: asked for by a step and not made by its act."""
    act = catalogue.act(stage.does or "")
    templates = act.act.templates if act else ()
    wanted = [step.evidence.document for step in stage.steps if step.evidence and step.evidence.document]
    return [kind for kind in wanted if kind and standard.documents[kind].template not in templates]
