"""Whether a rule means anything: names against the scope, types against each other, and the checked rule that comes out of it.

Money is compared with money or with a number that stands in the rule, never with a quantity; a percentage of money is money.
Never evaluates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NoReturn

from orderway.standard import conditions_evaluation as evaluation
from orderway.standard import conditions_parser as syntax
from orderway.standard.conditions_evaluation import Part
from orderway.standard.conditions_parser import Syntax
from orderway.standard.conditions_scope import RuleError, Scope
from orderway.standard.document import FactType
from orderway.standard.reading import RESERVED, did_you_mean
from orderway.standard.sentences import Sentence, quoted

MAX_QUANTIFIERS = 3  # `all` and `exists` inside each other

_NUMERIC = ("money", "number", "percent")
_TEXTUAL = ("text", "one_of")
_BOOL = FactType("bool")
_NUMBER = FactType("number")
_FUNCTIONS = ("all", "exists", "size")
_TYPE_WORDS = {
    "money": Sentence("an amount of money"),
    "number": Sentence("a number"),
    "percent": Sentence("a percentage"),
    "text": Sentence("a text"),
    "one_of": Sentence("one of several words"),
    "bool": Sentence("a yes or no"),
    "date": Sentence("a day"),
    "list": Sentence("a list"),
}
# left, operator, right -> result; what is missing means nothing
_SUMS = {(kind, sign, kind): kind for kind in _NUMERIC for sign in "+-"}
_PRODUCTS = {
    ("number", "*", "number"): "number",
    ("money", "*", "number"): "money",
    ("number", "*", "money"): "money",
    ("money", "*", "percent"): "money",
    ("percent", "*", "money"): "money",
    ("number", "*", "percent"): "number",
    ("percent", "*", "number"): "number",
    ("number", "/", "number"): "number",
    ("money", "/", "number"): "money",
    ("money", "/", "money"): "number",
    ("percent", "/", "number"): "percent",
    ("percent", "/", "percent"): "number",
    ("number", "%", "number"): "number",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A checked part and its type. `constant`: a number or text that stands in the rule and takes the type that it meets."""

    part: Part
    type: FactType
    constant: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word in front of a dot stands for: a record of this list."""

    list: FactType
    path: str
    of_run: bool


@dataclass
class Checker:
    """Checks one rule and notes what it uses, in the order of first use."""

    source: str
    scope: Scope
    names: dict[str, None] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    runs: dict[str, None] = field(default_factory=dict)
    words: dict[str, _Word] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words.update({word: _Word(type, word, True) for word, type in self.scope.runs.items()})

    def check(self, node: Syntax) -> Typed:
        """The part for this node. Raises RuleError."""
        match node:
            case syntax.Literal():
                return self._literal(node)
            case syntax.Name():
                return self._name(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Unary():
                return self._unary(node)
            case syntax.Logic():
                parts = tuple(self._bool(part, quoted(node.operator)) for part in node.parts)
                return Typed(evaluation.Logic(self._text(node), node.operator == "||", parts), _BOOL)
            case syntax.Arithmetic():
                return self._arithmetic(node)
            case syntax.Comparison():
                left, right = self._comparable(node.left, node.operator, node.right)
                return Typed(evaluation.Comparison(self._text(node), node.operator, left, right), _BOOL)
            case syntax.Among():
                return self._among(node)
            case syntax.Choice():
                return self._choice(node)
        raise AssertionError(f"no such syntax: {node!r}")

    def _text(self, node: Syntax) -> str:
        return self.source[node.start : node.end]

    def _fail(self, node: Syntax, sentence: Sentence, code: str = "wrong-type") -> NoReturn:
        raise RuleError(code, sentence, node.start)

    def _said(self, node: Syntax, type: FactType) -> Sentence:
        return Sentence("'{text}' is {type}", text=self._text(node), type=_TYPE_WORDS[type.kind])

    def _bool(self, node: Syntax, place: Sentence) -> Part:
        found = self.check(node)
        if found.type.kind != "bool":
            self._fail(
                node,
                Sentence(
                    "{place} needs a yes or no, but {said}. Compare it with something.", place=place, said=self._said(node, found.type)
                ),
            )
        return found.part

    def _literal(self, node: syntax.Literal) -> Typed:
        part = evaluation.Constant(self._text(node), node.value)
        if isinstance(node.value, bool):
            return Typed(part, _BOOL)
        return Typed(part, _NUMBER if isinstance(node.value, Decimal) else FactType("text"), constant=True)

    # names

    def _name(self, node: syntax.Name) -> Typed:
        first, *rest = node.path
        name = ".".join(node.path)
        if first == "table":
            return self._table(node, ".".join(rest))
        if first in self.words and not self._hidden(first, rest, name):
            return self._field(node, first, rest)
        if name not in self.scope.facts:
            self._unknown_name(node, name)
        self.names[name] = self.reads[name] = None
        return Typed(evaluation.FactValue(self._text(node), name), self.scope.facts[name])

    def _hidden(self, word: str, rest: list[str], name: str) -> bool:
        """Whether a declared fact begins with the word of a run but names no field of its record (``delivery.zone``)."""
        return name in self.scope.facts and self.words[word].list.field_type(".".join(rest)) is None

    def _table(self, node: syntax.Name, id: str) -> Typed:
        if id not in self.scope.tables:
            known = tuple(self.scope.tables)
            self._fail(
                node,
                Sentence("There is no table '{name}' that gives a value here.{hint}", name=id, hint=did_you_mean(id[:64], known)),
                "unknown-table",
            )
        self.tables[id] = None
        return Typed(evaluation.TableValue(self._text(node), id), self.scope.tables[id])

    def _field(self, node: syntax.Name, word: str, rest: list[str]) -> Typed:
        record = self.words[word]
        fields = dict(record.list.record)
        if len(rest) != 1 or rest[0] not in fields:
            wrong = ".".join(rest)
            hint = did_you_mean(wrong[:64], tuple(fields))
            if rest and rest[0] in fields and fields[rest[0]].kind == "list":
                hint = Sentence(" '{word}.{field}' is a list: ask with .all(x, ...) or .exists(x, ...).", word=word, field=rest[0])
            self._fail(
                node, Sentence("'{word}' is a record without a field '{wrong}'.{hint}", word=word, wrong=wrong, hint=hint), "unknown-name"
            )
        name = f"{record.path}.{rest[0]}"
        self.names[name] = None
        if record.of_run:
            self.reads[word] = self.runs[word] = None
        return Typed(evaluation.FieldValue(self._text(node), word, rest[0], name, record.of_run), fields[rest[0]])

    def _unknown_name(self, node: syntax.Name, name: str) -> NoReturn:
        for end in range(len(node.path) - 1, 0, -1):
            fact = ".".join(node.path[:end])
            if fact in self.scope.facts and self.scope.facts[fact].kind == "list":
                said = Sentence("'{fact}' is a list: ask with {fact}.all(x, ...) or {fact}.exists(x, ...).", fact=fact)
                self._fail(node, said, "list-needs-question")
        known = (*self.scope.facts, *(f"table.{id}" for id in self.scope.tables), *self.words)
        self._fail(node, Sentence("There is no fact '{name}'.{hint}", name=name, hint=did_you_mean(name[:64], known)), "unknown-name")

    # calls

    def _call(self, node: syntax.Call) -> Typed:
        if node.function not in _FUNCTIONS:
            hint = did_you_mean(node.function[:64], _FUNCTIONS)
            self._fail(node, Sentence("There is no function '{function}'.{hint}", function=node.function, hint=hint), "unknown-function")
        if node.function == "size":
            return self._size(node)
        if node.receiver is None or len(node.arguments) != 2:
            self._fail(
                node,
                Sentence("Write LIST.{function}(x, CONDITION), for example order.lines.{function}(l, l.qty > 0).", function=node.function),
                "syntax",
            )
        items = self._list(node.receiver)
        word = self._new_word(node.arguments[0])
        self.words[word] = _Word(items.type, _path_of(items.part), False)
        condition = self._bool(node.arguments[1], quoted(node.function))
        del self.words[word]
        return Typed(evaluation.Quantifier(self._text(node), node.function == "exists", items.part, word, condition), _BOOL)

    def _size(self, node: syntax.Call) -> Typed:
        of = node.receiver if node.receiver else node.arguments[0] if node.arguments else None
        if not isinstance(of, syntax.Name) or len(node.arguments) != (0 if node.receiver else 1):
            self._fail(node, Sentence("Write LIST.size(), for example order.lines.size()."), "syntax")
        return Typed(evaluation.Size(self._text(node), self._list(of).part), _NUMBER)

    def _list(self, node: syntax.Name) -> Typed:
        found = self._name(node)
        if found.type.kind != "list":
            self._fail(node, Sentence("Only a list can be asked so, but {said}.", said=self._said(node, found.type)))
        return found

    def _new_word(self, node: Syntax) -> str:
        word = node.path[0] if isinstance(node, syntax.Name) and len(node.path) == 1 else ""
        if not word or word in RESERVED:
            self._fail(
                node, Sentence("The first part is a new word for one record, for example l in order.lines.all(l, l.qty > 0)."), "syntax"
            )
        taken = {name.split(".")[0] for name in self.scope.facts} | set(self.words)
        if word in taken:
            self._fail(node, Sentence("'{word}' already means something here. Choose another word for the record.", word=word), "syntax")
        if sum(not known.of_run for known in self.words.values()) >= MAX_QUANTIFIERS:
            self._fail(
                node,
                Sentence(
                    "More than {most} lists are asked inside each other. Record the answer as a fact.",
                    most=MAX_QUANTIFIERS,
                ),
                "too-deep",
            )
        return word

    # values

    def _unary(self, node: syntax.Unary) -> Typed:
        if node.operator == "!":
            return Typed(evaluation.Not(self._text(node), self._bool(node.operand, quoted("!"))), _BOOL)
        found = self.check(node.operand)
        if found.type.kind not in _NUMERIC:
            self._fail(node, Sentence("Only a number has a sign, but {said}.", said=self._said(node.operand, found.type)))
        return Typed(evaluation.Negative(self._text(node), found.part), found.type, found.constant)

    def _arithmetic(self, node: syntax.Arithmetic) -> Typed:
        total = self.check(node.first)
        shown: Syntax = node.first
        rest: list[tuple[str, Part, bool]] = []
        for operator, operand in node.rest:
            found = self.check(operand)
            kind, share = self._result(shown, total, operator, operand, found)
            if operator in "/%" and isinstance(found.part, evaluation.Constant) and found.part.value == 0:
                self._fail(operand, Sentence("Nothing can be divided by zero. Write another number."), "division-by-zero")
            rest.append((operator, found.part, share))
            total = Typed(total.part, kind, total.constant and found.constant)
            shown = replace(node, end=operand.end)
        return Typed(evaluation.Arithmetic(self._text(node), total.part, tuple(rest)), total.type, total.constant)

    def _result(self, left: Syntax, one: Typed, operator: str, right: Syntax, other: Typed) -> tuple[FactType, bool]:
        kinds = (one.type.kind, other.type.kind)
        scaled = operator == "*" and "percent" in kinds and (one.constant or other.constant)
        if scaled and "number" in kinds:
            return FactType("percent"), False
        if operator in "+-":
            adapted = self._adapted(one, other)
            result = _SUMS.get((adapted[0].kind, operator, adapted[1].kind))
        else:
            result = _PRODUCTS.get((kinds[0], operator, kinds[1]))
        if result is None:
            said = Sentence("{one} and {other}", one=self._said(left, one.type), other=self._said(right, other.type))
            self._fail(left, Sentence("'{operator}' gives nothing meaningful: {said}.", operator=operator, said=said))
        type = {"money": FactType("money"), "percent": FactType("percent")}.get(result, _NUMBER)
        return type, operator == "*" and "percent" in kinds

    def _adapted(self, one: Typed, other: Typed) -> tuple[FactType, FactType]:
        """Both types, a number that stands in the rule taking the type of what it meets."""
        if one.constant and one.type.kind == "number" and other.type.kind in _NUMERIC:
            return other.type, other.type
        if other.constant and other.type.kind == "number" and one.type.kind in _NUMERIC:
            return one.type, one.type
        return one.type, other.type

    # comparisons

    def _comparable(self, left: Syntax, operator: str, right: Syntax) -> tuple[Part, Part]:
        return self._matched(left, self.check(left), operator, right, self.check(right))

    def _matched(self, left: Syntax, one: Typed, operator: str, right: Syntax, other: Typed) -> tuple[Part, Part]:
        if one.constant and not other.constant:
            return self._matched(right, other, operator, left, one)[::-1]
        one_type, other_type = self._adapted(one, other)
        if one_type.kind == "date" and other.constant and other_type.kind == "text":
            return one.part, self._day(right, other.part)
        ordered = operator not in ("==", "!=")
        if one_type.kind in _TEXTUAL and other_type.kind in _TEXTUAL and not ordered:
            self._same_words(one, right, other)
            return one.part, other.part
        alike = one_type.kind == other_type.kind and (one_type.kind in (*_NUMERIC, "date") or (one_type.kind == "bool" and not ordered))
        if not alike:
            said = Sentence("{one} and {other}", one=self._said(left, one.type), other=self._said(right, other.type))
            self._fail(left, Sentence("These cannot be compared with '{operator}': {said}.", operator=operator, said=said))
        return one.part, other.part

    def _same_words(self, one: Typed, right: Syntax, other: Typed) -> None:
        if one.type.kind != "one_of":
            return
        if isinstance(other.part, evaluation.Constant) and other.part.value not in one.type.choices:
            said = Sentence(
                "'{fact}' is never '{value}'.{hint}",
                fact=one.part.text,
                value=str(other.part.value),
                hint=did_you_mean(str(other.part.value)[:64], one.type.choices),
            )
            self._fail(right, said, "bad-choice")
        if other.type.kind == "one_of" and not set(one.type.choices) & set(other.type.choices):
            self._fail(
                right, Sentence("'{one}' and '{other}' have no word in common.", one=one.part.text, other=other.part.text), "bad-choice"
            )

    def _day(self, node: Syntax, part: Part) -> Part:
        try:
            return evaluation.Constant(part.text, date.fromisoformat(str(part.value if isinstance(part, evaluation.Constant) else "")))
        except ValueError:
            self._fail(node, Sentence("{text} is no day. Write it as '2026-03-01'.", text=part.text))

    def _among(self, node: syntax.Among) -> Typed:
        value = self.check(node.value)
        if value.constant:
            self._fail(node, Sentence("In front of 'in' stands what is looked for: a fact, not a fixed value."))
        options = tuple(self._matched(node.value, value, "==", option, self.check(option))[1] for option in node.options)
        return Typed(evaluation.Among(self._text(node), value.part, options), _BOOL)

    def _choice(self, node: syntax.Choice) -> Typed:
        condition = self._bool(node.condition, quoted("?"))
        then, otherwise = self.check(node.then), self.check(node.otherwise)
        one, other = self._adapted(then, otherwise)
        if one.kind in _TEXTUAL and other.kind in _TEXTUAL and one != other:
            one = other = FactType("text")
        if one != other:
            self._fail(
                node.then,
                Sentence(
                    "Both sides of ':' must be of one type, but {one} and {other}.",
                    one=self._said(node.then, one),
                    other=self._said(node.otherwise, other),
                ),
            )
        part = evaluation.Choice(self._text(node), condition, then.part, otherwise.part)
        return Typed(part, one, then.constant and otherwise.constant and one.kind == "number")


def _path_of(part: Part) -> str:
    return part.reads
