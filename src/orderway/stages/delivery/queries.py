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
class Held:
    """Something that lies reserved and unpicked for an order line, for one delivery or (None) for whichever comes first."""

    warehouse: WarehouseId
    delivery_id: int | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """An order line: what was ordered, cancelled and shipped (without replacements) of it, what it comes to, what lies reserved for it.

    `wished_on`: the line's own day, if it is not the order's; else the day that was promised for the order, or that the customer wished.
    """

    order_id: int
    customer_id: int
    wished_on: date | None
    order_discount: Decimal
    line: LineId
    position: int
    item_id: int
    sku: str
    route: Route
    stocked: bool
    lead_days: int
    quantity: Decimal
    amount: Decimal
    tax_rate: Decimal
    ordered: Decimal
    cancelled: Decimal
    shipped: Decimal
    has_deliveries: bool
    tax_included: bool
    held: tuple[Held, ...]

    @property
    def open(self) -> Decimal:
        """What is still to be delivered."""
        return rules.open_quantity(self.ordered, self.cancelled, self.shipped)

    def due(self, today: date) -> date:
        """The day on which it is wanted; what is overdue is wanted today, whatever the day was."""
        return max(today, self.wished_on or today)

    def need(self, open_: Decimal, today: date) -> LineNeed:
        """What planning has to place, if so much of it is not carried by a delivery yet; what is tied to a delivery stays there."""
        free = tuple((one.warehouse, one.quantity) for one in self.held if one.delivery_id is None)
        return LineNeed(self.line, open_, self.route, free, self.stocked, self.due(today))


def lines_of(order_ids: Sequence[int]) -> list[Line]:
    """The lines of these orders, by order and position."""
    found = []
    for _, group in groupby(_rows("lines_of", order_ids), key=lambda row: cast(int, row[4])):
        rows = list(group)
        order_id, customer, wished, discount, line, position, item, sku, route, stocked, lead, *figures = rows[0][:17]
        held = tuple(Held(WarehouseId(row[19]), row[20], exact(row[21])) for row in rows if row[19] is not None)
        head = (order_id, customer, day(wished), _number(discount), LineId(line), position, item, sku, route)
        quantity, amount, tax, ordered, cancelled, shipped = figures
        sums = (exact(ordered), exact(cancelled), exact(shipped))
        known = (bool(rows[0][17]), bool(rows[0][18]))
        found.append(Line(*head, bool(stocked), lead, exact(quantity), _number(amount), _number(tax), *sums, *known, held))
    return found


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


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
        lines = tuple(_carried(row) for row in group if row[5] is not None and row[11])
        found[order_id].append(StandingDelivery(order_id, pk, number, day(planned_on), state, lines))
    return found


def _carried(row: tuple[Any, ...]) -> Carried:
    _, _, _, _, _, pk, line, position, item, sku, stocked, quantity, route, warehouse, picked, pegged = row
    house = None if warehouse is None else WarehouseId(warehouse)
    return Carried(pk, LineId(line), position, item, sku, bool(stocked), exact(quantity), route, house, exact(picked), exact(pegged))


# --- facts ---------------------------------------------------------------------------------------------------------------


def facts(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.deliveries``: the deliveries that were not withdrawn, by their numbers; one statement. Orders without any are missing.

    Whether a delivery was damaged is unknown until it is handed over.
    """
    found: dict[int, dict[str, dict[str, Value]]] = {}
    for order_id, number, sku, quantity, route, _, outcome, damaged in _rows("facts_of_deliveries", order_ids):
        deliveries = found.setdefault(order_id, {})
        if str(number) not in deliveries:
            deliveries[str(number)] = as_fact(str(number), [], shipped=outcome == "delivered")
            if outcome is not None:
                deliveries[str(number)]["damaged"] = bool(damaged)
        if sku is not None and quantity:
            cast("list[Value]", deliveries[str(number)]["lines"]).append(carried(sku, exact(quantity), route))
    return cast("Mapping[int, Value]", found)


def as_fact(number: str, lines: list[Value], *, shipped: bool = False) -> dict[str, Value]:
    """A delivery as the standard sees it."""
    return {"number": number, "shipped": shipped, "lines": lines}


def carried(sku: str, quantity: Decimal, route: str) -> Value:
    """A line of it."""
    return {"sku": sku, "qty": quantity, "route": route}


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
