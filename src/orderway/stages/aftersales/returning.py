"""Goods that come back: what arrives moves from the customer to stock or loss, and closes the returns it completes.

Works on locked orders inside the caller's transaction; n returns with a fixed number of statements. Announces nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Warehouse
from orderway.orders import line_ledger
from orderway.orders.actor import Actor
from orderway.orders.models import LineMove
from orderway.stages.aftersales import rules
from orderway.stages.aftersales.models import Return, ReturnReceipt
from orderway.stages.aftersales.queries import Awaited, Line
from orderway.stages.aftersales.rules import LineFacts
from orderway.stages.invoicing.money import ZERO
from orderway.stages.stock import actions as stock
from orderway.stages.stock.locations import locations
from orderway.stages.stock.models import Location, StockMove

Condition = ReturnReceipt.Condition
RECEIPT_COLUMNS = ("return_line", "quantity", "condition", "received_by", "received_at")


class NoWarehouse(Refusal):
    """There is no warehouse that could take goods back."""

    code = "no_warehouse"
    message = "There is no open warehouse to take the goods back into."
    remedy = "Open one in the master data, or name one."


@dataclass(frozen=True, slots=True)
class Arrived:
    """Pieces of an awaited return line that arrived, their condition and the warehouse that takes them (None: the first)."""

    awaited: Awaited
    quantity: Decimal
    condition: str = Condition.GOOD
    warehouse_id: int | None = None


def bookable(awaited: Iterable[Awaited], lines: Mapping[int, Line]) -> list[Arrived]:
    """What arrives by itself: announced goods of lines that have shipped so many; all the line shipped, if it will ship no more."""
    facts = {line_id: line.facts for line_id, line in lines.items()}
    found: list[Arrived] = []
    for one in awaited:
        line = facts[one.line_id]
        quantity = _bookable(one, line) if one.before_shipping else ZERO
        if quantity > ZERO:
            found.append(Arrived(one, quantity))
            facts[one.line_id] = replace(line, returned=line.returned + quantity)
    return found


def _bookable(one: Awaited, line: LineFacts) -> Decimal:
    if rules.arrived(line, one.quantity):
        return one.quantity
    return line.shipped - line.returned if _ships_no_more(line) else ZERO


def _ships_no_more(line: LineFacts) -> bool:
    return line.shipped - line.replaced >= line.ordered - line.cancelled


def in_vain(awaited: Iterable[Awaited], lines: Mapping[int, Line], arrived: Iterable[Arrived]) -> set[int]:
    """Returns announced before shipping whose rest can never come, for their lines ship no more: they are closed."""
    left: dict[int, Decimal] = {one.return_line_id: one.quantity for one in awaited if one.before_shipping}
    for each in arrived:
        left[each.awaited.return_line_id] -= each.quantity
    waiting = {
        one.return_id
        for one in awaited
        if not one.before_shipping or (left[one.return_line_id] > ZERO and not _ships_no_more(lines[one.line_id].facts))
    }
    return {one.return_id for one in awaited} - waiting


def receive(arrived: Sequence[Arrived], lines: Mapping[int, Line], closed: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Book what arrived: stock moves, the line ledger, receipts; close these returns."""
    if arrived:
        stock.move(_transfers(arrived, lines), actor=actor, now=now)
        moves = [
            line_ledger.Booking(each.awaited.line_id, LineMove.Kind.RETURNED, each.quantity, reference=_reference(each)) for each in arrived
        ]
        line_ledger.book(moves, now=now)
        rows = [(each.awaited.return_line_id, each.quantity, each.condition, actor.key, now) for each in arrived]
        sets.insert(ReturnReceipt, RECEIPT_COLUMNS, rows)
    sets.update(Return, key=("id",), set=("closed_at",), rows=[(return_id, now) for return_id in sorted(closed)])


def after(arrived: Iterable[Arrived], lines: Mapping[int, Line]) -> dict[int, Line]:
    """The lines as they stand once these goods are back."""
    found = dict(lines)
    for each in arrived:
        line = found[each.awaited.line_id]
        found[line.id] = replace(line, facts=replace(line.facts, returned=line.facts.returned + each.quantity))
    return found


def _transfers(arrived: Sequence[Arrived], lines: Mapping[int, Line]) -> list[stock.Transfer]:
    default = None if all(each.warehouse_id for each in arrived) else first_warehouse()
    houses = {each.warehouse_id or default for each in arrived}
    known = locations(house for house in houses if house is not None)
    customer, loss = known.virtual[Location.Kind.CUSTOMER], known.virtual[Location.Kind.LOSS]
    transfers = []
    for each in arrived:
        line, house = lines[each.awaited.line_id], each.warehouse_id or default
        if line.stocked and house is not None:
            target = known.storage[house] if each.condition == Condition.GOOD else loss
            transfers.append(
                stock.Transfer(line.item_id, customer, target, each.quantity, StockMove.Reason.RETURNED, _reference(each), line.id)
            )
    return transfers


def first_warehouse() -> int:
    """The warehouse that takes goods back if nobody names one: the first by rank."""
    house = Warehouse.objects.filter(active=True).order_by("rank", "key").values_list("id", flat=True).first()
    if house is None:
        raise NoWarehouse
    return house


def _reference(each: Arrived) -> str:
    return f"return {each.awaited.return_number}"


def completed(awaited: Iterable[Awaited], arrived: Iterable[Arrived]) -> set[int]:
    """The returns of which everything has arrived with these."""
    left: dict[int, Decimal] = defaultdict(Decimal)
    for one in awaited:
        left[one.return_id] += one.quantity
    touched = set()
    for each in arrived:
        left[each.awaited.return_id] -= each.quantity
        touched.add(each.awaited.return_id)
    return {return_id for return_id in touched if left[return_id] == ZERO}
