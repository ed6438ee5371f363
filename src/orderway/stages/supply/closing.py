"""How supply orders go out, get a new date, end early, and lose the demand that they were for.

Receives nothing and orders nothing; what is no longer served shows up again as missing when the order is supplied the next time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from orderway.orders.actor import Actor
from orderway.orders.amounts import money_of
from orderway.orders.models import Delivery
from orderway.orders.stages import Consequence, Leftover, LineChange
from orderway.stages.stock import actions as stock
from orderway.stages.supply import entering, ordering, queries, receiving
from orderway.stages.supply.models import SupplyLine, SupplyOrder, SupplyPeg
from orderway.stages.supply.refusals import SupplyOrderNotOpen
from orderway.stages.supply.rules import ZERO, Kind, shown


def release(number: str, *, actor: Actor, now: datetime) -> SupplyOrder:
    """Send a supply order out, to production or the supplier; from then on it is not taken back silently. Twice is once."""
    found = receiving.find(number)
    with transaction.atomic():
        entering.require_right(actor, number, receiving.kind_of(found))
        order = _open(found)
        if order.released_at is None:
            receiving.release_now(order, actor=actor, now=now)
            order.save(update_fields=["released_by", "released_at"])
            ordering.note([(number, "release", {})], actor=actor, now=now)
    return order


def reconfirm(number: str, due_on: date, *, actor: Actor, now: datetime) -> SupplyOrder:
    """The supplier or production named a new date for what is still to come; promises count with it from now on (RULES 17)."""
    found = receiving.find(number)
    with transaction.atomic():
        entering.require_right(actor, number, receiving.kind_of(found))
        order = _open(found)
        before, order.due_on = order.due_on, due_on
        order.save(update_fields=["due_on"])
        stock.reconfirm(number, due_on)
        ordering.note([(number, "reconfirm", {"before": before.isoformat(), "due_on": due_on.isoformat()})], actor=actor, now=now)
    return order


def close(number: str, *, reason: str, actor: Actor, now: datetime) -> SupplyOrder:
    """Expect nothing more of a supply order; whoever waited for it is supplied anew. Raises SupplyOrderNotOpen."""
    found = receiving.find(number)
    while True:
        try:
            return _closed(found, reason, actor=actor, now=now)
        except receiving.NewWaiter:
            continue  # an order was pegged between looking and locking: look again, it is committed now


def _closed(found: SupplyOrder, reason: str, *, actor: Actor, now: datetime) -> SupplyOrder:
    numbers = queries.served_by([found.pk])
    with receiving.waiting_orders(found, numbers, actor=actor, now=now) as work:
        entering.require_right(actor, found.number, receiving.kind_of(found), work)
        order, lines, waiting = receiving.locked(found, numbers)
        pegs = [peg for rows in waiting.values() for peg in rows]
        for peg in pegs:
            peg.quantity = peg.received
        SupplyPeg.objects.bulk_update(pegs, ["quantity"])
        _end(order, actor=actor, now=now)
        ordering.restate([line.pk for line in lines])
        ordering.note([(order.number, "close", {"reason": reason})], actor=actor, now=now)
        for place in work.places:
            work.record(place, ["order.deliveries"])  # the system tries again what waited for these goods
    return order


def _open(found: SupplyOrder) -> SupplyOrder:
    order = SupplyOrder.objects.select_for_update().get(pk=found.pk)
    if order.status != SupplyOrder.Status.OPEN:
        raise SupplyOrderNotOpen(number=order.number, status=order.get_status_display())
    return order


def _end(order: SupplyOrder, *, actor: Actor, now: datetime) -> None:
    order.status, order.closed_by, order.closed_at = SupplyOrder.Status.CLOSED, actor.key, now
    order.save(update_fields=["status", "closed_by", "closed_at"])


# --- demand that is given up ------------------------------------------------------------------------------------------------


def consequences(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]], *, kind: Kind) -> list[Consequence]:
    """What is on order for lines that lose quantity and what it costs; what has gone out cannot be taken back by us."""
    surplus = _surplus(order_ids, changes)
    return [_touched(peg, quantity, entering.ACTS[kind]) for peg, quantity in _give_up(_pegs(surplus, kind), surplus)] if surplus else []


def _touched(peg: SupplyPeg, quantity: Decimal, act: str) -> Consequence:
    line = peg.supply_line
    gone_out = line.supply_order.released_at is not None
    return Consequence(
        peg.delivery.order_id,
        act,
        gettext_noop("{order} has gone out and brings {quantity} x {item} that nobody would need")
        if gone_out
        else gettext_noop("{order} brings {quantity} x {item} for it"),
        reversible=not gone_out,
        line_id=peg.order_line_id,
        quantity=quantity,
        amount=money_of(line.price, Decimal(1), quantity),
        reference=line.supply_order.number,
        params={"order": line.supply_order.number, "quantity": shown(quantity), "item": line.item.sku},
    )


def undo(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, kind: Kind, actor: Actor, now: datetime) -> list[Leftover]:
    """Take the pegs of lines that lose quantity back. A supply order that serves nobody and has not gone out is closed; else it is flagged.

    What has gone out and serves nobody any more is a leftover: supply without demand (RULES 20).
    """
    surplus = _surplus(order_ids, lines)
    if not surplus:
        return []
    ids = sorted({peg.supply_line.supply_order_id for peg in _pegs(surplus, kind)})
    orders = {order.pk: order for order in SupplyOrder.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    given_up = _give_up(_pegs(surplus, kind), surplus)
    SupplyPeg.objects.bulk_update([peg for peg, _ in given_up], ["quantity"])
    unneeded = _close_unneeded(orders, actor=actor, now=now)
    ordering.restate(peg.supply_line_id for peg, _ in given_up)
    served = queries.described(queries.key_of(peg) for peg, _ in given_up)
    ordering.note(
        [
            (orders[peg.supply_line.supply_order_id].number, "unpeg", {"served": [*served[queries.key_of(peg)], str(quantity)]})
            for peg, quantity in given_up
        ],
        actor=actor,
        now=now,
    )
    return [
        Leftover(
            peg.delivery.order_id,
            entering.ACTS[kind],
            f"Supply without demand: {shown(quantity)} x {peg.supply_line.item.sku} on {peg.supply_line.supply_order.number}",
        )
        for peg, quantity in given_up
        if peg.supply_line.supply_order_id not in unneeded
    ]


def _surplus(order_ids: Iterable[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Decimal]:
    """What each line loses."""
    return {change.line_id: change.lost for order_id in order_ids for change in lines.get(order_id, ()) if change.lost}


def _pegs(line_ids: Iterable[int], kind: Kind) -> list[SupplyPeg]:
    """The open pegs of these order lines; those of withdrawn deliveries are given up first, then what comes last."""
    pegs = SupplyPeg.objects.filter(
        order_line_id__in=list(line_ids),
        supply_line__supply_order__kind=kind,
        supply_line__supply_order__status=SupplyOrder.Status.OPEN,
        quantity__gt=F("received"),
    )
    joined = pegs.select_related("supply_line__supply_order", "supply_line__item", "delivery")
    return sorted(joined.order_by("-supply_line__supply_order__due_on", "-id"), key=lambda peg: peg.delivery.state == Delivery.State.OPEN)


def _give_up(pegs: Sequence[SupplyPeg], surplus: Mapping[int, Decimal]) -> list[tuple[SupplyPeg, Decimal]]:
    left = dict(surplus)
    given_up = []
    for peg in pegs:
        quantity = min(left[peg.order_line_id], peg.quantity - peg.received)
        if quantity > 0:
            peg.quantity -= quantity
            left[peg.order_line_id] -= quantity
            given_up.append((peg, quantity))
    return given_up


def _close_unneeded(orders: Mapping[int, SupplyOrder], *, actor: Actor, now: datetime) -> set[int]:
    """Close the supply orders that have not gone out and serve nobody; gives their ids."""
    lines = SupplyLine.objects.filter(supply_order_id__in=orders).values_list("supply_order_id", "received")
    pegs = SupplyPeg.objects.filter(supply_line__supply_order_id__in=orders, quantity__gt=0)
    needed = set(pegs.values_list("supply_line__supply_order_id", flat=True))
    received: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for order_id, quantity in lines:
        received[order_id] += quantity
    unneeded = {pk for pk, order in orders.items() if pk not in needed and order.released_at is None and not received[pk]}
    for pk in unneeded:
        orders[pk].status, orders[pk].closed_by, orders[pk].closed_at = SupplyOrder.Status.CLOSED, actor.key, now
    SupplyOrder.objects.bulk_update([orders[pk] for pk in unneeded], ["status", "closed_by", "closed_at"])
    ordering.note([(orders[pk].number, "close", {"reason": "nobody needs it"}) for pk in sorted(unneeded)], actor=actor, now=now)
    return unneeded
