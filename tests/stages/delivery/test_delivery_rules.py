"""The judgements of the delivery stage, by table and by property."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.stages.delivery import rules
from orderway.stages.delivery.rules import DeliveryPolicy, LineNeed, PickNeed, Standing

QUANTITIES = st.decimals(min_value=0, max_value=1000, places=2)


def test_reservation_clamps_at_zero_on_over_delivery_and_comes_back_when_the_delivery_is_cancelled():
    assert rules.open_quantity(D(10), D(0), shipped=D(15)) == 0
    assert rules.open_quantity(D(10), D(0), shipped=D(0)) == 10


def test_closing_a_line_after_five_of_ten_reserves_nothing_and_opening_it_again_reserves_five():
    reserved = [
        rules.open_quantity(D(10), D(0), shipped=D(0)),
        rules.open_quantity(D(10), D(0), shipped=D(5)),
        rules.open_quantity(D(10), cancelled=D(5), shipped=D(5)),
        rules.open_quantity(D(10), D(0), shipped=D(5)),
    ]

    assert reserved == [10, 5, 0, 5]


def test_a_cancellation_after_three_of_ten_ends_three_now_and_four_after_put_back():
    cancelled = rules.cancellation(ordered=D(10), shipped=D(3), picked=D(4))

    assert (cancelled.now, cancelled.after_put_back, cancelled.total) == (3, 4, 7)


def test_a_backorder_is_what_was_ordered_less_shipped_less_cancelled():
    assert rules.open_quantity(D(15), D(0), shipped=D(10)) == 5
    assert rules.open_quantity(D(15), D(2), shipped=D(10)) == 3


def test_a_replacement_after_a_return_counts_once():
    assert rules.open_quantity(D(10), D(0), shipped=D(10), replaced=D(2)) == 2


def test_five_and_four_of_ten_close_a_line_with_ten_percent_tolerance_over_all_deliveries():
    policy = DeliveryPolicy(under_percent=D(10))

    assert rules.rest_to_close(D(10), D(0), delivered=D(5), policy=policy) == 0
    assert rules.rest_to_close(D(10), D(0), delivered=D(9), policy=policy) == 1


@pytest.mark.parametrize(("delivered", "wish", "accepted"), [(0, 12, True), (0, 13, False), (5, 7, True), (5, 8, False)])
def test_twenty_percent_over_lets_twelve_of_ten_pass_and_refuses_thirteen_over_all_deliveries(delivered, wish, accepted):
    most = rules.most_deliverable(D(10), D(0), D(delivered), DeliveryPolicy(over_percent=D(20)))

    assert (most >= wish) is accepted


def test_without_an_agreement_nothing_more_and_nothing_less_is_accepted():
    assert rules.most_deliverable(D(10), D(0), D(4), DeliveryPolicy()) == 6
    assert rules.rest_to_close(D(10), D(0), D(9), DeliveryPolicy()) == 0


def test_nothing_that_was_cancelled_goes_out_under_a_tolerance():
    assert rules.most_deliverable(D(10), D(4), D(3), DeliveryPolicy(over_percent=D(20))) == 3


# --- planning ---------------------------------------------------------------------------------------------------------

BOLT, RAIL, FEE = 1, 2, 3
NORTH, SOUTH = 7, 8


def test_what_is_reserved_goes_first_and_what_is_made_or_bought_goes_with_later_deliveries():
    needs = [LineNeed(BOLT, D(10), "buy", ((NORTH, D(4)), (SOUTH, D(1)))), LineNeed(RAIL, D(3), "make")]

    parts = rules.split(needs, DeliveryPolicy())

    assert [[(line.line, line.quantity, line.route, line.warehouse) for line in part.lines] for part in parts] == [
        [(BOLT, 4, "stock", NORTH), (BOLT, 1, "stock", SOUTH)],
        [(RAIL, 3, "make", None)],
        [(BOLT, 5, "buy", None)],
    ]


def test_a_customer_who_takes_no_parts_gets_one_delivery():
    needs = [LineNeed(BOLT, D(10), "buy", ((NORTH, D(4)),)), LineNeed(RAIL, D(3), "make")]

    parts = rules.split(needs, DeliveryPolicy(partial_allowed=False))

    assert [[(line.line, line.quantity, line.route) for line in part.lines] for part in parts] == [
        [(BOLT, 4, "stock"), (BOLT, 6, "buy"), (RAIL, 3, "make")]
    ]


def test_a_service_goes_with_the_first_delivery_and_is_never_short():
    parts = rules.split([LineNeed(FEE, D(1), "buy", stocked=False), LineNeed(BOLT, D(5), "buy", ((NORTH, D(5)),))], DeliveryPolicy())

    assert len(parts) == 1
    assert parts[0].ready


@given(
    st.lists(st.tuples(QUANTITIES, st.sampled_from(["stock", "make", "buy"]), st.lists(QUANTITIES, max_size=3), st.booleans()), max_size=6),
    st.booleans(),
)
def test_every_open_quantity_ends_in_exactly_one_delivery(lines, partial):
    needs = [
        LineNeed(number, quantity, route, tuple(enumerate(reserved)), stocked)
        for number, (quantity, route, reserved, stocked) in enumerate(lines)
    ]

    parts = rules.split(needs, DeliveryPolicy(partial_allowed=partial))

    planned = [line for part in parts for line in part.lines]
    assert {need.line: sum((line.quantity for line in planned if line.line == need.line), D(0)) for need in needs} == {
        need.line: need.open for need in needs
    }
    assert all(line.quantity > 0 for line in planned)
    assert all(part.lines for part in parts)


def part(route):
    return rules.Part((rules.PlannedLine(BOLT, D(1), route, ready=route == "stock"),))


def test_planning_again_keeps_the_delivery_that_still_serves_and_withdraws_the_one_that_does_not():
    standing = [Standing(1, frozenset({"stock"})), Standing(2, frozenset({"make"})), Standing(3, frozenset({"buy"}))]

    plan = rules.number_parts([part("stock"), part("buy")], standing, last_number=3)

    assert {number: one.routes for number, one in plan.parts.items()} == {1: {"stock"}, 3: {"buy"}}
    assert plan.withdrawn == (2,)


def test_a_new_part_never_takes_the_number_of_another_delivery():
    plan = rules.number_parts([part("stock"), part("make")], [], last_number=2)

    assert list(plan.parts) == [3, 4]
    assert plan.withdrawn == ()


@given(st.lists(st.sampled_from(["stock", "make", "buy"]), max_size=3, unique=True), st.integers(0, 5), st.data())
def test_planning_twice_changes_nothing(routes, last, data):
    first = rules.number_parts([part(route) for route in routes], [], last)
    standing = [Standing(number, one.routes) for number, one in first.parts.items()]
    again = rules.number_parts(data.draw(st.permutations([part(route) for route in routes])), standing, last + len(routes))

    assert again == first


# --- picking and handing over -------------------------------------------------------------------------------------------


def need(wanted, reserved, given=None, most=None, stocked=True):
    return PickNeed(BOLT, D(wanted), D(reserved), D(wanted if most is None else most), stocked, None if given is None else D(given))


def test_a_pick_without_figures_takes_what_is_wanted():
    assert rules.pick(need(5, 8)) == rules.Picked(BOLT, D(5), D(0), D(0))


def test_a_short_pick_leaves_the_rest_for_the_next_delivery_and_says_how_much_of_it_lies_reserved():
    assert rules.pick(need(5, 5, given=3)) == rules.Picked(BOLT, D(3), D(2), D(2))
    assert rules.pick(need(5, 3)) == rules.Picked(BOLT, D(3), D(2), D(0))


def test_more_than_lies_reserved_cannot_have_been_picked():
    assert rules.pick(need(5, 4, given=5)) is None


def test_more_than_the_customer_accepts_is_refused_also_if_it_lies_there():
    assert rules.pick(need(5, 9, given=6)) is None
    assert rules.pick(need(5, 9, given=6, most=6)) == rules.Picked(BOLT, D(6), D(0), D(0))


def test_a_service_is_picked_without_any_stock():
    assert rules.pick(need(1, 0, stocked=False)) == rules.Picked(BOLT, D(1), D(0), D(0))
    assert rules.wanted_reserved(need(1, 0, stocked=False)) == 0


def test_what_is_wanted_and_not_reserved_yet_is_reserved_before_the_pick():
    assert rules.wanted_reserved(need(5, 3)) == 2
    assert rules.wanted_reserved(need(5, 5, given=6, most=6)) == 1
    assert rules.wanted_reserved(need(5, 5, given=9, most=6)) == 1


@given(QUANTITIES, QUANTITIES, st.none() | QUANTITIES, st.booleans())
def test_what_is_picked_and_what_is_left_are_what_was_wanted(wanted, reserved, given_quantity, stocked):
    verdict = rules.pick(PickNeed(BOLT, wanted, reserved, wanted, stocked, given_quantity))

    if verdict is None:
        assert given_quantity > min(wanted, reserved) if stocked else given_quantity > wanted
    else:
        assert verdict.taken + verdict.rest == wanted
        assert 0 <= verdict.reserved_rest <= verdict.rest
        assert not stocked or verdict.taken + verdict.reserved_rest <= reserved


def test_what_the_customer_refuses_goes_back_and_what_he_keeps_is_delivered():
    picked = {BOLT: D(5), RAIL: D(2)}

    assert rules.hand_over(picked, None) == [rules.Handed(BOLT, D(5), D(0)), rules.Handed(RAIL, D(2), D(0))]
    assert rules.hand_over(picked, {BOLT: D(3)}) == [rules.Handed(BOLT, D(3), D(2)), rules.Handed(RAIL, D(0), D(2))]
    assert rules.hand_over(picked, {}) == [rules.Handed(BOLT, D(0), D(5)), rules.Handed(RAIL, D(0), D(2))]


def test_nobody_can_keep_more_than_was_brought():
    assert rules.hand_over({BOLT: D(5)}, {BOLT: D(6)}) is None
    assert rules.hand_over({BOLT: D(5)}, {RAIL: D(1)}) is None
    assert rules.hand_over({BOLT: D(5)}, {BOLT: D(-1)}) is None
