"""Delivering under a standard that plans no runs: the stages stand once for the whole order."""

from __future__ import annotations

import pytest

from orderway.orders.models import Order
from stages.deliveries import BY_PEOPLE, WAY
from stages.house import findings

RUNS = "  - each: delivery in order.deliveries\n    do:\n      - parallel: [[making], [buying]]\n      - picking\n      - handing\n"
FLAT = (
    WAY.replace(WAY[WAY.index("  making:\n") : WAY.index("  buying:\n")], "")
    .replace(RUNS, "{flow}")
    .replace("    skip_when: \"!delivery.lines.exists(l, l.route == 'buy')\"\n", "")
    .replace("[stock_check, planning, making, buying, picking]", "[stock_check, planning, buying, picking]")
)


@pytest.fixture
def flat(dispatch):
    """The trading house with a standard without runs."""
    dispatch.released(FLAT.format(**BY_PEOPLE | {"id": "flat", "flow": "  - buying\n  - picking\n  - handing\n"}))
    return dispatch


def planned(flat, *lines):
    """An order whose deliveries are planned."""
    (number,) = flat.orders(1, *lines, standard="flat")
    flat.runs(number)
    flat.plans(number)
    return number


def test_all_deliveries_of_the_order_are_supplied_picked_and_handed_over_at_once(flat):
    flat.on_hand(flat.bolt, 6)
    number = planned(flat, ("M8-BOLT", 10))
    assert flat.purchases(number)[number].code == "goods_on_order"

    assert flat.receives("PO-2026-00001").completed == (number,)
    assert flat.picks(number) == {}
    assert flat.hands_over(number) == {}

    assert {key: state for key, (state, _) in flat.deliveries(number).items()} == {1: "done", 2: "done"}
    assert Order.objects.get(number=number).status == "ended"
    assert findings() == []


def test_nothing_to_buy_is_nothing_to_wait_for(flat):
    flat.on_hand(flat.bolt, 10)
    number = planned(flat, ("M8-BOLT", 10))
    flat.prove("buying", {"receive": "yes"}, number)

    assert flat.purchases(number) == {}
    assert flat.open_items(number) == {"": ["picking"]}


def test_a_short_pick_is_refused_where_no_further_delivery_can_follow(flat):
    flat.on_hand(flat.bolt, 10)
    number = planned(flat, ("M8-BOLT", 10))
    flat.prove("buying", {"receive": "yes"}, number)
    flat.purchases(number)

    refusal = flat.picks(number, found={1: 7})[number]

    assert refusal.code == "no_run_for_the_rest"
    assert flat.level(flat.bolt) == (10, 10)
    assert findings() == []


def test_what_the_customer_refuses_is_refused_to_the_driver_where_no_further_delivery_can_follow(flat):
    flat.on_hand(flat.bolt, 10)
    number = planned(flat, ("M8-BOLT", 10))
    flat.prove("buying", {"receive": "yes"}, number)
    flat.purchases(number)
    flat.picks(number)

    assert flat.hands_over(number, kept={1: 8})[number].code == "no_run_for_the_rest"
    assert flat.level(flat.bolt) == (10, 10)
