"""Who asks for a page of improvement, and when; what forms send, in the types that acts take. Grants nothing."""

from __future__ import annotations

from django.http import HttpRequest

from orderway.orders.asking import actor_of, now, person_of

__all__ = ["actor_of", "now", "person_of", "sent", "whole"]


def sent(request: HttpRequest, name: str) -> str:
    """A field of a form, without the spaces around it."""
    return request.POST.get(name, "").strip()


def whole(text: str) -> int:
    """A whole number, 0 for everything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
