"""Who acts through a page: the signed-in person with the roles of today and the duties that come with the entrance. Grants nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from orderway.masterdata import presence
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.asking import now, person_of

__all__ = ["actor_of", "now", "person_of"]


def actor_of(request: HttpRequest) -> Actor:
    """The person as the acts know them, with the roles that absent people lend them; two statements."""
    person, today = person_of(request), timezone.localdate(now())
    standing = presence.standing_of(person, today=today)
    duties = frozenset({Duty.READER, *((Duty.ADMINISTRATOR,) if person.is_administrator else ())})
    return Actor(
        key=person.key,
        person_id=person.pk,
        duties=duties,
        roles=standing.roles,
        via="form",
        lent=standing.lent,
        stands_in_for=standing.absent,
        leads=presence.roles_led_by(person, today=today),
    )
