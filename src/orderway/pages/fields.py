"""What people type into a form, as numbers, days and moments; what cannot be read is a mistake that names its field. Judges no value."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from orderway.engine.refusals import Mistake

DIGITS = 15


class NotANumber(Mistake):
    """A text where a number is wanted."""

    code = "not_a_number"
    message = "{text} is no number."
    remedy = "Write it like 1234.50."


class NotADay(Mistake):
    """A text where a day or a moment is wanted."""

    code = "not_a_day"
    message = "{text} is no day of the calendar."
    remedy = "Write it like 2026-03-31."


def number(text: str, field: str) -> Decimal:
    """The number that was typed, full-width digits included. Raises NotANumber."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or "_" in plain or abs(value.adjusted()) > DIGITS:
        raise NotANumber(field=field, text=plain)
    return value


def numbers(fields: Mapping[str, str], prefix: str) -> dict[int, Decimal]:
    """Numbers by position of fields such as ``found.3``; empty fields are left out. Raises NotANumber."""
    found = {}
    for name in fields:
        position = name.removeprefix(prefix)
        text = fields.get(name) or ""
        if name.startswith(prefix) and position.isdecimal() and text.strip():
            found[int(position)] = number(text, name)
    return found


def day(text: str, field: str) -> date:
    """The day that was typed. Raises NotADay."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotADay(field=field, text=text) from None


def day_if_any(text: str) -> date | None:
    """The day that was typed; None for whatever is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str, field: str) -> datetime | None:
    """The moment that was typed, in the company's zone; None for nothing. Raises NotADay."""
    if not text.strip():
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise NotADay(field=field, text=text) from None
