"""The people whom the items of an act may go to, read once per act for the roles concerned. Who of them gets what is the engine's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from orderway import sets
from orderway.engine.acting import SYSTEM
from orderway.engine.assignment import (
    MINUTES_PER_UNIT,
    Absence,
    Member,
    Membership,
    Staff,
    give,
    may_keep,
    take_over,
)
from orderway.engine.case import Case, ItemKey, OpenItem
from orderway.engine.move import Assigned
from orderway.engine.program import Program
from orderway.standard.document import Stage

# By act, the roles and the contents of stages that it has asked for in this process: they will be asked for again.
_asked_before: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
NOTHING_ASKED: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
ROLES_EXPECTED = 40  # of one act; with more standards than that the statement that brings them along would read too much


class People:
    """Who has which role today, who is away, and how much each has to do; ids by key.

    The statement that an act begins with brings along whom it is expected to ask for (`expected`, `came`); what it asks beyond that
    costs a statement of its own, once.
    """

    def __init__(self, act: str) -> None:
        self._act = act
        self._roles: set[str] | None = None
        self._contents: set[str] = set()
        self._staff = Staff(())
        self._ids: dict[str, int] = {}
        self.chosen: Mapping[
            ItemKey, str
        ] = {}  # by item that was given out last because of the load: minutes open, among so many ("192 3")

    def load(self, roles: Iterable[str], now: datetime, contents: Iterable[str] = ()) -> None:
        """Read the people of these roles and who is certified for these contents of stages, unless they are known: one statement."""
        wanted, certified = set(roles), set(contents)
        if not wanted or (self._roles is not None and self._roles >= wanted and self._contents >= certified):
            return
        before, certified_before = _asked_before.get(self._act, NOTHING_ASKED)
        if len(before | wanted) <= ROLES_EXPECTED and len(certified_before | certified) <= ROLES_EXPECTED:
            _asked_before[self._act] = before | wanted, certified_before | certified
        self._read(wanted | (self._roles or set()), certified | self._contents, now)

    def load_for(self, program: Program, case: Case, key: ItemKey, now: datetime) -> OpenItem:
        """Read the people of an open item's role, unless they are known; gives the item."""
        item = case.item(key)
        assert item is not None, "the case has the item"
        self.load({item.role}, now, [content for stage, content in program.certified.items() if stage == item.stage])
        return item

    def expected(self, now: datetime) -> dict[str, Any]:
        """The parameters of a statement that takes `_staff` in."""
        return self._parameters(*_asked_before.get(self._act, NOTHING_ASKED), now)

    def came(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """The rows that such a statement gave."""
        roles, contents = _asked_before.get(self._act, NOTHING_ASKED)
        if roles:
            self._know(set(roles), set(contents), rows)

    def stand_ins(self, key: str, now: datetime) -> tuple[str, ...]:
        """Everybody for whom this person stands in today, through chains of deputies too."""
        if self._roles is None:
            self._read(set(), set(), now)
        return self._staff.deputy_of(key, now.date())

    def _read(self, roles: set[str], contents: set[str], now: datetime) -> None:
        self._know(roles, contents, sets.select("orders.staff", **self._parameters(roles, contents, now)))

    def _know(self, roles: set[str], contents: set[str], rows: Sequence[tuple[Any, ...]]) -> None:
        self._roles, self._contents = roles, contents
        self._staff = Staff(tuple(_members(rows)))
        self._ids.update({row[2]: row[1] for row in rows})

    @staticmethod
    def _parameters(roles: Iterable[str], contents: Iterable[str], now: datetime) -> dict[str, Any]:
        many = {"roles": sets.Many("text", sorted(roles)), "contents": sets.Many("text", sorted(contents))}
        return {**many, "since": now.date() - timedelta(days=1), "today": now.date()}

    def know(self, key: str, person_id: int) -> None:
        """Somebody who is named by an act (a claim, a delegation)."""
        self._ids[key] = person_id

    def id_of(self, key: str) -> int | None:
        """The person's id; None for nobody and for the system."""
        return self._ids[key] if key and key != SYSTEM.key else None

    def give(
        self, program: Program, case: Case, items: tuple[OpenItem, ...], *, now: datetime, by_system: bool = True
    ) -> tuple[Assigned, ...]:
        """A person for every one of these items, as far as somebody can be found."""
        given = give(program, case, items, self._staff, now=now, by_system=by_system)
        self.chosen = {one.assigned.item: f"{one.load} {one.among}" for one in given if one.among}
        return tuple([one.assigned for one in given])

    def hand_on(self, program: Program, case: Case, item: OpenItem, holder: str, *, other_role: bool, now: datetime) -> Assigned | None:
        """Who gets an open item under another version of its standard; None if whoever has it keeps it."""
        if holder and may_keep(program, case, item, self._staff, holder, other_role=other_role, now=now):
            return None
        return self.give(program, case, (item,), now=now)[0]

    def take_over(self, program: Program, case: Case, item: OpenItem, absent: str, *, now: datetime) -> Assigned:
        """Who takes an open item over from somebody who is away; both names stand in it."""
        assigned, self._staff = take_over(program, case, item, self._staff, absent, now=now)
        return assigned


def work_minutes(stage: Stage) -> int:
    """The stage's limit as working minutes: the measure of open work, as assignment compares it."""
    return int(stage.limit.amount * MINUTES_PER_UNIT[stage.limit.unit])


def _members(rows: Sequence[tuple[Any, ...]]) -> Iterable[Member]:
    people: dict[str, tuple[list[Membership], list[Absence]]] = {}
    loads: dict[str, int] = {}
    certified: dict[str, set[str]] = {}
    for what, _id, key, text, first, last in rows:
        roles, absences = people.setdefault(key, ([], []))
        if what == "role":
            roles.append(Membership(text, _day(first), _day(last)))
        elif what == "absence":
            start, end = _day(first), _day(last)
            assert start is not None, "an absence has a first day"
            assert end is not None, "an absence has a last day"
            absences.append(Absence(start, end, text))
        elif what == "load":
            loads[key] = int(text)
        elif what == "certified":
            certified.setdefault(key, set()).add(text)
    for key in sorted(people):
        roles, absences = people[key]
        held = frozenset(certified.get(key, ()))
        yield Member(key, tuple(roles), tuple(absences), open_minutes=loads.get(key, 0), certified=held)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
