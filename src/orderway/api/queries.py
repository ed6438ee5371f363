"""What the routes over several stages read: orders by filter, one order with its lines and open items, work items. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from orderway.orders.models import Hold, Order, WorkItem

SORTS = {
    "newest": ("-ordered_at", "-id"),
    "oldest": ("ordered_at", "id"),
    "number": ("number",),
    "customer": ("customer__key", "-ordered_at", "-id"),
    "promised": (F("promised_on").asc(nulls_last=True), "-ordered_at", "-id"),
    "total": ("-total", "-ordered_at", "-id"),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are wanted; empty values filter nothing. Moments are aware."""

    status: str = ""
    stage: str = ""
    customer: str = ""
    channel: str = ""
    late: bool | None = None
    ordered_from: datetime | None = None
    ordered_to: datetime | None = None
    text: str = ""


def orders(wanted: OrderFilter, sort: str, *, now: datetime) -> QuerySet[Order]:
    """Orders by filter, in one of SORTS. `late`: something of it is open past its deadline."""
    exact = {"status": wanted.status, "customer__key": wanted.customer, "channel": wanted.channel}
    ranges = {"ordered_at__gte": wanted.ordered_from, "ordered_at__lt": wanted.ordered_to}
    found = Order.objects.filter(**{name: value for name, value in (exact | ranges).items() if value})
    if wanted.stage:
        found = found.filter(_has_open_item(stage=wanted.stage))
    if wanted.late is not None:
        late = _has_open_item(due_at__lt=now, held_since__isnull=True)
        found = found.filter(late if wanted.late else ~late)
    if wanted.text:
        text = wanted.text
        words = (
            Q(number__icontains=text) | Q(customer_po__icontains=text) | Q(customer__name__icontains=text) | Q(customer__key__iexact=text)
        )
        found = found.filter(words)
    return found.select_related("customer", "owner", "version").defer("case_text", *_VERSION).order_by(*SORTS[sort])


_VERSION = ("version__document", "version__source", "version__readiness_accepted")


def _has_open_item(**conditions: object) -> Exists:
    return Exists(WorkItem.objects.filter(order=OuterRef("pk"), state=WorkItem.State.OPEN, **conditions))


def order(number: str) -> Order | None:
    """An order with customer, owner and version; None if there is none of this number."""
    return Order.objects.select_related("customer", "owner", "version").defer("case_text", *_VERSION).filter(number=number).first()


def open_items_of(order_ids: Sequence[int]) -> dict[int, list[WorkItem]]:
    """The open items of these orders, by order; one statement."""
    items: dict[int, list[WorkItem]] = {order_id: [] for order_id in order_ids}
    rows = WorkItem.objects.filter(order_id__in=order_ids, state=WorkItem.State.OPEN)
    for item in rows.select_related("responsible").order_by("id"):
        items[item.order_id].append(item)
    return items


def standing_holds(order_id: int) -> list[Hold]:
    """The holds that stand on an order, oldest first."""
    return list(Hold.objects.filter(order_id=order_id, lifted_at__isnull=True).order_by("sequence"))


def work_items(*, conditions: Q, late: bool | None, now: datetime) -> QuerySet[WorkItem]:
    """Work items with order and customer, most urgent first."""
    found = WorkItem.objects.filter(conditions).select_related("order__customer", "responsible").defer("order__case_text", "order__note")
    if late is not None:
        past = Q(due_at__lt=now, held_since__isnull=True)
        found = found.filter(past) if late else found.exclude(past)
    return found.order_by(F("due_at").asc(nulls_last=True), "id")


def work_item(item_id: int) -> WorkItem | None:
    """One work item with its order's version; None if there is none."""
    rows = WorkItem.objects.select_related("order__customer", "order__version", "responsible")
    return rows.defer("order__note", *(f"order__{name}" for name in _VERSION)).filter(pk=item_id).first()


def open_at(place: str, *, stage: str = "", kinds: Sequence[str] = ()) -> list[WorkItem]:
    """The open items of a place, narrowed by stage and kinds: what a program can mean by it."""
    found = WorkItem.objects.filter(place=place, state=WorkItem.State.OPEN)
    found = found.filter(stage=stage) if stage else found
    return list((found.filter(kind__in=kinds) if kinds else found).only("id", "place", "stage", "kind", "act").order_by("id"))
