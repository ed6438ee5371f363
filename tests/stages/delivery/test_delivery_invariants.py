"""verify finds what is broken about deliveries: each test breaks one thing and sees it found."""

from __future__ import annotations

import pytest

from orderway.orders.models import Delivery, DeliveryLine, LineMove
from orderway.stages.delivery import invariants
from orderway.stages.delivery.models import HandOver, Pick
from orderway.stages.stock.models import Reservation
from stages.deliveries import D
from stages.house import findings


@pytest.fixture
def order(dispatch):
    """An order with a delivery that is done and one that is picked; nothing is broken."""
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1", found={1: 6})
    dispatch.hands_over(f"{number}/1", signed_by="Dan")
    dispatch.picks(f"{number}/2")
    assert findings() == []
    return number


def test_there_is_something_to_check(order):
    checked = [
        check().checked for check in (invariants.check_planned, invariants.check_delivered, invariants.check_picks, invariants.check_proofs)
    ]

    assert checked == [1, 1, 1, 1]


def test_an_open_quantity_that_no_delivery_carries_is_found(order):
    DeliveryLine.objects.filter(delivery__number=2).update(quantity=3)

    assert [row.first for row in findings(3)] == [f"{order} line 1: open 4, in open deliveries 3"]


def test_an_open_quantity_that_two_deliveries_carry_is_found(order):
    twice = Delivery.objects.create(order=Delivery.objects.first().order, number=3)
    DeliveryLine.objects.create(delivery=twice, line=DeliveryLine.objects.first().line, quantity=4)

    assert [row.first for row in findings(3)] == [f"{order} line 1: open 4, in open deliveries 8"]


def test_more_shipped_than_ordered_is_found(order):
    LineMove.objects.create(
        line=DeliveryLine.objects.first().line, kind="shipped", quantity=D(5), at=Pick.objects.first().picked_at, place=order
    )

    assert f"{order} line 1: 11 shipped, 10 ordered" in invariants.check_delivered().first


def test_picked_goods_that_nobody_holds_reserved_are_found(order):
    Reservation.objects.filter(picked__gt=0).update(picked=1)

    assert invariants.check_picks().first == f"{order} line 1: 4 picked, 1 marked so in stock"


def test_goods_marked_as_picked_that_nobody_picked_are_found(order):
    Pick.objects.filter(delivery__number=2).update(put_back=4)

    assert "marked picked in stock, nothing picked" in invariants.check_picks().first
    assert [row.invariant for row in findings(2)] == [2]


def test_a_delivery_that_is_done_without_proof_is_found(order):
    HandOver.objects.all().delete()

    assert [row.first for row in findings(8)] == [f"{order}/1 is done without a proof of delivery"]


def test_a_delivery_that_handed_over_something_else_than_it_carried_is_found(order):
    Pick.objects.filter(delivery__number=1).update(handed_over=5)

    assert [row.first for row in findings(8)] == [f"{order}/1: carried 6, handed over 5"]
