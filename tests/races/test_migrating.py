"""Migration of an order and an act on it at the same moment: both happen, one after the other, and two migrations are one."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from orders.test_door import nothing_broken
from orders.test_migration import CHECK_IS_VERIFY, another
from orderway.orders import acts, histories, migration
from orderway.orders.completion import Completion
from orderway.orders.models import Order
from orderway.sets import WrongCount
from races.test_goods import without_the_lock_of_orders

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def migrated(shop, number, target):
    return migration.migrate([number], shop.version, target, reason="shorter", actor=shop.actor("olga"), now=shop.now)


def completes_entry(shop, number):
    return acts.complete({number: Completion(evidence={"type": "yes"})}, stage="enter", actor=shop.actor("alice"), now=shop.now)


def test_an_act_and_a_migration_at_once_both_happen(shop, at_once):
    shop.hire("olga", "process_owner")
    number = shop.an_order()
    target = another(shop, *CHECK_IS_VERIFY)

    results = at_once(2, lambda index: migrated(shop, number, target) if index else completes_entry(shop, number))

    assert results[0] == {}, results
    assert [one.outcome for one in results[1]] == ["kept"], results
    assert Order.objects.get(number=number).version == target
    assert shop.open_stages(number) == ["verify"]
    nothing_broken()


@pytest.mark.postgresql
def test_an_act_that_waits_for_a_migration_finds_the_order_on_its_new_version(shop, at_once):
    shop.hire("olga", "process_owner")
    number = shop.an_order()
    target = another(shop, *CHECK_IS_VERIFY)
    moved = threading.Event()

    def moves_and_holds_the_order(_index):
        with transaction.atomic():
            migrated(shop, number, target)
            moved.set()
            wait_until_somebody_waits()

    def acts_meanwhile(_index):
        assert moved.wait(timeout=60)
        return completes_entry(shop, number)

    results = at_once(2, lambda index: (moves_and_holds_the_order, acts_meanwhile)[index](index))

    assert results == [None, {}]
    assert shop.open_stages(number) == ["verify"]


def wait_until_somebody_waits():
    """Until another connection to this database waits for a lock."""
    give_up = time.monotonic() + 60
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        while time.monotonic() < give_up:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_two_migrations_at_once_are_one(shop, at_once):
    shop.hire("olga", "process_owner")
    number = shop.an_order()
    target = another(shop)

    results = at_once(4, lambda _: migrated(shop, number, target))

    assert sorted(one.outcome for found in results for one in found) == ["kept", "stays", "stays", "stays"], results
    assert [move.act for move in next(iter(histories.histories())).moves].count("migrate") == 1
    nothing_broken()


@pytest.mark.postgresql
def test_the_control_without_the_lock_of_the_order_both_believe_that_they_moved_it(shop, at_once, monkeypatch):
    shop.hire("olga", "process_owner")
    number = shop.an_order()
    target = another(shop)
    without_the_lock_of_orders(monkeypatch)
    both_looked = threading.Barrier(2)
    only_of = migration._Migrating._only_of
    monkeypatch.setattr(migration._Migrating, "_only_of", lambda *given: (only_of(*given), both_looked.wait(timeout=60))[0])

    results = at_once(2, lambda _: migrated(shop, number, target))

    died = [result for result in results if isinstance(result, Exception)]
    assert len(died) == 1, results  # both went through; only the last guard stopped the second
    assert isinstance(died[0], WrongCount | AssertionError) or "once" in str(died[0])
