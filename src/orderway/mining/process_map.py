"""The process map as coordinates: activities in layers from start to end, edges between them. Draws nothing.

Shown are the edges that are taken most, as many as the share asks for, and always enough that every activity is reached from the start and
leads to the end. Layers follow the most frequent forward edges; inside a layer the order is that of the barycentre of what leads there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from orderway.mining.summary import Summary

START, END = -1, -2
MOST_ACTIVITIES = 40  # more cannot be read on a screen; the rarest are left out and counted
SWEEPS = 6
LAYER_HEIGHT, COLUMN_WIDTH, MARGIN = 96, 240, 40


@dataclass(frozen=True, slots=True)
class Box:
    """An activity at its place (centre), START and END included."""

    code: int
    name: str
    count: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """An edge; `seconds` is its median time, None at start and end."""

    before: int
    after: int
    count: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """Boxes and lines, the size of the whole, and how many activities and edges are not shown."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float
    hidden_activities: int
    hidden_edges: int


def process_map(summary: Summary, share: float = 0.3) -> ProcessMap:
    """The map with this share of the edges."""
    ranked = sorted(range(len(summary.activities)), key=lambda code: (-summary.activities[code].count, code))
    kept = set(ranked[:MOST_ACTIVITIES])
    lines = _lines(summary, kept)
    shown = _shown(lines, kept, share)
    ordered = _ordered(_layers(shown, kept), shown)
    widest = max(len(layer) for layer in ordered)
    boxes = tuple(
        _box(summary, code, MARGIN + COLUMN_WIDTH * (place + 0.5 + (widest - len(layer)) / 2), LAYER_HEIGHT * (number + 0.5))
        for number, layer in enumerate(ordered)
        for place, code in enumerate(layer)
    )
    size = COLUMN_WIDTH * widest + 2 * MARGIN, LAYER_HEIGHT * len(ordered)
    return ProcessMap(boxes, tuple(shown), *size, len(summary.activities) - len(kept), len(lines) - len(shown))


def _box(summary: Summary, code: int, x: float, y: float) -> Box:
    if code in (START, END):
        return Box(code, "", summary.cases, x, y)
    return Box(code, summary.activities[code].name, summary.activities[code].count, x, y)


def _lines(summary: Summary, kept: set[int]) -> list[Line]:
    """All edges between the activities kept, with start and end, most frequent first."""
    lines = [
        Line(edge.before, edge.after, edge.count, edge.median_seconds)
        for edge in summary.edges
        if edge.before in kept and edge.after in kept
    ]
    for code in kept:
        activity = summary.activities[code]
        lines += [Line(START, code, activity.starts, None)] if activity.starts else []
        lines += [Line(code, END, activity.ends, None)] if activity.ends else []
    return sorted(lines, key=lambda line: (-line.count, line.before, line.after))


def _shown(lines: Sequence[Line], kept: set[int], share: float) -> list[Line]:
    """The most frequent ones, and those needed so that everything hangs together."""
    wanted = set(lines[: max(1, round(len(lines) * share))])
    for direction in ("forward", "backward"):
        reached = {START} if direction == "forward" else {END}
        while missing := (kept | {START, END}) - reached:
            found = next((line for line in _touching(lines, reached, missing, direction) if line in wanted), None)
            found = found or next(iter(_touching(lines, reached, missing, direction)), None)
            if found is None:
                break
            wanted.add(found)
            reached.add(found.after if direction == "forward" else found.before)
    return [line for line in lines if line in wanted]


def _touching(lines: Sequence[Line], reached: set[int], missing: set[int], direction: str) -> list[Line]:
    """Lines from what is reached to what is missing, in the sense of the direction."""
    if direction == "forward":
        return [line for line in lines if line.before in reached and line.after in missing]
    return [line for line in lines if line.after in reached and line.before in missing]


def _layers(shown: Sequence[Line], kept: set[int]) -> dict[int, int]:
    """The layer of each activity: the longest way from the start over edges that make no circle, the frequent ones chosen first."""
    forward: dict[int, list[int]] = defaultdict(list)
    for line in (*_tree(shown), *shown):
        if line.before != line.after and not _leads(forward, line.after, line.before):
            forward[line.before].append(line.after)
    layer = dict.fromkeys((START, *sorted(kept), END), 0)
    for _round in range(len(layer)):
        moved = False
        for before, afters in forward.items():
            for after in afters:
                if layer[after] < layer[before] + 1:
                    layer[after], moved = layer[before] + 1, True
        if not moved:
            break
    layer[END] = max([layer[END], *(layer[code] + 1 for code in kept)])
    return layer


def _tree(shown: Sequence[Line]) -> list[Line]:
    """From the start the most frequent edge to something new, again and again: so that nothing stands above what leads to it."""
    reached, tree = {START}, []
    while (line := next((one for one in shown if one.before in reached and one.after not in reached), None)) is not None:
        reached.add(line.after)
        tree.append(line)
    return tree


def _leads(forward: dict[int, list[int]], begin: int, goal: int) -> bool:
    waiting, seen = [begin], {begin}
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        new = [after for after in forward[code] if after not in seen]
        seen.update(new)
        waiting += new
    return False


def _ordered(layer: dict[int, int], shown: Sequence[Line]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _layer in range(max(layer.values()) + 1)]
    for code, number in layer.items():
        rows[number].append(code)
    rows = [row for row in rows if row]
    neighbours: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in shown:
        neighbours[line.before].append((line.after, line.count))
        neighbours[line.after].append((line.before, line.count))
    for _sweep in range(SWEEPS):
        place = {code: number - (len(row) - 1) / 2 for row in rows for number, code in enumerate(row)}
        for row in rows:
            row.sort(key=lambda code: _barycentre(code, neighbours, place))
    return rows


def _barycentre(code: int, neighbours: dict[int, list[tuple[int, int]]], place: dict[int, float]) -> float:
    near = [(place[other], count) for other, count in neighbours[code] if other != code]
    weight = sum(count for _place, count in near)
    return sum(at * count for at, count in near) / weight if weight else 0.0
