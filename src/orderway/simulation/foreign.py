"""A world read from a foreign event log, without any standard: whole cases are drawn again, with their route, work and waiting.

What belongs together in a case stays together (a difficult case takes a long route *and* waits). People limit it: each has as many items in
hand at once as were seen at most, so more cases or fewer people make cases wait longer. Waiting is working time of the log's own week.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import accumulate, count, pairwise
from random import Random
from typing import NamedTuple

from orderway.mining.log import MISSING, SECOND, EventLog
from orderway.simulation.refusals import LogTooSmall

HOUR, WEEK_HOURS = 3_600.0, 168
MONDAY = 4 * 86_400.0  # the epoch was a Thursday; weeks here begin on Monday
OPEN_SHARE = 0.001  # hours of the week with fewer of the log's moments are closed
FEWEST_CASES = 30
FEWEST_WEEKS = 4
BEGIN, END = ("start", "begin", "started"), ("complete", "end", "completed", "ate_abort", "autoskip", "suspend")


class Instance(NamedTuple):
    """One piece of work in a case; seconds since the epoch."""

    activity: str
    resource: str
    start: float
    end: float


Trace = tuple[Instance, ...]


class Leg(NamedTuple):
    """A piece of work as it will happen again: `wait` seconds of open hours after the last one ended (or began, if they overlapped)."""

    activity: str
    resource: str
    wait: float
    work: float
    overlaps: bool


class Week:
    """The hours of the week in which anything happens in a log."""

    def __init__(self, open_hours: Sequence[bool]) -> None:
        self._sums = list(accumulate((float(one) * HOUR for one in open_hours), initial=0.0))

    @staticmethod
    def of(traces: Sequence[Trace]) -> Week:
        """The week of a log."""
        moments = [moment for trace in traces for one in trace for moment in (one.start, one.end)]
        if max(moments) - min(moments) < FEWEST_WEEKS * WEEK_HOURS * HOUR:
            return Week([True] * WEEK_HOURS)  # an hour of the week was seen too seldom to be called closed
        counts = Counter(int((moment - MONDAY) // HOUR) % WEEK_HOURS for moment in moments)
        return Week([counts[hour] >= OPEN_SHARE * len(moments) for hour in range(WEEK_HOURS)])

    def worked(self, moment: float) -> float:
        """Open seconds from the first Monday of 1970 to the moment."""
        weeks, rest = divmod(moment - MONDAY, WEEK_HOURS * HOUR)
        hour = int(rest // HOUR)
        inside = rest - hour * HOUR if self._sums[hour + 1] > self._sums[hour] else 0.0
        return weeks * self._sums[-1] + self._sums[hour] + inside

    def after(self, moment: float, seconds: float) -> float:
        """The moment when so many open seconds have passed."""
        if seconds <= 0:
            return moment
        weeks, rest = divmod(self.worked(moment) + seconds, self._sums[-1])
        hour = bisect_right(self._sums, rest) - 1
        return max(moment, MONDAY + weeks * WEEK_HOURS * HOUR + hour * HOUR + rest - self._sums[hour])


@dataclass(frozen=True, slots=True)
class ForeignModel:
    """What was read. `gaps`: seconds between arrivals, one after the other, so that rushes stay rushes. `n`: cases."""

    cases: tuple[tuple[Leg, ...], ...]
    gaps: tuple[float, ...]
    first: float
    in_hand: dict[str, int]
    week: Week

    @property
    def n(self) -> int:
        """How many cases were read."""
        return len(self.cases)


def traces_of(log: EventLog) -> list[Trace]:
    """The work of every case, in the order of beginning. Start and complete events of one activity are paired, first with first."""
    return [trace for number in range(log.case_count) if (trace := tuple(sorted(_instances(log, number), key=lambda one: one[2:])))]


def discovered(traces: Sequence[Trace]) -> ForeignModel:
    """The model of a log. Raises LogTooSmall."""
    if len(traces) < FEWEST_CASES:
        raise LogTooSmall(cases=len(traces), missing="routes and times of so few cases say nothing of others", needed=FEWEST_CASES)
    week = Week.of(traces)
    arrivals = sorted(trace[0].start for trace in traces)
    return ForeignModel(
        cases=tuple(_legs(trace, week) for trace in traces),
        gaps=tuple(later - earlier for earlier, later in pairwise(arrivals)),
        first=arrivals[0],
        in_hand=_in_hand(traces),
        week=week,
    )


def simulated(model: ForeignModel, cases: int, *, seed: int) -> list[Trace]:
    """So many cases of the model's world."""
    return _Run(model, Random(seed)).run(cases)  # noqa: S311  a simulation, no secret


@dataclass(slots=True, eq=False)
class _Resource:
    free: int
    waiting: deque[tuple[int, int]] = field(default_factory=deque)


class _Run:
    """One run: a heap of moments, every entry a case and which of its legs begins or ends."""

    def __init__(self, model: ForeignModel, random: Random) -> None:
        self._model, self._random = model, random
        self._heap: list[tuple[float, int, int, int, bool]] = []
        self._numbers = count()
        self._resources = {name: _Resource(in_hand) for name, in_hand in model.in_hand.items()}
        self._legs: list[tuple[Leg, ...]] = []
        self._done: list[list[Instance]] = []

    def run(self, cases: int) -> list[Trace]:
        """Arrivals come in the rhythm of the log; each case is one of the log's, drawn."""
        for case, moment in enumerate(self._arrivals(cases)):
            self._legs.append(self._random.choice(self._model.cases))
            self._done.append([])
            self._ready(moment, case, 0)
        while self._heap:
            now, _, case, leg, ends = heappop(self._heap)
            if ends:
                self._end(now, case, leg)
            else:
                self._begin(now, case, leg)
        return [tuple(sorted(done, key=lambda one: one[2:])) for done in self._done]

    def _arrivals(self, cases: int) -> Iterator[float]:
        gaps, moment = self._model.gaps, self._model.first
        for place in range(cases):
            yield moment
            moment += gaps[place % len(gaps)]

    def _ready(self, moment: float, case: int, leg: int) -> None:
        heappush(self._heap, (moment, next(self._numbers), case, leg, False))

    def _begin(self, now: float, case: int, leg: int) -> None:
        resource = self._resources[self._legs[case][leg].resource]
        if resource.free:
            self._start(now, case, leg, resource)
        else:
            resource.waiting.append((case, leg))

    def _start(self, now: float, case: int, leg: int, resource: _Resource) -> None:
        resource.free -= 1
        legs = self._legs[case]
        end = self._model.week.after(now, legs[leg].work)
        self._done[case].append(Instance(legs[leg].activity, legs[leg].resource, now, end))
        heappush(self._heap, (end, next(self._numbers), case, leg, True))
        if leg + 1 < len(legs) and legs[leg + 1].overlaps:
            self._ready(self._model.week.after(now, legs[leg + 1].wait), case, leg + 1)

    def _end(self, now: float, case: int, leg: int) -> None:
        legs = self._legs[case]
        resource = self._resources[legs[leg].resource]
        resource.free += 1
        if resource.waiting:
            self._start(now, *resource.waiting.popleft(), resource)
        if leg + 1 < len(legs) and not legs[leg + 1].overlaps:
            self._ready(self._model.week.after(now, legs[leg + 1].wait), case, leg + 1)


def _legs(trace: Trace, week: Week) -> tuple[Leg, ...]:
    """Waits between the pieces of work; one that begins before the last one ended is counted from when that began."""
    legs = [Leg(trace[0].activity, trace[0].resource, 0.0, _open(week, trace[0].start, trace[0].end), False)]
    for last, one in pairwise(trace):
        overlaps = one.start < last.end
        wait = _open(week, last.start if overlaps else last.end, one.start)
        legs.append(Leg(one.activity, one.resource, wait, _open(week, one.start, one.end), overlaps))
    return tuple(legs)


def _open(week: Week, start: float, end: float) -> float:
    return max(0.0, week.worked(end) - week.worked(start))


def _in_hand(traces: Sequence[Trace]) -> dict[str, int]:
    """How many items each resource had in hand at once at most."""
    changes: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for trace in traces:
        for one in trace:
            changes[one.resource] += [(one.start, 1), (one.end, -1)]
    return {name: max(1, *accumulate(change for _, change in sorted(moments))) for name, moments in changes.items()}


def _instances(log: EventLog, case: int) -> Iterator[Instance]:
    first, last = int(log.offsets[case]), int(log.offsets[case + 1])
    begun: dict[str, deque[float]] = defaultdict(deque)
    for row in range(first, last):
        activity, moment = log.activities.names[int(log.activities.codes[row])], float(log.times[row]) / SECOND
        transition = _word(log, row).lower()
        if transition in BEGIN and log.starts is None:
            begun[activity].append(moment)
        elif not transition or transition in END:
            start = float(log.starts[row]) / SECOND if log.starts is not None and log.starts[row] >= 0 else moment
            yield Instance(activity, _resource(log, row), begun[activity].popleft() if begun[activity] else start, moment)


def _word(log: EventLog, row: int) -> str:
    if log.transitions is None or log.transitions.codes[row] == MISSING:
        return ""
    return log.transitions.names[int(log.transitions.codes[row])]


def _resource(log: EventLog, row: int) -> str:
    if log.resources is None or log.resources.codes[row] == MISSING:
        return ""
    return log.resources.names[int(log.resources.codes[row])]
