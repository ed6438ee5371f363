"""The words of a rule -> its structure, in the syntax of CEL (a subset). Never knows which names exist or what they are worth.

Depth and number of parts are bounded while reading, so that no later pass can be driven deep or long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from orderway.standard.conditions_lexer import Token, tokens
from orderway.standard.conditions_scope import RuleError
from orderway.standard.sentences import Sentence, quoted

MAX_DEPTH = 30
MAX_NODES = 200  # 500 characters hold at most 250 parts such as 1+1+1

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_WORDS = {"and": "&&", "or": "||", "not": "!", "AND": "&&", "OR": "||", "NOT": "!"}


@dataclass(frozen=True, slots=True)
class Syntax:
    """A part of a rule; `start` and `end` are offsets, `height` is the number of levels below and with it."""

    start: int
    end: int
    height: int


@dataclass(frozen=True, slots=True)
class Literal(Syntax):
    """A number, a text, true or false."""

    value: Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    """A dotted name."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    """``receiver.function(arguments)``; ``size(x)`` has no receiver."""

    receiver: Name | None
    function: str
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    """``!x`` or ``-x``."""

    operator: str
    operand: Syntax


@dataclass(frozen=True, slots=True)
class Logic(Syntax):
    """All parts joined by the same ``&&`` or ``||``."""

    operator: str
    parts: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Syntax):
    """A first operand and what is done to it, from left to right."""

    first: Syntax
    rest: tuple[tuple[str, Syntax], ...]


@dataclass(frozen=True, slots=True)
class Comparison(Syntax):
    """Two values compared."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Among(Syntax):
    """``value in [options]``."""

    value: Syntax
    options: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Choice(Syntax):
    """``condition ? then : otherwise``."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax


def parse_rule(source: str) -> Syntax:
    """The structure of a rule. Raises RuleError at the first word that does not fit."""
    parser = _Parser(tokens(source))
    found = parser.expression()
    if parser.now.kind != "end":
        raise parser.unexpected(Sentence("an operator such as && or =="))
    return found


class _Parser:
    def __init__(self, words: tuple[Token, ...]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0
        self.nodes = 0

    @property
    def now(self) -> Token:
        return self.words[self.at]

    @property
    def last_end(self) -> int:
        return self.words[self.at - 1].end

    def take(self, *symbols: str) -> Token | None:
        """The next word if it is one of these symbols (or the word ``in``)."""
        token = self.now
        if token.kind in ("symbol", "name") and token.text in symbols:
            self.at += 1
            return token
        return None

    def expect(self, symbol: str) -> Token:
        token = self.take(symbol)
        if token is None:
            raise self.unexpected(quoted(symbol))
        return token

    def unexpected(self, wanted: Sentence) -> RuleError:
        token = self.now
        if token.kind == "name" and token.text in _WORDS:
            return RuleError(
                "syntax", Sentence("Write '{right}' instead of '{wrong}'.", right=_WORDS[token.text], wrong=token.text), token.start
            )
        before = self.words[self.at - 1].text if self.at else ""
        if before == "%":
            return RuleError("syntax", Sentence("A percentage is written as a plain number: 5 means 5 %. Remove the '%'."), token.start - 1)
        found = Sentence("the rule ends") if token.kind == "end" else Sentence("'{word}' stands here", word=token.text)
        return RuleError("syntax", Sentence("Expected {wanted}, but {found}.", wanted=wanted, found=found), token.start)

    def height(self, start: int, *parts: Syntax) -> int:
        """The height of a new node over these parts; counts it."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise RuleError(
                "too-many-parts",
                Sentence("The rule has more than {most} parts. Move some of it into a table.", most=MAX_NODES),
                start,
            )
        height = 1 + max((part.height for part in parts), default=0)
        if height > MAX_DEPTH:
            raise self.too_deep(start)
        return height

    def too_deep(self, start: int) -> RuleError:
        return RuleError(
            "too-deep",
            Sentence("The rule is nested more than {most} levels deep. Move a part of it into a table.", most=MAX_DEPTH),
            start,
        )

    def expression(self) -> Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep(self.now.start)
        condition = self.alternatives()
        if self.take("?"):
            then = self.alternatives()  # as in CEL: a choice in the middle stands in parentheses
            self.expect(":")
            otherwise = self.expression()
            height = self.height(condition.start, condition, then, otherwise)
            condition = Choice(condition.start, otherwise.end, height, condition, then, otherwise)
        self.depth -= 1
        return condition

    def alternatives(self) -> Syntax:
        return self.joined("||", self.conjunction)

    def conjunction(self) -> Syntax:
        return self.joined("&&", self.relation)

    def joined(self, operator: str, part: Callable[[], Syntax]) -> Syntax:
        parts = [part()]
        while self.take(operator):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return Logic(parts[0].start, parts[-1].end, self.height(parts[0].start, *parts), operator, tuple(parts))

    def relation(self) -> Syntax:
        left = self.sum()
        operator = self.take(*COMPARISONS, "in")
        if operator is None:
            return left
        found = self.among(left) if operator.text == "in" else self.comparison(left, operator.text)
        if self.now.text in (*COMPARISONS, "in") and self.now.kind != "text":
            raise RuleError("syntax", Sentence("Compare two values at a time and join the comparisons with '&&'."), self.now.start)
        return found

    def comparison(self, left: Syntax, operator: str) -> Comparison:
        right = self.sum()
        return Comparison(left.start, right.end, self.height(left.start, left, right), operator, left, right)

    def among(self, value: Syntax) -> Among:
        self.expect("[")
        options = self.listed("]")
        if not options:
            raise RuleError("syntax", Sentence("The list after 'in' is empty. Name at least one value."), value.end)
        return Among(value.start, self.last_end, self.height(value.start, value, *options), value, options)

    def sum(self) -> Syntax:
        return self.chained(("+", "-"), self.product)

    def product(self) -> Syntax:
        return self.chained(("*", "/", "%"), self.unary)

    def chained(self, operators: tuple[str, ...], part: Callable[[], Syntax]) -> Syntax:
        first = part()
        rest: list[tuple[str, Syntax]] = []
        while operator := self.take(*operators):
            rest.append((operator.text, part()))
        if not rest:
            return first
        height = self.height(first.start, first, *(operand for _, operand in rest))
        return Arithmetic(first.start, rest[-1][1].end, height, first, tuple(rest))

    def unary(self) -> Syntax:
        operators: list[Token] = []
        while operator := self.take("!", "-"):
            operators.append(operator)
        found = self.primary()
        for operator in reversed(operators):
            found = Unary(operator.start, found.end, self.height(operator.start, found), operator.text, found)
        return found

    def primary(self) -> Syntax:
        token = self.now
        if token.kind in ("number", "text"):
            self.at += 1
            value = Decimal(token.text) if token.kind == "number" else token.text
            return Literal(token.start, token.end, self.height(token.start), value)
        if self.take("true", "false"):
            return Literal(token.start, token.end, self.height(token.start), token.text == "true")
        if self.take("("):
            found = self.expression()
            self.expect(")")
            return found
        if token.kind == "name" and token.text not in ("in", *_WORDS):
            return self.name()
        raise self.unexpected(Sentence("a fact, a number or a text"))

    def name(self) -> Syntax:
        start = self.now.start
        path = [self.word()]
        while self.take("."):
            path.append(self.word())
        name = Name(start, self.last_end, self.height(start), tuple(path))
        if not self.take("("):
            return name
        arguments = self.listed(")")
        receiver = None
        if len(path) > 1:
            receiver = Name(start, name.end - len(path[-1]) - 1, 1, tuple(path[:-1]))
        return Call(start, self.last_end, self.height(start, name, *arguments), receiver, path[-1], arguments)

    def word(self) -> str:
        token = self.now
        if token.kind != "name":
            raise self.unexpected(Sentence("a name"))
        self.at += 1
        return token.text

    def listed(self, close: str) -> tuple[Syntax, ...]:
        parts: list[Syntax] = []
        while not self.take(close):
            if parts:
                self.expect(",")
            parts.append(self.expression())
        return tuple(parts)
