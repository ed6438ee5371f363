"""OCEL 2.0 out, as JSON, XML and SQLite (https://www.ocel-standard.org): every event with the objects it concerns, and between objects."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

from orderway.connect.eventlog.history import ATTRIBUTES, EPOCH, EVENT_ATTRIBUTES, Event, History, Thing, Value

TABLES = (
    "CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
    "CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
    "CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type(ocel_type))",
    "CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type(ocel_type))",
    "CREATE TABLE event_object (ocel_event_id TEXT REFERENCES event(ocel_id), ocel_object_id TEXT REFERENCES object(ocel_id), "
    "ocel_qualifier TEXT, PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier))",
    "CREATE TABLE object_object (ocel_source_id TEXT REFERENCES object(ocel_id), ocel_target_id TEXT REFERENCES object(ocel_id), "
    "ocel_qualifier TEXT, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier))",
)
COLUMNS = {"string": "TEXT", "float": "REAL", "time": "TIMESTAMP"}


def write_json(history: History, path: Path) -> None:
    """OCEL 2.0 as JSON."""
    document = {
        "objectTypes": [{"name": name, "attributes": _declared(known)} for name, known in ATTRIBUTES.items()],
        "eventTypes": [{"name": name, "attributes": _declared(EVENT_ATTRIBUTES)} for name in _activities(history)],
        "objects": [_object(thing) for thing in history.things],
        "events": [_event(event) for event in history.events],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def write_xml(history: History, path: Path) -> None:
    """OCEL 2.0 as XML, written piece by piece."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in _xml(history))


def write_sqlite(history: History, path: Path) -> None:
    """OCEL 2.0 as SQLite: one table per type of event and of object."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    try:
        for statement in TABLES:
            database.execute(statement)
        _fill_objects(database, history)
        _fill_events(database, history)
        database.commit()
    finally:
        database.close()


# --- JSON -----------------------------------------------------------------------------------------------------------------


def _declared(known: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in known.items()]


def _object(thing: Thing) -> dict[str, object]:
    # as text: the published schema knows no other kind of value, the declared type says what it is
    values = [{"name": name, "time": moment(EPOCH), "value": str(value)} for name, value in thing.values.items()]
    return {"id": thing.id, "type": thing.type, "attributes": values, "relationships": _relations(thing.related)}


def _event(event: Event) -> dict[str, object]:
    values = [{"name": name, "value": value} for name, value in event_values(event)]
    related = _relations(event.related)
    return {"id": event.id, "type": event.activity, "time": moment(event.at), "attributes": values, "relationships": related}


def _relations(related: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"objectId": key, "qualifier": part} for key, part in related]


def event_values(event: Event) -> list[tuple[str, str]]:
    """The attributes that an event has."""
    found = [("resource", event.resource), ("outcome", event.outcome)]
    found += [("start_timestamp", moment(event.taken_up))] if event.taken_up else []
    return [(name, value) for name, value in found if value]


def moment(at: datetime) -> str:
    """A time as ISO text in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _activities(history: History) -> list[str]:
    return list(dict.fromkeys(event.activity for event in history.events))


# --- XML ------------------------------------------------------------------------------------------------------------------


def _xml(history: History) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<log>"
    yield from _types("object", ATTRIBUTES)
    yield from _types("event", dict.fromkeys(_activities(history), EVENT_ATTRIBUTES))
    yield "<objects>"
    for thing in history.things:
        yield f"<object id={quoteattr(thing.id)} type={quoteattr(thing.type)}><attributes>"
        for name, value in thing.values.items():
            yield f"<attribute name={quoteattr(name)} time={quoteattr(moment(EPOCH))}>{_text(value)}</attribute>"
        yield f"</attributes>{_related(thing.related)}</object>"
    yield "</objects><events>"
    for event in history.events:
        yield f"<event id={quoteattr(event.id)} type={quoteattr(event.activity)} time={quoteattr(moment(event.at))}><attributes>"
        for name, value in event_values(event):
            yield f"<attribute name={quoteattr(name)}>{_text(value)}</attribute>"
        yield f"</attributes>{_related(event.related)}</event>"
    yield "</events></log>"


def _types(kind: str, known: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"<{kind}-types>"
    for name, attributes in known.items():
        inside = "".join(f"<attribute name={quoteattr(one)} type={quoteattr(of)}/>" for one, of in attributes.items())
        yield f"<{kind}-type name={quoteattr(name)}><attributes>{inside}</attributes></{kind}-type>"
    yield f"</{kind}-types>"


def _related(related: tuple[tuple[str, str], ...]) -> str:
    inside = "".join(f"<relationship object-id={quoteattr(key)} qualifier={quoteattr(part)}/>" for key, part in related)
    return f"<objects>{inside}</objects>"


def _text(value: Value) -> str:
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _FORBIDDEN.sub("", text)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML 1.0 cannot hold


# --- SQLite ---------------------------------------------------------------------------------------------------------------


def _fill_objects(database: sqlite3.Connection, history: History) -> None:
    for kind, known in ATTRIBUTES.items():
        database.execute("INSERT INTO object_map_type VALUES (?, ?)", (kind, kind))
        declared = ["ocel_id TEXT REFERENCES object(ocel_id)", "ocel_time TIMESTAMP", "ocel_changed_field TEXT", *_columns(known)]
        database.execute(f'CREATE TABLE "object_{kind}" ({", ".join(declared)})')
        rows = [(one.id, _stamp(EPOCH), None, *(one.values[name] for name in known)) for one in history.things if one.type == kind]
        holes = ", ".join("?" * (3 + len(known)))
        database.executemany("INSERT INTO object VALUES (?, ?)", [(row[0], kind) for row in rows])
        database.executemany(f'INSERT INTO "object_{kind}" VALUES ({holes})', rows)  # noqa: S608  the types are our own four
    pairs = [(one.id, key, part) for one in history.things for key, part in one.related]
    database.executemany("INSERT INTO object_object VALUES (?, ?, ?)", pairs)


def _fill_events(database: sqlite3.Connection, history: History) -> None:
    for number, activity in enumerate(_activities(history), start=1):
        table = f"{number}_{re.sub(r'[^A-Za-z0-9]', '', activity)}".rstrip("_")
        database.execute("INSERT INTO event_map_type VALUES (?, ?)", (activity, table))
        declared = ["ocel_id TEXT PRIMARY KEY REFERENCES event(ocel_id)", "ocel_time TIMESTAMP", *_columns(EVENT_ATTRIBUTES)]
        database.execute(f'CREATE TABLE "event_{table}" ({", ".join(declared)})')
        of_type = [event for event in history.events if event.activity == activity]
        rows = [(one.id, _stamp(one.at), one.resource, one.outcome, _stamp(one.taken_up) if one.taken_up else None) for one in of_type]
        database.executemany(f'INSERT INTO "event_{table}" VALUES (?, ?, ?, ?, ?)', rows)  # noqa: S608  letters and digits only
    database.executemany("INSERT INTO event VALUES (?, ?)", [(event.id, event.activity) for event in history.events])
    pairs = [(event.id, key, part) for event in history.events for key, part in event.related]
    database.executemany("INSERT INTO event_object VALUES (?, ?, ?)", pairs)


def _columns(known: Mapping[str, str]) -> list[str]:
    return [f'"{name}" {COLUMNS[of]}' for name, of in known.items()]


def _stamp(at: datetime) -> str:
    """A time as SQLite writes it, with its zone."""
    return at.astimezone(UTC).isoformat(sep=" ").replace("+00:00", "Z")
