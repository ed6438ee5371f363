"""Who: the person an item goes to, by role, presence, deputy, segregation, qualification and least open working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from orderway.engine.case import Case
from orderway.engine.move import Move
from orderway.engine.program import Program


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's role from `start` to `end`, both included; None is open."""

    role: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from `start` to `end`, both included; `deputy` stands in."""

    start: date
    end: date
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person as assignment sees them. `unqualified`: stages they may not be given; `open_minutes`: working time of their open items."""

    key: str
    roles: tuple[Membership, ...] = ()
    absences: tuple[Absence, ...] = ()
    unqualified: frozenset[str] = frozenset()
    open_minutes: int = 0


class Staff:
    """Everybody who may be given work. Frozen, except that `assign` books the load it hands out in the staff it is given a copy of."""

    def __init__(self, members: tuple[Member, ...]) -> None:
        raise NotImplementedError

    def with_load(self, key: str, minutes: int) -> Staff:
        """The same staff with this person's open working time raised."""
        raise NotImplementedError

    def deputy_of(self, key: str, today: date) -> tuple[str, ...]:
        """The people for whom this person stands in on that day."""
        raise NotImplementedError


def assign(program: Program, case: Case, move: Move, staff: Staff, *, now: datetime) -> tuple[Move, Staff]:
    """The move with `assigned` for every item it opened, and the staff with the load of these items.

    `case` is the case after the move. Nobody found: responsible is "" and the reason says why; the caller escalates at once.
    """
    raise NotImplementedError
