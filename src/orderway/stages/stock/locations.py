"""Which location stands for a warehouse's shelves, the customer, the supplier, production and loss. Makes missing ones, moves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderway import sets
from orderway.masterdata.models import Warehouse
from orderway.stages.stock.models import Location

VIRTUAL = (Location.Kind.CUSTOMER, Location.Kind.SUPPLIER, Location.Kind.PRODUCTION, Location.Kind.LOSS)


@dataclass(frozen=True, slots=True)
class Locations:
    """Ids of locations: `storage` by warehouse id, `virtual` by kind."""

    storage: Mapping[int, int]
    virtual: Mapping[str, int]


def locations(warehouse_ids: Iterable[int] = ()) -> Locations:
    """The virtual locations and the storage of these warehouses; those that do not exist yet are made."""
    wanted = set(warehouse_ids)
    found = _found()
    if not wanted <= found.storage.keys() or len(found.virtual) < len(VIRTUAL):
        _make(wanted)
        found = _found()
    return found


def _found() -> Locations:
    rows = sets.select("stock.locations")
    storage = {warehouse: id_ for kind, warehouse, id_ in rows if kind == Location.Kind.STORAGE and warehouse is not None}
    return Locations(storage, {kind: id_ for kind, _, id_ in rows if kind in VIRTUAL})


def _make(warehouse_ids: Iterable[int]) -> None:
    keys = Warehouse.objects.in_bulk(sorted(warehouse_ids))
    new = [Location(key=kind.value, kind=kind) for kind in VIRTUAL]
    new += [Location(key=f"{house.key}/storage", kind=Location.Kind.STORAGE, warehouse=house) for _, house in sorted(keys.items())]
    Location.objects.bulk_create(new, ignore_conflicts=True)
