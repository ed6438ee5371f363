"""What rows of tests cover, exactly: boxes of atoms are cut by row after row until nothing, or a gap, is left.

Cutting boxes instead of listing all combinations keeps the work near rows x axes for the tables that people write. Never knows what an
atom means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[int, ...]

MAX_CUTS = 100_000  # a table of 40 rows and 5 inputs with cells at random needs about 20,000


class TooComplex(Exception):
    """The rows cut the space into more pieces than can be looked at."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What rows do to a box, the first row first. `reached`: rows that get something; `left`: what no row gets."""

    reached: tuple[int, ...]
    left: tuple[Box, ...]


def intersection(one: Box, other: Box) -> Box | None:
    """What two boxes share, None if nothing."""
    shared = tuple(a & b for a, b in zip(one, other, strict=True))
    return shared if all(shared) else None


def without(box: Box, row: Box) -> list[Box]:
    """What is left of a box when a row has taken its part: at most one piece per axis, none sharing anything."""
    pieces: list[Box] = []
    for axis, mask in enumerate(row):
        rest = box[axis] & ~mask
        if rest:
            pieces.append((*box[:axis], rest, *box[axis + 1 :]))
        box = (*box[:axis], box[axis] & mask, *box[axis + 1 :])
    return pieces


def cover(box: Box, rows: Sequence[Box]) -> Coverage:
    """Give every row, in order, what it takes of the box. Raises TooComplex."""
    left: list[Box] = [box]
    reached: list[int] = []
    cuts = 0
    for number, row in enumerate(rows):
        cuts += len(left)
        if cuts > MAX_CUTS:
            raise TooComplex
        remaining: list[Box] = []
        hit = False
        for piece in left:
            if intersection(piece, row) is None:
                remaining.append(piece)
            else:
                hit = True
                remaining.extend(without(piece, row))
        left = remaining
        if hit:
            reached.append(number)
    return Coverage(tuple(reached), tuple(left))
