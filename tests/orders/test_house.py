from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from orderway.orders import idempotency, jobs, keeping, numbers
from orderway.orders.models import Idempotency, Job, Order
from orderway.orders.refusals import NoLines


def request(key="k1", body=b"{}"):
    return idempotency.Request("token", "POST /orders", key, body)


def test_the_same_key_gives_the_same_reply_and_one_effect(shop):
    done = []

    def act():
        done.append(1)
        return idempotency.Reply(201, '{"number":"SO-1"}')

    first = idempotency.once(request(), act, now=shop.now)
    again = idempotency.once(request(), act, now=shop.now)

    assert (first.repeated, again.repeated, again.status, again.body) == (False, True, 201, first.body)
    assert done == [1]


def test_a_key_with_another_request_is_refused(shop):
    idempotency.once(request(), lambda: idempotency.Reply(200, ""), now=shop.now)

    with pytest.raises(idempotency.KeyUsedDifferently, match="Use a new key"):
        idempotency.once(request(body=b'{"x":1}'), lambda: idempotency.Reply(200, ""), now=shop.now)


def test_an_act_that_fails_leaves_neither_effect_nor_reply(shop):
    def act():
        shop.an_order()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        idempotency.once(request(), act, now=shop.now)

    assert not Idempotency.objects.exists()
    assert not Order.objects.exists()


def test_a_reply_of_500_is_not_kept_and_its_effects_are_taken_back(shop):
    def act():
        shop.an_order()
        return idempotency.Reply(503, "")

    assert idempotency.once(request(), act, now=shop.now).status == 503
    assert not Idempotency.objects.exists()
    assert not Order.objects.exists()


def test_an_act_that_fails_on_its_way_takes_back_its_request_and_its_refusal_is_kept(shop):
    def act():
        shop.an_order()
        try:
            with keeping.act_transaction():
                raise NoLines(field="lines")
        except NoLines as refusal:
            return idempotency.Reply(422, refusal.code)

    assert idempotency.once(request(), act, now=shop.now).body == "no_lines"

    assert [kept.reply for kept in Idempotency.objects.all()] == ["no_lines"]
    assert not Order.objects.exists()


def test_a_request_that_lost_a_race_for_something_else_than_its_key_is_tried_again(shop):
    losses = ["lost"]

    def act():
        shop.an_order()
        if losses.pop() if losses else "":
            raise IntegrityError("order_once_per_customer_po")
        return idempotency.Reply(201, "won")

    assert idempotency.once(request(), act, now=shop.now).body == "won"

    assert Order.objects.count() == 1


def test_what_an_act_stores_last_waits_for_the_reply_and_is_there_for_whoever_looks(shop):
    def act():
        with CaptureQueriesContext(connection) as captured:
            shop.an_order()
        waits = not any("INSERT" in query["sql"] for query in captured)
        return idempotency.Reply(200, f"{waits} {Order.objects.count()}")

    assert idempotency.once(request(), act, now=shop.now).body == "True 1"


def test_replies_are_forgotten_after_thirty_days(shop):
    idempotency.once(request(), lambda: idempotency.Reply(200, ""), now=shop.now)

    assert idempotency.forget(now=shop.now + timedelta(days=30)) == 0
    assert idempotency.forget(now=shop.now + timedelta(days=31)) == 1


def test_a_number_series_is_gapless_also_when_an_act_is_aborted(shop):
    with transaction.atomic():
        assert list(numbers.take("invoice 2026", 2)) == [1, 2]
    with transaction.atomic():
        numbers.take("invoice 2026", 1)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert list(numbers.take("invoice 2026", 1)) == [3]


def test_a_job_is_done_by_who_holds_its_lease_and_again_when_it_is_due(shop):
    job = jobs.Registered("count", lambda now: "done", every=timedelta(minutes=1), lease=timedelta(minutes=5))

    assert jobs.claim(job, holder="one", now=shop.now)
    assert not jobs.claim(job, holder="two", now=shop.now)
    assert jobs.claim(job, holder="two", now=shop.now + timedelta(minutes=5))
    jobs._give_back(job, "two", shop.now, "done", failed=False)
    assert not jobs.claim(job, holder="one", now=shop.now + timedelta(seconds=59))
    assert jobs.claim(job, holder="one", now=shop.now + timedelta(minutes=1))


def test_a_failing_job_is_recorded_and_the_others_go_on(shop, monkeypatch):
    def fails(now):
        raise ValueError("bad day")

    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.register_job("a fails", fails, every=timedelta(minutes=1))
    jobs.register_job("b works", lambda now: "fine", every=timedelta(minutes=1))

    assert jobs.run_due(holder="one", now=shop.now) == {"a fails": "ValueError: bad day", "b works": "fine"}
    assert Job.objects.get(name="a fails").failures == 1
    assert jobs.run_due(holder="one", now=shop.now) == {}
