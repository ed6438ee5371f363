"""What a fact can be worth, and the value of what nobody knows yet. Never looks anything up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, Literal


class _Unknown(Enum):
    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __str__(self) -> str:
        return "unknown"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false; compare with `is UNKNOWN`.")


Unknown = Literal[_Unknown.UNKNOWN]
UNKNOWN: Final = _Unknown.UNKNOWN

Record = Mapping[str, "Value"]
Value = Decimal | str | bool | date | tuple[Record, ...] | Record | Unknown
"""money, number, percent: Decimal (percent 5 means 5 %); text, one_of: str; list: a tuple of records; a run's own record: one record."""
