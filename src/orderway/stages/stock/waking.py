"""Who waits for goods, and telling them once goods have become free: by a receipt, a count, a cancellation, a shorter need, a transfer.

Never reserves anything for them: the acts that waited are tried again, and take what they find.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.db import OperationalError
from django.db.models import Q

from orderway.orders.models import WorkItem
from orderway.orders.work import record_facts
from orderway.sets.kept import Kept, each_of

log = logging.getLogger(__name__)

PROVIDES = ("order.lines.available", "order.lines.route", "order.lines.reserved")
MOST_AT_ONCE = 1_000  # of those who wait, the oldest; whom the goods do not reach would be tried in vain, and the sweep tries them in time

_waiters: dict[str, tuple[str, ...]] = {}


def register_waiter(act: str, *notes: str) -> None:
    """Open work of this act waits for goods: whatever its note says, or only if it says one of these."""
    _waiters[act] = notes


def waiting_for(item_ids: Iterable[int]) -> list[str]:
    """The numbers of orders with a line of these items at which the system waits for goods, oldest first; one statement."""
    return _waiting(tuple(sorted(_waiters.items()))).rows(items=set(item_ids))


@cache
def _waiting(waiters: tuple[tuple[str, tuple[str, ...]], ...]) -> Kept[str]:
    of_act = Q()
    for act, notes in waiters:
        of_act |= Q(act=act, waiting__in=notes) if notes else Q(act=act)
    waiting = WorkItem.objects.filter(of_act, state=WorkItem.State.OPEN, by_system=True, waiting__gt="")
    waiting = waiting.filter(order__lines__item_id__in=each_of("int8", "items"))
    return Kept(lambda: waiting.order_by("order_id").values_list("order__number", flat=True).distinct()[:MOST_AT_ONCE])


def tell_waiting(item_ids: Iterable[int], *, now: datetime) -> None:
    """Goods of these items have become free: orders that wait for them may be tried again.

    An act of its own, after the transaction that freed the goods: it locks orders, which come before stock. The goods are booked, so
    its failure must not look like theirs: who did it again would book them twice. The worker tries in time what was not told.
    """
    try:
        record_facts(waiting_for(item_ids), PROVIDES, now=now)
    except OperationalError as problem:
        log.warning("Goods became free, but the orders that wait for them were not told (%s). The worker tries them again.", problem)
