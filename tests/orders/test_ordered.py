"""What a change makes of an order's lines and money, and what it cannot change any more. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orderway.orders import ordered
from orderway.orders.ordered import Head, LineState, NewLine, OrderChange, Ordered

D = Decimal


def an_order(*, shipped="0", going="0", discount="0", cancelled="0"):
    """Ten rails at 500 and one freight at 30, tax 13 %."""
    head = Head("SO-1", 1, "CNY", D(discount), date(2026, 3, 9), D(5030), False)
    wanted = D(10) - D(cancelled)
    rail = LineState(7, 1, 70, "RAIL", D(10), D(500), D(0), D(13), D(5000), None, wanted, D(shipped), D(going))
    freight = LineState(8, 2, 80, "FREIGHT", D(1), D(30), D(0), D(13), D(30), None, D(1))
    return Ordered(1, head, {7: rail, 8: freight})


def test_the_backorder_is_what_was_ordered_less_what_was_shipped_and_cancelled():
    line = an_order(shipped="10").lines[7]
    fifteen = ordered.changed(an_order(), OrderChange({7: D(15)})).lines[7]

    assert line.open == 0
    assert (fifteen.wanted, an_order(shipped="3", cancelled="2").lines[7].open) == (15, 5)


def test_an_amendment_keeps_the_agreed_price_of_unchanged_lines_and_of_what_is_added_to_a_line():
    before = an_order()

    after = ordered.changed(before, OrderChange({7: D(12)}))

    assert after.lines[8] is not None
    assert (after.lines[8].amount, after.lines[7].unit_price, after.lines[7].amount) == (D(30), D(500), D(6000))
    assert (before.total, after.total) == (D("5030.00"), D("6030.00"))


def test_the_total_of_a_changed_order_keeps_the_discount_on_the_whole_order():
    after = ordered.changed(an_order(discount="10"), OrderChange({7: D(5)}))

    assert (after.total, after.gross) == (D("2277.00"), D("2573.01"))


def test_a_new_price_counts_for_the_whole_line_and_a_new_line_has_its_own():
    wish = OrderChange(prices={7: D("470")}, added=(NewLine(90, "BOLT", D(3), D("0.335"), D(0), D(13)),))

    after = ordered.changed(an_order(), wish)

    assert (after.lines[7].amount, after.lines[-1].position, after.lines[-1].amount) == (D(4700), 3, D("1.005"))
    said = [(one.position, one.what, one.before, one.after) for one in ordered.differences(an_order(), after)]
    assert said == [(1, "price", "500", "470"), (3, "added", "", "3 x 0.335")]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (OrderChange({7: D(3)}), "below_shipped"),
        (OrderChange({7: D(7)}), None),
        (OrderChange(prices={7: D(470)}), "price_fixed"),
        (OrderChange(discount_percent=D(5)), "price_fixed"),
        (OrderChange(prices={8: D(25)}), None),
        (OrderChange({99: D(1)}), "no_such_line"),
        (OrderChange({8: D(-1)}), "bad_figure"),
        (OrderChange({8: D("NaN")}), "bad_figure"),
        (OrderChange({8: D("0.0000001")}), "bad_figure"),
        (OrderChange({8: D("1e7")}), "bad_figure"),
        (OrderChange({7: D(10)}), "nothing_changes"),
        (OrderChange(requested_on=date(2026, 3, 16)), None),
    ],
)
def test_what_has_left_or_is_on_its_way_stands(wish, code):
    refusal = ordered.misfit(an_order(shipped="3", going="4"), wish)

    assert (refusal.code if refusal else None) == code


def test_a_change_that_leaves_no_line_is_a_cancellation():
    assert ordered.misfit(an_order(), OrderChange({7: D(0), 8: D(0)})).code == "nothing_left"


def test_more_than_is_open_cannot_be_cancelled():
    order = an_order(shipped="3", going="4")

    assert ordered.cancel_misfit(order, {7: D(3)}) is None
    refusal = ordered.cancel_misfit(order, {7: D(4)})
    assert str(refusal).startswith("4 of line 1 cannot be cancelled: 3 is open, the rest has left or is on its way.")
    assert ordered.takes_all(order, {7: D(3), 8: D(1)})
    assert not ordered.takes_all(order, {7: D(3)})
