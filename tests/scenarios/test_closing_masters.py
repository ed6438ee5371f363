"""Suppliers and warehouses are closed when nothing is open on them any more; before, the refusal says what has to be done first."""

from __future__ import annotations

import pytest

from orderway.masterdata import keeping
from orderway.masterdata.models import Supplier, Warehouse
from orderway.stages.delivery import leaving
from orderway.stages.delivery.refusals import WarehouseStillShips
from orderway.stages.stock.leaving import WarehouseHoldsStock
from orderway.stages.supply.models import SupplyOrder
from orderway.stages.supply.refusals import SupplierStillDelivers, WarehouseStillExpects


def close(shop, kind, row):
    row.refresh_from_db()
    keeping.edit(kind, row, {"active": False}, seen=keeping.stamp(row), by="admin", now=shop.now)
    row.refresh_from_db()


def a_purchase(shop, house, number="PO-1"):
    """Screws on their way."""
    supplier = Supplier.objects.get(key="S1")
    return SupplyOrder.objects.create(
        number=number, kind="buy", supplier=supplier, warehouse=house, due_on=shop.now.date(), created_by="carol", created_at=shop.now
    )


def test_a_supplier_with_open_purchase_orders_is_not_closed_and_they_are_named(shop):
    supplier, order = Supplier.objects.get(key="S1"), a_purchase(shop, shop.house)

    with pytest.raises(SupplierStillDelivers, match=r"PO-1 \(1 in all\)"):
        close(shop, keeping.SUPPLIER, supplier)
    supplier.refresh_from_db()
    assert supplier.active

    SupplyOrder.objects.filter(pk=order.pk).update(status="closed", closed_at=shop.now)
    close(shop, keeping.SUPPLIER, supplier)
    assert not supplier.active


def test_a_supplier_may_lose_its_approval_while_goods_are_under_way(shop):
    supplier = Supplier.objects.get(key="S1")
    a_purchase(shop, shop.house)
    keeping.edit(keeping.SUPPLIER, supplier, {"approved": False}, seen=keeping.stamp(supplier), by="admin", now=shop.now)
    assert not Supplier.objects.get(key="S1").approved


def test_a_warehouse_is_closed_when_nothing_lies_there_comes_there_or_goes_from_there(shop):
    east = Warehouse.objects.create(key="EAST", name="East", rank=2)
    order = a_purchase(shop, east)
    with pytest.raises(WarehouseStillExpects, match="PO-1"):
        close(shop, keeping.WAREHOUSE, east)

    SupplyOrder.objects.filter(pk=order.pk).update(status="received")
    close(shop, keeping.WAREHOUSE, east)

    assert not east.active


def test_a_warehouse_with_goods_is_not_closed_and_they_are_named(shop):
    with pytest.raises(WarehouseHoldsStock, match=r"STEEL \(1 in all\)"):
        close(shop, keeping.WAREHOUSE, shop.house)


def test_a_warehouse_from_which_a_delivery_is_planned_is_not_closed(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order((("RAIL", 10),)).at("picking")

    refusal = leaving.of_warehouse(shop.house)

    assert isinstance(refusal, WarehouseStillShips)
    assert refusal.params["deliveries"] == [f"{order.number}/1"]
    assert leaving.of_warehouse(Warehouse.objects.create(key="EAST", name="East", rank=2)) is None


def test_who_opens_a_closed_master_again_or_changes_its_name_is_asked_nothing(shop):
    a_purchase(shop, shop.house)
    supplier = Supplier.objects.get(key="S1")
    for given in ({"name": "Steel, screws and more"}, {"active": True}):
        supplier.refresh_from_db()
        keeping.edit(keeping.SUPPLIER, supplier, given, seen=keeping.stamp(supplier), by="admin", now=shop.now)
    assert Supplier.objects.get(key="S1").name == "Steel, screws and more"
