"""What is to be delivered, what each delivery carries, and what became of it. Reads only; each question is one statement for n orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, cast

from django.db.models import Prefetch, QuerySet

from orderway import sets
from orderway.engine.case import Case
from orderway.orders.models import Delivery, DeliveryLine
from orderway.releases.catalogue import Value
from orderway.stages.delivery import rules
from orderway.stages.delivery.rules import ZERO, LineId, LineNeed, Route, WarehouseId
from orderway.stages.stock.levels import exact


def day(value: object) -> date | None:
    """A day as the database gave it: SQLite keeps text."""
    return date.fromisoformat(value) if isinstance(value, str) else cast("date | None", value)


def _rows(query: str, order_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    return sets.select(f"delivery.{query}", orders=sets.Many("int8", list(order_ids)))


# --- planning ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineToPlan:
    """An order line with what is open of it and what of that lies reserved for no delivery yet, by warehouse."""

    order_id: int
    wished_on: date | None
    line: LineId
    position: int
    item_id: int
    sku: str
    route: Route
    stocked: bool
    lead_days: int
    ordered: Decimal
    cancelled: Decimal
    shipped: Decimal
    reserved: tuple[tuple[WarehouseId, Decimal], ...]

    @property
    def open(self) -> Decimal:
        """What is still to be delivered; `shipped` leaves replacements out."""
        return rules.open_quantity(self.ordered, self.cancelled, self.shipped)

    def need(self, open_: Decimal) -> LineNeed:
        """What planning has to place, if so much of it is not carried by a delivery yet."""
        return LineNeed(self.line, open_, self.route, self.reserved, self.stocked)


def lines_to_plan(order_ids: Sequence[int]) -> list[LineToPlan]:
    """The lines of these orders, by order and position."""
    found = []
    for _, group in groupby(_rows("lines_to_plan", order_ids), key=lambda row: cast(int, row[3])):
        rows = list(group)
        order_id, requested, promised, line, position, item, sku, route, stocked, lead, *sums = rows[0][:-2]
        reserved = tuple((WarehouseId(row[-2]), exact(row[-1])) for row in rows if row[-2] is not None)
        wished_on = day(promised) or day(requested)
        ordered, cancelled, shipped = (exact(one) for one in sums)
        head = (order_id, wished_on, LineId(line), position, item, sku, route, bool(stocked), lead)
        found.append(LineToPlan(*head, ordered, cancelled, shipped, reserved))
    return found


# --- deliveries as they stand ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carried:
    """A line of a delivery: what goes along from where, what is picked of the order line there, what supply is pegged to it."""

    id: int
    line: LineId
    position: int
    item_id: int
    sku: str
    stocked: bool
    quantity: Decimal
    route: Route
    warehouse: WarehouseId | None
    picked: Decimal
    pegged: Decimal


@dataclass(frozen=True, slots=True)
class StandingDelivery:
    """A delivery with its lines."""

    order_id: int
    id: int
    number: int
    planned_on: date | None
    state: str
    lines: tuple[Carried, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether it has still to go out."""
        return self.state == Delivery.State.OPEN

    @property
    def picked(self) -> bool:
        """Whether goods were taken from the shelves for it: it is then as it is."""
        return any(line.picked for line in self.lines)

    def quantities(self) -> dict[LineId, Decimal]:
        """What it carries, by order line."""
        return _added((line.line, line.quantity) for line in self.lines)

    def picked_quantities(self) -> dict[LineId, Decimal]:
        """What is picked and not handed over, by order line."""
        return {line.line: line.picked for line in self.lines if line.picked}


def _added(parts: Any) -> dict[LineId, Decimal]:
    sums: dict[LineId, Decimal] = {}
    for line, quantity in parts:
        sums[line] = sums.get(line, ZERO) + quantity
    return sums


def deliveries_of(order_ids: Sequence[int]) -> dict[int, list[StandingDelivery]]:
    """All deliveries of these orders, by order and number."""
    found: dict[int, list[StandingDelivery]] = {order_id: [] for order_id in order_ids}
    for (order_id, pk, number, planned_on, state), group in groupby(_rows("deliveries_of", order_ids), key=lambda row: row[:5]):
        lines = tuple(_carried(row) for row in group if row[5] is not None)
        found[order_id].append(StandingDelivery(order_id, pk, number, day(planned_on), state, lines))
    return found


def _carried(row: tuple[Any, ...]) -> Carried:
    _, _, _, _, _, pk, line, position, item, sku, stocked, quantity, route, warehouse, picked, pegged = row
    house = None if warehouse is None else WarehouseId(warehouse)
    return Carried(pk, LineId(line), position, item, sku, bool(stocked), exact(quantity), route, house, exact(picked), exact(pegged))


@dataclass(frozen=True, slots=True)
class ReservedFor:
    """Something that lies reserved and unpicked for an order line, for one delivery or (None) for whichever comes first."""

    line: LineId
    delivery_id: int | None
    quantity: Decimal


def reserved_for(order_ids: Sequence[int]) -> list[ReservedFor]:
    """What lies reserved and unpicked for the lines of these orders."""
    rows = _rows("reserved_for", order_ids)
    return [ReservedFor(LineId(line), delivery, exact(quantity)) for line, delivery, quantity in rows]


@dataclass(frozen=True, slots=True)
class LineAmount:
    """What a line comes to in all, without tax, and what that means for a part of it."""

    line: LineId
    order_id: int
    customer_id: int
    discount_percent: Decimal
    amount: Decimal
    quantity: Decimal
    tax_rate: Decimal


def amounts_of_lines(order_ids: Sequence[int]) -> dict[LineId, LineAmount]:
    """What the lines of these orders come to."""
    return {
        LineId(line): LineAmount(LineId(line), order, customer, *(_number(value) for value in values))
        for line, order, customer, *values in _rows("amounts_of_lines", order_ids)
    }


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


# --- facts ---------------------------------------------------------------------------------------------------------------


def facts(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.deliveries``: the deliveries that were not withdrawn, by their numbers; one statement. Orders without any are missing."""
    found: dict[int, dict[str, dict[str, Value]]] = {}
    for order_id, number, sku, quantity, route, _, outcome, _ in _rows("facts_of_deliveries", order_ids):
        record = found.setdefault(order_id, {}).setdefault(
            str(number), {"number": str(number), "shipped": outcome == "delivered", "lines": []}
        )
        if sku is not None:
            cast("list[Value]", record["lines"]).append({"sku": sku, "qty": exact(quantity), "route": route})
    return cast("Mapping[int, Value]", found)


def damaged(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.deliveries.damaged``: known of deliveries that were handed over; one statement."""
    found: dict[int, dict[str, Value]] = {order_id: {} for order_id in order_ids}
    for order_id, number, _, _, _, _, outcome, is_damaged in _rows("facts_of_deliveries", order_ids):
        if outcome is not None:
            found[order_id][str(number)] = bool(is_damaged)
    return cast("Mapping[int, Value]", found)


# --- lists for pages, papers and the API -----------------------------------------------------------------------------------


def deliveries(*, order: str = "", state: str = "") -> QuerySet[Delivery]:
    """Deliveries, soonest first, with everything a list shows, narrowed by order number and state."""
    lines = DeliveryLine.objects.filter(quantity__gt=0).select_related("line__item", "warehouse").order_by("line__position", "id")
    found = Delivery.objects.select_related("order__customer", "hand_over").prefetch_related(
        Prefetch("lines", lines), "trips", "parcels", "picks"
    )
    if order:
        found = found.filter(order__number=order)
    if state:
        found = found.filter(state=state)
    return found.order_by("planned_on", "order_id", "number")


# --- for verify --------------------------------------------------------------------------------------------------------------


def is_delivering(case_text: str) -> bool:
    """Whether the order is in its runs only: before that, or going back, its deliveries are still to be planned and need not add up."""
    case = Case.from_text(case_text)
    outside = any(not item.path and item.kind not in ("leftover", "complaint") for item in case.items)
    return not outside and any(state == "open" for state in case.each_runs.values())
