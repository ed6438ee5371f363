"""The stock levels that an act works on: locked once by ascending key, changed in memory, stored once with asserted counts.

Knows no reason why a level changes; a level that somebody else changed in between is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderway import sets
from orderway.sets import numbers
from orderway.sets.kept import Kept, each_of
from orderway.sets.writing import Update, Write
from orderway.stages.stock.models import Location, StockLevel
from orderway.stages.stock.rules import MILLIONTH, Shelf

STORAGE = Location.Kind.STORAGE


@dataclass(slots=True)
class Level:
    """One locked level: as it was read, and as it will be."""

    id: int
    item_id: int
    location_id: int
    warehouse_id: int
    kind: str
    rank: int
    allows_negative: bool
    was_on_hand: Decimal
    was_reserved: Decimal
    on_hand: Decimal
    reserved: Decimal

    @property
    def free(self) -> Decimal:
        """On hand and not reserved."""
        return self.on_hand - self.reserved

    @property
    def sound(self) -> bool:
        """Whether the level may be stored: nothing reserved that is not there, unless the warehouse allows negative stock."""
        return self.reserved >= 0 and (self.allows_negative or self.reserved <= self.on_hand)


class Levels:
    """Locked levels, found by id or by (item, location)."""

    def __init__(self, levels: Iterable[Level]) -> None:
        self._by_id = {level.id: level for level in levels}
        self._by_place = {(level.item_id, level.location_id): level for level in self._by_id.values()}

    def __getitem__(self, level_id: int) -> Level:
        return self._by_id[level_id]

    def at(self, item_id: int, location_id: int) -> Level | None:
        """The level of an item at a location; None for virtual locations."""
        return self._by_place.get((item_id, location_id))

    def shelves(self) -> list[Shelf]:
        """What may be reserved: the free stock of storage locations."""
        return [
            Shelf(level.id, level.item_id, level.warehouse_id, level.rank, level.free)
            for level in self._by_id.values()
            if level.kind == STORAGE and level.free > 0
        ]

    def unsound(self) -> list[Level]:
        """The levels that must not be stored like this."""
        return [level for level in self._by_id.values() if not level.sound]

    def freed(self) -> frozenset[int]:
        """The items of which more lies free in a storage than before."""
        return frozenset(
            level.item_id for level in self._by_id.values() if level.kind == STORAGE and level.free > level.was_on_hand - level.was_reserved
        )

    def writes(self) -> list[Write]:
        """One update of all levels that changed; each only if it still is what it was when it was locked."""
        rows = [
            (level.id, level.was_on_hand, level.was_reserved, level.on_hand, level.reserved)
            for level in self._by_id.values()
            if (level.on_hand, level.reserved) != (level.was_on_hand, level.was_reserved)
        ]
        return [_compare_and_set(rows)] if rows else []


def _compare_and_set(rows: Sequence[tuple[int, Decimal, Decimal, Decimal, Decimal]]) -> Update:
    # The guard repeats two columns of the set under their old values: a lost race changes too few rows and raises WrongCount.
    return Update(StockLevel, ("id",), ("on_hand", "reserved"), rows, guard=("on_hand", "reserved"))


def lock(item_ids: Iterable[int]) -> Levels:
    """Lock every level of these items by ascending (item, location): one statement, however many items."""
    return _locked(sets.select("stock.lock_levels", items=sets.Many("int8", sorted(set(item_ids)))))


def lock_of_lines(line_ids: Iterable[int]) -> Levels:
    """Lock every level of the stocked items of these order lines likewise."""
    return _locked(sets.select("stock.lock_levels_of_lines", lines=sets.Many("int8", sorted(set(line_ids)))))


def _locked(rows: Iterable[tuple[Any, ...]]) -> Levels:
    return Levels(
        Level(id_, item, location, warehouse, kind, rank, bool(negative), exact(on_hand), exact(reserved), exact(on_hand), exact(reserved))
        for id_, item, location, warehouse, kind, rank, negative, on_hand, reserved in rows
    )


def lock_places(places: Iterable[tuple[int, int]]) -> Levels:
    """Lock the levels of these items, making those at (item, location) that do not exist yet; virtual locations have none."""
    wanted = sorted(set(places))
    item_ids = {item for item, _ in wanted}
    kept = _kept_locations({location for _, location in wanted})
    known = set(_known.rows(items=item_ids))
    missing = [place for place in wanted if place[1] in kept and place not in known]
    if missing:
        new = [StockLevel(item_id=item, location_id=location, allows_negative=kept[location]) for item, location in missing]
        StockLevel.objects.bulk_create(new, ignore_conflicts=True)  # sorted, so that two acts never wait for each other
    return lock(item_ids)


_known = Kept(lambda: StockLevel.objects.filter(item_id__in=each_of("int8", "items")).values_list("item_id", "location_id"))
_keeping = Kept(
    lambda: Location.objects.filter(id__in=each_of("int8", "locations"), warehouse__isnull=False).values_list(
        "id", "warehouse__allows_negative"
    )
)


def _kept_locations(location_ids: Iterable[int]) -> dict[int, bool]:
    """Which of these locations keep levels, and whether their warehouse allows negative stock."""
    return dict(_keeping.rows(locations=location_ids))


def exact(value: object) -> Decimal:
    """A stored quantity or a sum of some: SQLite adds binary fractions, so that the sum is brought back to the six places of a quantity."""
    return value if isinstance(value, Decimal) else numbers.exact(value, MILLIONTH)
