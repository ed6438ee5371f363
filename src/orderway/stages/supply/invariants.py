"""What must never be false about supply: goods receipts equal the stock moves, pegs fit their lines. Reads only; `verify` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orderway.journal.verify import Finding, register_invariant, tally
from orderway.sets.totals import Total
from orderway.stages.stock.levels import exact
from orderway.stages.stock.models import Location, StockMove
from orderway.stages.supply.models import SupplyLine, SupplyPeg, SupplyReceipt
from orderway.stages.supply.rules import ZERO, shown


def register() -> None:
    """Let verify check supply orders."""
    register_invariant(1, "supply: received equals goods receipts and stock moves", check_received)
    register_invariant(3, "supply: no line is promised more than once", check_pegs)


def check_received() -> Finding:
    """What every supply line has received is the sum of its goods receipts, and per supply order and item the sum of the stock moves."""
    return tally(_unequal())


def _unequal() -> Iterator[str | None]:
    receipts = dict(SupplyReceipt.objects.values_list("supply_line_id").annotate(Total("quantity")).order_by())
    moved = _moved()
    by_item: dict[tuple[str, int], Decimal] = {}
    for pk, number, position, item, received in SupplyLine.objects.order_by("id").values_list(
        "id", "supply_order__number", "position", "item_id", "received"
    ):
        by_item[number, item] = by_item.get((number, item), ZERO) + received
        booked = exact(receipts.get(pk, ZERO))
        yield (
            None if booked == received else f"{number} position {position}: received {shown(received)}, goods receipts say {shown(booked)}"
        )
    for (number, item), received in by_item.items():
        in_stock = moved.get((number, item), ZERO)
        yield None if in_stock == received else f"{number}: received {shown(received)} of item {item}, stock moves say {shown(in_stock)}"


def _moved() -> dict[tuple[str, int], Decimal]:
    """What came from suppliers and production, by paper and item."""
    moves = StockMove.objects.filter(
        source__kind__in=[Location.Kind.SUPPLIER, Location.Kind.PRODUCTION],
        reason__in=[StockMove.Reason.RECEIVED, StockMove.Reason.PRODUCED],
    )
    rows = moves.values_list("reference", "item_id").annotate(Total("quantity")).order_by()
    return {(reference, item): exact(quantity) for reference, item, quantity in rows}


def check_pegs() -> Finding:
    """The pegs of a supply line promise no more than it brings, and each peg serves a line of that item in a delivery of that order."""
    return tally(_overpegged())


def _overpegged() -> Iterator[str | None]:
    pegged = dict(SupplyPeg.objects.values_list("supply_line_id").annotate(Total("quantity")).order_by())
    for pk, number, position, quantity, received in SupplyLine.objects.order_by("id").values_list(
        "id", "supply_order__number", "position", "quantity", "received"
    ):
        promised = exact(pegged.get(pk, ZERO))
        fits = promised <= max(quantity, received)
        yield None if fits else f"{number} position {position}: brings {shown(quantity)} and is promised for {shown(promised)}"
    pegs = SupplyPeg.objects.values_list(
        "supply_line__supply_order__number", "supply_line__item_id", "order_line__item_id", "order_line__order_id", "delivery__order_id"
    )
    for number, brought, wanted, order_id, delivery_order in pegs.order_by("id"):
        yield None if brought == wanted and order_id == delivery_order else f"{number}: serves a line of another item or delivery"
