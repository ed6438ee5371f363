"""Gapless numbers of documents: taken at issue, inside the transaction of the act, as its last lock. Waits, never fails for waiting."""

from __future__ import annotations

from django.db import connection

from orderway import sets


def take(series: str, count: int) -> range:
    """The next `count` numbers of a series, from 1; the series stays locked until the transaction ends, so an abort leaves no gap."""
    assert connection.in_atomic_block, "a number is taken in the transaction that uses it"
    last = int(sets.select("orders.take_numbers", series=series, count=count)[0][0])
    return range(last - count + 1, last + 1)
