"""What deliveries need from production and purchase, what is on order for them, and who supplies an item. Reads only.

Every question is a fixed number of statements for n orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from orderway.engine.case import PLACE_SEPARATOR
from orderway.masterdata.models import QUANTITY, BillLine, Item, SupplierTerm, Warehouse
from orderway.orders.models import Delivery, DeliveryLine, Order, OrderLine, WorkItem
from orderway.orders.work import Opened
from orderway.sets.kept import Kept, each_of, given
from orderway.sets.totals import Total
from orderway.stages.stock.levels import exact
from orderway.stages.supply.models import SupplyLine, SupplyOrder, SupplyPeg
from orderway.stages.supply.rules import (
    ZERO,
    Demand,
    DemandKey,
    FreeSupply,
    ItemId,
    Kind,
    SupplierId,
    SupplyLineId,
    Term,
)

NOTHING = Value(ZERO, output_field=DecimalField(**QUANTITY))


@dataclass(frozen=True, slots=True)
class Site:
    """Where an act works: an order and, inside an `each` over deliveries, the number of the delivery (None: all open ones)."""

    place: str
    order_id: int
    delivery: int | None

    def covers(self, order_id: int, delivery: int) -> bool:
        """Whether this delivery belongs to the place."""
        return order_id == self.order_id and self.delivery in (None, delivery)


def site(opened: Opened) -> Site:
    """Where the item of a place stands: the innermost key that is a number is the delivery's."""
    path = opened.item.path if opened.item else ()
    return Site(opened.place, opened.order.id, int(path[-1]) if path and path[-1].isdigit() else None)


def sites(places: Mapping[str, Opened]) -> list[Site]:
    """The sites of the places that the door let through."""
    return [site(opened) for opened in places.values()]


# --- what is needed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What a place needs from a source: its demands, and what of them has already arrived."""

    demands: tuple[Demand, ...] = ()
    arrived: Decimal = ZERO

    @property
    def done(self) -> bool:
        """Whether everything has arrived. Nothing needed is nothing to wait for."""
        return self.arrived >= sum((demand.quantity for demand in self.demands), ZERO)


def standings(wanted: Sequence[Site], kind: Kind) -> Mapping[str, Standing]:
    """What each site needs from this source and has; two statements."""
    order_ids = {one.order_id for one in wanted}
    pegged = _pegged(order_ids, kind)
    found: dict[str, list[tuple[Demand, Decimal]]] = {one.place: [] for one in wanted}
    by_order: dict[int, list[Site]] = defaultdict(list)
    for one in wanted:
        by_order[one.order_id].append(one)
    for order_id, number, planned_on, key, item, quantity in _needed(order_ids, kind):
        covered, arrived = pegged.get(key, (ZERO, ZERO))
        demand = Demand(key, item, quantity, covered, planned_on)
        for one in by_order[order_id]:
            if one.covers(order_id, number):
                found[one.place].append((demand, min(arrived, quantity)))
    return {
        place: Standing(tuple(demand for demand, _ in rows), sum((arrived for _, arrived in rows), ZERO)) for place, rows in found.items()
    }


def _needed(order_ids: Iterable[int], kind: Kind) -> Iterable[tuple[int, int, date | None, DemandKey, ItemId, Decimal]]:
    """Quantities of open deliveries that come from this source, per order line and delivery."""
    for order_id, number, planned_on, delivery, line, item, quantity in _lines_needed.rows(orders=order_ids, kind=kind):
        yield order_id, number, planned_on, DemandKey(line, delivery), ItemId(item), quantity


_lines_needed = Kept(
    lambda: (
        DeliveryLine.objects.filter(
            delivery__order_id__in=each_of("int8", "orders"), delivery__state=Delivery.State.OPEN, route=given("kind"), quantity__gt=0
        )
        .order_by("delivery__order_id", "delivery__number", "line__position")
        .values_list(
            "delivery__order_id", "delivery__number", "delivery__planned_on", "delivery_id", "line_id", "line__item_id", "quantity"
        )
    )
)


def _pegged(order_ids: Iterable[int], kind: Kind) -> Mapping[DemandKey, tuple[Decimal, Decimal]]:
    """What is pegged to each demand and what of that has arrived."""
    rows = _peg_sums.rows(orders=order_ids, kind=kind)
    return {DemandKey(line, delivery): (exact(quantity), exact(received)) for line, delivery, quantity, received in rows}


@Kept
def _peg_sums() -> QuerySet[SupplyPeg, tuple[int, int, Decimal, Decimal]]:
    pegs = SupplyPeg.objects.filter(delivery__order_id__in=each_of("int8", "orders"), supply_line__supply_order__kind=given("kind"))
    return pegs.values_list("order_line_id", "delivery_id").annotate(Total("quantity"), Total("received")).order_by()


def supply_orders_of(order_ids: Iterable[int], kind: Kind) -> Mapping[DemandKey, list[tuple[str, date]]]:
    """The open supply orders that serve each demand: number and due date."""
    found: dict[DemandKey, list[tuple[str, date]]] = defaultdict(list)
    for line, delivery, number, due_on in _open_pegs.rows(orders=order_ids, kind=kind):
        found[DemandKey(line, delivery)].append((number, due_on))
    return found


_open_pegs = Kept(
    lambda: (
        SupplyPeg.objects.filter(
            delivery__order_id__in=each_of("int8", "orders"), supply_line__supply_order__kind=given("kind"), quantity__gt=F("received")
        )
        .order_by("supply_line__supply_order__due_on", "id")
        .values_list("order_line_id", "delivery_id", "supply_line__supply_order__number", "supply_line__supply_order__due_on")
    )
)


# --- what can cover it ---------------------------------------------------------------------------------------------------


def free_supply(kind: Kind, item_ids: Iterable[int]) -> list[tuple[int, FreeSupply]]:
    """What is still to come of open supply orders and serves nobody, each with the id of its supply order. Not locked."""
    rows = _free_lines.rows(kind=kind, items=set(item_ids))
    return [(order, FreeSupply(SupplyLineId(line), ItemId(item), exact(free), due_on)) for order, line, item, free, due_on in rows]


@Kept
def _free_lines() -> QuerySet[SupplyLine, tuple[int, int, int, Decimal, date]]:
    of_kind = SupplyLine.objects.filter(supply_order__kind=given("kind"), supply_order__status=SupplyOrder.Status.OPEN)
    pegged = Coalesce(Total("pegs__quantity"), NOTHING) - Coalesce(Total("pegs__received"), NOTHING)
    lines = of_kind.filter(item_id__in=each_of("int8", "items")).annotate(free=F("quantity") - F("received") - pegged)
    return lines.filter(free__gt=0).values_list("supply_order_id", "id", "item_id", "free", "supply_order__due_on")


def free_supply_locked(kind: Kind, item_ids: Iterable[int]) -> list[FreeSupply]:
    """The same, its supply orders locked by ascending id and asked again."""
    wanted = set(item_ids)
    candidates = {order for order, _ in free_supply(kind, wanted)}
    if not candidates:
        return []
    locked = {order.pk for order in SupplyOrder.objects.select_for_update().filter(id__in=candidates).order_by("id")}
    return [free for order, free in free_supply(kind, wanted) if order in locked]


def terms(kind: Kind, item_ids: Iterable[int]) -> Mapping[ItemId, Term]:
    """Who supplies each item: we, or the preferred, else the cheapest approved supplier. Items that nobody supplies are missing."""
    wanted = set(item_ids)
    if kind == "make":
        rows = Item.objects.filter(id__in=wanted).values_list("id", "lead_time_days")
        return {ItemId(item): Term(None, days) for item, days in rows}
    found: dict[ItemId, Term] = {}
    offers = SupplierTerm.objects.filter(item_id__in=wanted, supplier__approved=True, supplier__active=True)
    columns = ("item_id", "supplier_id", "lead_time_days", "price")
    for item, supplier, days, price in offers.order_by("-preferred", "price", "lead_time_days", "id").values_list(*columns):
        found.setdefault(ItemId(item), Term(SupplierId(supplier), days, price))
    return found


def receiving_warehouse() -> Warehouse | None:
    """Where supply is received: the active warehouse that reservations ask first."""
    return Warehouse.objects.filter(active=True).order_by("rank", "key").first()


# --- lists for pages and the API -------------------------------------------------------------------------------------------


def supply_orders(*, kind: str = "", status: str = "") -> QuerySet[SupplyOrder]:
    """Supply orders, soonest first, narrowed by kind and status."""
    found = SupplyOrder.objects.select_related("supplier", "warehouse").order_by("due_on", "id")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(status=status) if status else found


def lines_with_pegs(number: str) -> list[SupplyLine]:
    """The lines of a supply order with what they serve; three statements."""
    lines = SupplyLine.objects.filter(supply_order__number=number).select_related("item").order_by("position")
    return list(lines.prefetch_related("receipts", "pegs__order_line__order", "pegs__delivery"))


def overdue_at(today: date) -> QuerySet[SupplyOrder]:
    """Open supply orders whose goods should have come before today."""
    return supply_orders(status=SupplyOrder.Status.OPEN).filter(due_on__lt=today)


def late_to_release(today: date) -> QuerySet[SupplyOrder]:
    """Supply orders that had to go out before today to be on time and did not."""
    return supply_orders(status=SupplyOrder.Status.OPEN).filter(Q(release_by__lt=today), released_at__isnull=True)


# --- what goods receipts need ------------------------------------------------------------------------------------------------


def skus(item_ids: Iterable[int]) -> Mapping[int, str]:
    """Item numbers by id."""
    wanted = set(item_ids)
    return dict(Item.objects.filter(id__in=wanted).values_list("id", "sku")) if wanted else {}


def described(keys: Iterable[DemandKey]) -> Mapping[DemandKey, tuple[str, int]]:
    """What demands are for, in words that last: the place of the delivery and the position of the line."""
    wanted = list(keys)
    lines = dict(_positions.rows(lines={key.order_line for key in wanted}))
    deliveries = {pk: f"{order}/{number}" for pk, order, number in _deliveries.rows(deliveries={key.delivery for key in wanted})}
    return {key: (deliveries[key.delivery], lines[key.order_line]) for key in wanted}


_positions = Kept(lambda: OrderLine.objects.filter(id__in=each_of("int8", "lines")).values_list("id", "position"))
_deliveries = Kept(lambda: Delivery.objects.filter(id__in=each_of("int8", "deliveries")).values_list("id", "order__number", "number"))


def served_by(supply_order_ids: Iterable[int]) -> list[str]:
    """The numbers of the orders that wait for goods of these supply orders."""
    return _served.rows(supply_orders=supply_order_ids)


@Kept
def _served() -> QuerySet[SupplyPeg, str]:
    pegs = SupplyPeg.objects.filter(supply_line__supply_order_id__in=each_of("int8", "supply_orders"), quantity__gt=F("received"))
    return pegs.order_by("order_line__order__number").values_list("order_line__order__number", flat=True).distinct()


def waiting_places(order_numbers: Iterable[str], act: str) -> list[str]:
    """The places of these orders that are open at an act."""
    return list(dict.fromkeys(_open_at.rows(numbers=order_numbers, act=act)))


@Kept
def _open_at() -> QuerySet[WorkItem, str]:
    items = WorkItem.objects.filter(order__number__in=each_of("text", "numbers"), act=given("act"), state=WorkItem.State.OPEN)
    return items.order_by("order_id", "place").values_list("place", flat=True)


def bills(item_ids: Iterable[int]) -> Mapping[int, list[tuple[int, Decimal, str]]]:
    """The bill of material of each item: component, quantity for one piece, the component's unit."""
    found: dict[int, list[tuple[int, Decimal, str]]] = defaultdict(list)
    for item, component, quantity, unit in _bill_lines.rows(items=set(item_ids)):
        found[item].append((component, quantity, unit))
    return found


_bill_lines = Kept(
    lambda: (
        BillLine.objects.filter(item_id__in=each_of("int8", "items"), component__stocked=True)
        .order_by("item_id", "component_id")
        .values_list("item_id", "component_id", "quantity", "component__unit")
    )
)


def key_of(peg: SupplyPeg) -> DemandKey:
    """What a peg serves."""
    return DemandKey(peg.order_line_id, peg.delivery_id)


def arrived(places: Sequence[str], kind: Kind) -> Mapping[str, bool]:
    """Whether everything that this source owes each place (an order, or one delivery of it) has arrived."""
    split = {place: place.split(PLACE_SEPARATOR) for place in places}
    ids = dict(Order.objects.filter(number__in={parts[0] for parts in split.values()}).values_list("number", "id"))
    wanted = [
        Site(place, ids[parts[0]], int(parts[-1]) if len(parts) > 1 and parts[-1].isdigit() else None)
        for place, parts in split.items()
        if parts[0] in ids
    ]
    found = standings(wanted, kind)
    return {place: place in found and found[place].done for place in places}
