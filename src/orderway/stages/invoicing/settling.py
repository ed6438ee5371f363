"""Brings a customer's exposure to what the documents say once nothing of an order is open any more.

What was confirmed and delivered was computed per order or delivery, invoices round per document (RULES 1): the difference of cents,
and what came back before it was billed, would stay in the customer's credit for ever. Judges no credit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import Sum

from orderway.orders import exposure, line_ledger
from orderway.orders.models import ExposureMove, Order
from orderway.sets.writing import Write
from orderway.stages.invoicing.money import ZERO

Kind = ExposureMove.Kind
FLOWING = (Kind.CONFIRMED, Kind.DELIVERED, Kind.INVOICED)


class BilledNow(Protocol):
    """An invoice of the same act, whose moves are not stored yet."""

    @property
    def order_id(self) -> int:
        """The order billed."""

    @property
    def quantities(self) -> Mapping[int, Decimal]:
        """Pieces billed, by line."""

    @property
    def gross(self) -> Decimal:
        """The amount, tax included."""


def writes(order_ids: Sequence[int], bills: Iterable[BilledNow], *, now: datetime) -> list[Write]:
    """The corrections for those of these orders of which nothing is left to ship or bill; three statements."""
    billed: dict[int, Decimal] = defaultdict(Decimal)
    gross: dict[int, Decimal] = defaultdict(Decimal)
    for bill in bills:
        gross[bill.order_id] += bill.gross
        for line, quantity in bill.quantities.items():
            billed[line] += quantity
    finished = _finished(order_ids, billed)
    if not finished:
        return []
    customers = dict(Order.objects.filter(id__in=finished).values_list("id", "customer_id"))
    return exposure.writes(_corrections(_moved(finished), gross, customers), now=now)


def _finished(order_ids: Sequence[int], billed: Mapping[int, Decimal]) -> list[int]:
    lines_of = line_ledger.sums_of_orders(order_ids)
    return [
        order
        for order, lines in lines_of.items()
        if lines and all(sums.open == 0 and sums.billable <= billed.get(line, ZERO) for line, sums in lines.items())
    ]


def _moved(order_ids: Sequence[int]) -> Mapping[int, Mapping[str, Decimal]]:
    moved: dict[int, dict[str, Decimal]] = {order: defaultdict(Decimal) for order in order_ids}
    rows = ExposureMove.objects.filter(order_id__in=order_ids, kind__in=FLOWING).values("order_id", "kind").annotate(amounts=Sum("amount"))
    for row in rows.order_by():
        moved[row["order_id"]][row["kind"]] = row["amounts"]
    return moved


def _corrections(
    moved: Mapping[int, Mapping[str, Decimal]], gross: Mapping[int, Decimal], customers: Mapping[int, int]
) -> list[exposure.Amount]:
    """What brings confirmed and delivered to what was invoiced. An order that was never confirmed owes nothing and is left alone."""
    return [
        exposure.Amount(customers[order], kind, kinds[Kind.INVOICED] + gross.get(order, ZERO) - kinds[kind], order, "settled")
        for order, kinds in moved.items()
        if kinds[Kind.CONFIRMED]
        for kind in (Kind.CONFIRMED, Kind.DELIVERED)
    ]
