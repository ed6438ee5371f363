"""Whether a draft is all right, what a line costs, what an order comes to: RULES 2, 40, 42 and the bad input of orders."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.orders.amounts import total_of
from orderway.stages.capture import rules
from orderway.stages.capture.rules import (
    CustomerFacts,
    ItemFacts,
    LineDraft,
    LineEdit,
    LineNow,
    Masters,
    OrderDraft,
    OrderEdit,
    PriceBreak,
    Problem,
)

D = Decimal
TODAY = date(2026, 3, 2)
DAN = CustomerFacts(1, "DAN", "CNY", price_list_id=7, active=True)
BOLT = ItemFacts(1, "M8-BOLT", list_price=D("0.40"), tax_rate=D(13), active=True)
GONE = ItemFacts(2, "GONE", list_price=D(1), tax_rate=D(13), active=False)
UNPRICED = ItemFacts(3, "UNPRICED", list_price=D(0), tax_rate=D(13), active=True)
BREAKS = (PriceBreak(D(10)), PriceBreak(D(9), D(10)), PriceBreak(D(8), D(100), date(2026, 4, 1)))
MASTERS = Masters(
    customers={"DAN": DAN, "SHUT": CustomerFacts(2, "SHUT", "CNY", None, active=False)},
    items={item.sku: item for item in (BOLT, GONE, UNPRICED)},
    prices={(7, 1): BREAKS},
    standards=frozenset({"trade"}),
    list_currencies={7: "CNY"},
    today=TODAY,
)


def draft(*lines: LineDraft, **fields) -> OrderDraft:
    return OrderDraft(**{"customer": "DAN", "lines": lines or (LineDraft("M8-BOLT", D(1)),), "standard": "trade"} | fields)


def told(made: OrderDraft) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in rules.problems(made, MASTERS)]


def test_a_sound_draft_has_no_problems():
    assert told(draft()) == []


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"customer": "NOBODY"}, "customer", "unknown_customer"),
        ({"customer": ""}, "customer", "unknown_customer"),
        ({"customer": "SHUT"}, "customer", "customer_closed"),
        ({"standard": "trdae"}, "standard", "unknown_standard"),
        ({"customer_po": "x" * 81}, "customer_po", "too_long"),
        ({"currency": "EUR"}, "currency", "other_currency"),
        ({"discount_percent": D(101)}, "discount_percent", "bad_discount"),
        ({"discount_percent": D("-0.1")}, "discount_percent", "bad_discount"),
        ({"lines": ()}, "lines", "no_lines"),
        ({"lines": (LineDraft("M8-BOLT", D(1)),) * 10_001}, "lines", "too_many_lines"),
    ],
)
def test_what_is_wrong_with_the_head_is_named(fields, field, code):
    assert told(draft(**fields)) == [(field, code)]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (LineDraft("M8-BLOT", D(1)), "sku", "unknown_item"),
        (LineDraft("", D(1)), "sku", "unknown_item"),
        (LineDraft("GONE", D(1)), "sku", "item_closed"),
        (LineDraft("M8-BOLT", D(0)), "quantity", "quantity_not_positive"),
        (LineDraft("M8-BOLT", D(-5)), "quantity", "quantity_not_positive"),
        (LineDraft("M8-BOLT", D("NaN")), "quantity", "quantity_not_positive"),
        (LineDraft("M8-BOLT", D("Infinity")), "quantity", "quantity_not_positive"),
        (LineDraft("M8-BOLT", D(1_000_001)), "quantity", "absurd_quantity"),
        (LineDraft("M8-BOLT", D("0.0000001")), "quantity", "too_many_decimals"),
        (LineDraft("M8-BOLT", D(1), D("-0.01")), "unit_price", "negative_price"),
        (LineDraft("M8-BOLT", D(1), D("1e9")), "unit_price", "absurd_price"),
        (LineDraft("M8-BOLT", D(1), D("0.000000001")), "unit_price", "too_many_decimals"),
        (LineDraft("M8-BOLT", D(1), D(1), D(100.5)), "discount_percent", "bad_discount"),
        (LineDraft("M8-BOLT", D(1), D(1), D("1.00001")), "discount_percent", "too_many_decimals"),
        (LineDraft("UNPRICED", D(1)), "unit_price", "no_price"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_by_its_place_and_ends_with_what_to_do(line, field, code):
    sound = LineDraft("M8-BOLT", D(1))
    (problem,) = rules.problems(draft(sound, line), MASTERS)
    assert (problem.field, problem.code) == (f"lines[1].{field}", code)
    assert problem.remedy.endswith(".")


def test_every_problem_of_a_draft_is_told_at_once():
    bad = draft(LineDraft("NOPE", D(-1), D(-1)), customer="NOBODY")
    assert [code for _, code in told(bad)] == ["unknown_customer", "unknown_item", "quantity_not_positive", "negative_price"]


def test_a_free_item_may_be_given_at_a_price_of_nothing():
    assert told(draft(LineDraft("M8-BOLT", D(1), D(0)))) == []


# --- typed text -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        (" 12.50 ", "12.50"),
        ("1,234.50", "1234.50"),
        ("１２．５", "12.5"),
        ("-3", "-3"),
        ("1,234,567", "1234567"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert rules.number(text, "quantity") == D(value)


@pytest.mark.parametrize("text", ["", "twelve", "1.2.3", "1,2", "12,34.5", "1_000", "NaN", "Infinity", "1e99", "=1+1", "0x10"])
def test_what_is_no_number_is_refused_with_an_example(text):
    problem = rules.number(text, "lines[0].quantity")
    assert isinstance(problem, Problem)
    assert (problem.field, problem.code) == ("lines[0].quantity", "not_a_number")


@given(st.text(max_size=12))
def test_any_text_gives_a_number_or_a_problem(text):
    read = rules.number(text, "quantity")
    assert isinstance(read, Problem) or read.is_finite()


@pytest.mark.parametrize("text", ["2026-03-31", "2026/3/31", "2026.03.31", "２０２６-03-31 "])
def test_days_are_read_as_people_write_them(text):
    assert rules.day(text, "requested_on") == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["31.02.2026", "2026-02-30", "2026-13-01", "", "tomorrow", "20260331"])
def test_a_day_that_is_in_no_calendar_is_refused(text):
    assert isinstance(rules.day(text, "requested_on"), Problem)


# --- prices ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "on", "price"),
    [(1, TODAY, 10), (10, TODAY, 9), (100, TODAY, 9), (100, date(2026, 4, 1), 8), (99, date(2026, 4, 1), 9), (-10, TODAY, 9)],
)
def test_the_highest_break_reached_counts_also_for_what_comes_back(quantity, on, price):
    assert rules.price_at(D(quantity), BREAKS, today=on) == price


def test_ten_thousand_grams_hit_the_break_of_ten_kilograms():
    assert rules.price_at(D(10_000) / 1_000, BREAKS, today=TODAY) == 9


def test_the_price_given_comes_before_the_list_and_the_list_before_the_item():
    def price(line, customer):
        return rules.price_of(line, customer, MASTERS)

    nobody = CustomerFacts(3, "X", "CNY", None, active=True)
    other = CustomerFacts(4, "Y", "USD", 7, active=True)
    assert price(LineDraft("M8-BOLT", D(1), D("0.33")), DAN) == D("0.33")
    assert price(LineDraft("M8-BOLT", D(1)), DAN) == 10
    assert price(LineDraft("M8-BOLT", D(1)), nobody) == D("0.40")
    assert price(LineDraft("M8-BOLT", D(1)), other) == D("0.40"), "a list in another currency says nothing"
    assert price(LineDraft("UNPRICED", D(1)), DAN) is None


def test_an_amount_keeps_all_decimals():
    assert rules.amount_of(D("0.333333"), D("0.12345678")) == D("0.04115222")
    assert rules.amount_of(D(3), D("19.99"), D("12.5")) == D("52.47375")


@pytest.mark.parametrize(
    ("amounts", "discount", "currency", "total"),
    [
        (["1460.50", "0.125"], 0, "CNY", "1460.63"),
        (["0.005"], 0, "CNY", "0.01"),
        (["0.015"], 0, "CNY", "0.02"),
        (["1234.5"], 0, "JPY", "1235"),
        (["299", "1"], "2.5", "CNY", "292.50"),
        ([], 0, "CNY", "0.00"),
    ],
)
def test_a_total_is_rounded_once_half_up_to_the_currency(amounts, discount, currency, total):
    assert total_of(map(D, amounts), D(discount), currency) == D(total)


def test_a_discount_divided_over_lines_is_told_as_one():
    assert rules.discount_of(D(1000), D(950)) == 5
    assert rules.discount_of(D(3), D(2)) == D("33.3333")
    assert rules.discount_of(D(0), D(0)) == 0


def test_a_full_width_purchase_order_number_is_the_same_number():
    assert rules.po_key("ＰＯ－12 ") == "PO-12"


# --- edits ----------------------------------------------------------------------------------------------------------------------

LINES = {
    1: LineNow(11, 1, "M8-BOLT", D(10), D(10), D("0.40"), D(0), None),
    2: LineNow(12, 2, "M8-BOLT", D(5), D(0), D("0.40"), D(0), None),
}


@pytest.mark.parametrize(
    ("edit", "field", "code"),
    [
        (OrderEdit((LineEdit(3, D(1)),)), "lines[0].position", "unknown_line"),
        (OrderEdit((LineEdit(2, D(1)),)), "lines[0].position", "unknown_line"),
        (OrderEdit((LineEdit(1, D(-1)),)), "lines[0].quantity", "quantity_not_positive"),
        (OrderEdit((LineEdit(1, unit_price=D(-1)),)), "lines[0].unit_price", "negative_price"),
        (OrderEdit((LineEdit(1, discount_percent=D(200)),)), "lines[0].discount_percent", "bad_discount"),
        (OrderEdit((LineEdit(1, D(1)), LineEdit(1, D(2)))), "lines", "line_twice"),
        (OrderEdit((LineEdit(1, D(0)),)), "lines", "no_lines"),
        (OrderEdit(added=(LineDraft("NOPE", D(1)),)), "added[0].sku", "unknown_item"),
        (OrderEdit(discount_percent=D(-1)), "discount_percent", "bad_discount"),
    ],
)
def test_what_is_wrong_with_an_edit_is_named(edit, field, code):
    found = rules.edit_problems(edit, LINES, "DAN", MASTERS)
    assert [(each.field, each.code) for each in found] == [(field, code)]


def test_an_edit_leaves_what_it_does_not_name():
    line = rules.edited(LINES[1], LineEdit(1, unit_price=D("0.38")))
    assert (line.wanted, line.unit_price, line.amount) == (10, D("0.38"), D("3.80"))
    replaced = OrderEdit((LineEdit(1, D(0)),), (LineDraft("M8-BOLT", D(3)),))
    assert rules.edit_problems(replaced, LINES, "DAN", MASTERS) == []
