"""A company that is set up once by the acts of the product and then copied: every test has its own rows, but only the first waits for them.

What is copied is what stands in the tables when the company is open, byte for byte. A test that finds rows beside it opens its own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction

Company = TypeVar("Company")
OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}


@dataclass(frozen=True)
class Copy:
    """The company as Python knows it, and its rows by table."""

    company: object
    rows: dict[str, object]


_kept: dict[str, Copy] = {}


def standing(kind: str, opened: Callable[[], Company]) -> Company:
    """The company of this kind, opened in empty tables or copied into them; `opened` must make the same each time."""
    if kind in _kept:
        with transaction.atomic():
            (_copy_postgresql if connection.vendor == "postgresql" else _copy_sqlite)(_kept[kind].rows)
        return copy.deepcopy(_kept[kind].company)
    alone = not _rows()
    company = opened()
    if alone:
        _kept[kind] = Copy(copy.deepcopy(company), _rows())
    return company


def _rows() -> dict[str, object]:
    """Every table that holds rows, with them."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in OF_DJANGO]
        read = _read_postgresql if connection.vendor == "postgresql" else _read_sqlite
        return {table: rows for table in tables if (rows := read(cursor, table))}


def _read_postgresql(cursor, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as lines:
        return b"".join(bytes(line) for line in lines)


def _read_sqlite(cursor, table: str) -> list[tuple[object, ...]]:
    names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    cursor.execute("SELECT " + ", ".join(f'+"{name}"' for name in names) + f' FROM "{table}"')  # + keeps a value as it is stored
    return cursor.fetchall()


def _copy_postgresql(rows: dict[str, bytes]) -> None:
    with connection.cursor() as cursor:
        for table, lines in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as into:
                into.write(lines)


def _copy_sqlite(rows: dict[str, list[tuple[object, ...]]]) -> None:
    with connection.cursor() as cursor:
        for table, values in rows.items():
            cursor.executemany(f'INSERT INTO "{table}" VALUES (' + ", ".join(["%s"] * len(values[0])) + ")", values)
