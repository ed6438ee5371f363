"""What must never be false about deliveries: every open quantity is in one, nothing is in too many. Reads only; `verify` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Q

from orderway.journal.verify import Finding, register_invariant, tally
from orderway.orders.models import Delivery, DeliveryLine, LineMove, Order
from orderway.sets.totals import Total
from orderway.stages.delivery import queries, rules
from orderway.stages.delivery.models import HandOver, Pick
from orderway.stages.delivery.policy import policy
from orderway.stages.delivery.rules import ZERO, LineId
from orderway.stages.stock.levels import exact
from orderway.stages.stock.models import Reservation
from orderway.stages.supply.rules import shown

CHUNK = 1_000


def register() -> None:
    """Let verify check deliveries."""
    register_invariant(2, "delivery: what is picked lies reserved", check_picks)
    register_invariant(3, "delivery: what is open is in open deliveries", check_planned)
    register_invariant(3, "delivery: nobody got more than ordered and agreed", check_delivered)
    register_invariant(8, "delivery: what left has its proof", check_proofs)


def check_planned() -> Finding:
    """Once an order is planned and its runs go, every open quantity of a line is in its open deliveries, once."""
    return tally(_unplanned())


def _unplanned() -> Iterator[str | None]:
    for ids, numbers in _chunks():
        carried: dict[LineId, Decimal] = {}
        for deliveries in queries.deliveries_of(ids).values():
            for delivery in deliveries:
                if delivery.is_open:
                    for line, quantity in delivery.quantities().items():
                        carried[line] = carried.get(line, ZERO) + quantity
        for one in queries.lines_of(ids):
            more = rules.most_deliverable(one.ordered, one.cancelled, one.shipped, policy()) - one.open
            planned = carried.get(one.line, ZERO)
            fits = one.open <= planned <= one.open + max(ZERO, more)
            yield (
                None
                if fits
                else f"{numbers[one.order_id]} line {one.position}: open {shown(one.open)}, in open deliveries {shown(planned)}"
            )


def _chunks() -> Iterator[tuple[list[int], dict[int, str]]]:
    """Orders whose deliveries are planned and going: those of which a run is open. Before that, or going back, plans are on their way."""
    planned = Order.objects.filter(deliveries__state=Delivery.State.OPEN, status=Order.Status.OPEN).distinct().order_by("id")
    rows = [(pk, number) for pk, number, case in planned.values_list("id", "number", "case_text") if queries.is_delivering(case)]
    for start in range(0, len(rows), CHUNK):
        chunk = dict(rows[start : start + CHUNK])
        yield list(chunk), chunk


def check_delivered() -> Finding:
    """Net shipped stays within what was ordered and the agreed tolerance, over all deliveries."""
    return tally(_overdelivered())


def _overdelivered() -> Iterator[str | None]:
    most = (rules.HUNDRED + policy().over_percent) / rules.HUNDRED
    sums = (
        LineMove.objects.filter(kind__in=["ordered", "cancelled", "shipped", "replaced"])
        .values_list("line__order__number", "line__position")
        .annotate(
            ordered=Total("quantity", filter=Q(kind="ordered"), default=ZERO),
            shipped=Total("quantity", filter=Q(kind="shipped"), default=ZERO),
            replaced=Total("quantity", filter=Q(kind="replaced"), default=ZERO),
        )
        .order_by("line__order__number", "line__position")
    )
    for number, position, ordered, shipped, replaced in sums.iterator(CHUNK):
        net = exact(shipped) - exact(replaced)
        yield None if net <= exact(ordered) * most else f"{number} line {position}: {shown(net)} shipped, {shown(exact(ordered))} ordered"


def check_picks() -> Finding:
    """What is picked of a line and has not left is marked picked in its reservations."""
    return tally(_unreserved())


def _unreserved() -> Iterator[str | None]:
    standing = (
        Pick.objects.filter(line__item__stocked=True, quantity__gt=F("handed_over") + F("put_back"))
        .values_list("line_id", "line__order__number", "line__position")
        .annotate(left=Total(F("quantity") - F("handed_over") - F("put_back")))
        .order_by("line_id")
    )
    reserved = dict(Reservation.objects.filter(picked__gt=0).values_list("line_id").annotate(Total("picked")).order_by())
    for line, number, position, left in standing:
        marked = exact(reserved.pop(line, ZERO))
        yield (
            None if exact(left) == marked else f"{number} line {position}: {shown(exact(left))} picked, {shown(marked)} marked so in stock"
        )
    for line, marked in sorted(reserved.items()):
        yield f"order line {line}: {shown(exact(marked))} marked picked in stock, nothing picked"


def check_proofs() -> Finding:
    """Every delivery that is done has the proof that it was delivered, and what left with it is what it carried."""
    return tally(_unproven())


def _unproven() -> Iterator[str | None]:
    carried = dict(DeliveryLine.objects.values_list("delivery_id").annotate(Total("quantity")).order_by())
    left = dict(Pick.objects.values_list("delivery_id").annotate(Total("handed_over")).order_by())
    done = Delivery.objects.filter(state=Delivery.State.DONE).order_by("id")
    for pk, order, number, outcome in done.values_list("id", "order__number", "number", "hand_over__outcome").iterator(CHUNK):
        went, planned = exact(left.get(pk, ZERO)), exact(carried.get(pk, ZERO))
        if outcome != HandOver.Outcome.DELIVERED:
            yield f"{order}/{number} is done without a proof of delivery"
        else:
            yield None if went == planned else f"{order}/{number}: carried {shown(planned)}, handed over {shown(went)}"
