"""The chart of a cycle: means of some orders each, in the order of time, the old way and the new with their means and natural limits.

Coordinates for SVG attributes, because the content security policy allows no style; the same numbers stand in a table. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import fmean

from orderway.improvement.series import OrderSeen
from orderway.improvement.words import value

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 320, 150, 64, 10, 12
MOST_POINTS = 30
FEWEST_FOR_LIMITS = 8  # points: a mean moving range of fewer is a guess
XMR = 2.66  # Wheeler, "Understanding Variation": limits of individual values from their mean moving range


@dataclass(frozen=True, slots=True)
class Point:
    """Some orders that follow each other."""

    x: float
    y: float
    new: bool
    first: datetime
    last: datetime
    mean: str
    n: int


@dataclass(frozen=True, slots=True)
class Phase:
    """The old way or the new: its mean and limits as lines; no limits where there are too few points."""

    new: bool
    x1: float
    x2: float
    mean: float
    upper: float | None
    lower: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Ready to be drawn. `each`: orders per point."""

    points: tuple[Point, ...]
    phases: tuple[Phase, ...]
    ticks: tuple[tuple[float, str], ...]
    each: int
    lines: tuple[str, ...]  # of points of one way, for polyline


def drawn(rows: Sequence[OrderSeen], measure: str) -> Chart | None:
    """The chart, None without orders."""
    if not rows:
        return None
    each = max(1, -(-len(rows) // MOST_POINTS), 5 if measure != "lead_time" else 1)
    groups = [group for way in (False, True) for group in _groups([row for row in rows if row.new == way], each)]
    groups.sort(key=lambda group: group[0].at)
    means = [fmean(row.value for row in group) for group in groups]
    top = max(means) * 1.15 or 1.0
    points = tuple(
        _point(number, group, mean, top, len(groups), measure) for number, (group, mean) in enumerate(zip(groups, means, strict=True))
    )
    phases = tuple(phase for way in (False, True) if (phase := _phase(points, means, way, top, measure)))
    ticks = tuple((_y(top * share, top), value(measure, top * share)) for share in (0.0, 0.5, 1.0))
    lines = tuple(" ".join(f"{point.x:.1f},{point.y:.1f}" for point in points if point.new == way) for way in (False, True))
    return Chart(points, phases, ticks, each, tuple(line for line in lines if line))


def _groups(rows: Sequence[OrderSeen], each: int) -> list[Sequence[OrderSeen]]:
    return [rows[start : start + each] for start in range(0, len(rows), each)]


def _point(number: int, group: Sequence[OrderSeen], mean: float, top: float, count: int, measure: str) -> Point:
    x = LEFT + (WIDTH - LEFT - 8) * (number + 0.5) / count
    return Point(x, _y(mean, top), group[0].new, group[0].at, group[-1].at, value(measure, mean), len(group))


def _phase(points: Sequence[Point], means: Sequence[float], new: bool, top: float, measure: str) -> Phase | None:
    own = [(point, mean) for point, mean in zip(points, means, strict=True) if point.new == new]
    if not own:
        return None
    values = [mean for _, mean in own]
    middle = fmean(values)
    reach = XMR * fmean(abs(one - other) for one, other in pairwise(values)) if len(values) >= FEWEST_FOR_LIMITS else None
    upper = _y(min(top, middle + reach), top) if reach is not None else None
    lower = _y(max(0.0, middle - reach), top) if reach is not None else None
    return Phase(new, own[0][0].x - 4, own[-1][0].x + 4, _y(middle, top), upper, lower, value(measure, middle))


def _y(figure: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * figure / top
