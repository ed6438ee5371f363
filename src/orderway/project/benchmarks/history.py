"""A million orders that ended long ago, beside the open ones: copies that the database makes itself. Measures nothing.

They have no lines and no journal: enough for what looks at orders and work items, too little for `verify`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, models

ORDERS, OPEN_ITEMS = 1_000_000, 20_000


def grow(total: int) -> None:
    """Ended copies of the orders that are there, each with a finished item of work, until there are `total`."""
    from orderway.orders.models import Order, WorkItem

    highest = Order.objects.aggregate(highest=models.Max("pk"))["highest"]
    times = total // Order.objects.count() - 1
    number, order = "number || '-' || k.i", f"k.i * {highest}"
    ended = {"status": "'ended'", "ended_at": "ordered_at", "number": number, "po_key": "''"}
    _copy(Order, times, {"id": f"id + {order}", **ended}, f"id <= {highest}")
    items = WorkItem.objects.aggregate(highest=models.Max("pk"))["highest"]
    done = {"state": "'done'", "closed_at": "opened_at", "order_id": f"order_id + {order}", "place": "place || '-' || k.i"}
    one_each = f"id IN (SELECT min(id) FROM orders_workitem WHERE order_id <= {highest} GROUP BY order_id)"  # noqa: S608  a key
    _copy(WorkItem, times, {"id": f"id + k.i * {items}", **done}, one_each)


def _copy(model: type[models.Model], times: int, changed: Mapping[str, str], where: str) -> None:
    columns = [field.column or field.name for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    numbered = f"WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {times})"  # noqa: S608
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {numbered} SELECT {values} FROM {table}, k WHERE {where}")  # noqa: S608  no value from outside
