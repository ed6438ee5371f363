"""The limit beside figures of pages and previews: the rows that they cannot do without, fetched by bare statements and thrown away."""

from __future__ import annotations

import time
from statistics import median

from django.db import connection

TIMES = 20
OF_ORDER = (
    "SELECT * FROM orders_order WHERE id = %s",
    "SELECT * FROM orders_orderline WHERE order_id = %s",
    "SELECT move.* FROM orders_linemove AS move JOIN orders_orderline AS line ON line.id = move.line_id WHERE line.order_id = %s",
    "SELECT * FROM orders_delivery WHERE order_id = %s",
    "SELECT part.* FROM orders_deliveryline AS part JOIN orders_delivery AS carrier ON carrier.id = part.delivery_id"
    " WHERE carrier.order_id = %s",
    "SELECT held.* FROM stock_reservation AS held JOIN orders_orderline AS line ON line.id = held.line_id WHERE line.order_id = %s",
)
OF_PERSON = (
    "SELECT * FROM orders_workitem AS item JOIN orders_order AS o ON o.id = item.order_id"
    " WHERE item.responsible_id = %s AND item.state = 'open' ORDER BY item.due_at LIMIT 300",
)


def milliseconds(queries: tuple[str, ...], key: int) -> float:
    """The median time in which these rows are fetched."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(query, [key])
                cursor.fetchall()
        taken.append((time.perf_counter() - started) * 1_000)
    return median(taken)
