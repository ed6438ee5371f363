"""Where the time goes: waiting against working per activity, bottlenecks, batches, and who works when.

Working time is known where the log has starts, or events that begin and events that complete the same work; waiting is the time from the
event before to the start. A log with one time per event knows only how long it took from the event before: that is said, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orderway.mining.counting import Floats, of_sorted
from orderway.mining.log import MISSING, SECOND, EventLog, Micros, Places

BEGINS = frozenset({"start", "begin", "started"})
COMPLETES = frozenset({"complete", "completed", "end", "finish"})
BATCH_SECONDS = 60  # cases that one person completes within a minute of each other were done together
BATCH_CASES = 3


@dataclass(frozen=True, slots=True)
class Work:
    """Pieces of work: activity, person (MISSING: unknown), case, start (-1: unknown), end, and the end of the work before in the case."""

    activities: NDArray[np.int32]
    people: NDArray[np.int32]
    cases: NDArray[np.int32]
    starts: Micros
    ends: Micros
    before: Micros

    @property
    def timed(self) -> NDArray[np.bool_]:
        """Pieces whose start is known."""
        return np.greater_equal(self.starts, 0)


def work(log: EventLog) -> Work:
    """The pieces of work of a log; events that only say that work began are joined with those that complete it."""
    people = log.resources.codes if log.resources else np.full(log.events, MISSING, dtype=np.int32)
    starts = log.starts if log.starts is not None else np.full(log.events, -1, dtype=np.int64)
    kept = np.arange(log.events)
    paired = _paired(log)
    if paired is not None:
        kept, starts = paired
    else:
        starts = starts[kept]
    cases, ends = log.cases.codes[kept], log.times[kept]
    before = np.concatenate((ends[:1], ends[:-1]))
    fresh = np.concatenate(([True], cases[1:] != cases[:-1]))
    begin = np.where(starts >= 0, starts, ends)
    return Work(log.activities.codes[kept], people[kept], cases, starts, ends, np.where(fresh, begin, before))


def _paired(log: EventLog) -> tuple[Places, Micros] | None:
    """Places of completing events with the time of the event that began the same activity of the same case; first begun, first ended."""
    if log.transitions is None or log.starts is not None:
        return None
    names = [name.lower() for name in log.transitions.names]
    begins = np.isin(log.transitions.codes, [code for code, name in enumerate(names) if name in BEGINS])
    completes = np.isin(log.transitions.codes, [code for code, name in enumerate(names) if name in COMPLETES])
    if not begins.any() or not completes.any():
        return None
    number = len(log.activities.names)
    keys = log.cases.codes.astype(np.int64) * number + log.activities.codes
    first, last = np.flatnonzero(begins), np.flatnonzero(completes)
    return last, _first_in_first_out(keys, first, last, log.times)


def _first_in_first_out(keys: NDArray[np.int64], first: Places, last: Places, times: Micros) -> Micros:
    """For each completing event the time of the begin with the same key and the same rank among those of the key."""
    ranked_first, ranked_last = _ranked(keys[first]), _ranked(keys[last])
    most = np.int64(max(ranked_first.max(initial=0), ranked_last.max(initial=0)) + 1)
    begin_keys, end_keys = keys[first] * most + ranked_first, keys[last] * most + ranked_last
    order = np.argsort(begin_keys)
    place = np.minimum(np.searchsorted(begin_keys[order], end_keys), len(order) - 1)
    match = order[place]
    found = (begin_keys[match] == end_keys) & (times[first][match] <= times[last])
    return np.where(found, times[first][match], np.int64(-1))


def _ranked(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rank of each row among those of its key, in order of appearance."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(keys) else np.zeros(0, np.bool_)
    group = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - group
    return ranks


@dataclass(frozen=True, slots=True)
class ActivityTime:
    """How long an activity waits and takes, in seconds; `working` is None where the log does not know it."""

    activity: str
    pieces: int
    waiting_median: float
    waiting_p95: float
    waiting_total: float
    working_median: float | None
    working_p95: float | None
    working_total: float
    share: float  # of all time that cases spend


def activity_times(log: EventLog, pieces: Work) -> list[ActivityTime]:
    """Each activity, the one that holds cases up longest first: the first is the bottleneck."""
    waiting = np.maximum(0, np.where(pieces.timed, pieces.starts, pieces.ends) - pieces.before) / SECOND
    working = np.where(pieces.timed, pieces.ends - pieces.starts, 0) / SECOND
    total = float(waiting.sum() + working.sum()) or 1.0
    rows = []
    for code in np.flatnonzero(np.bincount(pieces.activities, minlength=len(log.activities.names))):
        of_it = pieces.activities == code
        timed = np.sort(working[of_it & pieces.timed])
        waits = np.sort(waiting[of_it])
        rows.append(_activity_time(log.activities.names[int(code)], waits, timed, total))
    return sorted(rows, key=lambda row: (-row.waiting_total - row.working_total, row.activity))


def _activity_time(name: str, waits: Floats, working: Floats, total: float) -> ActivityTime:
    known = len(working) > 0
    return ActivityTime(
        activity=name,
        pieces=len(waits),
        waiting_median=of_sorted(waits, 0.5),
        waiting_p95=of_sorted(waits, 0.95),
        waiting_total=float(waits.sum()),
        working_median=of_sorted(working, 0.5) if known else None,
        working_p95=of_sorted(working, 0.95) if known else None,
        working_total=float(working.sum()),
        share=float(waits.sum() + working.sum()) / total,
    )


@dataclass(frozen=True, slots=True)
class Batching:
    """Work that one person finishes for several cases at once: share of the pieces, number of batches, cases in the largest."""

    activity: str
    share: float
    batches: int
    largest: int


def batching(log: EventLog, pieces: Work) -> list[Batching]:
    """Activities that are done in batches, the largest share first."""
    known = np.flatnonzero(pieces.people != MISSING)
    if not len(known):
        return []
    order = known[np.lexsort((pieces.ends[known], pieces.people[known], pieces.activities[known]))]
    activity, person, end = pieces.activities[order], pieces.people[order], pieces.ends[order]
    apart = (activity[1:] != activity[:-1]) | (person[1:] != person[:-1]) | (end[1:] - end[:-1] > BATCH_SECONDS * SECOND)
    group = np.concatenate(([0], np.cumsum(apart)))
    pairs = np.unique(np.column_stack((group, pieces.cases[order])), axis=0)
    cases = np.bincount(pairs[:, 0], minlength=int(group[-1]) + 1)
    events = np.bincount(group, minlength=len(cases))
    first = np.concatenate(([0], np.flatnonzero(apart) + 1))
    rows = []
    for code in np.unique(activity):
        of_it = activity[first] == code
        large = of_it & (cases >= BATCH_CASES)
        if large.any():
            share = float(events[large].sum() / events[of_it].sum())
            rows.append(Batching(log.activities.names[int(code)], share, int(large.sum()), int(cases[large].max())))
    return sorted(rows, key=lambda row: (-row.share, row.activity))


@dataclass(frozen=True, slots=True)
class Person:
    """What one person did: pieces, share of all, cases, different activities, and the one done most."""

    name: str
    pieces: int
    share: float
    cases: int
    activities: int
    mostly: str


def people(log: EventLog, pieces: Work) -> list[Person]:
    """Everybody in the log, who did most first."""
    if log.resources is None:
        return []
    known = pieces.people != MISSING
    rows = []
    for code in np.flatnonzero(np.bincount(pieces.people[known], minlength=len(log.resources.names))):
        of_it = pieces.people == code
        counts = np.bincount(pieces.activities[of_it], minlength=len(log.activities.names))
        rows.append(
            Person(
                name=log.resources.names[int(code)],
                pieces=int(of_it.sum()),
                share=float(of_it.sum() / known.sum()),
                cases=len(np.unique(pieces.cases[of_it])),
                activities=int((counts > 0).sum()),
                mostly=log.activities.names[int(np.argmax(counts))],
            )
        )
    return sorted(rows, key=lambda row: (-row.pieces, row.name))


def by_hour(pieces: Work) -> NDArray[np.int64]:
    """Pieces of work by weekday (Monday is 0) and hour, UTC."""
    hours = pieces.ends // (3_600 * SECOND)
    weekday = (hours // 24 + 3) % 7  # the first of January 1970 was a Thursday
    table: NDArray[np.int64] = np.bincount(weekday * 24 + hours % 24, minlength=168).reshape(7, 24)
    return table
