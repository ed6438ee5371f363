"""The judgements of the supply stage, by table and by property."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from orderway.stages.supply import rules
from orderway.stages.supply.rules import Demand, DemandKey, FreeSupply, OpenPeg, Term

RAIL, BOLT, NUT = 1, 2, 3
MAKE = Term(None, 5)
SCREW_CO = Term(10, 3, D("0.12"))
QUANTITIES = st.decimals(min_value=0, max_value=1000, places=2)


def demand(key, item, quantity, covered=0, wanted_on=None):
    return Demand(DemandKey(key, 1), item, D(quantity), D(covered), wanted_on)


def test_one_piece_on_order_serves_one_of_two_orders_and_one_is_bought():
    plan = rules.plan_supply([demand(1, BOLT, 1), demand(2, BOLT, 1)], [FreeSupply(7, BOLT, D(1), date(2026, 3, 5))], {BOLT: SCREW_CO})

    assert [(peg.key.order_line, peg.quantity) for peg in plan.pegs] == [(1, 1)]
    assert [[(line.item, line.quantity) for line in order] for order in plan.orders] == [[(BOLT, 1)]]


def test_one_production_order_serves_several_orders():
    plan = rules.plan_supply([demand(1, RAIL, 4), demand(2, RAIL, 6)], [], {RAIL: MAKE})

    (order,) = plan.orders
    assert [(line.quantity, [key.order_line for key, _ in line.serves]) for line in order] == [(10, [1, 2])]


def test_what_one_supplier_delivers_becomes_one_purchase_order():
    plan = rules.plan_supply([demand(1, BOLT, 5), demand(1, NUT, 5)], [], {BOLT: SCREW_CO, NUT: SCREW_CO})

    assert [[line.item for line in order] for order in plan.orders] == [[BOLT, NUT]]


def test_made_items_are_production_orders_of_their_own():
    plan = rules.plan_supply([demand(1, RAIL, 5), demand(1, BOLT, 5)], [], {RAIL: MAKE, BOLT: MAKE})

    assert [[line.item for line in order] for order in plan.orders] == [[RAIL], [BOLT]]


def test_an_item_that_nobody_supplies_is_named():
    plan = rules.plan_supply([demand(1, RAIL, 5), demand(2, BOLT, 5)], [], {BOLT: SCREW_CO})

    assert plan.without_source == {RAIL}
    assert [[line.item for line in order] for order in plan.orders] == [[BOLT]]


def test_what_is_on_order_already_is_not_ordered_again():
    plan = rules.plan_supply([demand(1, BOLT, 5, covered=5), demand(2, BOLT, 5, covered=2)], [], {BOLT: SCREW_CO})

    assert [[line.quantity for line in order] for order in plan.orders] == [[3]]


def test_free_supply_that_comes_first_is_used_first():
    free = [FreeSupply(8, BOLT, D(5), date(2026, 3, 9)), FreeSupply(7, BOLT, D(5), date(2026, 3, 5))]

    plan = rules.plan_supply([demand(1, BOLT, 6)], free, {BOLT: SCREW_CO})

    assert [(peg.line, peg.quantity) for peg in plan.pegs] == [(7, 5), (8, 1)]
    assert plan.orders == ()


@given(
    st.lists(st.tuples(st.sampled_from([RAIL, BOLT]), QUANTITIES, QUANTITIES), max_size=6),
    st.lists(st.tuples(st.sampled_from([RAIL, BOLT]), QUANTITIES), max_size=4),
)
def test_every_demand_is_covered_exactly_and_no_supply_is_used_twice(wishes, supplies):
    demands = [demand(number, item, quantity, covered) for number, (item, quantity, covered) in enumerate(wishes)]
    free = [FreeSupply(number, item, quantity, date(2026, 3, 5)) for number, (item, quantity) in enumerate(supplies)]

    plan = rules.plan_supply(demands, free, {RAIL: MAKE, BOLT: SCREW_CO})

    new = [(key, quantity) for order in plan.orders for line in order for key, quantity in line.serves]
    got = {
        one.key: sum((quantity for key, quantity in [*((p.key, p.quantity) for p in plan.pegs), *new] if key == one.key), D(0))
        for one in demands
    }
    assert got == {one.key: one.missing for one in demands}
    assert all(sum((peg.quantity for peg in plan.pegs if peg.line == supply.line), D(0)) <= supply.quantity for supply in free)


# --- when -------------------------------------------------------------------------------------------------------------


def weekday(day):
    return day.weekday() < 5


def test_the_lead_time_counts_working_days():
    assert rules.due_on(date(2026, 3, 5), 5, lambda day: weekday(day) and day != date(2026, 3, 10)) == date(2026, 3, 13)


def test_an_order_on_a_sunday_begins_on_monday():
    assert rules.due_on(date(2026, 3, 8), 0, weekday) == date(2026, 3, 9)


def test_the_lead_time_is_counted_backward_in_working_time_and_a_buffer_adds_to_it():
    always = lambda _day: True  # noqa: E731

    assert rules.release_by(date(2026, 9, 30), 2, always) == date(2026, 9, 28)
    assert rules.release_by(date(2026, 9, 30), 2, always, buffer_days=1) == date(2026, 9, 27)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 30))
def test_what_is_released_on_the_last_day_arrives_on_time(wanted, lead):
    release = rules.release_by(wanted, lead, weekday)

    assert rules.due_on(release, lead, weekday) <= wanted
    assert rules.due_on(release + timedelta(days=1 if release.weekday() < 4 else 3), lead, weekday) > wanted or not weekday(wanted)


# --- goods receipt ----------------------------------------------------------------------------------------------------


def test_a_partial_receipt_serves_the_first_peg_first():
    assert rules.share_out(D(7), [OpenPeg(1, D(5)), OpenPeg(2, D(5))]) == rules.Shares({1: D(5), 2: D(2)}, D(0))


def test_what_was_delivered_too_much_goes_to_free_stock():
    assert rules.share_out(D(12), [OpenPeg(1, D(5)), OpenPeg(2, D(5))]) == rules.Shares({1: D(5), 2: D(5)}, D(2))


def test_components_are_rounded_up_and_by_products_down():
    assert rules.component_need(D(4), D(9), D(3)) == 2
    assert rules.by_product(D(8), D(9), D(3)) == 2


def test_a_component_that_is_no_whole_piece_is_not_rounded():
    assert rules.component_need(D("1.5"), D(1), D(3), whole=False) == D("4.5")


def test_three_partial_receipts_use_as_many_components_as_one():
    taken = [rules.consumption(D("0.4"), D(before), D(1)) for before in range(3)]

    assert taken == [1, 0, 1]
    assert sum(taken) == rules.component_need(D("0.4"), D(1), D(3))
