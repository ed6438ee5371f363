"""The questions that the engine asks about one order, and their answers from facts that are handed in.

Asks each fact at most once, remembers what it read so that the journal can freeze it, and never reads anything by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from orderway.engine.case import Path
from orderway.engine.move import Json
from orderway.engine.program import Program, Rule
from orderway.standard.values import Unknown, Value

Facts = Callable[[str], Value]


class Answers(Protocol):
    """What the engine may ask."""

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        """Whether a condition holds for the run at `path`."""

    def keys(self, list_name: str, words: tuple[tuple[str, str], ...], path: Path) -> tuple[str, ...] | Unknown:
        """The numbers of the records of a list, in its order; UNKNOWN if the list is not known."""

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        """The roles that a table names, in order."""

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        """The facts whose absence leaves the condition open."""

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        """The facts whose absence leaves the table open."""

    def explanation(self, rule: Rule, path: Path) -> str:
        """The condition with the values of its parts, for the clerk."""

    def frozen(self) -> Mapping[str, Json]:
        """Everything that was read, as JSON; `from_frozen` answers from it again."""


class FactAnswers:
    """Answers from a function that gives the value of a declared fact, or UNKNOWN; list facts are tuples of mappings.

    Inside an `each` the word of the run is the record of its list whose ``number`` is the run's key.
    """

    def __init__(self, program: Program, facts: Facts) -> None:
        raise NotImplementedError

    @classmethod
    def from_frozen(cls, program: Program, frozen: Mapping[str, Json]) -> FactAnswers:
        """Answers from the facts that a journal entry froze."""
        raise NotImplementedError
