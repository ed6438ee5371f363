"""Open orders are promised with certainty from the live backlog, what is coming is shown, and kept promises are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from improvement.test_cycles import ended
from improvement.test_what_if import a_week_of_orders
from orderway.improvement import promising
from orderway.improvement.models import Outlook
from orderway.orders import acts
from orderway.orders.models import Order, Promise
from orderway.simulation import promise


@pytest.fixture(autouse=True)
def _nothing_measured_yet(monkeypatch):
    monkeypatch.setattr(promising, "_measured", {})


def test_every_open_order_gets_its_days_and_the_worker_writes_only_what_has_moved(shop, signed_in):
    a_week_of_orders(shop)
    numbers = shop.orders(3)
    shop.entered(*numbers)
    Order.objects.filter(number=numbers[0]).update(promised_on=shop.now.date() - timedelta(days=1))

    promising.refresh(shop.now)
    promising.refresh(shop.now)

    rows = list(Promise.objects.order_by("order"))
    page = signed_in("alice").get(f"/orders/{numbers[0]}/").content.decode()
    outlook = signed_in("alice").get("/improve/outlook").content.decode()
    assert [row.order.number for row in rows] == numbers
    assert all(shop.now < row.p50 <= row.p80 <= row.p95 for row in rows)
    assert "With 80 % by" in page
    assert "It will probably miss" in page
    assert numbers[0] in outlook
    assert numbers[1] not in outlook
    assert "Reviewer" in outlook
    assert "3 open orders, times from 35 finished orders" in " ".join(outlook.split())
    assert "Too few orders have ended to try the promises on them." in outlook


def test_a_promise_says_how_long_orders_took_that_stood_at_the_same_place(shop):
    a_week_of_orders(shop)  # two hours from packing opened until it is done
    number = shop.an_order()
    shop.entered(number)
    shop.checked(number)
    shop.runs(number)

    promising.refresh(shop.now)

    row = Promise.objects.get()
    assert row.reason == "pack"
    assert [round((moment - shop.now).total_seconds()) for moment in (row.p50, row.p95)] == [7200, 7200]


def test_what_promises_would_have_been_worth_stands_on_the_page_with_its_n(shop, signed_in, monkeypatch):
    monkeypatch.setattr(promise, "BETWEEN_TRIALS", 3_600.0)
    a_week_of_orders(shop)
    shop.an_order()

    promising.refresh(shop.now)

    found = promising.foreseen_of(Outlook.objects.get()).tried
    page = " ".join(signed_in("bob").get("/improve/outlook").content.decode().split())
    assert found.orders >= 5
    assert found.p50 <= found.p80 <= found.p95
    assert f"Tried on {found.n} promises for {found.orders} orders that have ended" in page
    assert "So few orders say little." in page


def test_a_refresh_takes_as_many_statements_for_many_orders_as_for_few(shop):
    a_week_of_orders(shop)
    shop.orders(2)
    with CaptureQueriesContext(connection) as cold:
        promising.refresh(shop.now)
    shop.orders(10)
    with CaptureQueriesContext(connection) as warm:
        promising.refresh(shop.now)

    assert Promise.objects.count() == 12
    assert len(warm) < len(cold) <= 40
    with CaptureQueriesContext(connection) as again:
        promising.refresh(shop.now)
    assert len(again) <= len(warm)


def test_an_order_that_waits_for_a_signature_is_promised_too(shop):
    a_week_of_orders(shop)
    number = shop.an_order(total="4000.00")
    shop.entered(number)
    shop.checked(number)

    promising.refresh(shop.now)

    assert Promise.objects.get().order.number == number
    assert Outlook.objects.get().problem == ""


def test_held_orders_are_promised_nothing(shop):
    a_week_of_orders(shop)
    number = shop.an_order()
    acts.hold([number], "customer", reason="Dan asked", actor=shop.actor("alice"), now=shop.now)

    promising.refresh(shop.now)

    assert not Promise.objects.exists()


def test_too_few_finished_orders_are_said_in_words(shop, signed_in):
    shop.an_order()
    empty = signed_in("bob").get("/improve/outlook").content.decode()

    promising.refresh(shop.now)

    assert "Nothing was foreseen yet." in empty
    assert "About 30 finished cases would do." in signed_in("bob").get("/improve/outlook").content.decode()


def test_kept_promises_are_counted_and_few_are_not_judged(shop, signed_in):
    numbers = ended(shop, 20, 5, since=shop.now - timedelta(days=20))
    rows = list(Order.objects.filter(number__in=numbers).order_by("id"))
    for rank, row in enumerate(rows):
        kept = timedelta(hours=1 if rank < 16 else -1)  # sixteen of twenty end before their P80
        p80 = row.ended_at + kept
        times = {"p50": p80 - timedelta(hours=2), "p80": p80, "p95": row.ended_at + timedelta(days=1)}
        Promise.objects.create(order=row, at=row.ordered_at, **times)

    found = promising.calibration(shop.now - timedelta(days=60))
    page = signed_in("bob").get("/improve/outlook").content.decode()
    Promise.objects.filter(order=rows[0]).delete()

    assert (found.n, found.p50, found.p80, found.p95) == (20, 0.0, 0.8, 1.0)
    assert found.brier == pytest.approx((0.25 + 0.16 + 0.0025) / 3)
    assert "Of 20 orders, 0.0 % had ended" in page
    assert promising.calibration(shop.now - timedelta(days=60)) is None
