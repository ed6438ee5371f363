"""Decision tables in DMN notation: which row applies to an order, and whether the rows leave a gap, overlap or can never fire."""

from __future__ import annotations

from dataclasses import dataclass

from orderway.standard.conditions import Compiled, Lookup, Scope
from orderway.standard.document import Table
from orderway.standard.problems import Problem
from orderway.standard.values import UNKNOWN, Unknown, Value


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says of one order.

    `row` counts from 0 and is None when several rows are possible or none is hit. `output` is UNKNOWN when the rows that are still
    possible differ, else as in `Row.output` (role ids in order of signing). `value` is the same for conditions (text, number, bool).
    `inputs`: each input as written and its value. `missing`: the facts whose absence keeps the output unknown.
    """

    row: int | None
    output: tuple[str, ...] | Unknown
    value: Value
    inputs: tuple[tuple[str, Value], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table whose inputs and cells type-check."""

    table: Table
    inputs: tuple[Compiled, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that the inputs use, as `Compiled.names`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class TableReading:
    """The compiled table if everything in it means something, and the problems if not (codes: table-input, table-cell, table-output)."""

    compiled: CompiledTable | None
    problems: tuple[Problem, ...]


def compile_table(table: Table, scope: Scope) -> TableReading:
    """Check inputs, cells and outputs against the types. An input may use facts, not other tables and not a run's record."""
    raise NotImplementedError


def decide(compiled: CompiledTable, lookup: Lookup) -> Decision:
    """The row for one order. An unknown input gives UNKNOWN unless every row that is still possible says the same."""
    raise NotImplementedError


def problems(compiled: CompiledTable) -> tuple[Problem, ...]:
    """Gaps, overlaps of a `unique` table and rows that can never fire, each with a concrete combination.

    Codes: table-gap, table-overlap, table-dead-row, table-too-complex.
    """
    return (Problem("table-gap", compiled.table.mark, str(UNKNOWN)),)
