"""How near a simulated log comes to what really happened, measured on cases that the model never saw and against the log's own noise.

The log is split into interleaved halves. How far the halves lie apart is the noise floor: no model can be asked to come nearer. The model
is read from one half and compared with the other, both ways. Distances are those of `log-distance-measures` (cycle times in bins).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from orderway.simulation.foreign import Trace, discovered, simulated

BIN_SECONDS = 3_600.0


class Accuracy(NamedTuple):
    """Cycle-time distances in bins: of the halves from each other, and of the simulated cases from the half that was held out."""

    cases: int
    floor: float
    distance: float
    seeds: int

    @property
    def ratio(self) -> float:
        """The distance as a multiple of the noise floor."""
        return self.distance / self.floor


def accuracy(traces: Sequence[Trace], *, seeds: int = 5) -> Accuracy:
    """The mean over both directions and so many seeds. Raises LogTooSmall."""
    ordered = sorted(traces, key=lambda trace: trace[0].start)
    halves = ordered[0::2], ordered[1::2]
    distances = [
        cycle_time_distance(simulated(discovered(known), len(held_out), seed=seed), held_out)
        for known, held_out in (halves, halves[::-1])
        for seed in range(seeds)
    ]
    return Accuracy(len(ordered), cycle_time_distance(*halves), fmean(distances), seeds)


def cycle_time_distance(first: Sequence[Trace], second: Sequence[Trace], bin_seconds: float = BIN_SECONDS) -> float:
    """The Wasserstein distance of the cycle times in bins, as `log-distance-measures` computes it."""
    times = [[max(one.end for one in trace) - trace[0].start for trace in log] for log in (first, second)]
    least = min(map(min, times))
    return wasserstein(*([(time - least) // bin_seconds for time in log] for log in times))


def wasserstein(first: Sequence[float], second: Sequence[float]) -> float:
    """The area between two empirical distribution functions."""
    steps = sorted([(value, 1 / len(first)) for value in first] + [(value, -1 / len(second)) for value in second])
    area = level = 0.0
    for (value, step), (following, _) in pairwise(steps):
        level += step
        area += abs(level) * (following - value)
    return area
