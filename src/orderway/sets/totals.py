"""Sums of money and quantities that are exact on every database.

SQLite adds binary fractions, so its sums are brought back to their places. A house test lets nobody use Django's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import DecimalField, Sum
from django.db.models.sql.compiler import SQLCompiler


class Total(Sum):
    """``Sum`` for decimals. Without it 0.1 + 0.2 is not 0.3 on SQLite, and a rule that compares the two says no."""

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        """The sum, rounded to the places of what was added: with up to 15 digits that is the decimal sum."""
        sql, parameters = super().as_sql(compiler, connection, **context)
        places = max(_places(self), default=None)
        return (sql if places is None else f"ROUND({sql}, {places})"), parameters


def _places(expression: Any) -> Iterator[int]:
    """The decimal places of every column that is added."""
    field = getattr(expression, "target", None)
    if isinstance(field, DecimalField):
        yield field.decimal_places
    for part in expression.get_source_expressions():
        if part is not None:
            yield from _places(part)


__all__ = ["Total"]
