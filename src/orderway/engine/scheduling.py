"""Until when: fills the due times, warnings and escalations of a move. Computes from what it is given; never asks a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from orderway.engine.calendars import Holidays, WorkingTime
from orderway.engine.case import Case, ItemKey
from orderway.engine.move import Move, Timing
from orderway.engine.program import Program
from orderway.standard.document import Stage

Calls = tuple[tuple[int, datetime], ...]

REMEMBERED_TIMES = 2_000  # (standard, stage, moment); a batch opens its items at one moment


class Clock(NamedTuple):
    """The times of an item that is open already.

    `due_at` None: it was opened during a hold and its clock has not started. `held_since` None: its clock runs. `calls`: its warnings
    and escalations. `paused_minutes`: working time that earlier holds gave back.
    """

    opened_at: datetime
    due_at: datetime | None
    held_since: datetime | None = None
    calls: Calls = ()
    paused_minutes: int = 0


def schedule(
    program: Program, case: Case, move: Move, *, now: datetime, holidays: Holidays, clocks: Mapping[ItemKey, Clock] | None = None
) -> Move:
    """The move with `timing` for every item it opened and, when it lifts the last hold or reschedules, for those in `clocks`.

    `case` is the case before the move. `clocks` are needed only for `lift` and `reschedule`. Sets `hold_until` for a hold that expires.
    """
    turn = move.turn
    if turn.held:
        ends = [moment for moment in (move.hold_until, _hold_until(program, turn.held[0], now, holidays)) if moment]
        return move.timed((), min(ends, default=None))
    held = len(case.holds) > len(turn.lifted)
    timing = [Timing(item.key, None) if held else fresh(program, item.key, now, holidays) for item in turn.opened]
    if turn.lifted and not held and turn.status == "":
        timing += [_resumed(program, key, clock, now, holidays) for key, clock in (clocks or {}).items()]
    if turn.act == "reschedule":
        timing += [_again(program, key, clock, holidays) for key, clock in (clocks or {}).items() if clock.due_at is not None]
    return move.timed(tuple(timing)) if timing else move


def migrated(
    old: Program, new: Program, clocks: Mapping[ItemKey, Clock], stages: Mapping[str, str], holidays: Holidays
) -> tuple[Timing, ...]:
    """The times of open items in a new version, from their own opening, as far as it allows another time; `stages` leads there."""
    moved = [(key._replace(stage=stages[key.stage]), clock, key.stage) for key, clock in clocks.items() if clock.due_at is not None]
    return tuple(_again(new, key, clock, holidays) for key, clock, before in moved if _terms(old, before) != _terms(new, key.stage))


def fresh(program: Program, item: ItemKey, start: datetime, holidays: Holidays) -> Timing:
    """The times of an item whose clock starts now, with the full limit of its stage."""
    key = (program.hash, item.stage, start)
    known = holidays.times.get(key)
    if known is None:
        if len(holidays.times) >= REMEMBERED_TIMES:
            holidays.times.clear()
        known = holidays.times[key] = _times(program, item.stage, start, holidays)
    due, provisional, calls = known
    return Timing(item, due, provisional, calls)


def calls_of(stage: Stage) -> tuple[tuple[int, str], ...]:
    """The warning and the escalations of a stage: percent of its working time, and who is told, soonest first."""
    escalations = tuple((escalation.after, str(escalation.to)) for escalation in stage.escalate)
    later = escalations or ((100, "order_owner"), (200, "standard_owner"))
    return tuple(sorted(((stage.warn, "responsible"), *later)))


def _terms(program: Program, stage_id: str) -> tuple[object, ...]:
    """Everything on which the times of an item hang."""
    stage = program.stage(stage_id)
    return stage.limit, _shares(program, stage), program.standard.calendar_of(stage)


def _shares(program: Program, stage: Stage) -> tuple[int, ...]:
    """The shares of the limit after which somebody is told; where the stage is advisory nobody is."""
    return () if stage.id in program.advisory else tuple(sorted({percent for percent, _ in calls_of(stage)}))


def _times(program: Program, stage_id: str, start: datetime, holidays: Holidays) -> tuple[datetime, bool, Calls]:
    stage, working = _working(program, stage_id, holidays)
    due, provisional = working.due_at(start, stage.limit)
    return due, provisional, _calls(_shares(program, stage), working, start, due)


def _calls(shares: tuple[int, ...], working: WorkingTime, start: datetime, due: datetime) -> Calls:
    return tuple((percent, working.share(start, due, percent)) for percent in shares)


def _working(program: Program, stage_id: str, holidays: Holidays) -> tuple[Stage, WorkingTime]:
    stage = program.stage(stage_id)
    return stage, holidays.working_time(program.standard.calendar_of(stage), program.hash)


def _hold_until(program: Program, hold_type: str, now: datetime, holidays: Holidays) -> datetime | None:
    rule = program.standard.exceptions.hold
    kind = rule.type(hold_type) if rule else None
    if kind is None or kind.expires is None:
        return None
    calendar = program.standard.calendars[program.standard.calendar]
    return holidays.working_time(calendar, program.hash).due_at(now, kind.expires)[0]


def _resumed(program: Program, item: ItemKey, clock: Clock, now: datetime, holidays: Holidays) -> Timing:
    """The working time that was left when the hold began, counted from now; what was over by then stays as it was."""
    if clock.due_at is None or clock.held_since is None:
        return fresh(program, item, now, holidays)
    _, working = _working(program, item.stage, holidays)
    since = clock.held_since

    def moved(moment: datetime) -> datetime:
        return moment if moment <= since else working.after_minutes(now, working.elapsed(since, moment))

    due = moved(clock.due_at)
    provisional = not working.published(now, due)
    return Timing(item, due, provisional, tuple((percent, moved(at)) for percent, at in clock.calls))


def _again(program: Program, item: ItemKey, clock: Clock, holidays: Holidays) -> Timing:
    """The times from the item's own opening by the calendar as it is published now, with the pauses given back."""
    stage, working = _working(program, item.stage, holidays)
    due, provisional = working.due_at(clock.opened_at, stage.limit)
    if clock.paused_minutes:
        due = working.after_minutes(due, clock.paused_minutes)
    return Timing(item, due, provisional, _calls(_shares(program, stage), working, clock.opened_at, due))
