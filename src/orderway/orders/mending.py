"""Puts a line right that says another quantity than its moves: an earlier version wrote what was wanted where what was ordered stands.

The moves are what happened; the row is their sum, kept to be read. Moves, totals and what is wanted stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.orders import line_ledger
from orderway.orders.amounts import amount_of
from orderway.orders.models import Order, OrderLine

SUBJECT = "mending"  # a journal of its own: an order's holds moves, which replay folds
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Mended:
    """A line that said one quantity and amount and says another now."""

    order: str
    position: int
    before: Decimal
    after: Decimal


def wrong_lines() -> Iterator[Mended]:
    """The lines whose row says another quantity than their moves, as verify finds them (invariant 3); reads only."""
    for order_ids in _chunks():
        rows = OrderLine.objects.filter(order_id__in=order_ids).values_list("pk", "order__number", "position", "quantity")
        lines = {pk: Mended(number, position, quantity, quantity) for pk, number, position, quantity in rows}
        for pk, sums in line_ledger.sums(list(lines)).items():
            line, ordered = lines[pk], sums.quantity("ordered")
            if ordered > 0 and ordered != line.before:
                yield Mended(line.order, line.position, line.before, ordered)


def mend(*, by: str, now: datetime) -> list[Mended]:
    """Write what the moves say into each of them, at the agreed price; one journal entry each."""
    return [done for number in sorted({line.order for line in wrong_lines()}) for done in _mend_order(number, by, now)]


def _mend_order(number: str, by: str, now: datetime) -> list[Mended]:
    with transaction.atomic():
        order = Order.objects.select_for_update().only("pk").get(number=number)
        done = []
        for line in OrderLine.objects.select_for_update().filter(order_id=order.pk).order_by("pk"):
            ordered = line_ledger.sums([line.pk])[line.pk].quantity("ordered")
            if ordered > 0 and ordered != line.quantity:
                done.append(Mended(number, line.position, line.quantity, ordered))
                line.quantity, line.amount = ordered, amount_of(ordered, line.unit_price, line.discount_percent)
                line.save(update_fields=["quantity", "amount"])
        told = [{"line": one.position, "quantity": [f"{one.before.normalize():f}", f"{one.after.normalize():f}"]} for one in done]
        if told:
            writing.append([NewEntry(SUBJECT, number, now, "mend_lines", by, writing.canonical({"lines": told}))])
    return done


def _chunks() -> Iterator[list[int]]:
    after = 0
    while ids := list(Order.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        after = ids[-1]
        yield ids
