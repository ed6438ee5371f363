"""The flow of a standard as a picture: the shapes of `standard.layout` with titles in the reader's language. Decides no place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from orderway.pages.templatetags.ow import limit, said
from orderway.standard import flow
from orderway.standard.document import Block, Each, StageId, StageRef, Standard
from orderway.standard.layout import Layout, Line, Shape, layout

LETTERS_A_LINE = 17  # half-width letters that fit into a box of 110 units at 11 units
LINES = 3
LINE_HEIGHT = 13


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a text in the picture."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape with its texts; `address` leads to the stage, `sign` is what stands in a gateway."""

    shape: Shape
    words: tuple[Words, ...]
    address: str = ""
    sign: str = ""
    current: bool = False
    system: bool = False

    @property
    def diamond(self) -> str:
        """The corners of a gateway."""
        s = self.shape
        middle, half = (s.x + s.width // 2, s.y + s.height // 2), s.width // 2
        return (
            f"{middle[0] - half},{middle[1]} {middle[0]},{middle[1] - half} {middle[0] + half},{middle[1]} {middle[0]},{middle[1] + half}"
        )

    @property
    def middle(self) -> tuple[int, int]:
        """The middle of the shape."""
        return self.shape.x + self.shape.width // 2, self.shape.y + self.shape.height // 2


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line with its condition in words."""

    points: str
    words: tuple[Words, ...]
    rework: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws; frames of an `each` first, so that what is inside lies above them."""

    width: int
    height: int
    frames: tuple[DrawnShape, ...]
    lines: tuple[DrawnLine, ...]
    shapes: tuple[DrawnShape, ...]


def picture(standard: Standard, *, version: str, current: str = "") -> Picture:
    """The picture of a standard in the language in use."""
    plan = layout(standard)
    numbers = flow.numbers(standard.flow)
    drawn = [_shape(standard, shape, version, current, numbers) for shape in plan.shapes]
    return Picture(
        plan.width,
        plan.height,
        tuple(shape for shape in drawn if shape.shape.kind == "each"),
        tuple(_line(plan, standard, line) for line in plan.lines),
        tuple(shape for shape in drawn if shape.shape.kind != "each"),
    )


def wrapped(text: str, letters: int = LETTERS_A_LINE) -> list[str]:
    """The text in lines of so many half-width letters, at most three; what is longer ends with an ellipsis."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and _width(lines[-1] + word.rstrip()) > letters:
            lines.append("")
        lines[-1] += word
    lines = [line.strip() for line in lines]
    return [*lines[: LINES - 1], lines[LINES - 1][: letters - 1] + "…"] if len(lines) > LINES else lines


def _words(text: str) -> Iterator[str]:
    """What may stand on a line of its own: words with the space after them, each Chinese character alone."""
    word = ""
    for letter in text:
        if _width(letter) == 2:
            yield from ([word] if word else [])
            word = ""
            yield letter
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    yield from ([word] if word else [])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _shape(standard: Standard, shape: Shape, version: str, current: str, numbers: Mapping[StageId, str]) -> DrawnShape:
    match shape.kind, shape.node:
        case "stage", StageRef(stage=stage):
            found = standard.stages[stage]
            address = reverse("standard_stage", args=[standard.id, version, stage])
            lines = wrapped(f"{numbers[stage]} {said(found.title)}")
            note = limit(found.limit)
            return DrawnShape(
                shape, tuple(_stacked(shape, [*lines, note])), address, current=stage == current, system=found.runs == "system"
            )
        case "split" | "join", Block(kind=kind):
            return DrawnShape(shape, (), sign={"parallel": "+", "every": "○", "choose": "×"}[kind])
        case "gate", _:
            return DrawnShape(shape, (), sign="?")
        case "each", Each(items=items):
            text = _("once per record of %(list)s") % {"list": items}
            return DrawnShape(shape, (Words(shape.x + 10, shape.y + 18, f"≡ {text}"),))
        case _:
            return DrawnShape(shape, ())


def _stacked(shape: Shape, lines: list[str]) -> Iterator[Words]:
    middle = shape.x + shape.width // 2
    top = shape.y + shape.height // 2 - LINE_HEIGHT * (len(lines) - 1) // 2 + 4
    for number, line in enumerate(lines):
        yield Words(middle, top + number * LINE_HEIGHT, line)


def _line(plan: Layout, standard: Standard, line: Line) -> DrawnLine:
    points = " ".join(f"{x},{y}" for x, y in line.points)
    words: tuple[Words, ...] = ()
    if line.rework:
        stage = StageId(line.id.removeprefix("rework_"))
        gate = standard.stages[stage].gate
        fail = gate.fail if gate else None
        text = _("no, at most %(times)d times") % {"times": fail.at_most} if fail else ""
        (x, y), _after = line.points[1], None
        words = (Words(x - 6, y - 4, text),)
    elif line.branch is not None:
        node = plan.by_id[line.source].node
        when = node.branches[line.branch].when if isinstance(node, Block) else None
        x, y = line.points[-1]
        words = (Words(x - 4, y - 6, wrapped(when.source, 30)[0]),) if when else ()
    return DrawnLine(points, words, line.rework)
