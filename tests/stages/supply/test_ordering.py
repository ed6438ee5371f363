"""Supplying deliveries: what is ordered from whom, once, and what the order waits for."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.journal.models import Entry
from orderway.masterdata.models import SupplierTerm
from orderway.orders import acts
from orderway.stages.stock.models import ExpectedReceipt
from orderway.stages.supply import actions as supply
from orderway.stages.supply import queries as supplied
from orderway.stages.supply.models import SupplyOrder, SupplyPeg
from stages.house import findings, statements


def test_a_shortage_becomes_a_purchase_order_pegged_to_its_order_line_and_the_stage_waits_for_the_goods(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))

    refused = dispatch.purchases(f"{number}/1")

    assert refused[f"{number}/1"].code == "goods_on_order"
    assert "PO-2026-00001" in str(refused[f"{number}/1"])
    assert dispatch.supply_orders() == {"PO-2026-00001": ("open", [("M8-BOLT", 10, 0)])}
    order = SupplyOrder.objects.get()
    assert (order.supplier, str(order.due_on), order.created_by) == (dispatch.smith, "2026-03-05", "carol")
    peg = SupplyPeg.objects.get()
    assert (peg.order_line, peg.delivery.number, peg.quantity) == (dispatch.line(number), 1, 10)
    expected = ExpectedReceipt.objects.get(quantity__gt=0)
    assert (expected.line, expected.quantity, str(expected.due_on)) == (dispatch.line(number), 10, "2026-03-05")
    assert list(Entry.objects.filter(subject_kind="supply_order").values_list("subject_key", "act")) == [("PO-2026-00001", "supply.order")]
    assert dispatch.open_items(number) == {"/1": ["buying"]}
    assert findings() == []


def test_supplying_twice_orders_nothing_twice(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))

    for _ in range(2):
        dispatch.purchases(f"{number}/1")

    assert dispatch.supply_orders() == {"PO-2026-00001": ("open", [("M8-BOLT", 10, 0)])}


def test_one_production_order_serves_several_orders(dispatch):
    numbers = dispatch.planned_orders(3, ("RAIL", 2))

    dispatch.produces(*[f"{number}/1" for number in numbers])

    assert dispatch.supply_orders() == {"MO-2026-00001": ("open", [("RAIL", 6, 0)])}
    assert SupplyPeg.objects.count() == 3


def test_supply_that_lost_its_demand_serves_the_next_order(dispatch):
    first = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{first}/1")
    supply.release("PO-2026-00001", actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.cancels(first)

    second = dispatch.planned(("M8-BOLT", 12))
    dispatch.purchases(f"{second}/1")

    assert dispatch.supply_orders() == {
        "PO-2026-00001": ("open", [("M8-BOLT", 10, 0)]),
        "PO-2026-00002": ("open", [("M8-BOLT", 2, 0)]),
    }
    assert findings() == []


def test_an_item_that_nobody_supplies_is_named_with_what_to_do(dispatch):
    SupplierTerm.objects.all().delete()
    number = dispatch.planned(("M8-BOLT", 10))

    refusal = dispatch.purchases(f"{number}/1")[f"{number}/1"]

    assert refusal.code == "nobody_supplies"
    assert "M8-BOLT" in str(refusal)
    assert dispatch.supply_orders() == {}


def test_nothing_is_ordered_for_an_order_on_hold(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    acts.hold([number], "customer", reason="asked to wait", actor=dispatch.actor("alice"), now=dispatch.now)

    assert dispatch.purchases(f"{number}/1")[f"{number}/1"].code == "held"
    assert dispatch.supply_orders() == {}


def test_somebody_without_rights_orders_nothing(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))

    assert dispatch.purchases(f"{number}/1", who="eve")[f"{number}/1"].code == "not_allowed"
    assert dispatch.supply_orders() == {}


def test_the_system_orders_and_says_on_the_item_what_it_waits_for(dispatch):
    number = dispatch.planned(("M8-BOLT", 10), standard="way")

    item = dispatch.item(number, "buying")

    assert item.waiting.startswith("goods_on_order")
    assert supply.bought([f"{number}/1"]) == {f"{number}/1": False}
    assert dispatch.supply_orders() == {"PO-2026-00001": ("open", [("M8-BOLT", 10, 0)])}


def test_the_last_day_of_release_keeps_the_wished_date(dispatch):
    number = dispatch.planned(("RAIL", 1), ("M8-BOLT", 1))

    dispatch.produces(f"{number}/1")

    order = SupplyOrder.objects.get()
    assert (str(order.due_on), str(order.release_by)) == ("2026-03-09", "2026-03-02")
    assert list(supplied.late_to_release(order.release_by)) == []
    assert list(supplied.overdue_at(order.due_on)) == []


def test_the_statements_of_supplying_do_not_grow_with_the_orders(dispatch):
    counted = []
    for count in (1, 2, 6):  # the first makes the series and the locations
        numbers = dispatch.planned_orders(count, ("M8-BOLT", 7))
        with CaptureQueriesContext(connection) as queries:
            dispatch.purchases(*[f"{number}/1" for number in numbers])
        counted.append(len(statements(queries)))

    assert counted[1] == counted[2]
