"""The people of the demo company at work: who is there, how fast they are, and as whom they act. Grants no rights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from orderway.demo import names
from orderway.demo.chances import Chances
from orderway.demo.workdays import SLOTS, Slot, Workdays
from orderway.masterdata.models import Absence, Person
from orderway.orders.actor import Actor

AWAY_DAYS = (3, 10)  # a leave, in working days
LEAVES_A_YEAR = 2
SLOWEST = "yang.li"  # one of two reviewers takes her time: the diagnosis of the demo has something to find


class Staff:
    """Everybody of the company, with their leaves."""

    def __init__(self, people: dict[str, Person], chances: Chances) -> None:
        self._actors = {key: Actor(key, people[key].pk, roles=frozenset(roles)) for key, _, roles in names.PEOPLE}
        self._portal = {key: Actor(key, people[key].pk, roles=frozenset(roles), via="api") for key, _, roles in names.PEOPLE}
        self._people = people
        self._chances = chances
        self._away: dict[str, list[tuple[date, date]]] = {}

    def go_on_leave(self, since: date, until: date, workdays: Workdays) -> None:
        """Everybody whose role others have too is away twice a year; a colleague stands in."""
        rows = []
        for key, _, roles in names.PEOPLE:
            colleagues = [other for other in self._in_role(roles[0]) if other != key]
            for number in range(LEAVES_A_YEAR if colleagues else 0):
                random = self._chances.of("leave", key, number)
                first = workdays.days_after(since + timedelta(days=random.randint(0, max(0, (until - since).days - 20))), 0)
                last = workdays.days_after(first, random.randint(*AWAY_DAYS))
                if not any(self.is_away(other, day) for other in (*colleagues, key) for day in (first, last)):
                    self._away.setdefault(key, []).append((first, last))
                    deputy = self._people[random.choice(colleagues)]
                    rows.append(Absence(person=self._people[key], first_day=first, last_day=last, deputy=deputy))
        Absence.objects.bulk_create(rows)

    def is_away(self, key: str, day: date) -> bool:
        """Whether this person is on leave."""
        return any(first <= day <= last for first, last in self._away.get(key, ()))

    def actor(self, key: str) -> Actor:
        """This person at a screen."""
        return self._actors[key]

    def portal(self, key: str) -> Actor:
        """This person's token, with which the customers' portal sends orders."""
        return self._portal[key]

    def at_work(self, role: str, responsible: str | None, day: date, *key: object) -> Actor:
        """Who does a piece of work of this role: the person responsible, or a colleague if they are away or nobody is named."""
        if responsible and responsible in self._actors and not self.is_away(responsible, day):
            return self._actors[responsible]
        there = [one for one in self._in_role(role) if not self.is_away(one, day)] or self._in_role(role)
        return self._actors[self._chances.of("who", role, day, *key).choice(there)]

    def at_desk(self, role: str, responsible: str | None, slot: Slot) -> Actor:
        """Who of a role works through what waits in this slot: of two people each has their half of the days, of one there is no choice.

        What the one at the desk is not responsible for they do for a colleague; the owner of a stage may.
        """
        there = [one for one in self._in_role(role) if not self.is_away(one, slot.day)]
        if len(there) < 2:
            return self.at_work(role, responsible, slot.day)
        return self._actors[there[(slot.day.toordinal() * len(SLOTS) + slot.number) % len(there)]]

    def pace(self, key: str) -> float:
        """How long this person takes, 1 being usual."""
        return 1.9 if key == SLOWEST else self._chances.of("pace", key).uniform(0.7, 1.3)

    def _in_role(self, role: str) -> Sequence[str]:
        return [key for key, _, roles in names.PEOPLE if role in roles]
