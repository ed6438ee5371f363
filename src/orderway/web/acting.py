"""Who acts through a page: the signed-in person with the roles of today and the duties that come with the entrance. Grants nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils import timezone

from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.web import queries


def now() -> datetime:
    """The moment of this request: pages are the outermost layer, where a clock may be asked."""
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; the middleware lets nobody else through."""
    assert isinstance(request.user, Person), "pages are for people who signed in"
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The person as the acts know them; one statement."""
    person = person_of(request)
    roles = queries.roles_of(person, today=timezone.localdate())
    duties = {Duty.ADMINISTRATOR} if person.is_administrator else set()
    return Actor(key=person.key, person_id=person.pk, duties=frozenset({*duties, Duty.READER}), roles=roles, via="form")
