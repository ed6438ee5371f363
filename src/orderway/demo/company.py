"""The masters of the demo company: a maker of linear guides in East China, generated from one seed.

Writes masters only; its orders go through the acts like anybody's (`filling`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import cast

from django.contrib.auth.hashers import make_password

from orderway.demo import names
from orderway.masterdata import models

SIZES = (15, 20, 25, 30, 35, 45, 55, 65)
RAIL_LENGTHS_MM = (460, 760, 1000, 1500, 2000)
SCREWS = ("1204", "1605", "1610", "2005", "2505", "3210", "4010")
COUPLINGS = (20, 26, 32, 40, 55)
CUSTOMERS, SUPPLIERS = 60, 25


@dataclass(frozen=True, slots=True)
class Company:
    """The masters by key, as the filling of the demo needs them."""

    items: dict[str, models.Item]
    customers: list[models.Customer]
    suppliers: list[models.Supplier]
    people: dict[str, models.Person]
    warehouses: list[models.Warehouse]


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that the company sells: its number, its names by language, how it comes, what it costs."""

    sku: str
    names: tuple[tuple[str, str], ...]
    route: str
    price: Decimal


def goods() -> tuple[Goods, ...]:
    """What the company sells from its list, without writing anything: what made-up orders are about (`training.practice`)."""
    rows = [row for row in (*_finished(Random(0)), *_traded(Random(0))) if row.get("stocked", True)]  # noqa: S311  lead times only
    return tuple(
        Goods(str(row["sku"]), tuple(cast("dict[str, str]", row["names"]).items()), str(row["route"]), cast(Decimal, row["list_price"]))
        for row in rows
    )


def create(random: Random, *, today: date) -> Company:
    """Create all masters; deterministic for a seeded `random`."""
    models.Company.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Taihu Linear Motion Co., Ltd.",
            "names": {"zh-Hans": "太湖直线传动有限公司", "zh-Hant": "太湖直線傳動有限公司"},
            "address": "88 Binhu Road, Wuxi, Jiangsu",
            "tax_number": "91320211MA1DEMO00X",
        },
    )
    items = _items(random)
    _bills(items)
    suppliers = _suppliers(random, items)
    return Company(
        items=items,
        customers=_customers(random, items, today=today),
        suppliers=suppliers,
        people=_people(today=today),
        warehouses=_warehouses(),
    )


def _items(random: Random) -> dict[str, models.Item]:
    vat = models.TaxCategory.objects.get_or_create(key="VAT13", defaults={"rate_percent": Decimal(13)})[0]
    rows = [*_finished(random), *_traded(random), *_components(random)]
    made = models.Item.objects.bulk_create([models.Item(tax=vat, **row) for row in rows])
    return {item.sku: item for item in made}


def _names(en: str, hans: str, hant: str) -> dict[str, object]:
    return {"name": en, "names": {"en": en, "zh-Hans": hans, "zh-Hant": hant}}


def _finished(random: Random) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for size in SIZES:
        rows += [
            {
                "sku": f"GR{size:02d}-{length}",
                **_names(f"Guide rail {size}, {length} mm", f"导轨 {size}，{length} 毫米", f"導軌 {size}，{length} 毫米"),
                "route": "make",
                "list_price": Decimal(size * length) / 125,
                "weight_kg": Decimal(size * size * length) / 160_000,
                "lead_time_days": random.randint(3, 6),
            }
            for length in RAIL_LENGTHS_MM
        ]
        rows += [
            {
                "sku": f"GB{size:02d}{kind}",
                **_names(f"Guide block {size} {en}", f"滑块 {size} {hans}", f"滑塊 {size} {hant}"),
                "route": "make",
                "list_price": Decimal(size * factor),
                "weight_kg": Decimal(size * size) / 2000,
                "lead_time_days": random.randint(3, 6),
            }
            for kind, factor, en, hans, hant in (
                ("A", 6, "flanged", "法兰型", "法蘭型"),
                ("H", 5, "square", "方型", "方型"),
                ("L", 8, "long", "加长型", "加長型"),
            )
        ]
    return rows


def _traded(random: Random) -> list[dict[str, object]]:
    screws: list[dict[str, object]] = [
        {
            "sku": f"BS-{size}",
            **_names(f"Ball screw {size}", f"滚珠丝杠 {size}", f"滾珠螺桿 {size}"),
            "route": "buy",
            "list_price": Decimal(int(size[:2]) * 48),
            "weight_kg": Decimal(int(size[:2])) / 8,
            "lead_time_days": random.randint(6, 12),
        }
        for size in SCREWS
    ]
    couplings: list[dict[str, object]] = [
        {
            "sku": f"CP-{size}",
            **_names(f"Coupling {size}", f"联轴器 {size}", f"聯軸器 {size}"),
            "route": "buy",
            "list_price": Decimal(size * 4),
            "weight_kg": Decimal(size) / 100,
            "lead_time_days": random.randint(3, 6),
        }
        for size in COUPLINGS
    ]
    freight = _names("Freight and packing", "运费及包装费", "運費及包裝費")
    return [*screws, *couplings, {"sku": "FREIGHT", **freight, "route": "buy", "stocked": False, "list_price": Decimal(120)}]


def _components(random: Random) -> list[dict[str, object]]:
    kinds = (
        ("ST", "Bearing steel bar", "轴承钢棒料", "軸承鋼棒料", "kg", 9),
        ("BL", "Ball set", "钢球组", "鋼球組", "set", 12),
        ("EC", "End cap pair", "端盖（对）", "端蓋（對）", "pair", 7),
        ("SE", "Seal set", "密封件组", "密封件組", "set", 5),
    )
    sized: list[dict[str, object]] = [
        {
            "sku": f"{code}{size:02d}",
            **_names(f"{en} {size}", f"{hans} {size}", f"{hant} {size}"),
            "unit": unit,
            "route": "buy",
            "list_price": Decimal(price * size) / 20,
            "weight_kg": Decimal(1) if unit == "kg" else Decimal(size) / 400,
            "lead_time_days": random.randint(4, 10),
        }
        for code, en, hans, hant, unit, price in kinds
        for size in SIZES
    ]
    common = (
        ("GREASE", "Grease cartridge", "润滑脂", "潤滑脂"),
        ("BOX-S", "Box, small", "纸箱（小）", "紙箱（小）"),
        ("BOX-L", "Crate, long", "木箱（长）", "木箱（長）"),
    )
    plain: list[dict[str, object]] = [
        {"sku": sku, **_names(en, hans, hant), "route": "buy", "list_price": Decimal(random.randint(6, 40)), "lead_time_days": 3}
        for sku, en, hans, hant in common
    ]
    return [*sized, *plain]


def _bills(items: dict[str, models.Item]) -> None:
    lines = []
    for size in SIZES:
        for length in RAIL_LENGTHS_MM:
            rail, kg = items[f"GR{size:02d}-{length}"], Decimal(size * size * length) / 150_000
            lines += [(rail, f"ST{size:02d}", kg.quantize(Decimal("0.001"))), (rail, "BOX-L", Decimal("0.25"))]
        for kind in "AHL":
            block = items[f"GB{size:02d}{kind}"]
            steel = (Decimal(size * size) / 1800).quantize(Decimal("0.001"))
            lines += [(block, f"ST{size:02d}", steel), (block, f"BL{size:02d}", Decimal(1)), (block, f"EC{size:02d}", Decimal(1))]
            lines += [(block, f"SE{size:02d}", Decimal(1)), (block, "BOX-S", Decimal("0.5"))]
    models.BillLine.objects.bulk_create(
        [models.BillLine(item=item, component=items[sku], quantity=quantity) for item, sku, quantity in lines]
    )


def _suppliers(random: Random, items: dict[str, models.Item]) -> list[models.Supplier]:
    rows = []
    for number in range(SUPPLIERS):
        city_zh, city = names.CITIES[number % len(names.CITIES)]
        goods_zh, goods = names.SUPPLIES[number % len(names.SUPPLIES)]
        firm_zh, firm = random.choice(names.FIRMS)
        rows.append(
            models.Supplier(
                key=f"S{number + 1:03d}", name=f"{city_zh}{firm_zh}{goods_zh}有限公司 ({city} {firm} {goods})", country="CN", city=city
            )
        )
    suppliers = models.Supplier.objects.bulk_create(rows)
    terms = []
    for item in items.values():
        if item.route != "buy" or not item.stocked:
            continue
        for rank, supplier in enumerate(random.sample(suppliers, 2)):
            price = (Decimal(item.list_price) * Decimal(random.randint(52, 68)) / 100).quantize(Decimal("0.01"))
            terms.append(
                models.SupplierTerm(
                    supplier=supplier, item=item, price=price, lead_time_days=item.lead_time_days + rank * 2, preferred=rank == 0
                )
            )
    models.SupplierTerm.objects.bulk_create(terms)
    return suppliers


def _customers(random: Random, items: dict[str, models.Item], *, today: date) -> list[models.Customer]:
    lists = _price_lists(items, today=today)
    rows = []
    for number in range(CUSTOMERS):
        name, country, city, language = _customer_name(random, number)
        rows.append(
            models.Customer(
                key=f"C{number + 1:04d}",
                name=name,
                country=country,
                city=city,
                language=language,
                currency="CNY",
                price_list=random.choice(lists),
                credit_limit=Decimal(random.choice((300_000, 600_000, 1_200_000, 2_000_000))),
                payment_days=random.choice((30, 30, 45, 60)),
                blocked=number == CUSTOMERS - 1,
            )
        )
    return models.Customer.objects.bulk_create(rows)


def _customer_name(random: Random, number: int) -> tuple[str, str, str, str]:
    if number % 8 == 7:
        name, country, city = names.ABROAD[(number // 8) % len(names.ABROAD)]
        return name, country, city, "en"
    city_zh, city = names.CITIES[number % len(names.CITIES)]
    firm_zh, firm = names.FIRMS[(number * 5 + number // 12) % len(names.FIRMS)]
    trade_zh, trade = random.choice(names.TRADES)
    return f"{city_zh}{firm_zh}{trade_zh}有限公司 ({city} {firm} {trade})", "CN", city, "zh-hans"


def _price_lists(items: dict[str, models.Item], *, today: date) -> list[models.PriceList]:
    lists = models.PriceList.objects.bulk_create([models.PriceList(key=key, currency="CNY") for key in ("STANDARD", "PARTNER", "EXPORT")])
    since = today - timedelta(days=500)
    rows = [
        models.Price(
            price_list=price_list,
            item=item,
            from_quantity=from_quantity,
            valid_from=since,
            price=(Decimal(item.list_price) * factor * discount).quantize(Decimal("0.01")),
        )
        for price_list, factor in zip(lists, (Decimal(1), Decimal("0.94"), Decimal("1.05")), strict=True)
        for item in items.values()
        for from_quantity, discount in ((Decimal(0), Decimal(1)), (Decimal(50), Decimal("0.97")))
    ]
    models.Price.objects.bulk_create(rows)
    return lists


def _people(*, today: date) -> dict[str, models.Person]:
    password = make_password(names.PASSWORD)  # hashed once: argon2 is slow on purpose
    people = models.Person.objects.bulk_create(
        [
            models.Person(key=key, name=name, email=f"{key}@taihu.example", language="zh-hans", password=password)
            for key, name, _roles in names.PEOPLE
        ]
    )
    by_key = {person.key: person for person in people}
    since = today - timedelta(days=720)
    models.RoleMember.objects.bulk_create(
        [models.RoleMember(person=by_key[key], role=role, valid_from=since) for key, _name, roles in names.PEOPLE for role in roles]
    )
    return by_key


def _warehouses() -> list[models.Warehouse]:
    """Two of them; the one that every installation begins with becomes the main one."""
    first = models.Warehouse.objects.order_by("rank", "id").first() or models.Warehouse()
    first.key, first.name, first.rank = "WUXI", "无锡总仓 Wuxi main", 1
    first.save()
    return [first, models.Warehouse.objects.create(key="NINGBO", name="宁波分仓 Ningbo branch", rank=2)]
