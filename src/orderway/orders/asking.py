"""Who asks for a page, and when: pages are the outermost layer, where a clock may be asked. Grants nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest

from orderway.masterdata.models import Person
from orderway.orders.actor import Actor


def now() -> datetime:
    """The moment of this request."""
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; the middleware lets nobody else through."""
    assert isinstance(request.user, Person), "pages are for people who signed in"
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The person as the acts know them, with the roles of today; read once per request, when first asked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the middleware puts it there
    return actor
