"""Numbers as the databases give them to statements of our own: exact on PostgreSQL, binary fractions on SQLite. Decides nothing."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

REMEMBERED = 4_000  # the same quantities, prices and rates come again and again


def exact(value: object, places: Decimal | None = None) -> Decimal:
    """A stored number, or a sum of some.

    The shortest text of SQLite's binary fraction is the decimal that went in; a sum is brought back to the last of its `places`, such as
    0.01, since SQLite adds binary fractions. What is whole stays as it is.
    """
    return value if isinstance(value, Decimal) else _read(value, places)


@lru_cache(REMEMBERED, typed=True)
def _read(value: object, places: Decimal | None) -> Decimal:
    number = Decimal(str(value))
    return number if places is None or not isinstance(value, float) else number.quantize(places)


__all__ = ["exact"]
