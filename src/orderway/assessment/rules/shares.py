"""Shares of one person's tasks with n and interval, and what colleagues reach with the same mix of work. Pure arithmetic on arrays.

Nothing below `FEWEST` tasks has a number: such a share does not leave this module.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 20  # tasks, below which nothing is shown (INSIGHT, People)
FEWEST_OTHERS = 2  # people: a comparison with one would show that one's figure
ENOUGH_IN_CELL = 5  # tasks of others of the same stage and kind of order; below, their whole stage is taken
Z95 = 1.959963984540054
BUSY_PERCENT = 90  # of the tasks of a stage come to people who have no more than that lying with them

Verdict = Literal["better", "same", "worse", "alone", "too_few"]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n` tasks, with Wilson's 95 % interval; shares from 0 to 1. Empty numbers where there are too few."""

    n: int
    hits: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def shown(self) -> bool:
        """Whether there are enough tasks to say anything."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What colleagues reach with the mix of these tasks: `expected` of `n` comparable ones, and the interval of the difference to it.

    `alone`: hardly anybody else does this work. The verdict is "same" where the interval holds 0.
    """

    verdict: Verdict
    n: int = 0
    others: int = 0
    own: float | None = None
    expected: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """Per task: whose it is, which cell (stage and kind of order), which stage, and whether it hit. All of the same length."""

    person: Numbers
    cell: Numbers
    stage: Numbers
    hit: Flags


def share(hits: int, n: int) -> Share:
    """The share with its interval; without numbers below `FEWEST`."""
    if n < FEWEST:
        return Share(n)
    low, high = wilson(hits / n, n)
    return Share(n, hits, hits / n, low, high)


def wilson(value: float, n: float) -> tuple[float, float]:
    """Wilson's interval of a share of n."""
    square = Z95 * Z95
    middle = (value + square / (2 * n)) / (1 + square / n)
    half = Z95 * math.sqrt(value * (1 - value) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Table:
    """Tasks and hits summed: rows are (person, cell) pairs that occur. `people_of`: how many people a cell has."""

    person: Numbers
    cell: Numbers
    stage: Numbers
    n: Numbers
    hits: Numbers


def summed(cells: Cells) -> Table:
    """One row per person and cell."""
    if not len(cells.person):
        empty = np.zeros(0, dtype=np.int64)
        return Table(empty, empty, empty, empty, empty)
    width = int(cells.cell.max()) + 1
    pairs, first, which = np.unique(cells.person * width + cells.cell, return_index=True, return_inverse=True)
    n = np.bincount(which, minlength=len(pairs))
    hits = np.bincount(which, weights=cells.hit, minlength=len(pairs)).astype(np.int64)
    return Table(pairs // width, pairs % width, cells.stage[first], n, hits)


def compared(table: Table, people: Sequence[int]) -> dict[int, Comparison]:
    """Each person beside what the others reach with the same mix: stage and kind of order where they have enough, else the stage."""
    by_cell, by_stage = _totals(table.cell, table), _totals(table.stage, table)
    return {person: _compared(table, person, by_cell, by_stage) for person in people}


def _totals(keys: Numbers, table: Table) -> tuple[Numbers, Numbers]:
    length = int(keys.max()) + 1 if len(keys) else 0
    n = np.bincount(keys, weights=table.n, minlength=length).astype(np.int64)
    return n, np.bincount(keys, weights=table.hits, minlength=length).astype(np.int64)


def _compared(table: Table, person: int, by_cell: tuple[Numbers, Numbers], by_stage: tuple[Numbers, Numbers]) -> Comparison:
    mine = table.person == person
    own_n, own_hits = table.n[mine], table.hits[mine]
    if own_n.sum() < FEWEST:
        return Comparison("too_few")
    n, hits = by_cell[0][table.cell[mine]] - own_n, by_cell[1][table.cell[mine]] - own_hits
    stages = table.stage[mine]
    own_stage = _totals(stages, Table(table.person[mine], table.cell[mine], stages, own_n, own_hits))
    whole_n, whole_hits = by_stage[0][stages] - own_stage[0][stages], by_stage[1][stages] - own_stage[1][stages]
    narrow = n >= ENOUGH_IN_CELL
    n, hits = np.where(narrow, n, whole_n), np.where(narrow, hits, whole_hits)
    usable = n >= ENOUGH_IN_CELL
    others = _others(table, person, table.cell[mine][usable & narrow], stages[usable & ~narrow])
    if others < FEWEST_OTHERS:
        return Comparison("alone", int(own_n[usable].sum()), others)
    if own_n[usable].sum() < FEWEST or n[usable].sum() < FEWEST:
        return Comparison("too_few", int(own_n[usable].sum()), others)
    return _beside(own_n[usable], own_hits[usable], n[usable], hits[usable], np.where(narrow, 0, stages + 1)[usable], others)


def _others(table: Table, person: int, cells: Numbers, stages: Numbers) -> int:
    alike = _marked(cells, table.cell) | _marked(stages, table.stage)
    return int(np.count_nonzero(np.bincount(table.person[alike & (table.person != person)])))


def _marked(wanted: Numbers, values: Numbers) -> Flags:
    """Which values are among those wanted; by place, as sorting for every person took most of the time of 500."""
    marks = np.zeros(int(values.max()) + 1, dtype=bool)
    marks[wanted] = True
    return marks[values]


def _beside(own_n: Numbers, own_hits: Numbers, n: Numbers, hits: Numbers, pool: Numbers, others: int) -> Comparison:
    """`pool`: 0 for a cell of its own, else the stage that several cells share, whose chance errors are therefore the same."""
    total = int(own_n.sum())
    weights, rates = own_n / total, hits / n
    expected = float((weights * rates).sum())
    smooth = (hits + 0.5) / (n + 1)  # a cell in which nobody ever failed is not certain
    spread = smooth * (1 - smooth) / n
    variance = float((weights**2 * spread)[pool == 0].sum())
    for one in np.unique(pool[pool > 0]):
        at = pool == one
        variance += float(weights[at].sum() ** 2 * spread[at][0])
    own = float(own_hits.sum() / total)
    low, high = _difference(own, wilson(own, total), expected, variance)
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "same"
    return Comparison(verdict, total, others, own, expected, own - expected, low, high)


def _difference(own: float, interval: tuple[float, float], expected: float, variance: float) -> tuple[float, float]:
    """Newcombe's square-and-add interval (1998, method 10) of own less expected; the expected share has the n that its variance says."""
    middle = min(max(expected, 0.005), 0.995)
    low, high = wilson(expected, middle * (1 - middle) / variance)
    below = math.sqrt((own - interval[0]) ** 2 + (high - expected) ** 2)
    above = math.sqrt((interval[1] - own) ** 2 + (expected - low) ** 2)
    return own - expected - below, own - expected + above


# --- overload ---------------------------------------------------------------------------------------------------------------


def lying(person: Numbers, stage: Numbers, came: Numbers, done: Numbers) -> Numbers:
    """How many other tasks of the same stage lay with the same person when each came, all at once."""
    if not len(person):
        return np.zeros(0, dtype=np.int64)
    _, desk = np.unique(person * (int(stage.max()) + 1) + stage, return_inverse=True)
    start = int(min(came.min(), done.min()))
    span = int(max(came.max(), done.max())) - start + 2
    begun, ended = np.sort(desk * span + came - start), np.sort(desk * span + done - start)
    here = desk * span + came - start
    before = np.searchsorted(begun, here, side="right")  # itself among them, and what came in the same minute
    gone = np.searchsorted(ended, here, side="right")
    itself = (done > came).astype(np.int64)
    return np.asarray(before - gone - itself, dtype=np.int64)


def overloaded(person: Numbers, stage: Numbers, came: Numbers, done: Numbers) -> Flags:
    """Tasks that came when more lay there than at nine of ten tasks of this stage; never in a stage with fewer than `FEWEST`."""
    waiting = lying(person, stage, came, done)
    found = np.zeros(len(waiting), dtype=bool)
    if not len(waiting):
        return found
    order = np.lexsort((waiting, stage))
    starts = np.flatnonzero(np.diff(stage[order], prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(order)], strict=True):
        if last - first >= FEWEST:
            usual = waiting[order[first + (last - first - 1) * BUSY_PERCENT // 100]]
            found[order[first:last]] = waiting[order[first:last]] > usual
    return found
