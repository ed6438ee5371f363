"""What stands against closing a warehouse: deliveries that are planned from there. Plans nothing anew."""

from __future__ import annotations

from django.db.models import Model

from orderway.engine.refusals import Refusal
from orderway.orders.models import Delivery, DeliveryLine
from orderway.stages.delivery.refusals import WarehouseStillShips

NAMED = 5


def of_warehouse(warehouse: Model) -> Refusal | None:
    """Open deliveries that go out from there."""
    lines = DeliveryLine.objects.filter(warehouse_id=warehouse.pk, delivery__state=Delivery.State.OPEN, quantity__gt=0)
    open_ = (
        lines.order_by("delivery__order__number", "delivery__number").values_list("delivery__order__number", "delivery__number").distinct()
    )
    places = [f"{number}/{delivery}" for number, delivery in open_[:NAMED]]
    return WarehouseStillShips(warehouse=str(warehouse), deliveries=places, count=open_.count()) if places else None
