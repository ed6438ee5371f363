"""Who is there, as whom: a person's roles of today, the roles lent by people for whom they stand in, the roles of the groups they lead.

Reads only; what a role may do, `rights` and the order's standard say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q

from orderway.engine.assignment import LONGEST_CHAIN
from orderway.masterdata.models import Absence, GroupMember, Person, RoleMember


@dataclass(frozen=True, slots=True)
class Standing:
    """A person on a day. `lent`: role -> key of the absent person whose role it is; own roles are not. `absent`: for whom they stand in."""

    roles: frozenset[str]
    lent: Mapping[str, str]
    absent: frozenset[str] = frozenset()


def valid_on(today: date, prefix: str = "") -> Q:
    """Roles that count on that day."""
    since, until = f"{prefix}valid_from", f"{prefix}valid_until"
    return (Q(**{f"{since}__isnull": True}) | Q(**{f"{since}__lte": today})) & (
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": today})
    )


def covering(today: date, prefix: str = "") -> Q:
    """Absences that cover that day."""
    return Q(**{f"{prefix}first_day__lte": today, f"{prefix}last_day__gte": today, f"{prefix}withdrawn_at__isnull": True})


def standing_of(person: Person, *, today: date) -> Standing:
    """The person's own roles and those of whom they stand in for, through chains of deputies; one statement."""
    people = Person.objects.annotate(
        away=FilteredRelation("absences", condition=covering(today, "absences__")),
        held=FilteredRelation("roles", condition=valid_on(today, "roles__")),
    )
    rows = people.filter(Q(pk=person.pk) | Q(away__isnull=False)).values_list("pk", "key", "away__pk", "away__deputy", "held__role")
    found = list(rows.order_by("key", "held__role"))
    own = frozenset(role for pk, _key, _away, _deputy, role in found if pk == person.pk and role)
    deputies = {pk: deputy for pk, _key, away, deputy, _role in found if away is not None}
    absent = {pk for pk in deputies if pk != person.pk and _stand_in(pk, deputies) == person.pk}
    lent: dict[str, str] = {}
    for pk, key, _away, _deputy, role in found:
        if pk in absent and role and role not in own:
            lent.setdefault(role, key)
    return Standing(own, lent, frozenset(key for pk, key, *_rest in found if pk in absent))


def _stand_in(person: int, deputies: Mapping[int, int | None]) -> int | None:
    """The first present person of the chain of deputies; bounded, and no circle holds it up."""
    seen: list[int] = []
    current: int | None = person
    while current is not None and current not in seen and len(seen) <= LONGEST_CHAIN:
        if current not in deputies:
            return current
        seen.append(current)
        current = deputies[current]
    return None


def led_by(person: Person) -> list[int]:
    """The ids of the people in the groups that this person leads."""
    led = GroupMember.objects.filter(group__lead=person, group__active=True, left_on__isnull=True, person__is_active=True)
    return list(led.order_by("person__name").values_list("person", flat=True).distinct())


def roles_led_by(person: Person, *, today: date) -> frozenset[str]:
    """The roles of the people in the groups that this person leads; one statement."""
    members = GroupMember.objects.filter(group__lead=person, group__active=True, left_on__isnull=True)
    return frozenset(RoleMember.objects.filter(valid_on(today), person__in=members.values("person")).values_list("role", flat=True))


def away_on(today: date) -> dict[int, Absence]:
    """Whoever is away on that day, by the person's id."""
    return {absence.person_id: absence for absence in Absence.objects.filter(covering(today)).select_related("person", "deputy")}
