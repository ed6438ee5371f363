"""Lengths of time as written in a standard (30m, 4h, 2d, 12mo, 10y). Never turns them into dates (`engine.calendars` does)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, cast

from orderway.standard.document import NOWHERE, Duration, Mark

_DURATION = re.compile(r"([0-9]{1,6})(\.[0-9]{1,6})?(mo|m|h|d|y)")

WORKING_UNITS = ("m", "h", "d")


def read_duration(text: str, *, mark: Mark = NOWHERE, fractions: bool = False) -> Duration | None:
    """The duration, or None if the text is none. `fractions` (8.6d) are for measures only."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or (match[2] and not fractions):
        return None
    unit = cast(Literal["m", "h", "d", "mo", "y"], match[3])
    return Duration(Decimal(match[1] + (match[2] or "")), unit, mark)
