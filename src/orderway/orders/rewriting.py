"""Writes what a change makes of orders: rows, ledger moves and exposure, from the order before and after. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderway import sets
from orderway.orders import exposure, line_ledger
from orderway.orders.amounts import part_of
from orderway.orders.line_ledger import Booking
from orderway.orders.models import LineMove, Order, OrderLine
from orderway.orders.ordered import LineState, Ordered

LINE_SET = ("quantity", "unit_price", "discount_percent", "amount", "requested_on")
NEW_LINE = (
    "order",
    "position",
    "item",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_rate",
    "amount",
    "requested_on",
    "external_reference",
)
HEAD_SET = ("total", "discount_percent", "requested_on", "edited_by", "edited_at")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An order before and after; `reference` is the document that did it, `kept_total` leaves what a cancelled order was worth."""

    before: Ordered
    after: Ordered
    reference: str
    kept_total: bool = False


def write(changes: Sequence[Rewritten], *, editor: str, now: datetime) -> None:
    """Book the differences and bring rows and totals in line with them; a fixed number of statements.

    Apart from the act's own store: on PostgreSQL that is one statement, which may touch an order's row only once.
    """
    heads: list[tuple[object, ...]] = []
    rows: list[tuple[object, ...]] = []
    added: list[tuple[object, ...]] = []
    bookings: list[Booking] = []
    for one in changes:
        total = one.before.head.total if one.kept_total else one.after.total
        heads.append((one.after.order_id, total, one.after.head.discount_percent, one.after.head.requested_on, editor, now))
        for line in one.after.lines.values():
            before = one.before.lines.get(line.line_id)
            if before is None:
                added.append(_new_row(one.after.order_id, line))
            elif before != line:
                rows.append((line.line_id, line.quantity, line.unit_price, line.discount_percent, line.amount, line.requested_on))
                bookings += _bookings(before, line, one.after.head.number, one.reference)
    sets.store([sets.Update(Order, ("id",), HEAD_SET, heads), sets.Update(OrderLine, ("id",), LINE_SET, rows)])
    if added:
        bookings += _added(changes, added)
    line_ledger.book(bookings, now=now)


def _new_row(order_id: int, line: LineState) -> tuple[object, ...]:
    figures = (line.quantity, line.unit_price, line.discount_percent, line.tax_rate, line.amount, line.requested_on)
    return (order_id, line.position, line.item_id, *figures, line.reference)


def _bookings(before: LineState, line: LineState, place: str, reference: str) -> list[Booking]:
    """More is ordered, less is cancelled or ordered by a part that became a line; another price changes what the quantity comes to."""
    more = line.quantity - before.quantity
    found = [Booking(line.line_id, LineMove.Kind.ORDERED, more, line.amount - before.amount, place, reference)]
    less = more - (line.wanted - before.wanted)
    if less:
        found.append(Booking(line.line_id, LineMove.Kind.CANCELLED, less, part_of(line.amount, line.quantity, less), place, reference))
    return found


def _added(changes: Sequence[Rewritten], rows: Sequence[tuple[object, ...]]) -> list[Booking]:
    """Insert new lines and give their first moves."""
    sets.insert(OrderLine, NEW_LINE, rows)
    references = {one.after.order_id: (one.after.head.number, one.reference) for one in changes}
    new = {(row[0], row[1]) for row in rows}
    fresh = OrderLine.objects.filter(order_id__in={order for order, _ in new})
    return [
        Booking(line.pk, LineMove.Kind.ORDERED, line.quantity, line.amount, *references[line.order_id])
        for line in fresh
        if (line.order_id, line.position) in new
    ]


def book_exposure(changes: Sequence[Rewritten], *, ended: frozenset[int], judged: frozenset[int], now: datetime) -> None:
    """Bring what counts as confirmed to the new worth; the customers are locked.

    What a change takes off is free at once; what it adds counts when it was judged, here or by a gate on the way back (`judged`: the
    orders that such a gate will judge). Of an order that ends (`ended`) nothing is confirmed any more but what has gone out.
    """
    known = exposure.confirmed_and_delivered([one.after.order_id for one in changes])
    amounts = []
    for one in changes:
        order = one.after.order_id
        confirmed, delivered = known[order]
        due = delivered if order in ended else one.after.gross
        more = due - confirmed
        if confirmed and (more < 0 or order not in judged):
            amounts.append(exposure.Amount(one.after.head.customer_id, "confirmed", more, order, one.reference))
    exposure.book(amounts, now=now)
