"""The acts of the supply stage: produce and purchase for deliveries, and what happens to supply orders: release, receive, close.

`ordering` covers demands, `receiving` books goods receipts, `closing` ends supply orders and gives demand up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.stages import Consequence, Leftover, LineChange
from orderway.stages.supply import closing, ordering, queries
from orderway.stages.supply.closing import close, reconfirm, release
from orderway.stages.supply.receiving import Arrival, Received, receive

__all__ = [
    "Arrival",
    "Received",
    "close",
    "produce",
    "purchase",
    "receive",
    "reconfirm",
    "release",
]


def produce(places: Sequence[str], *, brings: Mapping[str, Completion] | None = None, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Have what these deliveries need from production on order; those whose goods have come are completed, the others say why not."""
    return ordering.order(places, "make", brings=brings, actor=actor, now=now)


def purchase(
    places: Sequence[str], *, brings: Mapping[str, Completion] | None = None, actor: Actor, now: datetime
) -> Mapping[str, Refusal]:
    """Have what these deliveries need from suppliers on order; those whose goods have come are completed, the others say why not."""
    return ordering.order(places, "buy", brings=brings, actor=actor, now=now)


def made(places: Sequence[str]) -> Mapping[str, bool]:
    """Whether everything that production owes each place has arrived."""
    return queries.arrived(places, "make")


def bought(places: Sequence[str]) -> Mapping[str, bool]:
    """Whether everything that suppliers owe each place has arrived."""
    return queries.arrived(places, "buy")


def undo_production(
    order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime
) -> Sequence[Leftover]:
    """Give up what production makes for cancelled quantities."""
    return closing.undo(order_ids, lines, kind="make", actor=actor, now=now)


def undo_purchase(
    order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime
) -> Sequence[Leftover]:
    """Give up what suppliers bring for cancelled quantities."""
    return closing.undo(order_ids, lines, kind="buy", actor=actor, now=now)


def production_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What production makes for quantities that a change takes away."""
    return closing.consequences(order_ids, changes, kind="make")


def purchase_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What suppliers bring for quantities that a change takes away."""
    return closing.consequences(order_ids, changes, kind="buy")
