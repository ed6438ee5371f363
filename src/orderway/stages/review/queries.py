"""What a customer has left, what orders come to, and what reviews have said. Reads only; one question, a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from orderway.masterdata.models import Company
from orderway.orders import exposure
from orderway.orders.models import ExposureMove, Order, OrderLine
from orderway.releases.catalogue import Value
from orderway.stages.review import rules
from orderway.stages.review.models import ReviewDecision
from orderway.stages.review.rules import ZERO, Judged, Sibling

CENT = Decimal("0.01")  # SQLite adds binary fractions: sums of money are brought back to two places
MILLIONTH = Decimal("0.000001")  # and those of quantities to six
Kind = ExposureMove.Kind


# --- facts ------------------------------------------------------------------------------------------------------------------


def credit_left(order_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """``customer.credit_left``: limit less exposure without the order in question (RULES 33)."""
    limits = dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "customer__credit_limit"))
    exposed = exposure.without_orders(order_ids)
    return {order: rules.credit_left(limit, exposed[order].quantize(CENT)) for order, limit in limits.items()}


def blocked(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``customer.blocked``: whether the customer may order at all."""
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "customer__blocked"))


def gross(order_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """``order.total_with_tax``: what the customer will owe for what is still wanted; two statements."""
    includes_tax = bool(Company.objects.values_list("prices_include_tax", flat=True).first())
    amounts: dict[int, list[tuple[Decimal, Decimal]]] = {order: [] for order in order_ids}
    discounts: dict[int, Decimal] = {}
    ordered, cancelled = (Sum("moves__quantity", filter=Q(moves__kind=kind), default=ZERO) for kind in ("ordered", "cancelled"))
    fields = ("order_id", "quantity", "amount", "tax_rate", "order__discount_percent")
    rows = OrderLine.objects.filter(order_id__in=order_ids).annotate(more=ordered, less=cancelled)
    for order, quantity, amount, rate, discount, more, less in rows.values_list(*fields, "more", "less"):
        wanted = (more - less).quantize(MILLIONTH)
        amounts[order].append((amount * wanted / quantity, rate))
        discounts[order] = discount
    return {order: rules.gross_of(amounts[order], discounts.get(order, ZERO), includes_tax=includes_tax) for order in order_ids}


def totals_with_siblings(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.total_with_siblings``: with the customer's other orders of the week before and after (RULES 35); two statements."""
    own = {row.order_id: (row, customer) for row, customer in _siblings(Order.objects.filter(pk__in=order_ids))}
    if not own:
        return {}
    window = timedelta(days=rules.SIBLING_DAYS)
    times = [row.ordered_at for row, _ in own.values()]
    customers = {customer for _, customer in own.values()}
    near = Order.objects.filter(customer_id__in=customers, ordered_at__gte=min(times) - window, ordered_at__lte=max(times) + window)
    by_customer: dict[int, list[Sibling]] = defaultdict(list)
    for row, customer in _siblings(near.exclude(status=Order.Status.CANCELLED)):
        by_customer[customer].append(row)
    return {order: rules.total_with_siblings(row, by_customer[customer]) for order, (row, customer) in own.items()}


def _siblings(orders: QuerySet[Order]) -> list[tuple[Sibling, int]]:
    rows = orders.values_list("pk", "total", "ordered_at", "customer_id")
    return [(Sibling(pk, total, ordered_at), customer) for pk, total, ordered_at, customer in rows]


# --- judging credit -----------------------------------------------------------------------------------------------------------


def judged(order_ids: Sequence[int], customers: Mapping[int, int]) -> list[Judged]:
    """The orders whose credit is judged, in the sequence given; the customers are locked."""
    left, owed = credit_left(order_ids), gross(order_ids)
    return [Judged(order, customers[order], owed[order], left[order]) for order in order_ids]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What of an order counts in the exposure, and how much of that has been delivered or invoiced."""

    confirmed: Decimal = ZERO
    delivered: Decimal = ZERO


def confirmed(order_ids: Sequence[int]) -> Mapping[int, Confirmed]:
    """What has been booked as confirmed for each order, and what has gone out; one statement."""
    sums: dict[int, dict[str, Decimal]] = {order: {} for order in order_ids}
    rows = ExposureMove.objects.filter(order_id__in=order_ids).values_list("order_id", "kind").annotate(amounts=Sum("amount")).order_by()
    for order, kind, amount in rows:
        assert order is not None, "only moves of orders were asked for"
        sums[order][kind] = amount.quantize(CENT)
    return {
        order: Confirmed(kinds.get(Kind.CONFIRMED, ZERO), max(kinds.get(Kind.DELIVERED, ZERO), kinds.get(Kind.INVOICED, ZERO)))
        for order, kinds in sums.items()
    }


# --- for pages ---------------------------------------------------------------------------------------------------------------


def decisions_of(order_id: int) -> QuerySet[ReviewDecision]:
    """The decisions of an order, newest first."""
    return ReviewDecision.objects.filter(order_id=order_id).order_by("-decided_at", "-pk")


def exposure_of(customer_id: int) -> exposure.Exposure:
    """What a customer owes or will owe, in its parts."""
    return exposure.of_customers([customer_id])[customer_id]
