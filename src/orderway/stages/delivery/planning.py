"""Plans the deliveries of orders: every open quantity ends in exactly one. Brings what stands to what is needed now.

What is picked stays as it is, and what is on order for a delivery stays with it; the rest is split anew. Picks and ships nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from orderway import sets
from orderway.engine import advance
from orderway.engine.move import Leftover as EngineLeftover
from orderway.engine.refusals import Refusal
from orderway.orders import deliveries
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.deliveries import PlannedDelivery
from orderway.orders.models import Delivery, DeliveryLine
from orderway.orders.stages import Leftover, LineChange
from orderway.orders.work import Work, working_on
from orderway.releases.catalogue import Value
from orderway.stages.delivery import queries, rules
from orderway.stages.delivery.models import Trip
from orderway.stages.delivery.policy import policy
from orderway.stages.delivery.queries import Line, StandingDelivery
from orderway.stages.delivery.rules import ZERO, DeliveryNumber, LineId, Part, PlannedLine, Standing
from orderway.stages.supply import actions as supply
from orderway.stages.supply.entering import Days, days
from orderway.stages.supply.rules import due_on

ACT = "delivery.plan"


@dataclass(frozen=True, slots=True)
class TripWish:
    """Vehicle and time window to be booked; moments are aware."""

    carrier: str
    vehicle: str = ""
    window_from: datetime | None = None
    window_until: datetime | None = None


def plan(
    places: Sequence[str],
    *,
    trips: Mapping[str, TripWish] | None = None,
    brings: Mapping[str, Completion] | None = None,
    actor: Actor,
    now: datetime,
) -> Mapping[str, Refusal]:
    """Split what is open of these orders into deliveries: now what lies reserved, later what is made or bought.

    `trips`: by place, what is booked for its first delivery.
    """
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        calendar = days(work) if work.places else None
        orders = _planned(work, calendar.today) if calendar else []
        fresh = _write(work, orders, calendar)
        if not any(line.has_deliveries for one in orders for line in one.lines.values()):
            work.facts.know(queries.facts, {one.order_id: _as_fact(one) for one in orders if one.parts})
        _book(work, orders, fresh, trips or {})
        _give_up_supply(work, orders)
        work.complete()
    return work.refused


# --- deciding ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class OrderPlan:
    """What one order's deliveries are to be."""

    order_id: int
    lines: Mapping[LineId, Line]
    standing: Mapping[int, StandingDelivery]
    parts: Mapping[DeliveryNumber, Part]
    withdrawn: Sequence[int]
    excess: Mapping[LineId, Decimal]


def _planned(work: Work, today: date) -> list[OrderPlan]:
    order_ids = work.order_ids
    by_order: dict[int, list[Line]] = {order_id: [] for order_id in order_ids}
    lines = queries.lines_of(order_ids)
    for line in lines:
        by_order[line.order_id].append(line)
    planned = [order_id for order_id in order_ids if any(line.has_deliveries for line in by_order[order_id])]
    known = queries.deliveries_of(planned) if planned else {}
    return [plan_order(order_id, by_order[order_id], known.get(order_id, ()), today) for order_id in order_ids]


def plan_order(order_id: int, lines: Sequence[Line], known: Sequence[StandingDelivery], today: date) -> OrderPlan:
    """What the deliveries of one order are to be, given its lines and the deliveries that it has."""
    chosen = policy()
    open_ = {line.line: line.open for line in lines}
    for delivery in known:
        if delivery.is_open and delivery.picked:
            _take(open_, delivery.quantities())
    free = [delivery for delivery in known if delivery.is_open and not delivery.picked]
    kept = {delivery.number: _kept(delivery, open_) for delivery in free}
    parts = rules.split([line.need(open_[line.line], today) for line in lines], chosen)
    tied = {number for number, rows in kept.items() if rows} if chosen.partial_allowed else set()
    due = {line.line: line.due(today) for line in lines}
    standing = [
        Standing(
            DeliveryNumber(delivery.number),
            frozenset(line.route for line in delivery.lines),
            delivery.number in tied,
            max((due[line.line] for line in delivery.lines), default=today),
        )
        for delivery in free
    ]
    numbered = rules.number_parts(parts, standing, max((delivery.number for delivery in known), default=0))
    whole = {number: _merged(kept.get(number, ()), part.lines) for number, part in numbered.parts.items()}
    whole |= {DeliveryNumber(number): _merged(rows, ()) for number, rows in kept.items() if rows and number not in whole}
    gone = [number for number in numbered.withdrawn if number not in whole]
    pegged = _added((line.line, line.pegged) for delivery in free for line in delivery.lines)
    served = _added((line.line, line.quantity) for rows in kept.values() for line in rows)
    excess = {line: quantity - served.get(line, ZERO) for line, quantity in pegged.items() if quantity > served.get(line, ZERO)}
    by_number = {delivery.number: delivery for delivery in free}
    return OrderPlan(order_id, {line.line: line for line in lines}, by_number, dict(sorted(whole.items())), gone, excess)


def _take(open_: dict[LineId, Decimal], carried: Mapping[LineId, Decimal]) -> None:
    for line, quantity in carried.items():
        open_[line] = max(ZERO, open_.get(line, ZERO) - quantity)


def _kept(delivery: StandingDelivery, open_: dict[LineId, Decimal]) -> list[PlannedLine]:
    """What supply is on order for this delivery, as far as it is still needed; taken from what is open."""
    rows = []
    for line in delivery.lines:
        quantity = min(line.quantity, line.pegged, open_.get(line.line, ZERO))
        if quantity > 0:
            open_[line.line] -= quantity
            rows.append(PlannedLine(line.line, quantity, line.route, line.warehouse, ready=False))
    return rows


def _merged(kept: Iterable[PlannedLine], added: Iterable[PlannedLine]) -> Part:
    lines: dict[tuple[LineId, str, int | None], PlannedLine] = {}
    for line in (*kept, *added):
        key = (line.line, line.route, line.warehouse)
        before = lines[key].quantity if key in lines else ZERO
        lines[key] = PlannedLine(line.line, before + line.quantity, line.route, line.warehouse, line.ready)
    return Part(tuple(lines.values()))


def _added(parts: Iterable[tuple[LineId, Decimal]]) -> dict[LineId, Decimal]:
    sums: dict[LineId, Decimal] = {}
    for line, quantity in parts:
        sums[line] = sums.get(line, ZERO) + quantity
    return sums


def planned_on(part: Part, lines: Mapping[LineId, Line], calendar: Days, before: date | None = None) -> date:
    """The day on which a part can go out, not before the day that the customer wished.

    `before`: the day for which it stood. It goes to a later one only if the customer wished that: what is on order does not begin anew.
    """
    lead = max((lines[line.line].lead_days for line in part.lines if not line.ready), default=0)
    earliest = due_on(calendar.today, lead, calendar.is_working_day)
    if before is not None:
        earliest = min(earliest, before)
    wished = max((day for line in part.lines if (day := lines[line.line].wished_on)), default=earliest)
    return max(earliest, wished)


# --- writing ----------------------------------------------------------------------------------------------------------------


def _as_fact(plan: OrderPlan) -> Mapping[str, Value]:
    """``order.deliveries`` of an order that had none: what `queries.facts` would read."""
    return {str(number): queries.as_fact(str(number), _carried(plan, part)) for number, part in plan.parts.items()}


def _carried(plan: OrderPlan, part: Part) -> list[Value]:
    """What a new delivery carries, by position and source; a line that comes from two warehouses once."""
    sums: dict[tuple[int, str, str], Decimal] = {}
    for line in part.lines:
        known = plan.lines[line.line]
        key = (known.position, line.route, known.sku)
        sums[key] = sums.get(key, ZERO) + line.quantity
    return [queries.carried(sku, quantity, route) for (_, route, sku), quantity in sorted(sums.items()) if quantity]


def _write(work: Work, orders: Sequence[OrderPlan], calendar: Days | None) -> Mapping[tuple[int, int], int]:
    """Write the plans; gives the ids of the deliveries by order and number."""
    if calendar is None:
        return {}
    gone = [one.standing[number].id for one in orders for number in one.withdrawn]
    if gone:
        deliveries.close(gone, state=Delivery.State.WITHDRAWN)
    _restate(orders)
    _reschedule(work, orders, calendar)
    new = [
        PlannedDelivery(one.order_id, tuple(_row(line) for line in part.lines), planned_on(part, one.lines, calendar), number)
        for one in orders
        for number, part in one.parts.items()
        if number not in one.standing
    ]
    made, rows = deliveries.made(new) if new else ([], [])
    work.also(*rows)
    known = {(one.order_id, number): standing.id for one in orders for number, standing in one.standing.items()}
    return known | {(delivery.order_id, delivery.number): delivery.pk for delivery in made}


def _row(line: PlannedLine) -> deliveries.PlannedLine:
    return deliveries.PlannedLine(line.line, line.quantity, line.route, line.warehouse)


def _restate(orders: Sequence[OrderPlan]) -> None:
    """Bring the lines of standing deliveries to what they are to carry; a line that goes elsewhere carries nothing any more."""
    changed: list[tuple[int, Decimal]] = []
    new: list[tuple[int, int, Decimal, str, int | None]] = []
    for one in orders:
        for number, standing in one.standing.items():
            part = one.parts.get(DeliveryNumber(number), Part(()))
            wanted = {(line.line, line.route, line.warehouse): line.quantity for line in part.lines}
            for line in standing.lines:
                quantity = wanted.pop((line.line, line.route, line.warehouse), ZERO)
                changed += [(line.id, quantity)] if quantity != line.quantity else []
            new += [(standing.id, line, quantity, route, house) for (line, route, house), quantity in wanted.items()]
    add_lines(new)
    sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), changed)])


def _reschedule(work: Work, orders: Sequence[OrderPlan], calendar: Days) -> None:
    """Plan standing deliveries for the day that is wished by now."""
    days_ = [
        (standing.id, day)
        for one in orders
        for number, standing in one.standing.items()
        if (part := one.parts.get(DeliveryNumber(number))) is not None
        and (day := planned_on(part, one.lines, calendar, standing.planned_on)) != standing.planned_on
    ]
    work.also(sets.Update(Delivery, ("id",), ("planned_on",), days_))


def add_lines(rows: Sequence[tuple[int, int, Decimal, str, int | None]]) -> None:
    """Let deliveries carry more: (delivery, order line, quantity, route, warehouse). A line that carried nothing any more carries again."""
    if rows:
        lines = [
            DeliveryLine(delivery_id=delivery, line_id=line, quantity=quantity, route=route, warehouse_id=house)
            for delivery, line, quantity, route, house in rows
        ]
        empty = {
            (old.delivery_id, old.line_id, old.route, old.warehouse_id): old
            for old in DeliveryLine.objects.filter(delivery_id__in={row[0] for row in rows}, quantity=0)
        }
        known = [(empty.get((line.delivery_id, line.line_id, line.route, line.warehouse_id)), line) for line in lines]
        DeliveryLine.objects.bulk_create([line for old, line in known if old is None])
        sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), [(old.pk, line.quantity) for old, line in known if old is not None])])


def _book(work: Work, orders: Sequence[OrderPlan], ids: Mapping[tuple[int, int], int], trips: Mapping[str, TripWish]) -> None:
    first = {one.order_id: ids[one.order_id, next(iter(one.parts))] for one in orders if one.parts}
    rows = [
        (first[order.id], wish.carrier, wish.vehicle, wish.window_from, wish.window_until, work.actor.key, work.now)
        for place, order in work.orders.items()
        if (wish := trips.get(place)) is not None and order.id in first
    ]
    columns = ("delivery", "carrier", "vehicle", "window_from", "window_until", "booked_by", "booked_at")
    work.also(sets.Insert(Trip, columns, rows))


def _give_up_supply(work: Work, orders: Sequence[OrderPlan]) -> None:
    """What is on order and no longer needed: supply without demand becomes a leftover of the order."""
    lines = {one.order_id: [LineChange(line, quantity, ZERO) for line, quantity in one.excess.items()] for one in orders if one.excess}
    if not lines:
        return
    found: dict[int, list[Leftover]] = {}
    for give_up in (supply.undo_production, supply.undo_purchase):
        for left in give_up(list(lines), lines, actor=work.actor, now=work.now):
            found.setdefault(left.order_id, []).append(left)
    for place in work.places:
        leave(work, place, found.get(work.opened(place).order.id, ()))


def leave(work: Work, place: str, leftovers: Sequence[Leftover]) -> None:
    """Leave what no longer fits to the owners of the stages that did it."""
    if leftovers:
        opened = work.opened(place)
        stages = {stage.does: stage.id for stage in opened.program.standard.stages.values() if stage.does}
        rows = tuple(EngineLeftover(stages.get(left.act, opened.stage.id), (), left.text) for left in leftovers)
        work.move(place, lambda program, case, _item, _answers, actor: advance.leave_leftover(program, case, rows, actor=actor))
