"""How SQLite finds its rows: by an index, however many orders there are. It plans without statistics, so what a small database shows holds
for a large one; PostgreSQL plans by what it has seen, and `make bench` measures it beside 100,000 orders.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection

from api.test_whole_life import life
from orderway import sets

GROWING = re.compile(r"(orders|journal|stock|delivery|invoicing|supply|aftersales|review|capture)_")
NAMED = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?(?:\s+AS)?\s+"?(\w+)"?', re.IGNORECASE)
MASTERS = {"stock_location"}
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "INSERT")
READ_WHOLE = re.compile(r"^(?:SCAN (\w+)|SEARCH (\w+) USING AUTOMATIC)")  # an automatic index is made of the whole table


@pytest.fixture
def sent():
    """Every statement of the test with the parameters that it had first."""
    statements = {}

    def note(execute, sql, parameters, many, context):
        statements.setdefault(sql, parameters[0] if many else parameters)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def plan(sql, parameters):
    return [row[3] for row in sets.running.run(f"EXPLAIN QUERY PLAN {sql}", parameters or ())[0]]


def scanned(sql, steps):
    """The growing tables that a plan reads from end to end."""
    tables = {name: table for table, alias in NAMED.findall(sql) for name in (alias, table)}
    names = [found[1] or found[2] for found in map(READ_WHOLE.match, steps) if found]
    return {tables.get(name, name) for name in names if GROWING.match(tables.get(name, name))} - MASTERS


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone plans without having seen its tables")
def test_no_statement_of_a_life_reads_a_growing_table_from_end_to_end(office, sent):
    life(office, "2")

    found = {sql: scanned(sql, plan(sql, parameters)) for sql, parameters in dict(sent).items() if not sql.startswith(CONTROL)}

    assert len(found) > 30
    assert {sql: tables for sql, tables in found.items() if tables} == {}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone plans without having seen its tables")
def test_a_table_that_is_read_from_end_to_end_is_noticed(office):
    sql = "SELECT o.number FROM orders_order AS o WHERE o.note = %s"

    assert scanned(sql, plan(sql, ("x",))) == {"orders_order"}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone plans without having seen its tables")
def test_a_purchase_order_is_looked_up_by_its_key_and_not_among_all_of_its_customer(office, sent):
    office.placed(customer_po="PO-1")

    (looked_up,) = [plan(sql, parameters) for sql, parameters in dict(sent).items() if "natural keys" in sql]

    assert any("order_once_per_customer_po (channel=? AND customer_id=? AND po_key=?)" in step for step in looked_up), looked_up
