"""Targets as a standard writes them (``<= 6d``, ``>= 95%``) and the verdict of a figure against one. Never rounds before it compares."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ENOUGH = 20  # orders; below, every figure is too few to judge (design: charts that do not lie)
Z95 = 1.959963984540054  # two-sided 95 % of the normal distribution
Verdict = Literal["too_few", "met", "missed", "close", "none"]
_TARGET = re.compile(r"(<=|>=|<|>)\s*([0-9]+(?:\.[0-9]+)?)\s*(%|mo|m|h|d|y)?")


@dataclass(frozen=True, slots=True)
class Target:
    """A comparison with a number; `unit` is "%", a unit of time or ""."""

    comparison: str
    amount: Decimal
    unit: str = ""

    def holds(self, value: Decimal) -> bool:
        """Whether the value, in the target's own unit, keeps it."""
        return {
            "<=": value <= self.amount,
            ">=": value >= self.amount,
            "<": value < self.amount,
            ">": value > self.amount,
        }[self.comparison]

    @property
    def less_is_better(self) -> bool:
        """Whether the target is an upper bound."""
        return self.comparison.startswith("<")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value lies with 95 % confidence."""

    low: float
    high: float


def read_target(text: str | None) -> Target | None:
    """The target of a measure; None where there is none (a release refuses what cannot be read)."""
    match = _TARGET.fullmatch(text.strip()) if text else None
    return Target(match[1], Decimal(match[2]), match[3] or "") if match else None


def verdict(value: Decimal | None, number: int, target: Target | None, interval: Interval | None = None) -> Verdict:
    """Too few below 20; `close` where the interval holds the target, so that chance alone may have decided."""
    if value is None or number < ENOUGH:
        return "too_few"
    if target is None:
        return "none"
    if interval is not None and interval.low < float(target.amount) < interval.high:
        return "close"
    return "met" if target.holds(value) else "missed"


def share_interval(hits: int, number: int) -> Interval | None:
    """Wilson's interval of a share, in percent."""
    if not number:
        return None
    share, square = hits / number, Z95 * Z95
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = Z95 * math.sqrt(share * (1 - share) / number + square / (4 * number * number)) / (1 + square / number)
    return Interval(100 * max(0.0, middle - half), 100 * min(1.0, middle + half))


def quantile_rank(percent: int, number: int) -> int:
    """The place (from 0) of a percentile among `number` sorted values: the smallest value that so many percent do not exceed."""
    return max(0, -(-percent * number // 100) - 1)


def quantile_ranks(percent: int, number: int) -> tuple[int, int]:
    """The places of the values between which the percentile lies with 95 % confidence (order statistics, normal approximation)."""
    share = percent / 100
    half = Z95 * math.sqrt(number * share * (1 - share))
    low = max(0, math.floor(number * share - half) - 1)
    return low, min(number - 1, math.ceil(number * share + half))


def quantile(values: Sequence[int], percent: int) -> int:
    """A percentile of sorted values."""
    return values[quantile_rank(percent, len(values))]
