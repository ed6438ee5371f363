"""Deviations of a log from its model as rows to act on: which step, what kind, how many cases, who, and what it costs in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from orderway.mining.alignments import Conformance, Kind, Part
from orderway.mining.counting import durations
from orderway.mining.log import MISSING, EventLog

MOST_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Deviation:
    """A kind of deviation at one step. `extra_seconds`: median duration of its cases less that of the others; None if there are none.

    `people`: who did the step (inserted, out of order), or who went on without it (skipped), with how often.
    """

    kind: Kind
    step: str
    cases: int
    times: int
    extra_seconds: float | None
    people: tuple[tuple[str, int], ...]


def deviations(log: EventLog, found: Conformance) -> list[Deviation]:
    """Every deviation, that of most cases first."""
    cases: dict[tuple[Kind, str], list[int]] = defaultdict(list)
    times: Counter[tuple[Kind, str]] = Counter()
    who: dict[tuple[Kind, str], Counter[str]] = defaultdict(Counter)
    for alignment in found.alignments:
        parts = alignment.deviations
        for key in {(part.kind, part.activity) for part in parts}:
            cases[key].extend(alignment.variant.cases.tolist())
        for part in parts:
            times[part.kind, part.activity] += alignment.variant.count
            who[part.kind, part.activity].update(_people(log, part, alignment.variant.cases.tolist()))
    seconds = durations(log)
    rows = [
        Deviation(*key, len(numbers), times[key], _extra(seconds, numbers), tuple(who[key].most_common(MOST_PEOPLE)))
        for key, numbers in cases.items()
    ]
    return sorted(rows, key=lambda row: (-row.cases, row.step, row.kind))


def deviating(log: EventLog, found: Conformance) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which cases deviate."""
    flags = np.zeros(log.case_count, dtype=np.bool_)
    for alignment in found.alignments:
        if alignment.cost:
            flags[alignment.variant.cases] = True
    return flags


def _people(log: EventLog, part: Part, cases: Iterable[int]) -> list[str]:
    if log.resources is None:
        return []
    names, codes = log.resources.names, log.resources.codes
    places = [max(int(log.offsets[case]), int(log.offsets[case]) + part.position - (part.kind == "skipped")) for case in cases]
    return [names[codes[place]] for place in places if codes[place] != MISSING]


def _extra(seconds: np.ndarray[tuple[int, ...], np.dtype[np.float64]], numbers: list[int]) -> float | None:
    without = np.ones(len(seconds), dtype=np.bool_)
    without[numbers] = False
    if not without.any():
        return None
    return float(np.median(seconds[~without]) - np.median(seconds[without]))
