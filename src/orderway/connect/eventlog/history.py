"""Our history as an event log: one event per stage that was done, the objects it concerns, in the sequence in which it happened.

The same events as the diagnosis of our own journal takes. Reads only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from orderway.diagnosis import own
from orderway.masterdata.models import Customer, Item
from orderway.orders.models import Delivery, Order, OrderLine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # OCEL 2.0: the time of values that an object has from the beginning
ORDERS, CUSTOMERS, DELIVERIES, ITEMS = "orders", "customers", "deliveries", "items"
Progress = Callable[[str, int, int | None], None]
Value = str | float


@dataclass(frozen=True, slots=True)
class Event:
    """A stage that was done. `related`: (key of the object, in which part) of everything it concerns, the order first."""

    id: str
    activity: str
    at: datetime
    taken_up: datetime | None
    resource: str
    outcome: str
    order: str
    related: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object: its key (unique among all types), its type, its values and the objects that it belongs to."""

    id: str
    type: str
    values: Mapping[str, Value]
    related: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Events by order and sequence, and objects."""

    events: list[Event]
    things: list[Thing]
    orders: int
    left_out: int


# the attributes that objects of each type have, with their type in OCEL
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    ORDERS: {"channel": "string", "currency": "string", "total": "float", "status": "string", "standard": "string"},
    CUSTOMERS: {"country": "string", "group": "string"},
    DELIVERIES: {"state": "string"},
    ITEMS: {"unit": "string", "route": "string"},
}
EVENT_ATTRIBUTES = {"resource": "string", "outcome": "string", "start_timestamp": "time"}


def history(*, also_open: bool = False, people: bool = True, progress: Progress | None = None) -> History:
    """Everything, in memory: orders that have ended (`also_open`: the others too); without `people` nobody is named."""
    orders = Order.objects.select_related("customer__price_list", "version").order_by("pk")
    chosen = list(orders if also_open else orders.exclude(status=Order.Status.OPEN))
    numbers = {order.number: order for order in chosen}
    things, deliveries = _things(chosen)
    titles, events = own.titles(), []
    for place, done in enumerate(own.completed()):
        order = numbers.get(done.order)
        if order is not None:
            events.append(_event(done, order, titles.get(done.stage, done.stage), deliveries, people=people))
        if progress is not None and place % 1_000 == 0:
            progress("reading", place, None)
    return History(events, things, len(chosen), orders.count() - len(chosen))


def _event(done: own.Completed, order: Order, title: str, deliveries: Mapping[tuple[str, str], str], *, people: bool) -> Event:
    related = [(order.number, "order"), (_customer(order.customer), "customer")]
    delivery = deliveries.get((order.number, done.path))
    if delivery is not None:
        related.append((delivery, "delivery"))
    return Event(
        f"{done.order}-{done.sequence}-{done.stage}",
        title,
        done.at,
        done.taken_up,
        done.person if people else "",
        done.how,
        done.order,
        tuple(related),
    )


def _things(orders: list[Order]) -> tuple[list[Thing], dict[tuple[str, str], str]]:
    """Objects of every type, and the key of the delivery of (order, path)."""
    ids = [order.pk for order in orders]
    lines: dict[int, list[tuple[str, str]]] = {}
    items: dict[str, Item] = {}
    for line in OrderLine.objects.filter(order_id__in=ids).select_related("item").order_by("order_id", "position"):
        items[line.item.sku] = line.item
        pair = (f"item:{line.item.sku}", "contains")
        if pair not in lines.setdefault(line.order_id, []):
            lines[line.order_id].append(pair)
    found = [_order(order, lines.get(order.pk, [])) for order in orders]
    found += [_customer_thing(customer) for customer in {order.customer_id: order.customer for order in orders}.values()]
    found += [Thing(f"item:{sku}", ITEMS, {"unit": item.unit, "route": item.route}) for sku, item in sorted(items.items())]
    deliveries: dict[tuple[str, str], str] = {}
    for delivery in Delivery.objects.filter(order_id__in=ids).select_related("order").order_by("order_id", "number"):
        key = f"{delivery.order.number}/{delivery.number}"
        deliveries[delivery.order.number, str(delivery.number)] = key
        found.append(Thing(key, DELIVERIES, {"state": delivery.state}, ((delivery.order.number, "part of"),)))
    return found, deliveries


def _order(order: Order, items: list[tuple[str, str]]) -> Thing:
    values: dict[str, Value] = {
        "channel": order.channel,
        "currency": order.currency,
        "total": float(order.total),
        "status": order.status,
        "standard": str(order.version),
    }
    return Thing(order.number, ORDERS, values, ((_customer(order.customer), "placed by"), *items))


def _customer_thing(customer: Customer) -> Thing:
    group = customer.price_list.key if customer.price_list else ""
    return Thing(_customer(customer), CUSTOMERS, {"country": customer.country, "group": group})


def _customer(customer: Customer) -> str:
    return f"customer:{customer.key}"
