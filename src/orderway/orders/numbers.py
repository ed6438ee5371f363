"""Gapless numbers of documents: taken at issue, inside the transaction of the act, as its last lock. Waits, never fails for waiting."""

from __future__ import annotations

from django.db import connection, models

from orderway import sets
from orderway.sets.running import on_postgresql


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for n rows, so that they and everything that names them go in one statement."""
    if not count:
        return []
    rows = sets.select("orders.take_ids_of", table=model._meta.db_table, count=count)
    if on_postgresql():
        return [id_ for (id_,) in rows]
    return list(range(rows[0][0] + 1, rows[0][0] + 1 + count))


def take_with_ids(series: str, model: type[models.Model], count: int) -> tuple[range, list[int]]:
    """The next `count` numbers of a series as `take` gives them, and ids for the rows that carry them."""
    assert connection.in_atomic_block, "a number is taken in the transaction that uses it"
    rows = sets.select("orders.take_numbers_and_ids", series=series, table=model._meta.db_table, count=count)
    last, first_id = int(rows[0][0]), rows[0][1] + 1
    ids = [row[1] for row in rows] if on_postgresql() else list(range(first_id, first_id + count))
    return range(last - count + 1, last + 1), ids


def take(series: str, count: int) -> range:
    """The next `count` numbers of a series, from 1; the series stays locked until the transaction ends, so an abort leaves no gap."""
    assert connection.in_atomic_block, "a number is taken in the transaction that uses it"
    last = int(sets.select("orders.take_numbers", series=series, count=count)[0][0])
    return range(last - count + 1, last + 1)
