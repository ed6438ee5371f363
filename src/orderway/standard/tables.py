"""Decision tables in DMN notation: which row applies to an order, and whether the rows leave a gap, overlap or can never fire.

Each input is one axis, an expression such as ``customer.credit_left - order.total`` too: inputs that hang together are proven as if they
did not, so a gap may name a combination that cannot happen. Numbers lie on the whole line, below zero too. Never reads facts itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orderway.standard.conditions import Compiled, Lookup, RuleError, Scope, compile, unknown_facts
from orderway.standard.document import Row, Table
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence
from orderway.standard.tables_boxes import Box, TooComplex, cover, intersection
from orderway.standard.tables_cells import Axis, Cell, CellError, read_cell
from orderway.standard.values import UNKNOWN, Unknown, Value

MAX_ROWS = 500  # a unique table compares every two rows


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
    """A table whose inputs and cells type-check. `boxes`: per row the atoms that each cell lets through."""

    table: Table
    inputs: tuple[Compiled, ...]
    axes: tuple[Axis, ...]
    boxes: tuple[Box, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that the inputs use, as `Compiled.names`."""
        return tuple(dict.fromkeys(name for compiled in self.inputs for name in compiled.names))

    @property
    def reads(self) -> tuple[str, ...]:
        """The names that the lookup is asked for, as `Compiled.reads`."""
        return tuple(dict.fromkeys(name for compiled in self.inputs for name in compiled.reads))


@dataclass(frozen=True, slots=True)
class TableReading:
    """The compiled table if everything in it means something, and the problems if not (codes: table-input, table-cell, table-output)."""

    compiled: CompiledTable | None
    problems: tuple[Problem, ...]


# --- reading --------------------------------------------------------------------------------------------------------


def compile_table(table: Table, scope: Scope) -> TableReading:
    """Check inputs, cells and outputs against the types. An input may use facts, not other tables and not a run's record."""
    found: list[Problem] = []
    if not table.rows or len(table.rows) > MAX_ROWS:
        found.append(
            Problem(
                "table-rows",
                table.mark,
                Sentence("Table '{table}' needs 1 to {most} rows; it has {count}.", table=table.id, most=MAX_ROWS, count=len(table.rows)),
            )
        )
    found += [problem for row in table.rows if (problem := _output_problem(table, row))]
    inputs = tuple(_inputs(table, Scope(facts=scope.facts), found))
    if len(inputs) < len(table.inputs):
        return TableReading(None, tuple(found))
    columns = tuple(tuple(_column(table, number, compiled, found)) for number, compiled in enumerate(inputs))
    if found:
        return TableReading(None, tuple(found))
    axes = tuple(Axis(compiled.type, column) for compiled, column in zip(inputs, columns, strict=True))
    boxes = tuple(tuple(axis.mask(column[number]) for axis, column in zip(axes, columns, strict=True)) for number in range(len(table.rows)))
    return TableReading(CompiledTable(table, inputs, axes, boxes), ())


def _inputs(table: Table, scope: Scope, found: list[Problem]) -> Iterator[Compiled]:
    for expression in table.inputs:
        try:
            compiled = compile(expression, scope)
        except RuleError as error:
            found.append(
                Problem(
                    "table-input",
                    error.mark,
                    Sentence(
                        "Input '{source}' of table '{table}': {reason}", source=expression.source, table=table.id, reason=error.sentence
                    ),
                )
            )
            continue
        if compiled.type.kind == "list":
            said = Sentence(
                "Input '{source}' of table '{table}' is a list. Ask something about it, such as .size().",
                source=expression.source,
                table=table.id,
            )
            found.append(Problem("table-input", expression.mark, said))
            continue
        yield compiled


def _column(table: Table, number: int, compiled: Compiled, found: list[Problem]) -> Iterator[Cell]:
    for row in table.rows:
        try:
            yield read_cell(row.tests[number], compiled.type)
        except CellError as error:
            said = Sentence(
                "Cell '{cell}' under '{source}' in table '{table}' means nothing: {reason}",
                cell=row.tests[number],
                source=compiled.source,
                table=table.id,
                reason=error.sentence,
            )
            found.append(Problem("table-cell", row.mark, said))


def _output_problem(table: Table, row: Row) -> Problem | None:
    said = row.output[0] if row.output else ""
    if table.output == "bool" and said not in ("true", "false"):
        return Problem(
            "table-output", row.mark, Sentence("'{said}' in table '{table}' is neither true nor false.", said=said, table=table.id)
        )
    if table.output == "number" and not _is_number(said):
        return Problem("table-output", row.mark, Sentence("'{said}' in table '{table}' is no number.", said=said, table=table.id))
    return None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


# --- deciding -------------------------------------------------------------------------------------------------------


def decide(compiled: CompiledTable, lookup: Lookup) -> Decision:
    """The row for one order. An unknown input gives UNKNOWN unless every row that is still possible says the same."""
    values = tuple(expression.evaluate(lookup) for expression in compiled.inputs)
    inputs = tuple((expression.source, value) for expression, value in zip(compiled.inputs, values, strict=True))
    box = tuple(_atoms(axis, value) for axis, value in zip(compiled.axes, values, strict=True))
    rows, complete = _possible(compiled, box)
    outputs = {compiled.table.rows[row].output for row in rows}
    if len(outputs) == 1 and complete:
        output = outputs.pop()
        return Decision(rows[0] if len(rows) == 1 else None, output, worth(compiled.table, output), inputs)
    missing = tuple(dict.fromkeys(name for expression in compiled.inputs for name in unknown_facts(expression, lookup)))
    return Decision(None, UNKNOWN, UNKNOWN, inputs, missing)


def _atoms(axis: Axis, value: Value) -> int:
    if value is UNKNOWN:
        return axis.everything
    assert not isinstance(value, tuple), "an input is no list"
    return axis.atom(value)  # type: ignore[arg-type]  # nor is it a record: no name of the language stands for one


def _possible(compiled: CompiledTable, box: Box) -> tuple[tuple[int, ...], bool]:
    """The rows that an order in this box may hit, and whether it hits one in any case."""
    try:
        found = cover(box, compiled.boxes)
    except TooComplex:
        return (), False
    return found.reached, not found.left and all(box)


def row_hit(compiled: CompiledTable, atoms: Box) -> int | None:
    """The row that an order with one known value on each axis hits first; None for a gap."""
    return next((row for row, box in enumerate(compiled.boxes) if all(mask & atom for mask, atom in zip(box, atoms, strict=True))), None)


def worth(table: Table, output: tuple[str, ...]) -> Value:
    """What an output is to conditions: text, number or yes and no."""
    if table.output == "number":
        return Decimal(output[0])
    if table.output == "bool":
        return output[0] == "true"
    return ", ".join(output)


# --- proving --------------------------------------------------------------------------------------------------------


def problems(compiled: CompiledTable) -> tuple[Problem, ...]:
    """Gaps, overlaps of a `unique` table and rows that can never fire, each with a concrete combination.

    Codes: table-gap, table-overlap, table-dead-row, table-too-complex.
    """
    table = compiled.table
    try:
        found = cover(tuple(axis.everything for axis in compiled.axes), compiled.boxes)
    except TooComplex:
        said = Sentence("Table '{table}' is too intricate to prove complete. Split it, or use '-' in more cells.", table=table.id)
        return (Problem("table-too-complex", table.mark, said),)
    return (
        *_gaps(compiled, found.left),
        *(_overlaps(compiled) if table.hit == "unique" else _dead(compiled, found.reached)),
    )


def _combination(compiled: CompiledTable, box: Box) -> tuple[Sentence, ...]:
    named = zip(compiled.inputs, compiled.axes, box, strict=True)
    return tuple(Sentence("{input} = {value}", input=expression.source, value=axis.example(mask)) for expression, axis, mask in named)


def _gaps(compiled: CompiledTable, left: tuple[Box, ...]) -> Iterator[Problem]:
    if left:
        said = Sentence(
            "Table '{table}' has no row for {combination}. Add one, for example a last row of '-'.",
            table=compiled.table.id,
            combination=_combination(compiled, left[0]),
        )
        yield Problem("table-gap", compiled.table.mark, said)


def _dead(compiled: CompiledTable, reached: tuple[int, ...]) -> Iterator[Problem]:
    for number, row in enumerate(compiled.table.rows):
        if number not in reached:
            said = Sentence(
                "Row {number} of table '{table}' can never fire: rows above take all of its cases. Remove or move it up.",
                number=number + 1,
                table=compiled.table.id,
            )
            yield Problem("table-dead-row", row.mark, said)


def _overlaps(compiled: CompiledTable) -> Iterator[Problem]:
    """The first row above that shares a case, for each row."""
    for number, row in enumerate(compiled.table.rows):
        for above in range(number):
            shared = intersection(compiled.boxes[above], compiled.boxes[number])
            if shared:
                said = Sentence(
                    "Rows {above} and {number} of table '{table}' both hit {combination}.",
                    above=above + 1,
                    number=number + 1,
                    table=compiled.table.id,
                    combination=_combination(compiled, shared),
                )
                yield Problem("table-overlap", row.mark, Sentence("{said} Narrow one, or use 'hit: first'.", said=said))
                break
