"""Flat event logs out: CSV, Parquet and XES, one case per order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pyarrow as pa
import pyarrow.parquet as pq

from orderway.connect.eventlog.history import CUSTOMERS, ORDERS, Event, History, Value
from orderway.connect.eventlog.ocel import moment

COLUMNS = (
    "case_id",
    "activity",
    "timestamp",
    "start_timestamp",
    "resource",
    "outcome",
    "customer",
    "customer_group",
    "channel",
    "standard",
)
TIMES = ("timestamp", "start_timestamp")


def write_csv(history: History, path: Path) -> None:
    """UTF-8 with a byte order mark, so that a spreadsheet reads Chinese; times in UTC."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(_texts(history))


def write_parquet(history: History, path: Path) -> None:
    """The same columns, times as timestamps in UTC."""
    rows = list(_rows(history))
    columns = {name: [row[place] or None for row in rows] for place, name in enumerate(COLUMNS)}
    kinds = [(name, pa.timestamp("us", tz="UTC") if name in TIMES else pa.string()) for name in COLUMNS]
    pq.write_table(pa.table(columns, schema=pa.schema(kinds)), path)


def write_xes(history: History, path: Path) -> None:
    """XES (IEEE 1849-2016) with the concept, time, organizational and lifecycle extensions."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in _xes(history))


def _rows(history: History) -> Iterator[tuple[object, ...]]:
    values = {thing.id: thing for thing in history.things if thing.type in (ORDERS, CUSTOMERS)}
    for event in history.events:
        order, customer = values[event.order].values, event.related[1][0]
        group = values[customer].values["group"]
        yield (
            event.order, event.activity, event.at, event.taken_up, event.resource, event.outcome,
            customer.partition(":")[2], group, order["channel"], order["standard"],
        )  # fmt: skip


def _texts(history: History) -> Iterator[list[str]]:
    for row in _rows(history):
        yield [moment(value) if name in TIMES and value else str(value or "") for name, value in zip(COLUMNS, row, strict=True)]  # type: ignore[arg-type]


# --- XES ------------------------------------------------------------------------------------------------------------------

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
<classifier name="Activity" keys="concept:name"/>"""


def _xes(history: History) -> Iterator[str]:
    things = {thing.id: thing for thing in history.things}
    yield _HEAD
    for order, events in groupby(history.events, key=lambda event: event.order):
        yield f"<trace>{_value('concept:name', order)}"
        for name in ("channel", "standard", "status"):
            yield _value(name, things[order].values[name])
        for event in events:
            yield "".join(("<event>", *_of_event(event), "</event>"))
        yield "</trace>"
    yield "</log>"


def _of_event(event: Event) -> Iterator[str]:
    yield _value("concept:name", event.activity)
    yield f'<date key="time:timestamp" value={quoteattr(moment(event.at))}/>'
    yield _value("lifecycle:transition", "complete")
    if event.resource:
        yield _value("org:resource", event.resource)
    yield _value("outcome", event.outcome)
    if event.taken_up is not None:
        yield f'<date key="start_timestamp" value={quoteattr(moment(event.taken_up))}/>'


def _value(key: str, value: Value) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(str(value))}/>"
