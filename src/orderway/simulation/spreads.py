"""How long things take and how often they happen: quantiles and shares, each with the number of observations behind it.

n = 0 says that nobody measured it: it is assumed. Draws only from the generator that is handed in, so one seed gives one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist
from typing import NamedTuple

MOST_QUANTILES = 400  # a finer grid changes no mean by more than the sample's own error
ASSUMED_QUANTILES = 100


class Share(NamedTuple):
    """How often: `value` between 0 and 1, seen in `n` cases; n = 0 is assumed."""

    value: float
    n: int = 0


NEVER = Share(0.0)
ALWAYS = Share(1.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of seconds as evenly spaced quantiles; between two of them it is even."""

    quantiles: tuple[float, ...]
    n: int = 0

    def draw(self, random: Random) -> float:
        """One duration."""
        quantiles = self.quantiles
        if len(quantiles) == 1:
            return quantiles[0]
        place = random.random() * (len(quantiles) - 1)
        index = int(place)
        low = quantiles[index]
        return low + (quantiles[index + 1] - low) * (place - index)

    @property
    def mean(self) -> float:
        """The mean of what `draw` gives."""
        quantiles = self.quantiles
        if len(quantiles) == 1:
            return quantiles[0]
        return (sum(quantiles) - (quantiles[0] + quantiles[-1]) / 2) / (len(quantiles) - 1)

    def quantile(self, share: float) -> float:
        """The duration that so large a share stays below."""
        return quantile(self.quantiles, share)

    def times(self, factor: float) -> Spread:
        """The same, so many times as long; still from n observations, which the caller has changed."""
        return Spread(tuple(value * factor for value in self.quantiles), self.n)


NOTHING = Spread((0.0,))


def measured(seconds: Sequence[float]) -> Spread:
    """What these observations say; at least one is needed."""
    values = sorted(max(0.0, value) for value in seconds)
    if not values:
        raise ValueError("a spread is measured from at least one observation")
    if len(values) <= MOST_QUANTILES:
        return Spread(tuple(values), len(values))
    return Spread(tuple(quantile(values, index / (MOST_QUANTILES - 1)) for index in range(MOST_QUANTILES)), len(values))


def assumed(mean: float, variation: float = 0.6) -> Spread:
    """A log-normal spread with this mean; `variation` is standard deviation / mean. Hands-on times are skewed like this."""
    if mean <= 0 or variation <= 0:
        return Spread((max(0.0, mean),))
    sigma = sqrt(log(1 + variation**2))
    normal = NormalDist()
    raw = [exp(sigma * normal.inv_cdf((index + 0.5) / ASSUMED_QUANTILES)) for index in range(ASSUMED_QUANTILES)]
    shape = Spread(tuple(raw))
    return shape.times(mean / shape.mean)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of ordered values, linear between two of them."""
    place = share * (len(ordered) - 1)
    index = min(int(place), max(0, len(ordered) - 2))
    if len(ordered) == 1:
        return ordered[0]
    return ordered[index] + (ordered[index + 1] - ordered[index]) * (place - index)
