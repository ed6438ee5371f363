"""Until when: fills the due times, warnings and escalations of a move. Computes from what it is given; never asks a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from orderway.engine.calendars import Holidays
from orderway.engine.case import Case, ItemKey
from orderway.engine.move import Move
from orderway.engine.program import Program


class Clock(NamedTuple):
    """The times of an item that is open already: when it opened, when it was due, and since when a hold has stopped it.

    `due_at` None: it was opened during a hold and its clock has not started. `held_since` None: its clock runs.
    """

    opened_at: datetime
    due_at: datetime | None
    held_since: datetime | None = None


def schedule(
    program: Program, case: Case, move: Move, *, now: datetime, holidays: Holidays, clocks: Mapping[ItemKey, Clock] | None = None
) -> Move:
    """The move with `timing` for every item it opened and, when it lifts the last hold or reschedules, for those in `clocks`.

    `case` is the case before the move. `clocks` are needed only for `lift` and `reschedule`. Sets `hold_until` for a hold that expires.
    """
    raise NotImplementedError
