"""What the ledgers say about n orders besides their journals: a fixed number of statements, whatever n. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, OuterRef, Subquery

from orderway.measures.rules.definitions import Dimensions
from orderway.measures.rules.judging import LineSide, Sides
from orderway.orders.models import Comment, Correction, Feedback, LineMove, Order, OrderLine
from orderway.stages.aftersales.models import Complaint
from orderway.stages.delivery.models import HandOver
from orderway.stages.invoicing.models import Allocation

ZERO = Decimal(0)
HUNDRED = 100
KINDS = ("ordered", "cancelled", "shipped", "replaced", "returned", "credited")


@dataclass(frozen=True, slots=True)
class Head:
    """An order as its row says it, and the standard it is pinned to."""

    id: int
    number: str
    sequence: int
    version_id: int
    content_hash: str
    requested_on: date | None
    promised_on: date | None
    ordered_at: datetime
    customer_group: str | None
    channel: str
    before_at: datetime | None


@dataclass(slots=True)
class _Moved:
    sums: Counter[str] = field(default_factory=Counter)
    credited: Decimal = ZERO
    shipments: dict[str, tuple[datetime, Decimal]] = field(default_factory=dict)


def heads(numbers: Iterable[str]) -> list[Head]:
    """These orders; one statement. The customer's order before is the one that was entered before."""
    before = Order.objects.filter(customer=OuterRef("customer"), pk__lt=OuterRef("pk")).order_by("-pk").values("ordered_at")[:1]
    rows = Order.objects.filter(number__in=list(numbers)).annotate(before_at=Subquery(before)).order_by("pk")
    columns = ("pk", "number", "journal_sequence", "version_id", "version__content_hash", "requested_on", "promised_on", "ordered_at")
    return [Head(*row) for row in rows.values_list(*columns, "customer__price_list__key", "channel", "before_at")]


def of_orders(found: Sequence[Head]) -> dict[int, Sides]:
    """The sides of these orders, by id; nine statements."""
    ids = [head.id for head in found]
    lines, groups, credited, days = _lines(ids)
    errors, scores, paid = defaultdict[int, list[str]](list), defaultdict[int, list[tuple[str, Decimal]]](list), _paid(ids)
    for order, kind in Correction.objects.filter(order_id__in=ids).order_by("pk").values_list("order_id", "kind"):
        errors[order].append(kind)
    answers = Feedback.objects.filter(order_id__in=ids, kind=Feedback.Kind.ANSWER, score__isnull=False).order_by("pk")
    for order, name, score in answers.values_list("order_id", "name", "score"):
        scores[order or 0].append((name, score or ZERO))
    damaged = set(HandOver.objects.filter(delivery__order_id__in=ids, damaged=True).values_list("delivery__order_id", flat=True))
    complaints = dict(Complaint.objects.filter(order_id__in=ids).values_list("order_id").annotate(Count("pk")).order_by())
    comments = dict(
        Comment.objects.filter(order_id__in=ids, withdrawn_at__isnull=True).values_list("order_id").annotate(Count("pk")).order_by()
    )
    return {
        head.id: Sides(
            Dimensions(head.customer_group or "", head.channel, groups[head.id]),
            max(filter(None, (head.requested_on, days.get(head.id))), default=None),
            head.promised_on,
            head.ordered_at,
            head.before_at,
            lines=lines[head.id],
            errors=tuple(errors[head.id]),
            credited=head.id in credited,
            damaged=head.id in damaged,
            complaints=complaints.get(head.id, 0),
            comments=comments.get(head.id, 0),
            scores=tuple(scores[head.id]),
            paid=tuple(paid[head.id]),
        )
        for head in found
    }


def _lines(ids: Sequence[int]) -> tuple[dict[int, tuple[LineSide, ...]], dict[int, tuple[str, ...]], set[int], dict[int, date]]:
    """Lines with what became of them, groups of items, the orders of which something was credited, and the last day on which the customer
    wanted a line; two statements.
    """
    moved: dict[int, _Moved] = defaultdict(_Moved)
    rows = LineMove.objects.filter(line__order_id__in=ids, kind__in=KINDS).order_by("at", "pk")
    for line, kind, quantity, amount, place, at in rows.values_list("line_id", "kind", "quantity", "amount", "place", "at"):
        _add(moved[line], kind, quantity, amount, place, at)
    lines: dict[int, list[LineSide]] = {order: [] for order in ids}
    routes: dict[int, set[str]] = {order: set() for order in ids}
    credited: set[int] = set()
    days: dict[int, date] = {}
    found = OrderLine.objects.filter(order_id__in=ids).order_by("order_id", "position")
    for line, order, route, day in found.values_list("pk", "order_id", "item__route", "requested_on"):
        if day is not None:
            days[order] = max(day, days.get(order, day))
        lines[order].append(_side(moved[line]))
        routes[order].add(route)
        if moved[line].credited > 0 or moved[line].sums["credited"] > 0:
            credited.add(order)
    return (
        {order: tuple(sides) for order, sides in lines.items()},
        {order: tuple(sorted(groups)) for order, groups in routes.items()},
        credited,
        days,
    )


def _add(moved: _Moved, kind: str, quantity: Decimal, amount: Decimal, place: str, at: datetime) -> None:
    moved.sums[kind] += quantity  # type: ignore[assignment]  # a counter of decimals
    if kind == "credited":
        moved.credited += amount
    if kind == "shipped":
        since, before = moved.shipments.get(place, (at, ZERO))
        moved.shipments[place] = since, before + quantity


def _side(moved: _Moved) -> LineSide:
    sums = {kind: Decimal(moved.sums[kind]) for kind in KINDS}
    first = min(moved.shipments.values(), default=(None, ZERO))[1]
    return LineSide(sums["ordered"] - sums["cancelled"], sums["shipped"] - sums["replaced"], first, sums["returned"])


def _paid(ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Per order, the days from invoice to payment and the amount in hundredths, of each payment; one statement."""
    found: dict[int, list[tuple[int, int]]] = {order: [] for order in ids}
    rows = Allocation.objects.filter(invoice__order_id__in=ids, payment__isnull=False).order_by("pk")
    columns = ("invoice__order_id", "invoice__issued_on", "payment__received_on", "amount")
    for order, issued_on, received_on, amount in rows.values_list(*columns):
        if received_on is not None:
            found[order].append((max(0, (received_on - issued_on).days), int(amount * HUNDRED)))
    return found
