"""Gapless numbers of documents: taken at issue, inside the transaction of the act, as its last lock. Waits, never fails for waiting."""

from __future__ import annotations

from django.db import connection

from orderway.orders.models import NumberSeries


def take(series: str, count: int) -> range:
    """The next `count` numbers of a series, from 1; the series stays locked until the transaction ends, so an abort leaves no gap."""
    assert connection.in_atomic_block, "a number is taken in the transaction that uses it"
    NumberSeries.objects.get_or_create(key=series)
    row = NumberSeries.objects.select_for_update().get(key=series)
    first = row.last + 1
    NumberSeries.objects.filter(pk=row.pk).update(last=row.last + count)
    return range(first, first + count)
