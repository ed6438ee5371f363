"""What stands against closing a supplier or a warehouse: supply orders that are still to bring goods. Closes nothing."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from orderway.engine.refusals import Refusal
from orderway.stages.supply.models import SupplyOrder
from orderway.stages.supply.refusals import SupplierStillDelivers, WarehouseStillExpects

NAMED = 5


def of_supplier(supplier: Model) -> Refusal | None:
    """Open purchase orders at this supplier."""
    numbers, count = _open(SupplyOrder.objects.filter(supplier_id=supplier.pk))
    return SupplierStillDelivers(supplier=str(supplier), orders=numbers, count=count) if count else None


def of_warehouse(warehouse: Model) -> Refusal | None:
    """Open production and purchase orders whose goods go there."""
    numbers, count = _open(SupplyOrder.objects.filter(warehouse_id=warehouse.pk))
    return WarehouseStillExpects(warehouse=str(warehouse), orders=numbers, count=count) if count else None


def _open(rows: QuerySet[SupplyOrder]) -> tuple[list[str], int]:
    still = rows.filter(status=SupplyOrder.Status.OPEN)
    return list(still.order_by("due_on", "id").values_list("number", flat=True)[:NAMED]), still.count()
