"""A refusal as a clerk reads it, and as a response: 409 for a rule's no, 422 for a mistake in the input.

Never decides that something is refused; it translates what the act answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from orderway.engine.refusals import Mistake, Refusal

CONFLICT = 409
UNPROCESSABLE = 422
Words = Callable[[str, str], str]
"""(name of the parameter, value) -> the value in the reader's words, such as a stage's title for its id."""


def sentence(refusal: Refusal, words: Words | None = None) -> str:
    """The refusal in the language in use: what happened, then what to do."""
    shown = {name: _shown(name, value, words) for name, value in refusal.params.items()}
    parts = (gettext(part).format(**shown) for part in (refusal.message, refusal.remedy) if part)
    return " ".join(parts)


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return UNPROCESSABLE if isinstance(refusal, Mistake) else CONFLICT


def response(request: HttpRequest, refusal: Refusal, words: Words | None = None) -> HttpResponse:
    """A page of its own that says the refusal, for acts that have no place to show it in."""
    return render(request, "pages/refusal.html", {"sentence": sentence(refusal, words)}, status=status(refusal))


def _shown(name: str, value: object, words: Words | None) -> str:
    if isinstance(value, str):
        return words(name, value) if words else value
    if isinstance(value, Iterable):
        return gettext(", ").join(_shown(name, part, words) for part in value)
    return str(value)
