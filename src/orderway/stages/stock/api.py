"""The routes of stock: what lies where, what is reserved, what can be promised by when. Moves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from ninja import Query

from orderway.masterdata.models import Item
from orderway.orders.routes import ActInput, Asked, NotFound, Routes, Shown, caller_of, plain
from orderway.orders.routes.fields import KEY, in_path, in_query
from orderway.orders.routes.inputs import with_evidence
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.stages.stock import actions, queries
from orderway.stages.stock.models import StockLevel
from orderway.stages.stock.queries import Promising

routes = Routes(tags=["stock"])
BEGINNING = in_query("The beginning of an item number.", **KEY)
IN_WAREHOUSE = in_query("A warehouse's key.", **KEY)
SKU = in_path("The item's number.", **KEY)
ACTS = (ActInput(actions.ACT, with_evidence(actions.reserve)),)


class LevelOut(Shown):
    """What lies of an item in one place."""

    sku: str = Asked("The item's number.")
    warehouse: str = Asked("The warehouse's key.")
    place: str = Asked("The kind of place in the warehouse: storage, quarantine, transit.")
    on_hand: str = Asked("What lies there.")
    reserved: str = Asked("What of it is reserved for order lines.")
    available: str = Asked("What is on hand and not reserved.")


class LevelsOut(Page):
    """A page of stock levels."""

    rows: list[LevelOut] = Asked("The levels, by item and rank of the warehouse.")


class ComingOut(Shown):
    """Goods that are expected."""

    quantity: str = Asked("How much is still to come.")
    due_on: date = Asked("When it was promised.")
    reconfirmed_on: date | None = Asked("A newer date that the supplier named.")
    warehouse: str = Asked("Where it will come in.")
    order: str = Asked("The order that it is meant for; empty if it is free.")
    reference: str = Asked("The supply order that brings it.")


class PromiseOut(Shown):
    """What can be promised for a day and after it."""

    day: date = Asked("For which day.")
    quantity: str = Asked("How much can be promised for it, over all warehouses, without taking from what is promised already.")


class ItemStockOut(Shown):
    """The stock of one item."""

    sku: str = Asked("The item's number.")
    name: str = Asked("The item's name.")
    unit: str = Asked("Its unit.")
    on_hand: str = Asked("What lies in all warehouses.")
    reserved: str = Asked("What of it is reserved.")
    available: str = Asked("What is on hand and not reserved.")
    promises: list[PromiseOut] = Asked("Available to promise: today and at each day on which more comes in.")
    levels: list[LevelOut] = Asked("Where it lies.")
    expected: list[ComingOut] = Asked("What is expected, soonest first.")


@routes.reads("/stock", right="stock.read", gives=LevelsOut, summary="Stock levels")
def levels(
    request: HttpRequest,
    wanted: Query[Wanted],
    sku: str = BEGINNING,
    warehouse: str = IN_WAREHOUSE,
) -> dict[str, object]:
    """What lies where, by item and warehouse."""
    return page_of(queries.levels(sku=sku, warehouse=warehouse), wanted, _levels)


@routes.reads("/stock/{sku}", right="stock.read", gives=ItemStockOut, summary="Stock of one item")
def item(request: HttpRequest, sku: str = SKU) -> dict[str, object]:
    """On hand, reserved, available, and what can be promised by which day."""
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise NotFound(what="item", key=sku)
    rows = list(queries.levels(sku=sku).filter(item=found))
    on_hand, reserved = (sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("on_hand", "reserved"))
    expected = list(queries.expected_of(sku))
    today = caller_of(request).now.date()
    return {
        "sku": found.sku,
        "name": found.name,
        "unit": found.unit,
        "on_hand": plain(on_hand),
        "reserved": plain(reserved),
        "available": plain(on_hand - reserved),
        "promises": _promises(queries.promising([found.pk])[found.pk], today),
        "levels": _levels(rows),
        "expected": [
            {
                "quantity": plain(each.quantity),
                "due_on": each.due_on.isoformat(),
                "reconfirmed_on": each.reconfirmed_on.isoformat() if each.reconfirmed_on else None,
                "warehouse": each.location.warehouse.key if each.location.warehouse else "",
                "order": each.line.order.number if each.line else "",
                "reference": each.reference,
            }
            for each in expected
        ],
    }


def _promises(promising: Promising, today: date) -> list[dict[str, str]]:
    days = {today, *(day for each in promising.expected if (day := each.reconfirmed_on or each.due_on) > today)}
    return [{"day": day.isoformat(), "quantity": plain(promising.on(day, today=today))} for day in sorted(days)]


def _levels(rows: Iterable[StockLevel]) -> list[dict[str, str]]:
    return [
        {
            "sku": row.item.sku,
            "warehouse": row.location.warehouse.key if row.location.warehouse else "",
            "place": row.location.kind,
            "on_hand": plain(row.on_hand),
            "reserved": plain(row.reserved),
            "available": plain(row.on_hand - row.reserved),
        }
        for row in rows
    ]
