"""Insert and update n rows of one table, or of several tables in one statement.

Never decides what to write. Every write says how many rows it must touch; another number is a bug or a lost race and raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from json import dumps
from typing import Any

from django.db import models

from orderway.sets.arrays import ALONE, Array, encoded
from orderway.sets.columns import Column, column, moment_for_sqlite
from orderway.sets.running import on_postgresql, run, run_rows

Row = Sequence[Any]


class WrongCount(AssertionError):
    """A write touched another number of rows than it had to: somebody else was there although the lock was held, or the code is wrong."""


@dataclass(frozen=True, slots=True)
class Insert:
    """n new rows. `after_updates`: the rows replace others of the same statement under a unique index, which must go first."""

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: Sequence[Row]
    after_updates: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """n changed rows, found by `key` (and only if they equal `guard`, too); `rows` hold key, guard and set values in this sequence.

    `added` names columns to which the value is added instead of replacing them. With `exact=False` fewer rows may match.
    """

    model: type[models.Model]
    key: tuple[str, ...]
    set: tuple[str, ...]
    rows: Sequence[Row]
    guard: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    exact: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of `rows`, in their sequence."""
        return (*self.key, *self.guard, *self.set)


@dataclass(frozen=True, slots=True)
class Add:
    """n balances, found by `key` under its unique constraint: the values of `added` are added to what stands there, or begin a new row.

    Rows are taken in ascending key, so that two writers never wait for each other; whole numbers only, which every database adds exactly.
    """

    model: type[models.Model]
    key: tuple[str, ...]
    added: tuple[str, ...]
    rows: Sequence[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of `rows`, in their sequence."""
        return (*self.key, *self.added)


Write = Insert | Update | Add


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Insert n rows; gives their number."""
    return store([Insert(model, tuple(columns), rows)])[0] if rows else 0


def update(model: type[models.Model], *, key: Sequence[str], set: Sequence[str], rows: Sequence[Row], guard: Sequence[str] = ()) -> int:
    """Update n rows found by `key` if they still equal `guard`; raises WrongCount if not all did."""
    return store([Update(model, tuple(key), tuple(set), rows, tuple(guard))])[0] if rows else 0


def store(writes: Sequence[Write]) -> list[int]:
    """Make all these writes: one statement on PostgreSQL, one per write on SQLite, however many rows.

    Gives the rows touched by each that had any, updates first, which is also the sequence in which they happen; several writes to one
    table must not touch the same row.
    """
    writes = _together(writes)
    if not writes:
        return []
    counts = _store_at_once(writes) if on_postgresql() else [run_rows(_row_statement(_shape(write)), _rows(write)) for write in writes]
    for write, count in zip(writes, counts, strict=True):
        exact = not isinstance(write, Update) or write.exact
        if exact and count != len(write.rows):
            raise WrongCount(f"{write.model.__name__}: {count} rows instead of {len(write.rows)}")
    return counts


def _together(writes: Sequence[Write]) -> list[Write]:
    """Updates first; inserts into the same columns of a table become one, so that n places that each bring a row make one statement.

    Balances come last and likewise become one, each row the sum of what is added to it.
    """
    merged: dict[object, Insert] = {}
    updates: list[Write] = []
    balances: dict[object, Add] = {}
    for write in writes:
        if not write.rows:
            continue
        if isinstance(write, Add):
            same = (write.model, write.key, write.added)
            balances[same] = Add(*same, _summed(write, balances.get(same)))
            continue
        if isinstance(write, Update):
            updates.append(write)
            continue
        shape = (write.model, write.columns, write.after_updates)
        known = merged.get(shape)
        merged[shape] = Insert(*shape[:2], [*known.rows, *write.rows], write.after_updates) if known else write
    return [*updates, *merged.values(), *balances.values()]


def _summed(write: Add, before: Add | None) -> list[Row]:
    """One row per key, ascending."""
    width, sums = len(write.key), dict[Row, list[int]]()
    for row in (*(before.rows if before else ()), *write.rows):
        known = sums.setdefault(tuple(row[:width]), [0] * len(write.added))
        for position, value in enumerate(row[width:]):
            known[position] += value
    return [(*key, *values) for key, values in sorted(sums.items())]


# --- the shape of a write: everything that its SQL depends on ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    model: type[models.Model]
    key: tuple[str, ...]
    guard: tuple[str, ...]
    set: tuple[str, ...]
    added: tuple[str, ...]
    waits: bool
    balance: bool
    columns: tuple[Column, ...]

    @property
    def table(self) -> str:
        return f'"{self.model._meta.db_table}"'


def _shape(write: Write) -> _Shape:
    if isinstance(write, Insert):
        return _shaped(write.model, (), (), write.columns, (), write.after_updates, False)
    if isinstance(write, Add):
        return _shaped(write.model, write.key, (), write.added, write.added, False, True)
    return _shaped(write.model, write.key, write.guard, write.set, write.added, False, False)


@cache
def _shaped(
    model: type[models.Model],
    key: tuple[str, ...],
    guard: tuple[str, ...],
    set: tuple[str, ...],
    added: tuple[str, ...],
    waits: bool,
    balance: bool,
) -> _Shape:
    """The only one of its kind, so that shapes are told apart by identity."""
    columns = tuple(column(model, name) for name in (*key, *guard, *set))
    return _Shape(model, key, guard, set, added, waits, balance, columns)


# --- SQLite ---------------------------------------------------------------------------------------------------------------


@cache
def _row_statement(shape: _Shape) -> str:
    if not shape.key or shape.balance:
        names = ", ".join(f'"{one.name}"' for one in shape.columns)
        taken = f"INSERT INTO {shape.table} AS t ({names}) VALUES ({', '.join(['%s'] * len(shape.columns))})"  # noqa: S608
        return taken + _on_conflict(shape)
    where = " AND ".join(f'"{column(shape.model, name).name}" = %s' for name in (*shape.key, *shape.guard))
    return f"UPDATE {shape.table} SET {_assignments(shape, '%s')} WHERE {where}"  # noqa: S608


def _rows(write: Write) -> list[tuple[Any, ...]]:
    """The values as SQLite stores them; for an update the set values come first, as in the statement."""
    shape = _shape(write)
    turned = [
        values if one.to_sqlite is None else _converted(one.to_sqlite, values)
        for one, values in zip(shape.columns, zip(*write.rows, strict=True), strict=True)
    ]
    first = 0 if shape.balance else len(shape.key) + len(shape.guard)
    return list(zip(*turned[first:], *turned[:first], strict=True))


def _converted(convert: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    """Values of a batch repeat themselves (one `now`, few dates), so each is converted once where it can be."""
    if convert is not moment_for_sqlite:
        return [convert(value) for value in values]
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


# --- PostgreSQL -----------------------------------------------------------------------------------------------------------


def _store_at_once(writes: Sequence[Write]) -> list[int]:
    shapes = tuple([_shape(write) for write in writes])
    parameters = [array for shape, write in zip(shapes, writes, strict=True) for array in _arrays(shape, write.rows)]
    rows, _ = run(_statement(shapes), parameters)
    return list(rows[0])


def _arrays(shape: _Shape, rows: Sequence[Row]) -> list[Array]:
    """The columns of these rows."""
    if len(rows) == 1:
        return [ALONE[one.kind](_sent(one, value)) for one, value in zip(shape.columns, rows[0], strict=True)]
    columns = zip(shape.columns, zip(*rows, strict=True), strict=True)
    return [encoded(one.kind, [_sent(one, value) for value in values] if one.is_json else values) for one, values in columns]


def _sent(one: Column, value: Any) -> Any:
    return dumps(value) if one.is_json and value is not None else value


@cache
def _statement(shapes: tuple[_Shape, ...]) -> str:
    parts, first = [], 1
    for number, shape in enumerate(shapes):
        parts.append(_part(number, shape, shapes, first))
        first += len(shape.columns)
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(shapes)))  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT {counts}"


def _part(number: int, shape: _Shape, shapes: tuple[_Shape, ...], first: int) -> str:
    """One table's part; its columns are the parameters from `first` on."""
    arrays = ", ".join(f"${first + position}::{one.kind}[]" for position, one in enumerate(shape.columns))
    given = f"unnest({arrays}) AS g({', '.join(f'c{position}' for position in range(len(shape.columns)))})"
    if not shape.key or shape.balance:
        names = ", ".join(f'"{one.name}"' for one in shape.columns)
        chosen = ", ".join(f"g.c{position}{one.cast}" for position, one in enumerate(shape.columns))
        taken = f"SELECT {chosen} FROM {given}{_waits(shape, shapes)}"  # noqa: S608
        in_turn = f" ORDER BY {', '.join(f'g.c{position}' for position in range(len(shape.key)))}{_on_conflict(shape)}" if shape.key else ""
        return f"w{number} AS (INSERT INTO {shape.table} AS t ({names}) {taken}{in_turn} RETURNING 1)"
    matched = shape.columns[: len(shape.key) + len(shape.guard)]
    where = " AND ".join(f't."{one.name}" = g.c{position}{one.cast}' for position, one in enumerate(matched))
    return f"w{number} AS (UPDATE {shape.table} AS t SET {_assignments(shape, 'g')} FROM {given} WHERE {where} RETURNING 1)"  # noqa: S608


def _on_conflict(shape: _Shape) -> str:
    """What becomes of a row that stands there already: a balance is raised, any other row is an error."""
    if not shape.balance:
        return ""
    keys = ", ".join(f'"{column(shape.model, name).name}"' for name in shape.key)
    raised = ", ".join(f'"{name}" = t."{name}" + excluded."{name}"' for name in (column(shape.model, name).name for name in shape.added))
    return f" ON CONFLICT ({keys}) DO UPDATE SET {raised}"


def _waits(shape: _Shape, shapes: tuple[_Shape, ...]) -> str:
    """Reading the updates' counts makes PostgreSQL finish them first: a closed row must free its place in a unique index."""
    updates = [number for number, other in enumerate(shapes) if other.key and other.model is shape.model]
    if not shape.waits or not updates:
        return ""
    return " WHERE " + " AND ".join(f"(SELECT count(*) FROM w{number}) >= 0" for number in updates)  # noqa: S608


def _assignments(shape: _Shape, source: str) -> str:
    """``SET`` list: from the row's placeholders (SQLite) or from the given columns (PostgreSQL)."""
    parts = []
    first = len(shape.key) + len(shape.guard)
    for position, name in enumerate(shape.set, start=first):
        one = shape.columns[position]
        value = "%s" if source == "%s" else f"g.c{position}{one.cast}"
        kept = "" if name not in shape.added else f'"{one.name}" + ' if source == "%s" else f't."{one.name}" + '
        parts.append(f'"{one.name}" = {kept}{value}')
    return ", ".join(parts)
