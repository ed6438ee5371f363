"""Why a rule came out as it did, in parts that a page can show: each condition, the facts in it, the row of a table that fired.

Built only when somebody asks; nothing that decides reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orderway.standard.conditions import Explanation
from orderway.standard.remedies import Remedy
from orderway.standard.tables import Decision
from orderway.standard.values import UNKNOWN, Unknown, Value

SHOWN_RECORDS = 5  # of a list; the others decide the same and would only hide them


@dataclass(frozen=True, slots=True)
class FactSeen:
    """A fact, or a table's outcome as ``table.ID``, and what it was worth."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One condition of a rule as written, whether it holds, and the facts in it. `record`: of which record of a list, from 1."""

    text: str
    holds: bool | Unknown
    facts: tuple[FactSeen, ...]
    record: int = 0


@dataclass(frozen=True, slots=True)
class Fired:
    """What a decision table said and by which row."""

    table: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Why:
    """A rule with everything that made it true, false or unknown. `remedies`: what would make it hold."""

    rule: str
    parts: tuple[PartSeen, ...]
    tables: tuple[Fired, ...]
    remedies: tuple[Remedy, ...]


def parts_of(explanation: Explanation, record: int = 0) -> Iterator[PartSeen]:
    """The smallest conditions of a rule, in the order in which they are written; of a list the records that decided it."""
    record = explanation.record or record
    records = [child for child in explanation.children if child.record and child.value is explanation.value]
    inner = records[:SHOWN_RECORDS] or (explanation.children if explanation.joins else ())
    for child in inner:
        yield from parts_of(child, record)
    if not inner:
        facts = tuple(FactSeen(leaf.name, leaf.value) for leaf in _leaves(explanation) if _worth_showing(leaf))
        holds = explanation.value if isinstance(explanation.value, bool) else UNKNOWN
        yield PartSeen(explanation.part, holds, facts, record)


def _leaves(explanation: Explanation) -> Iterator[Explanation]:
    if not explanation.children:
        yield explanation
    for child in explanation.children:
        yield from _leaves(child)


def _worth_showing(leaf: Explanation) -> bool:
    """A constant says nothing new, a whole list or record too much."""
    return bool(leaf.name) and (not isinstance(leaf.value, tuple | Mapping))
