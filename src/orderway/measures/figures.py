"""Figures ready to be shown: value, number behind it, interval, target and verdict, chart. The one place where sums meet definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from orderway.measures import reading
from orderway.measures.reading import Percentiles, Sums, Week
from orderway.measures.rules.charts import Chart, Point, xmr
from orderway.measures.rules.definitions import DEFINITIONS, OWN, Definition, Unit
from orderway.measures.rules.judging import DAY_PARTS, own_figure, unit_of
from orderway.measures.rules.targets import Interval, Target, Verdict, read_target, share_interval, verdict
from orderway.pages.review_sections import Days
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Measure, Standard

CHARTED = timedelta(weeks=52)
HUNDRED = Decimal(100)
MINUTES_AN_HOUR = 60
STATISTICS = {"median": 50}


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure that can be shown: its definition, and of a standard's own measure its target, baseline and percentile."""

    definition: Definition
    target: Target | None = None
    baseline: str = ""
    percent: int | None = None
    standard: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over a period. `value` in the unit of its target (percent, days, hours ...); `number`: orders, passages or answers."""

    kind: Kind
    value: Decimal | None
    number: int
    interval: Interval | None
    verdict: Verdict
    percentiles: Percentiles | None
    chart: Chart

    @property
    def of_standard(self) -> str:
        """The id of the standard whose own measure it is, else ""."""
        standard, separator, _rest = self.kind.definition.id.partition(OWN)
        return standard if separator else ""

    @property
    def good(self) -> bool:
        """Whether the arrow of the chart points to the better side."""
        return (self.chart.arrow == "down") == self.kind.definition.less_is_better


def standards_in_force() -> list[Standard]:
    """The standards that orders are placed with, in their order."""
    versions = Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash", "standard_id").order_by("standard_id")
    return [program_of(version.pk, version.content_hash).standard for version in versions]


def kinds() -> list[Kind]:
    """Every figure: the own measures of the standards in force first, then those of the product."""
    own = [_own(standard, measure) for standard in standards_in_force() for measure in standard.kpis]
    return [*own, *(Kind(definition) for definition in DEFINITIONS)]


def changes() -> list[date]:
    """The days on which a standard got a new version: where charts begin a phase."""
    rows = Version.objects.filter(effective_at__isnull=False).order_by("effective_at").values_list("standard_id", "effective_at")
    first: set[str] = set()
    days = []
    for standard, at in rows:
        if standard in first and at is not None:
            days.append(at.date())
        first.add(standard)
    return days


def figures(period: Days, today: date) -> list[Figure]:
    """All figures over a period, without those of standards that nothing ended by; three statements, ten for each with percentiles."""
    sums, weeks, changed = reading.totals(period.since, period.until), _whole_weeks(today), changes()
    used = {name.partition(OWN)[0] for name in weeks.keys() | sums.keys() if OWN in name}
    shown = (kind for kind in kinds() if not kind.standard or kind.definition.id.partition(OWN)[0] in used)
    return [_figure(kind, sums, weeks, changed, period) for kind in shown]


def figure(name: str, period: Days, today: date) -> Figure | None:
    """One figure over a period; None for one that nobody defined."""
    kind = next((one for one in kinds() if one.definition.id == name), None)
    if kind is None:
        return None
    names = kind.definition.product or (name,)
    return _figure(kind, reading.totals(period.since, period.until), _whole_weeks(today, names), changes(), period)


def _whole_weeks(today: date, names: tuple[str, ...] = ()) -> dict[str, list[Week]]:
    """The weeks of a chart: those that are over, as a week half gone lies beside the others."""
    return reading.weeks(reading.monday_of(today - CHARTED), reading.monday_of(today) - timedelta(days=1), names)


def _figure(kind: Kind, sums: Mapping[str, Sums], weeks: Mapping[str, list[Week]], changed: list[date], period: Days) -> Figure:
    definition = kind.definition
    spread = reading.percentiles(definition.id, period.since, period.until, _percents(kind)) if definition.quantiles else None
    found = sums.get(definition.id, Sums(0, 0))
    value, number, interval = ratio(definition, found), found.denominator, None
    if definition.product:
        value, number = _product(definition, sums)
    elif kind.percent is not None:
        value = in_unit(definition, spread.amounts[kind.percent]) if spread else None
        interval = _between(definition, spread, kind.percent)
    elif definition.unit == "percent":
        interval = share_interval(found.numerator, found.denominator)
    if definition.id == "days_to_payment":
        number = 0 if value is None else reading.orders_ended(period.since, period.until)
    return Figure(kind, value, number, interval, verdict(value, number, kind.target, interval), spread, chart(definition, weeks, changed))


def _percents(kind: Kind) -> tuple[int, ...]:
    return reading.PERCENTS if kind.percent is None else tuple(sorted({*reading.PERCENTS, kind.percent}))


def _product(definition: Definition, sums: Mapping[str, Sums]) -> tuple[Decimal | None, int]:
    """The product of shares, and the smallest number behind one of them."""
    value, number = HUNDRED, None
    for name in definition.product:
        part = sums.get(name, Sums(0, 0))
        if not part.denominator:
            return None, 0
        value = value * part.numerator / part.denominator
        number = part.denominator if number is None else min(number, part.denominator)
    return value, number or 0


def _between(definition: Definition, spread: Percentiles | None, percent: int) -> Interval | None:
    if spread is None:
        return None
    low, high = spread.between[percent]
    return Interval(float(in_unit(definition, low)), float(in_unit(definition, high)))


def ratio(definition: Definition, sums: Sums) -> Decimal | None:
    """A figure's value in its unit: percent for shares, else the mean."""
    if not sums.denominator:
        return None
    if definition.unit == "percent":
        return HUNDRED * sums.numerator / sums.denominator
    return in_unit(definition, Decimal(sums.numerator) / sums.denominator)


def in_unit(definition: Definition, amount: Decimal | int) -> Decimal:
    """A kept amount in the unit that is shown: thousandths of days and scores in whole ones; minutes stay minutes."""
    return Decimal(amount) / definition.scale


def chart(definition: Definition, weeks: Mapping[str, list[Week]], changed: list[date]) -> Chart:
    """The XmR chart of a figure's weeks."""
    points = [Point(*one) for one in _points(definition, weeks)]
    return xmr(points, changed, ceiling=100.0 if definition.unit == "percent" else None)


def _points(definition: Definition, weeks: Mapping[str, list[Week]]) -> Iterator[tuple[date, float, int]]:
    if definition.product:
        by_week = {name: {week.monday: week.sums for week in weeks.get(name, [])} for name in definition.product}
        for monday in sorted(set.intersection(*(set(known) for known in by_week.values()))):
            value, number = _product(definition, {name: known[monday] for name, known in by_week.items()})
            yield monday, float(value or 0), number
        return
    for week in weeks.get(definition.id, []):
        value = ratio(definition, week.sums)
        if value is not None:
            yield week.monday, float(value), week.sums.denominator


# --- measures of a standard ---------------------------------------------------------------------------------------------


def _own(standard: Standard, measure: Measure) -> Kind:
    target, unit = read_target(measure.target), unit_of(measure)
    kept: dict[str, tuple[str, int]] = {
        "d": ("working_days", DAY_PARTS),
        "h": ("work_minutes", 1),
        "%": ("percent", 1),
        "score": ("score", 1000),
    }
    name, scale = kept[unit]
    numerator, denominator, scope = _words(standard, measure)
    definition = Definition(
        own_figure(standard, measure),
        said(measure.title),
        numerator,
        denominator,
        scope,
        cast(Unit, name),
        less_is_better=target.less_is_better if target else measure.measure == "time",
        quantiles=measure.measure == "time",
        scale=scale,
        by_stage=measure.of == ("stage_in_limit",),
    )
    return Kind(
        definition, _in_minutes(target), measure.baseline or "", _percent(measure.stat), f"{said(standard.title)} {standard.version}"
    )


def _percent(stat: str | None) -> int | None:
    """The percentile of a statistic; None for the mean."""
    if stat in STATISTICS:
        return STATISTICS[stat]
    return int(stat[1:]) if stat and stat[0] == "p" and stat[1:].isdigit() else None


def _in_minutes(target: Target | None) -> Target | None:
    """Targets in hours are compared in minutes, as the amounts are kept."""
    if target is None or target.unit not in ("h", "m"):
        return target
    return Target(target.comparison, target.amount * (MINUTES_AN_HOUR if target.unit == "h" else 1), "m")


def _words(standard: Standard, measure: Measure) -> tuple[str, str, str]:
    ended = _("Orders of this standard that ended for the first time in the period; cancelled ones are left out.")
    if measure.measure == "time" and measure.start and measure.end:
        names = {
            "start": said(standard.stages[measure.start.stage].title), "end": said(standard.stages[measure.end.stage].title),
            "start_edge": EDGES[measure.start.edge](), "end_edge": EDGES[measure.end.edge](), "stat": measure.stat or "mean",
        }  # fmt: skip
        return (
            _("working time from the %(start_edge)s of “%(start)s” to the %(end_edge)s of “%(end)s”, %(stat)s") % names,
            _("orders"),
            ended,
        )
    if measure.measure == "mean":
        return _("sum of the scores that customers gave"), _("answers"), ended
    if measure.of == ("stage_in_limit",):
        passed = _("Passages of stages of this standard that were done in the period.")
        return _("passages done before they were due"), _("passages"), passed
    return _("orders with: %(events)s") % {"events": _(", ").join(_event(standard, name) for name in measure.of)}, _("orders"), ended


EDGES = {"start": lambda: _("beginning"), "end": lambda: _("end")}


def _event(standard: Standard, name: str) -> str:
    known = standard.errors.get(name)
    if known is not None:
        return said(known.title)
    words = {
        "gate_failed": _("failed gate"), "sent_back": _("sent back"), "corrected": _("correction"), "credit_note": _("credit note"),
        "damaged": _("damage"), "returned": _("return"), "late": _("an alarm at the end of a limit"), "waived": _("waiver"),
        "touchless": _("no person between receipt and posting"), "in_full": _("everything delivered"),
        "stage_in_limit": _("every stage in its limit"),
    }  # fmt: skip
    return words.get(name, name)
