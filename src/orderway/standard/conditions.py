"""The rule language: conditions and values over declared facts, in CEL syntax, typed, exact and three-valued.

`compile` says before a release whether a rule means anything; `Compiled.evaluate` says what it is worth for one order.
Never reads facts itself: the caller hands in a lookup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orderway.standard.document import NOWHERE, Expression, Fact, FactType, Mark, Standard
from orderway.standard.values import UNKNOWN, Unknown, Value

__all__ = [
    "UNKNOWN",
    "Compiled",
    "Explanation",
    "Lookup",
    "RuleError",
    "Scope",
    "Unknown",
    "Value",
    "compile",
    "explain",
    "scope_of",
    "unknown_facts",
    "with_defaults",
]

Lookup = Callable[[str], Value]


class RuleError(Exception):
    """The rule means nothing: `code` is stable, `message` says what to do, `offset` counts characters from 0 in `source`."""

    def __init__(self, code: str, message: str, offset: int, mark: Mark = NOWHERE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a rule may use.

    `facts`: declared name -> type. `tables`: table id -> type of ``table.ID`` (a role table is absent).
    `runs`: the word of each enclosing `each` -> the type of the list that it goes through (the word is one record of it).
    """

    facts: Mapping[str, FactType] = field(default_factory=dict)
    tables: Mapping[str, FactType] = field(default_factory=dict)
    runs: Mapping[str, FactType] = field(default_factory=dict)


def scope_of(standard: Standard, runs: Mapping[str, str] | None = None) -> Scope:
    """Everything that rules of this standard may use; `runs`: word -> list (``{"delivery": "order.deliveries"}``)."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule that type-checks.

    `type`: what it gives. `names`: the facts that it uses, list fields as ``order.lines.qty`` (with ``order.lines`` itself), fields of
    a run's record under its word (``delivery.lines.route``). `reads`: the names that the lookup is asked for (``order.lines``,
    ``delivery``). `tables`: ids of the tables it uses. `runs`: the run words that it uses.
    """

    source: str
    type: FactType
    names: tuple[str, ...]
    reads: tuple[str, ...]
    tables: tuple[str, ...]
    runs: tuple[str, ...]

    def evaluate(self, lookup: Lookup, table: Lookup | None = None) -> Value:
        """The value for one order, or UNKNOWN. `lookup` gives facts by declared name, `table` the outcome of a table by its id."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: a part of the rule as written, its value, and its own parts."""

    part: str
    value: Value
    children: tuple[Explanation, ...] = ()


def compile(source: str | Expression, scope: Scope, *, mark: Mark = NOWHERE) -> Compiled:
    """Check a rule and make it ready to evaluate. Raises `RuleError` for the first thing that means nothing."""
    raise NotImplementedError


def explain(compiled: Compiled, lookup: Lookup, table: Lookup | None = None) -> Explanation:
    """The value of the rule and of each of its parts."""
    raise NotImplementedError


def unknown_facts(compiled: Compiled, lookup: Lookup, table: Lookup | None = None) -> tuple[str, ...]:
    """The facts whose absence makes the rule UNKNOWN (``table.ID`` for a table); empty if its value is known."""
    raise NotImplementedError


def with_defaults(facts: Mapping[str, Fact], lookup: Lookup) -> Lookup:
    """The same lookup, with a fact's declared default in place of UNKNOWN."""
    raise NotImplementedError
