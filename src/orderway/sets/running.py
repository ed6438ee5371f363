"""How a statement reaches the database: prepared and in binary on PostgreSQL, by the driver's own cursor on SQLite.

Every statement passes Django's wrappers and query log, so that tests can count statements and make any of them fail.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache, partial
from time import monotonic
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections

from orderway.sets.arrays import Array, ArrayDumper

CALLED, IN_SEQUENCE = re.compile(r"%\((\w+)\)s"), re.compile(r"(?<!%)%s")
MANY = 50  # elements of an array; above, the database plans for what is there now
MOST_PREPARED = 300  # all statements of all acts; with psycopg's 100 the acts would push out each other's


@cache
def on_postgresql() -> bool:
    """Whether the database of this installation is PostgreSQL."""
    return connection.vendor == "postgresql"


def run(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Run one statement; gives its rows (if it has any) and how many rows it touched.

    Parameters are called in the text (``%(name)s``); on PostgreSQL a list of them may stand for ``$1``, ``$2``, ..., which spares long
    statements the search for names.
    """
    if on_postgresql():
        return _run_prepared(sql, parameters)
    return _run_on_sqlite(sql, parameters, many=False)


def run_rows(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run one statement for every row (SQLite only); gives how many rows were touched."""
    return _run_on_sqlite(sql, rows, many=True)[1]


def _run_on_sqlite(sql: str, parameters: Any, *, many: bool) -> tuple[list[tuple[Any, ...]], int]:
    """Django's cursor would search the text for parameters and look up the connection at every call."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors, closing(database.connection.cursor()) as cursor:
        execute: Any = partial(_send_to_sqlite, cursor)
        for wrapper in database.execute_wrappers:
            execute = partial(wrapper, execute)
        execute(sql, parameters, many, {"connection": database, "cursor": cursor})
        rows = cursor.fetchall() if cursor.description else []
        return rows, cursor.rowcount


def _send_to_sqlite(cursor: sqlite3.Cursor, sql: str, parameters: Any, many: bool, context: Mapping[str, Any]) -> None:
    started, database = monotonic(), context["connection"]
    try:
        (cursor.executemany if many else cursor.execute)(_as_sqlite_reads(sql, many or not isinstance(parameters, Mapping)), parameters)
    finally:
        if database.queries_logged:
            logged = f"{len(parameters)} times: {sql}" if many else database.ops.last_executed_query(cursor, sql, parameters)
            database.queries_log.append({"sql": logged, "time": f"{monotonic() - started:.3f}"})


@cache
def _as_sqlite_reads(sql: str, in_sequence: bool) -> str:
    """Parameters as SQLite writes them, ``?`` or ``:name``; `sets` keeps its statements as they are, so there are few."""
    marked = IN_SEQUENCE.sub("?", sql) if in_sequence else CALLED.sub(r":\1", sql)
    return marked.replace("%%", "%")


def _run_prepared(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    database = connections[DEFAULT_DB_ALIAS]  # `connection` would look this up at every dot
    database.ensure_connection()
    database.validate_no_broken_transaction()
    raw = database.connection
    if raw.prepared_max != MOST_PREPARED:  # a fresh connection
        raw.prepared_max = MOST_PREPARED
        raw.adapters.register_dumper(Array, ArrayDumper)
    kind = psycopg.Cursor if isinstance(parameters, Mapping) else psycopg.RawCursor
    cursor: psycopg.Cursor[Any] = kind(raw)
    cursor.format = psycopg.pq.Format.BINARY
    execute: Any = partial(_send, cursor)
    for wrapper in database.execute_wrappers:
        execute = partial(wrapper, execute)
    with database.wrap_database_errors, cursor:
        execute(sql, parameters, False, {"connection": database, "cursor": cursor})
        result = cursor.pgresult  # `description` would describe every column
        rows = cursor.fetchall() if result is not None and result.nfields else []
        return rows, cursor.rowcount


def _for_many(parameters: Mapping[str, Any] | Sequence[Any]) -> bool:
    """Whether a statement is for many rows: a prepared one may have been planned while its tables were almost empty, and what is cheap for
    a handful then runs for minutes.
    """
    for value in parameters.values() if isinstance(parameters, Mapping) else parameters:
        if type(value) is Array and value.count > MANY:
            return True
    return False


def _send(
    cursor: psycopg.Cursor[Any], sql: str, parameters: Mapping[str, Any] | Sequence[Any], many: bool, context: Mapping[str, Any]
) -> None:
    started = monotonic()
    try:
        cursor.execute(sql, parameters, prepare=not _for_many(parameters))
    finally:
        if context["connection"].queries_logged:
            connection.queries_log.append({"sql": sql, "time": f"{monotonic() - started:.3f}"})
