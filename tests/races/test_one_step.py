from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from orderway import sets
from orderway.journal import following, verify, writing
from orderway.journal.chain import NewEntry
from orderway.journal.models import Entry
from orderway.orders import acts, idempotency, numbers
from orderway.orders.models import Idempotency, Order, WorkItem
from orderway.orders.work import SYSTEM, Completion, place_orders, working_on
from orderway.sets import reading

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
SIX = 6


def complete_entry(shop, number):
    return acts.complete({number: Completion(evidence={"type": "yes"})}, stage="enter", actor=shop.actor("alice"), now=shop.now)


def nothing_broken():
    broken = [row for row in verify.verify() if row.broken]
    assert not broken, broken


def test_six_threads_on_one_step_complete_it_once_and_five_are_told_so(shop, at_once):
    number = shop.an_order()

    results = at_once(SIX, lambda _: complete_entry(shop, number))

    assert sorted(len(refused) for refused in results) == [0, 1, 1, 1, 1, 1]
    assert {refusal.code for refused in results for refusal in refused.values()} == {"not_open"}
    assert Entry.objects.filter(subject_key=number).count() == 2
    assert WorkItem.objects.filter(order__number=number, stage="check").count() == 1
    nothing_broken()


@pytest.mark.postgresql
def test_without_the_lock_the_same_race_happens_and_is_stopped_only_by_the_counted_rows(shop, at_once, monkeypatch):
    """The control: with the row lock removed all six read the same case, and five die on the guard instead of being told."""
    number = shop.an_order()
    without = {name: text.replace("    FOR NO KEY UPDATE\n", "") for name, text in reading.queries("orders", "postgresql").items()}
    original = reading.queries
    monkeypatch.setattr(reading, "queries", lambda file, vendor: without if file == "orders" else original(file, vendor))
    read = threading.Barrier(SIX)

    def act(_):
        bring = {number: Completion(evidence={"type": "yes"})}
        with working_on([number], "", actor=SYSTEM, now=shop.now, brings=bring) as work:
            read.wait(timeout=30)
            work.complete()
        return work.refused

    results = at_once(SIX, act)

    died = [result for result in results if isinstance(result, Exception)]
    assert len(died) == SIX - 1, results
    assert all(isinstance(error, sets.WrongCount) or "entry_once" in str(error) or "work_item" in str(error) for error in died)


def test_two_acts_on_the_same_orders_in_opposite_sequence_do_not_deadlock(shop, at_once):
    ordered = shop.orders(20)

    def act(index):
        places = ordered if index % 2 else list(reversed(ordered))
        return acts.complete(dict.fromkeys(places, Completion(evidence={"type": "yes"})), actor=shop.actor("alice"), now=shop.now)

    results = at_once(4, act)

    assert sorted(len(refused) for refused in results) == [0, 20, 20, 20]
    nothing_broken()


def test_the_same_purchase_order_placed_six_times_at_once_is_one_order(shop, at_once):
    results = at_once(SIX, lambda _: place_orders([shop.draft(po="PO-1")], actor=shop.actor("alice"), now=shop.now))

    assert sorted(bool(placed.numbers) for placed in results) == [False] * (SIX - 1) + [True]
    assert len({(placed.numbers | placed.unchanged)[0] for placed in results}) == 1
    assert Order.objects.count() == 1
    nothing_broken()


def test_the_same_idempotency_key_six_times_at_once_has_one_effect_and_one_reply(shop, at_once):
    request = idempotency.Request("token", "POST /orders", "k", b"{}")

    def act(_):
        def do():
            placed = place_orders([shop.draft()], actor=shop.actor("alice"), now=shop.now)
            return idempotency.Reply(201, placed.numbers[0])

        return idempotency.once(request, do, now=shop.now)

    results = at_once(SIX, act)

    assert len({reply.body for reply in results}) == 1
    assert sorted(reply.repeated for reply in results) == [False] + [True] * (SIX - 1)
    assert (Order.objects.count(), Idempotency.objects.count()) == (1, 1)


def test_numbers_taken_by_six_at_once_have_no_gap_and_no_double(shop, at_once):
    def act(_):
        taken = []
        for _ in range(5):
            with transaction.atomic():
                taken += numbers.take("invoice", 1)
        return taken

    results = at_once(SIX, act)

    assert sorted(number for taken in results for number in taken) == list(range(1, 31))


@pytest.mark.postgresql
def test_a_follower_does_not_lose_the_entry_of_a_slow_transaction(shop, in_the_end):
    taken: list[str] = []
    began, may_commit = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                writing.append([NewEntry("thing", "SLOW", shop.now, "made", "alice", "{}")])
                began.set()
                assert may_commit.wait(timeout=30)
        finally:
            connection.close()

    def take(entries):
        taken.extend(entry.subject_key for entry in entries if entry.subject_kind == "thing")

    thread = threading.Thread(target=slow)
    thread.start()
    assert began.wait(timeout=30)
    with transaction.atomic():
        writing.append([NewEntry("thing", "FAST", shop.now, "made", "bob", "{}")])
    newest = Entry.objects.get(subject_key="FAST").pk
    while following.follow("mail", take, now=shop.now):
        pass
    assert taken == []  # FAST has committed, but a transaction older than it still runs
    may_commit.set()
    thread.join(timeout=30)
    in_the_end(lambda: following.follow("mail", take, now=shop.now), lambda: len(taken) >= 2)

    assert sorted(taken) == ["FAST", "SLOW"]
    late = Entry.objects.get(subject_key="SLOW").pk
    assert late < newest  # the control: a follower by id alone stands behind FAST and never sees it
    assert not Entry.objects.filter(pk__gt=newest, subject_key="SLOW").exists()
