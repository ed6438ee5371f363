"""The rules of RULES about money, each by its sentence and with the number that decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.stages.invoicing import money
from orderway.stages.invoicing.money import HALF_EVEN, HALF_UP, Taxable

CENT = D("0.01")


def document(*nets: str, rate: str = "21", included: bool = False) -> money.Totals:
    return money.totals([Taxable("S", D(rate), D(net)) for net in nets], prices_include_tax=included, step=CENT)


def test_vat_is_taken_per_category_on_the_document_not_per_line():
    nets = ("394.57", "254.74", "259.60")

    assert document(*nets).tax == D("190.87")
    assert sum(document(net).tax for net in nets) == D("190.88")


@pytest.mark.parametrize(
    ("net", "rate", "tax"),
    [
        ("1460.50", "25", "365.13"),
        ("-1460.50", "25", "-365.13"),
        ("625743.54", "25", "156435.89"),
        ("-625743.54", "25", "-156435.89"),
    ],
)
def test_rounding_is_half_up_away_from_zero(net, rate, tax):
    assert money.tax_on(D(net), D(rate), CENT) == D(tax)


def test_half_even_is_another_policy_with_another_name():
    assert money.tax_on(D("1460.50"), D(25), CENT, HALF_EVEN) == D("365.12")
    assert money.ROUNDINGS["half_up"] is HALF_UP


def test_header_vat_is_the_sum_of_its_categories():
    totals = document("1091.50", rate="15")

    assert totals.rows[0].tax == D("163.73")
    assert totals.tax == D("163.73")
    assert totals.gross == D("1255.23")


def test_tax_inclusive_prices_are_split_on_the_document():
    totals = document("379.00", "379.00", included=True)

    assert (totals.tax, totals.net, totals.gross) == (D("131.55"), D("626.45"), D("758.00"))


def test_two_taxes_on_one_line_are_rounded_once_and_then_divided():
    assert money.split_tax(D("1.0417"), [D(10), D(10)], CENT) == (D("0.11"), D("0.10"))


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(299, (1, 1, 1), (100, 100, 99)), (299, (4300, 1400, 2300), (161, 52, 86)), (-299, (1, 1, 1), (-100, -100, -99)), (2, (0, 0), (1, 1))],
)
def test_a_document_discount_goes_by_largest_remainder_and_earlier_lines_win_ties(total, weights, parts):
    assert money.shares(D(total), [D(weight) for weight in weights], D(1)) == tuple(map(D, parts))


@given(st.integers(-(10**9), 10**9), st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=12))
def test_shares_always_add_up_and_differ_from_the_exact_part_by_less_than_a_cent(cents, weights):
    total = D(cents) / 100

    parts = money.shares(total, weights, CENT)

    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part - total * weight / whole) < CENT for part, weight in zip(parts, weights, strict=True))


def test_partial_invoices_cumulate_to_the_whole():
    already, parts = D(0), []
    for before in range(10):
        parts.append(money.next_part(D("11.15"), D(10), D(before), D(1), already, CENT))
        already += parts[-1]

    assert parts[:2] == [D("1.12"), D("1.11")]
    assert sum(parts) == D("11.15")
    assert 10 * HALF_UP(D("1.115"), CENT) == D("11.20")


@given(st.decimals(0, 10**6, places=6), st.lists(st.decimals(D("0.001"), 1000, places=3), min_size=1, max_size=15))
def test_however_a_quantity_is_split_its_parts_add_up_to_the_rounded_whole(price, quantities):
    of = sum(quantities)
    before = already = D(0)
    for quantity in quantities:
        already += money.next_part(price * of, of, before, quantity, already, CENT)
        before += quantity

    assert already == HALF_UP(price * of, CENT)


def test_a_part_of_nothing_is_nothing():
    assert money.next_part(D(10), D(0), D(0), D(0), D(0), CENT) == 0


@pytest.mark.parametrize(
    ("currency", "amount", "rounded"),
    [("JPY", "1234.5", "1235"), ("KWD", "1.0005", "1.001"), ("CLP", "378.1", "378"), ("CNY", "0.005", "0.01"), ("EUR", "-0.005", "-0.01")],
)
def test_every_currency_rounds_to_its_own_minor_unit(currency, amount, rounded):
    assert HALF_UP(D(amount), money.minor_unit(currency)) == D(rounded)


def test_tax_of_a_currency_without_minor_unit_is_whole():
    assert money.tax_on(D(1990), D(19), money.minor_unit("CLP")) == D(378)


def test_the_direction_of_cash_rounding_is_a_policy():
    assert money.to_cash(D("42.06"), D("0.05")) == D("42.05")
    assert money.to_cash(D("42.06"), D("0.05"), money.UP) == D("42.10")


def test_products_of_many_digits_stay_exact_until_the_one_rounding():
    quantity, price = D("100000000001"), D("99999999999.00499999")
    rounded_twice = (quantity * price).quantize(CENT, "ROUND_HALF_UP")  # the default context cuts at 28 digits first

    exact = money.next_part(money.EXACT.multiply(quantity, price), quantity, D(0), quantity, D(0), CENT)

    assert str(exact).endswith(".00")
    assert rounded_twice == exact + CENT


def test_the_last_instalment_takes_the_cent():
    plan = money.instalments(D("1587.35"), 4, date(2026, 1, 31), CENT)

    assert [amount for _, amount in plan] == [D("396.84")] * 3 + [D("396.83")]
    assert [due for due, _ in plan] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_month_after_the_last_of_january_is_the_last_of_february():
    assert money.months_later(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert money.months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_categories_keep_their_rows_apart():
    totals = money.totals(
        [Taxable("S", D(13), D("100.00")), Taxable("Z", D(0), D("50.00")), Taxable("S", D(13), D("0.05"))],
        prices_include_tax=False,
        step=CENT,
    )

    assert [(row.category, row.net, row.tax) for row in totals.rows] == [("Z", D("50.00"), D("0.00")), ("S", D("100.05"), D("13.01"))]
