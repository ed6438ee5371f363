"""What stands against closing a warehouse: goods that still lie there or are set aside. Moves nothing."""

from __future__ import annotations

from django.db.models import Model, Q

from orderway.engine.refusals import Refusal
from orderway.stages.stock.models import StockLevel

NAMED = 5


class WarehouseHoldsStock(Refusal):
    """A warehouse in which goods still lie."""

    code = "warehouse_holds_stock"
    message = "{warehouse} still holds: {items} ({count} in all)."
    remedy = "Move the goods to another warehouse or count them out, then close this one."


def of_warehouse(warehouse: Model) -> Refusal | None:
    """Items with anything on hand or reserved there."""
    held = StockLevel.objects.filter(~Q(on_hand=0) | ~Q(reserved=0), location__warehouse_id=warehouse.pk)
    items = held.order_by("item__sku").values_list("item__sku", flat=True).distinct()
    count = items.count()
    return WarehouseHoldsStock(warehouse=str(warehouse), items=list(items[:NAMED]), count=count) if count else None
