"""The physical limit beside each figure: the same rows, written by the barest program there is, into plain tables with a primary key.

On PostgreSQL that program is pgbench with prepared statements, on SQLite a loop over a prepared statement; each commit is durable.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from orderway.project.benchmarks.servers import programs

SECONDS = 4.0
Rows = Sequence[Sequence[int | float | str | bytes | None]]


@dataclass(frozen=True, slots=True)
class Written:
    """What one order's act writes into one table: `inserts` and `updates` rows of `row` (column -> a value that was really written)."""

    table: str
    row: dict[str, object]
    inserts: int = 0
    updates: int = 0


def sample(table: str, *, inserts: int = 0, updates: int = 0) -> Written:
    """The newest row of a table, as what is written into it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")  # noqa: S608  our own table names
        row = cursor.fetchone()
        assert row is not None, f"{table} is empty: nothing was measured before its control"
        columns = [column[0] for column in cursor.description]
    return Written(table, {name: value for name, value in zip(columns, row, strict=True) if name != "id"}, inserts, updates)


def per_second(written: Sequence[Written], *, orders_per_transaction: int = 1, clients: int = 1) -> float:
    """Orders per second when the rows of so many orders are written in one transaction."""
    if connection.vendor == "postgresql":
        return _pgbench(written, orders_per_transaction, clients)
    return _sqlite(written, orders_per_transaction)


# --- SQLite -----------------------------------------------------------------------------------------------------------------


def _sqlite(written: Sequence[Written], orders: int) -> float:
    folder = Path(str(settings.DATABASES["default"]["NAME"])).parent
    with tempfile.TemporaryDirectory(dir=folder) as own, closing(sqlite3.connect(f"{own}/control.sqlite3", isolation_level=None)) as bare:
        bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;")
        inserts: list[tuple[str, Rows]] = []
        updates: list[tuple[str, Rows]] = []
        for each in written:
            columns = list(each.row)
            bare.execute(f"CREATE TABLE c_{each.table} (id INTEGER PRIMARY KEY, {', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO c_{each.table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            values = tuple(value if isinstance(value, int | float | str | bytes | None) else str(value) for value in each.row.values())
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(insert, [values] * max(1, each.updates * 20_000))
            bare.execute("COMMIT")
            if each.inserts:
                inserts.append((insert, [values] * (each.inserts * orders)))
            if each.updates:
                changed = columns[-3:]
                update = f"UPDATE c_{each.table} SET {', '.join(f'{name} = ?' for name in changed)} WHERE id = ?"  # noqa: S608
                updates.append((update, [(*values[-3:], 1 + number % 20_000) for number in range(each.updates * orders)]))
        return _timed(bare, [*inserts, *updates], orders)


def _timed(bare: sqlite3.Connection, statements: Sequence[tuple[str, Rows]], orders: int) -> float:
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < SECONDS:
        bare.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            bare.executemany(statement, rows)
        bare.execute("COMMIT")
        done += orders
    return done / elapsed


# --- PostgreSQL -------------------------------------------------------------------------------------------------------------


def _pgbench(written: Sequence[Written], orders: int, clients: int) -> float:
    script = ["BEGIN;"]
    with connection.cursor() as cursor:
        for each in written:
            columns = ", ".join(f'"{name}"' for name in each.row)
            cursor.execute(f"DROP TABLE IF EXISTS c_{each.table}")
            cursor.execute(f"CREATE TABLE c_{each.table} AS SELECT * FROM {each.table} WITH NO DATA")  # noqa: S608
            cursor.execute(f"ALTER TABLE c_{each.table} DROP COLUMN id")
            cursor.execute(f"ALTER TABLE c_{each.table} ADD COLUMN id bigserial PRIMARY KEY")
            literals = _literals(each)
            rows = f"INSERT INTO c_{each.table} ({columns}) SELECT {literals} FROM generate_series(1, "  # noqa: S608
            cursor.execute(rows + f"{max(1, each.updates * 20_000)})")
            if each.inserts:
                script.append(f"{rows}{each.inserts * orders});")
            if each.updates:
                script += _updates(each, orders)
    script.append("COMMIT;")
    return _run_pgbench("\n".join(script), clients) * orders


def _literals(each: Written) -> str:
    from psycopg import sql

    connection.ensure_connection()
    return ", ".join(sql.Literal(value).as_string(connection.connection) for value in each.row.values())


def _updates(each: Written, orders: int) -> list[str]:
    changed = list(each.row)[-3:]
    sets = ", ".join(f'"{name}" = "{name}"' for name in changed)
    count = each.updates * orders
    return [
        rf"\set first random(1, {20_000 - count if count < 20_000 else 1})",
        f"UPDATE c_{each.table} SET {sets} WHERE id BETWEEN :first AND :first + {count - 1};",  # noqa: S608
    ]


def _run_pgbench(script: str, clients: int) -> float:
    binaries = programs()
    assert binaries is not None
    where = settings.DATABASES["default"]
    lines = script.split("\n")
    variables = [line for line in lines if line.startswith("\\set")]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write("\n".join([*variables, *(line for line in lines if not line.startswith("\\set"))]))
        file.flush()
        command = [f"{binaries}/pgbench", "-n", "-M", "prepared", "-f", file.name, "-c", str(clients), "-j", str(min(clients, 2))]
        command += [
            "-T",
            str(int(SECONDS)),
            "-h",
            str(where["HOST"]),
            "-p",
            str(where["PORT"]),
            "-U",
            str(where["USER"]),
            str(where["NAME"]),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ.copy())  # noqa: S603
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(f"pgbench: {done.stderr.strip() or done.stdout.strip()}")
    return float(found[1])
