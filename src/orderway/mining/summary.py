"""A diagnosis as plain values that can be stored, sent and shown without the log: the last step before a page, a report or a file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orderway.mining import counting
from orderway.mining.causes import Cause
from orderway.mining.counting import of_sorted
from orderway.mining.deviations import Deviation
from orderway.mining.diagnosis import Against, Diagnosis
from orderway.mining.drafting import draft
from orderway.mining.drift import Drift
from orderway.mining.log import Finding
from orderway.mining.timing import ActivityTime, Batching, Person

MOST_WAYS = 200
MOST_EDGES = 2_000
MOST_DOTS = 3_000
MOST_PEOPLE = 100
MOST_HANDOVERS = 30


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity in figures."""

    name: str
    count: int
    starts: int
    ends: int
    rework_cases: int
    surplus: int
    self_loops: int


@dataclass(frozen=True, slots=True)
class Way:
    """A variant: its activities (places in the list of activities) and its cases."""

    activities: tuple[int, ...]
    count: int
    median_seconds: float


@dataclass(frozen=True, slots=True)
class Handing:
    """Who hands over to whom."""

    giver: str
    taker: str
    count: int
    median_seconds: float


@dataclass(frozen=True, slots=True)
class Dot:
    """An event of the dotted chart: rank of its case (by its begin), time as a share of the whole, activity."""

    rank: int
    share: float
    activity: int


@dataclass(frozen=True, slots=True)
class Beside:
    """How the log lies on a model."""

    name: str
    log_fitness: float
    average_fitness: float
    fitting_share: float
    deviating_share: float
    rows: tuple[Deviation, ...]
    matched: tuple[tuple[str, str], ...]
    unmatched: tuple[str, ...]
    never_seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is shown."""

    name: str
    source: str
    format: str
    taken: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    events: int
    cases: int
    variants: int
    first: int
    last: int
    activities: tuple[Activity, ...]
    ways: tuple[Way, ...]
    edges: tuple[counting.Edge, ...]
    mean_seconds: float
    median_seconds: float
    p95_seconds: float
    rework_cases: int
    times: tuple[ActivityTime, ...]
    working_known: bool
    batching: tuple[Batching, ...]
    people: tuple[Person, ...]
    people_total: int
    handovers: tuple[Handing, ...]
    by_hour: tuple[tuple[int, ...], ...]
    dots: tuple[Dot, ...]
    dotted_cases: int
    causes: tuple[Cause, ...]
    drift: Drift
    draft: str
    left_out: tuple[tuple[str, float], ...]
    beside: Beside | None = None

    @property
    def happy_share(self) -> float:
        """The share of the most frequent way."""
        return self.ways[0].count / self.cases


def summarise(found: Diagnosis, *, source: str, draft_title: str, effective: str) -> Summary:
    """The plain values of a diagnosis."""
    from orderway.standard.format import write

    log, counted = found.log, found.answers
    seconds = np.sort(counted.durations)
    drafted = draft(counted, title=draft_title, effective=effective)
    dots, dotted = _dots(found)
    return Summary(
        name=log.name,
        source=source,
        format=log.taken.format,
        taken=tuple(log.taken.columns.items()),
        findings=log.findings,
        events=log.events,
        cases=log.case_count,
        variants=len(counted.variants),
        first=int(log.times.min()),
        last=int(log.times.max()),
        activities=_activities(found),
        ways=tuple(
            Way(variant.activities, variant.count, float(np.median(counted.durations[variant.cases])))
            for variant in counted.variants[:MOST_WAYS]
        ),
        edges=tuple(counted.edges[:MOST_EDGES]),
        mean_seconds=float(seconds.mean()),
        median_seconds=of_sorted(seconds, 0.5),
        p95_seconds=of_sorted(seconds, 0.95),
        rework_cases=int(counted.rework.any_case.sum()),
        times=tuple(found.activity_times),
        working_known=found.working_known,
        batching=tuple(found.batching),
        people=tuple(found.people[:MOST_PEOPLE]),
        people_total=len(found.people),
        handovers=_handovers(found),
        by_hour=tuple(tuple(row) for row in found.by_hour.tolist()),
        dots=dots,
        dotted_cases=dotted,
        causes=tuple(found.causes),
        drift=found.drift,
        draft=write(drafted.standard),
        left_out=drafted.left_out,
        beside=_beside(found.against) if found.against else None,
    )


def _activities(found: Diagnosis) -> tuple[Activity, ...]:
    log, again = found.log, found.answers.rework
    columns = (log.activities.counts(), counting.starts(log), counting.ends(log), again.cases, again.surplus, again.self_loops)
    figures = np.column_stack(columns).tolist()
    return tuple(Activity(name, *row) for name, row in zip(log.activities.names, figures, strict=True))


def _handovers(found: Diagnosis) -> tuple[Handing, ...]:
    resources = found.log.resources
    if resources is None:
        return ()
    names = resources.names
    return tuple(
        Handing(names[one.giver], names[one.taker], one.count, one.median_seconds) for one in found.answers.handovers[:MOST_HANDOVERS]
    )


def _dots(found: Diagnosis) -> tuple[tuple[Dot, ...], int]:
    """Events of evenly chosen cases, as many as can be seen."""
    log = found.log
    by_begin = np.argsort(log.firsts(), kind="stable")
    every = max(1, -(-log.events // MOST_DOTS))
    chosen = by_begin[::every]
    length = max(1, int(log.times.max() - log.times.min()))
    dots = []
    for rank, case in enumerate(chosen.tolist()):
        for place in range(int(log.offsets[case]), int(log.offsets[case + 1])):
            share = round(int(log.times[place] - log.times.min()) / length, 4)
            dots.append(Dot(rank, share, int(log.activities.codes[place])))
    return tuple(dots[: 2 * MOST_DOTS]), len(chosen)


def _beside(against: Against) -> Beside:
    fits = against.conformance
    return Beside(
        name=against.name,
        log_fitness=fits.log_fitness,
        average_fitness=fits.average_fitness,
        fitting_share=fits.fitting_share,
        deviating_share=against.deviating_share,
        rows=tuple(against.rows),
        matched=tuple(against.matched.items()),
        unmatched=against.unmatched,
        never_seen=against.never_seen,
    )
