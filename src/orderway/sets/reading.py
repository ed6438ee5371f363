"""Named queries that lock or read n rows: each stands in a `.sql` file with its name and a sentence above it.

`orders.postgresql.sql` and `orders.sqlite.sql` hold the same names; parameters are called, never formatted into the text. A name that
begins with `_` is a piece that other queries of its file take in as ``{_name}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from json import dumps
from typing import Any

from orderway.sets.arrays import encoded
from orderway.sets.columns import moment_for_sqlite
from orderway.sets.running import on_postgresql, run

HEAD = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
PIECE = re.compile(r"\{(_\w+)\}")


@dataclass(frozen=True, slots=True)
class Many:
    """n values for one parameter: an array of this kind on PostgreSQL, a JSON list for ``json_each`` on SQLite."""

    kind: str
    values: Sequence[Any]


def select(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a named query, ``orders.lock_by_number``; a `Many` stands for n values."""
    file, name = query.split(".")
    return run(queries(file, "postgresql" if on_postgresql() else "sqlite")[name], _sent(parameters))[0]


def change(query: str, **parameters: Any) -> int:
    """Run a named query that writes; gives how many rows it touched."""
    file, name = query.split(".")
    return run(queries(file, "postgresql" if on_postgresql() else "sqlite")[name], _sent(parameters))[1]


@cache
def queries(file: str, vendor: str) -> Mapping[str, str]:
    """The queries of a file by name."""
    text = resources.files("orderway.sets").joinpath(f"{file}.{vendor}.sql").read_text(encoding="utf-8")
    parts = HEAD.split(text)
    found = dict(zip(parts[1::2], (body.strip().rstrip(";") for body in parts[2::2]), strict=True))
    return {name: PIECE.sub(lambda piece: found[piece[1]], body) for name, body in found.items() if not name.startswith("_")}


def _sent(parameters: Mapping[str, Any]) -> dict[str, Any]:
    if on_postgresql():
        return {name: encoded(value.kind, value.values) if isinstance(value, Many) else value for name, value in parameters.items()}
    return {name: for_sqlite(value) for name, value in parameters.items()}


def for_sqlite(value: Any) -> Any:
    """A value as SQLite takes it; n values as a JSON list."""
    if isinstance(value, Many | list):
        return dumps([for_sqlite(one) for one in (value.values if isinstance(value, Many) else value)])
    if isinstance(value, datetime):
        return moment_for_sqlite(value)
    return value.isoformat() if isinstance(value, date) else value
