"""How the columns of a table travel to each database: which array type PostgreSQL takes, which value SQLite stores.

The same conversions as Django's ORM makes, so that both may read each other's rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, getcontext
from functools import cache
from json import dumps
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the array kind and cast for PostgreSQL, the conversion for SQLite (None: as it is)."""

    name: str
    kind: str
    cast: str
    to_sqlite: Callable[[Any], Any] | None
    is_json: bool = False


@cache
def column(model: type[models.Model], name: str) -> Column:
    """The column of a model's field; a foreign key may be named with or without ``_id``."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    assert field.column is not None
    return Column(field.column, *_travels(target), is_json=isinstance(target, models.JSONField))


def _travels(field: models.Field[Any, Any]) -> tuple[str, str, Callable[[Any], Any] | None]:
    match field:
        case models.DecimalField(max_digits=digits, decimal_places=places):
            return "text", "::numeric", _number_for_sqlite(digits, places)
        case models.DateTimeField():
            return "timestamptz", "", moment_for_sqlite
        case models.DateField():
            return "date", "", lambda value: None if value is None else value.isoformat()
        case models.BooleanField():
            return "bool", "", None
        case models.JSONField():
            return "text", "::jsonb", lambda value: None if value is None else dumps(value)
        case models.BinaryField():
            return "bytea", "", None
        case models.IntegerField():
            return "int8", "", None
        case models.CharField() | models.TextField():
            return "text", "", None
    raise AssertionError(f"No way to send {field} as a set. Add it to sets.columns.")


def _number_for_sqlite(digits: int | None, places: int | None) -> Callable[[Decimal | None], str | None]:
    """A number as Django stores it in SQLite: text with all its places; its own function makes a context for each."""
    assert digits is not None, "a column of numbers says how many digits it has"
    assert places is not None, "a column of numbers says how many places it has"
    unit, context = Decimal(1).scaleb(-places), getcontext().copy()
    context.prec = digits
    return lambda value: None if value is None else f"{value.quantize(unit, context=context):f}"


def moment_for_sqlite(value: datetime | None) -> str | None:
    """An aware time as Django stores it in SQLite: text, in UTC, without zone."""
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def moment_from_sqlite(value: str | datetime | None) -> datetime | None:
    """The aware time of what a raw cursor gives: text or a naive time in UTC on SQLite, an aware time on PostgreSQL."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
