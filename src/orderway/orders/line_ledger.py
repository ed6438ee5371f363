"""How much of every line was ordered, cancelled, reserved, shipped, returned, replaced, invoiced, credited: moves and their sums.

Stages book here through `book` inside their acts; caps over all paths (RULES 10-14) read the sums. Never overwrites a quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.orders.models import LineMove, OrderLine
from orderway.sets.totals import Total
from orderway.sets.writing import Write

ZERO = Decimal(0)
COLUMNS = ("line", "kind", "quantity", "amount", "place", "reference", "at")


@dataclass(frozen=True, slots=True)
class Booking:
    """A quantity (and amount) to be booked on a line; negative takes an earlier booking back."""

    line_id: int
    kind: str
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    place: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line's moves add up to. Quantities and amounts by kind; kinds without a move are zero."""

    quantities: dict[str, Decimal] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def quantity(self, kind: str) -> Decimal:
        """The quantity moved in this kind."""
        return self.quantities.get(kind, ZERO)

    def amount(self, kind: str) -> Decimal:
        """The amount moved in this kind."""
        return self.amounts.get(kind, ZERO)

    @property
    def net_shipped(self) -> Decimal:
        """Shipped without replacements: what counts against the order (TRUST 3)."""
        return self.quantity("shipped") - self.quantity("replaced")

    @property
    def open(self) -> Decimal:
        """What is still to be shipped: never below zero, also after an over-delivery."""
        return max(ZERO, self.quantity("ordered") - self.quantity("cancelled") - self.net_shipped)

    @property
    def unreserved(self) -> Decimal:
        """What is open and not reserved."""
        return max(ZERO, self.open - self.quantity("reserved"))

    @property
    def billable(self) -> Decimal:
        """Net delivered - net invoiced (RULES 10); a credit without quantity does not re-open it (RULES 11)."""
        delivered = self.quantity("shipped") - self.quantity("returned")
        return delivered - (self.quantity("invoiced") - self.quantity("credited"))

    @property
    def returnable(self) -> Decimal:
        """What may still come back, over all returns (RULES 14)."""
        return self.quantity("shipped") - self.quantity("returned")

    @property
    def creditable(self) -> Decimal:
        """The amount that may still be credited, over all paths (RULES 12)."""
        return self.amount("invoiced") - self.amount("credited")


NOTHING = Sums()


def writes(bookings: Iterable[Booking], *, now: datetime) -> list[Write]:
    """The bookings as a write for ``Work.also``; those that move nothing are left out."""
    rows = [
        (one.line_id, one.kind, one.quantity, one.amount, one.place, one.reference, now) for one in bookings if one.quantity or one.amount
    ]
    return [sets.Insert(LineMove, COLUMNS, rows)] if rows else []


def book(bookings: Iterable[Booking], *, now: datetime) -> None:
    """Book at once, in the caller's transaction; the orders are locked."""
    sets.store(writes(bookings, now=now))


def sums(line_ids: Sequence[int]) -> dict[int, Sums]:
    """The sums of these lines; one statement. Every line is there."""
    found = {line: Sums({}, {}) for line in line_ids}
    rows = (
        LineMove.objects.filter(line_id__in=line_ids)
        .values("line_id", "kind")
        .annotate(quantities=Total("quantity"), amounts=Total("amount"))
    )
    for row in rows.order_by():
        found[row["line_id"]].quantities[row["kind"]] = row["quantities"]
        found[row["line_id"]].amounts[row["kind"]] = row["amounts"]
    return found


def sums_of_orders(order_ids: Sequence[int]) -> dict[int, dict[int, Sums]]:
    """The sums of all lines of these orders, by order and line; one statement. A line without moves is missing (it has "ordered")."""
    found: dict[int, dict[int, Sums]] = {order: {} for order in order_ids}
    moves = LineMove.objects.filter(line__order_id__in=order_ids).values("line__order_id", "line_id", "kind")
    for row in moves.annotate(quantities=Total("quantity"), amounts=Total("amount")):
        sums_ = found[row["line__order_id"]].setdefault(row["line_id"], Sums({}, {}))
        sums_.quantities[row["kind"]], sums_.amounts[row["kind"]] = row["quantities"], row["amounts"]
    return found


def lines_of(order_ids: Sequence[int]) -> dict[int, list[OrderLine]]:
    """The lines of these orders in their positions, items joined; one statement."""
    found: dict[int, list[OrderLine]] = {order: [] for order in order_ids}
    for line in OrderLine.objects.select_related("item").filter(order_id__in=order_ids).order_by("order_id", "position"):
        found[line.order_id].append(line)
    return found
