"""Who asks for a page of improvement, and when; what forms send, in the types that acts take. Grants nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

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
    """The person with the roles of today."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # the middleware puts it there


def sent(request: HttpRequest, name: str) -> str:
    """A field of a form, without the spaces around it."""
    return request.POST.get(name, "").strip()


def whole(text: str) -> int:
    """A whole number, 0 for everything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
