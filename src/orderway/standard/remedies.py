"""What would change a rule: the facts that would have to be otherwise, and from which value on, for it to hold (or not to hold).

Computed from the rule itself, never by trial: a comparison is solved for each fact in it, a table is searched along its inputs. Whatever
is found is put into the rule again, and only what then gives the wanted answer is said. Never looks a fact up by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import cache
from itertools import islice, product
from typing import Literal

from orderway.standard import conditions_evaluation as parts
from orderway.standard.conditions import Compiled
from orderway.standard.conditions_evaluation import Lookup, Part, Run
from orderway.standard.tables import CompiledTable, decide, row_hit, worth
from orderway.standard.tables_cells import Axis
from orderway.standard.values import UNKNOWN, Record, Value

Operator = Literal["<", "<=", ">", ">=", "==", "!=", "in", "not in"]
Plain = Decimal | str | bool | object

AT_MOST = 4  # ways that are told of one rule; more is no help
MAX_TOGETHER = 5  # facts that would have to change at the same time; beyond that nobody can do anything with it
MAX_TRIED = 24  # combinations that are put into the rule again

INVERSE: Mapping[str, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MIRRORED: Mapping[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
CENT = Decimal("0.01")
DIGITS = Context(prec=18)  # of the 28 that a quotient has: the last ones are noise
ALIKE = Decimal("1e-20")
ANOTHER = "\0"  # stands for any text that no rule names
KEPT_PLACES = 6  # of an exact threshold; a quotient with more is rounded to cents, to the side that holds


@dataclass(frozen=True, slots=True)
class Need:
    """One fact that would have to be otherwise: `fact` `operator` `values` (several only for in and not in).

    `record`: which record of a list, from 1; 0 where the fact is no field of a list. `supposed` is a value that does it.
    """

    fact: str
    operator: Operator
    values: tuple[Plain, ...]
    record: int
    supposed: Value = field(compare=False)
    leaf: Part = field(compare=False, repr=False)
    within: Record | None = field(compare=False, repr=False, default=None)


Remedy = tuple[Need, ...]
Leaf = parts.FactValue | parts.FieldValue


def remedies(compiled: Compiled, lookup: Lookup, tables: Mapping[str, CompiledTable], *, wanted: bool = True) -> tuple[Remedy, ...]:
    """Ways to make the rule give `wanted`, the simplest first; each is all that has to change together.

    Empty if it does already, if it is unknown, or if no change of single facts would do.
    """
    world = _World(cache(lookup), tables)
    if world.value(compiled.part) is not (not wanted):
        return ()
    found = dict.fromkeys(remedy for remedy in islice(_ways(world, compiled.part, wanted), MAX_TRIED) if len(remedy) <= MAX_TOGETHER)
    proven = [remedy for remedy in sorted(found, key=len) if world.supposing(remedy).value(compiled.part) is wanted]
    return tuple(islice((one for one in proven if not any(_asks_less(other, one) for other in proven)), AT_MOST))


def _asks_less(one: Remedy, other: Remedy) -> bool:
    """Whether the other way is this one and more."""
    return one != other and all(any(need == given or _implies(given, need) for given in other) for need in one)


def _implies(given: Need, need: Need) -> bool:
    """Whether an amount or day that fits the one fits the other all the more."""
    if (given.fact, given.record, given.operator[0]) != (need.fact, need.record, need.operator[0]) or given.operator[0] not in "<>":
        return False
    narrow, wide = given.values[0], need.values[0]
    if narrow == wide:
        return given.operator[1:] == "" or need.operator == given.operator
    return (narrow < wide) is (need.operator[0] == "<")  # type: ignore[operator]  # two values of one fact


def _tightened(needs: Iterable[Need]) -> Remedy:
    """All of them, of two that one value answers only the narrower."""
    found = dict.fromkeys(needs)
    return tuple(need for need in found if not any(other != need and _implies(other, need) for other in found))


class _World:
    """The facts as they are, or as some of them would be; and the records that words stand for while a list is looked at."""

    def __init__(self, lookup: Lookup, tables: Mapping[str, CompiledTable], supposed: Remedy = ()) -> None:
        self.lookup = lookup
        self.tables = tables
        self.supposed = supposed
        self.bound: dict[str, tuple[Record, int]] = {}

    def supposing(self, remedy: Remedy) -> _World:
        """The same world with these facts otherwise."""
        world = _World(self.lookup, self.tables, (*self.supposed, *remedy))
        world.bound = self.bound
        return world

    def binding(self, word: str, record: Record, number: int) -> _World:
        """The same world with a word standing for a record."""
        world = _World(self.lookup, self.tables, self.supposed)
        world.bound = {**self.bound, word: (record, number)}
        return world

    def value(self, part: Part) -> Value:
        """What a part is worth here."""
        run = _Run(self)
        run.bound = {word: record for word, (record, _) in self.bound.items()}
        return run.value(part)

    def fact(self, name: str) -> Value:
        """A fact here."""
        for need in self.supposed:
            if isinstance(need.leaf, parts.FactValue) and need.leaf.name == name:
                return need.supposed
        return self.lookup(name)

    def table(self, name: str) -> Value:
        """A table's outcome here."""
        return decide(self.tables[name], self.fact).value


class _Run(Run):
    """An evaluation in which some fields of records are otherwise."""

    __slots__ = ("world",)

    def __init__(self, world: _World) -> None:
        super().__init__(world.fact, world.table)
        self.world = world

    def value(self, part: Part) -> Value:
        """The supposed value of a field, else its own."""
        if isinstance(part, parts.FieldValue):
            for need in self.world.supposed:
                if need.leaf == part and (part.of_run or self.bound[part.word] is need.within):
                    return need.supposed
        return super().value(part)


# --- parts that are yes or no ---------------------------------------------------------------------------------------------


def _ways(world: _World, part: Part, wanted: bool) -> Iterator[Remedy]:
    """What would make a part that is not `wanted` so. Parts that are unknown offer nothing."""
    match part:
        case parts.Not():
            yield from _ways(world, part.operand, not wanted)
        case parts.Logic():
            yield from _joined(((world, inner) for inner in part.parts), wanted, one_is_enough=part.decisive is wanted)
        case parts.Quantifier():
            yield from _joined(_records(world, part), wanted, one_is_enough=part.decisive is wanted)
        case parts.Choice():
            yield from _chosen(world, part, wanted)
        case parts.Comparison():
            yield from _comparison(world, part.operator if wanted else INVERSE[part.operator], part.left, part.right)
        case parts.Among():
            yield from _among(world, part, wanted)
        case parts.TableValue():
            yield from _table(world, part.table, "==", wanted)
        case parts.FactValue() | parts.FieldValue():
            yield (_need(world, part, "==", (wanted,), wanted),)


def _joined(inner: Iterable[tuple[_World, Part]], wanted: bool, *, one_is_enough: bool) -> Iterator[Remedy]:
    """One of the parts, or all of those that are not as wanted."""
    failing = [(world, part) for world, part in inner if world.value(part) is not wanted]
    if one_is_enough:
        for world, part in failing:
            yield from _ways(world, part, wanted)
        return
    if any(world.value(part) is UNKNOWN for world, part in failing) or len(failing) > MAX_TOGETHER:
        return
    each = [list(islice(_ways(world, part, wanted), AT_MOST)) for world, part in failing]
    for together in islice(product(*each), MAX_TRIED):
        yield _tightened(need for remedy in together for need in remedy)


def _records(world: _World, part: parts.Quantifier) -> Iterator[tuple[_World, Part]]:
    items = world.value(part.items)
    for number, record in enumerate(items if isinstance(items, tuple) else (), start=1):
        yield world.binding(part.word, record, number), part.condition


def _chosen(world: _World, part: parts.Choice, wanted: bool) -> Iterator[Remedy]:
    condition = world.value(part.condition)
    if not isinstance(condition, bool):
        return
    taken, other = (part.then, part.otherwise) if condition else (part.otherwise, part.then)
    yield from _ways(world, taken, wanted)
    if world.value(other) is wanted:
        yield from _ways(world, part.condition, not condition)


def _among(world: _World, part: parts.Among, wanted: bool) -> Iterator[Remedy]:
    options = tuple(world.value(option) for option in part.options)
    if isinstance(part.value, parts.FactValue | parts.FieldValue) and UNKNOWN not in options and options:
        yield (_need(world, part.value, "in" if wanted else "not in", options, options[0] if wanted else _none_of(options)),)


def _none_of(options: Sequence[Value]) -> Value:
    amounts = [option for option in options if isinstance(option, Decimal)]
    return max(amounts) + 1 if amounts else ANOTHER


# --- comparisons ------------------------------------------------------------------------------------------------------------


def _comparison(world: _World, operator: str, left: Part, right: Part) -> Iterator[Remedy]:
    """What would make `left operator right` true."""
    one, other = world.value(left), world.value(right)
    if one is UNKNOWN or other is UNKNOWN:
        return
    for side, opposite, said in ((left, right, operator), (right, left, MIRRORED[operator])):
        if isinstance(side, parts.TableValue):
            yield from _table(world, side.table, said, world.value(opposite))
        elif isinstance(side, parts.FactValue | parts.FieldValue) and not isinstance(one, Decimal):
            yield (_plain(world, side, _operator(said), world.value(opposite)),)
    if isinstance(one, Decimal):
        for leaf in dict.fromkeys((*_leaves(left), *_leaves(right))):
            yield from _solved(world, operator, left, right, leaf)


def _plain(world: _World, leaf: Leaf, said: Operator, against: Value) -> Need:
    """A text, day or yes and no that would have to compare so."""
    if isinstance(against, bool):
        wanted = against == (said == "==")
        return _need(world, leaf, "==", (wanted,), wanted)
    if isinstance(against, date):
        days = {"<": -1, ">": 1, "!=": 1}.get(said, 0)
        return _need(world, leaf, said, (against,), against + timedelta(days=days))
    return _need(world, leaf, said, (against,), against if said == "==" else ANOTHER)


def _operator(said: str) -> Operator:
    return INVERSE[INVERSE[said]]


def _leaves(part: Part) -> Iterator[Leaf]:
    """The facts of an amount."""
    match part:
        case parts.FactValue() | parts.FieldValue():
            yield part
        case parts.Negative():
            yield from _leaves(part.operand)
        case parts.Arithmetic():
            for inner in (part.first, *(operand for _, operand, _ in part.rest)):
                yield from _leaves(inner)


def _solved(world: _World, operator: str, left: Part, right: Part, leaf: Leaf) -> Iterator[Remedy]:
    """The comparison solved for one fact, if the difference of the sides is a straight line in it."""

    def difference(value: int) -> Decimal | None:
        there = world.supposing((_need(world, leaf, "==", (), Decimal(value)),))
        one, other = there.value(left), there.value(right)
        return one - other if isinstance(one, Decimal) and isinstance(other, Decimal) else None

    at_0, at_1, at_2 = difference(0), difference(1), difference(2)
    if at_0 is None or at_1 is None or at_2 is None or at_1 == at_0 or not _alike(at_2 - at_1, at_1 - at_0):
        return
    slope = at_1 - at_0
    said = _operator(operator) if slope > 0 else MIRRORED[operator]
    threshold = _threshold(-at_0 / slope, said)
    step = {"<": -CENT, ">": CENT, "!=": CENT}.get(said, Decimal(0))
    yield (_need(world, leaf, said, (threshold,), threshold + step),)


def _alike(one: Decimal, other: Decimal) -> bool:
    """Equal but for the last digits of a quotient."""
    return abs(one - other) <= abs(one) * ALIKE


def _threshold(quotient: Decimal, operator: str) -> Decimal:
    exact = DIGITS.plus(quotient)
    exponent = exact.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -KEPT_PLACES:
        return exact
    return exact.quantize(CENT, ROUND_FLOOR if operator in ("<", "<=") else ROUND_CEILING)


def _need(world: _World, leaf: Leaf, operator: Operator, values: tuple[Plain, ...], supposed: Value) -> Need:
    if isinstance(leaf, parts.FactValue):
        return Need(leaf.name, operator, values, 0, supposed, leaf)
    record, number = (None, 0) if leaf.of_run else world.bound[leaf.word]
    return Need(leaf.name, operator, values, number, supposed, leaf, record)


# --- tables -----------------------------------------------------------------------------------------------------------------


def _table(world: _World, name: str, operator: str, against: Value) -> Iterator[Remedy]:
    """What would make the outcome of a table compare so: other inputs, one at a time, else those of a whole row."""
    table = world.tables[name]
    values = [world.value(one.part) for one in table.inputs]
    if UNKNOWN in values or against is UNKNOWN:
        return
    here = [axis.atom(value) for axis, value in zip(table.axes, values, strict=True)]  # type: ignore[arg-type]  # an input is no list
    compare = parts.compared
    good = {row for row, said in enumerate(table.table.rows) if compare(operator, worth(table.table, said.output), against) is True}
    alone = list(_one_input(world, table, here, good))
    yield from alone
    if not alone:
        yield from _whole_rows(world, table, here, good)


def _one_input(world: _World, table: CompiledTable, here: Sequence[int], good: set[int]) -> Iterator[Remedy]:
    for at, (axis, one) in enumerate(zip(table.axes, table.inputs, strict=True)):
        mask = 0
        for atom in range(axis.size):
            box = (*here[:at], 1 << atom, *here[at + 1 :])
            if row_hit(table, box) in good:
                mask |= 1 << atom
        yield from _into(world, one.part, axis, here[at], mask)


def _whole_rows(world: _World, table: CompiledTable, here: Sequence[int], good: set[int]) -> Iterator[Remedy]:
    for row in sorted(good):
        failing = [at for at, mask in enumerate(table.boxes[row]) if not mask & here[at]]
        each = [list(_into(world, table.inputs[at].part, table.axes[at], here[at], table.boxes[row][at])) for at in failing]
        for together in islice(product(*each), MAX_TRIED):
            yield _tightened(need for remedy in together for need in remedy)


def _into(world: _World, part: Part, axis: Axis, here: int, mask: int) -> Iterator[Remedy]:
    """What would bring an input into these atoms: the nearest below and the nearest above, or one of the words."""
    if not axis.ordered:
        words = tuple(word for at, word in enumerate(axis.words) if mask >> at & 1)
        if words and isinstance(part, parts.FactValue):
            yield (_need(world, part, "in" if len(words) > 1 else "==", words, words[0]),)
        return
    now = here.bit_length() - 1
    below = next((atom for atom in range(now - 1, -1, -1) if mask >> atom & 1), None)
    above = next((atom for atom in range(now + 1, axis.size) if mask >> atom & 1), None)
    for atom, (inside, beyond) in ((below, ("<=", "<")), (above, (">=", ">"))):
        if atom is None:
            continue
        # an odd atom is a point that the table names, an even one the room between two of them
        point = axis.points[atom // 2 if atom % 2 or beyond == "<" else atom // 2 - 1]
        yield from _comparison(world, inside if atom % 2 else beyond, part, parts.Constant(str(point), point))
