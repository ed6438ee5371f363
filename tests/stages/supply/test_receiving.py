"""Goods receipts: into stock, to those who wait, and their stages on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.engine.refusals import Refusal
from orderway.journal.models import Entry
from orderway.orders import acts
from orderway.orders.models import Evidence
from orderway.stages.stock.models import StockMove
from orderway.stages.supply import actions as supply
from orderway.stages.supply.models import SupplyReceipt
from stages.deliveries import D
from stages.house import findings, statements


def test_goods_that_arrive_are_reserved_for_who_waits_and_complete_the_stage(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")

    received = dispatch.receives("PO-2026-00001")

    assert received == supply.Received((f"{number}/1",), {}, D(0))
    assert dispatch.level(dispatch.bolt) == (10, 10)
    assert dispatch.reserved(number) == {"NEAR": 10}
    assert dispatch.open_items(number) == {"/1": ["picking"]}
    assert dispatch.supply_orders() == {"PO-2026-00001": ("received", [("M8-BOLT", 10, 10)])}
    assert list(Evidence.objects.filter(stage="buying").values_list("step", "value")) == [("receive", "yes")]
    assert findings() == []


def test_one_receipt_completes_the_stage_of_every_order_that_has_all_its_goods_now(dispatch):
    numbers = dispatch.planned_orders(3, ("M8-BOLT", 10))
    places = [f"{number}/1" for number in numbers]
    dispatch.purchases(*places)

    received = dispatch.receives("PO-2026-00001", (1, 25))

    assert received.completed == tuple(places[:2])
    assert dispatch.reserved(numbers[2]) == {"NEAR": 5}
    assert dispatch.open_items(numbers[2]) == {"/1": ["buying"]}
    assert findings() == []

    assert dispatch.receives("PO-2026-00001").completed == (places[2],)
    assert findings() == []


def test_production_takes_its_components_from_the_shelves_and_reports_the_finished_quantity(dispatch):
    dispatch.on_hand(dispatch.bolt, 7)
    number = dispatch.planned(("RAIL", 3))
    dispatch.produces(f"{number}/1")

    received = dispatch.receives("MO-2026-00001")

    assert received.completed == (f"{number}/1",)
    assert dispatch.level(dispatch.bolt) == (1, 0)
    assert dispatch.level(dispatch.rail) == (3, 3)
    assert Evidence.objects.get(stage="making").value == "3"
    assert set(StockMove.objects.filter(reference="MO-2026-00001").values_list("reason", "quantity")) == {("consumed", 6), ("produced", 3)}
    assert findings() == []


def test_production_without_components_is_refused_and_books_nothing(dispatch):
    dispatch.on_hand(dispatch.bolt, 5)
    number = dispatch.planned(("RAIL", 3))
    dispatch.produces(f"{number}/1")

    with pytest.raises(Refusal) as refused:
        dispatch.receives("MO-2026-00001")

    assert refused.value.code == "not_enough_stock"
    assert dispatch.supply_orders() == {"MO-2026-00001": ("open", [("RAIL", 3, 0)])}
    assert SupplyReceipt.objects.count() == 0
    assert dispatch.level(dispatch.bolt) == (5, 0)


def test_what_was_delivered_too_much_is_free_for_everybody(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")

    received = dispatch.receives("PO-2026-00001", (1, 12))

    assert received.free == 2
    assert dispatch.level(dispatch.bolt) == (12, 10)
    assert findings() == []


def test_goods_arrive_for_an_order_on_hold_and_its_stage_goes_on_when_the_hold_is_lifted(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    acts.hold([number], "customer", reason="asked to wait", actor=dispatch.actor("alice"), now=dispatch.now)

    received = dispatch.receives("PO-2026-00001")

    assert (received.completed, received.waiting[f"{number}/1"].code) == ((), "held")
    assert dispatch.reserved(number) == {"NEAR": 10}
    acts.lift([number], "customer", reason="", actor=dispatch.actor("alice"), now=dispatch.now)
    dispatch.prove("buying", {"receive": "yes"}, f"{number}/1")
    assert dispatch.purchases(f"{number}/1") == {}
    assert dispatch.open_items(number) == {"/1": ["picking"]}


def test_the_receipt_stands_in_the_journal_of_the_supply_order(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    supply.release("PO-2026-00001", actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.receives("PO-2026-00001", paper="LS-77")

    entries = Entry.objects.filter(subject_key="PO-2026-00001").order_by("sequence")

    assert [entry.act for entry in entries] == ["supply.order", "supply.release", "supply.receive"]
    assert f'"serves":[["{number}/1","10' in entries[2].payload
    assert '"paper":"LS-77"' in entries[2].payload


@pytest.mark.parametrize(
    ("arrival", "code"), [((2, 1), "unknown_position"), ((1, 0), "quantity_not_positive"), ((1, -5), "quantity_not_positive")]
)
def test_a_receipt_that_cannot_be_names_its_field(dispatch, arrival, code):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")

    with pytest.raises(Refusal) as refused:
        dispatch.receives("PO-2026-00001", arrival)

    assert refused.value.code == code
    assert dispatch.supply_orders()["PO-2026-00001"] == ("open", [("M8-BOLT", 10, 0)])


def test_the_same_despatch_note_is_booked_once(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    dispatch.receives("PO-2026-00001", (1, 4), paper="LS-77")

    with pytest.raises(Refusal) as refused:
        dispatch.receives("PO-2026-00001", (1, 4), paper="LS-77")

    assert refused.value.code == "paper_booked"
    assert dispatch.level(dispatch.bolt) == (4, 4)


def test_nothing_arrives_for_a_supply_order_that_is_received_or_does_not_exist(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    dispatch.receives("PO-2026-00001")

    for wanted, code in (("PO-2026-00001", "supply_order_not_open"), ("PO-2026-99999", "supply_order_unknown")):
        with pytest.raises(Refusal) as refused:
            dispatch.receives(wanted)
        assert refused.value.code == code


def test_only_who_owns_a_stage_that_supplies_may_receive(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")

    with pytest.raises(Refusal) as refused:
        dispatch.receives("PO-2026-00001", who="eve")

    assert refused.value.code == "may_not_supply"
    assert "role warehouse" in str(refused.value)
    assert dispatch.supply_orders() == {"PO-2026-00001": ("open", [("M8-BOLT", 10, 0)])}
    assert StockMove.objects.count() == 0


def test_the_statements_of_a_receipt_do_not_grow_with_the_orders_that_wait(dispatch):
    counted = []
    for count, paper in ((1, "PO-2026-00001"), (2, "PO-2026-00002"), (6, "PO-2026-00003")):  # the first makes the shelf
        numbers = dispatch.planned_orders(count, ("M8-BOLT", 7))
        dispatch.purchases(*[f"{number}/1" for number in numbers])
        with CaptureQueriesContext(connection) as queries:
            assert len(dispatch.receives(paper).completed) == count
        counted.append(len(statements(queries)))

    assert counted[1] == counted[2]
