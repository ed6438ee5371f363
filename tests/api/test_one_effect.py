"""The same idempotency key gives the same reply and at most one effect, whatever happens in between."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from api.office import NOW, Office
from orderway.journal import verify
from orderway.orders import idempotency
from orderway.orders.models import Evidence, Idempotency, Order

THREADS = 6


def test_the_same_key_gives_the_same_reply_and_one_order(office):
    first = office.post("alice", "/orders", office.an_order(), key="k-1")
    again = office.post("alice", "/orders", office.an_order(), key="k-1")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Order.objects.count() == 1


def test_without_a_key_a_request_is_a_new_one(office):
    assert office.placed() != office.placed()


def test_a_key_that_comes_with_another_request_is_refused(office):
    office.post("alice", "/orders", office.an_order(), key="k-1")

    answer = office.post("alice", "/orders", office.an_order(quantity="6"), key="k-1")

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "idempotency_key_reused", "Idempotency-Key")
    assert Order.objects.count() == 1


def test_the_same_key_of_another_token_or_route_is_another_key(office):
    number = office.post("alice", "/orders", office.an_order(), key="k-1").json()["number"]

    other = office.post("bob", "/orders", office.an_order(), key="k-1")
    hold = office.post("alice", f"/orders/{number}/hold", {"type": "customer", "reason": "asks"}, key="k-1")

    assert (other.status_code, hold.status_code) == (201, 200)
    assert other.json()["number"] != number


def test_the_same_body_at_another_order_is_another_request(office):
    first, second = office.placed(), office.placed()
    body = {"type": "customer", "reason": "asks"}
    office.post("alice", f"/orders/{first}/hold", body, key="k-1")

    assert office.post("alice", f"/orders/{second}/hold", body, key="k-1").json()["code"] == "idempotency_key_reused"


def test_a_refusal_is_kept_like_any_reply(office):
    number = office.placed()
    body = {"act": "capture.enter", "evidence": {"enter": "yes"}}

    first = office.post("alice", f"/work-items/{number}/act", body, key="k-1")
    office.post("alice", f"/work-items/{number}/evidence", {"evidence": {"confirm": "yes"}})
    again = office.post("alice", f"/work-items/{number}/act", body, key="k-1")

    assert (first.status_code, first.json()["code"]) == (409, "evidence_missing")
    assert again.content == first.content


@pytest.mark.parametrize("key", ["", "with space", "x" * 121, "schlüssel"])
def test_a_key_that_cannot_be_kept_is_a_mistake(office, key):
    answer = office.post("alice", "/orders", office.an_order(), key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")
    assert Order.objects.count() == 0


def test_an_act_that_breaks_keeps_no_reply_and_no_effect(office, monkeypatch):
    def broken(*_arguments, **_named):
        raise RuntimeError("power cut")

    monkeypatch.setattr("orderway.orders.routes.routing.text_of", broken)

    with pytest.raises(RuntimeError, match="power cut"):
        office.post("alice", "/orders", office.an_order(), key="k-1")

    assert (Order.objects.count(), Idempotency.objects.count()) == (0, 0)


def test_a_reply_of_500_is_not_kept(office):
    request = idempotency.Request("ow_1", "POST /x", "k-1", b"")

    reply = idempotency.once(request, lambda: idempotency.Reply(503, "away"), now=NOW)

    assert (reply.status, idempotency.find(request)) == (503, None)


def test_replies_are_forgotten_after_thirty_days(office):
    office.post("alice", "/orders", office.an_order(), key="k-1")
    at = Idempotency.objects.get().at

    assert idempotency.forget(now=at.replace(year=at.year + 1)) == 1


# --- at the same moment -------------------------------------------------------------------------------------------------------------


def at_once(act):
    """What n threads get that do the same at the same moment."""
    barrier, got = threading.Barrier(THREADS), []

    def run():
        barrier.wait()
        try:
            got.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == THREADS
    return got


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_six_equal_requests_at_once_one_has_an_effect_and_all_get_its_reply():
    office = Office().open()

    placed = at_once(lambda: office.post("alice", "/orders", office.an_order(), key="k-1"))

    assert {(answer.status_code, answer.content) for answer in placed} == {(201, placed[0].content)}
    assert Order.objects.count() == 1
    assert not [row for row in verify.verify() if row.broken]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_six_equal_acts_at_once_one_has_an_effect_and_all_get_its_reply():
    office = Office().open()
    number = office.placed()
    body = {"act": "capture.enter", "evidence": {"enter": "yes", "confirm": "yes"}}

    done = at_once(lambda: office.post("alice", f"/work-items/{number}/act", body, key="k-1"))

    assert {(answer.status_code, answer.content) for answer in done} == {(200, done[0].content)}
    assert Evidence.objects.filter(order__number=number).count() == 2


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_without_a_key_the_same_six_requests_have_six_effects():
    """The control: it is the key that makes them one."""
    office = Office().open()

    placed = at_once(lambda: office.post("alice", "/orders", office.an_order()))

    assert len({answer.json()["number"] for answer in placed}) == Order.objects.count() == THREADS
    assert connection.vendor in ("sqlite", "postgresql")
