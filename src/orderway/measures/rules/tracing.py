"""What the journal says about one order's way: passages of stages with their times, holds, failures, who touched it.

Folds moves in their sequence; never asks a rule, a calendar or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from orderway.engine.case import ItemKey, OpenItem
from orderway.engine.move import Closed, Move

PASSAGES = frozenset({"stage", "complaint"})  # kinds of items that are a run of their stage; the others belong to one
PASSED = frozenset({"completed", "decided", "failed"})  # ways of closing after which the stage's work was done
TAKEN_UP = frozenset({"evidence", "claim"})
SYSTEM = "system"


class Happened(NamedTuple):
    """One entry of an order's journal."""

    at: datetime
    actor: str
    move: Move


@dataclass(slots=True)
class Passage:
    """One run of a stage. `taken_up_at`: when somebody first did something at it; `how`: "" while it is open."""

    stage: str
    kind: str
    run: int
    role: str
    opened_at: datetime
    due_at: datetime | None = None
    taken_up_at: datetime | None = None
    closed_at: datetime | None = None
    how: str = ""
    by: str = ""
    steps: set[str] = field(default_factory=set)
    papers: tuple[str, ...] = ()  # present when it was closed

    @property
    def done(self) -> bool:
        """Whether its work was done, whatever the gate said."""
        return self.how in PASSED

    @property
    def in_limit(self) -> bool:
        """Whether it was done before it was due; without a deadline it was."""
        return self.closed_at is not None and (self.due_at is None or self.closed_at <= self.due_at)


class Held(NamedTuple):
    """A hold: its type and how long it stood; `until` is None while it stands."""

    kind: str
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class Trace:
    """One order's way so far. `touches`: every entry with its actor; `recorded`: facts of the world that were recorded."""

    received_at: datetime
    passages: list[Passage] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    ended_at: datetime | None = None
    cancelled: bool = False
    failed_gates: list[str] = field(default_factory=list)
    waived: int = 0
    taken_over: int = 0
    reopened: int = 0
    changed: int = 0
    late: int = 0
    touches: list[tuple[datetime, str]] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)

    def done_at(self, stages: Iterable[str]) -> list[Passage]:
        """The passages of these stages that were done, in the sequence of their closing."""
        wanted = frozenset(stages)
        return [one for one in self.passages if one.done and one.stage in wanted]


def traced(entries: Sequence[Happened]) -> Trace:
    """The way that a whole journal tells; there is at least the entry that opened it."""
    reader = _Reader(Trace(entries[0].at))
    for entry in entries:
        reader.take(entry)
    return reader.trace


class _Reader:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._open: dict[ItemKey, Passage] = {}
        self._sequence = 0
        self._holds: dict[int, int] = {}  # sequence of the entry -> place in trace.holds

    def take(self, entry: Happened) -> None:
        self._sequence += 1
        at, actor, move = entry
        self.trace.touches.append((at, actor))
        self._migrate(move)
        self._count(move)
        self._prove(at, move)
        for closed in move.closed:
            self._close(closed, entry)
        for item in move.opened:
            self._start(item, at)
        for timing in move.timing:
            if timing.item in self._open and timing.due_at is not None:
                self._open[timing.item].due_at = timing.due_at
        self._hold(at, move)
        self._end(at, move)

    def _migrate(self, move: Move) -> None:
        """The way reads as one under the names of the new version; what is open goes on with its owners."""
        names = dict(move.turn.renamed)
        if names:
            self._open = {key._replace(stage=names.get(key.stage, key.stage)): passage for key, passage in self._open.items()}
            for passage in (*self._open.values(), *self.trace.passages):
                passage.stage = names.get(passage.stage, passage.stage)
            self.trace.failed_gates = [names.get(stage, stage) for stage in self.trace.failed_gates]
        for key, role in move.turn.roles:
            if key in self._open:
                self._open[key].role = role

    def _count(self, move: Move) -> None:
        trace, turn = self.trace, move.turn
        trace.waived += len(turn.waived)
        trace.taken_over += sum(closed.how == "decided" and closed.item.kind == "decision" for closed in turn.closed)
        trace.reopened += turn.reopened
        trace.changed += turn.act == "change"
        trace.late += turn.act == "escalate" and move.level == 100
        trace.recorded.update(move.recorded)
        trace.failed_gates += [closed.item.stage for closed in turn.closed if closed.how == "failed"]

    def _prove(self, at: datetime, move: Move) -> None:
        item = move.turn.item
        passage = self._open.get(item) if item else None
        if passage is None:
            return
        passage.steps.update(one.step for one in move.evidence)
        if move.act in TAKEN_UP and passage.taken_up_at is None:
            passage.taken_up_at = at

    def _start(self, item: OpenItem, at: datetime) -> None:
        if item.kind in PASSAGES:
            self._open[item.key] = Passage(item.stage, item.kind, item.run, item.role, at)

    def _close(self, closed: Closed, entry: Happened) -> None:
        passage = self._open.pop(closed.item, None)
        if passage is not None:
            passage.closed_at, passage.how, passage.by, passage.papers = entry.at, closed.how, entry.actor, entry.move.documents
            self.trace.passages.append(passage)

    def _hold(self, at: datetime, move: Move) -> None:
        for kind in move.turn.held:
            self._holds[self._sequence] = len(self.trace.holds)
            self.trace.holds.append(Held(kind, at))
        for sequence in move.turn.lifted:
            place = self._holds.get(sequence)
            if place is not None:
                self.trace.holds[place] = self.trace.holds[place]._replace(until=at)

    def _end(self, at: datetime, move: Move) -> None:
        if move.turn.status in ("ended", "cancelled") and self.trace.ended_at is None:
            self.trace.ended_at = at
            self.trace.cancelled = move.turn.status == "cancelled"
