"""Real order files go in, add up to the last digit, run to invoices, and leave every invariant whole."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderway.connect.csv_excel import importing, mapping
from orderway.journal.verify import verify
from orderway.orders.models import Order, WorkItem
from orderway.project.installing import install
from orderway.project.running import run_everything
from orderway.stages.aftersales.models import ReturnReceipt
from orderway.stages.invoicing.models import Invoice

pytestmark = [pytest.mark.real, pytest.mark.django_db]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WHOLE = bool(os.environ.get("ORDERWAY_REAL_WHOLE"))
ROWS = None if WHOLE else 50_000
WHOLE_FACTS = {"rows": 525_461, "sum": Decimal("9539484.634")}


@pytest.fixture
def installed():
    list(install(administrator="admin", now=NOW, password="not-a-secret-here"))


def broken(rows):
    return [(row.invariant, row.broken, row.first) for row in rows if row.broken]


def test_a_year_of_a_shop_is_imported_to_the_last_row_and_run_to_invoices(installed, real_data):
    path = real_data / "online_retail_2009_2010" / "online_retail_2009_2010.csv.gz"
    retail = mapping.load("online-retail")

    first = importing.import_orders(path, retail, now=NOW, limit=ROWS)

    assert first.rows == (ROWS or WHOLE_FACTS["rows"])
    assert set(first.refused) >= {"no_customer", "no_price", "negative_quantity", "duplicate_row", "cancels_nothing"}
    if WHOLE:
        assert sum(first.amounts.values()) == WHOLE_FACTS["sum"]
        assert (first.refused["not_an_order"], first.refused["negative_quantity"], first.refused["no_price"]) == (3, 2_121, 1_566)
    assert first.orders == Order.objects.count() > 1_000
    assert first.returns > 100

    again = importing.import_orders(path, retail, now=NOW, limit=ROWS)

    assert (again.imported, again.orders, again.returns) == (0, 0, 0)
    assert again.unchanged == first.imported
    assert again.refused == first.refused
    assert sum(again.amounts.values()) == sum(first.amounts.values())

    run_everything(until=None, now=NOW)

    assert Invoice.objects.count() > 0.9 * first.orders
    assert ReturnReceipt.objects.count() > 100
    waiting = WorkItem.objects.filter(state="open")
    assert not waiting.filter(waiting_reason="", by_system=True, held_since=None).exists(), "what waits says why"
    rows = verify()
    assert broken(rows) == []
    assert {row.invariant for row in rows if row.checked} >= {1, 2, 3, 4, 5, 7, 8, 9, 11, 12}


def test_northwind_goes_through_a_second_mapping(installed, real_data):
    path = real_data / "northwind" / "northwind.sqlite"

    report = importing.import_orders(path, mapping.load("northwind"), now=NOW)
    run_everything(until=None, now=NOW)

    assert (report.rows, report.imported, report.orders) == (2_155, 2_155, 830)
    assert report.amounts["imported"] == Decimal("1354458.59")
    assert Order.objects.filter(status="ended").count() == 830
    assert Invoice.objects.count() == 830
    assert broken(verify()) == []


def test_a_dry_run_says_the_same_and_changes_nothing(installed, real_data):
    path = real_data / "northwind" / "northwind.sqlite"

    report = importing.import_orders(path, mapping.load("northwind"), now=NOW, dry_run=True)

    assert (report.imported, report.orders) == (2_155, 830)
    assert Order.objects.count() == 0
