"""Examples of the rows of decision tables: values of the inputs by which exactly this row fires. Asks no question itself."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from orderway.standard.document import Stage
from orderway.standard.tables import CompiledTable, row_hit
from orderway.standard.tables_boxes import Box
from orderway.standard.tables_cells import Axis

TRIES = 60  # a row that rows above leave little of may need several
UNSAYABLE = frozenset({"any value", "any other text"})


@dataclass(frozen=True, slots=True)
class Combination:
    """One atom per axis, and (input as written, value) for every input that matters to the table."""

    atoms: Box
    values: tuple[tuple[str, str], ...]


def combination(compiled: CompiledTable, row: int, random: Random) -> Combination | None:
    """Values by which this row fires first, none below zero if that can be; None if none was found or one of them cannot be said."""
    below_zero = None
    for _ in range(TRIES):
        atoms = tuple(_one_of(mask, random) for mask in compiled.boxes[row])
        if row_hit(compiled, atoms) != row:
            continue
        said = [(source.source, axis, axis.example(atom)) for source, axis, atom in zip(compiled.inputs, compiled.axes, atoms, strict=True)]
        values = tuple((source, value) for source, axis, value in said if _matters(axis))
        if values and UNSAYABLE.isdisjoint(value for _, value in values):
            found = Combination(atoms, values)
            if not any(value.startswith("-") and " " not in source for source, value in values):
                return found
            below_zero = below_zero or found
    return below_zero


def table_ids(stage: Stage) -> list[str]:
    """The tables that the gate of a stage asks, in the order in which they are named."""
    if stage.gate is None:
        return []
    rules = [criterion.auto.source for criterion in stage.gate.criteria if criterion.auto]
    named = [word.partition("table.")[2] for rule in rules for word in rule.replace("(", " ").split() if word.startswith("table.")]
    return list(dict.fromkeys([*named, *([stage.gate.approve] if stage.gate.approve else [])]))


def _one_of(mask: int, random: Random) -> int:
    return 1 << random.choice([atom for atom in range(mask.bit_length()) if mask >> atom & 1])


def _matters(axis: Axis) -> bool:
    return axis.size > 1
