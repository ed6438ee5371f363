"""The acts on stock: reserve for orders, and what later stages ask for: receive, move, set aside, pick, ship, release, count.

Each works on a set, locks levels by ascending (item, location) and writes once. All but `reserve` run inside the caller's transaction,
which holds the locks of the orders concerned; one call per act, so that locks stay in sequence. Counts and opening stock: `counting`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from orderway import sets
from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.stages import Leftover, LineChange
from orderway.orders.work import Completion, Work, working_on
from orderway.sets.kept import Kept, each_of
from orderway.sets.writing import Write
from orderway.stages.capture import queries as capture
from orderway.stages.stock import queries, rules
from orderway.stages.stock.bookings import Bookings, NotEnoughStock, Part, lock_reservations
from orderway.stages.stock.levels import lock, lock_of_lines, lock_places
from orderway.stages.stock.locations import locations
from orderway.stages.stock.models import ExpectedReceipt, Location, StockMove
from orderway.stages.stock.rules import Draw, GoodsIn, Need, Transfer

__all__ = [
    "Coming",
    "Draw",
    "GoodsIn",
    "Need",
    "NotEnoughStock",
    "Transfer",
    "expect",
    "expect_no_more",
    "move",
    "pick",
    "put_back",
    "receive",
    "reconfirm",
    "release",
    "reserve",
    "reserve_for",
    "ship_reserved",
    "undo",
]

Store = Callable[..., object]


def _at_once(*writes: Write) -> None:
    sets.store(writes)


ACT = queries.ACT
COMES_FROM = {
    StockMove.Reason.RECEIVED: Location.Kind.SUPPLIER,
    StockMove.Reason.PRODUCED: Location.Kind.PRODUCTION,
    StockMove.Reason.RETURNED: Location.Kind.CUSTOMER,
    StockMove.Reason.OPENING: Location.Kind.LOSS,
}


# --- the stage -----------------------------------------------------------------------------------------------------------


def reserve(places: Sequence[str], *, actor: Actor, now: datetime, brings: Mapping[str, Completion] | None = None) -> Mapping[str, Refusal]:
    """Bring what is reserved for every line of these orders to what is still needed; shortages become facts that the standard reads.

    Orders are served in the sequence of their age. What a line no longer needs is given back first, so that others get it. `brings`:
    evidence of the stage's steps by place.
    """
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        lines = queries.lines_of(work.order_ids)
        bookings = _to_need(lines)
        work.also(*bookings.writes(actor=actor, now=now))
        _tell_facts(work, lines, bookings.reserved_more())
        work.complete()
    return work.refused


def _tell_facts(work: Work, lines: Sequence[queries.Line], more: Mapping[int, Decimal]) -> None:
    """What the standard asks next about lines is known here: nobody need read it again."""
    after = [line._replace(reserved=line.reserved + more.get(line.id, rules.ZERO)) for line in lines]
    work.facts.know(queries.coverage_of, queries.covered(after, work.order_ids))
    work.facts.know(capture.lines, queries.as_ordered(after, work.order_ids))


def _to_need(lines: Sequence[queries.Line]) -> Bookings:
    stocked = [line for line in lines if line.stocked]
    bookings = Bookings(lock(line.item_id for line in stocked), lock_reservations(line.id for line in stocked))
    _release_beyond({line.id: line.need for line in stocked}, {line.id: line.place for line in stocked}, bookings)
    reserved = bookings.reservations.by_line()
    wanting = {line.id: line for line in stocked if line.need > reserved.get(line.id, rules.ZERO)}
    needs = [Need(line.id, line.item_id, line.need - reserved.get(line.id, rules.ZERO)) for line in wanting.values()]
    for grant in rules.reservation_plan(needs, bookings.levels.shelves()):
        bookings.grant(grant, place=wanting[grant.need.line_id].place)
    return bookings


def _release_beyond(needs: Mapping[int, Decimal], places: Mapping[int, str], bookings: Bookings) -> None:
    """Give back what is reserved for a line beyond its need, whichever delivery it waits for, but never what is picked."""
    reserved = bookings.reservations.by_line()
    surplus = [
        Draw(line, reserved[line] - need, place=places[line]) for line, need in needs.items() if reserved.get(line, rules.ZERO) > need
    ]
    held = [rules.untied(each) for each in bookings.reservations.held("unpicked")]
    for taken in rules.draw_plan(surplus, held, far_first=True):
        bookings.release(taken)


def undo(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Give back what is reserved beyond what a cancellation or change leaves open; picked goods stay until they are put back (RULES 20)."""
    changes = {change.line_id: change for order_id in order_ids for change in lines.get(order_id, ())}
    current = [line for line in queries.lines_of(order_ids) if line.id in changes and line.stocked]
    bookings = Bookings(lock(line.item_id for line in current), lock_reservations(line.id for line in current))
    needs = {line.id: rules.left_open(changes[line.id].open_quantity, changes[line.id].new_quantity) for line in current}
    _release_beyond(needs, {line.id: line.place for line in current}, bookings)
    bookings.store(actor=actor, now=now)
    return []


# --- for the stages after this one ----------------------------------------------------------------------------------------


def reserve_for(needs: Sequence[Need], *, actor: Actor, now: datetime) -> Mapping[Need, Decimal]:
    """Set aside more for these lines, in the sequence given, as far as free stock reaches; gives what each need got."""
    assert connection.in_atomic_block
    levels = lock(need.item_id for need in needs)
    bookings = Bookings(levels, lock_reservations(need.line_id for need in needs))
    got: dict[Need, Decimal] = defaultdict(Decimal)
    for grant in rules.reservation_plan(needs, levels.shelves()):
        bookings.grant(grant)
        got[grant.need] += grant.quantity
    bookings.store(actor=actor, now=now)
    return {need: got[need] for need in needs}


def ship_reserved(draws: Sequence[Draw], *, actor: Actor, now: datetime, store: Store = _at_once) -> Mapping[Draw, Decimal]:
    """Let what is reserved for these lines leave for the customer; gives what left for each draw. The rest came short and is the caller's.

    Books the stock moves and, in the line ledger, `shipped` and the reservation's end. `store`: ``Work.also`` of a caller that touches
    stock no more.
    """
    customer_id = locations().virtual[Location.Kind.CUSTOMER]
    bookings, plan = _drawn(draws, "all")
    for taken in plan:
        bookings.ship(taken, customer_id=customer_id)
    store(*bookings.writes(actor=actor, now=now))
    return _by_draw(draws, plan)


def pick(draws: Sequence[Draw], *, actor: Actor, now: datetime, store: Store = _at_once) -> Mapping[Draw, Decimal]:
    """Mark what is reserved for these lines as taken from the shelf; gives what could be picked for each draw. `store` as above."""
    bookings, plan = _drawn(draws, "unpicked")
    for taken in plan:
        bookings.reservations[taken.held.reservation_id].picked += taken.quantity
    store(*bookings.writes(actor=actor, now=now))
    return _by_draw(draws, plan)


def put_back(draws: Sequence[Draw], *, actor: Actor, now: datetime, keep: bool = False) -> Mapping[Draw, Decimal]:
    """Put picked goods back on the shelf: released for others, or kept for the line; gives what was put back for each draw."""
    bookings, plan = _drawn(draws, "picked")
    for taken in plan:
        bookings.reservations[taken.held.reservation_id].picked -= taken.quantity
        if not keep:
            bookings.release(taken)
    bookings.store(actor=actor, now=now)
    return _by_draw(draws, plan)


def release(draws: Sequence[Draw], *, actor: Actor, now: datetime) -> Mapping[Draw, Decimal]:
    """Give back what is reserved for these lines and not picked, the farthest warehouse first; gives what was released for each draw."""
    bookings, plan = _drawn(draws, "unpicked", far_first=True)
    for taken in plan:
        bookings.release(taken)
    bookings.store(actor=actor, now=now)
    return _by_draw(draws, plan)


def _drawn(draws: Sequence[Draw], part: Part, *, far_first: bool = False) -> tuple[Bookings, list[rules.Taken]]:
    """Lock what these draws may touch and plan them. Levels before reservations: the sequence of every act on stock."""
    assert connection.in_atomic_block
    line_ids = [draw.line_id for draw in draws]
    levels = lock_of_lines(line_ids)
    reservations = lock_reservations(line_ids)
    return Bookings(levels, reservations), rules.draw_plan(draws, reservations.held(part), far_first=far_first)


def _by_draw(draws: Sequence[Draw], plan: Sequence[rules.Taken]) -> Mapping[Draw, Decimal]:
    taken_for: dict[Draw, Decimal] = dict.fromkeys(draws, rules.ZERO)
    for taken in plan:
        taken_for[taken.draw] += taken.quantity
    return taken_for


# --- goods that come and go ------------------------------------------------------------------------------------------------


def move(transfers: Sequence[Transfer], *, actor: Actor, now: datetime) -> None:
    """Move goods between locations, all or nothing; raises NotEnoughStock if a location would hold less than is reserved there."""
    assert connection.in_atomic_block
    places = [(each.item_id, location_id) for each in transfers for location_id in (each.source_id, each.target_id)]
    bookings = Bookings(lock_places(places))
    for transfer in transfers:
        bookings.transfer(transfer)
    bookings.store(actor=actor, now=now)


def receive(goods: Sequence[GoodsIn], *, actor: Actor, now: datetime) -> None:
    """Take goods into the storage of a warehouse; settles the expected receipts that they name."""
    assert connection.in_atomic_block
    known = locations(each.warehouse_id for each in goods)
    transfers = [
        Transfer(
            each.item_id,
            known.virtual[COMES_FROM[StockMove.Reason(each.reason)]],
            known.storage[each.warehouse_id],
            each.quantity,
            each.reason,
            each.reference,
            each.line_id,
        )
        for each in goods
    ]
    move(transfers, actor=actor, now=now)
    _settle(rules.summed((each.expected_id, each.quantity) for each in goods if each.expected_id is not None))


def _settle(arrived: Mapping[int, Decimal]) -> None:
    """Bring expected receipts down by what arrived; more than expected leaves nothing to expect."""
    if arrived:
        left = [(pk, max(rules.ZERO, quantity - arrived[pk])) for pk, quantity in _expected.rows(receipts=arrived)]
        sets.update(ExpectedReceipt, key=["id"], set=["quantity"], rows=left)


_expected = Kept(
    lambda: (
        ExpectedReceipt.objects.select_for_update().filter(id__in=each_of("int8", "receipts")).order_by("id").values_list("id", "quantity")
    )
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Goods that a supply order will bring into a warehouse."""

    item_id: int
    warehouse_id: int
    quantity: Decimal
    due_on: date
    reference: str
    line_id: int | None = None
    delivery_id: int | None = None


def expect(coming: Sequence[Coming]) -> list[int]:
    """Note what supply orders will bring; gives the ids of the expected receipts, which `receive` settles."""
    known = locations(each.warehouse_id for each in coming)
    rows = [
        ExpectedReceipt(
            item_id=each.item_id,
            location_id=known.storage[each.warehouse_id],
            quantity=each.quantity,
            due_on=each.due_on,
            reference=each.reference,
            line_id=each.line_id,
            delivery_id=each.delivery_id,
        )
        for each in coming
    ]
    return [row.pk for row in ExpectedReceipt.objects.bulk_create(rows)]


def expect_no_more(expected_ids: Sequence[int]) -> None:
    """Nothing more will come of these expected receipts: the supply order was closed short or cancelled."""
    ExpectedReceipt.objects.filter(id__in=expected_ids).update(quantity=rules.ZERO)


def reconfirm(reference: str, on: date) -> int:
    """The supplier named a new date for what is still to come of a supply order (RULES 17); gives how many receipts that moved."""
    return ExpectedReceipt.objects.filter(reference=reference, quantity__gt=0).update(reconfirmed_on=on)
