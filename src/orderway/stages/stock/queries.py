"""What lies where, what each line has got, and what can still be promised. Reads only; every question is one statement for n orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from orderway import sets
from orderway.masterdata.models import Item
from orderway.orders.models import LineMove, Order
from orderway.orders.stages import Consequence, LineChange
from orderway.releases.catalogue import Value
from orderway.sets.totals import Total
from orderway.stages.capture import queries as capture
from orderway.stages.stock import rules
from orderway.stages.stock.levels import exact
from orderway.stages.stock.models import ExpectedReceipt, Location, Reservation, StockLevel, StockMove
from orderway.stages.stock.rules import ZERO, Coverage, Expected, Picture

ACT = "stock.reserve"
PRICE_PLACES = Decimal("0.00000001")


class Line(NamedTuple):
    """An order line with the sums of its moves. `wanted` is ordered less cancelled, `net_shipped` shipped less replaced."""

    order_id: int
    place: str  # the number of its order
    id: int
    position: int
    item_id: int
    sku: str
    item_route: str
    stocked: bool
    wanted: Decimal
    reserved: Decimal
    net_shipped: Decimal
    unit_price: Decimal

    @property
    def need(self) -> Decimal:
        """What has to be reserved for it in all."""
        return rules.need_of(self.wanted, ZERO, self.net_shipped)

    @property
    def coverage(self) -> Coverage:
        """How far it is covered."""
        return Coverage(self.wanted, self.reserved, self.net_shipped, self.item_route, self.stocked)


def lines_of(order_ids: Sequence[int]) -> list[Line]:
    """The lines of these orders, by order and position."""
    rows = sets.select("stock.lines_of_orders", orders=sets.Many("int8", list(order_ids)))
    return [Line._make((*row[:7], bool(row[7]), *map(exact, row[8:11]), capture.exact(row[11]).quantize(PRICE_PLACES))) for row in rows]


def coverage_of(order_ids: Sequence[int]) -> Mapping[int, Mapping[int, Coverage]]:
    """How far each line is covered: {order id: {position: coverage}}."""
    return covered(lines_of(order_ids), order_ids)


def covered(lines: Iterable[Line], order_ids: Sequence[int]) -> Mapping[int, Mapping[int, Coverage]]:
    """The same of lines that are read already."""
    found: dict[int, dict[int, Coverage]] = {order_id: {} for order_id in order_ids}
    for line in lines:
        found[line.order_id][line.position] = line.coverage
    return found


def as_ordered(lines: Iterable[Line], order_ids: Sequence[int]) -> Mapping[int, Value]:
    """What capture says of these lines (``order.lines``): no act on stock changes it."""
    return capture.lines_of(order_ids, ((line.order_id, line.position, line.sku, line.unit_price, line.wanted) for line in lines))


def consequences(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What a cancellation or change of these lines would give back; what is picked has to be put back by hand."""
    left = {
        change.line_id: rules.left_open(change.open_quantity, change.new_quantity)
        for order_id in order_ids
        for change in changes.get(order_id, ())
    }
    found = []
    held = Reservation.objects.filter(line_id__in=left, quantity__gt=0).values(
        "line_id", "line__order_id", "line__position", "line__item__sku"
    )
    for row in held.annotate(reserved=Total("quantity"), picked=Total("picked")).order_by("line__order_id", "line__position"):
        surplus = exact_sum(row["reserved"]) - left[row["line_id"]]
        if surplus > 0:
            free = min(surplus, exact_sum(row["reserved"]) - exact_sum(row["picked"]))
            found += _sentences(row["line__order_id"], f"{row['line__item__sku']} (line {row['line__position']})", free, surplus - free)
    return found


def _sentences(order_id: int, what: str, free: Decimal, picked: Decimal) -> list[Consequence]:
    found = []
    if free:
        found.append(Consequence(order_id, ACT, f"{free.normalize():f} of {what} would be free for others."))
    if picked:
        text = f"{picked.normalize():f} of {what} is picked and has to be put back."
        found.append(Consequence(order_id, ACT, text, reversible=False))
    return found


def free_of(item_ids: Iterable[int]) -> Mapping[int, Mapping[int, Decimal]]:
    """What lies free in the storage of each warehouse: {item id: {warehouse id: quantity}}. Not locked: it may be gone a moment later."""
    free: dict[int, dict[int, Decimal]] = defaultdict(dict)
    levels = StockLevel.objects.filter(item_id__in=set(item_ids), location__kind=Location.Kind.STORAGE)
    for item, warehouse, on_hand, reserved in levels.values_list("item_id", "location__warehouse_id", "on_hand", "reserved"):
        free[item][warehouse] = on_hand - reserved
    return free


# --- lists for pages and the API -----------------------------------------------------------------------------------------


def levels(*, sku: str = "", warehouse: str = "") -> QuerySet[StockLevel]:
    """The stock list: levels by item and rank of the warehouse, narrowed by the beginning of an item number and a warehouse's key."""
    found = StockLevel.objects.select_related("item", "location__warehouse").order_by("item__sku", "location__warehouse__rank", "id")
    if sku:
        found = found.filter(item__sku__istartswith=sku)
    return found.filter(location__warehouse__key=warehouse) if warehouse else found


def moves_of(sku: str) -> QuerySet[StockMove]:
    """The moves of an item, newest first."""
    return StockMove.objects.filter(item__sku=sku).select_related("source", "target", "line__order").order_by("-at", "-id")


def reservations_of(sku: str) -> QuerySet[Reservation]:
    """Who has this item reserved: open reservations by order."""
    found = Reservation.objects.filter(level__item__sku=sku, quantity__gt=0)
    return found.select_related("line__order", "level__location__warehouse").order_by("line__order__number", "line__position")


def expected_of(sku: str) -> QuerySet[ExpectedReceipt]:
    """What is still to come of this item, soonest first."""
    found = ExpectedReceipt.objects.filter(item__sku=sku, quantity__gt=0).select_related("location__warehouse", "line__order")
    return found.order_by("due_on", "id")


# --- available to promise ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promising:
    """What can be promised of one item: the picture of today and what is expected."""

    picture: Picture
    expected: tuple[Expected, ...] = ()

    def on(self, day: date, *, today: date) -> Decimal:
        """What can be promised for this day (RULES 15)."""
        return rules.available_to_promise(self.picture.promisable, self.expected, on=day, today=today)

    def earliest(self, quantity: Decimal, *, today: date) -> date | None:
        """The first day for which this quantity can be promised; None if nothing expected brings it."""
        return rules.earliest_promise(quantity, self.picture.promisable, self.expected, today=today)

    def at_risk(self, quantity: Decimal, on: date, *, today: date) -> Decimal:
        """What of a need only overdue receipts could cover (RULES 17)."""
        return rules.at_risk(quantity, self.picture.promisable, self.expected, on=on, today=today)


def promising(item_ids: Iterable[int]) -> Mapping[int, Promising]:
    """What can be promised of these items, over all warehouses. A receipt pegged to an order line is promised to that line already."""
    wanted = sorted(set(item_ids))
    pictures = {item: Picture(ZERO) for item in wanted} | _pictures(wanted)
    expected: dict[int, list[Expected]] = defaultdict(list)
    receipts = ExpectedReceipt.objects.filter(item_id__in=wanted, quantity__gt=0, line__isnull=True).order_by("due_on", "id")
    for item, quantity, due_on, reconfirmed_on in receipts.values_list("item_id", "quantity", "due_on", "reconfirmed_on"):
        expected[item].append(Expected(quantity, due_on, reconfirmed_on))
    return {item: Promising(pictures[item], tuple(expected[item])) for item in wanted}


def _pictures(item_ids: Sequence[int]) -> dict[int, Picture]:
    rows = (
        StockLevel.objects.filter(item_id__in=item_ids)
        .values("item_id")
        .annotate(
            held=Total("on_hand"),
            taken=Total("reserved"),
            quarantined=Total("on_hand", filter=Q(location__kind=Location.Kind.QUARANTINE), default=ZERO),
            in_transit=Total("on_hand", filter=Q(location__kind=Location.Kind.TRANSIT), default=ZERO),
        )
    )
    return {
        row["item_id"]: Picture(row["held"], row["taken"], quarantined=row["quarantined"], in_transit=row["in_transit"]) for row in rows
    }


def item_ids(skus: Iterable[str]) -> Mapping[str, int]:
    """The ids of these item numbers; unknown ones are missing."""
    return dict(Item.objects.filter(sku__in=set(skus)).values_list("sku", "id"))


# --- for verify ------------------------------------------------------------------------------------------------------------


def balances_of_moves() -> Mapping[tuple[int, int], Decimal]:
    """What every (item, location) should hold: moves in less moves out."""
    balance: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for column, sign in (("target_id", 1), ("source_id", -1)):
        for item, location, quantity in StockMove.objects.values_list("item_id", column).annotate(moved=Total("quantity")).order_by():
            balance[item, location] += sign * exact_sum(quantity)
    return balance


def reserved_by_level() -> Mapping[int, Decimal]:
    """The open reservations of every level together."""
    rows = Reservation.objects.filter(quantity__gt=0).values_list("level_id").annotate(held=Total("quantity")).order_by()
    return {level: exact_sum(quantity) for level, quantity in rows}


def reserved_by_line() -> Mapping[int, Decimal]:
    """The open reservations of every line together."""
    rows = Reservation.objects.filter(quantity__gt=0).values_list("line_id").annotate(held=Total("quantity")).order_by()
    return {line: exact_sum(quantity) for line, quantity in rows}


def reserved_in_ledger() -> Mapping[int, Decimal]:
    """What the line ledger says is reserved for every line."""
    rows = LineMove.objects.filter(kind=LineMove.Kind.RESERVED).values_list("line_id").annotate(held=Total("quantity")).order_by()
    return {line: exact_sum(quantity) for line, quantity in rows}


def reservations_out_of_place() -> QuerySet[Reservation]:
    """Open reservations whose level holds another item than their line asks for, or whose order was cancelled and nothing is picked."""
    wrong = ~Q(level__item_id=F("line__item_id")) | Q(line__order__status=Order.Status.CANCELLED, picked=ZERO)
    return Reservation.objects.filter(wrong, quantity__gt=0).select_related("line__order")


def exact_sum(quantity: Decimal) -> Decimal:
    """A sum from the database, with the six places of a quantity (SQLite adds binary fractions)."""
    return quantity.quantize(rules.MILLIONTH)
