"""What goes wrong between people: a cancellation meets a shipment, a mail that asks for an approval is forwarded. In words, with names."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core import mail

from orderway.masterdata.models import Person
from orderway.orders import acts, changes, comments, digest, notifying
from orderway.orders.models import Amendment
from orderway.stages.review.models import ReviewDecision
from scenarios.company import D, Someone


def test_a_cancellation_that_meets_a_shipment_under_way_is_refused_in_words_and_both_names_are_on_the_record(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order((("RAIL", 10),)).at("picking")
    assert shop.carol.picks(order) is None  # packed, waiting for the carrier

    by = Someone(shop, "mary").doing
    refused = changes.cancel([order.number], lines={order.number: {order.line(1).pk: D(4)}}, reason="Dan needs fewer", **by)

    assert refused[order.number].code == "packed_together"
    assert "Carol" in str(refused[order.number])
    met = Amendment.objects.get(order__number=order.number)
    assert (met.revision, met.made_by, met.met) == (None, "mary", "Carol")
    assert shop.carol.hands_over(order) is None
    again = changes.cancel([order.number], lines={order.number: {order.line(1).pk: D(4)}}, reason="Dan needs fewer", **by)
    assert again[order.number].code in ("not_open_to_cancel", "nothing_to_cancel", "too_late", "case_ended")


def test_an_approval_by_e_mail_reply_that_was_forwarded_is_none_since_mails_are_not_read_and_links_ask_who_it_is(shop, settings, client):
    """The policy: decisions are made signed in. No mail is read, and a link shows whoever follows it their own rights."""
    settings.MAIL_IS_SET = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Person.objects.filter(key="mary").update(email="mary@example.com")
    notifying.begin(shop.now)
    order = shop.an_order((("RAIL", 300),))
    assert shop.alice.enters(order) is None
    assert shop.bob.reviews(order) is None
    assert ("review", "approval", "mary") in order.open_work
    comments.post(order.number, "@mary please sign", **Someone(shop, "bob").doing)
    notifying.follow(shop.now)
    digest.run(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    (message,) = mail.outbox
    link = f"/orders/{order.number}/"
    assert link in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.reply_to == []

    followed = client.get(link)  # Eve got it forwarded and has not signed in
    assert followed.status_code == 302
    assert "sign-in" in followed["Location"] or "login" in followed["Location"]
    client.force_login(shop.people["eve"])
    item = order.item("review", "approval")
    assert client.post(f"/tasks/{item.pk}/sign", {"sign": "yes"}).status_code in (403, 409)

    assert shop.eve._said(order, acts.sign([order.number], approve=True, **Someone(shop, "eve").doing)).code == "not_allowed"
    assert ("review", "approval", "mary") in order.open_work
    assert ReviewDecision.objects.count() == 1
