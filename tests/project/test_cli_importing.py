"""orderway import: a report that adds up, reasons by row, and exit codes that a script can rely on."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from decimal import Decimal

import pytest

from orderway.orders.models import Order

MIXED = (
    "A1,C1,BOLT,2,1.50,2026-02-01",
    "A1,C1,NUT,abc,1.50,2026-02-01",
    "A2,C1,BOLT,-2,1.50,2026-02-01",
    "A3,C2,BOLT,3,1.25,31.02.2026",
    "A4,C2,BOLT,3,1.255,2026-02-01",
    "A4,C2,BOLT,3,1.255,2026-02-01",
)


def report(tmp_path):
    return json.loads((tmp_path / "report.json").read_text())


def test_the_report_counts_every_row_once_and_its_amounts_add_up(shop, tmp_path):
    answer = shop(*MIXED, options=("--report", "report.json"))

    assert answer.code == 0
    assert report(tmp_path) == {
        "rows": 6,
        "imported": 2,
        "merged": 0,
        "unchanged": 0,
        "refused": {"bad_date": 1, "bad_quantity": 1, "duplicate_row": 1, "negative_quantity": 1},
        "orders": 2,
        "amount": {"imported": "6.765", "merged": "0", "unchanged": "0", "refused": "4.515"},
    }
    assert Order.objects.count() == 2


def test_every_refused_row_is_named_by_row_and_column_with_a_remedy(shop):
    said = shop(*MIXED).out

    assert "row 3, quantity: bad_quantity: 'abc' is no number. Write it like 1234.50." in said
    assert "row 4, quantity: negative_quantity: The quantity is -2." in said
    assert "row 5, ordered_at: bad_date: '31.02.2026' is no date" in said
    assert "row 7, order: duplicate_row:" in said


def test_only_the_first_refused_rows_are_named_and_the_others_counted(shop):
    answer = shop(*[f"A{number},C1,BOLT,none,1,2026-02-01" for number in range(23)])

    assert answer.out.count("bad_quantity: 'none' is no number") == 20
    assert "... and 3 more refused rows." in answer.out


def test_a_second_import_changes_nothing(shop, tmp_path):
    shop(*MIXED)
    before = list(Order.objects.values_list("number", "case_text"))

    answer = shop(*MIXED, options=("--report", "report.json"))

    assert answer.code == 0
    again = report(tmp_path)
    assert (again["imported"], again["unchanged"], again["orders"]) == (0, 2, 0)
    assert again["rows"] == again["imported"] + again["merged"] + again["unchanged"] + sum(again["refused"].values())
    assert sum(map(Decimal, again["amount"].values())) == Decimal("11.28")
    assert list(Order.objects.values_list("number", "case_text")) == before


def test_a_dry_run_says_what_would_happen_and_changes_nothing(shop, tmp_path):
    answer = shop(*MIXED, options=("--dry-run", "--report", "report.json"))

    assert answer.code == 0
    assert "Dry run: nothing was changed" in answer.out
    assert "2 orders would be created." in answer.out
    assert report(tmp_path)["imported"] == 2
    assert not Order.objects.exists()


@pytest.mark.parametrize(("rows", "code"), [(MIXED, 1), (MIXED[:1], 0)])
def test_strict_ends_with_1_only_if_a_row_was_refused(shop, rows, code):
    assert shop(*rows, options=("--strict",)).code == code
    assert Order.objects.count() == (2 if code else 1)


def test_a_limit_reads_only_the_first_rows(shop, tmp_path):
    shop(*MIXED, options=("--limit", "1", "--report", "report.json"))

    assert report(tmp_path)["rows"] == 1


BAD_MAPPINGS = {
    "no-yaml": "a: [1",
    "no-format": "columns: {order: po}",
    "no-columns": "format: order-mapping/1",
    "missing-field": "format: order-mapping/1\ncolumns: {order: po, sku: item}",
    "unknown-field": "format: order-mapping/1\ncolumns: {order: po, sku: item, quantity: quantity, colour: c}",
    "unknown-key": "format: order-mapping/1\ncolour: red\ncolumns: {order: po, sku: item, quantity: quantity}",
    "bad-zone": "format: order-mapping/1\nzone: Mars/Olympus\ncolumns: {order: po, sku: item, quantity: quantity}",
    "bad-create": "format: order-mapping/1\ncreate: [planets]\ncolumns: {order: po, sku: item, quantity: quantity}",
    "create-no-list": "format: order-mapping/1\ncreate: 5\ncolumns: {order: po, sku: item, quantity: quantity}",
    "dates-no-list": "format: order-mapping/1\ndates: 5\ncolumns: {order: po, sku: item, quantity: quantity}",
    "prefixes-no-table": "format: order-mapping/1\nprefixes: [C]\ncolumns: {order: po, sku: item, quantity: quantity}",
    "zone-no-text": "format: order-mapping/1\nzone: [1]\ncolumns: {order: po, sku: item, quantity: quantity}",
    "not-utf-8": b"format: order-mapping/1\ntitle: \xff\xfe\ncolumns: {order: po, sku: item, quantity: quantity}",
    "a-bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nformat: *b",
}


@pytest.mark.parametrize("name", BAD_MAPPINGS)
def test_a_mapping_that_cannot_be_used_is_wrong_usage_and_names_itself(shop, file, name):
    file(f"{name}.yaml", BAD_MAPPINGS[name])

    answer = shop(*MIXED, mapping=f"./{name}.yaml")

    assert answer.code == 2
    assert name in answer.err
    assert "Traceback" not in answer.err
    assert not Order.objects.exists()


def test_an_unknown_mapping_names_the_shipped_ones(shop):
    answer = shop(*MIXED, mapping="nope")

    assert answer.code == 2
    assert "There is no mapping 'nope'. Shipped: northwind, online-retail, orders" in answer.err


def test_a_mapping_with_a_standard_that_is_not_in_force_refuses_every_row_by_name(shop, file, tmp_path):
    text = (tmp_path / "trade.yaml").read_text()
    file("other.yaml", text.replace("standard: trade", "standard: nothere"))

    answer = shop(*MIXED[:1], mapping="other.yaml", options=("--strict",))

    assert answer.code == 1
    assert "nothere" in answer.out + answer.err
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "words", [("nope.csv",), ("orders.csv", "--mapping", "./nope.yaml"), ("orders.csv", "--report", "nowhere/r.json"), (".",)]
)
def test_a_file_that_is_not_there_ends_with_3_before_anything_is_done(installed, file, words):
    file("orders.csv", f"{HEADING}A1,C1,BOLT,1,1,2026-02-01\n")

    answer = installed("import", *words)

    assert answer.code == 3
    assert "Check the name and the rights of the file." in answer.err
    assert not Order.objects.exists()


def _zip_bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
    return packed.getvalue()


def _scratched(packed):
    return packed[:30] + b"\xff\xff\xff\xff" + packed[34:]


HEADING = "po,customer,item,quantity,price,ordered_at\n"
HOSTILE = {
    "bomb.xlsx": (_zip_bomb, "unpacks to"),
    "bomb.csv.gz": (lambda: gzip.compress(HEADING.encode() + b"0" * 60_000_000), "unpacks to more than"),
    "empty.csv": (lambda: b"", "is empty"),
    "archive.xlsx": (lambda: b"PK\x03\x04 not really", "is damaged"),
    "binary.csv": (lambda: b"\x7fELF\0\0\0\0", "neither CSV nor Excel"),
    "other.csv": (lambda: b"colour,size\nred,1\n", "has no column"),
    "torn.csv.gz": (lambda: gzip.compress(HEADING.encode() + bytes(range(65, 91)) * 500)[:60], "is damaged"),
    "scratched.csv.gz": (lambda: _scratched(gzip.compress(HEADING.encode() + bytes(range(65, 91)) * 500)), "is damaged"),
}


def test_a_database_that_is_damaged_in_the_middle_ends_with_3_and_imports_nothing(shop, file, tmp_path):
    with closing(sqlite3.connect(tmp_path / "source.sqlite3")) as source:
        source.execute("CREATE TABLE lines (po, customer, item, quantity, price)")
        source.executemany("INSERT INTO lines VALUES (?, 'C1', 'BOLT', 1, 1)", [(f"A{number}",) for number in range(5_000)])
        source.commit()
    healthy = (tmp_path / "source.sqlite3").read_bytes()
    file("source.sqlite3", healthy[: len(healthy) // 2] + b"\xff" * 8192 + healthy[len(healthy) // 2 + 8192 :])
    query = "query: select * from lines\n"
    file("query.yaml", (tmp_path / "trade.yaml").read_text().replace(", ordered_at: ordered_at", "") + query)
    file("write.yaml", (tmp_path / "query.yaml").read_text().replace(query, "query: pragma optimize\n"))

    damaged = shop.orderway("import", "source.sqlite3", "--mapping", "./query.yaml")
    no_query = shop.orderway("import", "source.sqlite3", "--mapping", "./write.yaml")

    assert damaged.code == 3
    assert damaged.err.startswith("source.sqlite3 is damaged: database disk image is malformed.")
    assert no_query.code == 3
    assert not Order.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_as_a_whole_ends_with_3_and_a_sentence(shop, installed, file, name):
    make, said = HOSTILE[name]
    file(name, make())

    answer = installed("import", name, "--mapping", "./trade.yaml")

    assert answer.code == 3
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
