"""RULES 15 to 19, 38 and 39 and the plans of the stock stage: pure figures in, verdict out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.stages.stock.rules import (
    Claim,
    Coverage,
    Draw,
    Expected,
    Held,
    Need,
    Picture,
    Shelf,
    at_risk,
    available_to_promise,
    count_verdict,
    draw_plan,
    earliest_promise,
    left_open,
    need_of,
    release_plan,
    reservation_plan,
    summed,
    untied,
)

D = Decimal
TODAY = date(2026, 3, 2)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


RULE_15 = [Expected(D(-30), day(2)), Expected(D(50), day(5)), Expected(D(-90), day(6))]


def test_what_can_be_promised_today_is_the_smallest_balance_of_all_days_to_come():
    assert available_to_promise(D(100), RULE_15, on=TODAY, today=TODAY) == 30  # projection 100, 70, 120, 30


@pytest.mark.parametrize(("on", "promised"), [(0, 30), (2, 30), (5, 30), (6, 30), (60, 30)])
def test_a_promise_never_makes_a_later_day_short(on, promised):
    assert available_to_promise(D(100), RULE_15, on=day(on), today=TODAY) == promised


@pytest.mark.parametrize(("on", "promised"), [(0, 10), (2, 10), (3, 60), (9, 60)])
def test_a_receipt_can_be_promised_from_its_day_on(on, promised):
    assert available_to_promise(D(10), [Expected(D(50), day(3))], on=day(on), today=TODAY) == promised


def test_nothing_is_promised_when_a_later_day_is_short_already():
    assert available_to_promise(D(10), [Expected(D(-30), day(4))], on=TODAY, today=TODAY) == 0


def test_the_first_day_for_a_quantity_is_the_one_whose_receipt_brings_it():
    expected = [Expected(D(20), day(3)), Expected(D(30), day(7))]
    assert earliest_promise(D(10), D(10), expected, today=TODAY) == TODAY
    assert earliest_promise(D(30), D(10), expected, today=TODAY) == day(3)
    assert earliest_promise(D(31), D(10), expected, today=TODAY) == day(7)
    assert earliest_promise(D(61), D(10), expected, today=TODAY) is None


def test_what_expires_is_quarantined_is_on_its_way_elsewhere_or_reserved_cannot_be_promised():
    assert Picture(D(100), reserved=D(0), expired=D(20), quarantined=D(10), in_transit=D(15)).promisable == 55
    assert Picture(D(100), reserved=D(15), expired=D(20), quarantined=D(10)).promisable == 55


def test_an_overdue_receipt_is_never_already_here():
    overdue = [Expected(D(40), day(-1))]
    assert available_to_promise(D(0), overdue, on=day(1), today=TODAY) == 0
    assert at_risk(D(30), D(0), overdue, on=day(1), today=TODAY) == 30


def test_an_overdue_receipt_counts_from_the_date_that_was_confirmed_anew():
    confirmed = [Expected(D(40), day(-1), reconfirmed_on=day(2))]
    assert available_to_promise(D(0), confirmed, on=day(1), today=TODAY) == 0
    assert available_to_promise(D(0), confirmed, on=day(2), today=TODAY) == 40
    assert at_risk(D(30), D(0), confirmed, on=day(2), today=TODAY) == 0


def test_a_confirmed_date_that_has_passed_too_counts_from_no_day():
    again = [Expected(D(40), day(-5), reconfirmed_on=day(-1))]
    assert available_to_promise(D(0), again, on=day(30), today=TODAY) == 0
    assert at_risk(D(10), D(4), again, on=TODAY, today=TODAY) == 6


def test_an_overdue_issue_still_takes_its_goods():
    assert available_to_promise(D(10), [Expected(D(-4), day(-1))], on=TODAY, today=TODAY) == 6


quantities = st.integers(0, 60).map(D)
changes = st.lists(st.builds(Expected, st.integers(-40, 40).map(D), st.integers(0, 12).map(day)), max_size=7)


@given(quantities, changes, st.integers(0, 14))
def test_promising_it_leaves_every_day_covered_and_one_more_would_not(on_hand, expected, offset):
    promised = available_to_promise(on_hand, expected, on=day(offset), today=TODAY)

    def balance(at: int, extra: Decimal) -> Decimal:
        return on_hand + sum((each.quantity for each in expected if each.due_on <= day(at)), D(0)) - (extra if at >= offset else 0)

    later = range(offset, 30)
    lowest = min(balance(at, D(0)) for at in later)
    if lowest >= 0:
        assert min(balance(at, promised) for at in later) == 0
    else:
        assert promised == 0


# --- reserving ------------------------------------------------------------------------------------------------------------


def shelf(level: int, free: int, *, item: int = 1, rank: int | None = None) -> Shelf:
    return Shelf(level, item, warehouse_id=level, rank=level if rank is None else rank, free=D(free))


def test_twelve_pieces_are_reserved_as_eight_and_four_from_two_warehouses():
    plan = reservation_plan([Need(1, 1, D(12))], [shelf(1, 8), shelf(2, 7)])
    assert [(grant.level_id, grant.quantity) for grant in plan] == [(1, 8), (2, 4)]


def test_of_two_buyers_of_the_last_piece_the_second_gets_none():
    plan = reservation_plan([Need(1, 1, D(1)), Need(2, 1, D(1))], [shelf(1, 1)])
    assert [(grant.need.line_id, grant.quantity) for grant in plan] == [(1, 1)]


def test_warehouses_are_asked_in_their_rank():
    plan = reservation_plan([Need(1, 1, D(3))], [shelf(1, 5, rank=2), shelf(2, 2, rank=1)])
    assert [(grant.level_id, grant.quantity) for grant in plan] == [(2, 2), (1, 1)]


def test_a_need_of_one_warehouse_is_not_served_from_another():
    plan = reservation_plan([Need(1, 1, D(5), warehouse_id=2)], [shelf(1, 8), shelf(2, 3)])
    assert [(grant.level_id, grant.quantity) for grant in plan] == [(2, 3)]


def test_fractions_are_reserved_exactly():
    plan = reservation_plan([Need(1, 1, D("0.1")), Need(2, 1, D("0.2"))], [Shelf(1, 1, 1, 1, D("0.3"))])
    assert [grant.quantity for grant in plan] == [D("0.1"), D("0.2")]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 30)), max_size=8),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 30)), max_size=8),
)
def test_a_plan_never_gives_more_than_lies_free_nor_more_than_is_needed_nor_leaves_goods_while_someone_waits(wanted, lying):
    needs = [Need(line, item, D(quantity)) for line, (item, quantity) in enumerate(wanted)]
    shelves = [shelf(level, free, item=item) for level, (item, free) in enumerate(lying)]
    plan = reservation_plan(needs, shelves)
    by_level = summed((grant.level_id, grant.quantity) for grant in plan)
    by_line = summed((grant.need.line_id, grant.quantity) for grant in plan)
    assert all(by_level[each.level_id] <= each.free for each in shelves if each.level_id in by_level)
    for item in (1, 2, 3):
        asked = sum((need.quantity for need in needs if need.item_id == item), D(0))
        free = sum((each.free for each in shelves if each.item_id == item), D(0))
        assert sum((by_line.get(need.line_id, D(0)) for need in needs if need.item_id == item), D(0)) == min(asked, free)


@pytest.mark.parametrize(
    ("ordered", "cancelled", "net_shipped", "needed"),
    [(10, 0, 0, 10), (10, 0, 15, 0), (10, 0, 5, 5), (10, 5, 5, 0), (10, 0, 10, 0), (10, 7, 3, 0)],
)
def test_an_over_delivery_leaves_nothing_to_reserve_and_taking_it_back_needs_all_again(ordered, cancelled, net_shipped, needed):
    assert need_of(D(ordered), D(cancelled), D(net_shipped)) == needed


def test_closing_and_reopening_a_line_after_five_delivered_brings_the_need_from_five_to_none_and_back():
    assert [need_of(D(10), cancelled, D(5)) for cancelled in (D(0), D(5), D(0))] == [5, 0, 5]


# --- taking from reservations ----------------------------------------------------------------------------------------------


def held(reservation: int, free: int, *, delivery: int | None = None, rank: int = 1) -> Held:
    return Held(reservation, 1, reservation, warehouse_id=rank, rank=rank, delivery_id=delivery, free=D(free))


def test_a_shipment_takes_what_is_reserved_for_its_delivery_first_and_never_what_another_waits_for():
    plan = draw_plan([Draw(1, D(9), delivery_id=2)], [held(1, 3), held(2, 4, delivery=2), held(3, 5, delivery=3)])
    assert [(taken.held.reservation_id, taken.quantity) for taken in plan] == [(2, 4), (1, 3)]


def test_releasing_gives_back_from_the_farthest_warehouse_first():
    plan = draw_plan([Draw(1, D(5))], [held(1, 8, rank=1), held(2, 4, rank=2)], far_first=True)
    assert [(taken.held.reservation_id, taken.quantity) for taken in plan] == [(2, 4), (1, 1)]


def test_two_draws_on_one_reservation_share_it():
    plan = draw_plan([Draw(1, D(3), place="a"), Draw(1, D(3), place="b")], [held(1, 4)])
    assert [(taken.draw.place, taken.quantity) for taken in plan] == [("a", 3), ("b", 1)]


def test_a_draw_of_one_warehouse_leaves_the_others_alone():
    assert draw_plan([Draw(1, D(3), warehouse_id=2)], [held(1, 4, rank=1)]) == []


def test_a_line_that_needs_less_gives_back_whichever_delivery_waits_for_it():
    assert draw_plan([Draw(1, D(2))], [untied(held(1, 4, delivery=7))])[0].quantity == 2


@pytest.mark.parametrize(("open_", "new", "left"), [(7, None, 7), (7, 0, 0), (7, 5, 5), (7, 12, 7)])
def test_a_change_leaves_what_it_says_but_not_more_than_was_open(open_, new, left):
    assert left_open(D(open_), None if new is None else D(new)) == left


# --- coverage --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "reserved", "shipped", "route", "available", "where"),
    [
        (10, 10, 0, "buy", 10, "stock"),
        (10, 4, 0, "buy", 4, "buy"),
        (10, 4, 0, "make", 4, "make"),
        (10, 4, 0, "stock", 4, "stock"),
        (10, 4, 6, "make", 10, "stock"),
        (0, 0, 0, "make", 0, "stock"),
    ],
)
def test_a_covered_line_comes_from_stock_and_a_short_one_from_where_its_item_comes(wanted, reserved, shipped, route, available, where):
    coverage = Coverage(D(wanted), D(reserved), D(shipped), route, stocked=True)
    assert (coverage.available, coverage.route) == (available, where)


def test_a_service_needs_no_stock_and_is_never_short():
    postage = Coverage(D(1), D(0), D(0), "buy", stocked=False)
    assert (postage.available, postage.short, postage.route) == (1, 0, "stock")


# --- counting --------------------------------------------------------------------------------------------------------------


def test_a_count_while_picking_compares_with_what_should_still_be_on_the_shelf():
    verdict = count_verdict(on_hand=D(100), reserved=D(10), picked=D(10), counted=D(95))
    assert (verdict.expected, verdict.difference, verdict.book) == (90, 5, 105)


def test_a_count_below_reservations_releases_the_rest_and_never_makes_stock_negative():
    verdict = count_verdict(on_hand=D(100), reserved=D(98), picked=D(0), counted=D(95))
    assert (verdict.book, verdict.release) == (95, 3)


def test_the_newest_order_gives_up_first_but_never_what_is_picked():
    claims = [Claim(1, 11, ordered_sequence=1, unpicked=D(50)), Claim(2, 12, 2, D(2)), Claim(3, 13, 3, D(0))]
    assert [(claim.line_id, quantity) for claim, quantity in release_plan(D(3), claims)] == [(12, 2), (11, 1)]


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 200))
def test_after_a_count_the_book_holds_what_was_counted_and_picked_and_covers_what_stays_reserved(on_hand, reserved, picked, counted):
    reserved = min(reserved, on_hand)
    picked = min(picked, reserved)
    verdict = count_verdict(on_hand=D(on_hand), reserved=D(reserved), picked=D(picked), counted=D(counted))
    assert verdict.book == counted + picked
    assert 0 <= verdict.release <= reserved - picked
    assert reserved - verdict.release <= verdict.book
