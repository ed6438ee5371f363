"""Drift: what differs between the earlier and the later half of a log, as far as chance does not explain it.

Shares of cases by the test of two proportions, durations by a bootstrap of the medians' difference; everything corrected for the number of
things looked at (Holm). Cases at the end of a log are cut off: the last tenth of its time is left out of the later half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orderway.mining.counting import durations
from orderway.mining.log import EventLog, Flags

FEWEST = 20  # cases in each half
LEVEL = 0.05
DRAWS = 400
CUT = 0.9


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed: an activity's share of cases, the share that repeats a step, or the median duration in seconds."""

    kind: Literal["activity", "rework", "duration"]
    name: str
    before: float
    after: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Drift:
    """The two halves and what differs; `enough` is False where there are too few cases to judge."""

    split: int  # microseconds
    cases_before: int
    cases_after: int
    changes: tuple[Change, ...]
    enough: bool


def drift(log: EventLog, any_rework: Flags) -> Drift:
    """Compare the halves by the time at which cases began."""
    begins = log.firsts()
    last = np.int64(log.times.min() + (log.times.max() - log.times.min()) * CUT)
    split = np.int64(np.median(begins[begins <= last])) if (begins <= last).any() else np.int64(begins.min())
    earlier, later = begins <= split, (begins > split) & (begins <= last)
    counts = int(earlier.sum()), int(later.sum())
    if min(counts) < FEWEST:
        return Drift(int(split), *counts, (), enough=False)
    found = [*_activities(log, earlier, later), _share("rework", "", any_rework, earlier, later), _duration(log, earlier, later)]
    return Drift(int(split), *counts, tuple(_holm(found)), enough=True)


def _activities(log: EventLog, earlier: Flags, later: Flags) -> list[Change]:
    number = len(log.activities.names)
    pairs = np.unique(log.cases.codes.astype(np.int64) * number + log.activities.codes)
    rows = []
    for code, name in enumerate(log.activities.names):
        has = np.zeros(log.case_count, dtype=np.bool_)
        has[pairs[pairs % number == code] // number] = True
        rows.append(_share("activity", name, has, earlier, later))
    return rows


def _share(kind: Literal["activity", "rework"], name: str, has: Flags, earlier: Flags, later: Flags) -> Change:
    hits = int(has[earlier].sum()), int(has[later].sum())
    cases = int(earlier.sum()), int(later.sum())
    pooled = sum(hits) / sum(cases)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / cases[0] + 1 / cases[1]))
    shares = hits[0] / cases[0], hits[1] / cases[1]
    z = abs(shares[0] - shares[1]) / spread if spread else 0.0
    return Change(kind, name, *shares, math.erfc(z / math.sqrt(2)))


def _duration(log: EventLog, earlier: Flags, later: Flags) -> Change:
    seconds = durations(log)
    before, after = seconds[earlier], seconds[later]
    chance = np.random.default_rng(20260301)
    spread = float(np.std(_medians(before, chance) - _medians(after, chance)))
    medians = float(np.median(before)), float(np.median(after))
    z = abs(medians[0] - medians[1]) / spread if spread else 0.0
    return Change("duration", "", *medians, math.erfc(z / math.sqrt(2)))


def _medians(values: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """Medians of samples drawn again; of very many values a part stands for the whole, widened accordingly."""
    size = min(len(values), 2_000)
    drawn: NDArray[np.float64] = np.median(chance.choice(values, (DRAWS, size)), axis=1)
    centre = float(np.median(values))
    scaled: NDArray[np.float64] = centre + (drawn - centre) * math.sqrt(size / len(values))
    return scaled


def _holm(found: list[Change]) -> list[Change]:
    kept = []
    for rank, change in enumerate(sorted(found, key=lambda change: change.p_value)):
        if change.p_value > LEVEL / (len(found) - rank):
            break
        kept.append(change)
    return kept
