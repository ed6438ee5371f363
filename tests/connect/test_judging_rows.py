"""Each row of a foreign file becomes a line, a return, or a refusal with place, reason and remedy."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderway.connect.csv_excel import mapping as mappings
from orderway.connect.csv_excel.judging import Line, Refused, is_return, judge
from orderway.connect.csv_excel.mapping import MappingMistake
from orderway.connect.csv_excel.reading import Row

RETAIL = mappings.load("online-retail")
GOOD = {
    "Invoice": "489434",
    "StockCode": "85048",
    "Description": "GLASS BALL",
    "Quantity": "12",
    "InvoiceDate": "2009-12-01 07:45:00",
    "Price": "6.95",
    "Customer ID": "13085.0",
    "Country": "United Kingdom",
}


def judged(mapping=RETAIL, **changes):
    return judge(Row(7, {**GOOD, **changes}), mapping)


def test_a_good_row_becomes_a_line_with_all_decimals_and_the_time_of_the_sellers_zone():
    line = judged(InvoiceDate="2010-07-01 07:45:00", Price="0.001")
    assert isinstance(line, Line)
    assert (line.customer, line.price, line.amount) == ("13085", Decimal("0.001"), Decimal("0.012"))
    assert line.ordered_at == datetime(2010, 7, 1, 6, 45, tzinfo=UTC)  # British summer time


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"Invoice": "A506401"}, "not_an_order", "Invoice"),
        ({"Invoice": ""}, "missing_order", "Invoice"),
        ({"StockCode": " "}, "missing_sku", "StockCode"),
        ({"Quantity": "a dozen"}, "bad_quantity", "Quantity"),
        ({"Quantity": "NaN"}, "bad_quantity", "Quantity"),
        ({"Quantity": "1_000"}, "bad_quantity", "Quantity"),
        ({"Quantity": "1e99"}, "bad_quantity", "Quantity"),
        ({"Quantity": "0.0000001"}, "bad_quantity", "Quantity"),
        ({"Quantity": "0"}, "negative_quantity", "Quantity"),
        ({"Quantity": "-3"}, "negative_quantity", "Quantity"),
        ({"Quantity": "99999999"}, "absurd_quantity", "Quantity"),
        ({"Price": "6,95"}, "bad_price", "Price"),
        ({"Price": "-1"}, "negative_price", "Price"),
        ({"Price": "0"}, "no_price", "Price"),
        ({"Price": "999999999"}, "absurd_price", "Price"),
        ({"InvoiceDate": "2010-02-31 10:00:00"}, "bad_date", "InvoiceDate"),
        ({"Customer ID": ""}, "no_customer", "Customer ID"),
        ({"Invoice": "C489449", "Quantity": "5"}, "quantity_sign", "Quantity"),
    ],
)
def test_a_bad_row_is_refused_with_its_row_column_and_reason(changes, code, column):
    refused = judged(**changes)
    assert isinstance(refused, Refused)
    assert (refused.row, refused.code, refused.column) == (7, code, column)
    assert refused.sentence.endswith(".")


def test_a_broken_row_says_what_is_broken():
    assert judge(Row(9, {}, "3 cells where the heading has 8"), RETAIL).code == "broken_row"


def test_a_row_without_customer_goes_to_the_walk_in_customer_if_the_mapping_has_one():
    assert judged(mapping=replace(RETAIL, walk_in="WALK-IN"), **{"Customer ID": ""}).customer == "WALK-IN"


def test_a_number_with_c_takes_back_an_earlier_line():
    line = judged(Invoice="C489449", Quantity="-12")
    assert is_return(line, RETAIL)
    assert line.amount == Decimal("-83.40")


@pytest.mark.parametrize("absurd", ["1e400", "NaN", "1_0"])
def test_a_number_that_can_be_none_does_not_swallow_the_control_sum(absurd):
    assert judged(Quantity=absurd).amount == 0
    assert judged(Price=absurd).amount == 0
    assert judged(Quantity="1e400").amount + Decimal("0.001") == Decimal("0.001")


def test_refused_rows_keep_their_amount_for_the_control_sum():
    assert judged(**{"Customer ID": ""}).amount == Decimal("83.40")
    assert judged(Quantity="x").amount == 0


@pytest.mark.parametrize("name", mappings.shipped())
def test_every_shipped_mapping_loads(name):
    assert mappings.load(name).standard in {"trade", "make-to-stock", "make-to-order"}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("title: x", "format: order-mapping/1"),
        ("format: order-mapping/1\ncolums: {}", "colums"),
        ("format: order-mapping/1", "columns"),
        ("format: order-mapping/1\ncolumns: {order: A, sku: B}", "quantity"),
        ("format: order-mapping/1\ncolumns: {ordre: A}", "ordre"),
        ("format: order-mapping/1\ncolumns: {order: A, sku: B, quantity: C}\nzone: Mars", "Mars"),
        ("format: order-mapping/1\ncolumns: {order: A, sku: B, quantity: C}\ncreate: [planets]", "planets"),
        ("format: [", "YAML"),
    ],
)
def test_a_mapping_that_cannot_be_used_names_the_key(source, sentence):
    with pytest.raises(MappingMistake, match=sentence):
        mappings.read(source, name="mine")


def test_an_unknown_mapping_lists_the_known_ones():
    with pytest.raises(MappingMistake, match="northwind"):
        mappings.load("nortwind")
