"""What the roll-ups say: sums over a range of days, by dimension, by week, and exact percentiles. A fixed number of statements each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orderway.measures.models import MeasuredOrder, MeasuredValue, RollUp
from orderway.measures.rules.targets import quantile_rank, quantile_ranks
from orderway.sets.totals import Total

PERCENTS = (50, 80, 95)


@dataclass(frozen=True, slots=True)
class Sums:
    """Numerator and denominator of a figure."""

    numerator: int
    denominator: int

    @property
    def ratio(self) -> float | None:
        """One over the other; None over nothing."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Week:
    """Sums of a week that begins on `monday`."""

    monday: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Exact percentiles of single values: percent -> amount, and the amounts between which each lies with 95 % confidence."""

    number: int
    amounts: Mapping[int, int]
    between: Mapping[int, tuple[int, int]]


def totals(since: date, until: date) -> dict[str, Sums]:
    """Every figure over these days, both included; one statement."""
    rows = RollUp.objects.filter(dimension="", day__range=(since.isoformat(), until.isoformat())).values_list("figure").order_by("figure")
    return {figure: Sums(*sums) for figure, *sums in rows.annotate(Total("numerator"), Total("denominator"))}


def broken_down(figure: str, since: date, until: date) -> dict[str, dict[str, Sums]]:
    """A figure over these days by dimension and value; one statement."""
    rows = RollUp.objects.filter(figure=figure, day__range=(since.isoformat(), until.isoformat())).exclude(dimension="")
    found: dict[str, dict[str, Sums]] = defaultdict(dict)
    by_value = rows.values_list("dimension", "value").order_by("dimension", "value")
    for dimension, value, numerator, denominator in by_value.annotate(Total("numerator"), Total("denominator")):
        if denominator:
            found[dimension][value] = Sums(numerator, denominator)
    return dict(found)


def by_stage(figures: Iterable[str], since: date, until: date) -> dict[str, dict[str, Sums]]:
    """Figures over these days by stage: stage -> figure -> sums; one statement."""
    rows = RollUp.objects.filter(dimension="stage", figure__in=list(figures), day__range=(since.isoformat(), until.isoformat()))
    found: dict[str, dict[str, Sums]] = defaultdict(dict)
    for stage, figure, *sums in rows.values_list("value", "figure").annotate(Total("numerator"), Total("denominator")).order_by():
        found[stage][figure] = Sums(*sums)
    return dict(found)


def weeks(since: date, until: date, figures: Sequence[str] = ()) -> dict[str, list[Week]]:
    """Every figure (or only these) by week, oldest first; weeks without anything are left out. One statement."""
    rows = RollUp.objects.filter(dimension="", day__range=(since.isoformat(), until.isoformat()), denominator__gt=0)
    rows = rows.filter(figure__in=figures) if figures else rows
    summed: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for figure, day, numerator, denominator in rows.values_list("figure", "day", "numerator", "denominator"):
        known = summed[figure, monday_of(date.fromisoformat(day))]
        known[0] += numerator
        known[1] += denominator
    found: dict[str, list[Week]] = defaultdict(list)
    for (figure, monday), sums in sorted(summed.items()):
        found[figure].append(Week(monday, Sums(*sums)))
    return dict(found)


def percentiles(figure: str, since: date, until: date, percents: Sequence[int] = PERCENTS) -> Percentiles | None:
    """Exact percentiles of a figure over these days; None where nothing was measured. Read from the index: 1 + 3 n statements."""
    rows = MeasuredValue.objects.filter(figure=figure, day__range=(since, until))
    number = rows.count()
    if not number:
        return None
    sorted_rows = rows.order_by("amount").values_list("amount", flat=True)
    amounts, between = {}, {}
    for percent in percents:
        low, high = quantile_ranks(percent, number)
        amounts[percent] = sorted_rows[quantile_rank(percent, number)]
        between[percent] = sorted_rows[low], sorted_rows[high]
    return Percentiles(number, amounts, between)


def orders_ended(since: date, until: date) -> int:
    """How many orders ended for the first time in these days."""
    return MeasuredOrder.objects.filter(day__range=(since, until)).count()


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())
