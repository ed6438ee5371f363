"""What lies in the warehouses of the demo: opening stock, weekly replenishment, transfers to the branch, counts. Through the acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from random import Random

from django.db import transaction

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.masterdata.models import Item
from orderway.orders.actor import SYSTEM
from orderway.stages.stock import actions as stock
from orderway.stages.stock import counting
from orderway.stages.stock.locations import locations
from orderway.stages.stock.models import StockLevel, StockMove
from orderway.stages.stock.rules import GoodsIn, Transfer

COUNTED_A_MONTH = 6
KEPT = {"GB": (100, 220), "GR": (60, 130), "BS": (5, 14), "CP": (15, 40)}  # pieces at the main warehouse: reorder at, fill up to
BRANCH_SHARE = Decimal("0.3")
COMPONENT = (3_000, 9_000)


class Stores:
    """The two warehouses."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._main, self._branch = scene.company.warehouses
        self._sold = {sku: item for sku, item in scene.company.items.items() if sku[:2] in KEPT and item.stocked and sku != "GREASE"}
        self._parts = {sku: item for sku, item in scene.company.items.items() if item.stocked and sku not in self._sold}

    def open(self, now: datetime) -> None:
        """What lay there when the system began."""
        random = self._scene.chances.of("opening stock")
        goods = []
        for sku, item in self._sold.items():
            low, high = self._kept(sku)
            goods.append(GoodsIn(item.pk, self._main.pk, Decimal(random.randint(low, high)), "opening", "opening"))
            goods.append(GoodsIn(item.pk, self._branch.pk, Decimal(random.randint(1, max(2, low // 2))), "opening", "opening"))
        goods += [GoodsIn(item.pk, self._main.pk, Decimal(COMPONENT[1]), "opening", "opening") for item in self._parts.values()]
        counting.open_stock([one for one in goods if one.quantity], actor=SYSTEM, now=now)

    def _kept(self, sku: str) -> tuple[int, int]:
        """Between what and what the main warehouse keeps an item: much of what sells much, little of the rest."""
        low, high = KEPT[sku[:2]]
        popular = sku[2:4] in ("15", "20", "25", "30") or sku[:2] == "CP"
        return (low, high) if popular else (low // 6, low // 3)

    def replenish(self, slot: Slot, now: datetime) -> None:
        """Each Monday shelves are filled up, from suppliers on call and from production for stock; the branch gets its share."""
        free = self._free()
        random = self._scene.chances.of("replenish", slot.day)
        reference = f"KANBAN {slot.day:%G-W%V}"
        goods = [self._filled(item, quantity, reference) for item, quantity in self._wanted(free, random)]
        goods += [
            GoodsIn(item.pk, self._main.pk, Decimal(COMPONENT[1]), "received", reference)
            for item in self._parts.values()
            if free.get((item.pk, self._main.pk), Decimal(0)) < COMPONENT[0]
        ]
        if goods:
            counting.open_stock(goods, actor=SYSTEM, now=now)
        self._supply_branch(goods, reference, now)

    def _filled(self, item: Item, quantity: Decimal, reference: str) -> GoodsIn:
        return GoodsIn(item.pk, self._main.pk, quantity, "produced" if item.route == Item.Route.MAKE else "received", reference)

    def _wanted(self, free: dict[tuple[int, int], Decimal], random: Random) -> Iterable[tuple[Item, Decimal]]:
        for sku, item in self._sold.items():
            low, high = self._kept(sku)
            lies = free.get((item.pk, self._main.pk), Decimal(0))
            if lies < low and random.random() < 0.8:  # the others are forgotten this week: orders run short
                yield item, Decimal(random.randint(low, high))

    def _supply_branch(self, goods: Iterable[GoodsIn], reference: str, now: datetime) -> None:
        known = locations((self._main.pk, self._branch.pk))
        sold = {item.pk for item in self._sold.values()}
        transfers = [
            Transfer(
                each.item_id,
                known.storage[self._main.pk],
                known.storage[self._branch.pk],
                quantity,
                StockMove.Reason.TRANSFERRED,
                reference,
            )
            for each in goods
            if each.item_id in sold and (quantity := (each.quantity * BRANCH_SHARE).to_integral_value())
        ]
        if transfers:
            with transaction.atomic():
                stock.move(transfers, actor=SYSTEM, now=now)

    def count(self, slot: Slot, now: datetime) -> None:
        """Once a month a few shelves are counted; now and then something is missing."""
        random = self._scene.chances.of("count", slot.day)
        levels = list(
            StockLevel.objects.filter(item__in=self._sold.values(), on_hand__gt=0).select_related("location").order_by("item_id", "id")
        )
        counts = []
        for level in sorted(random.sample(levels, min(COUNTED_A_MONTH, len(levels))), key=lambda level: (level.item_id, level.location_id)):
            picked = sum((row.picked for row in level.reservations.all()), Decimal(0))
            lies = level.on_hand - picked
            difference = random.choices((0, -1, 1, -2), (80, 10, 6, 4))[0]
            warehouse = level.location.warehouse_id
            assert warehouse is not None, "levels are kept in warehouses only"
            counts.append(counting.Count(level.item_id, warehouse, max(Decimal(0), lies + difference)))
        if counts:
            counting.count(counts, actor=SYSTEM, now=now, reference=f"COUNT {slot.day:%Y-%m}")

    def _free(self) -> dict[tuple[int, int], Decimal]:
        rows = StockLevel.objects.filter(location__warehouse__isnull=False).values_list(
            "item_id", "location__warehouse_id", "on_hand", "reserved"
        )
        return {(item, house): on_hand - reserved for item, house, on_hand, reserved in rows if house is not None}
