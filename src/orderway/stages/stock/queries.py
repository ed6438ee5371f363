"""What lies where, what each line has got, and what can still be promised. Reads only; every question is one statement for n orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from orderway import sets
from orderway.masterdata.models import QUANTITY, Item
from orderway.orders.amounts import money_of
from orderway.orders.models import LineMove, Order, OrderLine
from orderway.orders.stages import Consequence, LineChange
from orderway.releases.catalogue import Value
from orderway.sets import numbers
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
    return [Line._make((*row[:7], bool(row[7]), *map(exact, row[8:11]), numbers.exact(row[11]).quantize(PRICE_PLACES))) for row in rows]


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
    """What a cancellation or change would give back, what is picked and has to be put back by hand, and what more has to be found."""
    changed = {change.line_id: change for order_id in order_ids for change in changes.get(order_id, ())}
    if not changed:
        return []
    lines = OrderLine.objects.filter(pk__in=changed, item__stocked=True).select_related("item").order_by("order_id", "position")
    held = dict(_held(changed))
    free = free_of(line.item_id for line in lines if changed[line.pk].gained)
    found: list[Consequence] = []
    for line in lines:
        reserved, picked = held.get(line.pk, (ZERO, ZERO))
        surplus = reserved - rules.left_open(changed[line.pk].open_quantity, changed[line.pk].new_quantity)
        unpicked = max(ZERO, min(surplus, reserved - picked))
        found += _given_back(line, unpicked, max(ZERO, surplus) - unpicked)
        if changed[line.pk].gained:
            found.append(_wanted(line, changed[line.pk].gained, sum(free.get(line.item_id, {}).values(), ZERO)))
    return found


def _held(line_ids: Iterable[int]) -> Iterator[tuple[int, tuple[Decimal, Decimal]]]:
    """What lies reserved for each line, and what of it is picked."""
    rows = Reservation.objects.filter(line_id__in=list(line_ids), quantity__gt=0).values("line_id")
    for row in rows.annotate(reserved=Total("quantity"), taken=Total("picked")).order_by():
        yield row["line_id"], (exact_sum(row["reserved"]), exact_sum(row["taken"]))


def _given_back(line: OrderLine, free: Decimal, picked: Decimal) -> Iterator[Consequence]:
    if free:
        yield _touched(line, free, gettext_noop("{quantity} of {item} (line {line}) would be free for others."))
    if picked:
        yield _touched(line, picked, gettext_noop("{quantity} of {item} (line {line}) is picked and has to be put back."), reversible=False)


def _wanted(line: OrderLine, more: Decimal, free: Decimal) -> Consequence:
    said = gettext_noop("{quantity} more of {item} (line {line}) is needed; {free} lies free in stock now.")
    return _touched(line, more, said, free=f"{free.normalize():f}" if free else "0")


def _touched(line: OrderLine, quantity: Decimal, said: str, *, reversible: bool = True, **more: str) -> Consequence:
    params = {"quantity": f"{quantity.normalize():f}", "item": line.item.sku, "line": str(line.position), **more}
    amount = money_of(line.amount, line.quantity, quantity)
    return Consequence(line.order_id, ACT, said, reversible, line.pk, quantity, amount, params=params)


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


def places() -> QuerySet[StockLevel]:
    """What lies in the storage of each warehouse, with `free` and what is `expected` there; the caller sorts."""
    due = ExpectedReceipt.objects.filter(item=OuterRef("item"), location=OuterRef("location"), quantity__gt=0)
    coming = Subquery(due.order_by().values("item").annotate(coming=Total("quantity")).values("coming"))
    found = StockLevel.objects.filter(location__kind=Location.Kind.STORAGE).select_related("item", "location__warehouse")
    nothing = Constant(ZERO, output_field=DecimalField(**QUANTITY))
    return found.annotate(free=F("on_hand") - F("reserved"), expected=Coalesce(coming, nothing, output_field=DecimalField(**QUANTITY)))


def moves_of(sku: str) -> QuerySet[StockMove]:
    """The moves of an item, newest first."""
    return (
        StockMove.objects.filter(item__sku=sku)
        .select_related("source__warehouse", "target__warehouse", "line__order")
        .order_by("-at", "-id")
    )


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
