"""Brings a customer's exposure to what the documents say once nothing of an order is open any more.

What was confirmed and delivered was computed per order or delivery, invoices round per document (RULES 1): the difference of cents,
and what came back before it was billed, would stay in the customer's credit for ever. Judges no credit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.orders import exposure
from orderway.orders.models import ExposureMove
from orderway.sets.numbers import exact
from orderway.sets.writing import Write
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import AMOUNT_PLACES

Kind = ExposureMove.Kind


def writes(finished: Sequence[int], billed: Mapping[int, Decimal], *, now: datetime) -> list[Write]:
    """The corrections for orders of which nothing is left to ship or bill; one statement.

    `billed`: the gross amounts of invoices of the same act, by order, whose moves are not stored yet.
    """
    if not finished:
        return []
    return exposure.writes(_corrections(_moved(finished), billed), now=now)


Moved = Mapping[tuple[int, int], Mapping[str, Decimal]]
"""What moved in each kind, by order and its customer."""


def _moved(order_ids: Sequence[int]) -> Moved:
    moved: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for order, customer, kind, amount in sets.select("invoicing.moved", orders=sets.Many("int8", list(order_ids))):
        moved[order, customer][kind] = exact(amount, AMOUNT_PLACES)
    return moved


def _corrections(moved: Moved, billed: Mapping[int, Decimal]) -> list[exposure.Amount]:
    """What brings confirmed and delivered to what was invoiced. An order that was never confirmed owes nothing and is left alone."""
    return [
        exposure.Amount(customer, kind, kinds[Kind.INVOICED] + billed.get(order, ZERO) - kinds[kind], order, "settled")
        for (order, customer), kinds in moved.items()
        if kinds[Kind.CONFIRMED]
        for kind in (Kind.CONFIRMED, Kind.DELIVERED)
    ]
