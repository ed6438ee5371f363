"""What happens and how often: variants, starts, ends, directly-follows edges with their times, rework, handovers. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from orderway.mining.log import MISSING, SECOND, EventLog, Micros, Places

Floats = NDArray[np.float64]
BITS = 63  # of a whole number that is not negative


@dataclass(frozen=True, slots=True)
class Variant:
    """A way that cases took: its activities (codes), its cases (numbers), most frequent first."""

    activities: tuple[int, ...]
    cases: Places

    @property
    def count(self) -> int:
        """How many cases took it."""
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class Edge:
    """One activity directly after another in the same case: how often, and seconds from event to event."""

    before: int
    after: int
    count: int
    mean_seconds: float
    median_seconds: float
    p95_seconds: float
    max_seconds: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Pairs of events that follow each other in a case: activities before and after, place of the later event, time between them."""

    before: NDArray[np.int32]
    after: NDArray[np.int32]
    places: Places
    micros: Micros


def steps(log: EventLog) -> Steps:
    """Every pair of events that follow each other in a case."""
    later = np.ones(log.events, dtype=np.bool_)
    later[log.offsets[:-1]] = False
    places = np.flatnonzero(later)
    codes = log.activities.codes
    return Steps(codes[places - 1], codes[places], places, log.times[places] - log.times[places - 1])


def variants(log: EventLog) -> list[Variant]:
    """The ways, most frequent first; ways of equal frequency by the names of their activities.

    Cases are told apart by two independent 64-bit sums over their activities; that two different ways share both is as good as impossible
    (chance below 1e-20 for a million ways), so the ways themselves are only read once each.
    """
    one, other = _sums(log)
    order = np.argsort(one, kind="stable")
    differs = one[order[1:]] != one[order[:-1]]
    new = differs | (other[order[1:]] != other[order[:-1]])
    if (new & ~differs).any():  # the first sum alone does not tell them apart
        order = np.lexsort((other, one))
        new = (one[order[1:]] != one[order[:-1]]) | (other[order[1:]] != other[order[:-1]])
    begins = np.append(np.flatnonzero(np.concatenate(([True], new))), len(order)) if len(order) else np.zeros(1, np.int64)
    groups = [order[begin:end] for begin, end in pairwise(begins)]
    found = [Variant(_way(log, int(group[0])), group) for group in groups]
    return sorted(found, key=lambda variant: (-variant.count, variant.activities))


def _sums(log: EventLog) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Two sums per case over (activity, position), each with a random number of its own per activity and per position."""
    position = np.arange(log.events) - np.repeat(log.offsets[:-1], np.diff(log.offsets))
    longest = int(position.max(initial=0)) + 1
    chance = np.random.default_rng(20260301)
    sums = []
    for _which in range(2):
        of_activity = chance.integers(1, 2**63, len(log.activities.names), dtype=np.uint64)
        of_position = chance.integers(1, 2**63, longest, dtype=np.uint64) | np.uint64(1)
        sums.append(np.add.reduceat(of_activity[log.activities.codes] * of_position[position], log.offsets[:-1]))
    return sums[0], sums[1]


def _way(log: EventLog, case: int) -> tuple[int, ...]:
    return tuple(log.activities.codes[log.offsets[case] : log.offsets[case + 1]].tolist())


def edges(log: EventLog, of: Steps | None = None) -> list[Edge]:
    """The directly-follows edges, most frequent first."""
    pairs = of or steps(log)
    number = len(log.activities.names)
    sorted_keys, micros = _grouped(pairs.before.astype(np.int64) * number + pairs.after, pairs.micros)
    seconds = micros / SECOND
    begins = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1]))) if len(micros) else np.zeros(0, np.int64)
    ends = np.append(begins, len(micros))[1:]
    found = [_edge(int(sorted_keys[begin]), number, seconds[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    return sorted(found, key=lambda edge: (-edge.count, edge.before, edge.after))


def _grouped(keys: NDArray[np.int64], micros: Micros) -> tuple[NDArray[np.int64], Micros]:
    """Both in ascending order, first by key and then by time. Key and time are sorted as one number where they fit into 63 bits."""
    if not len(keys):
        return keys, micros
    least = micros.min()
    bits = int(micros.max() - least).bit_length()
    if int(keys.max()).bit_length() + bits > BITS:
        order = np.lexsort((micros, keys))
        return keys[order], micros[order]
    both = (keys << bits) | (micros - least)
    both.sort()
    return both >> bits, (both & ((1 << bits) - 1)) + least


def _edge(key: int, number: int, seconds: Floats) -> Edge:
    """An edge from its times in ascending order."""
    return Edge(
        before=key // number,
        after=key % number,
        count=len(seconds),
        mean_seconds=float(seconds.mean()),
        median_seconds=of_sorted(seconds, 0.5),
        p95_seconds=of_sorted(seconds, 0.95),
        max_seconds=float(seconds[-1]),
    )


def of_sorted(values: Floats, share: float) -> float:
    """The quantile, by linear interpolation, of values in ascending order; computed as numpy computes it, to the last digit."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    low, high, part = float(values[below]), float(values[above]), place - below
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part


def counts_of(codes: NDArray[np.int32], number: int) -> Places:
    """How often each code occurs."""
    return np.bincount(codes, minlength=number)


def starts(log: EventLog) -> Places:
    """How many cases begin with each activity."""
    return counts_of(log.activities.codes[log.offsets[:-1]], len(log.activities.names))


def ends(log: EventLog) -> Places:
    """How many cases end with each activity."""
    return counts_of(log.activities.codes[log.offsets[1:] - 1], len(log.activities.names))


def durations(log: EventLog) -> Floats:
    """Seconds from the first event of each case to its last."""
    return (log.lasts() - log.firsts()) / SECOND


@dataclass(frozen=True, slots=True)
class Rework:
    """Activities that one case did more than once: per activity how many cases, how many surplus events, and how often at once again."""

    cases: Places
    surplus: Places
    self_loops: Places
    any_case: NDArray[np.bool_]


def rework(log: EventLog) -> Rework:
    """What was done again."""
    number = len(log.activities.names)
    keys = log.cases.codes.astype(np.int64) * number + log.activities.codes
    pairs, times = np.unique(keys, return_counts=True)
    again = times > 1
    again_activity, again_case = pairs[again] % number, pairs[again] // number
    any_case = np.zeros(log.case_count, dtype=np.bool_)
    any_case[again_case] = True
    surplus = np.bincount(again_activity, weights=times[again] - 1, minlength=number).astype(np.int64)
    follow = steps(log)
    loops = np.bincount(follow.after[follow.before == follow.after], minlength=number)
    return Rework(np.bincount(again_activity, minlength=number), surplus, loops, any_case)


@dataclass(frozen=True, slots=True)
class Handover:
    """Work that went from one person to another, in events that follow each other in a case."""

    giver: int
    taker: int
    count: int
    median_seconds: float


def handovers(log: EventLog) -> list[Handover]:
    """Who hands over to whom, most frequent first; events without a person are passed by."""
    if log.resources is None:
        return []
    follow = steps(log)
    before, after = log.resources.codes[follow.places - 1], log.resources.codes[follow.places]
    known = (before != MISSING) & (after != MISSING) & (before != after)
    number = len(log.resources.names)
    keys, micros = _grouped(before[known].astype(np.int64) * number + after[known], follow.micros[known])
    pairs, begins, times = np.unique(keys, return_index=True, return_counts=True)
    ranked = micros / SECOND
    found = [
        Handover(int(pair // number), int(pair % number), int(count), of_sorted(ranked[begin : begin + count], 0.5))
        for pair, begin, count in zip(pairs, begins, times, strict=True)
    ]
    names = log.resources.names
    return sorted(found, key=lambda pair: (-pair.count, names[pair.giver], names[pair.taker]))
