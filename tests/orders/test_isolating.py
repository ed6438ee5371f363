"""A bug at one order stays with that order: its neighbours pass, it waits with the reason, and whoever looks is told."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError

from orders import shop as shops
from orders.test_door import nothing_broken
from orderway.orders import jobs
from orderway.orders.isolating import broken_work
from orderway.orders.models import Job, Order, WorkItem
from orderway.orders.work import run_open, working_on


@pytest.fixture
def bug(monkeypatch):
    """An act that raises whenever one of these orders is among its places; `tried` notes every attempt."""

    class Bug:
        numbers: frozenset[str] = frozenset()
        error: Exception = KeyError("no such box")

        def __init__(self):
            self.tried = []

        def run(self, places, *, actor, now):
            self.tried.append(list(places))
            with working_on(places, "test.reserve", actor=actor, now=now) as work:
                work.complete()
                if self.numbers & {place.partition("/")[0] for place in places}:
                    raise self.error
            return work.refused

    bug = Bug()
    shops.in_place_of_reserve(monkeypatch, bug.run)
    return bug


def test_a_bug_at_one_order_stays_with_it_and_its_neighbours_pass(shop, bug, caplog):
    numbers = shop.orders(20, version=shop.automatic)
    bug.numbers = frozenset({numbers[6]})

    report = run_open(now=shop.now)

    assert set(Order.objects.exclude(number=numbers[6]).values_list("status", flat=True)) == {"ended"}
    item = shop.item(numbers[6], "first")
    assert item.waiting == "act_broke"
    assert item.waiting_reason.startswith("The program failed at this order (KeyError: 'no such box'); nothing of this was booked.")
    first = next(row for row in report if row.stage == "first")
    assert (first.passed, first.waiting, list(first.broken)) == (19, 1, [numbers[6]])
    assert len(bug.tried) < 20, "halves are tried, not every order by itself"
    assert "Traceback" in caplog.text
    assert [(work.place, work.stage) for work in broken_work()] == [(numbers[6], "first")]
    nothing_broken()


def test_a_mended_program_takes_the_order_up_at_the_next_retry(shop, bug):
    number = shop.an_order(version=shop.automatic)
    bug.numbers, bug.error = frozenset({number}), IntegrityError("a constraint")
    run_open(now=shop.now)
    tried = len(bug.tried)
    run_open(now=shop.now)
    assert len(bug.tried) == tried, "what broke is not tried at every sweep"

    bug.numbers = frozenset()
    run_open(now=shop.now, retry=True)

    assert Order.objects.get().status == "ended"
    assert broken_work() == []
    nothing_broken()


def test_a_database_that_is_away_is_no_bug_of_an_order(shop, bug):
    numbers = shop.orders(3, version=shop.automatic)
    bug.numbers, bug.error = frozenset({numbers[1]}), OperationalError("the connection is lost")

    with pytest.raises(OperationalError):
        run_open(now=shop.now)

    assert not WorkItem.objects.filter(state="open").exclude(waiting="").exists()


def test_an_order_whose_case_cannot_be_read_is_reported_though_nothing_can_be_written_on_it(shop, caplog):
    good, damaged = shop.orders(2, version=shop.automatic)
    Order.objects.filter(number=damaged).update(case_text="[")

    report = run_open(now=shop.now)

    assert Order.objects.get(number=good).status == "ended"
    assert [list(row.broken) for row in report if row.broken] == [[damaged]]


def test_the_worker_says_how_many_orders_broke_and_goes_on(shop, bug):
    numbers = shop.orders(4, version=shop.automatic)
    bug.numbers = frozenset({numbers[0]})

    done = jobs.run_due(holder="here:1", now=shop.now, force=True)

    assert done["system stages"].startswith("9 passed, 1 wait, 1 failed")
    assert numbers[0] in done["system stages"]
    assert Job.objects.get(name="waiting stages").failures == 0
