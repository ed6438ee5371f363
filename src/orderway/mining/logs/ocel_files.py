"""OCEL 2.0 as JSON, XML and SQLite, and its ancestor as CSV (one column of keys per type of object)."""

from __future__ import annotations

import ast
import json
import sqlite3
from collections.abc import Iterable, Mapping

from orderway.mining.log import Finding, Unreadable, gettext_noop
from orderway.mining.logs.delimited import read_delimited
from orderway.mining.logs.markup import read_markup
from orderway.mining.logs.ocel_parts import Gathering
from orderway.mining.ocel import ObjectLog

CSV_TYPE = "ocel:type:"


def read_ocel_json(content: bytes, findings: tuple[Finding, ...]) -> ObjectLog:
    """OCEL 2.0 as JSON."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(
            "not_json", gettext_noop("This JSON cannot be read: {reason}. Export the log again."), reason=str(problem)[:200]
        ) from problem
    if not isinstance(document, dict) or not isinstance(document.get("events"), list):
        raise Unreadable("not_ocel", gettext_noop("This JSON is no OCEL 2.0: it has no list “events”. Export it as OCEL 2.0."))
    gathering, broken = Gathering(), 0
    for kind in _maps(document.get("objectTypes")):
        gathering.object_type(str(kind.get("name", "")))
    for thing in _maps(document.get("objects")):
        gathering.object(str(thing.get("id", "")), str(thing.get("type", "")))
    for event in document["events"]:
        if not isinstance(event, dict):
            broken += 1
            continue
        place = gathering.event(str(event.get("type") or ""), str(event.get("time") or ""))
        for value in _maps(event.get("attributes")):
            gathering.attributes.put(str(value.get("name")), place, str(value.get("value")))
        for relation in _maps(event.get("relationships")):
            gathering.relation(place, str(relation.get("objectId")))
    said = (Finding("broken_rows", broken, left_out=True),) if broken else ()
    return gathering.log("OCEL 2.0 JSON", (*findings, *said))


def _maps(values: object) -> Iterable[Mapping[str, object]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


class _Elements:
    """Elements of OCEL 2.0 XML."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.event = -1
        self.attribute = ""
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "object-type":
            self.gathering.object_type(attributes.get("name", ""))
        elif name == "object" and "id" in attributes:
            self.event = -1
            self.gathering.object(attributes["id"], attributes.get("type", ""))
        elif name == "event":
            self.event = self.gathering.event(attributes.get("type", ""), attributes.get("time", ""))
        elif name in ("relationship", "relobj") and self.event >= 0:
            self.gathering.relation(self.event, attributes.get("object-id", ""))
        elif name == "attribute" and self.event >= 0:
            self.attribute, self.text = attributes.get("name", ""), []

    def end(self, name: str) -> None:
        if name == "attribute" and self.event >= 0 and self.attribute:
            self.gathering.attributes.put(self.attribute, self.event, "".join(self.text))
            self.attribute = ""
        elif name in ("event", "events"):
            self.event = -1

    def characters(self, text: str) -> None:
        if self.attribute:
            self.text.append(text)


def read_ocel_xml(content: bytes, findings: tuple[Finding, ...]) -> ObjectLog:
    """OCEL 2.0 as XML."""
    elements = _Elements()
    broken = read_markup(content, elements.start, elements.end, elements.characters)
    return elements.gathering.log("OCEL 2.0 XML", (*findings, *broken))


def read_ocel_sqlite(content: bytes, findings: tuple[Finding, ...]) -> ObjectLog:
    """OCEL 2.0 as SQLite; the database is read from memory, its schema is not trusted."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(content)
        database.execute("PRAGMA trusted_schema = OFF")
        return _of_database(database).log("OCEL 2.0 SQLite", findings)
    except sqlite3.Error as problem:
        sentence = gettext_noop("This SQLite file is no OCEL 2.0: {reason}. Export it as OCEL 2.0.")
        raise Unreadable("not_ocel", sentence, reason=str(problem)) from problem
    finally:
        database.close()


def _of_database(database: sqlite3.Connection) -> Gathering:
    gathering, places = Gathering(), {}
    for kind, _table in database.execute("SELECT ocel_type, ocel_type_map FROM object_map_type"):
        gathering.object_type(str(kind))
    for key, kind in database.execute("SELECT ocel_id, ocel_type FROM object"):
        gathering.object(str(key), str(kind))
    kinds = dict(database.execute("SELECT ocel_type, ocel_type_map FROM event_map_type").fetchall())
    rows = {kind: _event_rows(database, str(table)) for kind, table in kinds.items()}
    for key, kind in database.execute("SELECT ocel_id, ocel_type FROM event"):
        values = dict(rows.get(kind, {}).get(str(key), {}))
        places[str(key)] = place = gathering.event(str(kind), values.pop("ocel_time", ""))
        for name, value in values.items():
            gathering.attributes.put(name, place, value)
    for key, thing in database.execute("SELECT ocel_event_id, ocel_object_id FROM event_object"):
        gathering.relation(places.get(str(key), -1), str(thing))
    gathering.pairs = [(place, thing) for place, thing in gathering.pairs if place >= 0]
    return gathering


def _event_rows(database: sqlite3.Connection, table: str) -> dict[str, dict[str, str]]:
    """Time and attributes of the events of a type, by key."""
    quoted = '"event_' + table.replace('"', '""') + '"'
    cursor = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608  (the name of a table, quoted; the database is the user's own file)
    names = [column[0] for column in cursor.description]
    rows = ({name: str(value) for name, value in zip(names, row, strict=True) if value is not None} for row in cursor)
    return {row.pop("ocel_id", ""): {name: value for name, value in row.items() if name != "ocel:activity"} for row in rows}


def read_ocel_csv(content: bytes, findings: tuple[Finding, ...]) -> ObjectLog:
    """OCEL 1.0 as CSV: keys of objects stand in columns `ocel:type:…` as lists."""
    table = read_delimited(content, findings)
    gathering = Gathering()
    activities, times = table.columns["ocel:activity"].texts(), table.columns["ocel:timestamp"].texts()
    for activity, time in zip(activities, times, strict=True):
        gathering.event(activity, time)
    for name, column in table.columns.items():
        if name.startswith(CSV_TYPE):
            gathering.object_type(name.removeprefix(CSV_TYPE))
            for place, cell in enumerate(column.texts()):
                _relate(gathering, place, cell.strip(), name.removeprefix(CSV_TYPE))
        elif name not in ("ocel:eid", "ocel:activity", "ocel:timestamp"):
            for place, value in enumerate(column.texts()):
                gathering.attributes.put(name, place, value)
    return gathering.log("OCEL CSV", table.findings)


def _relate(gathering: Gathering, place: int, cell: str, kind: str) -> None:
    if not cell:
        return
    try:
        keys = ast.literal_eval(cell) if cell.startswith("[") else [cell]
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        keys = [cell]
    for key in keys:
        if str(key) not in gathering.objects:
            gathering.object(str(key), kind)
        gathering.relation(place, str(key))
