from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from orderway import sets
from orderway.masterdata.models import Customer, Person
from orderway.orders.models import ExposureBalance, ExposureMove, Idempotency, Job, NumberSeries
from orderway.sets import statistics
from orderway.sets.arrays import encoded
from orderway.sets.reading import queries
from orderway.sets.running import MANY, run
from orderway.sets.totals import Total

D = Decimal
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_inserted_rows_read_like_those_of_the_orm():
    rows = [("K1", "One", "CNY", Decimal("1000.50"), True), ("K2", "Zwei ü", "EUR", None, False)]
    columns = ("key", "name", "currency", "credit_limit", "blocked")
    rest = ("country", "city", "address", "tax_number", "email", "language", "payment_days", "walk_in", "active", "blocked_reason")

    sets.insert(Customer, columns + rest, [(*row, "", "", "", "", "", "en", 30, False, True, "") for row in rows])

    assert list(Customer.objects.order_by("key").values_list(*columns)) == rows


def test_times_are_read_as_they_were_written():
    moments = [NOW, NOW.replace(microsecond=1), None]
    sets.insert(
        Job,
        ("name", "holder", "leased_until", "last_result", "failures"),
        [(f"j{index}", "", moment, "", 0) for index, moment in enumerate(moments)],
    )

    assert list(Job.objects.order_by("name").values_list("leased_until", flat=True)) == moments


def test_update_changes_n_rows_and_says_so_if_one_is_missing():
    NumberSeries.objects.bulk_create([NumberSeries(key=key, last=1) for key in "abc"])

    assert sets.update(NumberSeries, key=["key"], set=["last"], rows=[("a", 5), ("b", 6)]) == 2
    with pytest.raises(sets.WrongCount, match="1 rows instead of 2"):
        sets.update(NumberSeries, key=["key"], set=["last"], rows=[("a", 5), ("z", 6)])


def test_a_guard_keeps_rows_that_somebody_else_has_changed():
    NumberSeries.objects.create(key="a", last=7)

    with pytest.raises(sets.WrongCount):
        sets.update(NumberSeries, key=["key"], guard=["last"], set=["last"], rows=[("a", 1, 2)])


def test_added_columns_are_raised_not_replaced():
    NumberSeries.objects.create(key="a", last=7)

    sets.store([sets.Update(NumberSeries, ("key",), ("last",), [("a", 3)], added=("last",))])

    assert NumberSeries.objects.get().last == 10


def test_a_balance_begins_with_what_is_added_first_and_several_writes_to_it_become_one():
    one, two = (Customer.objects.create(key=key, name=key, currency="CNY").pk for key in ("K1", "K2"))
    add = lambda *rows: sets.Add(ExposureBalance, ("customer",), ("exposed",), rows)  # noqa: E731

    sets.store([add((two, 5), (one, 3)), add((two, -7))])
    counts = sets.store([add((one, 10**15)), sets.Insert(NumberSeries, ("key", "last"), [("a", 1)])])

    assert counts == [1, 1]
    assert dict(ExposureBalance.objects.values_list("customer", "exposed")) == {one: 10**15 + 3, two: -2}


@pytest.mark.postgresql
def test_writes_to_several_tables_are_one_statement_on_postgresql():
    NumberSeries.objects.create(key="a", last=7)
    writes = [
        sets.Update(NumberSeries, ("key",), ("last",), [("a", 8)]),
        sets.Insert(NumberSeries, ("key", "last"), [("b", 1)]),
        sets.Insert(Job, ("name", "holder", "last_result", "failures"), [("j", "", "", 0)]),
    ]

    with CaptureQueriesContext(connection) as captured:
        sets.store(writes)

    assert len(captured) == 1
    assert dict(NumberSeries.objects.values_list("key", "last")) == {"a": 8, "b": 1}


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("int8", [1, -(2**62), 0]),
        ("int8", [1, None]),
        ("text", ["", "ü€\U0001f600", "a" * 70_000]),
        ("text", [None, "x"]),
        ("timestamptz", [NOW, datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), None]),
        ("date", [date(2026, 3, 2), date(1900, 1, 1), None]),
        ("bool", [True, False, None]),
        ("bytea", [b"\x00\xff", None]),
        ("int8", []),
    ],
)
def test_arrays_arrive_on_postgresql_as_they_were_given(kind, values):
    rows, _ = run(f"SELECT v FROM unnest(%(values)b::{kind}[]) AS v", {"values": encoded(kind, values)})

    assert [row[0] for row in rows] == values


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))))
def test_an_integer_array_has_a_length_for_every_element(values):
    data = encoded("int8", values).data

    assert len(data) == (12 if not values else 20 + sum(4 if value is None else 12 for value in values))


def test_both_databases_have_the_same_named_queries_each_with_a_sentence():
    for file in ("orders", "journal"):
        postgresql, sqlite = queries(file, "postgresql"), queries(file, "sqlite")
        assert list(postgresql) == list(sqlite)
        assert all(body.startswith("-- ") for body in (*postgresql.values(), *sqlite.values()))


def test_a_statement_of_a_set_can_be_made_to_fail_like_any_other():
    def fails(execute, sql, parameters, many, context):
        raise RuntimeError("disk full")

    with connection.execute_wrapper(fails), pytest.raises(RuntimeError, match="disk full"):
        sets.insert(NumberSeries, ("key", "last"), [("a", 1)])


def test_nothing_to_write_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert sets.store([sets.Insert(Idempotency, ("token",), [])]) == []
        assert sets.insert(Person, ("key",), []) == 0


def test_what_an_act_asks_is_planned_once_for_a_connection_on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its statements by itself")

    for _ in range(2):
        sets.select("capture.versions_in_force", now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%releases_version%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.postgresql
def test_what_is_asked_of_many_is_planned_each_time_on_postgresql():
    """A plan that was made for few rows, or for tables that were almost empty, is not used for many."""
    for size in (MANY, MANY + 1):
        run(f"SELECT count(*) + {size} FROM orders_order WHERE id = ANY(%(orders)b)", {"orders": encoded("int8", range(size))})

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) + %'")
        assert [statement for (statement,) in cursor.fetchall()] == [f"SELECT count(*) + {MANY} FROM orders_order WHERE id = ANY($1)"]


@pytest.mark.postgresql
def test_postgresql_counts_again_what_has_grown_and_only_that():
    sets.insert(NumberSeries, ("key", "last"), [(f"{'k' * 55}{number}", number) for number in range(8_000)])

    with transaction.atomic():
        assert "orders_numberseries" in statistics.count_again()
        assert "orders_numberseries" not in statistics.count_again()
        transaction.set_rollback(True)
    assert "orders_numberseries" in statistics.count_again()


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_an_array_knows_how_many_elements_it_has(values):
    assert encoded("int8", values).count == len(values)


def test_sums_of_decimals_are_exact_on_every_database():
    """No control here: SQLite adds compensated since 3.43, so that only an older one shows the error of Django's own Sum."""
    customer = Customer.objects.create(key="K1", name="K1", currency="CNY")
    amounts = {"paid": ("1000000.10", "2000000.20", "-3000000.30"), "confirmed": ("0.20", "9539484.63")}
    ExposureMove.objects.bulk_create(
        [ExposureMove(customer=customer, kind=kind, amount=D(one), at=NOW) for kind, ones in amounts.items() for one in ones]
    )
    moves = ExposureMove.objects.all()

    paid = Total("amount", filter=Q(kind="paid"), default=D(0))
    sums = moves.aggregate(whole=Total("amount"), paid=paid, more=Total(F("amount") + D("0.05")))

    assert sums == {"whole": D("9539484.83"), "paid": D(0), "more": D("9539485.08")}
    assert moves.none().aggregate(nothing=Total("amount"))["nothing"] is None
