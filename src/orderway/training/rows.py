"""Examples of the rows of decision tables: facts of an order by which exactly this row fires. Asks no question itself.

Facts are chosen, not inputs: inputs such as ``credit_left - total`` hang together, and an example must be able to happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from orderway.standard.document import Stage, Standard
from orderway.standard.tables import CompiledTable, decide
from orderway.standard.tables_cells import ORDERED
from orderway.standard.values import Value

TRIES = 250
AMOUNTS = tuple(Decimal(amount) for amount in (0, 1_000, 9_800, 10_000, 20_000, 49_000, 50_000, 100_000))
"""Values of facts that stand in sums only: round ones, and some a little below them, as tolerances are a few percent."""

Example = Mapping[str, Value]


def examples(standard: Standard, compiled: CompiledTable, random: Random) -> dict[int, Example]:
    """Per row, facts by which it fires; rows for which none were found are missing."""
    possible = {name: _values(standard, compiled, name) for name in compiled.reads}
    found: dict[int, Example] = {}
    if not possible or not all(possible.values()):
        return found
    for _ in range(TRIES):
        facts: Example = {name: random.choice(values) for name, values in possible.items()}
        row = decide(compiled, facts.__getitem__).row
        if row is not None and row not in found:
            found[row] = facts
            if len(found) == len(compiled.table.rows):
                break
    return found


def table_ids(stage: Stage) -> list[str]:
    """The tables that the gate of a stage asks, in the order in which they are named."""
    if stage.gate is None:
        return []
    rules = [criterion.auto.source for criterion in stage.gate.criteria if criterion.auto]
    named = [word.partition("table.")[2] for rule in rules for word in rule.replace("(", " ").split() if word.startswith("table.")]
    return list(dict.fromkeys([*named, *([stage.gate.approve] if stage.gate.approve else [])]))


def _values(standard: Standard, compiled: CompiledTable, name: str) -> Sequence[Value]:
    """Values of a fact that are worth asking about: on both sides of every limit that the table names; none if it cannot be said."""
    declared = standard.facts.get(name)
    if declared is None:
        return ()
    if declared.type.kind == "bool":
        return (True, False)
    if declared.type.kind not in ORDERED or declared.type.kind == "date":
        return declared.type.choices
    axes = [axis for source, axis in zip(compiled.inputs, compiled.axes, strict=True) if source.source == name]
    points = [point for axis in axes for point in axis.points if isinstance(point, Decimal)]
    around = {point + step for point in points for step in (-1, 0, 1)}
    return sorted(value for value in around if value >= 0 or min(points) < 0) or AMOUNTS
