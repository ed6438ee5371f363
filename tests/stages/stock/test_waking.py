"""Goods that become free wake whoever waits for them, at once and whatever freed them; the sweep need not come round first."""

from __future__ import annotations

import pytest

from orderway.orders import changes
from orderway.orders.work import run_open
from orderway.stages.stock import waking


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """``with committed():`` does what follows the commit of what is done inside."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def waiting(house, number, stage):
    """The note of an open stage."""
    return house.item(number, stage).waiting


def emptied(dispatch, *, pieces=10):
    """An order at picking of which nothing lies in stock any more: a count found nothing."""
    dispatch.on_hand(dispatch.bolt, pieces)
    number = dispatch.orders(1, ("M8-BOLT", pieces), standard="way")[0]
    run_open([number], now=dispatch.now, until="picking")
    dispatch.counts(dispatch.bolt, 0)
    dispatch.runs(number)
    assert waiting(dispatch, number, "picking") == "nothing_reserved"
    return number


def test_a_delivery_of_which_nothing_was_there_is_picked_as_soon_as_goods_are_counted(dispatch, committed):
    number = emptied(dispatch)
    dispatch.runs(number)
    assert waiting(dispatch, number, "picking") == "nothing_reserved", "nothing came, so nothing is tried"

    with committed():
        dispatch.counts(dispatch.bolt, 10)
    dispatch.runs(number)

    assert dispatch.deliveries(number) == {1: ("done", [("M8-BOLT", 10, "stock")])}


def test_what_another_order_gives_back_wakes_the_one_that_waits(house, committed):
    house.on_hand(house.nut, 10)
    first, second = house.an_order(("M8-NUT", 10)), house.an_order(("M8-NUT", 10))
    house.runs(first, second)
    assert house.open_stages(second) == ["stock_check"]

    with committed():
        refused = changes.cancel([first], reason="the customer said so", actor=house.actor("mary"), now=house.now)
    house.runs(second)

    assert refused == {}
    assert house.reserved(second) == {"NEAR": 10}
    assert house.open_stages(second) == ["ship"]


def test_goods_of_another_item_and_goods_that_leave_wake_nobody(dispatch, committed):
    number = emptied(dispatch)

    with committed() as callbacks:
        dispatch.on_hand(dispatch.nut, 10)
        dispatch.counts(dispatch.nut, 4)

    assert len(callbacks) == 1, "a smaller count frees nothing"
    assert waiting(dispatch, number, "picking") == "nothing_reserved"


def test_an_order_that_waits_for_a_person_is_not_told(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    dispatch.planned(("M8-BOLT", 10))

    assert waking.waiting_for([dispatch.bolt.pk]) == []
