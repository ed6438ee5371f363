"""The masters that drafts are judged against, the facts of an order that capture makes known, and what its pages show. Reads only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orderway import sets
from orderway.orders.amounts import HALF_UP
from orderway.orders.models import Order, OrderLine
from orderway.releases.catalogue import Shared, Value
from orderway.releases.models import Version
from orderway.sets.columns import moment_from_sqlite
from orderway.sets.kept import Kept, each_of
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.capture import rules
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import ZERO, CustomerFacts, ItemFacts, LineNow, Masters, PriceBreak

MILLIONTH = Decimal("0.000001")  # the last of the six places of a quantity (SQLite adds binary fractions)
CENT = Decimal("0.01")
UTC_ZONE = "UTC"


# --- masters --------------------------------------------------------------------------------------------------------------


def masters_of(customers: Iterable[str], skus: Iterable[str], *, standards: Iterable[str], now: datetime) -> Masters:
    """What is known of these customers and items, and the seller's day (RULES 32); at most two statements, however many.

    `standards`: those in force, which the caller has looked up.
    """
    zone, rounding = UTC_ZONE, HALF_UP
    found: dict[str, CustomerFacts] = {}
    lists: dict[int, str] = {}
    items: dict[str, ItemFacts] = {}
    keys, numbers = sets.Many("text", sorted(set(customers))), sets.Many("text", sorted(set(skus)))
    for what, id_, key, active, *customer, list_price, rate in sets.select("capture.masters", keys=keys, skus=numbers):
        if what == "item":
            items[key] = ItemFacts(id_, key, exact(list_price), exact(rate), bool(active))
            continue
        currency, list_id, list_currency, zone_, rounding_ = customer
        found[key] = CustomerFacts(id_, key, currency, list_id, bool(active))
        zone, rounding = zone_ or zone, rounding_ or rounding
        if list_id is not None:
            lists[list_id] = list_currency
    prices = _prices(lists, [item.id for item in items.values()]) if lists else {}
    return Masters(found, items, prices, frozenset(standards), lists, now.astimezone(ZoneInfo(zone)).date(), rounding)


def _prices(lists: Iterable[int], item_ids: Sequence[int]) -> Mapping[tuple[int, int], Sequence[PriceBreak]]:
    found: dict[tuple[int, int], list[PriceBreak]] = defaultdict(list)
    rows = sets.select("capture.prices", lists=sets.Many("int8", sorted(lists)), items=sets.Many("int8", item_ids))
    for list_id, item_id, price, quantity, since in rows:
        found[list_id, item_id].append(PriceBreak(exact(price), exact(quantity), _day(since)))
    return found


@dataclass(frozen=True, slots=True)
class InForce:
    """The version of a standard that new orders get; `on_trial`: some of them get another one."""

    version: Version
    on_trial: bool


def versions_in_force(*, now: datetime) -> Mapping[str, InForce]:
    """The standards that an order may be placed under, by id; one statement."""
    fields = ("id", "standard_id", "version", "content_hash")
    rows = sets.select("capture.versions_in_force", now=now)
    return {row[1]: InForce(Version.from_db(connection.alias, fields, row[:4]), bool(row[4])) for row in rows}


def proposed_prices(customer: str, lines: Sequence[rules.LineDraft], *, now: datetime) -> list[Decimal | None]:
    """The price that each line would get, for the entry grid; None for an unknown item and where no price is known."""
    masters = masters_of([customer], [line.sku for line in lines], standards=(), now=now)
    known = masters.customers.get(customer)
    return [rules.price_of(line, known, masters) if known and line.sku in masters.items else None for line in lines]


# --- facts ----------------------------------------------------------------------------------------------------------------


class Head(NamedTuple):
    """What the heads of orders answer: one statement for all of these facts."""

    total: Decimal
    channel: str
    customer_po: str
    requested_on: date | None
    customer_blocked: bool


def heads(order_ids: Sequence[int]) -> Mapping[int, Head]:
    """The heads of these orders.

    ``order.total`` is the lines' sum less discount, as ordered, of the order and all that were divided with it: dividing defeats no
    approval limit (RULES 35). ``order.customer_po`` is "" and ``order.requested`` unknown where the
    customer named none; ``customer.blocked``: whether the customer may order at all.
    """
    return {row[0]: Head(_of_family(*row[1:4]), *row[4:]) for row in _heads.rows(orders=order_ids)}


@Kept
def _heads() -> QuerySet[Order, tuple[Any, ...]]:
    standing = Order.objects.exclude(status=Order.Status.CANCELLED)
    divided = standing.filter(divided_from=OuterRef("root")).order_by().values("divided_from").annotate(sum=Total("total")).values("sum")
    rows = Order.objects.filter(pk__in=each_of("int8", "orders")).annotate(root=Coalesce("divided_from_id", "pk"))
    rows = rows.annotate(divided=Subquery(divided), first=Subquery(standing.filter(pk=OuterRef("root")).values("total")))
    return rows.values_list("pk", "total", "divided", "first", "channel", "customer_po", "requested_on", "customer__blocked")


def _of_family(total: Decimal, divided: Decimal | None, first: Decimal | None) -> Decimal:
    """The order's own total, or what the first of its family and all parts that were divided from that come to."""
    return total if divided is None else (exact(divided) + (first or ZERO)).quantize(CENT)


def of_heads(part: Callable[[Head], Value]) -> Shared[Mapping[int, Head]]:
    """A loader of one fact of the heads; orders without a value are unknown."""
    return Shared(heads, lambda found: {order: value for order, head in found.items() if (value := part(head)) is not None})


def new_customers(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.new_customer``: whether the customer had no earlier order that was not cancelled; parts of one order make nobody older."""
    return dict(_new_customers.rows(orders=order_ids))


@Kept
def _new_customers() -> QuerySet[Order, tuple[int, bool]]:
    earlier = Order.objects.filter(customer=OuterRef("customer"), pk__lt=OuterRef("root")).exclude(status=Order.Status.CANCELLED)
    rows = Order.objects.filter(pk__in=each_of("int8", "orders")).annotate(root=Coalesce("divided_from_id", "pk"))
    return rows.annotate(new=~Exists(earlier)).values_list("pk", "new")


def discounts(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.discount``: what the customer gets off in all, in percent, however it is divided over head and lines."""
    gross: dict[int, Decimal] = defaultdict(Decimal)
    total: dict[int, Decimal] = {}
    for order_id, price, order_total, wanted in sets.select("capture.wanted", orders=sets.Many("int8", order_ids)):
        gross[order_id] += rules.amount_of(exact(wanted, MILLIONTH), exact(price))
        total[order_id] = exact(order_total)
    return {order_id: rules.discount_of(gross[order_id], total[order_id]) for order_id in total}


def lines(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.lines``: item, quantity (ordered less cancelled) and price by position; lines that were taken off are no more."""
    return lines_of(order_ids, _wanted(order_ids, "order_id", "position", "item__sku", "unit_price"))


def lines_of(order_ids: Sequence[int], rows: Iterable[Sequence[Any]]) -> Mapping[int, Value]:
    """The same from rows that are read already: order, position, item number, price, and what is wanted."""
    found: dict[int, dict[str, Value]] = {order_id: {} for order_id in order_ids}
    for order_id, position, sku, price, wanted in rows:
        if wanted:
            found[order_id][str(position)] = {"sku": sku, "qty": _whole(wanted), "price": price}
    return found


def _wanted(order_ids: Sequence[int], *fields: str) -> Iterator[tuple[Any, ...]]:
    """These fields of every line, by order and position, and last what is wanted of it: ordered less cancelled. One statement."""
    for *values, more, less in _lines(*fields).rows(orders=order_ids):
        yield *values, _left(more, less)


@cache
def _lines(*fields: str) -> Kept[tuple[Any, ...]]:
    ordered, cancelled = (Total("moves__quantity", filter=Q(moves__kind=kind), default=ZERO) for kind in ("ordered", "cancelled"))
    rows = OrderLine.objects.filter(order_id__in=each_of("int8", "orders")).annotate(more=ordered, less=cancelled)
    return Kept(lambda: rows.order_by("order_id", "position").values_list(*fields, "more", "less"))


def _left(ordered: Decimal, cancelled: Decimal) -> Decimal:
    return _whole((ordered - cancelled).quantize(MILLIONTH) if cancelled else ordered)


def _whole(number: Decimal) -> Decimal:
    """The same number without zeros behind the point."""
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()


# --- what an edit and a paper start from ----------------------------------------------------------------------------------------


def lines_now(order_ids: Sequence[int]) -> Mapping[int, Mapping[int, LineNow]]:
    """The lines of these orders as they stand: {order id: {position: line}}."""
    found: dict[int, dict[int, LineNow]] = {order_id: {} for order_id in order_ids}
    fields = ("order_id", "id", "position", "item__sku", "quantity", "unit_price", "discount_percent", "requested_on")
    for order_id, id_, position, sku, ordered, price, discount, requested_on, wanted in _wanted(order_ids, *fields):
        found[order_id][position] = LineNow(id_, position, sku, ordered, wanted, price, discount, requested_on)
    return found


def order_forms(order_ids: Sequence[int]) -> Mapping[int, dict[str, object]]:
    """What the order confirmation says, as plain data: {order id: data}; one statement. Texts only, names by language."""
    lines_of: dict[int, list[dict[str, object]]] = defaultdict(list)
    heads_of: dict[int, Sequence[Any]] = {}
    for row in sets.select("capture.forms", orders=sets.Many("int8", list(order_ids))):
        if quantity := _whole(exact(row[8])):
            lines_of[row[0]].append(_form_line(row[1:8], quantity, _day(row[9])))
        heads_of[row[0]] = row[10:]
    return {order_id: _form(head, lines_of[order_id]) for order_id, head in heads_of.items()}


def _form(row: Sequence[Any], lines_: Sequence[dict[str, object]]) -> dict[str, object]:
    _, number, customer_po, ordered_at, requested_on, currency, discount, total, note, *parties = row
    customer, seller = parties[:4], parties[4:]
    ordered, requested = moment_from_sqlite(ordered_at), _day(requested_on)
    assert ordered is not None, "every order was placed at some time"
    return {
        "number": number,
        "customer_po": customer_po,
        "ordered_on": ordered.date().isoformat(),
        "requested_on": requested.isoformat() if requested else "",
        "currency": currency,
        "discount_percent": f"{_whole(exact(discount)):f}",
        "total": f"{exact(total).quantize(CENT):f}",
        "note": note,
        "seller": [text for text in seller if text],
        "customer": [text for text in customer if text],
        "lines": lines_,
    }


def _form_line(line: Sequence[Any], wanted: Decimal, own_day: date | None) -> dict[str, object]:
    position, sku, name, names, unit, unit_price, discount = line
    price, discount = exact(unit_price), exact(discount)
    return {
        "position": position,
        "sku": sku,
        "name": name,
        "names": json.loads(names) if isinstance(names, str) else names,
        "quantity": f"{wanted:f}",
        "unit": unit,
        "unit_price": f"{price:f}",
        "discount_percent": f"{_whole(discount):f}",
        "amount": f"{rules.amount_of(wanted, price, discount):f}",
        **({"requested_on": own_day.isoformat()} if own_day else {}),
    }


def _day(value: object) -> date | None:
    """A stored day: SQLite answers text."""
    return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None


def waiting_proposals(order_ids: Sequence[int]) -> Mapping[int, list[AmendmentProposal]]:
    """The amendments that wait for somebody, by order."""
    found: dict[int, list[AmendmentProposal]] = defaultdict(list)
    for proposal in AmendmentProposal.objects.filter(order_id__in=order_ids, state=AmendmentProposal.State.WAITING).order_by("pk"):
        found[proposal.order_id].append(proposal)
    return found
