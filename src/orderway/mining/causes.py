"""Root causes: values of attributes under which a bad outcome is more frequent than elsewhere, with lift and interval.

The lift is the share of bad cases among those with the value over the share among the others; its 95 % interval is that of Katz on the
logarithm. A value is called a cause only if its p-value stands after Holm's correction for everything that was looked at. An association is
no proof: the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from orderway.mining.counting import durations
from orderway.mining.log import MISSING, Coded, EventLog, Flags

FEWEST = 20  # cases; below that a share says nothing (the same bound as for KPIs)
MOST_VALUES = 200  # an attribute with more is a number or a key
LEVEL = 0.05
FIRST_PERSON = "first person"  # who did the first step; pages have a word for it
MOST_NUMBER_BANDS = 4


@dataclass(frozen=True, slots=True)
class Cause:
    """An attribute value with the outcome among its cases and among the others."""

    outcome: str
    attribute: str
    value: str
    cases: int
    share: float
    share_elsewhere: float
    lift: float
    low: float
    high: float
    p_value: float


def slow(log: EventLog) -> Flags:
    """The slowest fifth of the cases."""
    seconds = durations(log)
    flags: Flags = seconds > np.quantile(seconds, 0.8)
    return flags


def causes(log: EventLog, outcome: str, bad: Flags) -> list[Cause]:
    """What goes together with the outcome, the strongest first."""
    if not bad.any() or bad.all():
        return []
    found = [cause for name, coded in _attributes(log) for cause in _of_attribute(outcome, name, coded, bad)]
    return sorted(_holm(found), key=lambda cause: (-cause.low, cause.attribute, cause.value))


def _attributes(log: EventLog) -> list[tuple[str, Coded]]:
    """Attributes that say the same in all events of a case, as one value per case; and who did the first step."""
    first = log.offsets[:-1]
    found = [(FIRST_PERSON, log.resources.taken(first))] if log.resources else []
    for name in log.attribute_names:
        if "variant" in name.lower():  # tools write the way itself into the log; it would explain everything by itself
            continue
        coded = log.attribute(name)
        constant = bool((coded.codes == np.repeat(coded.codes[first], np.diff(log.offsets))).all())
        if constant:
            found.append((name, _banded(coded.taken(first))))
    return found


def _banded(coded: Coded) -> Coded:
    """Numbers with many values in quarters; everything else as it is."""
    used = np.unique(coded.codes[coded.codes != MISSING])
    if len(used) <= MOST_VALUES // 10:
        return coded
    try:
        numbers = np.array([float(coded.names[code]) for code in used])
    except ValueError:
        return coded
    if not np.isfinite(numbers).all():
        return coded
    value = np.zeros(len(coded.names))
    value[used] = numbers
    bounds = np.unique(np.quantile(value[coded.codes[coded.codes != MISSING]], [0.25, 0.5, 0.75]))
    bands = np.searchsorted(bounds, value[coded.codes], side="left").astype(np.int32)
    edges = [f"{bound:g}" for bound in bounds]
    names = [f"≤ {edges[0]}", *(f"{low} – {high}" for low, high in pairwise(edges)), f"> {edges[-1]}"]
    return Coded(np.where(coded.codes == MISSING, np.int32(MISSING), bands), names)


def _of_attribute(outcome: str, name: str, coded: Coded, bad: Flags) -> list[Cause]:
    codes = coded.codes
    number = len(coded.names)
    cases = np.bincount(codes[codes != MISSING], minlength=number)
    if not 1 < (cases > 0).sum() <= MOST_VALUES:
        return []
    hits = np.bincount(codes[(codes != MISSING) & bad], minlength=number)
    total, total_bad = len(bad), int(bad.sum())
    return [
        _contrast(outcome, name, coded.names[code], (int(hits[code]), int(cases[code])), (total_bad, total))
        for code in np.flatnonzero((cases >= FEWEST) & (total - cases >= FEWEST)).tolist()
    ]


def _contrast(outcome: str, name: str, value: str, here: tuple[int, int], all_cases: tuple[int, int]) -> Cause:
    """Here against elsewhere, each (bad, cases); half a case is added where one of them has none, so that the logarithm exists."""
    hits, cases = here
    others_bad, others = all_cases[0] - hits, all_cases[1] - cases
    add = 0.5 if not hits or not others_bad else 0.0
    share, elsewhere = (hits + add) / (cases + add), (others_bad + add) / (others + add)
    spread = math.sqrt(max(0.0, 1 / (hits + add) - 1 / (cases + add) + 1 / (others_bad + add) - 1 / (others + add)))
    lift = share / elsewhere
    z = abs(math.log(lift)) / spread if spread else math.inf
    return Cause(
        outcome, name, value, cases, hits / cases, others_bad / others, lift,
        lift * math.exp(-1.96 * spread), lift * math.exp(1.96 * spread), math.erfc(z / math.sqrt(2)),
    )  # fmt: skip


def _holm(found: Sequence[Cause]) -> list[Cause]:
    """Those with a higher share whose p-value stands after Holm's correction."""
    kept = []
    for rank, cause in enumerate(sorted(found, key=lambda cause: cause.p_value)):
        if cause.p_value > LEVEL / (len(found) - rank):
            break
        if cause.lift > 1:
            kept.append(cause)
    return kept
