"""Refusals and mistakes as replies to programs: one shape for every error, and which status each becomes. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from django.utils.translation import gettext
from pydantic import BaseModel, Field

from orderway.engine.refusals import Mistake, Refusal
from orderway.standard.sentences import Sentence

NOT_FOUND = frozenset({"order_unknown", "not_found", "supply_order_unknown"})
FORBIDDEN = frozenset(
    {"not_allowed", "out_of_scope", "may_not_supply", "may_not_book", "not_yours", "not_your_absence", "not_their_standard"}
)


class NotFound(Refusal):
    """There is no such thing, or one may not see it: the two are not told apart."""

    code = "not_found"
    message = "There is no {what} {key}."
    remedy = "Check the number."


class Detail(BaseModel):
    """One thing that is wrong, at one field."""

    field: str = Field(default="", description="Which field of the request, written as in lines[0].quantity.")
    code: str = Field(default="", description="Stable code of what is wrong.")
    message: str = Field(default="", description="What is wrong, in a sentence.")
    remedy: str = Field(default="", description="What to do about it, in a sentence.")


class Problem(BaseModel):
    """Why a request was not carried out. Nothing was done unless a detail says so."""

    code: str = Field(description="Stable code, for programs.")
    message: str = Field(description="What happened, in a sentence for people.")
    remedy: str = Field(default="", description="What to do next, in a sentence for people.")
    field: str = Field(default="", description="The field of the request that is wrong, empty if it is none.")
    details: list[Detail] = Field(default=[], description="Everything that is wrong, field by field, where there is more to say.")


ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 503), Problem)


def status_of(refusal: Refusal) -> int:
    """404 for what is not there, 403 for what one may not do, 422 for a mistake in the input, 409 for a no of the standard or a rule."""
    if refusal.code in NOT_FOUND:
        return 404
    if refusal.code in FORBIDDEN:
        return 403
    return 422 if isinstance(refusal, Mistake) else 409


def problem_of(refusal: Refusal) -> Problem:
    """The reply to a refusal: what happened, what to do, and each field that is wrong."""
    shown = {name: _shown(value) for name, value in refusal.params.items()}
    return Problem(
        code=refusal.code,
        message=gettext(refusal.message).format(**shown),
        remedy=gettext(refusal.remedy).format(**shown),
        field=refusal.field if isinstance(refusal, Mistake) else "",
        details=[Detail(field=each.field, code=each.code, message=each.message, remedy=each.remedy) for each in _details(refusal)],
    )


class _Wrong(Protocol):
    """A field that is wrong, as a rule says it."""

    @property
    def field(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def _details(refusal: Refusal) -> Iterable[_Wrong]:
    """What a refusal that judged several fields has found (its `problems`)."""
    found: Iterable[_Wrong] = getattr(refusal, "problems", ())
    return found


def _shown(value: object) -> str:
    if isinstance(value, Sentence):
        return value.said(gettext)
    if isinstance(value, str):
        return value
    return gettext(", ").join(map(_shown, value)) if isinstance(value, Iterable) else str(value)
