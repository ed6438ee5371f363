"""Where everything of a flow stands when it is drawn: boxes, gateways and lines with coordinates, from left to right.

One layout for the picture in the manual and for the diagram inside BPMN. Pure arithmetic on the block tree: draws nothing, writes no XML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from orderway.standard import flow
from orderway.standard.document import Block, Each, Node, Sequence, StageId, StageRef, Standard

# Sizes as bpmn-js draws them, so that an imported diagram looks as it does elsewhere.
STAGE, GATEWAY, EVENT = (110, 70), (40, 40), (30, 30)
GAP, ROW, PAD, LANE, LABEL = 34, 22, 24, 20, 22

Kind = Literal["start", "end", "stage", "split", "join", "gate", "each"]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn: its place in the picture, what it stands for, and the `each` that it stands inside (its id, else empty)."""

    id: str
    kind: Kind
    x: int
    y: int
    width: int
    height: int
    node: StageRef | Block | Each | None = None
    scope: str = ""

    @property
    def left(self) -> Point:
        """The middle of the left side."""
        return self.x, self.y + self.height // 2

    @property
    def right(self) -> Point:
        """The middle of the right side."""
        return self.x + self.width, self.y + self.height // 2

    @property
    def below(self) -> Point:
        """The middle of the lower side."""
        return self.x + self.width // 2, self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """A line from shape to shape. `branch`: which branch of the split it begins; `rework`: the way back from a failed gate."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    scope: str = ""
    branch: int | None = None
    rework: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole picture."""

    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    width: int
    height: int

    @property
    def by_id(self) -> Mapping[str, Shape]:
        """Shapes by their ids."""
        return {shape.id: shape for shape in self.shapes}


def layout(standard: Standard) -> Layout:
    """The picture of a standard's flow."""
    plan = _Plan(standard)
    width, height = plan.scope(standard.flow, "", (PAD, PAD))
    return Layout(tuple(plan.shapes), tuple(plan.lines), width + 2 * PAD, height + 2 * PAD)


class _Plan:
    """Shapes and lines as they are found; every part is placed around the middle line that it is given."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.shapes: list[Shape] = []
        self.lines: list[Line] = []
        self.places = flow.positions(standard.flow)

    # --- sizes --------------------------------------------------------------------------------------------------------

    def size(self, node: Node) -> tuple[int, int]:
        """Width and height of a part, its gate included."""
        match node:
            case StageRef(stage=stage):
                return STAGE[0] + (GAP + GATEWAY[0] if self._fails(stage) else 0), STAGE[1]
            case Sequence(nodes=nodes):
                sizes = [self.size(child) for child in nodes]
                return sum(w for w, _h in sizes) + GAP * max(len(sizes) - 1, 0), max((h for _w, h in sizes), default=GATEWAY[1])
            case Block(branches=branches):
                sizes = [self.size(branch.do) for branch in branches]
                return max(w for w, _h in sizes) + 2 * (GATEWAY[0] + GAP), sum(h for _w, h in sizes) + ROW * (len(sizes) - 1)
            case Each(do=do):
                width, height = self.size(do)
                return width + 2 * (EVENT[0] + GAP + PAD), height + 2 * PAD + LABEL + LANE * self._lanes(do)

    def _fails(self, stage: StageId) -> bool:
        gate = self.standard.stages[stage].gate if stage in self.standard.stages else None
        return gate is not None and gate.fail is not None and gate.fail.back_to in self.places

    def _lanes(self, do: Node) -> int:
        """How many ways back run under the parts of a scope; those of an inner `each` run inside it."""
        return sum(self._fails(stage) for stage in _own_stages(do))

    # --- places -------------------------------------------------------------------------------------------------------

    def scope(self, do: Sequence, scope: str, at: Point) -> tuple[int, int]:
        """A flow with its start and end; gives its size."""
        width, height = self.size(do)
        middle = at[1] + height // 2
        start = self._shape("start", "start", at[0], middle, EVENT, scope=scope)
        last = self.sequence(do, start, at[0] + EVENT[0] + GAP, middle, scope)
        end = self._shape("end", "end", at[0] + EVENT[0] + width + 2 * GAP, middle, EVENT, scope=scope)
        self._line(last, end, scope)
        self._ways_back(do, scope, at[1] + height)
        return width + 2 * (EVENT[0] + GAP), height + LANE * self._lanes(do)

    def sequence(self, do: Sequence, before: Shape, x: int, middle: int, scope: str, branch: int | None = None) -> Shape:
        """Parts one after the other, from `before` on; gives the last shape."""
        for node in do.nodes:
            before, branch = self.part(node, before, x, middle, scope, branch), None
            x += self.size(node)[0] + GAP
        return before

    def part(self, node: Node, before: Shape, x: int, middle: int, scope: str, branch: int | None) -> Shape:
        """One part after `before`; gives the shape from which the flow goes on."""
        match node:
            case StageRef():
                return self._stage(node, before, x, middle, scope, branch)
            case Sequence():
                return self.sequence(node, before, x, middle, scope, branch)
            case Block():
                return self._block(node, before, x, middle, scope, branch)
            case Each():
                return self._each(node, before, x, middle, scope, branch)

    def _stage(self, node: StageRef, before: Shape, x: int, middle: int, scope: str, branch: int | None) -> Shape:
        stage = self._shape(f"stage_{node.stage}", "stage", x, middle, STAGE, node=node, scope=scope, own=True)
        self._line(before, stage, scope, branch)
        if not self._fails(node.stage):
            return stage
        gate = self._shape(f"gate_{node.stage}", "gate", x + STAGE[0] + GAP, middle, GATEWAY, node=node, scope=scope, own=True)
        self._line(stage, gate, scope)
        return gate

    def _block(self, node: Block, before: Shape, x: int, middle: int, scope: str, branch: int | None) -> Shape:
        width, height = self.size(node)
        split = self._shape("split", "split", x, middle, GATEWAY, node=node, scope=scope)
        self._line(before, split, scope, branch)
        join = self._shape("join", "join", x + width - GATEWAY[0], middle, GATEWAY, node=node, scope=scope, number=split.id)
        top = middle - height // 2
        for number, one in enumerate(node.branches):
            tall = self.size(one.do)[1]
            row = top + tall // 2
            last = self.sequence(one.do, split, x + GATEWAY[0] + GAP, row, scope, number)
            self._line(last, join, scope, number if last is split else None, row)
            top += tall + ROW
        return join

    def _each(self, node: Each, before: Shape, x: int, middle: int, scope: str, branch: int | None) -> Shape:
        size = self.size(node)
        box = self._shape("each", "each", x, middle, size, node=node, scope=scope)
        self._line(before, box, scope, branch)
        self.scope(node.do, box.id, (x + PAD, box.y + PAD + LABEL))
        return box

    # --- what is drawn ------------------------------------------------------------------------------------------------

    def _shape(
        self, name: str, kind: Kind, x: int, middle: int, size: Point, *, node: StageRef | Block | Each | None = None,
        scope: str, own: bool = False, number: str = "",
    ) -> Shape:  # fmt: skip
        id_ = name if own else number.replace("split", name) if number else f"{name}_{sum(s.kind == kind for s in self.shapes) + 1}"
        shape = Shape(id_, kind, x, middle - size[1] // 2, *size, node, scope)
        self.shapes.append(shape)
        return shape

    def _line(self, source: Shape, target: Shape, scope: str, branch: int | None = None, row: int | None = None) -> None:
        start, end = source.right, target.left
        if row is not None and start[1] == end[1] != row:  # an empty branch
            points: tuple[Point, ...] = (start, (start[0] + GAP // 2, start[1]), (start[0] + GAP // 2, row))
            points += ((end[0] - GAP // 2, row), (end[0] - GAP // 2, end[1]), end)
        elif start[1] == end[1]:
            points = (start, end)
        else:
            turn = end[0] - GAP // 2 if target.kind == "join" else start[0] + GAP // 2
            points = (start, (turn, start[1]), (turn, end[1]), end)
        self.lines.append(Line(f"line_{len(self.lines) + 1}", source.id, target.id, points, scope, branch))

    def _ways_back(self, do: Sequence, scope: str, bottom: int) -> None:
        by_id = {shape.id: shape for shape in self.shapes}
        failing = [stage for stage in _own_stages(do) if self._fails(stage)]
        for lane, stage in enumerate(failing, start=1):
            fail = self.standard.stages[stage].gate.fail  # type: ignore[union-attr]  # `_fails` looked
            assert fail is not None
            gate, target = by_id[f"gate_{stage}"], by_id.get(f"stage_{fail.back_to}")
            if target is None or target.scope != scope:
                continue  # out of an `each`: a defect that the release refuses, not a picture
            y = bottom + LANE * lane - LANE // 3
            points = (gate.below, (gate.below[0], y), (target.below[0], y), target.below)
            self.lines.append(Line(f"rework_{stage}", gate.id, target.id, points, scope, rework=True))


def _own_stages(node: Node) -> Iterator[StageId]:
    """The stages of a scope, without those inside a further `each`."""
    match node:
        case StageRef(stage=stage):
            yield stage
        case Each():
            return
        case _:
            for child in flow.children(node):
                yield from _own_stages(child)
