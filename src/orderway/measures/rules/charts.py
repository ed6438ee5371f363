"""XmR control charts (Shewhart, Wheeler): limits per phase from moving ranges, and run rules; an arrow only when a rule fires.

Values in, limits and signals out. Never smooths and never leaves a point out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from orderway.measures.rules.targets import ENOUGH

SCALE = 2.66  # 3 / 1.128: mean moving range of two -> three sigma (Wheeler, Understanding Variation)
LEAST_POINTS = 6  # below, limits from moving ranges say nothing
RUN = 8  # successive points on one side of the centre
Arrow = Literal["up", "down", ""]
Rule = Literal["beyond_limits", "run_of_eight", "three_of_four_near_limit", "two_of_three_far"]


@dataclass(frozen=True, slots=True)
class Point:
    """A value, the first day of its week, and how many orders (or passages) it rests on."""

    day: date
    value: float
    number: int


@dataclass(frozen=True, slots=True)
class Phase:
    """Points [first, last] with limits of their own: `half` to each side, `low` and `high` as drawn; None below six points."""

    first: int
    last: int
    centre: float
    half: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A run rule that fired at a point, and to which side."""

    point: int
    rule: Rule
    side: Arrow


@dataclass(frozen=True, slots=True)
class Chart:
    """Points with phases and signals. `arrow`: where the newest point goes, if a rule fired there."""

    points: tuple[Point, ...]
    phases: tuple[Phase, ...]
    signals: tuple[Signal, ...]

    @property
    def enough(self) -> bool:
        """Whether there are 20 orders and enough points to say anything."""
        return sum(point.number for point in self.points) >= ENOUGH and bool(self.phases) and self.phases[-1].high is not None

    @property
    def arrow(self) -> Arrow:
        """The side of a signal at the newest point; empty below 20 orders."""
        last = len(self.points) - 1
        return next((signal.side for signal in self.signals if signal.point == last), "") if self.enough else ""


def xmr(points: Sequence[Point], changes: Sequence[date] = (), *, floor: float | None = 0.0, ceiling: float | None = None) -> Chart:
    """The chart of these points, in their sequence; a phase begins with the first point on or after each of `changes`.

    Limits never lie where no value can (`floor`, `ceiling`): a share is no less than nothing and no more than all.
    """
    phases = tuple(_phase(points, first, last, floor, ceiling) for first, last in _spans(points, changes))
    signals = tuple(signal for phase in phases for signal in _signals(points, phase))
    return Chart(tuple(points), phases, signals)


def _spans(points: Sequence[Point], changes: Sequence[date]) -> Iterator[tuple[int, int]]:
    starts = {0} if points else set()
    for change in changes:
        begun = next((place for place, point in enumerate(points) if point.day >= change), None)
        if begun is not None:
            starts.add(begun)
    bounds = [*sorted(starts), len(points)]
    return ((first, after - 1) for first, after in pairwise(bounds))


def _phase(points: Sequence[Point], first: int, last: int, floor: float | None, ceiling: float | None) -> Phase:
    values = [point.value for point in points[first : last + 1]]
    centre = sum(values) / len(values)
    if len(values) < LEAST_POINTS:
        return Phase(first, last, centre)
    half = SCALE * sum(abs(after - before) for before, after in pairwise(values)) / (len(values) - 1)
    low, high = centre - half, centre + half
    drawn_low = low if floor is None else max(floor, low)
    return Phase(first, last, centre, half, drawn_low, high if ceiling is None else max(centre, min(ceiling, high)))


def _signals(points: Sequence[Point], phase: Phase) -> Iterator[Signal]:
    """The first rule that fires at each point of the phase; none where limits are missing. Rules look at limits before they were cut."""
    if phase.half is None:
        return
    values = [point.value for point in points[phase.first : phase.last + 1]]
    for place in range(len(values)):
        for rule, fires in _RULES:
            side = fires(values[: place + 1], phase.centre, phase.half)
            if side:
                yield Signal(phase.first + place, rule, side)
                break


def _beyond(values: Sequence[float], centre: float, half: float) -> Arrow:
    return "up" if values[-1] > centre + half else "down" if values[-1] < centre - half else ""


def _run(values: Sequence[float], centre: float, _half: float) -> Arrow:
    last = values[-RUN:]
    if len(last) < RUN:
        return ""
    return "up" if min(last) > centre else "down" if max(last) < centre else ""


def _near(values: Sequence[float], centre: float, half: float, *, most: int, least: int) -> Arrow:
    """`least` of the last `most` points, the newest among them, farther than `half` on one side of the centre."""
    last = values[-most:]
    if len(last) < most:
        return ""
    if last[-1] > centre + half and sum(value > centre + half for value in last) >= least:
        return "up"
    if last[-1] < centre - half and sum(value < centre - half for value in last) >= least:
        return "down"
    return ""


def _three_of_four(values: Sequence[float], centre: float, half: float) -> Arrow:
    return _near(values, centre, half / 2, most=4, least=3)


def _two_of_three(values: Sequence[float], centre: float, half: float) -> Arrow:
    return _near(values, centre, 2 * half / 3, most=3, least=2)


_RULES: tuple[tuple[Rule, Callable[[Sequence[float], float, float], Arrow]], ...] = (
    ("beyond_limits", _beyond),
    ("run_of_eight", _run),
    ("two_of_three_far", _two_of_three),
    ("three_of_four_near_limit", _three_of_four),
)
