"""Cancelling orders on their way: what ends at once, what must be put back, what is left to whom."""

from __future__ import annotations

from orderway.journal.models import Entry
from orderway.orders import line_ledger
from orderway.orders.models import Order
from orderway.orders.stages import LineChange, consequences_of
from orderway.stages.delivery import actions as delivery
from orderway.stages.stock.models import Reservation
from orderway.stages.supply import actions as supply
from stages.deliveries import D
from stages.house import findings


def sums(dispatch, number):
    """The ledger of the first line."""
    line = dispatch.line(number).pk
    return line_ledger.sums([line])[line]


def test_a_cancelled_order_gives_its_stock_back_and_withdraws_its_deliveries(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    assert dispatch.cancels(number) == {}

    assert dispatch.level(dispatch.bolt) == (10, 0)
    assert dispatch.deliveries(number)[1][0] == "withdrawn"
    assert Order.objects.get(number=number).status == "cancelled"
    assert findings() == []


def test_picked_goods_of_a_cancelled_order_stay_reserved_until_they_are_put_back(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1", found={1: 7})
    dispatch.hands_over(f"{number}/1", kept={1: 3})
    dispatch.picks(f"{number}/3")

    dispatch.cancels(number)

    assert dispatch.open_items(number) == {"": ["picking"]}
    assert dispatch.level(dispatch.bolt) == (7, 4)
    assert (sums(dispatch, number).quantity("shipped"), sums(dispatch, number).quantity("cancelled")) == (3, 7)
    assert Entry.objects.filter(subject_key=number, payload__contains="Put back 4 x M8-BOLT of delivery 3").exists()
    assert findings() == []

    assert delivery.put_back([number], actor=dispatch.actor("carol"), now=dispatch.now) == {}
    assert dispatch.level(dispatch.bolt) == (7, 0)
    assert Order.objects.get(number=number).status == "ended"
    assert sum(Reservation.objects.values_list("picked", flat=True)) == 0
    assert findings() == []


def test_supply_that_has_not_gone_out_is_closed_with_the_order_that_it_was_for(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")

    dispatch.cancels(number)

    assert dispatch.supply_orders() == {"PO-2026-00001": ("closed", [("M8-BOLT", 10, 0)])}
    assert Order.objects.get(number=number).status == "cancelled"
    assert findings() == []


def test_supply_that_has_gone_out_is_flagged_as_supply_without_demand(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    supply.release("PO-2026-00001", actor=dispatch.actor("carol"), now=dispatch.now)

    dispatch.cancels(number)

    assert dispatch.open_items(number) == {"": ["buying"]}
    assert Entry.objects.filter(subject_key=number, payload__contains="Supply without demand: 10 x M8-BOLT on PO-2026-00001").exists()
    assert dispatch.supply_orders() == {"PO-2026-00001": ("open", [("M8-BOLT", 10, 0)])}
    assert dispatch.receives("PO-2026-00001").free == 10
    assert dispatch.level(dispatch.bolt) == (10, 0)
    assert findings() == []


def test_after_a_part_was_delivered_only_the_rest_is_cancelled(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1")
    dispatch.hands_over(f"{number}/1")

    dispatch.cancels(number)

    assert (sums(dispatch, number).quantity("shipped"), sums(dispatch, number).quantity("cancelled"), sums(dispatch, number).open) == (
        6,
        4,
        0,
    )
    assert {key: state for key, (state, _) in dispatch.deliveries(number).items()} == {1: "done", 2: "withdrawn"}
    assert findings() == []


def test_before_a_change_everybody_sees_what_it_touches(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/2")
    dispatch.picks(f"{number}/1")
    line = dispatch.line(number)
    changes = {line.order_id: [LineChange(line.pk, D(10), D(0))]}

    said = {
        act: [(one.text, one.reversible) for one in consequences_of(act)([line.order_id], changes)]
        for act in ("delivery.plan", "supply.purchase", "delivery.pick")
    }

    assert said == {
        "delivery.plan": [("Delivery 2, planned for 2026-03-09, becomes smaller or ends: 4 x M8-BOLT less", True)],
        "supply.purchase": [("PO-2026-00001 brings 4 x M8-BOLT for it", True)],
        "delivery.pick": [("6 x M8-BOLT of delivery 1 must be put back", False)],
    }
