"""A refusal as a clerk reads it, and as a response: 409 for a rule's no, 422 for a mistake in the input.

Never decides that something is refused; it translates what the act answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from string import Formatter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext_lazy

from orderway.engine.refusals import Mistake, Refusal
from orderway.standard.sentences import Sentence

CONFLICT = 409
UNPROCESSABLE = 422
STATUSES = {"ended": pgettext_lazy("state of an order", "ended"), "cancelled": pgettext_lazy("state of an order", "cancelled")}
Words = Callable[[str, str], str]
"""(name of the parameter, value) -> the value in the reader's words, such as a stage's title for its id."""


def sentence(refusal: Refusal, words: Words | None = None) -> str:
    """The refusal in the language in use: what happened, then what to do."""
    shown = {name: _shown(name, value, words) for name, value in refusal.params.items()}
    parts = (gettext(part).format(**shown) for part in (refusal.message, refusal.remedy) if part)
    return " ".join(parts)


def retold(text: str, words: Words | None = None) -> str:
    """A refusal that was stored as its English sentence, in the language in use; any other text as it is."""
    for kind, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            shown = {name: _shown(name, value.split(", "), words) for name, value in found.groupdict().items()}
            return " ".join(gettext(part).format(**shown) for part in (kind.message, kind.remedy) if part)
    return text


@cache
def _patterns() -> tuple[tuple[type[Refusal], re.Pattern[str]], ...]:
    """The sentences of every refusal of the program, longest first, each hole a group."""
    kinds = {(kind.message, kind.remedy): kind for kind in _kinds(Refusal)}
    return tuple((kind, _pattern(" ".join(part for part in parts if part))) for parts, kind in sorted(kinds.items(), reverse=True))


def _pattern(template: str) -> re.Pattern[str]:
    parts, seen = [], set()
    for text, hole, _spec, _conversion in Formatter().parse(template):
        parts.append(re.escape(text))
        if hole:
            parts.append(f"(?P={hole})" if hole in seen else f"(?P<{hole}>.*?)")
            seen.add(hole)
    return re.compile("".join(parts), re.DOTALL)


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return UNPROCESSABLE if isinstance(refusal, Mistake) else CONFLICT


def response(request: HttpRequest, refusal: Refusal, words: Words | None = None) -> HttpResponse:
    """A page of its own that says the refusal, for acts that have no place to show it in."""
    return render(request, "pages/refusal.html", {"sentence": sentence(refusal, words)}, status=status(refusal))


def _shown(name: str, value: object, words: Words | None) -> str:
    if isinstance(value, Sentence):
        return value.said(gettext)
    if isinstance(value, str):
        if name == "status" and value in STATUSES:
            return str(STATUSES[value])
        return words(name, value) if words else value
    if isinstance(value, Iterable):
        return gettext(", ").join(_shown(name, part, words) for part in value)
    return str(value)
