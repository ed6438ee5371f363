"""Limits of returns and credits, by the numbers of RULES."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.stages.aftersales import rules
from orderway.stages.aftersales.rules import LineFacts

CENT = D("0.01")


def line(**facts: object) -> LineFacts:
    return LineFacts(line_id=1, position=1, **{name: D(str(value)) for name, value in facts.items()})


def test_the_return_limit_is_cumulative():
    assert rules.check_return(line(shipped=5), D(5)) == 5
    with pytest.raises(rules.MoreThanDelivered, match="at most 0"):
        rules.check_return(line(shipped=5, announced=5), D(3))
    with pytest.raises(rules.MoreThanDelivered):
        rules.check_return(line(shipped=5, returned=4, announced=1), D(1))


def test_an_imported_return_may_be_announced_before_the_line_has_shipped():
    assert rules.check_return(line(ordered=5), D(5), before_shipping=True) == 5
    with pytest.raises(rules.MoreThanDelivered):
        rules.check_return(line(ordered=5), D(5))
    with pytest.raises(rules.MoreThanDelivered):
        rules.check_return(line(ordered=5, cancelled=2), D(4), before_shipping=True)


def test_goods_arrive_at_most_as_announced_and_only_after_they_left():
    assert rules.check_arrival(line(shipped=5, announced=3), D(2), D(3)) == 2
    with pytest.raises(rules.MoreThanAnnounced):
        rules.check_arrival(line(shipped=5, announced=3), D(4), D(3))
    with pytest.raises(rules.NotShippedYet):
        rules.check_arrival(line(ordered=5, announced=3), D(3), D(3))
    assert not rules.arrived(line(ordered=5), D(3))
    assert rules.arrived(line(shipped=3), D(3))


def test_an_allowance_and_a_return_share_one_cap_by_amount():
    invoiced = line(shipped=10, returned=10, invoiced=10, invoiced_amount=1000, credited_amount=200)

    assert rules.return_credit(invoiced, D(10), CENT) == rules.Credit(1, D(10), D(800))


def test_an_allowance_beyond_what_is_left_is_refused():
    with pytest.raises(rules.CreditAboveCap, match="at most 0"):
        rules.allowance_credit(line(invoiced=10, invoiced_amount=1000, credited=8, credited_amount=1000), D("0.01"))
    assert rules.allowance_credit(line(invoiced=10, invoiced_amount=1000, credited_amount=999), D(1)).amount == 1


def test_pieces_are_credited_once():
    with pytest.raises(rules.QuantityAboveCap):
        rules.return_credit(line(invoiced=10, invoiced_amount=1000, credited=8, credited_amount=800, credited_by_quantity=800), D(3), CENT)


def test_a_credit_line_of_zero_pieces_is_zero_and_not_the_full_price():
    assert rules.return_credit(line(invoiced=5, invoiced_amount=500), D(0), CENT).amount == 0


def test_a_price_only_credit_leaves_the_quantities_alone():
    credit = rules.allowance_credit(line(shipped=10, invoiced=10, invoiced_amount=1000), D(50))

    assert credit.quantity == 0


def test_credited_pieces_take_the_stored_part_of_a_discount():
    one = line(invoiced=3, invoiced_amount="9.99")
    first = rules.return_credit(line(invoiced=3, invoiced_amount="10.00"), D(1), CENT)
    second = rules.return_credit(
        line(invoiced=3, invoiced_amount="10.00", credited=1, credited_amount="3.33", credited_by_quantity="3.33"), D(2), CENT
    )

    assert rules.return_credit(one, D(1), CENT).amount == D("3.33")
    assert first.amount + second.amount == D("10.00")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=20))
def test_whatever_is_credited_in_whatever_sequence_it_never_exceeds_the_invoice(wishes):
    facts = line(shipped=10, returned=10, invoiced=10, invoiced_amount="99.97")
    credited = amount = by_quantity = D(0)
    for by_pieces, size in wishes:
        now = line(shipped=10, returned=10, invoiced=10, invoiced_amount="99.97", credited=credited, credited_amount=amount,
                   credited_by_quantity=by_quantity)  # fmt: skip
        try:
            credit = rules.return_credit(now, D(size), CENT) if by_pieces else rules.allowance_credit(now, D(size))
        except rules.Refusal:
            continue
        credited, amount = credited + credit.quantity, amount + credit.amount
        by_quantity += credit.amount if credit.quantity else 0

    assert 0 <= credited <= facts.invoiced
    assert 0 <= amount <= facts.invoiced_amount


def test_only_what_came_back_is_replaced():
    assert rules.check_replacement(line(shipped=10, returned=2), D(2)) == 2
    with pytest.raises(rules.MoreThanReturned, match="at most 1"):
        rules.check_replacement(line(shipped=11, returned=2, replaced=1), D(2))


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_and_less_than_nothing_is_a_mistake(quantity):
    for check in (rules.check_return, rules.check_replacement):
        with pytest.raises(rules.QuantityNotPositive):
            check(line(shipped=5, returned=5), D(quantity))
    with pytest.raises(rules.QuantityNotPositive):
        rules.allowance_credit(line(invoiced=1, invoiced_amount=5), D(quantity))


@pytest.mark.parametrize(
    ("facts", "pieces"),
    [
        ({"shipped": 10, "returned": 3, "invoiced": 10}, 3),
        ({"shipped": 12, "returned": 2, "replaced": 2, "invoiced": 10}, 0),  # replaced, so nothing is to be credited
        ({"shipped": 10, "returned": 3, "invoiced": 10, "credited": 3}, 0),
        ({"shipped": 10, "returned": 3, "invoiced": 7}, 0),  # came back before it was invoiced
        ({"shipped": 10, "returned": 3}, 0),
    ],
)
def test_creditable_is_what_is_invoiced_beyond_what_the_customer_kept(facts, pieces):
    assert rules.creditable(line(**facts)) == pieces


def test_a_red_invoice_in_part_needs_the_buyers_confirmation_and_never_exceeds_what_is_still_blue():
    assert rules.check_red_letter("return", partial=True, buyer_confirmed=True, amount=D(50), left=D(50)) == 50
    assert rules.check_red_letter("return", partial=False, buyer_confirmed=False, amount=D(50), left=D(50)) == 50
    with pytest.raises(rules.RedLetterRefused, match="confirmed"):
        rules.check_red_letter("return", partial=True, buyer_confirmed=False, amount=D(1), left=D(50))
    with pytest.raises(rules.RedLetterRefused, match="50 of it"):
        rules.check_red_letter("allowance", partial=True, buyer_confirmed=True, amount=D(51), left=D(50))
    with pytest.raises(rules.RedLetterRefused, match="only a return"):
        rules.check_red_letter("mistake", partial=True, buyer_confirmed=True, amount=D(1), left=D(50))  # type: ignore[arg-type]


def test_a_credit_is_set_against_open_invoices_oldest_first():
    assert rules.by_invoice(D(120), {1: D(100), 2: D(0), 3: D(50)}, [1, 2, 3]) == {1: D(100), 3: D(20)}
    assert rules.by_invoice(D(10), {}, []) == {}
