"""The rule language: conditions and values over declared facts, in CEL syntax, typed, exact and three-valued.

`compile` says before a release whether a rule means anything; `Compiled.evaluate` says what it is worth for one order.
Never reads facts itself: the caller hands in a lookup.

Meaning of the types: money, number and percent are exact decimals; 5 as a percentage means 5 %. ``money * percent`` and a quantity
times a percentage are the share (100 * 5 % is 5); a percentage times a number that stands in the rule stays a percentage. ``+ - *`` and
``%`` are exact, ``/`` gives 28 digits, half-even; division by zero has no value, so it is UNKNOWN. Texts are compared for equality only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from orderway.standard.conditions_evaluation import Explanation, Lookup, Part, Run
from orderway.standard.conditions_parser import parse_rule
from orderway.standard.conditions_scope import RuleError, Scope, scope_of, type_of_table
from orderway.standard.conditions_types import Checker
from orderway.standard.document import NOWHERE, Expression, Fact, FactType, Mark
from orderway.standard.values import UNKNOWN, Unknown, Value

# fmt: off
__all__ = [
    "UNKNOWN", "Compiled", "Explanation", "Lookup", "RuleError", "Scope", "Unknown", "Value", "compile", "explain", "scope_of",
    "type_of_table", "unknown_facts", "with_defaults",
]
# fmt: on


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
    part: Part

    def evaluate(self, lookup: Lookup, table: Lookup | None = None) -> Value:
        """The value for one order, or UNKNOWN. `lookup` gives facts by declared name, `table` the outcome of a table by its id."""
        return Run(lookup, table).value(self.part)


def compile(source: str | Expression, scope: Scope, *, mark: Mark = NOWHERE) -> Compiled:
    """Check a rule and make it ready to evaluate. Raises `RuleError` for the first thing that means nothing.

    `mark` is the place of its first character; an Expression brings its own.
    """
    text, start = (source.source, source.mark) if isinstance(source, Expression) else (source, mark)
    checker = Checker(text, scope)
    try:
        typed = checker.check(parse_rule(text))
    except RuleError as error:
        raise error.at(start) from None
    return Compiled(text, typed.type, tuple(checker.names), tuple(checker.reads), tuple(checker.tables), tuple(checker.runs), typed.part)


def explain(compiled: Compiled, lookup: Lookup, table: Lookup | None = None) -> Explanation:
    """The value of the rule and of each of its parts, those that did not matter included."""
    run = Run(lookup, table, tracing=True)
    run.value(compiled.part)
    assert run.trace, "a traced run leaves a trace"
    return run.trace[0]


def unknown_facts(compiled: Compiled, lookup: Lookup, table: Lookup | None = None) -> tuple[str, ...]:
    """The facts whose absence makes the rule UNKNOWN (``table.ID`` for a table); empty if its value is known."""
    return tuple(dict.fromkeys(_unknown(explain(compiled, lookup, table))))


def _unknown(explanation: Explanation) -> Iterator[str]:
    if explanation.value is not UNKNOWN:
        return
    if explanation.name:
        yield explanation.name
    for child in explanation.children:
        yield from _unknown(child)


def with_defaults(facts: Mapping[str, Fact], lookup: Lookup) -> Lookup:
    """The same lookup, with a fact's declared default in place of UNKNOWN."""

    def defaulted(name: str) -> Value:
        value = lookup(name)
        fact = facts.get(name)
        if value is not UNKNOWN or fact is None or not fact.has_default or fact.default is None:
            return value
        return date.fromisoformat(str(fact.default)) if fact.type.kind == "date" else fact.default

    return defaulted
