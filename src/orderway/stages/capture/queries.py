"""The masters that drafts are judged against, the facts of an order that capture makes known, and what its pages show. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Sum

from orderway.masterdata.models import Company, Customer, Item, Price
from orderway.orders.models import Order, OrderLine
from orderway.releases.catalogue import Value
from orderway.releases.models import Version
from orderway.stages.capture import rules
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import ZERO, CustomerFacts, ItemFacts, LineNow, Masters, PriceBreak

MILLIONTH = Decimal("0.000001")  # the last of the six places of a quantity (SQLite adds binary fractions)
UTC_ZONE = "UTC"


def today(now: datetime) -> date:
    """The seller's day: prices and papers go by its zone (RULES 32)."""
    zone = Company.objects.values_list("zone", flat=True).first()
    return now.astimezone(ZoneInfo(zone or UTC_ZONE)).date()


# --- masters --------------------------------------------------------------------------------------------------------------


def masters_of(customers: Iterable[str], skus: Iterable[str]) -> Masters:
    """What is known of these customers and items; four statements, however many."""
    lists: dict[int, str] = {}
    found: dict[str, CustomerFacts] = {}
    rows = Customer.objects.filter(key__in=set(customers))
    for id_, key, currency, list_id, list_currency, active in rows.values_list(
        "id", "key", "currency", "price_list_id", "price_list__currency", "active"
    ):
        found[key] = CustomerFacts(id_, key, currency, list_id, active)
        if list_id is not None:
            lists[list_id] = list_currency
    items = _items(skus)
    prices = _prices(lists, [item.id for item in items.values()]) if lists else {}
    standards = Version.objects.filter(status=Version.Status.EFFECTIVE).values_list("standard_id", flat=True)
    return Masters(found, items, prices, frozenset(standards), lists)


def _items(skus: Iterable[str]) -> dict[str, ItemFacts]:
    rows = Item.objects.filter(sku__in=set(skus)).values_list("id", "sku", "list_price", "tax__rate_percent", "active")
    return {row[1]: ItemFacts(*row) for row in rows}


def _prices(lists: Iterable[int], item_ids: Sequence[int]) -> Mapping[tuple[int, int], Sequence[PriceBreak]]:
    found: dict[tuple[int, int], list[PriceBreak]] = defaultdict(list)
    rows = Price.objects.filter(price_list_id__in=list(lists), item_id__in=item_ids)
    for list_id, item_id, price, quantity, since in rows.values_list("price_list_id", "item_id", "price", "from_quantity", "valid_from"):
        found[list_id, item_id].append(PriceBreak(price, quantity, since))
    return found


def proposed_prices(customer: str, lines: Sequence[rules.LineDraft], *, now: datetime) -> list[Decimal | None]:
    """The price that each line would get, for the entry grid; None for an unknown item and where no price is known."""
    masters = masters_of([customer], [line.sku for line in lines])
    known = masters.customers.get(customer)
    day = today(now)
    return [rules.price_of(line, known, masters, today=day) if known and line.sku in masters.items else None for line in lines]


# --- facts ----------------------------------------------------------------------------------------------------------------


def totals(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.total``: the lines' sum less discount, as ordered."""
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "total"))


def channels(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.channel``: by which way it came."""
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "channel"))


def customer_pos(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.customer_po``: the customer's own number, "" if there is none."""
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "customer_po"))


def requested_days(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.requested``: the day the customer wants it; unknown if none was named."""
    return dict(Order.objects.filter(pk__in=order_ids, requested_on__isnull=False).values_list("pk", "requested_on"))


def new_customers(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.new_customer``: whether the customer had no earlier order that was not cancelled."""
    earlier = Order.objects.filter(customer=OuterRef("customer"), pk__lt=OuterRef("pk")).exclude(status=Order.Status.CANCELLED)
    return dict(Order.objects.filter(pk__in=order_ids).annotate(new=~Exists(earlier)).values_list("pk", "new"))


def discounts(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.discount``: what the customer gets off in all, in percent, however it is divided over head and lines."""
    gross: dict[int, Decimal] = defaultdict(Decimal)
    total: dict[int, Decimal] = {}
    for order_id, price, order_total, wanted in _wanted(order_ids, "order_id", "unit_price", "order__total"):
        gross[order_id] += rules.amount_of(wanted, price)
        total[order_id] = order_total
    return {order_id: rules.discount_of(gross[order_id], total[order_id]) for order_id in total}


def lines(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.lines``: item, quantity (ordered less cancelled) and price by position; lines that were taken off are no more."""
    found: dict[int, dict[str, Value]] = {order_id: {} for order_id in order_ids}
    for order_id, position, sku, price, wanted in _wanted(order_ids, "order_id", "position", "item__sku", "unit_price"):
        if wanted:
            found[order_id][str(position)] = {"sku": sku, "qty": wanted, "price": price}
    return found


def _wanted(order_ids: Sequence[int], *fields: str) -> Iterator[tuple[Any, ...]]:
    """These fields of every line, by order and position, and last what is wanted of it: ordered less cancelled. One statement."""
    ordered, cancelled = (Sum("moves__quantity", filter=Q(moves__kind=kind), default=ZERO) for kind in ("ordered", "cancelled"))
    rows = OrderLine.objects.filter(order_id__in=order_ids).annotate(more=ordered, less=cancelled).order_by("order_id", "position")
    for *values, more, less in rows.values_list(*fields, "more", "less"):
        yield *values, _left(more, less)


def _left(ordered: Decimal, cancelled: Decimal) -> Decimal:
    """What is left, a whole number without decimals."""
    left = (ordered - cancelled).quantize(MILLIONTH)
    return left.to_integral_value() if left == left.to_integral_value() else left.normalize()


# --- what an edit and a paper start from ----------------------------------------------------------------------------------------


def lines_now(order_ids: Sequence[int]) -> Mapping[int, Mapping[int, LineNow]]:
    """The lines of these orders as they stand: {order id: {position: line}}."""
    found: dict[int, dict[int, LineNow]] = {order_id: {} for order_id in order_ids}
    fields = ("order_id", "id", "position", "item__sku", "unit_price", "discount_percent", "requested_on")
    for order_id, id_, position, sku, price, discount, requested_on, wanted in _wanted(order_ids, *fields):
        found[order_id][position] = LineNow(id_, position, sku, wanted, price, discount, requested_on)
    return found


def order_forms(order_ids: Sequence[int]) -> Mapping[int, dict[str, object]]:
    """What the order confirmation says, as plain data: {order id: data}; four statements. Texts only, names by language."""
    company = Company.objects.first()
    seller = [company.name, company.address, company.tax_number] if company else []
    found: dict[int, dict[str, object]] = {}
    for order in Order.objects.select_related("customer").filter(pk__in=order_ids):
        customer = order.customer
        found[order.pk] = {
            "number": order.number,
            "customer_po": order.customer_po,
            "ordered_on": order.ordered_at.date().isoformat(),
            "requested_on": order.requested_on.isoformat() if order.requested_on else "",
            "currency": order.currency,
            "discount_percent": str(order.discount_percent),
            "total": str(order.total),
            "note": order.note,
            "seller": [text for text in seller if text],
            "customer": [text for text in (customer.name, customer.address, customer.city, customer.tax_number) if text],
            "lines": [],
        }
    wanted = {line: quantity for line, quantity in _wanted(order_ids, "id") if quantity}
    for line in OrderLine.objects.filter(pk__in=wanted).select_related("item").order_by("order_id", "position"):
        lines_ = found[line.order_id]["lines"]
        assert isinstance(lines_, list)
        lines_.append(_form_line(line, wanted[line.pk]))
    return found


def _form_line(line: OrderLine, wanted: Decimal) -> dict[str, object]:
    return {
        "position": line.position,
        "sku": line.item.sku,
        "name": line.item.name,
        "names": line.item.names,
        "quantity": f"{wanted:f}",
        "unit": line.item.unit,
        "unit_price": f"{line.unit_price:f}",
        "discount_percent": f"{line.discount_percent:f}",
        "amount": f"{rules.amount_of(wanted, line.unit_price, line.discount_percent):f}",
    }


def waiting_proposals(order_ids: Sequence[int]) -> Mapping[int, list[AmendmentProposal]]:
    """The amendments that wait for somebody, by order."""
    found: dict[int, list[AmendmentProposal]] = defaultdict(list)
    for proposal in AmendmentProposal.objects.filter(order_id__in=order_ids, state=AmendmentProposal.State.WAITING).order_by("pk"):
        found[proposal.order_id].append(proposal)
    return found
