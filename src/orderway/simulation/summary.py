"""Figures of replications with intervals: every replication gives one figure, the interval comes from how much they differ.

Lead times are elapsed days from arrival to the first end; waiting and working are hours of working time. One replication has no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from orderway.simulation.outcome import OrderDone, Outcome
from orderway.simulation.spreads import quantile

DAY, HOUR = 86_400.0, 3_600.0
# Student's t at 97.5 %, by degrees of freedom 1..30; beyond that 1.96 + 2.4 / df is good to three digits
STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


class Figure(NamedTuple):
    """A mean over replications and its 95 % interval; `low` and `high` are None for a single replication. `n`: replications."""

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class StageFigures:
    """One stage. Hours of working time; `late` and `failed` are shares of its passages, of which there were `passages` in all."""

    stage: str
    passages: int
    waiting: Figure
    working: Figure
    late: Figure
    failed: Figure


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a simulation. Shares are between 0 and 1. `roles`: busy time / present time."""

    orders: int
    replications: int
    lead_mean: Figure
    lead_p50: Figure
    lead_p80: Figure
    lead_p95: Figure
    late_share: Figure
    error_rate: Figure
    complaint_rate: Figure
    per_week: Figure
    stages: tuple[StageFigures, ...]
    roles: tuple[tuple[str, Figure], ...]


def summarised(outcomes: Sequence[Outcome]) -> Summary:
    """The figures of these replications."""
    leads = [sorted(order.lead / DAY for order in outcome.orders if order.counted and order.ended >= 0) for outcome in outcomes]
    return Summary(
        orders=round(fmean(len(lead) for lead in leads)),
        replications=len(outcomes),
        lead_mean=figure(fmean(lead) for lead in leads),
        lead_p50=figure(quantile(lead, 0.5) for lead in leads),
        lead_p80=figure(quantile(lead, 0.8) for lead in leads),
        lead_p95=figure(quantile(lead, 0.95) for lead in leads),
        late_share=figure(_share(outcome, lambda order: order.late > 0) for outcome in outcomes),
        error_rate=figure(_share(outcome, lambda order: order.error) for outcome in outcomes),
        complaint_rate=figure(_share(outcome, lambda order: order.complained) for outcome in outcomes),
        per_week=figure(_per_week(outcome) for outcome in outcomes),
        stages=tuple(_stage(stage, outcomes) for stage in outcomes[0].stages),
        roles=tuple((role, figure(_utilisation(outcome, role) for outcome in outcomes)) for role in _roles(outcomes[0])),
    )


def figure(values: Iterable[float]) -> Figure:
    """The mean of one value per replication, with its interval."""
    found = list(values)
    mean, n = fmean(found), len(found)
    if n < 2:
        return Figure(mean, None, None, n)
    margin = student(n - 1) * stdev(found) / sqrt(n)
    return Figure(mean, mean - margin, mean + margin, n)


def student(degrees: int) -> float:
    """Student's t for a two-sided interval of 95 %."""
    return STUDENT[degrees - 1] if degrees <= len(STUDENT) else 1.96 + 2.4 / degrees


def _share(outcome: Outcome, test: Callable[[OrderDone], bool]) -> float:
    counted = [order for order in outcome.orders if order.counted and order.ended >= 0]
    return sum(map(test, counted)) / len(counted)


def _per_week(outcome: Outcome) -> float:
    """Orders ended per week, between the first and the last end of a counted one."""
    ends = sorted(order.ended for order in outcome.orders if order.counted and order.ended >= 0)
    weeks = (ends[-1] - ends[0]) / (7 * DAY)
    return (len(ends) - 1) / weeks if weeks else 0.0


def _stage(stage: str, outcomes: Sequence[Outcome]) -> StageFigures:
    tallies = [outcome.stages[stage] for outcome in outcomes]
    seen = [tally for tally in tallies if tally.waiting]
    if not seen:
        nothing = Figure(0.0, None, None, 0)
        return StageFigures(stage, 0, nothing, nothing, nothing, nothing)
    return StageFigures(
        stage,
        sum(len(tally.waiting) for tally in seen),
        figure(fmean(tally.waiting) / HOUR for tally in seen),
        figure(fmean(tally.working) / HOUR for tally in seen),
        figure(tally.late / len(tally.waiting) for tally in seen),
        figure(tally.failed / len(tally.waiting) for tally in seen),
    )


def _roles(outcome: Outcome) -> tuple[str, ...]:
    return tuple(dict.fromkeys(role for person in outcome.people for role in person.roles))


def _utilisation(outcome: Outcome, role: str) -> float:
    people = [person for person in outcome.people if role in person.roles]
    present = sum(person.present for person in people)
    return sum(person.busy for person in people) / present if present else 0.0
