"""Much open work of the system is run by two threads at once: every order ends, none is worked twice, and a broken share is made good."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import OperationalError

from orders import shop as shops
from orders.test_door import nothing_broken
from orderway.orders import running
from orderway.orders.models import Order
from orderway.orders.work import run_open, working_on

pytestmark = [pytest.mark.races, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def much(monkeypatch):
    """A dozen open items are much, and go three at a time."""
    monkeypatch.setattr(running, "BATCH", 3)
    monkeypatch.setattr(running, "MUCH", 12)


@pytest.fixture
def worked(monkeypatch):
    """Which thread worked which places; `breaks` ends the first thread that comes as a deadlock would."""

    class Worked:
        breaks = False

        def __init__(self):
            self.places, self.broke = Counter(), threading.Event()

        def run(self, places, *, actor, now):
            thread = threading.current_thread()
            if self.breaks and thread is not threading.main_thread() and not self.broke.is_set():
                self.broke.set()
                raise OperationalError("deadlock detected")
            with working_on(places, "test.reserve", actor=actor, now=now) as work:
                work.complete()
            self.places.update({(thread.name, place) for place in places})
            return work.refused

    worked = Worked()
    shops.in_place_of_reserve(monkeypatch, worked.run)
    return worked


def test_two_threads_share_the_orders_and_each_order_is_worked_once(shop, much, worked):
    numbers = shop.orders(24, version=shop.automatic)

    report = run_open(now=shop.now)

    assert set(Order.objects.values_list("status", flat=True)) == {"ended"}
    first = next(row for row in report if row.stage == "first")
    assert (first.passed, first.waiting) == (24, 0)
    assert set(worked.places.values()) == {2}, "each of its two stages once"
    assert {place for _, place in worked.places} >= set(numbers)
    assert len({thread for thread, _ in worked.places}) == 2
    nothing_broken()


def test_what_a_broken_share_leaves_is_worked_afterwards(shop, much, worked, caplog):
    shop.orders(24, version=shop.automatic)
    worked.breaks = True

    report = run_open(now=shop.now)

    assert worked.broke.is_set()
    assert set(Order.objects.values_list("status", flat=True)) == {"ended"}
    assert next(row for row in report if row.stage == "first").passed == 24
    assert "deadlock detected" in caplog.text
    nothing_broken()


def test_a_few_orders_are_worked_by_the_caller_alone(shop, much, worked):
    shop.orders(5, version=shop.automatic)

    run_open(now=shop.now)

    assert {thread for thread, _ in worked.places} == {threading.main_thread().name}
