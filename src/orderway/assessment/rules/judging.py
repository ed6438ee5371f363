"""What a task says about the person who did it: in time by their own clock, right the first time, done again because of whom.

A person's clock runs only in working time, from when the task came to them, and stands while it waits, is on hold or they are away.
Reads no table and no clock; the numbers of the enumerations are stored and never change their meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, Protocol

from orderway.assessment.rules.tracing import CUSTOMER, SYSTEM, Task
from orderway.standard.document import StageId, Standard

EDITION = 1  # how everything here is judged; another one judges every order anew


class Time(IntEnum):
    """Whether a task was done in time by the clock of its person. OPEN_ENDED: nobody can say, so it counts in no share."""

    OPEN_ENDED = 0
    KEPT = 1
    LATE = 2


class Excuse(IntEnum):
    """Why a task overran the limit of its stage, or was not timed, without its person: causes of the system."""

    NONE = 0
    CAME_LATE = 1  # it had lain elsewhere before
    GOODS = 2  # it waited for goods: missing stock, a late supplier
    WAITED = 3  # it waited for something else outside
    HELD = 4
    AWAY = 5
    TAKEN = 6  # taken from a colleague: when it began to be theirs, nobody wrote down


class Quality(IntEnum):
    """Whether it was right the first time. NOT_JUDGED: no gate looks at this work, or it was itself done again."""

    NOT_JUDGED = 0
    RIGHT = 1
    SENT_BACK = 2
    MISSED = 3  # its gate let an error pass that was found later


class Rework(IntEnum):
    """Because of whom a task was done again."""

    NONE = 0
    OWN = 1
    COLLEAGUE = 2
    CUSTOMER = 3
    SYSTEM = 4


GOODS_NOTE = "goods_on_order"  # the note of `stages.supply` on what waits for a supplier
STEPS_OF = frozenset({"stage"})


class Clock(Protocol):
    """Working time between two moments, in minutes (see `engine.calendars.WorkingTime`)."""

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Minutes of working time."""


class Span(NamedTuple):
    """From when to when."""

    since: datetime
    until: datetime


class Found(NamedTuple):
    """An error that was found later: its kind, when, and the stage whose gate should have caught it."""

    kind: str
    at: datetime
    caught_at: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A task as it counts. `cause`: what was wrong, a criterion of the gate that sent it back or a kind of error, "" for nothing.

    `came`, `done`: the person's own minutes on the wall, since 1970, to see what else lay with them then.
    """

    task: Task
    time: Time
    excuse: Excuse
    quality: Quality
    rework: Rework
    cause: str
    minutes: int
    limit: int
    steps: int
    proven: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What one order is judged by: its pinned standard, the clock of a stage, errors found later, and who was away when."""

    standard: Standard
    clock: Mapping[str, Clock]
    errors: Sequence[Found]
    away: Mapping[str, Sequence[Span]]


def judged(tasks: Iterable[Task], setting: Setting) -> list[Judged]:
    """Every task that a person did, as it counts."""
    done = [task for task in tasks if task.by not in ("", SYSTEM) and task.done_at is not None]
    looked_at = judged_stages(setting.standard)
    missed = _missed(done, setting.errors)
    return [_judged(task, setting, looked_at, missed.get(number, "")) for number, task in enumerate(done)]


def judged_stages(standard: Standard) -> frozenset[str]:
    """The stages whose work somebody looks at: a gate sends back to them, or they have a gate that may miss something."""
    gates = [stage for stage in standard.stages.values() if stage.gate is not None]
    back = {str(stage.gate.fail.back_to) for stage in gates if stage.gate is not None and stage.gate.fail is not None}
    return frozenset(back | {str(stage.id) for stage in gates})


def _judged(task: Task, setting: Setting, looked_at: frozenset[str], missed: str) -> Judged:
    minutes, limit, time, excuse = _timed(task, setting)
    quality, cause = _quality(task, looked_at, missed)
    steps, proven = _proof(task, setting.standard)
    return Judged(task, time, excuse, quality, _rework(task), cause, minutes, limit, steps, proven)


def _timed(task: Task, setting: Setting) -> tuple[int, int, Time, Excuse]:
    clock = setting.clock.get(task.stage)
    if clock is None or task.due_at is None or task.done_at is None or task.taken_over:
        return 0, 0, Time.OPEN_ENDED, Excuse.NONE
    holds = [Span(pause.since, pause.until) for pause in task.pauses if pause.why == "hold"]
    limit = _worked(clock, Span(task.opened_at, task.due_at), holds)
    if task.came_at is None:
        return 0, limit, Time.OPEN_ENDED, Excuse.TAKEN
    away = setting.away.get(task.by, ())
    pauses = [Span(pause.since, pause.until) for pause in task.pauses] + list(away)
    minutes = _worked(clock, Span(task.came_at, task.done_at), pauses)
    if minutes > limit:
        return minutes, limit, Time.LATE, Excuse.NONE
    late = task.done_at > task.due_at
    return minutes, limit, Time.KEPT, _excuse(task, away) if late else Excuse.NONE


def _excuse(task: Task, away: Sequence[Span]) -> Excuse:
    """Why the limit of the stage was overrun although its person kept it: the first reason that applies."""
    reasons = {pause.why for pause in task.pauses}
    if GOODS_NOTE in reasons:
        return Excuse.GOODS
    if reasons - {"hold"}:
        return Excuse.WAITED
    if task.came_at is not None and task.came_at > task.opened_at:
        return Excuse.CAME_LATE
    return Excuse.AWAY if away else Excuse.HELD


def _worked(clock: Clock, whole: Span, pauses: Sequence[Span]) -> int:
    """Working minutes of a span without its pauses, which may overlap."""
    if whole.until <= whole.since:
        return 0
    total, reached = clock.elapsed(*whole), whole.since
    for pause in sorted(pauses):
        since, until = max(pause.since, reached), min(pause.until, whole.until)
        if since < until:
            total -= clock.elapsed(since, until)
            reached = until
    return max(0, total)


def _quality(task: Task, looked_at: frozenset[str], missed: str) -> tuple[Quality, str]:
    if task.kind != "stage" or task.run > 1 or task.how == "failed" or task.taken_over or task.stage not in looked_at:
        return Quality.NOT_JUDGED, ""
    if task.sent_back is not None:
        return Quality.SENT_BACK, next(iter(task.sent_back.criteria), "")
    return (Quality.MISSED, missed) if missed else (Quality.RIGHT, "")


def _missed(tasks: Sequence[Task], errors: Iterable[Found]) -> dict[int, str]:
    """Number of the task -> the kind of error that its gate let pass: the last that passed this gate before the error was found."""
    found: dict[int, str] = {}
    for error in errors:
        passed = [
            (task.done_at, number)
            for number, task in enumerate(tasks)
            if task.stage == error.caught_at and task.kind == "stage" and task.how != "failed" and task.done_at and task.done_at <= error.at
        ]
        if passed:
            found.setdefault(max(passed)[1], error.kind)
    return found


def _rework(task: Task) -> Rework:
    if not task.rework_of:
        return Rework.NONE
    if task.rework_of == task.by:
        return Rework.OWN
    return {CUSTOMER: Rework.CUSTOMER, SYSTEM: Rework.SYSTEM}.get(task.rework_of, Rework.COLLEAGUE)


def _proof(task: Task, standard: Standard) -> tuple[int, int]:
    """Steps that ask for proof, and those proven; papers and acts of the system by being there. What was sent back asks for nothing."""
    stage = standard.stages.get(StageId(task.stage))
    if stage is None or task.kind not in STEPS_OF or task.how == "failed":
        return 0, 0
    asked = [(step.id, step.evidence) for step in stage.steps if step.evidence is not None]
    proven = sum(step in task.steps or proof.kind == "system" or proof.document in task.papers for step, proof in asked)
    return len(asked), proven
