"""Goods receipts: what arrives for a supply order goes into stock, is set aside for those who wait for it, and completes their stages.

All in one transaction. Orders nothing; `ordering` does. Locks orders, then stock, then the supply order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from orderway import sets
from orderway.engine.case import PLACE_SEPARATOR
from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.session import Work
from orderway.sets.kept import Kept, each_of, given
from orderway.stages.stock import actions as stock
from orderway.stages.stock.levels import lock_places
from orderway.stages.stock.locations import Locations, locations
from orderway.stages.stock.models import Location, StockMove
from orderway.stages.stock.rules import GoodsIn, Need, Transfer, summed
from orderway.stages.supply import entering, queries, rules
from orderway.stages.supply.models import SupplyLine, SupplyOrder, SupplyPeg, SupplyReceipt
from orderway.stages.supply.ordering import note
from orderway.stages.supply.refusals import (
    PaperBooked,
    QuantityNotPositive,
    SupplyOrderNotOpen,
    SupplyOrderUnknown,
    UnknownPosition,
)
from orderway.stages.supply.rules import ZERO, Kind, OpenPeg, Shares

REASONS = {"make": StockMove.Reason.PRODUCED, "buy": StockMove.Reason.RECEIVED}


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived of one position of a supply order, in the item's unit."""

    position: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """What a goods receipt did: places whose stage it completed, and those that go on waiting, each with its reason."""

    completed: tuple[str, ...]
    waiting: Mapping[str, Refusal]
    free: Decimal


def receive(
    number: str,
    arrivals: Sequence[Arrival] | None = None,
    *,
    paper: str = "",
    brings: Mapping[str, Completion] | None = None,
    actor: Actor,
    now: datetime,
) -> Received:
    """Take goods of a supply order into stock; None means everything that is still open.

    Those who wait are served in the order of their deliveries' dates; what nobody waits for is free. More than was ordered may come.
    Production takes its components from the shelves. Stages whose goods are all there now are completed: the receipt is their evidence,
    besides what the caller brings for a place.
    Raises SupplyOrderUnknown, SupplyOrderNotOpen, MayNotSupply, UnknownPosition, QuantityNotPositive, PaperBooked, NotEnoughStock.
    """
    found = find(number)
    while True:
        try:
            received = _received(found, arrivals, paper, brings or {}, actor=actor, now=now)
        except NewWaiter:
            continue  # an order was pegged between looking and locking: look again, it is committed now
        return received


class NewWaiter(Exception):
    """An order waits for these goods that was not locked with the others; the act begins anew."""


def _received(
    found: SupplyOrder,
    arrivals: Sequence[Arrival] | None,
    paper: str,
    brings: Mapping[str, Completion],
    *,
    actor: Actor,
    now: datetime,
) -> Received:
    numbers = queries.served_by([found.pk])
    with waiting_orders(found, numbers, actor=actor, now=now) as work:
        entering.require_right(actor, found.number, kind_of(found), work)
        shelves = _lock_stock(found)
        receipt = Receipt(*locked(found, numbers), shelves, actor=actor, now=now)
        quantities = receipt.quantities(arrivals, paper)
        free = receipt.book(quantities, paper)
        completed = _complete(work, kind_of(found), brings)
    return Received(tuple(completed), dict(work.refused), free)


def find(number: str) -> SupplyOrder:
    """The supply order of this number, not locked. Raises SupplyOrderUnknown."""
    for found in _found.rows(number=number):
        return found
    raise SupplyOrderUnknown(number=number)


_found = Kept(lambda: SupplyOrder.objects.filter(number=given("number")))


def kind_of(order: SupplyOrder) -> Kind:
    """Whether it is made or bought."""
    return "make" if order.kind == SupplyOrder.Kind.MAKE else "buy"


def waiting_orders(order: SupplyOrder, numbers: Sequence[str], *, actor: Actor, now: datetime) -> AbstractContextManager[Work]:
    """Lock the orders that wait for these goods; one that is not open at this act any more is locked, too, and only not completed."""
    places = queries.waiting_places(numbers, entering.ACTS[kind_of(order)])
    elsewhere = set(numbers) - {place.partition(PLACE_SEPARATOR)[0] for place in places}
    return entering.supplying([*places, *sorted(elsewhere)], kind_of(order), actor=actor, now=now)


def _lock_stock(order: SupplyOrder) -> Locations:
    """Lock the levels of everything that the receipt can touch, before the supply order."""
    known = locations([order.warehouse_id])
    items = set(_items.rows(supply_order=order.pk))
    if order.kind == SupplyOrder.Kind.MAKE:
        items |= {component for bill in queries.bills(items).values() for component, _, _ in bill}
    lock_places((item, known.storage[order.warehouse_id]) for item in items)
    return known


_items = Kept(lambda: SupplyLine.objects.filter(supply_order_id=given("supply_order")).values_list("item_id", flat=True))
_locked = Kept(lambda: SupplyOrder.objects.select_for_update().filter(pk=given("supply_order")))
_lines = Kept(lambda: SupplyLine.objects.filter(supply_order_id=given("supply_order")).order_by("position"))
_pegs = Kept(
    lambda: SupplyPeg.objects.filter(supply_line__supply_order_id=given("supply_order"), quantity__gt=F("received")).select_related(
        "delivery__order"
    )
)


def locked(found: SupplyOrder, numbers: Sequence[str]) -> tuple[SupplyOrder, list[SupplyLine], Mapping[int, list[SupplyPeg]]]:
    """The supply order under lock, its lines, and the open pegs of each line, the earliest delivery first. Refused if it is not open."""
    (order,) = _locked.rows(supply_order=found.pk)
    if order.status != SupplyOrder.Status.OPEN:
        raise SupplyOrderNotOpen(number=order.number, status=order.get_status_display())
    lines, pegs = _lines.rows(supply_order=order.pk), _pegs.rows(supply_order=order.pk)
    waiting: dict[int, list[SupplyPeg]] = {line.pk: [] for line in lines}
    for peg in sorted(pegs, key=lambda peg: (peg.delivery.planned_on or date.max, peg.delivery.order_id, peg.pk)):
        waiting[peg.supply_line_id].append(peg)
    if not {peg.delivery.order.number for rows in waiting.values() for peg in rows} <= set(numbers):
        raise NewWaiter
    return order, lines, waiting


def _complete(work: Work, kind: Kind, brings: Mapping[str, Completion]) -> list[str]:
    """Complete the places whose goods have all arrived; the others stay open without a word."""
    standings = queries.standings(queries.sites({place: work.opened(place) for place in work.places}), kind)
    done = [place for place in work.places if standings[place].demands and standings[place].done]
    entering.complete(work, {place: standings[place].arrived for place in done}, brings)
    return [place for place in done if place not in work.refused]


_with_paper = Kept(
    lambda: SupplyReceipt.objects.filter(supply_line_id__in=each_of("int8", "lines"), paper=given("paper")).values_list("pk")[:1]
)


class Receipt:
    """One goods receipt on a locked supply order."""

    def __init__(
        self,
        order: SupplyOrder,
        lines: Sequence[SupplyLine],
        waiting: Mapping[int, Sequence[SupplyPeg]],
        known: Locations,
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        self._order, self._lines, self._waiting, self._known = order, lines, waiting, known
        self._actor, self._now = actor, now

    def quantities(self, arrivals: Sequence[Arrival] | None, paper: str) -> dict[int, Decimal]:
        """What arrived by line id. Raises a mistake for what cannot be, and PaperBooked for a paper that is known."""
        by_position = {line.position: line for line in self._lines}
        for one in arrivals or ():
            if one.position not in by_position:
                raise UnknownPosition(field="position", number=self._order.number, position=one.position)
            if one.quantity <= 0:
                raise QuantityNotPositive(field="quantity", quantity=one.quantity)
        if paper and _with_paper.rows(lines=[line.pk for line in self._lines], paper=paper):
            raise PaperBooked(paper=paper, number=self._order.number)
        if arrivals is None:
            return {line.pk: line.quantity - line.received for line in self._lines if line.quantity > line.received}
        return dict(summed((by_position[one.position].pk, one.quantity) for one in arrivals))

    def book(self, quantities: Mapping[int, Decimal], paper: str) -> Decimal:
        """Book the goods, set them aside and note it; gives what is free for everybody."""
        arrived = [line for line in self._lines if line.pk in quantities]
        shares = {line.pk: self._share(line, quantities[line.pk]) for line in arrived}
        self._consume(arrived, quantities)
        goods = [one for line in arrived for one in self._goods(line, shares[line.pk])]
        stock.receive(goods, actor=self._actor, now=self._now)
        needs = [
            Need(peg.order_line_id, line.item_id, quantity, peg.delivery_id, self._order.warehouse_id)
            for line in arrived
            for peg, quantity in self._served(line, shares[line.pk])
        ]
        stock.reserve_for(needs, actor=self._actor, now=self._now)
        self._store(arrived, quantities, shares, paper)
        return sum((share.free for share in shares.values()), ZERO)

    def _share(self, line: SupplyLine, quantity: Decimal) -> Shares:
        return rules.share_out(quantity, [OpenPeg(peg.pk, peg.quantity - peg.received) for peg in self._waiting[line.pk]])

    def _served(self, line: SupplyLine, shares: Shares) -> list[tuple[SupplyPeg, Decimal]]:
        return [(peg, shares.by_peg[peg.pk]) for peg in self._waiting[line.pk] if peg.pk in shares.by_peg]

    def _goods(self, line: SupplyLine, shares: Shares) -> list[GoodsIn]:
        reason, number, warehouse = REASONS[kind_of(self._order)], self._order.number, self._order.warehouse_id
        goods = [
            GoodsIn(line.item_id, warehouse, quantity, reason, number, peg.order_line_id, peg.expected_id)
            for peg, quantity in self._served(line, shares)
        ]
        return [*goods, GoodsIn(line.item_id, warehouse, shares.free, reason, number, None, line.expected_id)] if shares.free else goods

    def _consume(self, arrived: Sequence[SupplyLine], quantities: Mapping[int, Decimal]) -> None:
        """Production takes its components from the warehouse that it delivers to."""
        if self._order.kind != SupplyOrder.Kind.MAKE:
            return
        bills = queries.bills(line.item_id for line in arrived)
        shelf, production = self._known.storage[self._order.warehouse_id], self._known.virtual[Location.Kind.PRODUCTION]
        used = [
            Transfer(component, shelf, production, quantity, StockMove.Reason.CONSUMED, self._order.number)
            for line in arrived
            for component, per_piece, unit in bills.get(line.item_id, ())
            if (quantity := rules.consumption(per_piece, line.received, quantities[line.pk], whole=rules.counted(unit)))
        ]
        stock.move(used, actor=self._actor, now=self._now)

    def _store(self, arrived: Sequence[SupplyLine], quantities: Mapping[int, Decimal], shares: Mapping[int, Shares], paper: str) -> None:
        pegs = [(peg, quantity) for line in arrived for peg, quantity in self._served(line, shares[line.pk])]
        for line in arrived:
            line.received += quantities[line.pk]
        for peg, quantity in pegs:
            peg.received += quantity
        release_now(self._order, actor=self._actor, now=self._now)
        if all(line.received >= line.quantity for line in self._lines):
            self._order.status = SupplyOrder.Status.RECEIVED
        order, receipts = self._order, [(line.pk, quantities[line.pk], paper, self._actor.key, self._now) for line in arrived]
        state = (order.pk, order.status, order.released_by, order.released_at)
        sets.store(
            [
                sets.Update(SupplyLine, ("id",), ("received",), [(line.pk, line.received) for line in arrived]),
                sets.Update(SupplyPeg, ("id",), ("received",), list({peg.pk: (peg.pk, peg.received) for peg, _ in pegs}.values())),
                sets.Update(SupplyOrder, ("id",), ("status", "released_by", "released_at"), [state]),
                sets.Insert(SupplyReceipt, ("supply_line", "quantity", "paper", "actor", "at"), receipts),
            ]
        )
        received = {str(line.position): str(quantities[line.pk]) for line in arrived}
        served = [[f"{peg.delivery.order.number}/{peg.delivery.number}", str(quantity)] for peg, quantity in pegs]
        note([(self._order.number, "receive", {"received": received, "serves": served, "paper": paper})], actor=self._actor, now=self._now)


def release_now(order: SupplyOrder, *, actor: Actor, now: datetime) -> None:
    """Mark a supply order as sent out, if it was not; goods that arrive prove that it was."""
    if order.released_at is None:
        order.released_by, order.released_at = actor.key, now
