"""The cells of a decision table: DMN unary tests -> sets of atoms on the axis of an input.

An axis is cut at every value that a cell of its column names, so that within one atom no cell can tell two values apart; a cell is a
bit mask over the atoms. This makes every later question (gap, overlap, coverage) exact. Never looks at more than one column.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from orderway.standard.document import FactType
from orderway.standard.reading import did_you_mean
from orderway.standard.sentences import Sentence

Point = Decimal | date
Plain = Decimal | date | str | bool
ORDERED = ("money", "number", "percent", "date")

MAX_LENGTH = 200  # characters; the patterns below are quadratic in it at worst

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,10})?")
_TEST = re.compile(r"(<=|>=|!=|==|=|<|>)?\s*(.+)", re.DOTALL)
_INTERVAL = re.compile(r"([\[(])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])])", re.DOTALL)
_PARTS = re.compile(r"""\s*("[^"]*"|'[^']*'|\[[^\]]*[\])]|\([^)]*[\])]|[^,"'\[(]+)+\s*""")


class CellError(Exception):
    """A cell that means nothing; the sentence ends with what to write."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Range:
    """The values from `low` to `high`; None is without end."""

    low: Point | None = None
    high: Point | None = None
    low_in: bool = False
    high_in: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell lets through: ranges (ordered types) or words (all others); `negated` turns it round."""

    ranges: tuple[Range, ...] = ()
    words: tuple[str | bool, ...] = ()
    negated: bool = False


ANY = Cell(negated=True)


def read_cell(text: str, type: FactType) -> Cell:
    """The meaning of a cell. Raises CellError."""
    said = text.strip()
    if len(said) > MAX_LENGTH:
        raise CellError(Sentence("it has more than {most} characters. Split the row.", most=MAX_LENGTH))
    if said == "-":
        return ANY
    negation = re.fullmatch(r"not\s*\((.*)\)", said, re.DOTALL)
    body = negation[1] if negation else said
    tests = tuple(_split(body))
    if type.kind in ORDERED:
        ranges = tuple(found for test in tests for found in _ranges(test, type))
        return Cell(ranges=ranges, negated=bool(negation))
    return _words(tests, type, bool(negation))


def _split(body: str) -> Iterator[str]:
    at = 0
    while at <= len(body):
        match = _PARTS.match(body, at)
        if match is None or (match.end() < len(body) and body[match.end()] != ","):
            raise CellError(Sentence("write '-', '< 5', '[1..5]', a value, a list 'a, b' or 'not(a, b)'."))
        yield match.group().strip()
        at = match.end() + 1


def _ranges(test: str, type: FactType) -> Iterator[Range]:
    interval = _INTERVAL.fullmatch(test)
    if interval:
        low, high = _point(interval[2], type), _point(interval[3], type)
        low_in, high_in = interval[1] == "[", interval[4] == "]"
        if not _before(low, high) and not (low == high and low_in and high_in):
            raise CellError(Sentence("'{test}' holds nothing. Write the smaller value first.", test=test))
        yield Range(low, high, low_in, high_in)
        return
    match = _TEST.fullmatch(test)
    if match is None:
        raise CellError(Sentence("write '-' for any value."))
    yield from _compared(match[1] or "=", _point(match[2], type))


def _before(low: Point, high: Point) -> bool:
    return low < high  # type: ignore[operator]  # both are of the type of the one axis


def _compared(operator: str, point: Point) -> tuple[Range, ...]:
    below, above = Range(high=point), Range(low=point)
    return {
        "<": (below,),
        "<=": (Range(high=point, high_in=True),),
        ">": (above,),
        ">=": (Range(low=point, low_in=True),),
        "!=": (below, above),
    }.get(operator, (Range(point, point, True, True),))


def _point(text: str, type: FactType) -> Point:
    said = text.strip()
    if type.kind == "date":
        try:
            return date.fromisoformat(said.strip("'\""))
        except ValueError:
            raise CellError(Sentence("'{said}' is no day. Write 2026-03-01.", said=said)) from None
    if not _NUMBER.fullmatch(said):
        raise CellError(Sentence("'{said}' is no number. Write it without thousands separators, units and '%'.", said=said))
    return Decimal(said)


def _words(tests: tuple[str, ...], type: FactType, negated: bool) -> Cell:
    words: list[str | bool] = []
    for test in tests:
        match = re.fullmatch(r"(!=|==|=)?\s*(.+)", test, re.DOTALL)
        if match is None:
            raise CellError(Sentence("write '-' for any value."))
        if match[1] == "!=" and len(tests) > 1:
            raise CellError(Sentence("'!=' stands alone. Write 'not(a, b)' for several."))
        negated = negated != (match[1] == "!=")
        words.append(_word(match[2].strip(), type))
    return Cell(words=tuple(words), negated=negated)


def _word(said: str, type: FactType) -> str | bool:
    word = said[1:-1] if len(said) > 1 and said[0] == said[-1] and said[0] in "'\"" else said
    if type.kind == "bool":
        if word not in ("true", "false"):
            raise CellError(Sentence("'{said}' is neither true nor false.", said=said))
        return word == "true"
    if re.match(r"[<>\[(]", said):
        raise CellError(Sentence("'{said}' asks for an order that words do not have. Write a word or a list of words.", said=said))
    if type.kind == "one_of" and word not in type.choices:
        raise CellError(Sentence("'{word}' is none of its words.{hint}", word=word, hint=did_you_mean(word[:64], type.choices)))
    return word


class Axis:
    """The line (or set of words) on which the values of one input lie, cut into atoms."""

    def __init__(self, type: FactType, cells: Iterable[Cell]) -> None:
        self.ordered = type.kind in ORDERED
        self.points: list[Point] = []
        self.words: tuple[str | bool, ...] = ()
        self.open = type.kind == "text"
        cells = tuple(cells)
        if self.ordered:
            found = {point for cell in cells for span in cell.ranges for point in (span.low, span.high) if point is not None}
            self.points = sorted(found)
        elif type.kind == "bool":
            self.words = (True, False)
        elif self.open:
            self.words = tuple(dict.fromkeys(word for cell in cells for word in cell.words))
        else:
            self.words = type.choices
        self.size = 2 * len(self.points) + 1 if self.ordered else len(self.words) + self.open
        self.everything = (1 << self.size) - 1

    def mask(self, cell: Cell) -> int:
        """The atoms that a cell lets through."""
        found = 0
        for span in cell.ranges:
            found |= self._span(span)
        for word in cell.words:
            found |= 1 << self.words.index(word)
        return self.everything & ~found if cell.negated else found

    def _span(self, span: Range) -> int:
        first = 0 if span.low is None else 2 * self.points.index(span.low) + (1 if span.low_in else 2)
        last = 2 * len(self.points) if span.high is None else 2 * self.points.index(span.high) + (1 if span.high_in else 0)
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)

    def atom(self, value: Plain) -> int:
        """The mask of the one atom in which a value lies; 0 for a word that the type does not have."""
        if self.ordered:
            at = bisect_left(self.points, value)
            return 1 << (2 * at + 1 if at < len(self.points) and self.points[at] == value else 2 * at)
        if value in self.words:
            return 1 << self.words.index(value)
        return 1 << (self.size - 1) if self.open else 0

    def example(self, mask: int) -> str | Sentence:
        """A value in one of these atoms: a value that the table names if possible."""
        atoms = [atom for atom in range(self.size) if mask >> atom & 1]
        if not self.ordered:
            return self._word(atoms[0])
        named = [atom for atom in atoms if atom % 2]
        if named:
            return _shown(self.points[named[0] // 2])
        return self._between(atoms[0] // 2)

    def _word(self, atom: int) -> str | Sentence:
        if atom >= len(self.words):
            return Sentence("any other text")
        word = self.words[atom]
        return ("true" if word else "false") if isinstance(word, bool) else f"'{word}'"

    def _between(self, at: int) -> str | Sentence:
        if not self.points:
            return Sentence("any value")
        if at == 0:
            return _shown(_moved(self.points[0], -1))
        if at == len(self.points):
            return _shown(_moved(self.points[-1], 1))
        return _middle(self.points[at - 1], self.points[at])


def _shown(point: Point) -> str:
    return f"{point:f}" if isinstance(point, Decimal) else point.isoformat()


def _moved(point: Point, by: int) -> Point:
    return point + by if isinstance(point, Decimal) else point + timedelta(days=by)


def _middle(low: Point, high: Point) -> str | Sentence:
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return _shown((low + high) / 2)
    assert isinstance(low, date), "an axis has points of one type"
    return Sentence("the day after {day}", day=_shown(low))
