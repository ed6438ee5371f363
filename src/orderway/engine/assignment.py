"""Who: the person an item goes to, by role, presence, deputy, segregation, qualification and least open working time.

Decides for the items that a move opened; never books anything but the load in the staff it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderway.engine import gates
from orderway.engine.acting import SYSTEM
from orderway.engine.case import Case, ItemKey, OpenItem
from orderway.engine.move import Assigned, Move
from orderway.engine.program import Program
from orderway.standard.document import Duration

LONGEST_CHAIN = 5  # deputies of deputies; longer chains are a mistake in the master data
MINUTES_PER_UNIT = {"m": 1, "h": 60, "d": 480, "mo": 480 * 21, "y": 480 * 250}  # only to compare loads: a day of eight hours


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's role from `start` to `end`, both included; None is open."""

    role: str
    start: date | None = None
    end: date | None = None

    def valid(self, today: date) -> bool:
        """Whether it counts on that day."""
        return (self.start is None or self.start <= today) and (self.end is None or today <= self.end)


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from `start` to `end`, both included; `deputy` stands in."""

    start: date
    end: date
    deputy: str = ""

    def covers(self, today: date) -> bool:
        """Whether the person is away on that day."""
        return self.start <= today <= self.end


@dataclass(frozen=True, slots=True)
class Member:
    """A person as assignment sees them. `unqualified`: stages they may not be given; `open_minutes`: working time of their open items.

    `certified`: the content hashes of stages for which they are certified today, None if that is not asked (a simulation).
    """

    key: str
    roles: tuple[Membership, ...] = ()
    absences: tuple[Absence, ...] = ()
    unqualified: frozenset[str] = frozenset()
    open_minutes: int = 0
    certified: frozenset[str] | None = None


class Candidate(NamedTuple):
    """A present person, and the absent one they stand in for or ""."""

    person: str
    stands_in_for: str
    deputy_of: frozenset[str]


class Able(NamedTuple):
    """Who may be given a stage on a day: everybody, and those certified for it; with the reason if there is nobody."""

    everybody: tuple[Candidate, ...]
    certified: tuple[Candidate, ...]
    reason: str


class Staff:
    """Everybody who may be given work. `with_load` gives a new one that shares everything but the loads; only `weigh` changes one."""

    def __init__(self, members: tuple[Member, ...]) -> None:
        self._members = {member.key: member for member in members}
        self._loads = {member.key: member.open_minutes for member in members}
        self._present: dict[tuple[str, date], tuple[tuple[Candidate, ...], bool]] = {}
        self._away_on: dict[date, tuple[Member, ...]] = {}
        self._able: dict[tuple[str, str, str, date], Able] = {}

    def with_load(self, key: str, minutes: int) -> Staff:
        """The same staff with this person's open working time raised (or lowered)."""
        staff = self.copy()
        staff.weigh(key, minutes)
        return staff

    def copy(self) -> Staff:
        """The same staff with loads of its own."""
        staff = Staff.__new__(Staff)
        staff.__dict__.update(self.__dict__, _loads=dict(self._loads))
        return staff

    def weigh(self, key: str, minutes: int) -> None:
        """Raise (or lower) this person's open working time here: for whoever made the staff and shares it with nobody."""
        self._loads[key] = self._loads.get(key, 0) + minutes

    def load(self, key: str) -> int:
        """Minutes of working time of the person's open items."""
        return self._loads.get(key, 0)

    def least_loaded(self, choice: tuple[Candidate, ...]) -> Candidate:
        """Whoever has least to do, among several the first by key."""
        loads = self._loads
        least, load = choice[0], loads.get(choice[0].person, 0)
        for one in choice[1:]:
            its = loads.get(one.person, 0)
            if its < load or (its == load and one.person < least.person):
                least, load = one, its
        return least

    def deputy_of(self, key: str, today: date) -> tuple[str, ...]:
        """The people for whom this person stands in on that day, through chains of deputies too."""
        absent = self._absent(today)
        return tuple(sorted(member.key for member in absent if self._stands_in(member, today) == key != member.key)) if absent else ()

    def _absent(self, today: date) -> tuple[Member, ...]:
        """Who is away on that day: nobody stands in for anybody else."""
        known = self._away_on.get(today)
        if known is None:
            known = self._away_on[today] = tuple(member for member in self._members.values() if self._away(member, today) is not None)
        return known

    def stand_in_of(self, key: str, today: date) -> str:
        """Who stands in for this person on that day: the first present one of the chain, "" if nobody does or the person is there."""
        member = self._members.get(key)
        found = self._stands_in(member, today) if member else ""
        return found if found != key else ""

    def candidates(self, role: str, today: date) -> tuple[tuple[Candidate, ...], bool]:
        """Present members of the role or their deputies, and whether the role has any member on that day."""
        known = self._present.get((role, today))
        if known is None:
            known = self._present[role, today] = self._found(role, today)
        return known

    def able(self, program: Program, role: str, stage: str, today: date) -> Able:
        """Present members of the role or their deputies who may be given the stage."""
        key = (program.hash, role, stage, today)
        known = self._able.get(key)
        if known is None:
            known = self._able[key] = self._ables(program, role, stage, today)
        return known

    def _ables(self, program: Program, role: str, stage: str, today: date) -> Able:
        candidates, role_has_members = self.candidates(role, today)
        if not candidates:
            return Able((), (), "all_absent" if role_has_members else "no_member")
        qualified = tuple(one for one in candidates if self.qualified(program, one.person, stage))
        certified = tuple(one for one in qualified if self.certified(program, one.person, stage)) if program.certified else ()
        return Able(qualified, certified, "" if qualified else "none_qualified")

    def qualified(self, program: Program, key: str, stage: str) -> bool:
        """Whether the person may be given this stage."""
        member = self._members.get(key)
        able = member is not None and stage not in member.unqualified
        return able and (not program.only_certified or self.certified(program, key, stage))

    def certified(self, program: Program, key: str, stage: str) -> bool:
        """Whether the person is certified for this stage as this standard words it, if it asks for that."""
        wanted, member = program.certified.get(stage), self._members.get(key)
        return wanted is None or member is None or member.certified is None or wanted in member.certified

    def _found(self, role: str, today: date) -> tuple[tuple[Candidate, ...], bool]:
        members = [member for member in self._members.values() if any(held.role == role and held.valid(today) for held in member.roles)]
        found: dict[str, Candidate] = {}
        for member in sorted(members, key=lambda member: (self._away(member, today) is not None, member.key)):
            person = self._stands_in(member, today)
            if person and person not in found:
                stands_in_for = member.key if person != member.key else ""
                found[person] = Candidate(person, stands_in_for, frozenset(self.deputy_of(person, today)))
        return tuple(found.values()), bool(members)

    def _stands_in(self, member: Member, today: date) -> str:
        """The member if present, else the first present deputy of the chain, or "" if there is none."""
        seen: list[str] = []
        current: Member | None = member
        while current is not None and current.key not in seen and len(seen) <= LONGEST_CHAIN:
            away = self._away(current, today)
            if away is None:
                return current.key
            seen.append(current.key)
            current = self._members.get(away.deputy)
        return ""

    def _away(self, member: Member, today: date) -> Absence | None:
        return next((absence for absence in member.absences if absence.covers(today)), None) if member.absences else None


def assign(program: Program, case: Case, move: Move, staff: Staff, *, now: datetime) -> tuple[Move, Staff]:
    """The move with `assigned` for every item it opened (for `wait`: the item that the system leaves), and the staff with their load.

    `case` is the case after the move. Nobody found: responsible is "" and the reason says why; the caller escalates at once.
    Reasons: least_load, deputy, runs_by_itself; no_member, all_absent, none_qualified, all_barred.
    """
    items = going(case, move)
    if not items:
        return move, staff
    staff = staff.copy()
    given = give(program, case, items, staff, now=now, by_system=move.turn.act != "wait")
    return move.given_to(tuple([one.assigned for one in given])), staff


def going(case: Case, move: Move) -> tuple[OpenItem, ...]:
    """The items that somebody gets by this move: those it opened, or the one that the system leaves. `case` is the case after it."""
    if move.turn.act == "wait":
        return tuple(item for item in case.items if item.key == move.turn.item)
    return move.turn.opened


class Given(NamedTuple):
    """Who an item went to; where the load decided, how much they had to do before, in minutes, and among how many they were chosen."""

    assigned: Assigned
    load: int = 0
    among: int = 0


def give(program: Program, case: Case, items: tuple[OpenItem, ...], staff: Staff, *, now: datetime, by_system: bool = True) -> list[Given]:
    """Who each of these open items goes to; the staff get their load. `by_system`: the system takes the stages that it runs."""
    given: list[Given] = []
    for item in items:
        today = today_of(program, item, now)
        found = pick(program, case, item, staff, today, by_system=by_system)
        person = found.responsible
        if found.reason == "least_load":
            given.append(Given(found, staff.load(person), len(staff.candidates(item.role, today)[0])))
        else:
            given.append(Given(found))
        if person and person != SYSTEM.key:
            staff.weigh(person, minutes_of(program, item))
    return given


def take_over(program: Program, case: Case, item: OpenItem, staff: Staff, absent: str, *, now: datetime) -> tuple[Assigned, Staff]:
    """Who takes an open item over from somebody who is away: their deputy who is there, else whoever of the role has least to do.

    A deputy who is barred or not certified is passed over like anybody. `stands_in_for` names the absent person either way. Nobody
    found: responsible is "" and the reason says why.
    """
    today = today_of(program, item, now)
    deputy = staff.stand_in_of(absent, today)
    able = deputy and staff.qualified(program, deputy, item.stage)
    if able and not _barred(program, case, item) & {deputy, *staff.deputy_of(deputy, today)}:
        found = Assigned(item.key, deputy, "deputy", absent)
    else:
        found = pick(program, case, item, staff, today, by_system=False)._replace(stands_in_for=absent)
    return found, staff.with_load(found.responsible, minutes_of(program, item)) if found.responsible else staff


def may_keep(program: Program, case: Case, item: OpenItem, staff: Staff, person: str, *, other_role: bool, now: datetime) -> bool:
    """Whether whoever has an open item may keep it under this standard, which may bar them, want a certificate, or name another role."""
    today = today_of(program, item, now)
    if other_role and person not in {candidate.person for candidate in staff.candidates(item.role, today)[0]}:
        return False
    if program.only_certified and not staff.qualified(program, person, item.stage):
        return False
    return not _barred(program, case, item) & {person, *staff.deputy_of(person, today)}


def minutes_of(program: Program, item: OpenItem | ItemKey) -> int:
    """The load of an item: its stage's limit in minutes, a day counted as eight hours."""
    return _minutes(program.stage(item.stage).limit)


def _minutes(limit: Duration) -> int:
    return int(limit.amount * MINUTES_PER_UNIT[limit.unit])


def pick(program: Program, case: Case, item: OpenItem, staff: Staff, today: date, *, by_system: bool = True) -> Assigned:
    """Who an open item goes to on this day (see `today_of`); the staff keep their load."""
    stage = program.stage(item.stage)
    if by_system and item.kind in ("stage", "complaint") and stage.runs == "system":
        return Assigned(item.key, SYSTEM.key, "runs_by_itself")
    everybody, certified, reason = staff.able(program, item.role, item.stage, today)
    if reason:
        return Assigned(item.key, "", reason)
    barred = _barred(program, case, item)
    if barred:
        everybody, certified = _without(everybody, barred), _without(certified, barred)
    if not everybody:
        return Assigned(item.key, "", "all_barred")
    choice = certified or everybody
    person, stands_in_for, _ = staff.least_loaded(choice)
    return Assigned(item.key, person, "deputy" if stands_in_for else "least_load", stands_in_for)


def _without(candidates: tuple[Candidate, ...], barred: frozenset[str]) -> tuple[Candidate, ...]:
    return tuple(one for one in candidates if not barred & {one.person, one.stands_in_for, *one.deputy_of})


def _barred(program: Program, case: Case, item: OpenItem) -> frozenset[str]:
    """Who may not decide the item: workers of the stages in `not_by`; of an approval also who decided or signed."""
    gate = program.stage(item.stage).gate
    if item.kind == "leftover" or gate is None or not (gate.not_by or item.kind == "approval"):
        return frozenset()
    barred = set(gates.barred_people(program, case, item.stage))
    decision = case.decision(item)
    if item.kind == "approval" and decision is not None:
        barred.update(person for people in (decision.decided_by, *decision.signed, decision.stand_in_for) for person in people)
    return frozenset(barred - {SYSTEM.key})


def today_of(program: Program, item: OpenItem, now: datetime) -> date:
    """The day where the stage is worked."""
    return _day_in(program.standard.calendar_of(program.stage(item.stage)).zone, now)


@lru_cache(maxsize=100)
def _day_in(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
