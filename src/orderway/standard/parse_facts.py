"""Reads the vocabulary of a standard: facts, tables, calendars, roles, documents, kinds of errors. Never checks one against the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orderway.standard import reading
from orderway.standard.document import (
    Calendar,
    DocumentKind,
    ErrorKind,
    Expression,
    Fact,
    FactKind,
    FactType,
    Role,
    RoleId,
    Row,
    Table,
)
from orderway.standard.document import Scalar as FactValue
from orderway.standard.reading import IDENTIFIER, RESERVED, Fields, Log
from orderway.standard.sentences import NOTHING, Sentence, quoted
from orderway.standard.yaml_tree import Entries, Items, Scalar, Tree

_SIMPLE: tuple[FactKind, ...] = ("money", "number", "percent", "text", "bool", "date")
_NUMERIC = ("money", "number", "percent")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d) ?- ?([01]\d|2[0-4]):([0-5]\d)")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
_HITS: tuple[Literal["first", "unique"], ...] = ("first", "unique")
_TABLE_OUTPUTS: tuple[Literal["role", "text", "number", "bool"], ...] = ("role", "text", "number", "bool")


def roles(log: Log, tree: Tree) -> dict[RoleId, Role]:
    """Who there is, by name."""
    return {
        RoleId(id): Role(RoleId(id), reading.text(log, value, Sentence("role '{name}'", name=id)), key.mark)
        for id, key, value in reading.named(log, tree, quoted("roles"))
    }


def error_kinds(log: Log, tree: Tree) -> dict[str, ErrorKind]:
    """The kinds of errors that a correction may name."""
    return {
        id: ErrorKind(id, reading.text(log, value, Sentence("error '{name}'", name=id)), key.mark)
        for id, key, value in reading.named(log, tree, quoted("errors"))
    }


def documents(log: Log, tree: Tree) -> dict[str, DocumentKind]:
    """The papers of the process."""
    return {id: _document(log, id, key, value) for id, key, value in reading.named(log, tree, quoted("documents"))}


def _document(log: Log, id: str, key: Scalar, tree: Tree) -> DocumentKind:
    fields = Fields(log, tree, Sentence("document '{name}'", name=id), ("title", "keep", "template", "from"))
    return DocumentKind(
        id=id,
        title=fields.text("title"),
        keep=fields.duration("keep"),
        template=fields.optional_word("template"),
        source=fields.optional_option("from", ("customer", "supplier")),
        mark=key.mark,
    )


# --- calendars ------------------------------------------------------------------------------------------------------


def calendars(log: Log, tree: Tree) -> dict[str, Calendar]:
    """The working times."""
    return {id: _calendar(log, id, key, value) for id, key, value in reading.named(log, tree, quoted("calendars"))}


def _calendar(log: Log, id: str, key: Scalar, tree: Tree) -> Calendar:
    fields = Fields(log, tree, Sentence("calendar '{name}'", name=id), ("zone", "hours", "holidays"))
    hours = fields.required("hours")
    return Calendar(id, _zone(fields), _hours(log, hours, id) if hours else (), _holidays(fields), key.mark)


def _zone(fields: Fields) -> str:
    name = fields.line("zone")
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fields.log.hole("bad-zone", fields.mark, Sentence("There is no time zone '{name}'. Write it as in Asia/Shanghai.", name=name))
    return name


def _holidays(fields: Fields) -> str | None:
    country = fields.optional_line("holidays")
    if country is not None and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,5})?", country):
        fields.log.hole(
            "bad-word",
            fields.mark,
            Sentence("'holidays' of {place} must be a country code such as CN, not '{country}'.", place=fields.place, country=country),
        )
    return country


def _hours(log: Log, tree: Tree, id: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    week: dict[int, tuple[tuple[int, int], ...]] = {}
    if not isinstance(tree, Entries):
        log.hole(
            "wrong-type", tree.mark, Sentence("'hours' of calendar '{name}' must be a map such as mon-fri: [\"09:00-17:00\"].", name=id)
        )
        return ()
    for key, value in tree.entries:
        spans = tuple(_spans(log, value, id))
        for day in _days(log, key):
            if day in week:
                log.hole("bad-hours", key.mark, Sentence("{day} has hours twice in calendar '{name}'. Keep one.", day=_DAYS[day], name=id))
            week[day] = spans
    if not any(week.values()):
        log.hole("bad-hours", tree.mark, Sentence("Calendar '{name}' has no working time. Give at least one day its hours.", name=id))
    return tuple(week.get(day, ()) for day in range(7))


def _days(log: Log, key: Scalar) -> Iterator[int]:
    first, _, last = key.text.partition("-")
    last = last or first
    if first in _DAYS and last in _DAYS and _DAYS.index(first) <= _DAYS.index(last):
        yield from range(_DAYS.index(first), _DAYS.index(last) + 1)
    else:
        log.hole("bad-hours", key.mark, Sentence("'{text}' names no days. Write mon-fri or sat.", text=key.text))


def _spans(log: Log, tree: Tree, id: str) -> Iterator[tuple[int, int]]:
    before = 0
    for part in reading.items(log, tree, Sentence("The hours of a day in calendar '{name}'", name=id)):
        match = _SPAN.fullmatch(part.text) if isinstance(part, Scalar) else None
        start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
        if match and before <= start < end <= 24 * 60:
            yield start, end
            before = end
        else:
            log.hole(
                "bad-hours",
                part.mark,
                Sentence("Hours in calendar '{name}' must be spans in ascending order such as \"09:00-12:00\".", name=id),
            )


# --- facts ----------------------------------------------------------------------------------------------------------


def facts(log: Log, tree: Tree) -> dict[str, Fact]:
    """The declared facts in the order of the document."""
    if not isinstance(tree, Entries):
        log.hole("wrong-type", tree.mark, Sentence("'facts' must be a map of names and types such as order.total: money."))
        return {}
    return {key.text: fact for key, value in tree.entries if (fact := _fact(log, key, value))}


def fact_name_is_good(name: str) -> bool:
    """Two or more words joined by dots, the first not one of the rule language's own."""
    parts = name.split(".")
    return len(parts) > 1 and all(IDENTIFIER.fullmatch(part) for part in parts) and parts[0] not in RESERVED


def _fact(log: Log, key: Scalar, tree: Tree) -> Fact | None:
    name = key.text
    if not fact_name_is_good(name):
        log.hole("bad-word", key.mark, Sentence("A fact needs a name of two words with a dot, as in order.total, not '{name}'.", name=name))
        return None
    if isinstance(tree, Entries) and any(entry.text == "type" for entry, _ in tree.entries):
        fields = Fields(log, tree, Sentence("fact '{name}'", name=name), ("type", "default", "from"))
        kind = fact_type(log, fields.required("type") or tree, name)
        default = fields.optional("default")
        value = _default(log, default, kind, name) if default else None
        return Fact(name, kind, value, default is not None, fields.optional_line("from"), key.mark)
    return Fact(name, fact_type(log, tree, name), mark=key.mark)


def fact_type(log: Log, tree: Tree, name: str) -> FactType:
    """A type in the notation of the document: a word, ``{one_of: [..]}``, or a list with one record."""
    if isinstance(tree, Scalar) and tree.text in _SIMPLE:
        return FactType(reading.option(log, tree, quoted(name), _SIMPLE))
    if isinstance(tree, Items) and len(tree.items) == 1 and isinstance(tree.items[0], Entries):
        return FactType("list", record=tuple(_record(log, tree.items[0], name)))
    if isinstance(tree, Entries) and [key.text for key, _ in tree.entries] == ["one_of"]:
        choices = _choices(log, tree.entries[0][1], name)
        return FactType("one_of", choices=choices)
    said = Sentence("'{text}' is no type.", text=tree.text) if isinstance(tree, Scalar) else Sentence("This is no type.")
    hint = reading.did_you_mean(tree.text, _SIMPLE) if isinstance(tree, Scalar) else NOTHING
    log.hole(
        "bad-type",
        tree.mark,
        Sentence(
            "{name}: {said} Write {known}, {{one_of: [a, b]}} or [{{field: type}}].{hint}",
            name=name,
            said=said,
            known=_SIMPLE,
            hint=hint,
        ),
    )
    return FactType("text")


def _choices(log: Log, tree: Tree, name: str) -> tuple[str, ...]:
    choices = tuple(
        reading.line(log, part, Sentence("A choice of {name}", name=name))
        for part in reading.items(log, tree, Sentence("'one_of' of {name}", name=name))
    )
    if not choices or len(set(choices)) < len(choices):
        log.hole("bad-type", tree.mark, Sentence("'one_of' of {name} needs different choices, at least one.", name=name))
    return choices


def _record(log: Log, tree: Entries, name: str) -> Iterator[tuple[str, FactType]]:
    if not tree.entries:
        log.hole("bad-type", tree.mark, Sentence("The record of {name} has no field. Write [{{field: type}}].", name=name))
    for key, value in tree.entries:
        if IDENTIFIER.fullmatch(key.text) and key.text not in RESERVED:
            yield key.text, fact_type(log, value, f"{name}.{key.text}")
        else:
            log.hole(
                "bad-word",
                key.mark,
                Sentence("A field of {name} must be one word of letters, digits and '_', not '{text}'.", name=name, text=key.text),
            )


def _default(log: Log, tree: Tree, kind: FactType, name: str) -> FactValue:
    said = tree.text if isinstance(tree, Scalar) else ""
    if kind.kind in _NUMERIC and _NUMBER.fullmatch(said):
        return Decimal(said)
    if kind.kind == "bool" and said in ("true", "false"):
        return said == "true"
    if (kind.kind == "text" and isinstance(tree, Scalar)) or said in kind.choices or (kind.kind == "date" and is_date(said)):
        return said
    wanted = Sentence("one of {known}", known=kind.choices) if kind.choices else kind.kind
    log.hole(
        "bad-default",
        tree.mark,
        Sentence("The default of {name} must be of its type ({wanted}). A list has none.", name=name, wanted=wanted),
    )
    return None


def is_date(text: str) -> bool:
    """A day as 2026-03-01."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text))


# --- tables ---------------------------------------------------------------------------------------------------------


def tables(log: Log, tree: Tree) -> Mapping[str, Table]:
    """The decision tables."""
    return {id: _table(log, id, key, value) for id, key, value in reading.named(log, tree, quoted("tables"))}


def _table(log: Log, id: str, key: Scalar, tree: Tree) -> Table:
    fields = Fields(log, tree, Sentence("table '{name}'", name=id), ("inputs", "output", "hit", "rows"))
    if not IDENTIFIER.fullmatch(id):
        log.hole(
            "bad-word",
            key.mark,
            Sentence("Rules say table.{name}, so the name of a table has only letters, digits and '_'. Rename it.", name=id),
        )
    inputs = _inputs(log, fields.required("inputs"), id)
    output = fields.option("output", _TABLE_OUTPUTS)
    hit = fields.option("hit", _HITS)
    rows = fields.required("rows")
    parts = reading.items(log, rows, Sentence("'rows' of table '{name}'", name=id)) if rows else ()
    return Table(id, inputs, output, hit, tuple(_row(log, part, id, len(inputs), output) for part in parts), key.mark)


def _inputs(log: Log, tree: Tree | None, id: str) -> tuple[Expression, ...]:
    parts = reading.items(log, tree, Sentence("'inputs' of table '{name}'", name=id)) if tree else ()
    if tree and not parts:
        log.hole("wrong-type", tree.mark, Sentence("'inputs' of table '{name}' must be a list with at least one fact.", name=id))
    return tuple(reading.expression(log, part, Sentence("An input of table '{name}'", name=id)) for part in parts)


def _row(log: Log, tree: Tree, id: str, inputs: int, output: str) -> Row:
    parts = reading.items(log, tree, Sentence("A row of table '{name}'", name=id))
    if len(parts) != inputs + 1:
        log.hole(
            "bad-row",
            tree.mark,
            Sentence(
                "A row of table '{name}' needs {inputs} cells and an output; it has {count} parts.",
                name=id,
                inputs=inputs,
                count=len(parts),
            ),
        )
        return Row((), (), tree.mark)
    tests = tuple(reading.line(log, part, Sentence("A cell of table '{name}'", name=id)) for part in parts[:-1])
    return Row(tests, _output(log, parts[-1], id, output), tree.mark)


def _output(log: Log, tree: Tree, id: str, output: str) -> tuple[str, ...]:
    what = Sentence("The output of a row of table '{name}'", name=id)
    if output != "role":
        return (reading.line(log, tree, what),)
    if isinstance(tree, Scalar) and tree.text == "none":
        return ()
    return reading.words(log, tree, what)
