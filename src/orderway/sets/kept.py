"""A query of the ORM whose SQL is kept: drawn up by its first call, later calls only send other values. Writes nothing.

To build and compile a query takes the ORM several times as long as the database takes to answer it for a handful of rows. What acts ask
again and again is therefore written as before, once, with `given` and `each_of` in the place of values:

    OPEN = Kept(lambda: SupplyOrder.objects.filter(number=given("number"), status="open").values_list("id", "kind"))
    OPEN.rows(number="PO-2026-00042")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateField, DecimalField, Field, QuerySet, Value
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators

from orderway.sets.reading import for_sqlite
from orderway.sets.running import on_postgresql, run

REMEMBERED = 500  # values of a column
REPEATED = (DecimalField, DateField)  # what has no state of its own; times are dates to Django

Row = TypeVar("Row")
Rows = Iterable[Sequence[Any]]


class Given(Value):
    """A value that every call brings; stands for n of them if it has the kind of an array."""

    def __init__(self, name: str, kind: str = "", output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(name, output_field)
        self.name, self.kind = name, kind

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A parameter that knows its name instead of a value."""
        if not self.kind:
            return "%s", [self]
        return (f"(SELECT unnest(%s::{self.kind}[]))" if on_postgresql() else "(SELECT value FROM json_each(%s))"), [self]


def given(name: str, output_field: Field[Any, Any] | None = None) -> Given:
    """One value, never None; `output_field` where the ORM reckons with it."""
    return Given(name, output_field=output_field)


def each_of(kind: str, name: str) -> Given:
    """n values after ``__in``; `kind` as PostgreSQL calls it: ``text``, ``int8``."""
    return Given(name, kind)


@dataclass(frozen=True, slots=True)
class _Drawn:
    sql: str
    parameters: tuple[Any, ...]
    read: Callable[[Rows], list[Any]]


class Kept(Generic[Row]):
    """A query of the ORM that is drawn up once. Its rows may be instances, tuples, or with ``flat=True`` single values."""

    def __init__(self, draw: Callable[[], QuerySet[Any, Row]]) -> None:
        self._draw = draw

    def rows(self, **values: Any) -> list[Row]:
        """The rows for these values; one statement."""
        drawn = self._drawn
        sent = [_sent(one, values) if isinstance(one, Given) else one for one in drawn.parameters]
        return drawn.read(_answer(drawn.sql, sent))

    @cached_property
    def _drawn(self) -> _Drawn:
        queryset = self._draw()
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return _Drawn(sql, tuple(parameters), _reader(queryset, compiler))


def _sent(one: Given, values: Mapping[str, Any]) -> Any:
    value = values[one.name]
    if on_postgresql():
        return list(value) if one.kind else value
    return for_sqlite(list(value)) if one.kind else for_sqlite(value)


def _answer(sql: str, parameters: Sequence[Any]) -> Rows:
    """As the ORM asks on PostgreSQL, whose types its readers expect."""
    if not on_postgresql():
        return run(sql, parameters)[0]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Rows = cursor.fetchall()
        return rows


# --- rows as the ORM gives them ---------------------------------------------------------------------------------------------


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Rows], list[Any]]:
    kind = queryset._iterable_class
    converted = _converted(compiler)
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in converted(rows)]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in converted(rows)]
    assert kind is ModelIterable, f"{kind} is not kept"
    assert not queryset._prefetch_related_lookups, "that is a query of its own"  # type: ignore[attr-defined]
    build = _builder(compiler)
    return lambda rows: [build(row) for row in converted(rows)]


def _converted(compiler: Any) -> Callable[[Rows], Rows]:
    """What turns the rows of the database into values of Python, column by column."""
    chosen = [one[0] for one in compiler.select[: compiler.col_count]]
    converters = {position: _converter(*how) for position, how in compiler.get_converters(chosen).items()}
    if not converters:
        return lambda rows: rows

    def turned(rows: Rows) -> Rows:
        columns = enumerate(zip(*rows, strict=True))
        return zip(*(map(converters[at], values) if at in converters else values for at, values in columns), strict=True)

    return turned


def _converter(converters: Sequence[Callable[[Any, Any, Any], Any]], expression: Any) -> Callable[[Any], Any]:
    """The converters of a column as one. Numbers and times of many rows repeat themselves, so recent ones are remembered."""

    def convert(value: Any) -> Any:
        for each in converters:
            value = each(value, expression, connection)
        return value

    return lru_cache(REMEMBERED)(convert) if isinstance(expression.output_field, REPEATED) else convert


def _builder(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """An instance from a row, in the way of `ModelIterable`."""
    select, info, annotated = compiler.select, compiler.klass_info, compiler.annotation_col_map or {}
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [one[0].target.attname for one in select[first:last]]
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def build(row: Sequence[Any]) -> Any:
        instance = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for one in related:
            one.populate(row, instance)
        for name, position in annotated.items():
            setattr(instance, name, row[position])
        return instance

    return build
