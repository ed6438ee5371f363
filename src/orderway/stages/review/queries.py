"""What a customer has left, what orders come to, and what reviews have said. Reads only; one question, a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from orderway import sets
from orderway.orders import exposure
from orderway.orders.models import Order
from orderway.orders.stages import Consequence, LineChange
from orderway.releases.catalogue import Value
from orderway.sets.kept import Kept, each_of, given
from orderway.sets.numbers import exact
from orderway.stages.review import rules
from orderway.stages.review.models import ReviewDecision
from orderway.stages.review.rules import Sibling

ACT = "review.decide"
ZERO, CENT = Decimal(0), Decimal("0.01")  # SQLite adds binary fractions: sums of money are brought back to two places


# --- credit -----------------------------------------------------------------------------------------------------------------


class Credit(NamedTuple):
    """How an order's customer stands. `limit` of the credit; `left`: limit less exposure without the order; `confirmed`: what of it counts
    in the exposure; `delivered`: what of it has gone out or was invoiced, whichever is more; `total`: the order's amount; `blocked`: may
    not order."""

    customer_id: int
    limit: Decimal
    left: Decimal
    confirmed: Decimal
    delivered: Decimal
    total: Decimal
    blocked: bool


def credit_of(order_ids: Sequence[int]) -> Mapping[int, Credit]:
    """How the customer of each order stands; one statement."""
    rows = sets.select("review.credit", orders=sets.Many("int8", list(order_ids)))
    return {row[0]: _credit(*row[1:]) for row in rows}


def _credit(customer_id: int, limit: object, whole: int, own: object, *rest: object) -> Credit:
    confirmed, delivered, invoiced, total, blocked = rest
    most = None if limit is None else _money(limit)
    left = rules.credit_left(most, Decimal(whole) / exposure.HUNDRED - _money(own))
    gone = max(_money(delivered), _money(invoiced))
    return Credit(customer_id, rules.credit_left(most, ZERO), left, _money(confirmed), gone, _money(total), bool(blocked))


def credit_left(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``customer.credit_left``: limit less exposure without the order in question (RULES 33)."""
    return lefts_of(credit_of(order_ids))


def lefts_of(credit: Mapping[int, Credit]) -> dict[int, Value]:
    """What is left, by order."""
    return {order: each.left for order, each in credit.items()}


def limits_of(credit: Mapping[int, Credit]) -> dict[int, Value]:
    """``customer.credit_limit``: what the customer may owe at most; how far beyond is tolerated says the standard."""
    return {order: each.limit for order, each in credit.items()}


def _money(value: object) -> Decimal:
    """A stored amount or a sum of some, with two places."""
    return exact(value).quantize(CENT)


# --- other facts ---------------------------------------------------------------------------------------------------------------


def totals_with_siblings(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.total_with_siblings``: with the customer's other orders of the week before and after (RULES 35); two statements."""
    own = {row.order_id: (row, customer) for row, customer in _siblings(_own.rows(orders=order_ids))}
    if not own:
        return {}
    window = timedelta(days=rules.SIBLING_DAYS)
    times = [row.ordered_at for row, _ in own.values()]
    customers = {customer for _, customer in own.values()}
    near = _near.rows(customers=customers, since=min(times) - window, until=max(times) + window)
    by_customer: dict[int, list[Sibling]] = defaultdict(list)
    for row, customer in _siblings(near):
        by_customer[customer].append(row)
    return {order: rules.total_with_siblings(row, by_customer[customer]) for order, (row, customer) in own.items()}


_AS_SIBLING = ("pk", "total", "ordered_at", "customer_id")
_own = Kept(lambda: Order.objects.filter(pk__in=each_of("int8", "orders")).values_list(*_AS_SIBLING))
_near = Kept(
    lambda: (
        Order.objects.filter(customer_id__in=each_of("int8", "customers"), ordered_at__gte=given("since"), ordered_at__lte=given("until"))
        .exclude(status=Order.Status.CANCELLED)
        .values_list(*_AS_SIBLING)
    )
)


def _siblings(rows: Iterable[tuple[int, Decimal, datetime, int]]) -> list[tuple[Sibling, int]]:
    return [(Sibling(pk, total, ordered_at), customer) for pk, total, ordered_at, customer in rows]


# --- for pages ---------------------------------------------------------------------------------------------------------------


def decisions_of(order_id: int) -> QuerySet[ReviewDecision]:
    """The decisions of an order, newest first."""
    return ReviewDecision.objects.filter(order_id=order_id).order_by("-decided_at", "-pk")


def exposure_of(customer_id: int) -> exposure.Exposure:
    """What a customer owes or will owe, in its parts."""
    return exposure.of_customers([customer_id])[customer_id]


# --- what a change touches ----------------------------------------------------------------------------------------------------


def consequences(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What of the customer's credit these orders have been given by a review; what is taken off is free at once."""
    losing = [order for order in order_ids if any(change.lost for change in changes.get(order, ()))]
    known = exposure.confirmed_and_delivered(losing) if losing else {}
    said = gettext_noop("{amount} is confirmed of the customer's credit; what is taken off is free at once.")
    return [
        Consequence(order, ACT, said, amount=_money(confirmed), params={"amount": f"{_money(confirmed):.2f}"})
        for order, (confirmed, _delivered) in known.items()
        if confirmed
    ]
