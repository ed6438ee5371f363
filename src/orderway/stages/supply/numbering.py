"""Numbers of supply orders: one series per kind and year, without gaps. Taking one is the last lock of an act."""

from __future__ import annotations

from collections.abc import Mapping

from orderway.orders import numbers
from orderway.stages.supply.rules import Kind

LETTERS: Mapping[Kind, str] = {"make": "MO", "buy": "PO"}


def take(kind: Kind, year: int, count: int) -> list[str]:
    """The next numbers of this kind and year, inside the act's transaction."""
    letters = LETTERS[kind]
    return [f"{letters}-{year}-{number:05d}" for number in numbers.take(f"supply.{kind}.{year}", count)] if count else []
