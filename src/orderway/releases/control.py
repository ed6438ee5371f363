"""Who may do what with a standard as a document: its owner, who approves it, an administrator. Changes nothing."""

from __future__ import annotations

from django.db.models import Q
from django.utils.timezone import localdate

from orderway.masterdata import rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.releases.refusals import NotTheirs
from orderway.standard.document import Standard


def roles_today(person: Person) -> frozenset[str]:
    """The roles that a person has today."""
    today = localdate()
    held = person.roles.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=today), Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    )
    return frozenset(held.values_list("role", flat=True))


def duties(standard: Standard, person: Person, roles: frozenset[str] | None = None) -> frozenset[str]:
    """In which relations a person stands to a standard; `roles` if the caller knows them already."""
    roles = roles_today(person) if roles is None else roles
    found = {Duty.READER}
    if person.is_administrator:
        found.add(Duty.ADMINISTRATOR)
    if standard.owner in roles:
        found.add(Duty.STANDARD_OWNER)
    if roles & set(standard.approved_by):
        found.add(Duty.NAMED)
    return frozenset(found)


def may(standard: Standard, person: Person, act: str, roles: frozenset[str] | None = None) -> bool:
    """Whether the table of rights allows the act."""
    return rights.allows(duties(standard, person, roles), act)


def require(standard: Standard, person: Person, act: str) -> None:
    """Refuse with NotTheirs what the table does not allow."""
    if not may(standard, person, act):
        roles = dict.fromkeys((standard.owner, *standard.approved_by))
        raise NotTheirs(person=person.key, standard=standard.id, roles=list(roles))
