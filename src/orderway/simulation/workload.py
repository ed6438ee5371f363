"""Hours of work by role and day that open and expected orders will ask for, and how much longer work waits where people cannot do it all.

Counts from precedents: an order asks for what orders in its place asked for. Days are those of one timeline; the work of a role that
has others is put on these all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from orderway.engine.program import Program
from orderway.simulation.parameters import HOURS_OF_WEEK, Parameters
from orderway.simulation.precedents import Numbers, Passed, Places, Pool, Precedents
from orderway.simulation.timeline import Timeline

HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Days:
    """The next days: `edges[d]` is the working time from now to the end of day `d`."""

    dates: tuple[date, ...]
    edges: Numbers

    def of(self, spans: Numbers) -> Places:
        """The day on which so much working time from now is reached; one too many for later days."""
        return np.searchsorted(self.edges, spans, side="right")


def days_from(timeline: Timeline, now: float, count: int) -> Days:
    """So many days from today on."""
    today = datetime.fromtimestamp(now, timeline.zone).date()
    dates = tuple(today + timedelta(days=number) for number in range(count))
    midnights = (datetime.combine(day + timedelta(days=1), time(), timeline.zone).timestamp() for day in dates)
    return Days(dates, np.array([timeline.worked(midnight) for midnight in midnights]) - timeline.worked(now))


@dataclass(frozen=True, slots=True)
class Work:
    """Hours by stage (as `Passed` numbers them) and day."""

    program: Program
    stages: tuple[str, ...]
    days: Days
    hours: Numbers

    def by_role(self) -> dict[tuple[str, date], float]:
        """Hours by role and day."""
        found: dict[tuple[str, date], float] = {}
        for stage, hours in zip(self.stages, self.hours, strict=True):
            role = str(self.program.stage(stage).owner)
            for day, some in zip(self.days.dates, hours, strict=False):
                found[role, day] = found.get((role, day), 0.0) + float(some)
        return found


def work_of(
    program: Program, parameters: Parameters, precedents: Precedents, pools: Sequence[Pool], days: Days, now: float
) -> Work:  # fmt: skip
    """The work of open orders, given by their precedents, and of the orders that will come as they used to."""
    passed = precedents.passed
    hands_on = _hands_on(parameters, passed)
    hours = np.zeros((len(passed.stages), len(days.dates) + 1))
    for pool in pools:
        _add(hours, passed, hands_on, pool, days, 0.0, 1.0)
    newcomers = precedents.whole.entering(float("inf"))
    for span, orders in _arriving(precedents.timeline, parameters, days, now):
        _add(hours, passed, hands_on, newcomers, days, span, orders)
    return Work(program, passed.stages, days, hours)


def _hands_on(parameters: Parameters, passed: Passed) -> Numbers:
    """Hours of each passage: the mean of its stage."""
    work = np.array([parameters.of(stage).work.mean for stage in passed.stages]) / HOUR
    signing = np.array([parameters.of(stage).signing.mean for stage in passed.stages]) / HOUR
    hours: Numbers = np.where(passed.signing, signing[passed.stage], work[passed.stage]) * passed.by_hand
    return hours


def _add(hours: Numbers, passed: Passed, hands_on: Numbers, pool: Pool, days: Days, span: float, orders: float) -> None:
    """So many orders like the mean of the pool, whose moments come after this span of working time."""
    owner, places = passed.of(pool.orders)
    begins = passed.started[places] - pool.moments[owner]
    ahead = (passed.ended[places] - pool.moments[owner]) > 0
    day = days.of(np.maximum(0.0, begins) + span)
    np.add.at(hours, (passed.stage[places][ahead], day[ahead]), hands_on[places][ahead] * orders / len(pool.orders))


def _arriving(timeline: Timeline, parameters: Parameters, days: Days, now: float) -> Sequence[tuple[float, float]]:
    """Per day of the next ones: the working time until its middle and the orders expected on it."""
    weekly = np.array(parameters.arrivals.weekly).reshape(7, HOURS_OF_WEEK // 7).sum(axis=1)
    begins = np.concatenate(([0.0], days.edges[:-1]))
    return [
        (float((begin + end) / 2), float(weekly[day.weekday()]))
        for day, begin, end in zip(days.dates, begins, days.edges, strict=True)
        if end > begin
    ]


# --- jams -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Jams:
    """By stage and day: the working time by which work that begins then waits longer than it used to, as its role has too much of it."""

    days: Days
    spans: Numbers

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self.spans.any())

    def longest(self, passed: Passed, pool: Pool, owner: Places, places: Places) -> Numbers:
        """For each order of the pool, the longest that any of its passages ahead waits."""
        day = self.days.of(np.maximum(0.0, passed.started[places] - pool.moments[owner]))
        found = np.zeros(len(pool.orders))
        np.maximum.at(found, owner, self.spans[passed.stage[places], day])
        return found


def jams_of(work: Work, present: Mapping[str, Sequence[float]], measured: NDArray[np.bool_]) -> Jams:
    """What people cannot do on a day they do on the next ones. `present`: hours by role and day; only `measured` stages count."""
    spans = np.zeros_like(work.hours)
    roles = [str(work.program.stage(stage).owner) for stage in work.stages]
    span_of_day = np.diff(np.concatenate(([0.0], work.days.edges)))
    for role in dict.fromkeys(roles):
        of_role = np.array([one == role for one in roles])
        there = np.array(present.get(role, ()))
        if not there.any():
            continue
        needed = work.hours[of_role & measured].sum(axis=0)[:-1]
        seconds_per_hour = span_of_day.sum() / there.sum()
        spans[of_role] = np.append(_behind(needed, there), 0.0) * seconds_per_hour
    spans[:, -1] = spans[:, -2]
    return Jams(work.days, spans)


def _behind(needed: Numbers, there: Numbers) -> Numbers:
    """Hours that wait at the beginning of each day from the days before."""
    behind, found = 0.0, []
    for need, presence in zip(needed, there, strict=True):
        found.append(behind)
        behind = max(0.0, behind + float(need) - float(presence))
    return np.array(found)
