"""What a checked rule is worth: exact Decimal arithmetic and three-valued logic. Never checks a type; `conditions_types` has done that.

An unknown part makes the whole unknown unless the other parts decide it alone (Kleene): ``true || unknown`` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, DecimalException, DivisionByZero, Inexact, InvalidOperation, Overflow
from operator import eq, ge, gt, le, lt, ne
from typing import Any, ClassVar

from orderway.standard.conditions_scope import RuleError
from orderway.standard.sentences import Sentence
from orderway.standard.values import UNKNOWN, Record, Unknown, Value

MAX_STEPS = 1_000_000  # parts visited in one evaluation: 1,000 order lines times 1,000 parts
_SIGNALS = [DivisionByZero, InvalidOperation, Overflow]
_EXACT = Context(prec=10_000, traps=[*_SIGNALS, Inexact])  # 200 parts of 40 digits multiplied have 8,000
_QUOTIENT = Context(prec=28, traps=_SIGNALS)  # a quotient need not end: half-even at 28 digits, the decimal default
_PERCENT = Decimal("0.01")

Lookup = Callable[[str], Value]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_COMPUTE: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": _QUOTIENT.divide,
    "%": _EXACT.remainder,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: a part of the rule as written, its value, and its own parts."""

    part: str
    value: Value
    children: tuple[Explanation, ...] = ()
    name: str = ""
    """The fact or table (``table.ID``) that this part reads, if it reads one."""
    record: int = 0
    """Which record of a list this part is about, from 1; 0 for parts that are about none."""
    joins: bool = False
    """Whether it only joins what its own parts say: yes and no of several conditions."""


class Run:
    """One evaluation: where facts and tables come from, what records the words stand for, and the trace if one is wanted."""

    __slots__ = ("bound", "facts", "lookup", "steps", "table", "trace")

    def __init__(self, lookup: Lookup, table: Lookup | None, *, tracing: bool = False) -> None:
        self.lookup = lookup
        self.table = table
        self.bound: dict[str, Record] = {}
        self.facts: dict[str, Value] = {}
        self.steps = 0
        self.trace: list[Explanation] | None = [] if tracing else None

    def value(self, part: Part) -> Value:
        """The value of a part; traced if a trace is wanted."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RuleError(
                "too-much-work", Sentence("The rule visits more than {most:,} parts. Ask about one list at a time.", most=MAX_STEPS), 0
            )
        if self.trace is None:
            return part.evaluate(self)
        outer, self.trace = self.trace, []
        value = part.evaluate(self)
        outer.append(Explanation(part.text, value, tuple(self.trace), part.reads, joins=part.joins))
        self.trace = outer
        return value

    def fact(self, name: str) -> Value:
        """The value of a declared fact; asked for once, so that a rule never sees two values of the same fact."""
        if name not in self.facts:
            self.facts[name] = self.lookup(name)
        return self.facts[name]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a checked rule: as written, and how it is evaluated. `reads` is the fact or table that it reads itself."""

    text: str
    joins: ClassVar[bool] = False

    @property
    def reads(self) -> str:
        """The fact or table that this part reads itself; empty for all others."""
        return ""

    def evaluate(self, run: Run) -> Value:
        """The value for this run."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Constant(Part):
    """A value that stands in the rule."""

    value: Decimal | str | bool | date

    def evaluate(self, run: Run) -> Value:
        """Itself."""
        return self.value


@dataclass(frozen=True, slots=True)
class FactValue(Part):
    """A declared fact."""

    name: str

    @property
    def reads(self) -> str:
        """The fact."""
        return self.name

    def evaluate(self, run: Run) -> Value:
        """What the lookup says."""
        return run.fact(self.name)


@dataclass(frozen=True, slots=True)
class TableValue(Part):
    """The outcome of a decision table."""

    table: str

    @property
    def reads(self) -> str:
        """The table, as rules write it."""
        return f"table.{self.table}"

    def evaluate(self, run: Run) -> Value:
        """What the caller's table lookup says; unknown if there is none."""
        return run.table(self.table) if run.table else UNKNOWN


@dataclass(frozen=True, slots=True)
class FieldValue(Part):
    """A field of the record that a word stands for: the item of an `all` or `exists`, or the run's own record."""

    word: str
    field: str
    name: str
    of_run: bool

    @property
    def reads(self) -> str:
        """The field under the name of its list."""
        return self.name

    def evaluate(self, run: Run) -> Value:
        """The field; unknown if the record does not have it (yet)."""
        record = run.fact(self.word) if self.of_run else run.bound[self.word]
        if record is UNKNOWN:
            return UNKNOWN
        assert not isinstance(record, Decimal | str | bool | date | tuple), f"{self.word} is no record"
        return record.get(self.field, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Not(Part):
    """Yes becomes no."""

    operand: Part

    def evaluate(self, run: Run) -> Value:
        """Unknown stays unknown."""
        value = run.value(self.operand)
        return UNKNOWN if value is UNKNOWN else not value


@dataclass(frozen=True, slots=True)
class Negative(Part):
    """A number with the other sign."""

    operand: Part

    def evaluate(self, run: Run) -> Value:
        """Exact."""
        return _computed("-", Decimal(0), run.value(self.operand))


@dataclass(frozen=True, slots=True)
class Logic(Part):
    """``&&`` or ``||`` over several parts."""

    joins: ClassVar[bool] = True
    decisive: bool
    parts: tuple[Part, ...]

    def evaluate(self, run: Run) -> Value:
        """The first decisive part settles it, whatever is unknown; a trace visits all parts."""
        return _joined(run, self.decisive, (run.value(part) for part in self.parts))


@dataclass(frozen=True, slots=True)
class Arithmetic(Part):
    """Operations from left to right. `share`: the product of an amount and a percentage, so 100 * 5 % is 5."""

    first: Part
    rest: tuple[tuple[str, Part, bool], ...]

    def evaluate(self, run: Run) -> Value:
        """Unknown if an operand is, or if there is no such number (division by zero)."""
        value = run.value(self.first)
        for operator, operand, share in self.rest:
            value = _computed(operator, value, run.value(operand))
            if share:
                value = _computed("*", value, _PERCENT)
        return value


@dataclass(frozen=True, slots=True)
class Comparison(Part):
    """Two values of types that may be compared."""

    operator: str
    left: Part
    right: Part

    def evaluate(self, run: Run) -> Value:
        """Unknown if one side is."""
        return compared(self.operator, run.value(self.left), run.value(self.right))


@dataclass(frozen=True, slots=True)
class Among(Part):
    """Whether a value equals one of several."""

    value: Part
    options: tuple[Part, ...]

    def evaluate(self, run: Run) -> Value:
        """True if one is equal; unknown if none is but one is unknown."""
        value = run.value(self.value)
        return _joined(run, True, (compared("==", value, run.value(option)) for option in self.options))


@dataclass(frozen=True, slots=True)
class Choice(Part):
    """One of two values by a condition."""

    joins: ClassVar[bool] = True
    condition: Part
    then: Part
    otherwise: Part

    def evaluate(self, run: Run) -> Value:
        """With an unknown condition the value is known only if both are the same."""
        condition = run.value(self.condition)
        if condition is UNKNOWN:
            then, otherwise = run.value(self.then), run.value(self.otherwise)
            return then if then == otherwise else UNKNOWN
        return run.value(self.then if condition else self.otherwise)


@dataclass(frozen=True, slots=True)
class Quantifier(Part):
    """``list.all(word, condition)`` (decisive: false) or ``list.exists(word, condition)`` (decisive: true)."""

    decisive: bool
    items: Part
    word: str
    condition: Part

    def evaluate(self, run: Run) -> Value:
        """Over an empty list `all` is true and `exists` is false; over an unknown list both are unknown."""
        items = run.value(self.items)
        if items is UNKNOWN:
            return UNKNOWN
        assert isinstance(items, tuple), f"{self.items.text} is no list"
        return _joined(run, self.decisive, (self._one(run, number, record) for number, record in enumerate(items, start=1)))

    def _one(self, run: Run, number: int, record: Record) -> Value:
        run.bound[self.word] = record
        if run.trace is None:
            return run.value(self.condition)
        outer, run.trace = run.trace, []
        value = run.value(self.condition)
        outer.append(Explanation(f"{self.items.text} {number}", value, tuple(run.trace), record=number, joins=True))
        run.trace = outer
        return value


@dataclass(frozen=True, slots=True)
class Size(Part):
    """How many records a list has."""

    items: Part

    def evaluate(self, run: Run) -> Value:
        """Unknown for an unknown list."""
        items = run.value(self.items)
        if items is UNKNOWN:
            return UNKNOWN
        assert isinstance(items, tuple), f"{self.items.text} is no list"
        return Decimal(len(items))


def _joined(run: Run, decisive: bool, values: Iterator[Value]) -> bool | Unknown:
    unknown = decided = False
    for value in values:
        if value is decisive:
            decided = True
            if run.trace is None:
                break
        elif value is UNKNOWN:
            unknown = True
    if decided:
        return decisive
    return UNKNOWN if unknown else not decisive


def compared(operator: str, left: Value, right: Value) -> bool | Unknown:
    """Whether two values of comparable types stand so; unknown if one is."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    return _COMPARE[operator](left, right)


def _computed(operator: str, left: Value, right: Value) -> Decimal | Unknown:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    assert isinstance(left, Decimal), f"{left!r} is no number"
    assert isinstance(right, Decimal), f"{right!r} is no number"
    try:
        return _COMPUTE[operator](left, right)
    except DecimalException:
        return UNKNOWN
