"""A small maker of linear guides on the shipped standard for selling from stock: people in every role, two items, a customer, stock."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from orderway.masterdata.models import (
    Company,
    Customer,
    Item,
    Person,
    Price,
    PriceList,
    RoleMember,
    Supplier,
    SupplierTerm,
    TaxCategory,
    Warehouse,
)
from orderway.orders.actor import Actor
from orderway.releases import publishing
from orderway.stages.stock.counting import open_stock
from orderway.stages.stock.rules import GoodsIn

ROLES = {
    "alice": ("sales", "sales_manager"),
    "bob": ("finance",),
    "carol": ("planner", "logistics", "warehouse"),
    "frank": ("production", "buyer"),
    "grace": ("service",),
    "gus": ("general_manager",),
}
NAMES = {"alice": "陈雨桐", "bob": "李国栋", "carol": "王晓梅", "frank": "Frank Weber", "grace": "周婷", "gus": "赵志强"}


def found() -> dict[str, Person]:
    """Set the company up; gives its people by key."""
    now = datetime.now(UTC)
    Company.objects.create(
        pk=1, name="Taihu Linear Motion", names={"zh-Hans": "太湖直线传动"}, address="Wuxi", tax_number="91320211MA1TEST00X"
    )
    admin = Person.objects.create(key="admin", name="Admin", is_administrator=True)
    people = {key: Person.objects.create(key=key, name=name) for key, name in NAMES.items()}
    RoleMember.objects.bulk_create(RoleMember(person=people[key], role=role) for key, roles in ROLES.items() for role in roles)
    publishing.install_shipped(admin, now)
    tax = TaxCategory.objects.create(key="VAT13", rate_percent=Decimal(13))
    agreed = PriceList.objects.create(key="EAST", currency="CNY")
    rail = Item.objects.create(
        sku="GX-2040", name="Linear guide", names={"zh-Hans": "直线导轨", "zh-Hant": "直線導軌"}, tax=tax, list_price=Decimal(1400)
    )
    screw = Item.objects.create(
        sku="BS-1605", name="Ball screw", names={"zh-Hans": "滚珠丝杠"}, tax=tax, list_price=Decimal("2433.33"), route="buy"
    )
    Price.objects.create(price_list=agreed, item=rail, price=Decimal(1300))
    terms = {"price_list": agreed, "credit_limit": Decimal(5_000_000)}
    Customer.objects.create(key="C001", name="华东精密机械", currency="CNY", city="苏州", address="苏州", **terms)
    supplier = Supplier.objects.create(key="S001", name="Nordwind GmbH")
    SupplierTerm.objects.create(supplier=supplier, item=screw, price=Decimal(1500), lead_time_days=6, preferred=True)
    house = Warehouse.objects.create(key="MAIN", name="Main warehouse")
    keeper = Actor("admin", admin.pk, duties=frozenset({"administrator"}))
    goods = [GoodsIn(rail.pk, house.pk, Decimal(500), "opening"), GoodsIn(screw.pk, house.pk, Decimal(10), "opening")]
    open_stock(goods, actor=keeper, now=now)
    return people
