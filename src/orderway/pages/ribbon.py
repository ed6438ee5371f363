"""The process ribbon: the stages of a standard in their order, parallel branches side by side, folded around the current one on phones.

Shows what it is given; what a stage's state is, the page says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from orderway.standard.document import Block, Each, Node, Stage, StageId, StageRef, Standard


@dataclass(frozen=True, slots=True)
class Knot:
    """One stage on the ribbon. `state`: done, now, late, skipped or "" (not reached); `sign` is said in words by `sign_text`."""

    stage: str
    title: str
    address: str
    note: str = ""
    state: str = ""
    percent: int = 0
    sign: str = ""
    sign_text: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on the ribbon: one stage, or several that may run side by side. `near`: shown on a folded ribbon."""

    knots: tuple[Knot, ...]
    near: bool

    @property
    def parallel(self) -> bool:
        """Whether the stages stand in a block."""
        return len(self.knots) > 1


def slots(standard: Standard, knot: Callable[[Stage], Knot]) -> list[Slot]:
    """The ribbon of a standard."""
    rows = [tuple(knot(standard.stages[StageId(stage)]) for stage in row) for row in _rows(standard.flow)]
    return [Slot(row, near) for row, near in zip(rows, _near(rows), strict=True)]


def rows_of(standard: Standard) -> list[tuple[str, ...]]:
    """The stages in their order; those that may run side by side stand in one row."""
    return list(_rows(standard.flow))


def _rows(node: Node) -> Iterator[tuple[str, ...]]:
    match node:
        case StageRef(stage=stage):
            yield (stage,)
        case Block():
            yield tuple(stage for branch in node.branches for row in _rows(branch.do) for stage in row)
        case Each(do=do):
            yield from _rows(do)
        case _:
            for child in node.nodes:
                yield from _rows(child)


def _near(rows: Sequence[tuple[Knot, ...]]) -> list[bool]:
    """Current slots with the one before and the one after; without a current one the last that is done, or the first."""
    current = [at for at, row in enumerate(rows) if any(knot.state in ("now", "late") for knot in row)]
    done = [at for at, row in enumerate(rows) if any(knot.state == "done" for knot in row)]
    middle = current or done[-1:] or [0]
    return [any(abs(at - other) <= 1 for other in middle) for at in range(len(rows))]
