"""What the warehouse books by itself: opening stock and counts. Goods receipts belong to supply, shipments to delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from orderway.engine.refusals import Mistake
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata import rights
from orderway.masterdata.models import Item
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.models import OrderLine
from orderway.orders.refusals import NotAllowed
from orderway.releases.owners import owners_of
from orderway.stages.stock import actions, rules
from orderway.stages.stock.bookings import Bookings, lock_reservations
from orderway.stages.stock.levels import Level, lock_places
from orderway.stages.stock.locations import locations
from orderway.stages.stock.models import Location, Reservation, StockMove
from orderway.stages.stock.rules import Claim, Draw, GoodsIn, Need, Taken, Transfer

BOOK = "stock.book"


class CountedTwice(Mistake):
    """The same item and warehouse stand twice in one count."""

    code = "counted_twice"
    message = "The count names the same item and warehouse twice."
    remedy = "Add both figures up and enter them once."


class NegativeCount(Mistake):
    """Fewer than nothing cannot lie on a shelf."""

    code = "negative_count"
    message = "A count is negative."
    remedy = "Enter what lies on the shelf, 0 if nothing does."


@dataclass(frozen=True, slots=True)
class Count:
    """What lies on the shelf of a warehouse, as counted: without what is picked and waits for dispatch."""

    item_id: int
    warehouse_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Lost:
    """A line that had to give up a reservation because the goods are not there, and what it got from another place instead."""

    order: str
    line_id: int
    position: int
    released: Decimal
    replaced: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a count: the differences booked, and who lost a reservation."""

    verdicts: tuple[tuple[Count, rules.CountVerdict], ...]
    lost: tuple[Lost, ...]


def open_stock(goods: Sequence[GoodsIn], *, actor: Actor, now: datetime) -> None:
    """Book what lay in the warehouses when the system began: one visible move per item and warehouse."""
    require_right(actor)
    with transaction.atomic():
        actions.receive(goods, actor=actor, now=now)


def count(counts: Sequence[Count], *, actor: Actor, now: datetime, reference: str = "") -> Counted:
    """Book the differences of a count. What is reserved but not there is released, newest order first, and sought elsewhere (RULES 38, 39).

    The journal of every item counted says what was found, and which lines lost how much.
    """
    require_right(actor)
    _check(counts)
    with transaction.atomic():
        known = locations(each.warehouse_id for each in counts)
        shelves = [(each.item_id, known.storage[each.warehouse_id]) for each in counts]
        levels = lock_places(shelves)
        counted = [level for shelf in shelves if (level := levels.at(*shelf)) is not None]
        claimed = Reservation.objects.filter(level_id__in=[level.id for level in counted], quantity__gt=0)
        bookings = Bookings(levels, lock_reservations(claimed.values_list("line_id", flat=True)))
        lines = OrderLine.objects.select_related("order").in_bulk({each.line_id for each in bookings.reservations.all})
        verdicts = [_judge(each, level, bookings) for each, level in zip(counts, counted, strict=True)]
        released: list[tuple[int, Decimal]] = []
        for level, verdict in zip(counted, verdicts, strict=True):
            _book_difference(level, verdict, known.virtual[Location.Kind.LOSS], reference, bookings)
            released += _release(level, verdict, lines, bookings)
        lost = _seek_elsewhere(rules.summed(released), lines, bookings)
        bookings.store(actor=actor, now=now)
        outcome = Counted(tuple(zip(counts, verdicts, strict=True)), lost)
        _write_down(outcome, lines, actor=actor, now=now)
    return outcome


def _judge(count: Count, level: Level, bookings: Bookings) -> rules.CountVerdict:
    picked = sum((each.picked for each in bookings.reservations.all if each.level_id == level.id), rules.ZERO)
    return rules.count_verdict(on_hand=level.on_hand, reserved=level.reserved, picked=picked, counted=count.quantity)


def _book_difference(level: Level, verdict: rules.CountVerdict, loss_id: int, reference: str, bookings: Bookings) -> None:
    if verdict.difference:
        source, target = (loss_id, level.location_id) if verdict.difference > 0 else (level.location_id, loss_id)
        reason = StockMove.Reason.COUNTED
        bookings.transfer(Transfer(level.item_id, source, target, abs(verdict.difference), reason, reference))


def _release(level: Level, verdict: rules.CountVerdict, lines: Mapping[int, OrderLine], bookings: Bookings) -> list[tuple[int, Decimal]]:
    here = [each for each in bookings.reservations.all if each.level_id == level.id]
    claims = [Claim(each.id or 0, each.line_id, lines[each.line_id].order_id, each.quantity - each.picked) for each in here]
    plan = rules.release_plan(verdict.release, claims)
    for claim, quantity in plan:
        held = bookings.reservations[claim.reservation_id].held("unpicked")
        place = lines[claim.line_id].order.number
        bookings.release(Taken(Draw(claim.line_id, quantity, held.delivery_id, place=place), held, quantity))
    return [(claim.line_id, quantity) for claim, quantity in plan]


def _seek_elsewhere(released: Mapping[int, Decimal], lines: Mapping[int, OrderLine], bookings: Bookings) -> tuple[Lost, ...]:
    """Reserve for the losers, oldest order first, from other warehouses."""
    losers = sorted(released, key=lambda line: (lines[line].order_id, lines[line].position))
    needs = [Need(line, lines[line].item_id, released[line]) for line in losers]
    got = dict.fromkeys(losers, rules.ZERO)
    for grant in rules.reservation_plan(needs, bookings.levels.shelves()):
        bookings.grant(grant, place=lines[grant.need.line_id].order.number)
        got[grant.need.line_id] += grant.quantity
    return tuple(Lost(lines[line].order.number, line, lines[line].position, released[line], got[line]) for line in losers)


def _write_down(outcome: Counted, lines: Mapping[int, OrderLine], *, actor: Actor, now: datetime) -> None:
    """One entry in the journal of every item: the locked levels of the item protect it."""
    skus = Item.objects.in_bulk([each.item_id for each, _ in outcome.verdicts])
    lost_of: dict[int, list[Lost]] = defaultdict(list)
    for each in outcome.lost:
        lost_of[lines[each.line_id].item_id].append(each)
    writing.append(
        [
            NewEntry("item", skus[each.item_id].sku, now, "stock.count", actor.key, _payload(each, verdict, lost_of[each.item_id]))
            for each, verdict in outcome.verdicts
        ]
    )


def _payload(count: Count, verdict: rules.CountVerdict, lost: Sequence[Lost]) -> str:
    return writing.canonical(
        {
            "warehouse": count.warehouse_id,
            "counted": str(count.quantity),
            "expected": str(verdict.expected),
            "difference": str(verdict.difference),
            "released": [[each.order, each.position, str(each.released), str(each.replaced)] for each in lost],
        }
    )


def _check(counts: Sequence[Count]) -> None:
    if len({(each.item_id, each.warehouse_id) for each in counts}) < len(counts):
        raise CountedTwice(field="item")
    if any(each.quantity < 0 for each in counts):
        raise NegativeCount(field="quantity")


_keepers: set[str] = {actions.ACT}


def register_keeper(act: str) -> None:
    """Whoever's role owns a stage doing this act keeps the shelves, too: later stages that touch them say so at start."""
    _keepers.add(act)


def may_book(actor: Actor) -> bool:
    """Whether this actor may count and move stock: keeps the installation, or owns a stage in a standard in force that works on shelves."""
    if actor.is_system or rights.allows(actor.duties, BOOK):
        return True
    return bool(actor.roles) and rights.allows({Duty.OWNER} if owners_of(*_keepers) & actor.roles else (), BOOK)


def require_right(actor: Actor) -> None:
    """Refuse who may not book. Raises NotAllowed."""
    if not may_book(actor):
        who = ["administrator", *sorted(f"role {role}" for role in owners_of(*_keepers))]
        raise NotAllowed(actor=actor.key, act=BOOK, place="stock", who=who)
