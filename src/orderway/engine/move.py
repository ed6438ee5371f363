"""What one act did to one order: everything that its journal entry holds.

A `Turn` is the part that replay folds (and that is the same for many orders, so it is remembered); a `Move` adds what belongs to
this order alone: facts seen, evidence, people, times. Never evaluates anything. `payloads` writes it as JSON and reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from orderway.engine.case import Case, EachRun, GateDecision, ItemKey, OpenItem, Path, RunState, Status, Waiver

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
How = Literal["completed", "decided", "failed", "signed", "refused", "withdrawn", "voided", "settled"]


class Closed(NamedTuple):
    """An item that is open no more.

    `decided`: a decision or an approval that let its gate pass; `failed`: a gate that sent back; `signed`, `refused`: an approval;
    `voided`: an approval or decision that something else made void; `settled`: a leftover; `withdrawn`: closed by rework, change, cancel.
    """

    item: ItemKey
    how: How


class Skipped(NamedTuple):
    """A stage that its `skip_when` skipped at entry, with the condition as written."""

    stage: str
    path: Path
    condition: str


class Entered(NamedTuple):
    """A block that was entered: its kind, where it stands (number in the walk of the flow) and the branches that were taken."""

    kind: str
    node: int
    path: Path
    branches: tuple[int, ...]


class RunChange(NamedTuple):
    """An `each` run that started, finished or was withdrawn."""

    run: EachRun
    state: RunState


class Judged(NamedTuple):
    """A criterion of a gate as it was found: `true` or `false`, or `waived`; `unknown` only where the stage is advisory."""

    criterion: str
    result: Literal["true", "false", "waived", "unknown"]


@dataclass(frozen=True, slots=True)
class Turn:
    """The structure of a move: what replay folds. Empty parts mean "unchanged".

    act: the engine's word for it (open, complete, sign, ...). `item`: what the act worked on. `reopened` counts a reopening.
    `failed`: new count of failures of a gate. `decisions`: gates that now wait for signatures; `dropped`: gates that no longer do.
    `undo`: stages whose acts are to be taken back, last first. `lifted`: sequences of the holds that are gone. `renamed`: what the
    stages that the case names are called from here on, at once and before everything else; `roles`: new owners of open items.
    """

    act: str
    item: ItemKey | None = None
    closed: tuple[Closed, ...] = ()
    opened: tuple[OpenItem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    entered: tuple[Entered, ...] = ()
    each_runs: tuple[RunChange, ...] = ()
    waiting: tuple[tuple[ItemKey, str], ...] = ()
    held: tuple[str, ...] = ()
    lifted: tuple[int, ...] = ()
    failed: tuple[tuple[str, Path, int], ...] = ()
    passed: tuple[tuple[str, Path], ...] = ()
    worked: tuple[tuple[str, str], ...] = ()
    decisions: tuple[GateDecision, ...] = ()
    dropped: tuple[tuple[str, Path, int], ...] = ()
    waived: tuple[Waiver, ...] = ()
    judged: tuple[Judged, ...] = ()
    undo: tuple[str, ...] = ()
    ends_as: Literal["", "ended", "cancelled"] = ""
    status: Status | Literal[""] = ""
    reopened: bool = False
    renamed: tuple[tuple[str, str], ...] = ()
    roles: tuple[tuple[ItemKey, str], ...] = ()
    _applied: list[tuple[str, Case]] = field(default_factory=list, compare=False, repr=False)


class Evidence(NamedTuple):
    """What somebody brought for a step: `value` is the tick, number, choice, or the key of a stored file, as text."""

    step: str
    kind: str
    value: str


class Timing(NamedTuple):
    """When an item is due. All times are aware UTC; `calls` are (percent, at) of every warning and escalation, soonest first.

    `provisional`: the calendar of a year on the way is not published yet; the due time is computed again when it is.
    `due_at` is None while a hold stands: the clock starts when the last hold is lifted.
    """

    item: ItemKey
    due_at: datetime | None
    provisional: bool = False
    calls: tuple[tuple[int, datetime], ...] = ()


class Assigned(NamedTuple):
    """Who an item went to and why. `responsible` is "" if nobody could be found, with the reason; `stands_in_for`: the absent person."""

    item: ItemKey
    responsible: str
    reason: str
    stands_in_for: str = ""


class Leftover(NamedTuple):
    """What an undo could not take back, for the owner of `stage`."""

    stage: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """A whole journal entry of an order: the turn, and what belongs to this order alone.

    `facts`: the facts read, frozen as JSON (see `answers.FactAnswers.frozen`). `documents`: those present at the gate.
    `findings`: answers to `ask` criteria are in `turn.judged`; `outcome` is text for the journal and steers nothing.
    `hold_until`: when a hold placed by this move lifts itself; `lifts_when`: the condition for which it waits. `level`: percent of an
    escalation; `told`: whom it told.
    `migrated`: the numbers of the version before and after; `unpassed`: stages whose new gate lies behind the order there.
    """

    turn: Turn
    actor: str = ""
    acting_for: str = ""
    outcome: str = ""
    reason: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    documents: tuple[str, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    timing: tuple[Timing, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    hold_until: datetime | None = None
    level: int = 0
    told: str = ""
    recorded: tuple[str, ...] = ()
    migrated: tuple[str, ...] = ()
    unpassed: tuple[str, ...] = ()
    lifts_when: str = ""

    @property
    def act(self) -> str:
        """The engine's word for what was done."""
        return self.turn.act

    @property
    def opened(self) -> tuple[OpenItem, ...]:
        """The items that this move opened."""
        return self.turn.opened

    @property
    def closed(self) -> tuple[Closed, ...]:
        """The items that this move closed."""
        return self.turn.closed

    def timed(self, timing: tuple[Timing, ...], hold_until: datetime | None = None) -> Move:
        """The same move with the times that `scheduling.schedule` found."""
        return replace(self, timing=timing, hold_until=hold_until)

    def given_to(self, assigned: tuple[Assigned, ...]) -> Move:
        """The same move with the people that `assignment.assign` found."""
        return replace(self, assigned=assigned)

    def to_payload(self) -> dict[str, Json]:
        """JSON for the journal: only what is not empty, keys in a fixed order."""
        from orderway.engine import payloads

        return payloads.written(self)

    @staticmethod
    def from_payload(payload: Mapping[str, Json]) -> Move:
        """The move of a journal entry. Unknown keys of an outer layer are ignored."""
        from orderway.engine import payloads

        return payloads.read(payload)
