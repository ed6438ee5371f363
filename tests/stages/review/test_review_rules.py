"""RULES 33 to 35: exposure, what an order has left when its turn comes, tax on top, divided orders."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.orders.amounts import gross_of
from orderway.stages.review.rules import (
    UNLIMITED,
    Judged,
    Sibling,
    credit_left,
    exposure,
    left_in_turn,
    to_confirm,
    total_with_siblings,
    verdict,
)

D = Decimal
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_exposure_is_gross_and_holds_an_order_that_net_figures_would_pass():
    gross = exposure(receivables=D(80_000), delivered_not_invoiced=D(11_300), confirmed_not_delivered=D(22_600), deposits=D(10_000))
    net = exposure(receivables=D(80_000), delivered_not_invoiced=D(10_000), confirmed_not_delivered=D(20_000), deposits=D(10_000))
    assert (gross, net) == (103_900, 100_000)
    assert credit_left(D(100_000), gross) < 0 <= credit_left(D(100_000), net)


def test_invoicing_a_part_moves_it_and_changes_no_exposure():
    before = exposure(receivables=D(0), delivered_not_invoiced=D(150), confirmed_not_delivered=D(0), deposits=D(0))
    after = exposure(receivables=D(60), delivered_not_invoiced=D(90), confirmed_not_delivered=D(0), deposits=D(0))
    assert before == after == 150


def test_a_customer_without_a_limit_has_more_left_than_any_order_comes_to():
    assert credit_left(None, D(10_000_000)) == UNLIMITED


def in_turn(passed, *grosses, left=100):
    judged = [Judged(number, 1, D(gross), D(left)) for number, gross in enumerate(grosses)]
    find = left_in_turn(judged, lambda order: order in passed)
    return [find(order) for order in range(len(grosses))]


def test_orders_of_one_act_use_the_credit_one_after_the_other():
    assert in_turn({0, 1}, 60, 30, 20) == [100, 40, 10]


def test_an_order_that_did_not_pass_leaves_its_part_to_the_next():
    assert in_turn({1}, 160, 60, 50) == [100, 100, 40]


def test_customers_do_not_use_each_others_credit():
    judged = [Judged(1, 1, D(60), D(100)), Judged(2, 2, D(60), D(70)), Judged(3, 1, D(60), D(100))]
    find = left_in_turn(judged, lambda _: True)
    assert [find(1), find(2), find(3)] == [100, 70, 40]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 90)), max_size=12))
def test_no_sequence_of_orders_uses_more_than_there_is(orders):
    judged = [Judged(number, customer, D(gross), D(100)) for number, (customer, gross) in enumerate(orders)]
    passed: set[int] = set()
    find = left_in_turn(judged, lambda order: order in passed)
    for each in judged:
        if find(each.order_id) >= each.gross:
            passed.add(each.order_id)
    for customer in (1, 2, 3):
        assert sum(each.gross for each in judged if each.customer_id == customer and each.order_id in passed) <= 100


@pytest.mark.parametrize(
    ("passed", "gross", "confirmed", "delivered", "booked"),
    [
        (True, 113, 0, 0, 113),
        (True, 113, 113, 0, 0),
        (True, 90, 113, 0, -23),
        (False, 113, 113, 0, -113),
        (False, 113, 113, 40, -73),
        (False, 113, 0, 0, 0),
    ],
)
def test_what_counts_is_the_gross_of_an_order_that_passed_and_what_has_gone_out_of_one_that_did_not(
    passed, gross, confirmed, delivered, booked
):
    judged = Judged(1, 1, D(gross), D(0), D(confirmed), D(delivered))
    assert to_confirm(judged, passed=passed) == booked


@pytest.mark.parametrize(
    ("amounts", "discount", "includes_tax", "gross"),
    [
        ([("1460.50", 25)], 0, False, "1825.63"),
        ([("1.115", 13)] * 10, 0, False, "12.60"),
        ([("100", 13), ("100", 6)], 0, False, "219.00"),
        ([("100", 13)], 10, False, "101.70"),
        ([("758", 21)], 0, True, "758.00"),
        ([], 0, False, "0.00"),
    ],
)
def test_tax_is_added_per_rate_and_rounded_half_up(amounts, discount, includes_tax, gross):
    lines = [(D(amount), D(rate)) for amount, rate in amounts]
    assert gross_of(lines, D(discount), includes_tax=includes_tax) == D(gross)


def test_three_orders_just_below_the_limit_are_seen_as_one():
    orders = [Sibling(number, D(9_900), NOON + timedelta(days=number)) for number in range(3)]
    far = Sibling(9, D(50_000), NOON + timedelta(days=30))
    assert total_with_siblings(orders[0], [*orders, far]) == 29_700


@pytest.mark.parametrize(
    ("answers", "blocked", "said"),
    [({"a": True}, False, "passed"), ({}, False, "passed"), ({"a": True, "b": False}, True, "sent_back"), ({"a": True}, True, "blocked")],
)
def test_one_no_sends_back_whatever_else_was_found(answers, blocked, said):
    assert verdict(answers, blocked=blocked) == said
