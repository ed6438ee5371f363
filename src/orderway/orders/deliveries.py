"""The planned deliveries of an order: written by whoever plans and by whoever comes short, so that every open quantity is in one of them.

Owns Delivery and DeliveryLine; knows no parcel, trip or proof. Starting the run of a new delivery is `Work.open_runs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max

from orderway import sets
from orderway.orders.models import Delivery, DeliveryLine
from orderway.orders.numbers import take_ids
from orderway.sets.writing import Write


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """How much of an order line goes along, and where it comes from."""

    line_id: int
    quantity: Decimal
    route: str = "stock"
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery to be added to an order. `number`: the next of the order, where the caller has read them under the order's lock."""

    order_id: int
    lines: tuple[PlannedLine, ...]
    planned_on: date | None = None
    number: int | None = None


def add(planned: Sequence[PlannedDelivery]) -> list[Delivery]:
    """Add deliveries, numbered on within each order; three statements for n, two where the numbers are known. The orders are locked."""
    deliveries, writes = made(planned)
    sets.store(writes)
    return deliveries


def made(planned: Sequence[PlannedDelivery]) -> tuple[list[Delivery], list[Write]]:
    """The same with the rows as writes for ``Work.also``."""
    numbers = _last_numbers({one.order_id for one in planned if one.number is None})
    fresh: list[Delivery] = []
    for one, id_ in zip(planned, take_ids(Delivery, len(planned)), strict=True):
        numbers[one.order_id] = one.number or numbers.get(one.order_id, 0) + 1
        fresh.append(Delivery(id=id_, order_id=one.order_id, number=numbers[one.order_id], planned_on=one.planned_on))
    heads = [(one.pk, one.order_id, one.number, one.planned_on, one.state) for one in fresh]
    lines = [
        (delivery.pk, line.line_id, line.quantity, line.route, line.warehouse_id)
        for delivery, one in zip(fresh, planned, strict=True)
        for line in one.lines
    ]
    return fresh, [
        sets.Insert(Delivery, ("id", "order", "number", "planned_on", "state"), heads),
        sets.Insert(DeliveryLine, ("delivery", "line", "quantity", "route", "warehouse"), lines),
    ]


def close(deliveries: Iterable[Delivery | int], *, state: str = Delivery.State.DONE) -> int:
    """Mark open deliveries as done or withdrawn; gives how many were open."""
    ids = [one if isinstance(one, int) else one.pk for one in deliveries]
    return Delivery.objects.filter(pk__in=ids, state=Delivery.State.OPEN).update(state=state)


def of_orders(order_ids: Sequence[int], *, states: Iterable[str] = ()) -> dict[int, list[Delivery]]:
    """The deliveries of these orders with their lines and items, by order; three statements for n."""
    chosen = Delivery.objects.filter(order_id__in=order_ids).prefetch_related("lines__line__item").order_by("order_id", "number")
    if states:
        chosen = chosen.filter(state__in=list(states))
    found: dict[int, list[Delivery]] = {order: [] for order in order_ids}
    for delivery in chosen:
        found[delivery.order_id].append(delivery)
    return found


def open_quantities(order_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """What open deliveries hold of each order line; one statement."""
    found: dict[int, Decimal] = {}
    lines = DeliveryLine.objects.filter(delivery__order_id__in=order_ids, delivery__state=Delivery.State.OPEN)
    for line, quantity in lines.values_list("line_id", "quantity"):
        found[line] = found.get(line, Decimal(0)) + quantity
    return found


def _last_numbers(order_ids: Iterable[int]) -> dict[int, int]:
    if not order_ids:
        return {}
    rows = Delivery.objects.filter(order_id__in=list(order_ids)).values("order_id").annotate(last=Max("number")).order_by()
    return {row["order_id"]: row["last"] for row in rows}
