"""A summary as pages and the report show it: words, coordinates, shares of bars. Counts nothing itself."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.diagnosis.lasting import lasting
from orderway.mining import process_map
from orderway.mining.causes import FIRST_PERSON
from orderway.mining.deviations import Deviation
from orderway.mining.findings import SENTENCES
from orderway.mining.log import Finding
from orderway.mining.summary import Dot, Summary, Way
from orderway.mining.timing import ActivityTime, Person
from orderway.pages import languages

BOX_WIDTH, BOX_HEIGHT = 190, 46
LINE_LETTERS = 26
HEATS = 5
SHARE = 30  # percent of the edges that the map shows at first
SHOWN_WAYS = 30
ENOUGH = 20  # cases of a person, or of a handover between two (design: people)
COLOURS = 8
DOTS_WIDTH, DOTS_HEIGHT = 1_000, 420
STEPS = {
    "reading": gettext_lazy("reading the file"),
    "parsing": gettext_lazy("reading the file"),
    "arranging": gettext_lazy("putting events in order"),
    "counting": gettext_lazy("counting"),
    "aligning": gettext_lazy("comparing with the standard"),
    "explaining": gettext_lazy("looking for causes"),
}
KINDS = {
    "skipped": gettext_lazy("skipped"),
    "inserted": gettext_lazy("inserted"),
    "out_of_order": gettext_lazy("out of order"),
}
OUTCOMES = {
    "slow": gettext_lazy("belongs to the slowest fifth"),
    "rework": gettext_lazy("repeats a step"),
    "deviating": gettext_lazy("deviates from the standard"),
}
PARTS = {
    "case": gettext_lazy("case"),
    "activity": gettext_lazy("activity"),
    "timestamp": gettext_lazy("time"),
    "start": gettext_lazy("start"),
    "resource": gettext_lazy("person"),
    "transition": gettext_lazy("transition"),
}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks of the map: the share of edges in percent, and what the colours mean."""

    percent: int
    measure: str = "frequency"

    @staticmethod
    def of(given: QueryDict) -> Wanted:
        """As far as it makes sense."""
        share = given.get("share", "")
        percent = min(100, max(1, int(share))) if share.isascii() and share.isdigit() and len(share) < 4 else SHARE
        return Wanted(percent, "time" if given.get("show") == "time" else "frequency")


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """An activity on the map."""

    x: float
    y: float
    lines: tuple[tuple[float, str], ...]
    count: int
    heat: int
    round: bool
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """An edge on the map."""

    path: str
    width: float
    heat: int
    label: str
    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """The map, ready to be drawn."""

    width: float
    height: float
    boxes: tuple[DrawnBox, ...]
    lines: tuple[DrawnLine, ...]
    hidden_activities: int
    hidden_edges: int


def context(summary: Summary, wanted: Wanted) -> dict[str, object]:
    """Everything that the page and the report show."""
    most = max((time.waiting_total + time.working_total for time in summary.times), default=0.0) or 1.0
    busiest = max((count for row in summary.by_hour for count in row), default=0) or 1
    return {
        "summary": summary,
        "first": moment(summary.first),
        "last": moment(summary.last),
        "taken": [(PARTS.get(part, part), column) for part, column in summary.taken],
        "findings": [finding_words(one) for one in summary.findings],
        "in_short": in_short(summary),
        "people": people_shown(summary.people),
        "handovers": [pair for pair in summary.handovers if pair.count >= ENOUGH],
        "wanted": wanted,
        "map": drawn_map(summary, wanted),
        "edges": [(summary.activities[edge.before].name, summary.activities[edge.after].name, edge) for edge in summary.edges[:100]],
        "ways": [_way(summary, way) for way in summary.ways[:SHOWN_WAYS]],
        "dots": dots(summary),
        "times": [_bars(time, most) for time in summary.times],
        "reworked": sorted((one for one in summary.activities if one.rework_cases), key=lambda one: (-one.rework_cases, one.name)),
        "hours": [_hours(day, row, busiest) for day, row in enumerate(summary.by_hour)],
        "deviations": deviations(summary),
        "causes": [(OUTCOMES[cause.outcome], attribute_words(cause.attribute), cause) for cause in summary.causes],
        "changes": [(change_words(change.kind, change.name), change) for change in summary.drift.changes],
        "drift_at": moment(summary.drift.split),
        "left_out": [(name, 100 * share) for name, share in summary.left_out],
    }


def people_shown(people: Sequence[Person]) -> list[Person]:
    """Those with enough cases to be looked at: below 20, what stands beside a name is chance and says something about a person."""
    return [person for person in people if person.cases >= ENOUGH]


def deviations(summary: Summary) -> list[tuple[object, Deviation, list[tuple[str, int]]]]:
    """What kind, the deviation, and at whose hands as far as people may be shown by name."""
    shown = {person.name for person in people_shown(summary.people)}
    rows = summary.beside.rows if summary.beside else ()
    return [(KINDS[row.kind], row, [(name, count) for name, count in row.people if name in shown]) for row in rows]


def dots(summary: Summary) -> list[tuple[float, float, int]]:
    """The dotted chart as coordinates and colours."""
    return [_dot(dot, summary.dotted_cases) for dot in summary.dots]


def _way(summary: Summary, way: Way) -> tuple[list[str], Way, float]:
    return [summary.activities[code].name for code in way.activities], way, 100 * way.count / summary.cases


def _dot(dot: Dot, cases: int) -> tuple[float, float, int]:
    return dot.share * DOTS_WIDTH, (dot.rank + 0.5) * DOTS_HEIGHT / max(1, cases), dot.activity % COLOURS


def _bars(time: ActivityTime, most: float) -> tuple[ActivityTime, float, float]:
    return time, 100 * time.waiting_total / most, 100 * time.working_total / most


def _hours(day: int, row: tuple[int, ...], busiest: int) -> tuple[object, list[tuple[int, int, int]]]:
    return WEEKDAYS[day], [(hour, count, _heat(count, busiest)) for hour, count in enumerate(row)]


def report(summary: Summary, made_at: datetime) -> str:
    """The report as one HTML file in the language in use."""
    css = (resources.files("orderway.diagnosis") / "static" / "orderway" / "diagnosis.css").read_text(encoding="utf-8")
    made = {"css": css, "made_at": made_at, "language_tag": languages.tag()}
    return render_to_string("diagnosis/report.html", context(summary, Wanted(percent=20)) | made)


def step(name: str) -> str:
    """What is being done, in words."""
    return str(STEPS.get(name, ""))


def finding_words(finding: Finding) -> str:
    """A finding in the language in use."""
    return _(SENTENCES[finding.code]).format(count=f"{finding.count:,}", example=finding.example)


def change_words(kind: str, name: str) -> str:
    """What changed."""
    if kind == "duration":
        return _("Median duration of a case")
    return _("Cases that repeat a step") if kind == "rework" else _("Cases with “{activity}”").format(activity=name)


def attribute_words(name: str) -> str:
    """An attribute as people say it."""
    return _("the first person") if name == FIRST_PERSON else name.removeprefix("case:")


def in_short(summary: Summary) -> list[str]:
    """What a reader in a hurry should know."""
    said = [
        _("{share} % of the cases take the most frequent way; there are {ways} ways.").format(
            share=f"{100 * summary.happy_share:.1f}", ways=f"{summary.variants:,}"
        ),
        _("{share} % of the cases repeat a step.").format(share=f"{100 * summary.rework_cases / summary.cases:.1f}"),
    ]
    if summary.times:
        first = summary.times[0]
        sentence = _("“{activity}” holds cases up longest: {share} % of all time passes before it and in it.")
        said.append(sentence.format(activity=first.activity, share=f"{100 * first.share:.1f}"))
    if summary.beside and summary.beside.rows:
        row = summary.beside.rows[0]
        sentence = _("The most frequent deviation: “{step}” {kind}, in {cases} cases.")
        said.append(sentence.format(step=row.step, kind=KINDS[row.kind], cases=f"{row.cases:,}"))
    if summary.causes:
        cause = summary.causes[0]
        sentence = _("Where {attribute} is “{value}”, a case {outcome} {lift} times as often as elsewhere.")
        words = {"attribute": attribute_words(cause.attribute), "value": cause.value, "outcome": OUTCOMES[cause.outcome]}
        said.append(sentence.format(lift=f"{cause.lift:.1f}", **words))
    return said


def drawn_map(summary: Summary, wanted: Wanted) -> DrawnMap:
    """The map with the share of edges that is wanted, coloured by frequency or time."""
    laid = process_map.process_map(summary, wanted.percent / 100)
    at = {box.code: box for box in laid.boxes}
    most = max(box.count for box in laid.boxes)
    slowest = max((line.seconds or 0.0 for line in laid.lines), default=0.0) or 1.0
    lines = tuple(_line(line, at[line.before], at[line.after], summary.cases, slowest, wanted) for line in laid.lines)
    boxes = tuple(_box(box, most) for box in laid.boxes)
    return DrawnMap(laid.width, laid.height, boxes, lines, laid.hidden_activities, laid.hidden_edges)


def _box(box: process_map.Box, most: int) -> DrawnBox:
    if box.code in (process_map.START, process_map.END):
        words = [_("Start") if box.code == process_map.START else _("End")]
    else:
        words = textwrap.wrap(box.name, LINE_LETTERS, max_lines=2, placeholder="…") or [""]
    lines = tuple((box.y - 9 + 12 * number + (4 if len(words) == 1 else 0), text) for number, text in enumerate(words))
    return DrawnBox(box.x, box.y, lines, box.count, _heat(box.count, most), box.code < 0, box.y - BOX_HEIGHT / 2, box.y + 17)


def _line(line: process_map.Line, before: process_map.Box, after: process_map.Box, cases: int, slowest: float, wanted: Wanted) -> DrawnLine:
    by_time = wanted.measure == "time"
    label = lasting(line.seconds) if by_time and line.seconds is not None else "" if by_time else f"{line.count:,}"
    heat = _heat(line.seconds or 0.0, slowest) if by_time else _heat(line.count, cases)
    path, x, y = _curve(before, after)
    title = f"{before.name or _('Start')} → {after.name or _('End')}: {line.count:,}"
    if line.seconds is not None:
        title += f", {lasting(line.seconds)}"
    return DrawnLine(path, round(1 + 5 * min(1.0, line.count / cases), 2), heat, label, x, y, title)


def _curve(before: process_map.Box, after: process_map.Box) -> tuple[str, float, float]:
    """The path of an edge and the place of its label: down the middle, back around the side, a loop at the box itself."""
    half = BOX_HEIGHT / 2
    if before.code == after.code:
        x, y = before.x + BOX_WIDTH / 2, before.y
        return f"M{x:.0f} {y - 10:.0f}c26 -14 26 34 0 20", x + 12, y - 14
    if after.y > before.y:
        top, bottom = before.y + half, after.y - half - 5
        bend = (bottom - top) / 2
        path = f"M{before.x:.0f} {top:.0f}C{before.x:.0f} {top + bend:.0f} {after.x:.0f} {bottom - bend:.0f} {after.x:.0f} {bottom:.0f}"
        return path, (before.x + after.x) / 2 + 4, (top + bottom) / 2
    side = BOX_WIDTH / 2
    out = max(before.x, after.x) + side + 34
    path = f"M{before.x + side:.0f} {before.y:.0f}C{out:.0f} {before.y:.0f} {out:.0f} {after.y:.0f} {after.x + side + 5:.0f} {after.y:.0f}"
    return path, out - 24, (before.y + after.y) / 2


def _heat(value: float, most: float) -> int:
    """0 to 4, by the square root of the share, so that the middle is told apart."""
    return min(HEATS - 1, math.floor(HEATS * math.sqrt(max(0.0, value) / most))) if most else 0


def moment(micros: int) -> datetime:
    """Microseconds since 1970 as a moment."""
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
