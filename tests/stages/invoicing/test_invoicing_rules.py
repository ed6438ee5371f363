"""What an invoice may bill, by the numbers of RULES."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from orderway.stages.invoicing import rules
from orderway.stages.invoicing.rules import LineToBill, Moved

CENT = D("0.01")


@pytest.mark.parametrize(
    ("line", "bill"),
    [
        (Moved(shipped=D(12), returned=D(2), invoiced=D(10)), 0),  # 10 shipped, 2 back, 2 replaced: the naive sum of shipments bills 2
        (Moved(shipped=D(3)), 3),  # 10 ordered, 7 cancelled (RULES 20)
        (Moved(shipped=D(10), returned=D(2), invoiced=D(10), credited=D(2)), 0),
        (Moved(shipped=D(12), returned=D(2), invoiced=D(10), credited=D(2)), 2),
        (Moved(shipped=D(10), returned=D(4), invoiced=D(10)), 0),
        (Moved(shipped=D(10), returned=D(2)), 8),
    ],
)
def test_billable_is_net_delivered_less_net_invoiced(line, bill):
    assert rules.billable(line) == bill


def test_a_price_only_credit_does_not_reopen_billing():
    allowance = Moved(shipped=D(10), invoiced=D(10), credited=D(0))

    assert rules.billable(allowance) == 0


def test_an_invoice_of_a_delivery_bills_what_that_delivery_shipped():
    line = Moved(shipped=D(10))

    assert rules.billable(line, Moved(shipped=D(6))) == 6
    assert rules.billable(line, Moved(shipped=D(6), invoiced=D(6))) == 0


def line(quantity: str, before: str = "0", amount_before: str = "0", **more: str) -> LineToBill:
    numbers = {"ordered": "10", "unit_price": "1.115", "discount_percent": "0", "tax_rate": "13"} | more
    return LineToBill(
        line_id=1,
        position=1,
        tax_category="S",
        quantity=D(quantity),
        quantity_before=D(before),
        billed_before=D(before),
        amount_before=D(amount_before),
        **{name: D(value) for name, value in numbers.items()},
    )


def test_the_second_partial_invoice_takes_what_the_first_left():
    first = rules.billed(line("1"), CENT)
    second = rules.billed(line("1", "1", str(first.amount)), CENT)

    assert (first.amount, second.amount) == (D("1.12"), D("1.11"))


def test_the_stored_part_of_a_discount_is_spread_over_partial_invoices():
    parts = rules.discount_parts({1: D("100.00"), 2: D("100.00"), 3: D("99.00")}, D("10"), CENT)
    assert parts == {1: D("10.00"), 2: D("10.00"), 3: D("9.90")}

    first = rules.billed(line("3", unit_price="10", discount=str(parts[1])), CENT)
    rest = rules.billed(line("7", "3", "30.00", unit_price="10", discount="10.00", discount_before=str(first.discount)), CENT)

    assert (first.discount, rest.discount) == (D("3.00"), D("7.00"))
    assert first.charged + rest.charged == D("90.00")


def test_a_changed_price_starts_a_new_sum_and_leaves_what_was_billed_alone():
    rest = rules.billed(line("5", unit_price="2.00"), CENT)

    assert rest.amount == D("10.00")


def test_a_line_discount_lowers_the_price_before_anything_is_rounded():
    assert rules.billed(line("3", unit_price="9.99", discount_percent="12.5"), CENT).amount == D("26.22")


def test_a_document_is_dated_by_the_sellers_zone():
    now = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)

    assert rules.issue_date(now, "Asia/Shanghai") == date(2026, 1, 1)
    assert rules.issue_date(now, "America/New_York") == date(2025, 12, 31)
    assert rules.series("INV", rules.issue_date(now, "Asia/Shanghai")) == "INV-2026"
    assert rules.numbered("INV-2026", 42) == "INV-2026-000042"
    assert rules.due_date(date(2026, 1, 1), 30) == date(2026, 1, 31)


def test_a_deposit_is_deducted_as_a_whole_from_the_final_invoice_and_in_shares_from_partial_ones():
    assert D("100.00") - rules.deposit_share(D("10.00"), D(0), D("100.00"), D("100.00"), CENT) == D("90.00")

    first = rules.deposit_share(D("10.00"), D(0), D("90.00"), D("30.00"), CENT)
    second = rules.deposit_share(D("10.00"), first, D("90.00"), D("60.00"), CENT)
    third = rules.deposit_share(D("10.00"), first + second, D("90.00"), D("90.00"), CENT)
    assert (first, second, third) == (D("3.33"), D("3.34"), D("3.33"))


def test_quoted_freight_is_a_cap_unless_the_customer_agreed_to_pay_per_shipment():
    assert rules.freight_to_bill(D(3), D(0), D(3)) == 3
    assert rules.freight_to_bill(D(3), D(3), D(3)) == 0
    assert rules.freight_to_bill(D(3), D(3), D(3), "per_shipment") == 3


def test_more_than_is_open_cannot_be_allocated():
    assert rules.allocatable(D(100), D(50), D(50), "INV-2026-000001") == 50
    with pytest.raises(rules.PaidTooMuch, match="INV-2026-000001"):
        rules.allocatable(D(100), D(50), D("50.01"), "INV-2026-000001")
    with pytest.raises(rules.PaidTooMuch):
        rules.allocatable(D(100), D(50), D(0), "INV-2026-000001")


def test_a_series_shows_its_gaps_and_never_gives_a_number_twice():
    assert rules.gaps([1, 2, 3]) == []
    assert rules.gaps([1, 3, 5]) == [2, 4]
    with pytest.raises(rules.NumberGap):
        rules.gaps([1, 2, 2])
