"""What one act is going to write to stock: levels, moves, reservations and the line ledger, gathered first and stored in one go.

Checks that no level ends unsound, and has those told who wait for what has become free; decides nothing else. Call inside the act's
transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

from django.db import transaction

from orderway import sets
from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Item
from orderway.orders import line_ledger
from orderway.orders.actor import Actor
from orderway.orders.models import LineMove
from orderway.sets.writing import Insert, Update, Write
from orderway.stages.stock import waking
from orderway.stages.stock.levels import Level, Levels, exact
from orderway.stages.stock.models import Reservation, StockMove
from orderway.stages.stock.rules import ZERO, Grant, Held, Taken, Transfer, summed

Part = Literal["all", "picked", "unpicked"]  # of a reservation
MOVE_COLUMNS = ("item", "source", "target", "quantity", "reason", "reference", "line", "actor", "at")
RESERVATION_COLUMNS = ("line", "level", "delivery", "quantity", "picked", "made_at")


class NotEnoughStock(Refusal):
    """More was to leave a location than lies there free."""

    code = "not_enough_stock"
    message = "There is not enough free stock of {items}."
    remedy = "Receive or transfer goods first, or move less."


@dataclass(slots=True)
class Reserved:
    """One reservation in memory; `id` None is new."""

    id: int | None
    line_id: int
    level_id: int
    item_id: int
    warehouse_id: int
    rank: int
    delivery_id: int | None
    quantity: Decimal
    picked: Decimal
    was: tuple[Decimal, Decimal] = (ZERO, ZERO)

    def held(self, part: Part) -> Held:
        """What a draw may take of it."""
        free = {"all": self.quantity, "picked": self.picked, "unpicked": self.quantity - self.picked}[part]
        return Held(self.id or 0, self.line_id, self.level_id, self.warehouse_id, self.rank, self.delivery_id, free)


class Reservations:
    """The reservations of some lines, locked."""

    def __init__(self, rows: Iterable[Reserved]) -> None:
        self.all = list(rows)
        self._by_id = {each.id: each for each in self.all}
        self._by_key = {(each.line_id, each.level_id, each.delivery_id): each for each in self.all}

    def __getitem__(self, reservation_id: int) -> Reserved:
        return self._by_id[reservation_id]

    def held(self, part: Part) -> list[Held]:
        """What draws may take."""
        return [each.held(part) for each in self.all if each.quantity > 0]

    def by_line(self) -> Mapping[int, Decimal]:
        """What is reserved for each line together."""
        return summed((each.line_id, each.quantity) for each in self.all)

    def of(self, grant: Grant, level: Level) -> Reserved:
        """The reservation that a grant goes to; a new one if the line has none at this level."""
        key = (grant.need.line_id, grant.level_id, grant.need.delivery_id)
        if key not in self._by_key:
            line, level_id, delivery = key
            self._by_key[key] = Reserved(None, line, level_id, level.item_id, level.warehouse_id, level.rank, delivery, ZERO, ZERO)
            self.all.append(self._by_key[key])
        return self._by_key[key]

    def writes(self, now: datetime) -> list[Write]:
        """New reservations, and those whose quantities changed."""
        new = [(each.line_id, each.level_id, each.delivery_id, each.quantity, each.picked, now) for each in self.all if each.id is None]
        old = [each for each in self.all if each.id is not None and each.was != (each.quantity, each.picked)]
        changed = [(each.id, *each.was, each.quantity, each.picked) for each in old]
        values = ("quantity", "picked")
        return [Update(Reservation, ("id",), values, changed, guard=values), Insert(Reservation, RESERVATION_COLUMNS, new)]


def lock_reservations(line_ids: Iterable[int]) -> Reservations:
    """Lock the reservations of these lines, also those that are used up: one statement."""
    rows = sets.select("stock.lock_reservations", lines=sets.Many("int8", sorted(set(line_ids))))
    return Reservations(
        Reserved(id_, line, level, item, warehouse, rank, delivery, exact(quantity), exact(picked), (exact(quantity), exact(picked)))
        for id_, line, level, item, warehouse, rank, delivery, quantity, picked in rows
    )


class Bookings:
    """Changes to locked levels and reservations, stored together."""

    def __init__(self, levels: Levels, reservations: Reservations | None = None) -> None:
        self.levels = levels
        self.reservations = reservations or Reservations(())
        self._moves: list[Transfer] = []
        self._ledger: dict[tuple[int, str, str, str], Decimal] = defaultdict(Decimal)

    def transfer(self, transfer: Transfer) -> None:
        """Move goods: out of the source's level and into the target's, where these keep one."""
        for location_id, sign in ((transfer.source_id, -1), (transfer.target_id, 1)):
            level = self.levels.at(transfer.item_id, location_id)
            if level is not None:
                level.on_hand += sign * transfer.quantity
        self._moves.append(transfer)

    def grant(self, grant: Grant, *, place: str = "") -> None:
        """Set goods aside for a line."""
        level = self.levels[grant.level_id]
        level.reserved += grant.quantity
        self.reservations.of(grant, level).quantity += grant.quantity
        self._ledger[grant.need.line_id, LineMove.Kind.RESERVED, place, ""] += grant.quantity

    def release(self, taken: Taken) -> None:
        """Give back what was set aside and not picked."""
        self._unreserve(taken.held.reservation_id, taken.quantity)
        self._ledger[taken.draw.line_id, LineMove.Kind.RESERVED, taken.draw.place, taken.draw.reference] -= taken.quantity

    def ship(self, taken: Taken, *, customer_id: int) -> None:
        """What was set aside leaves for the customer; picked goods go first."""
        draw, reserved = taken.draw, self.reservations[taken.held.reservation_id]
        reserved.picked = max(ZERO, reserved.picked - taken.quantity)
        level = self._unreserve(taken.held.reservation_id, taken.quantity)
        reference = draw.reference or draw.place
        self.transfer(
            Transfer(level.item_id, level.location_id, customer_id, taken.quantity, StockMove.Reason.SHIPPED, reference, draw.line_id)
        )
        self._ledger[draw.line_id, LineMove.Kind.RESERVED, draw.place, draw.reference] -= taken.quantity
        self._ledger[draw.line_id, LineMove.Kind.SHIPPED, draw.place, draw.reference] += taken.quantity

    def reserved_more(self) -> Mapping[int, Decimal]:
        """By how much what is reserved changes, by line."""
        kind = LineMove.Kind.RESERVED
        return summed((line, quantity) for (line, moved, _, _), quantity in self._ledger.items() if moved == kind)

    def _unreserve(self, reservation_id: int, quantity: Decimal) -> Level:
        reserved = self.reservations[reservation_id]
        reserved.quantity -= quantity
        level = self.levels[reserved.level_id]
        level.reserved -= quantity
        return level

    def writes(self, *, actor: Actor, now: datetime) -> list[Write]:
        """Everything that was booked, for `sets.store`; refused if a level would hold less than nothing or than what is reserved."""
        unsound = self.levels.unsound()
        if unsound:
            raise NotEnoughStock(items=_skus(level.item_id for level in unsound))
        freed = self.levels.freed()
        if freed:
            transaction.on_commit(partial(waking.tell_waiting, freed, now=now))
        moves = [
            (each.item_id, each.source_id, each.target_id, each.quantity, each.reason, each.reference, each.line_id, actor.key, now)
            for each in self._moves
        ]
        ledger = [
            line_ledger.Booking(line, kind, quantity, place=place, reference=reference)
            for (line, kind, place, reference), quantity in sorted(self._ledger.items())
            if quantity
        ]
        stock = [*self.levels.writes(), *self.reservations.writes(now), Insert(StockMove, MOVE_COLUMNS, moves)]
        return [*stock, *line_ledger.writes(ledger, now=now)]

    def store(self, *, actor: Actor, now: datetime) -> None:
        """Write everything: one statement on PostgreSQL, one per table on SQLite."""
        sets.store(self.writes(actor=actor, now=now))


def _skus(item_ids: Iterable[int]) -> Sequence[str]:
    return list(Item.objects.filter(id__in=set(item_ids)).order_by("sku").values_list("sku", flat=True))
