"""The inbox: a bell with a count, messages in words that lead to their place, quiet hours, and what a page says without a mail server."""

from __future__ import annotations

from datetime import time

import pytest

from orderway.masterdata.models import Person
from orderway.orders import acts, notifying
from orderway.orders.models import Notification


@pytest.fixture
def given(shop):
    """Alice has given Rita an order; Rita was told."""
    notifying.begin(shop.now)
    rita, number = shop.hire("rita", "clerk"), shop.an_order()
    acts.delegate([number], rita, reason="I am at a fair.", actor=shop.actor("alice"), now=shop.now)
    notifying.follow(shop.now)
    return number


def words(answer):
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def test_the_bell_counts_and_a_message_leads_to_its_order_and_is_read_then(given, signed_in):
    rita = signed_in("rita")
    inbox = words(rita.get("/messages/"))
    assert "Messages, 1 new" in inbox
    assert f"{given}: Alice gave you Enter." in inbox
    assert "I am at a fair." in inbox

    opened = rita.post(f"/messages/{Notification.objects.get().pk}")

    assert opened["Location"] == f"/orders/{given}/"
    assert "Messages, 1 new" not in words(rita.get("/messages/"))


def test_messages_of_others_are_nobodys_business(given, signed_in):
    assert signed_in("bob").post(f"/messages/{Notification.objects.get().pk}").status_code == 404
    signed_in("bob").post("/messages/read")
    assert Notification.objects.get().read_at is None


def test_everything_is_read_at_once(given, signed_in):
    signed_in("rita").post("/messages/read")

    assert Notification.objects.get().read_at is not None


def test_the_page_says_that_no_mail_is_sent_and_why(given, signed_in, settings):
    rita = signed_in("rita")
    assert "no mail server is set" in words(rita.get("/messages/"))
    settings.MAIL_IS_SET = True

    assert "you have no e-mail address" in words(rita.get("/messages/"))
    Person.objects.filter(key="rita").update(email="rita@example.com")
    assert "one mail to rita@example.com" in words(rita.get("/messages/"))


def test_quiet_hours_are_kept_and_half_of_them_refused(signed_in, shop):
    alice = signed_in("alice")
    assert "Give both times" in words(alice.post("/messages/quiet-hours", {"from": "22:00"}, follow=True))

    alice.post("/messages/quiet-hours", {"from": "22:00", "until": "07:30"})

    assert list(Person.objects.filter(key="alice").values_list("quiet_from", "quiet_until")) == [(time(22), time(7, 30))]


def test_the_inbox_takes_the_same_statements_for_one_and_for_many(given, shop, signed_in, django_assert_max_num_queries):
    rita = signed_in("rita")
    rita.get("/messages/")
    with django_assert_max_num_queries(8) as few:  # session, person, count, page, orders, names, the head's counts
        rita.get("/messages/")
    for number in shop.orders(4):
        notifying.tell([shop.people["rita"]], subject=number, source=f"comment:{number}", actor="bob", now=shop.now)

    with django_assert_max_num_queries(8) as many:
        assert "5 of 5" in words(rita.get("/messages/"))

    assert len(many) == len(few)
