"""The invariants of stock for `orderway verify` (TRUST 1 and 2). Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.journal.verify import Finding, tally
from orderway.stages.stock import queries
from orderway.stages.stock.models import Location, StockLevel
from orderway.stages.stock.rules import ZERO

CHUNK = 2_000


def on_hand_equals_moves() -> Finding:
    """Every level holds what its moves brought less what they took, and no goods lie where there is no level."""
    return tally(_level_faults())


def _level_faults() -> Iterator[str | None]:
    balances = dict(queries.balances_of_moves())
    for level in StockLevel.objects.select_related("item", "location").iterator(CHUNK):
        moved = balances.pop((level.item_id, level.location_id), ZERO)
        wrong = moved != level.on_hand
        yield f"{level.item} at {level.location}: {level.on_hand} on hand, its moves say {moved}" if wrong else None
    kept = set(Location.objects.filter(warehouse__isnull=False).values_list("id", flat=True))
    for (item_id, location_id), moved in balances.items():
        if location_id in kept and moved:
            yield f"item {item_id} at location {location_id}: moves say {moved}, but there is no level"


def reserved_equals_reservations() -> Finding:
    """Every level's reserved quantity is the sum of its open reservations and lies between 0 and on hand."""
    return tally(_reserved_faults())


def _reserved_faults() -> Iterator[str | None]:
    held = queries.reserved_by_level()
    for level in StockLevel.objects.select_related("item", "location").iterator(CHUNK):
        name = f"{level.item} at {level.location}"
        if level.reserved != held.get(level.pk, ZERO):
            yield f"{name}: {level.reserved} reserved, its reservations say {held.get(level.pk, ZERO)}"
        elif level.reserved < 0 or (level.reserved > level.on_hand and not level.allows_negative):
            yield f"{name}: {level.reserved} reserved of {level.on_hand} on hand"
        else:
            yield None


def reservations_equal_ledger() -> Finding:
    """Every line's open reservations are what its ledger says, each of the line's own item and of an order that has not been cancelled."""
    return tally(_reservation_faults())


def _reservation_faults() -> Iterator[str | None]:
    for reservation in queries.reservations_out_of_place().iterator(CHUNK):
        yield f"reservation {reservation.pk} of {reservation.line.order.number}: another item, or an order that was cancelled"
    booked = queries.reserved_in_ledger()
    held = queries.reserved_by_line()
    for line_id in sorted(booked.keys() | held.keys()):
        expected, found = booked.get(line_id, ZERO), held.get(line_id, ZERO)
        yield None if expected == found else f"order line {line_id}: {found} reserved, its ledger says {expected}"
