"""Better, worse, or no difference yet: what two series of orders allow to be said, and how many orders more are needed.

Orders that follow each other are alike (a full house today is full tomorrow), so every order counts for less than one. A test that ignores
this cries wolf. Here blocks of neighbouring orders are drawn again (bootstrap), as long as the series itself asks for; mixes of order kinds
are made equal first; where a trial ran beside the old way, its orders of the same time are the comparison. Pure: never reads anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import cbrt, ceil, sqrt
from random import Random
from statistics import NormalDist, fmean, pvariance
from typing import Literal, NamedTuple

from orderway.simulation.summary import student

Word = Literal["better", "worse", "no_difference_yet", "too_few"]

DRAWS = 400
FEWEST = 40  # per side: below, blocks long enough are too few to be drawn from
LEVEL = 0.95
POWER = 0.80
SAFETY = 1.15  # the likeness is itself only estimated; with this the stated n finds what it promises (bench/verdicts.py)
FEWEST_BLOCKS = 8  # Student's t for the width has this many degrees at least to stand on


class Seen(NamedTuple):
    """One order as it was measured, in the order of time: the value (days, or 1 for an error) and the kind of order for the mix."""

    value: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said. `change` is relative to before (-0.3: a third less); the interval is of 95 %. `needed`: orders per side for a
    change of the size looked for, at 80 % power; `effective`: what the orders after count for, their likeness taken off.
    """

    word: Word
    before: float
    after: float
    change: float
    low: float
    high: float
    n_before: int
    n_after: int
    effective: int
    needed: int


def judged(before: Sequence[Seen], after: Sequence[Seen], *, seed: int, lower_is_better: bool = True, looked_for: float = 0.3) -> Verdict:
    """The verdict on a change from `before` to `after`; `looked_for`: the relative change that should be found."""
    first, second = made_equal(before, after)
    if min(len(first), len(second)) < FEWEST or fmean(first) <= 0:
        return _without_interval(first, second, looked_for)
    old, new = _Series(first), _Series(second)
    lengths = block_length(first), block_length(second)
    random = Random(seed)  # noqa: S311  chance for an interval, no secret
    changes = sorted(_change(old.drawn(lengths[0], random), new.drawn(lengths[1], random)) for _ in range(DRAWS))
    blocks = min(len(first) // lengths[0], len(second) // lengths[1])
    return _verdict(first, second, changes, blocks, lower_is_better, looked_for)


def judged_trial(orders: Sequence[tuple[bool, Seen]], *, seed: int, lower_is_better: bool = True, looked_for: float = 0.3) -> Verdict:
    """The verdict on a trial beside the old way: all orders in time, each with whether it ran the new version.

    Blocks hold the orders of both ways, so what happened to all (a strike, a holiday) happened to both and is no difference.
    """
    first, second = made_equal([one for new, one in orders if not new], [one for new, one in orders if new])
    if min(len(first), len(second)) < FEWEST or fmean(first) <= 0:
        return _without_interval(first, second, looked_for)
    pair = _Pair([new for new, _ in orders], [one.value for _, one in orders])
    length = block_length([one.value for _, one in orders])
    random = Random(seed)  # noqa: S311  chance for an interval, no secret
    changes = sorted(pair.drawn(length, random) for _ in range(DRAWS))
    return _verdict(first, second, changes, len(orders) // length, lower_is_better, looked_for)


def made_equal(before: Sequence[Seen], after: Sequence[Seen]) -> tuple[list[float], list[float]]:
    """Both series, the later one weighted so that the kinds are mixed as before; a kind that only one side has is left out of both."""
    old, new = _counts(before), _counts(after)
    common = old.keys() & new.keys()
    total_old, total_new = sum(old[kind] for kind in common), sum(new[kind] for kind in common)
    weight = {kind: (old[kind] / total_old) / (new[kind] / total_new) for kind in common}
    first = [one.value for one in before if one.kind in common]
    return first, [one.value * weight[one.kind] for one in after if one.kind in common]


def likeness(values: Sequence[float]) -> float:
    """How many orders count for one: 1 + twice the sum of autocorrelations as long as they come in positive pairs (Geyer 1992)."""
    n, mean, spread = len(values), fmean(values), pvariance(values)
    if n < 4 or spread == 0:
        return 1.0
    centred = [value - mean for value in values]
    total = 0.0
    for lag in range(1, min(n // 3, 60), 2):
        pair = _correlation(centred, lag, spread) + _correlation(centred, lag + 1, spread)
        if pair <= 0:
            break
        total += pair
    return max(1.0, 1 + 2 * total)


def block_length(values: Sequence[float]) -> int:
    """Neighbours that are drawn together: grows with the cube root of n and with their likeness, and leaves enough blocks."""
    n = len(values)
    wanted = ceil(likeness(values) * cbrt(n) / 1.5)
    return max(1, min(wanted, n // FEWEST_BLOCKS))


def orders_needed(before: Sequence[float], after: Sequence[float], looked_for: float) -> int:
    """Orders per side by which a change of this size is found in four of five cases, from spread and likeness as seen."""
    base = fmean(before)
    if base <= 0:
        return 0
    normal = NormalDist()
    factor = (normal.inv_cdf(1 - (1 - LEVEL) / 2) + normal.inv_cdf(POWER)) ** 2
    spread = pvariance(before) * likeness(before) + pvariance(after) * likeness(after)
    return ceil(SAFETY * factor * spread / (looked_for * base) ** 2)


def signal(before: Sequence[float], after: Sequence[float], size: int = 5) -> bool:
    """Whether the control chart of means of `size` orders speaks: a point outside the limits of before, or eight in a row on one side.

    The limits are those of an XmR chart (2.66 x the mean moving range), wider where neighbours are alike.
    """
    old, new = _grouped(before, size), _grouped(after, size)
    if len(old) < FEWEST_BLOCKS or not new:
        return False
    middle = fmean(old)
    reach = 2.66 * fmean(abs(one - other) for one, other in pairwise(old)) * sqrt(likeness(old))
    return any(abs(point - middle) > reach for point in new) or longest_side([point - middle for point in new]) >= 8 * likeness(old)


def longest_side(distances: Sequence[float]) -> int:
    """The longest run of points on one side of the middle."""
    longest = current = 0
    side = False
    for distance in distances:
        current = current + 1 if (distance > 0) == side else 1
        side = distance > 0
        longest = max(longest, current)
    return longest


class _Series:
    """A series whose blocks are summed at once; it bends round from its end to its beginning."""

    def __init__(self, values: Sequence[float]) -> None:
        self._n = len(values)
        self._sums = list(accumulate((*values, *values), initial=0.0))

    def drawn(self, length: int, random: Random) -> float:
        """The mean of as many values drawn in blocks."""
        total, left = 0.0, self._n
        while left > 0:
            start, size = int(random.random() * self._n), min(length, left)
            total += self._sums[start + size] - self._sums[start]
            left -= size
        return total / self._n


class _Pair:
    """Orders of two ways in one time."""

    def __init__(self, ways: Sequence[bool], values: Sequence[float]) -> None:
        self._n = len(values)
        old = [0.0 if new else value for new, value in zip(ways, values, strict=True)]
        sums = (old, [value if new else 0.0 for new, value in zip(ways, values, strict=True)], [float(not new) for new in ways])
        self._old, self._new, self._count = (list(accumulate((*column, *column), initial=0.0)) for column in sums)

    def drawn(self, length: int, random: Random) -> float:
        """The relative difference of the two means in blocks drawn from both."""
        old = new = count = 0.0
        left = self._n
        while left > 0:
            start, size = int(random.random() * self._n), min(length, left)
            old += self._old[start + size] - self._old[start]
            new += self._new[start + size] - self._new[start]
            count += self._count[start + size] - self._count[start]
            left -= size
        return _change(old / max(1.0, count), new / max(1.0, self._n - count))


def _change(old: float, new: float) -> float:
    return new / max(1e-12, old) - 1


def _verdict(
    before: Sequence[float], after: Sequence[float], changes: Sequence[float], blocks: int, lower_is_better: bool, looked_for: float
) -> Verdict:
    """Percentiles of the drawn changes, wider by Student's t for as few blocks as there are."""
    middle, wider = _change(fmean(before), fmean(after)), student(max(1, blocks - 1)) / student(10_000)
    tail = round((1 - LEVEL) / 2 * len(changes))
    low, high = middle - (middle - changes[tail]) * wider, middle + (changes[-tail - 1] - middle) * wider
    word: Word = "no_difference_yet" if low <= 0 <= high else "better" if (high < 0) == lower_is_better else "worse"
    needed = orders_needed(before, after, looked_for)
    n = len(after)
    return Verdict(word, fmean(before), fmean(after), middle, low, high, len(before), n, round(n / likeness(after)), needed)


def _without_interval(before: Sequence[float], after: Sequence[float], looked_for: float) -> Verdict:
    old, new = fmean(before or [0.0]), fmean(after or [0.0])
    needed = max(FEWEST, orders_needed(before, after or before, looked_for)) if before else FEWEST
    return Verdict("too_few", old, new, _change(old, new) if old else 0.0, 0.0, 0.0, len(before), len(after), len(after), needed)


def _grouped(values: Sequence[float], size: int) -> list[float]:
    return [fmean(values[start : start + size]) for start in range(0, len(values) - size + 1, size)]


def _counts(seen: Sequence[Seen]) -> Counter[str]:
    return Counter(one.kind for one in seen)


def _correlation(centred: Sequence[float], lag: int, spread: float) -> float:
    n = len(centred)
    return sum(centred[index] * centred[index + lag] for index in range(n - lag)) / n / spread if lag < n else 0.0
