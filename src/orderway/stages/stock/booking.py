"""What people book by hand on a shelf, with a reason: opening stock, goods written off or carried to another warehouse.

Every booking is a double move and an entry in the journal of the item. What is reserved stays: counts (`counting`) release reservations, no
booking does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from orderway.engine.refusals import Mistake
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Item, Warehouse
from orderway.orders.actor import Actor
from orderway.stages.stock import actions, counting
from orderway.stages.stock.levels import exact
from orderway.stages.stock.locations import Locations, locations
from orderway.stages.stock.models import Location, StockMove
from orderway.stages.stock.rules import MILLIONTH, Transfer

WHAT = (StockMove.Reason.OPENING, StockMove.Reason.SCRAPPED, StockMove.Reason.TRANSFERRED)
NOTE_LENGTH = 64


class NothingToBook(Mistake):
    """A quantity of nothing or less, or finer than stock is kept."""

    code = "nothing_to_book"
    message = "{quantity} cannot be booked."
    remedy = "Enter a quantity above zero, with at most six decimals."


class NoReason(Mistake):
    """A booking that nobody could explain later."""

    code = "no_reason"
    message = "The booking has no reason."
    remedy = "Say why in a few words; they stay beside the move."


class SameWarehouse(Mistake):
    """Goods that would stay where they are."""

    code = "same_warehouse"
    message = "The goods lie in {warehouse} already."
    remedy = "Choose the warehouse to which they are carried."


class NotStocked(Mistake):
    """A service."""

    code = "not_stocked"
    message = "{item} is not kept in stock."
    remedy = "Mark the item as kept in stock first, or choose another one."


@dataclass(frozen=True, slots=True)
class Booking:
    """A quantity of an item that a person books at a warehouse; `to` is where it is carried, None unless it is."""

    what: str  # one of WHAT
    item: Item
    warehouse: Warehouse
    quantity: Decimal
    reason: str
    to: Warehouse | None = None


def book(booking: Booking, *, actor: Actor, now: datetime) -> None:
    """Book it, or raise: a mistake for what is no booking, NotEnoughStock where less lies free, NotAllowed for who may not."""
    counting.require_right(actor)
    _check(booking)
    with transaction.atomic():
        known = locations({booking.warehouse.pk, *((booking.to.pk,) if booking.to else ())})
        source, target = _ends(booking, known)
        transfer = Transfer(booking.item.pk, source, target, exact(booking.quantity), booking.what, booking.reason[:NOTE_LENGTH])
        actions.move([transfer], actor=actor, now=now)
        payload = {
            "what": booking.what,
            "warehouse": booking.warehouse.key,
            "to": booking.to.key if booking.to else "",
            "quantity": f"{booking.quantity.normalize():f}",
            "said": booking.reason,
        }
        writing.append([NewEntry("item", booking.item.sku, now, "stock.book", actor.key, writing.canonical(payload))])


def _check(booking: Booking) -> None:
    if not booking.item.stocked:
        raise NotStocked(field="sku", item=booking.item.sku)
    if booking.quantity <= 0 or booking.quantity != booking.quantity.quantize(MILLIONTH):
        raise NothingToBook(field="quantity", quantity=booking.quantity)
    if not booking.reason.strip():
        raise NoReason(field="reason")
    if booking.what == StockMove.Reason.TRANSFERRED and booking.to in (None, booking.warehouse):
        raise SameWarehouse(field="to", warehouse=booking.warehouse.name)


def _ends(booking: Booking, known: Locations) -> tuple[int, int]:
    """Opening stock comes out of the loss location, as what a count finds does; what is written off goes there."""
    here, loss = known.storage[booking.warehouse.pk], known.virtual[Location.Kind.LOSS]
    if booking.what == StockMove.Reason.OPENING:
        return loss, here
    return (here, known.storage[booking.to.pk]) if booking.to else (here, loss)
