"""Who did what on one order's way: every passage, signature and decision with its person, its pauses, and whether it came back.

Folds the moves of one journal in their sequence. Judges nothing (`judging` does) and asks no rule, calendar or clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from orderway.engine.case import ItemKey, OpenItem
from orderway.engine.move import Closed, Move
from orderway.measures.rules.tracing import Happened

ENDS = frozenset({"completed", "decided", "failed", "signed", "refused"})  # ways of closing after which somebody's work was done
TOUCHES = frozenset({"evidence", "claim", "attach"})
INTERRUPTIONS = frozenset({"change", "cancel", "reopen", "add_run", "withdraw_run"})  # the customer wanted something else
SYSTEM = "system"
CUSTOMER = "customer"  # as whose fault rework counts that a change brought


class Pause(NamedTuple):
    """Time in which the work could not go on: `why` is "hold", or the note of what it waited for."""

    why: str
    since: datetime
    until: datetime


class SentBack(NamedTuple):
    """A gate found something wrong with work that was done: which gate, what it asked, when, and by which entry."""

    gate: str
    criteria: tuple[str, ...]
    at: datetime
    sequence: int


@dataclass(slots=True)
class Task:
    """One item that somebody did, or has open. `came_at`: when it came to who did it, None if it never did: they took it from a colleague.

    `rework_of`: because of whose work it was done again, "" for the first time; "customer" after a change, "system" for nobody's.
    `before_late`: the stage before it had overrun its limit.
    """

    stage: str
    path: tuple[str, ...]
    kind: str
    opened: int
    run: int
    role: str
    opened_at: datetime
    due_at: datetime | None = None
    by: str = ""
    done_at: datetime | None = None
    closed_by: int = 0
    how: str = ""
    came_at: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)
    steps: set[str] = field(default_factory=set)
    papers: tuple[str, ...] = ()
    waived: int = 0
    taken_over: bool = False
    rework_of: str = ""
    sent_back: SentBack | None = None
    before_late: bool = False
    _given: dict[str, datetime] = field(default_factory=dict)  # person -> since when they have it
    _holder: str = ""
    _touched: dict[str, datetime] = field(default_factory=dict)
    _waits: tuple[str, datetime] | None = None

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """Stage and path."""
        return self.stage, self.path


def tasks_of(entries: Sequence[Happened]) -> list[Task]:
    """Every task of this journal that was done, in the sequence of its end."""
    reader = _Reader()
    for entry in entries:
        reader.take(entry)
    return reader.done


class _Reader:
    def __init__(self) -> None:
        self.done: list[Task] = []
        self._open: dict[ItemKey, Task] = {}
        self._sequence = 0
        self._held: dict[int, datetime] = {}
        self._holds: list[tuple[datetime, datetime]] = []
        self._blame = ""

    def take(self, entry: Happened) -> None:
        self._sequence += 1
        at, actor, move = entry
        actor = actor.partition(":")[0]
        self._blame = self._to_blame(entry) or self._blame
        self._prove(at, actor, move)
        self._decide(at, actor, move)
        late = self._close_all(entry, actor)
        self._drop(move)
        self._start_all(at, move.opened, late)
        self._time(at, move)
        self._give(at, move)
        self._hold(at, move)
        self._wait(at, move)

    # --- whose work comes back --------------------------------------------------------------------------------------

    def _to_blame(self, entry: Happened) -> str:
        move = entry.move
        if move.act in INTERRUPTIONS:
            return CUSTOMER
        failed = next((one.item for one in move.turn.closed if one.how == "failed"), None)
        if failed is None:
            return ""
        criteria = tuple(one.criterion for one in move.turn.judged if one.result == "false")
        found = SentBack(failed.stage, criteria, entry.at, self._sequence)
        blamed = [origin for item in move.opened if item.kind == "stage" and (origin := self._last_done(item)) is not None]
        for origin in blamed:
            origin.sent_back = origin.sent_back or found
        return blamed[0].by if blamed else ""

    def _last_done(self, item: OpenItem) -> Task | None:
        place = (item.stage, item.path)
        return next((task for task in reversed(self.done) if task.place == place and task.kind == "stage"), None)

    # --- what is done at a task -------------------------------------------------------------------------------------

    def _prove(self, at: datetime, actor: str, move: Move) -> None:
        item = move.turn.item
        task = self._open.get(item) if item else None
        if task is None:
            return
        task.steps.update(one.step for one in move.evidence)
        task.waived += len(move.turn.waived)
        if move.act in TOUCHES:
            task._touched.setdefault(actor, at)

    def _decide(self, at: datetime, actor: str, move: Move) -> None:
        """A gate that was decided and waits for signatures: the work of who decided it is done, the rest is the signatories'."""
        waiting = {(one.stage, one.path) for one in move.turn.decisions if not one.signed}
        item = move.turn.item
        task = self._open.get(item) if item else None
        if task is not None and task.place in waiting and task.kind in ("stage", "complaint"):
            self._finish(task, at, actor)
            task.papers = move.documents

    def _drop(self, move: Move) -> None:
        """A decision that counts no more, while its gate stays open: somebody decides again."""
        dropped = {(stage, path) for stage, path, _run in move.turn.dropped}
        for task in self._open.values() if dropped else ():
            if task.place in dropped and task.kind in ("stage", "complaint"):
                task.by, task.done_at = "", None

    def _close_all(self, entry: Happened, actor: str) -> bool:
        late = False
        for closed in entry.move.turn.closed:
            task = self._open.pop(closed.item, None)
            if task is not None and closed.how in ENDS:
                self._close(task, closed, entry, actor)
                late = late or _overran(task)
        return late

    def _close(self, task: Task, closed: Closed, entry: Happened, actor: str) -> None:
        task.how, task.closed_by = closed.how, self._sequence
        task.taken_over = closed.how == "decided" or (entry.move.act == "decide" and task.kind == "stage")
        if task.done_at is None:
            self._finish(task, entry.at, actor)
            task.papers = entry.move.documents
        self.done.append(task)

    def _finish(self, task: Task, at: datetime, actor: str) -> None:
        task.by, task.done_at = actor, at
        task.came_at = task._given.get(actor) if task._holder == actor else task._touched.get(actor) if not task._holder else None
        if task._waits is not None:
            task.pauses.append(Pause(*task._waits, at))
            task._waits = None
        task.pauses += [Pause("hold", max(since, task.opened_at), until) for since, until in self._holds if until > task.opened_at]

    # --- what opens, comes and pauses ---------------------------------------------------------------------------------

    def _start_all(self, at: datetime, items: Iterable[OpenItem], late: bool) -> None:
        for item in items:
            begun = Task(item.stage, item.path, item.kind, item.opened, item.run, item.role, at, before_late=late)
            if item.kind == "stage" and item.run > 1:
                begun.rework_of = self._blame or SYSTEM
            self._open[item.key] = begun

    def _time(self, at: datetime, move: Move) -> None:
        for timing in move.timing:
            task = self._open.get(timing.item)
            if task is not None:
                task.due_at = timing.due_at

    def _give(self, at: datetime, move: Move) -> None:
        for given in move.assigned:
            task = self._open.get(given.item)
            if task is not None and task._holder != given.responsible:
                task._holder = given.responsible
                task._given[given.responsible] = at

    def _hold(self, at: datetime, move: Move) -> None:
        if move.turn.held:
            self._held[self._sequence] = at
        for sequence in move.turn.lifted:
            since = self._held.pop(sequence, None)
            if since is not None:
                self._holds.append((since, at))

    def _wait(self, at: datetime, move: Move) -> None:
        for key, note in move.turn.waiting:
            task = self._open.get(key)
            if task is None:
                continue
            if task._waits is not None:
                task.pauses.append(Pause(*task._waits, at))
            task._waits = (note, at) if note else None


def _overran(task: Task) -> bool:
    return task.due_at is not None and task.done_at is not None and task.done_at > task.due_at
