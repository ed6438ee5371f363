"""The vocabulary of a standard as maps and lists of words, ready to be written. Never writes a line itself (`format` does)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from orderway.standard.document import Calendar, Change, DocumentKind, Fact, FactType, Row, Scalar, Standard, Table, Text

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Plain(str):
    """A word that is written without quotes although it looks like something else (``true``)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Map:
    """Keys and values; `inline`: on one line if it fits; `spaced`: with an empty line between the entries."""

    pairs: tuple[tuple[str, Value], ...]
    inline: bool = False
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """Values one after the other; `inline`: on one line if they fit."""

    items: tuple[Value, ...]
    inline: bool = False


Value = str | Map | List


def entries(*pairs: tuple[str, Value | None], inline: bool = False) -> Map:
    """A map of the values that are there."""
    return Map(tuple((key, value) for key, value in pairs if value is not None), inline)


def words(values: Iterable[str]) -> List | None:
    """A list of words on one line; None if there are none."""
    found = tuple(values)
    return List(found, inline=True) if found else None


def text(value: Text | None) -> Value | None:
    """A plain string, or a map of languages."""
    if value is None:
        return None
    if value.languages() == ("",):
        return value.values[0][1]
    return Map(value.values, inline=True)


def needed_text(value: Text) -> Value:
    """A text that must be there."""
    return text(value) or ""


def head(standard: Standard) -> Map:
    """What stands before the first section."""
    return entries(
        ("id", standard.id),
        ("version", standard.version),
        ("title", text(standard.title)),
        ("owner", standard.owner),
        ("approved_by", words(standard.approved_by)),
        ("effective", standard.effective),
        ("review_every", str(standard.review_every) if standard.review_every else None),
        ("languages", words(standard.languages)),
        ("calendar", standard.calendar),
        ("advisory", words(standard.advisory)),
    )


def changes(standard: Standard) -> List:
    """The version history."""
    return List(tuple(_change(change) for change in standard.changes))


def _change(change: Change) -> Map:
    return entries(
        ("version", change.version),
        ("reason", text(change.reason)),
        ("pdca", change.pdca),
        ("running_orders", change.running_orders),
        ("map", Map(change.map, inline=True) if change.map else None),
    )


def titles(named: Mapping[str, Text]) -> Map:
    """Names and what they are called."""
    return Map(tuple((id, needed_text(title)) for id, title in named.items()))


def documents(standard: Standard) -> Map:
    """The papers, one on a line."""
    return Map(tuple((id, _document(kind)) for id, kind in standard.documents.items()))


def _document(kind: DocumentKind) -> Map:
    keep = str(kind.keep) if kind.keep else None
    return entries(("from", kind.source), ("title", text(kind.title)), ("keep", keep), ("template", kind.template), inline=True)


# --- calendars ------------------------------------------------------------------------------------------------------


def calendars(standard: Standard) -> Map:
    """The working times, one on a line."""
    return Map(tuple((id, _calendar(calendar)) for id, calendar in standard.calendars.items()))


def _calendar(calendar: Calendar) -> Map:
    hours = Map(tuple(_hours(calendar)), inline=True)
    return entries(("zone", calendar.zone), ("hours", hours), ("holidays", calendar.holidays), inline=True)


def _hours(calendar: Calendar) -> Iterator[tuple[str, Value]]:
    for spans, days in groupby(enumerate(calendar.hours), key=lambda day: day[1]):
        numbers = [number for number, _ in days]
        if spans:
            name = _DAYS[numbers[0]] if len(numbers) == 1 else f"{_DAYS[numbers[0]]}-{_DAYS[numbers[-1]]}"
            yield name, List(tuple(f"{_clock(start)}-{_clock(end)}" for start, end in spans), inline=True)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# --- facts and tables -----------------------------------------------------------------------------------------------


def facts(standard: Standard) -> Map:
    """The declared facts, one on a line."""
    return Map(tuple((name, _fact(fact)) for name, fact in standard.facts.items()))


def _fact(fact: Fact) -> Value:
    if not fact.has_default and fact.source is None:
        return _type(fact.type)
    default = _scalar(fact.default) if fact.has_default else None
    return entries(("type", _type(fact.type)), ("default", default), ("from", fact.source), inline=True)


def _type(type: FactType) -> Value:
    if type.kind == "list":
        return List((Map(tuple((name, _type(field)) for name, field in type.record), inline=True),), inline=True)
    if type.kind == "one_of":
        return Map((("one_of", List(type.choices, inline=True)),), inline=True)
    return type.kind


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return Plain("true" if value else "false")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def tables(standard: Standard) -> Map:
    """The decision tables, a row on a line."""
    return Map(tuple((id, _table(table)) for id, table in standard.tables.items()))


def _table(table: Table) -> Map:
    return entries(
        ("inputs", words(expression.source for expression in table.inputs)),
        ("output", table.output),
        ("hit", table.hit),
        ("rows", List(tuple(_row(row, table) for row in table.rows))),
    )


def _row(row: Row, table: Table) -> List:
    return List((*row.tests, _output(row, table)), inline=True)


def _output(row: Row, table: Table) -> Value:
    if len(row.output) == 1 and not (table.output == "role" and row.output == ("none",)):
        return row.output[0]
    return words(row.output) or "none"
