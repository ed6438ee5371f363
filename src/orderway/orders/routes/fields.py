"""Kinds of fields that requests and replies are made of: exact numbers as text, days, moments, words without control characters.

What comes in is strict (a number is no text, an unknown field is refused); what goes out is described. Knows no stage.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja.params import functions as param_functions
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

WITHOUT_CONTROL = r"^[^\x00-\x1f\x7f]*$"
WITHOUT_NUL = r"^[^\x00]*$"
NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$"
LONGEST_TEXT = 2000


class Body(BaseModel):
    """What comes in: a field that nobody knows is a mistake, not a wish to be ignored."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What goes out. Rendered from plain data; this is its description and what tests hold it to."""


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) != len("2026-03-31"):
        raise ValueError("write a day like 2026-03-31")
    return date.fromisoformat(value)


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("write a moment with its zone like 2026-03-31T08:00:00+08:00")
    found = datetime.fromisoformat(value.upper())
    if found.tzinfo is None:
        raise ValueError("write the zone of the moment, like 2026-03-31T08:00:00+08:00")
    return found.astimezone(UTC)


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not re.fullmatch(NUMBER, value):
        raise ValueError("write a number as text, like '12.50', with at most 12 digits and 8 decimals")
    return Decimal(value)


Word = Annotated[str, StringConstraints(pattern=WITHOUT_CONTROL, max_length=96)]
"""A key, a number, a name: one short line."""
Id = Annotated[str, StringConstraints(pattern=WITHOUT_CONTROL, max_length=64)]
"""An id of the standard's: a stage, a kind of hold, a document."""
Mark = Annotated[str, StringConstraints(pattern=WITHOUT_CONTROL, max_length=60)]
"""What somebody else calls a thing: a tracking number, a number plate."""
Reference = Annotated[str, StringConstraints(pattern=WITHOUT_CONTROL, max_length=80)]
"""The other side's own number of something."""
Line = Annotated[str, StringConstraints(pattern=WITHOUT_CONTROL, max_length=500)]
"""One line of text."""
Text = Annotated[str, StringConstraints(pattern=WITHOUT_NUL, max_length=LONGEST_TEXT)]
"""Text of several lines."""
Key = Annotated[int, Field(ge=1, le=2**62)]
"""The id of something, as the replies gave it."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A currency as ISO 4217 writes it."""
Exact = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "string", "pattern": NUMBER})]
"""An exact number, sent as text so that no program rounds it on the way."""
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day of the calendar."""
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment with its zone."""


def Asked(description: str, default: Any = ..., **limits: Any) -> Any:
    """A field of a request with its sentence."""
    return Field(default, description=description, **limits)


def in_path(description: str, **limits: Any) -> Any:
    """A part of a route's address with its sentence: ``number: str = NUMBER`` where ``NUMBER = in_path(...)``."""
    return param_functions.Path(..., description=description, **limits)


def in_query(description: str, default: Any = "", **limits: Any) -> Any:
    """A parameter behind the address's question mark, likewise."""
    return param_functions.Query(default, description=description, **limits)


KEY = {"pattern": WITHOUT_CONTROL, "max_length": 64}
ORDER_NUMBER = in_path("The order's number.", **KEY)
POSITIVE = {"ge": 1, "le": 2_000_000_000}


def exact(number: Decimal | None) -> str | None:
    """A quantity or price as exact text without trailing zeros; None stays None."""
    return None if number is None else plain(number)


def plain(number: Decimal) -> str:
    """The same for a number that is there."""
    return f"{number.normalize():f}" if number else "0"


def moment(at: datetime | None) -> str | None:
    """A moment in UTC as ISO 8601; None stays None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
