"""An import is the same acts as the form: good rows are taken, the others are named, and doing it again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderway.connect.csv_excel import importing, mapping
from orderway.connect.csv_excel.reading import FileMistake
from orderway.journal.verify import verify
from orderway.masterdata.models import Customer, Item, Person
from orderway.orders.models import Order, OrderLine
from orderway.project.running import run_everything
from orderway.releases.publishing import install_shipped
from orderway.stages.aftersales.models import Return, ReturnReceipt
from orderway.stages.stock.models import StockMove

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RETAIL = mapping.load("online-retail")
COUNTED = (Order, Return, StockMove, Item, Customer)
HEAD = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"


@pytest.fixture(autouse=True)
def _installed():
    from orderway.masterdata.models import Warehouse

    Warehouse.objects.create(key="MAIN", name="Main")
    install_shipped(Person.objects.create_superuser("admin", name="Admin"), NOW)


@pytest.fixture
def imports(tmp_path):
    """Import these rows; gives the report."""

    def do(*rows, mapping=RETAIL, head=HEAD, **options):
        path = tmp_path / "orders.csv"
        path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
        return importing.import_orders(path, mapping, now=NOW, **options)

    return do


BALL = "1,BALL,Glass ball,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom"
LAMP = "1,LAMP,Cherry lamp,4,2009-12-01 07:45:00,2.1,13085.0,United Kingdom"
BALL_BACK = "C9,BALL,Glass ball,-5,2009-12-03 10:00:00,6.95,13085.0,United Kingdom"


def test_rows_of_one_number_become_one_order_with_the_dates_of_the_file(imports):
    report = imports(BALL, LAMP)
    order = Order.objects.get()
    assert (report.imported, report.orders, order.lines.count()) == (2, 1, 2)
    assert order.ordered_at == datetime(2009, 12, 1, 7, 45, tzinfo=UTC)
    assert order.as_history
    assert order.customer.country == "GB"


def test_a_bad_row_does_not_keep_its_neighbours_out(imports):
    report = imports(BALL, LAMP.replace(",4,", ",many,"))
    assert (report.imported, dict(report.refused)) == (1, {"bad_quantity": 1})
    assert OrderLine.objects.get().item.sku == "BALL"


def test_importing_a_file_again_changes_nothing(imports):
    imports(BALL, LAMP, BALL_BACK)
    before = [model.objects.count() for model in COUNTED]
    report = imports(BALL, LAMP, BALL_BACK)
    assert (report.imported, report.unchanged) == (0, 3)
    assert before == [model.objects.count() for model in COUNTED]


def test_opening_stock_is_one_visible_move_per_item_for_the_imported_demand(imports):
    imports(BALL, LAMP, BALL.replace("1,BALL", "2,BALL"))
    moves = {move.item.sku: move.quantity for move in StockMove.objects.filter(reason="opening")}
    assert moves == {"BALL": 24, "LAMP": 4}


def test_a_cancelling_row_becomes_an_announced_return_that_is_booked_once_its_line_is_shipped(imports):
    report = imports(BALL, BALL_BACK)
    assert (report.imported, report.returns) == (2, 1)
    assert not ReturnReceipt.objects.exists()

    run_everything(until=None, now=NOW)

    assert ReturnReceipt.objects.get().quantity == 5
    assert [row.first for row in verify() if row.broken] == []


def test_a_cancelling_row_meets_the_latest_earlier_line_and_then_the_ones_before(imports):
    newer = BALL.replace("1,BALL", "2,BALL").replace(",12,", ",3,").replace("12-01", "12-02")
    later = BALL.replace("1,BALL", "3,BALL").replace("12-01", "12-09")
    imports(BALL, newer, later, BALL_BACK)
    taken = {(line.of.order.customer_po, line.quantity) for entry in Return.objects.all() for line in entry.lines.all()}
    assert taken == {("2", Decimal(3)), ("1", Decimal(2))}


def test_a_cancelling_row_that_finds_nothing_is_refused(imports):
    assert dict(imports(BALL_BACK).refused) == {"cancels_nothing": 1}
    assert dict(imports(BALL.replace("12-01", "12-25"), BALL_BACK).refused) == {"cancels_nothing": 1}


def test_the_same_row_twice_is_refused_or_merged_as_the_mapping_says(imports):
    refused = imports(BALL, BALL)
    assert (refused.imported, dict(refused.refused)) == (1, {"duplicate_row": 1})
    merged = imports(BALL.replace("1,BALL", "2,BALL"), BALL.replace("1,BALL", "2,BALL"), mapping=replace(RETAIL, duplicates="merge"))
    assert (merged.imported, merged.merged, merged.amounts["merged"]) == (1, 1, Decimal("83.40"))
    assert OrderLine.objects.get(order__customer_po="2").quantity == 24


def test_the_amounts_add_up_to_the_file_exactly(imports):
    rows = [
        BALL,
        LAMP,
        BALL_BACK,
        BALL,
        LAMP.replace("2.1", "0"),
        BALL.replace("13085.0", ""),
        BALL.replace("6.95", "0.001").replace("1,B", "7,B"),
    ]
    report = imports(*rows)
    total = sum(Decimal(row.split(",")[3]) * Decimal(row.split(",")[5]) for row in rows)
    assert sum(report.amounts.values()) == total
    assert report.rows == len(rows)
    assert report.as_json()["amount"]["imported"] == "57.062"


def test_the_same_number_with_other_lines_is_an_amendment_and_changes_nothing(imports):
    imports(BALL)
    report = imports(BALL.replace(",12,", ",13,"))
    assert dict(report.refused) == {"purchase_order_exists": 1}
    assert OrderLine.objects.get().quantity == 12


def test_two_customers_under_one_number_are_refused(imports):
    assert dict(imports(BALL, LAMP.replace("13085", "99")).refused) == {"mixed_customer": 1}


def test_a_mapping_that_may_not_create_names_unknown_items_and_customers(imports):
    strict = replace(RETAIL, create=frozenset({"customers"}))
    assert dict(imports(BALL, mapping=strict).refused) == {"unknown_item": 1}
    imports(BALL)
    strict = replace(RETAIL, create=frozenset())
    assert dict(imports(BALL.replace("1,B", "5,B").replace("13085", "99"), mapping=strict).refused) == {"unknown_customer": 1}


def test_a_dry_run_takes_everything_back(imports):
    report = imports(BALL, LAMP, dry_run=True)
    assert (report.imported, report.orders) == (2, 1)
    assert not Order.objects.exists()
    assert not Item.objects.exists()


def test_a_file_without_a_needed_column_is_refused_with_the_columns_it_has(imports):
    with pytest.raises(FileMistake, match="StockCode"):
        imports("1,2", head="Invoice,Quantity\n")
