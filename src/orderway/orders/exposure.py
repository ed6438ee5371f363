"""What each customer owes or will owe (RULES 33): amount moves written by the acts of the stages, and their balance, which review reads.

Gross amounts in the currency of the customer. Exposure = open receivables + delivered not invoiced + confirmed not delivered - deposits;
since delivering and invoicing only move an amount from one of these to the next, that is confirmed - paid - deposited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.orders.amounts import CENT, HALF_UP, gross_of, part_of
from orderway.orders.models import ExposureBalance, ExposureMove, Order
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.sets.writing import Write

ZERO = Decimal(0)
HUNDRED = 100  # balances are kept in hundredths
SIGNS = {"confirmed": 1, "paid": -1, "deposited": -1}  # delivering and invoicing only move an amount on
MILLIONTH = Decimal("0.000001")  # the last place of a quantity (SQLite adds binary fractions)
COLUMNS = ("customer", "order", "kind", "amount", "reference", "at")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount to be booked on a customer: confirmed, delivered, invoiced, paid or deposited; negative takes back."""

    customer_id: int
    kind: str
    amount: Decimal
    order_id: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A customer's exposure, in its parts."""

    confirmed: Decimal = ZERO
    delivered: Decimal = ZERO
    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    deposited: Decimal = ZERO

    @property
    def receivables(self) -> Decimal:
        """Invoiced and not paid."""
        return self.invoiced - self.paid

    @property
    def total(self) -> Decimal:
        """Everything that is owed or will be."""
        return self.confirmed - self.paid - self.deposited


def writes(amounts: Iterable[Amount], *, now: datetime) -> list[Write]:
    """The bookings as writes for ``Work.also``, with what they change in the balances; zero amounts are left out."""
    booked = [one for one in amounts if one.amount]
    rows = [(one.customer_id, one.order_id, one.kind, one.amount, one.reference, now) for one in booked]
    balances = [(one.customer_id, SIGNS[one.kind] * hundredths(one.amount)) for one in booked if one.kind in SIGNS]
    return [sets.Insert(ExposureMove, COLUMNS, rows), sets.Add(ExposureBalance, ("customer",), ("exposed",), balances)] if rows else []


def hundredths(amount: Decimal) -> int:
    """An amount as the balances keep it."""
    whole = int(amount * HUNDRED)
    assert whole == amount * HUNDRED, f"{amount} has more than two decimals"
    return whole


def book(amounts: Iterable[Amount], *, now: datetime) -> None:
    """Book at once, in the caller's transaction."""
    sets.store(writes(amounts, now=now))


def of_customers(customer_ids: Sequence[int]) -> dict[int, Exposure]:
    """The exposure of these customers; one statement."""
    parts: dict[int, dict[str, Decimal]] = {customer: {} for customer in customer_ids}
    rows = ExposureMove.objects.filter(customer_id__in=customer_ids).values("customer_id", "kind").annotate(amounts=Total("amount"))
    for row in rows.order_by():
        parts[row["customer_id"]][row["kind"]] = row["amounts"]
    return {customer: Exposure(**by_kind) for customer, by_kind in parts.items()}


def without_orders(order_ids: Sequence[int]) -> dict[int, Decimal]:
    """The exposure of each order's customer leaving out the order itself, by order; two statements (RULES 33)."""
    own: dict[int, Decimal] = dict.fromkeys(order_ids, ZERO)
    rows = ExposureMove.objects.filter(order_id__in=order_ids, kind__in=SIGNS).values("order_id", "kind").annotate(amounts=Total("amount"))
    for row in rows.order_by():
        own[row["order_id"]] += SIGNS[row["kind"]] * row["amounts"]
    customers = dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "customer_id"))
    totals = of_customers(sorted(set(customers.values())))
    return {order: totals[customer].total - own[order] for order, customer in customers.items()}


def lock_customers(customer_ids: Sequence[int]) -> None:
    """Lock customers by ascending key: whoever judges credit and confirms must not be overtaken by another order (RULES 34)."""
    sets.select("orders.lock_customers", customers=sets.Many("int8", customer_ids))


# --- what an order comes to -----------------------------------------------------------------------------------------------------


def gross(order_ids: Sequence[int]) -> dict[int, Decimal]:
    """``order.total_with_tax``: what the customer will owe for what is still wanted; one statement."""
    amounts: dict[int, list[tuple[Decimal, Decimal]]] = {order: [] for order in order_ids}
    discounts: dict[int, Decimal] = {}
    includes_tax, rounding = False, HALF_UP
    for order, quantity, amount, rate, discount, wanted, with_tax, rounds in sets.select(
        "orders.amounts", orders=sets.Many("int8", list(order_ids))
    ):
        left = exact(wanted).quantize(MILLIONTH)
        amounts[order].append((part_of(exact(amount), exact(quantity), left), exact(rate)))
        discounts[order] = exact(discount)
        includes_tax, rounding = bool(with_tax), rounds or HALF_UP
    return {
        order: gross_of(amounts[order], discounts.get(order, ZERO), includes_tax=includes_tax, rounding=rounding) for order in order_ids
    }


def confirmed_and_delivered(order_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """What of each order counts as confirmed, and what of that as delivered; one statement."""
    found = dict.fromkeys(order_ids, (ZERO, ZERO))
    rows = ExposureMove.objects.filter(order_id__in=order_ids, kind__in=["confirmed", "delivered"])
    for order, kind, amount in rows.values_list("order_id", "kind").annotate(amounts=Total("amount")).order_by():
        confirmed, delivered = found[order]
        found[order] = (amount.quantize(CENT), delivered) if kind == "confirmed" else (confirmed, amount.quantize(CENT))
    return found


def credit_without(order_ids: Sequence[int]) -> dict[int, Decimal | None]:
    """What each order's customer may owe for that order alone: the limit less all the rest; None without a limit. Four statements."""
    rest = without_orders(order_ids)
    limits = dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "customer__credit_limit"))
    return {order: None if limit is None else limit - rest[order] for order, limit in limits.items()}
