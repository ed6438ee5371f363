"""How planning and picking are taken back when an order is cancelled or changed, and how picked goods return to their shelves.

What is picked cannot be taken back from a desk: it becomes a leftover until somebody has put it back (RULES 20).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderway import sets
from orderway.engine.case import OpenItem
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.masterdata.rights import STAGE_WORK
from orderway.orders import deliveries
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Delivery, DeliveryLine
from orderway.orders.session import Entrance, door
from orderway.orders.stages import Consequence, Leftover, LineChange
from orderway.stages.delivery import picking, planning, rules
from orderway.stages.delivery.models import Pick
from orderway.stages.delivery.rules import ZERO
from orderway.stages.stock import actions as stock
from orderway.stages.stock.rules import Draw, left_open
from orderway.stages.supply.rules import shown

WITHDRAWN, OPEN = Delivery.State.WITHDRAWN, Delivery.State.OPEN


def lost(order_ids: Iterable[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Decimal]:
    """What each line loses by a change."""
    changes = [change for order_id in order_ids for change in lines.get(order_id, ())]
    quantities = {change.line_id: change.open_quantity - left_open(change.open_quantity, change.new_quantity) for change in changes}
    return {line: quantity for line, quantity in quantities.items() if quantity > 0}


# --- planning ---------------------------------------------------------------------------------------------------------------


def undo_plan(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Take what lines lose out of their deliveries, withdrawn ones first, then the last; an empty delivery is withdrawn."""
    left = lost(order_ids, lines)
    rows = _carried(left)
    shrunk: dict[int, tuple[DeliveryLine, Decimal]] = {}
    for row in rows:
        take = min(left[row.line_id], row.quantity)
        if take > 0:
            left[row.line_id] -= take
            shrunk[row.pk] = (row, row.quantity - take)
    changed = [(pk, quantity) for pk, (row, quantity) in shrunk.items() if row.delivery.state == OPEN]
    sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), changed)])
    touched = {row.delivery_id for row, _ in shrunk.values() if row.delivery.state == OPEN}
    empty = touched - set(DeliveryLine.objects.filter(delivery_id__in=touched, quantity__gt=0).values_list("delivery_id", flat=True))
    if empty:
        deliveries.close(empty, state=WITHDRAWN)
    return []


def _carried(line_ids: Iterable[int]) -> list[DeliveryLine]:
    """What deliveries that are not done and not picked carry of these lines."""
    rows = DeliveryLine.objects.filter(line_id__in=list(line_ids), quantity__gt=0).exclude(delivery__state=Delivery.State.DONE)
    picked = Pick.objects.filter(line_id__in=list(line_ids), quantity__gt=F("handed_over") + F("put_back"))
    held = set(picked.values_list("delivery_id", "line_id"))
    free = [row for row in rows.select_related("delivery") if row.delivery.state == WITHDRAWN or (row.delivery_id, row.line_id) not in held]
    return sorted(free, key=lambda row: (row.delivery.state == OPEN, -row.delivery.number, -row.pk))


def plan_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """The open deliveries that carry what lines lose."""
    touched = {row.delivery_id: row.delivery for row in _carried(lost(order_ids, changes)) if row.delivery.state == OPEN}
    return [
        Consequence(
            delivery.order_id, planning.ACT, f"Delivery {delivery.number}, planned for {delivery.planned_on}, becomes smaller or ends"
        )
        for _, delivery in sorted(touched.items())
    ]


# --- picking ----------------------------------------------------------------------------------------------------------------


def undo_pick(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Name what has to go back to its shelf: picked goods of withdrawn deliveries stay reserved until somebody puts them back."""
    return [
        Leftover(pick.delivery.order_id, picking.ACT, f"Put back {_shown(pick)} x {pick.line.item.sku} of delivery {pick.delivery.number}")
        for pick in _stranded(lost(order_ids, lines))
    ]


def pick_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What is picked of lines that lose quantity, and how much of it can be cancelled only after it was put back (RULES 20)."""
    losses = lost(order_ids, changes)
    found = []
    for pick in _standing(losses):
        split = rules.cancellation(losses[pick.line_id], ZERO, pick.quantity - pick.handed_over - pick.put_back)
        if split.after_put_back:
            text = f"{shown(split.after_put_back)} x {pick.line.item.sku} of delivery {pick.delivery.number} must be put back"
            found.append(Consequence(pick.delivery.order_id, picking.ACT, text, reversible=False))
    return found


def _standing(line_ids: Iterable[int]) -> list[Pick]:
    """What is picked of these lines and has not left."""
    picks = Pick.objects.filter(line_id__in=list(line_ids), quantity__gt=F("handed_over") + F("put_back"))
    return list(picks.select_related("delivery", "line__item").order_by("delivery_id", "id"))


def _stranded(line_ids: Iterable[int]) -> list[Pick]:
    return [pick for pick in _standing(line_ids) if pick.delivery.state == WITHDRAWN]


def _shown(pick: Pick) -> str:
    return shown(pick.quantity - pick.handed_over - pick.put_back)


def put_back(numbers: Sequence[str], *, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Put the picked goods of withdrawn deliveries of these orders back on their shelves: free for others, the leftover settled."""
    with door(numbers, Entrance("settle", STAGE_WORK, _picked_leftover), actor=actor, now=now) as work:
        orders = {work.opened(place).order.id: place for place in work.places}
        picks = Pick.objects.filter(delivery__order_id__in=orders, delivery__state=WITHDRAWN, quantity__gt=F("handed_over") + F("put_back"))
        rows = list(picks.select_related("delivery", "line__item").order_by("id"))
        draws = [
            Draw(pick.line_id, pick.quantity - pick.handed_over - pick.put_back, pick.delivery_id, place=orders[pick.delivery.order_id])
            for pick in rows
            if pick.line.item.stocked
        ]
        if draws:
            stock.put_back(draws, actor=actor, now=now)
        columns = ("handed_over", "put_back")
        changed = [(pick.pk, pick.handed_over, pick.put_back, pick.handed_over, pick.quantity - pick.handed_over) for pick in rows]
        work.also(sets.Update(Pick, ("id",), columns, changed, guard=columns))
        told: dict[int, list[str]] = defaultdict(list)
        for pick in rows:
            told[pick.delivery.order_id].append(f"{_shown(pick)} x {pick.line.item.sku}")
        work.complete({place: Completion(outcome="put back " + ", ".join(told[order])) for order, place in orders.items()})
    return work.refused


def _picked_leftover(program: Program, item: OpenItem) -> bool:
    return item.kind == "leftover" and program.stage(item.stage).does == picking.ACT
