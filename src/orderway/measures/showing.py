"""Figures as pages and reviews show them: words, amounts, verdicts, and charts as coordinates. Counts nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.masterdata.models import Item
from orderway.measures import figures, reading
from orderway.measures.figures import Figure, Kind
from orderway.measures.periods import Period
from orderway.measures.reading import Sums
from orderway.measures.rules.charts import Chart, Phase
from orderway.measures.rules.definitions import Definition
from orderway.measures.rules.targets import ENOUGH, Target
from orderway.pages import languages
from orderway.pages.templatetags.ow import LOCALES, said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of

WIDTH, HEIGHT, EDGE = 720, 200, 28
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 1_440
VERDICTS: Mapping[str, str | Promise] = {
    "met": gettext_lazy("target met"),
    "missed": gettext_lazy("target missed"),
    "close": gettext_lazy("too close to call"),
    "too_few": gettext_lazy("too few to judge"),
    "none": gettext_lazy("no target"),
}
COLOURS = {"met": "bg-green-lt", "missed": "bg-red-lt", "close": "bg-yellow-lt", "too_few": "bg-secondary-lt", "none": "bg-secondary-lt"}
RULES: Mapping[str, str | Promise] = {
    "beyond_limits": gettext_lazy("beyond the limits"),
    "run_of_eight": gettext_lazy("eight in a row on one side of the centre"),
    "three_of_four_near_limit": gettext_lazy("three of four nearer to a limit than to the centre"),
    "two_of_three_far": gettext_lazy("two of three far from the centre"),
}
GROUPS: Mapping[str, str | Promise] = {
    "standard": gettext_lazy("What the standards promise"),
    "time": gettext_lazy("Time"),
    "quality": gettext_lazy("Errors"),
    "customer": gettext_lazy("Customers"),
    "flow": gettext_lazy("Flow"),
    "conformance": gettext_lazy("Conformance"),
}
DIMENSIONS: Mapping[str, str | Promise] = {
    "stage": gettext_lazy("By stage"),
    "customer_group": gettext_lazy("By customer group"),
    "item_group": gettext_lazy("By item group"),
    "channel": gettext_lazy("By channel"),
    "person_group": gettext_lazy("By role"),
}
COMPARISONS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">"}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as a card shows it."""

    figure: Figure
    title: str
    standard: str
    value: str
    number: str
    percentiles: tuple[tuple[str, str], ...]
    interval: str
    target: str
    verdict: str
    colour: str
    arrow: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line of a chart, with its class."""

    css: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a chart; `title` says it in words, `fired` is the run rule in words."""

    x: float
    y: float
    title: str
    fired: str
    day: str
    value: str
    number: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG coordinates, and its rows for the table beside it."""

    path: str
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    labels: tuple[tuple[float, float, str, str], ...]
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a dimension: its name, its figure and how much of the longest bar it has."""

    name: str
    value: str
    number: int
    percent: int
    few: bool


def card(figure: Figure) -> Card:
    """A figure in words."""
    definition = figure.kind.definition
    spread = figure.percentiles
    return Card(
        figure=figure,
        title=words(definition.title),
        standard=figure.kind.standard,
        value=amount(definition, figure.value),
        number=_numbered(figure),
        percentiles=tuple(
            (f"P{percent}", amount(definition, figures.in_unit(definition, kept))) for percent, kept in spread.amounts.items()
        )
        if spread
        else (),
        interval=_between(figure),
        target=target_words(figure.kind),
        verdict=str(VERDICTS[figure.verdict]),
        colour=COLOURS[figure.verdict],
        arrow=_arrow(figure),
    )


def words(text: str) -> str:
    """A text of a definition in the language in use."""
    return _(text) if text else ""


def amount(definition: Definition, value: Decimal | float | None) -> str:
    """A value in the unit of its figure."""
    if value is None:
        return "–"
    if definition.unit == "percent":
        return f"{decimals(value, 1)} %"
    if definition.unit == "minutes":
        return _lasting(value)
    if definition.unit == "work_minutes":
        return _hours(value)
    if definition.unit == "working_days":
        return _("%(n)s workdays") % {"n": decimals(value, 1)}
    if definition.unit == "days":
        return _("%(n)s days") % {"n": decimals(value, 1)}
    return decimals(value, 2)


def decimals(value: Decimal | float, places: int) -> str:
    """A number as the language in use writes it."""
    return str(format_decimal(Decimal(value), format="#,##0." + "0" * places, locale=LOCALES[languages.tag()]))


def target_words(kind: Kind) -> str:
    """The target of a figure; empty where it has none."""
    if kind.target is None:
        return ""
    return f"{COMPARISONS[kind.target.comparison]} {_target_amount(kind.definition, kind.target)}"


def _target_amount(definition: Definition, target: Target) -> str:
    return amount(definition, target.amount)


def _lasting(minutes: Decimal | float) -> str:
    if minutes >= MINUTES_A_DAY:
        return _("%(n)s d") % {"n": decimals(minutes / MINUTES_A_DAY, 1)}
    return _hours(minutes)


def _hours(minutes: Decimal | float) -> str:
    if minutes >= MINUTES_AN_HOUR:
        return _("%(n)s h") % {"n": decimals(minutes / MINUTES_AN_HOUR, 1)}
    return _("%(n)s min") % {"n": decimals(minutes, 0).rstrip(".")}


def _numbered(figure: Figure) -> str:
    return f"n = {figure.number:,}"


def _between(figure: Figure) -> str:
    if figure.interval is None or figure.number < ENOUGH:
        return ""
    definition = figure.kind.definition
    return _("%(low)s to %(high)s (95 %%)") % {
        "low": amount(definition, figure.interval.low),
        "high": amount(definition, figure.interval.high),
    }


def _arrow(figure: Figure) -> str:
    """In words, as the arrow is only a sign; empty where no rule fired."""
    if not figure.chart.arrow:
        return ""
    if figure.good:
        return _("rising, which is better") if figure.chart.arrow == "up" else _("falling, which is better")
    return _("rising, which is worse") if figure.chart.arrow == "up" else _("falling, which is worse")


# --- charts -------------------------------------------------------------------------------------------------------------


def drawing(figure: Figure) -> Drawing | None:
    """The XmR chart as coordinates; None below two points."""
    made, definition = figure.chart, figure.kind.definition
    if len(made.points) < 2:
        return None
    scale = _Scale(made)
    fired = {signal.point: str(RULES[signal.rule]) for signal in made.signals} if made.enough else {}
    dots = tuple(
        Dot(
            scale.x(place), scale.y(point.value), f"{point.day.isoformat()}: {amount(definition, point.value)}, n = {point.number}",
            fired.get(place, ""), point.day.isoformat(), amount(definition, point.value), point.number,
        )
        for place, point in enumerate(made.points)
    )  # fmt: skip
    path = "M" + "L".join(f"{dot.x:.1f} {dot.y:.1f}" for dot in dots)
    lines = tuple(line for phase in made.phases for line in _lines(phase, scale))
    title = _("%(figure)s by week, with limits") % {"figure": words(definition.title)}
    return Drawing(path, dots, lines, tuple(_labels(figure, scale)), title)


class _Scale:
    def __init__(self, made: Chart) -> None:
        limits = [limit for phase in made.phases for limit in (phase.low, phase.high) if limit is not None]
        values = [point.value for point in made.points] + limits
        self.low, self.high = min(values), max(values)
        self._spread = (self.high - self.low) or 1.0
        self._steps = max(1, len(made.points) - 1)

    def x(self, place: float) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * place / self._steps

    def y(self, value: float) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - self.low) / self._spread


def _lines(phase: Phase, scale: _Scale) -> list[Line]:
    left, right = scale.x(max(0, phase.first - 0.5) if phase.first else 0), scale.x(phase.last)
    levels = [("ms-centre", phase.centre), ("ms-limit", phase.low), ("ms-limit", phase.high)]
    lines = [Line(css, left, scale.y(level), right, scale.y(level)) for css, level in levels if level is not None]
    return lines + ([Line("ms-phase", left, EDGE / 2, left, HEIGHT - EDGE)] if phase.first else [])


def _labels(figure: Figure, scale: _Scale) -> list[tuple[float, float, str, str]]:
    """x, y, anchor and text of what stands on the chart."""
    definition, points = figure.kind.definition, figure.chart.points
    last = figure.chart.phases[-1]
    labels = [
        (scale.x(0), HEIGHT - 8.0, "start", points[0].day.isoformat()),
        (scale.x(len(points) - 1), HEIGHT - 8.0, "end", points[-1].day.isoformat()),
    ]
    if last.high is not None and last.low is not None:
        labels.append((WIDTH - EDGE, scale.y(last.high) - 6, "end", amount(definition, last.high)))
        labels.append((WIDTH - EDGE, scale.y(last.low) - 6, "end", amount(definition, last.low)))
    return labels


# --- breakdowns -----------------------------------------------------------------------------------------------------------


def breakdown(kind: Kind, period: Period) -> list[tuple[str, list[Row]]]:
    """A figure by every dimension it has. Roles with fewer than 20 are left out: behind a role may stand one person."""
    found = reading.broken_down(kind.definition.id, period.since, period.until)
    names = Names()
    tables = []
    for dimension, title in DIMENSIONS.items():
        values = found.get(dimension, {})
        if dimension == "person_group":
            values = {value: sums for value, sums in values.items() if sums.denominator >= ENOUGH}
        if values:
            tables.append((str(title), _rows(kind.definition, dimension, values, names)))
    return tables


def _rows(definition: Definition, dimension: str, values: Mapping[str, Sums], names: Names) -> list[Row]:
    ratios = {value: figures.ratio(definition, sums) or Decimal(0) for value, sums in values.items()}
    most = max(ratios.values()) or Decimal(1)
    ranked: Sequence[str] = sorted(ratios, key=lambda value: (names.rank(dimension, value), -ratios[value]))
    return [
        Row(
            names.of(dimension, value),
            amount(definition, ratios[value]),
            values[value].denominator,
            int(100 * ratios[value] / most),
            values[value].denominator < ENOUGH,
        )
        for value in ranked
    ]


class Names:
    """What stages, roles and groups are called in the language in use; read once."""

    def __init__(self) -> None:
        self._stages: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        named_by: dict[str, str] = {}  # the first standard that has a stage names it, in its newest version
        for version in Version.objects.exclude(status=Version.Status.DRAFT).order_by("id").only("id", "content_hash", "standard_id"):
            standard = program_of(version.pk, version.content_hash).standard
            for stage in standard.stages_in_flow():
                if named_by.setdefault(str(stage), version.standard_id) == version.standard_id:
                    self._stages[str(stage)] = said(standard.stages[stage].title)
            self._roles |= {str(role.id): said(role.title) for role in standard.roles.values()}
        self._ranks = {stage: rank for rank, stage in enumerate(self._stages)}

    def of(self, dimension: str, value: str) -> str:
        """The name of a value of a dimension."""
        if dimension == "item_group":
            return str(dict(Item.Route.choices).get(value, value))
        return {"stage": self._stages, "person_group": self._roles}.get(dimension, {}).get(value, value)

    def rank(self, dimension: str, value: str) -> int:
        """Stages stand in the order of the flow, all else by its value."""
        return self._ranks.get(value, len(self._ranks)) if dimension == "stage" else 0
