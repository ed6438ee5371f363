"""The words of a standard: marks, texts, durations, facts and their types, tables, roles, calendars, papers.

Answers "what may the document speak of"; `document` puts the words together to stages and flow. Never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NewType

StageId = NewType("StageId", str)
RoleId = NewType("RoleId", str)

FORMAT = "order-standard/1"
NO_MARK_LINE = 0


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the YAML source; line and column count from 1, line 0 means "not from a file"."""

    line: int = NO_MARK_LINE
    column: int = 0


NOWHERE = Mark()


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or several languages; a plain string has the single language ``""`` (language-neutral)."""

    values: tuple[tuple[str, str], ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)

    def languages(self) -> tuple[str, ...]:
        """The languages that it is written in, as they stand in the document."""
        return tuple(language for language, _ in self.values)

    def in_language(self, language: str, fallbacks: tuple[str, ...] = ()) -> str:
        """The text in `language`, else in the first fallback that exists, else in its first language."""
        known = dict(self.values)
        for wanted in (language, "", *fallbacks):
            if wanted in known:
                return known[wanted]
        return self.values[0][1] if self.values else ""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. m, h: minutes and hours of working time; d: working days; mo, y: calendar months and years."""

    amount: Decimal
    unit: Literal["m", "h", "d", "mo", "y"]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{self.unit}"


FactKind = Literal["money", "number", "percent", "text", "bool", "date", "one_of", "list"]


@dataclass(frozen=True, slots=True)
class FactType:
    """The type of a fact. `choices` for one_of; `record` (field name, type) for a list of records."""

    kind: FactKind
    choices: tuple[str, ...] = ()
    record: tuple[tuple[str, FactType], ...] = ()

    def field_type(self, name: str) -> FactType | None:
        """The type of a field of the record, None if it has no such field."""
        return dict(self.record).get(name)


Scalar = Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact: the only names that conditions may use. `source` is the `from:` of the document, if any."""

    name: str
    type: FactType
    default: Scalar = None
    has_default: bool = False
    source: str | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or value in the rule language, as written. `conditions.compile` gives it meaning."""

    source: str
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A role by name only; people, groups and deputies are bound to it in the system."""

    id: RoleId
    title: Text
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time. `hours`: per weekday (0 = Monday) the spans in minutes since midnight. `holidays`: ISO country or None."""

    id: str
    zone: str
    hours: tuple[tuple[tuple[int, int], ...], ...]
    holidays: str | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A paper of the process. `source` is "customer" or "supplier" for those that nobody in the company makes."""

    id: str
    title: Text
    keep: Duration | None = None
    template: str | None = None
    source: Literal["customer", "supplier"] | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A kind of error that a correction may name."""

    id: str
    title: Text
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table: unary tests, one per input, and what comes out (role ids for an authority table)."""

    tests: tuple[str, ...]
    output: tuple[str, ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A DMN decision table. `output` "role" makes `Row.output` the ordered signatories; () stands for the word ``none``."""

    id: str
    inputs: tuple[Expression, ...]
    output: Literal["role", "text", "number", "bool"]
    hit: Literal["first", "unique"]
    rows: tuple[Row, ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)
