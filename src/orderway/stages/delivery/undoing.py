"""How planning and picking are taken back when an order is cancelled or changed, and how picked goods return to their shelves.

What is picked cannot be taken back from a desk: it becomes a leftover until somebody has put it back (RULES 20).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_noop

from orderway import sets
from orderway.engine.case import OpenItem
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Person
from orderway.masterdata.rights import STAGE_WORK
from orderway.orders import deliveries
from orderway.orders.actor import Actor
from orderway.orders.amounts import money_of
from orderway.orders.completion import Completion
from orderway.orders.models import Delivery, DeliveryLine
from orderway.orders.session import Entrance, door
from orderway.orders.stages import Consequence, Leftover, LineChange, Objection
from orderway.stages.delivery import picking, planning, rules
from orderway.stages.delivery.models import Parcel, Pick, Trip
from orderway.stages.delivery.refusals import PackedTogether
from orderway.stages.delivery.rules import ZERO
from orderway.stages.stock import actions as stock
from orderway.stages.stock.rules import Draw
from orderway.stages.supply.rules import shown

WITHDRAWN, OPEN = Delivery.State.WITHDRAWN, Delivery.State.OPEN


def lost(order_ids: Iterable[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Decimal]:
    """What each line loses by a change."""
    return {change.line_id: change.lost for order_id in order_ids for change in lines.get(order_id, ()) if change.lost}


def _left(order_ids: Iterable[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Decimal]:
    """What stays open of every line that loses something."""
    changes = (change for order_id in order_ids for change in lines.get(order_id, ()) if change.lost)
    return {change.line_id: change.open_quantity - change.lost for change in changes}


# --- what open deliveries hold ------------------------------------------------------------------------------------------------


class _Holding:
    """The open deliveries of some lines: what they carry, what of that is packed, and which of them a loss ends; two statements."""

    def __init__(self, line_ids: Iterable[int]) -> None:
        ids = list(line_ids)
        rows = DeliveryLine.objects.filter(line_id__in=ids, quantity__gt=0, delivery__state=OPEN)
        self.carried = list(rows.select_related("delivery", "line__item").order_by("delivery__number", "pk"))
        picks = Pick.objects.filter(delivery__order__lines__in=ids, delivery__state=OPEN, quantity__gt=F("handed_over") + F("put_back"))
        self.picks = list(picks.select_related("delivery", "line__item").distinct().order_by("delivery_id", "pk"))
        self._packed = {(pick.delivery_id, pick.line_id) for pick in self.picks}
        self.free = [row for row in self.carried if (row.delivery_id, row.line_id) not in self._packed]

    def stranding(self, losses: Mapping[int, Decimal]) -> Mapping[int, rules.Stranding]:
        """By order id: which packed deliveries end, or what stands against it."""
        orders: dict[int, list[Pick]] = defaultdict(list)
        for pick in self.picks:
            orders[pick.delivery.order_id].append(pick)
        unpacked: dict[rules.LineId, Decimal] = defaultdict(lambda: ZERO)
        for row in self.free:
            unpacked[rules.LineId(row.line_id)] += row.quantity
        given_up = {rules.LineId(line): quantity for line, quantity in losses.items()}
        return {
            order: rules.stranding(_of_order(given_up, rows), unpacked, [_packed(pick) for pick in rows]) for order, rows in orders.items()
        }

    def shrinking(self, left: Mapping[int, Decimal], ended: Iterable[int]) -> dict[int, tuple[DeliveryLine, Decimal]]:
        """What unpacked deliveries give up so that no more is carried than stays open, last first: {row id: (row, what it gives up)}."""
        excess = {line: -quantity for line, quantity in left.items()}
        gone = set(ended)
        for row in self.carried:
            if row.delivery_id not in gone:
                excess[row.line_id] += row.quantity
        taken = {}
        for row in sorted(self.free, key=lambda row: (-row.delivery.number, -row.pk)):
            quantity = min(excess[row.line_id], row.quantity)
            if quantity > 0:
                excess[row.line_id] -= quantity
                taken[row.pk] = (row, quantity)
        return taken


def _of_order(losses: Mapping[rules.LineId, Decimal], picks: Sequence[Pick]) -> dict[rules.LineId, Decimal]:
    mine = {pick.line_id for pick in picks}
    return {line: quantity for line, quantity in losses.items() if line in mine}


def _packed(pick: Pick) -> rules.Packed:
    return rules.Packed(rules.DeliveryNumber(pick.delivery.number), rules.LineId(pick.line_id), _standing_quantity(pick))


def _standing_quantity(pick: Pick) -> Decimal:
    return pick.quantity - pick.handed_over - pick.put_back


def objections(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]]) -> Mapping[int, Objection]:
    """Packed deliveries end as a whole or not at all."""
    losses = lost(order_ids, lines)
    if not losses:
        return {}
    holding = _Holding(losses)
    ids = {(pick.delivery.order_id, pick.delivery.number): pick.delivery_id for pick in holding.picks}
    found = {}
    for order, verdict in holding.stranding(losses).items():
        refusal = _packed_together(holding, verdict) if verdict.line is not None else None
        found[order] = Objection(refusal, tuple(ids[order, number] for number in verdict.deliveries))
    return found


def _packed_together(holding: _Holding, verdict: rules.Stranding) -> PackedTogether:
    pick = next(one for one in holding.picks if one.line_id == verdict.line and one.delivery.number == verdict.delivery)
    who = Person.objects.filter(key=pick.picked_by).values_list("name", flat=True).first() or pick.picked_by
    return PackedTogether(line=str(pick.line.position), quantity=shown(verdict.rest), delivery=str(pick.delivery.number), by=who)


# --- planning ---------------------------------------------------------------------------------------------------------------


def undo_plan(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Take what lines lose out of their unpacked deliveries, the last first; an empty delivery is withdrawn."""
    left = _left(order_ids, lines)
    if not left:
        return []
    shrunk = _Holding(left).shrinking(left, ())
    sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), [(pk, row.quantity - gone) for pk, (row, gone) in shrunk.items()])])
    touched = {row.delivery_id for row, _ in shrunk.values()}
    empty = touched - set(DeliveryLine.objects.filter(delivery_id__in=touched, quantity__gt=0).values_list("delivery_id", flat=True))
    if empty:
        deliveries.close(empty, state=WITHDRAWN)
    return []


def plan_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What unpacked deliveries give up, line by line, and the trips that are booked for them."""
    left = _left(order_ids, changes)
    if not left:
        return []
    holding = _Holding(left)
    shrunk = holding.shrinking(left, _ended(holding, lost(order_ids, changes)))
    found = [_delivery_touched(row, quantity) for row, quantity in sorted(shrunk.values(), key=lambda pair: pair[0].pk)]
    trips = Trip.objects.filter(delivery_id__in={row.delivery_id for row, _ in shrunk.values()}).select_related("delivery").order_by("pk")
    return found + [_trip_touched(trip) for trip in trips]


def _ended(holding: _Holding, losses: Mapping[int, Decimal]) -> set[int]:
    """The ids of packed deliveries that end."""
    ended = {(order, number) for order, verdict in holding.stranding(losses).items() for number in verdict.deliveries}
    return {pick.delivery_id for pick in holding.picks if (pick.delivery.order_id, pick.delivery.number) in ended}


def _delivery_touched(row: DeliveryLine, quantity: Decimal) -> Consequence:
    said = gettext_noop("Delivery {number}, planned for {day}, becomes smaller or ends: {quantity} x {item} less")
    return Consequence(
        row.delivery.order_id,
        planning.ACT,
        said,
        line_id=row.line_id,
        quantity=quantity,
        amount=money_of(row.line.amount, row.line.quantity, quantity),
        reference=str(row.delivery.number),
        params={
            "number": str(row.delivery.number),
            "day": row.delivery.planned_on.isoformat() if row.delivery.planned_on else "?",
            "quantity": shown(quantity),
            "item": row.line.item.sku,
        },
    )


def _trip_touched(trip: Trip) -> Consequence:
    said = gettext_noop("{carrier} is booked for delivery {number}")
    params = {"carrier": trip.carrier, "number": str(trip.delivery.number)}
    return Consequence(trip.delivery.order_id, planning.ACT, said, reversible=False, reference=trip.carrier, params=params)


# --- picking ----------------------------------------------------------------------------------------------------------------


def undo_pick(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Name what has to go back to its shelf: picked goods of withdrawn deliveries stay reserved until somebody puts them back."""
    picks = Pick.objects.filter(
        line_id__in=list(lost(order_ids, lines)), delivery__state=WITHDRAWN, quantity__gt=F("handed_over") + F("put_back")
    )
    return [
        Leftover(pick.delivery.order_id, picking.ACT, f"Put back {_shown(pick)} x {pick.line.item.sku} of delivery {pick.delivery.number}")
        for pick in picks.select_related("delivery", "line__item").order_by("delivery_id", "id")
    ]


def pick_touched(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """What is packed and ends with its delivery: it is cancelled only after it was put back (RULES 20), and its parcels are opened."""
    losses = lost(order_ids, changes)
    if not losses:
        return []
    holding = _Holding(losses)
    ended = _ended(holding, losses)
    found = [_pick_touched(pick) for pick in holding.picks if pick.delivery_id in ended]
    parcels = Parcel.objects.filter(delivery_id__in=ended).select_related("delivery").order_by("delivery_id", "number")
    return found + [_parcel_touched(parcel) for parcel in parcels]


def _pick_touched(pick: Pick) -> Consequence:
    quantity = _standing_quantity(pick)
    return Consequence(
        pick.delivery.order_id,
        picking.ACT,
        gettext_noop("{quantity} x {item} of delivery {number} must be put back"),
        reversible=False,
        line_id=pick.line_id,
        quantity=quantity,
        amount=money_of(pick.line.amount, pick.line.quantity, quantity),
        reference=str(pick.delivery.number),
        params={"quantity": shown(quantity), "item": pick.line.item.sku, "number": str(pick.delivery.number)},
    )


def _parcel_touched(parcel: Parcel) -> Consequence:
    said = gettext_noop("Parcel {parcel} of delivery {number} must be opened")
    params = {"parcel": parcel.tracking_number or str(parcel.number), "number": str(parcel.delivery.number)}
    return Consequence(parcel.delivery.order_id, picking.ACT, said, reversible=False, reference=params["parcel"], params=params)


def _shown(pick: Pick) -> str:
    return shown(_standing_quantity(pick))


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
