"""A task offers only what whoever looks can do now, and its history names people and roles in the reader's words."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

from django.utils import translation

from orderway.orders import clock
from orderway.orders.models import Delivery, DeliveryLine, Order
from orderway.web.order_view import delivery_rows


def page_of(browser, number):
    answer = browser.get(f"/orders/{number}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_review_that_waits_for_a_signature_says_so_and_offers_nothing_to_decide(shop, signed_in):
    number = shop.an_order(total="1500.00")
    shop.entered(number)
    assert "data-ow-finish" in page_of(signed_in("bob"), number)
    shop.checked(number)

    page = page_of(signed_in("bob"), number)

    assert "The gate of Check was decided and waits for the signature of: Manager. Ask them to sign." in page
    assert "data-ow-finish" not in page
    assert "not answered" not in page, "what was asked has been answered yes"
    assert "<fieldset disabled>" in page
    assert "Bob)" in page, "who proved a step is named, not keyed"
    assert "data-ow-finish" in page_of(signed_in("mary"), number), "the manager signs"


def test_who_may_only_look_sees_fields_that_cannot_be_filled(shop, signed_in):
    number = shop.an_order()

    assert "<fieldset disabled>" not in page_of(signed_in("alice"), number)
    page = page_of(signed_in("eve"), number)
    assert "<fieldset disabled>" in page
    assert "You may see this task, but another person does it." in page


def test_the_history_names_who_was_told_and_which_task_was_late_in_the_readers_language(shop, signed_in):
    number = shop.an_order(total="1500.00")
    shop.entered(number)
    shop.checked(number)
    clock.sweep(shop.now + timedelta(days=9))
    shop.people["bob"].language = "zh-hans"
    shop.people["bob"].save()

    page = page_of(signed_in("bob"), number)

    assert "签核：Check：时限已过 75 %，已通知负责人" in page
    assert "Check：时限已过 200 %，已通知标准负责人" in page


def test_a_delivery_lists_each_item_once_per_source_and_nothing_that_was_taken_out(shop):
    number = shop.an_order()
    delivery = Delivery.objects.create(order=Order.objects.get(number=number), number=1)
    first, second = shop.line(number), shop.line(number)
    second.pk, second.position = None, 2
    second.save()
    for line, quantity, route in ((first, 4, "stock"), (second, 3, "stock"), (first, 2, "buy"), (first, 0, "make")):
        DeliveryLine.objects.create(delivery=delivery, line=line, quantity=quantity, route=route)

    with translation.override("en"):
        (row,) = delivery_rows([delivery])

    assert row.carries == ((7, "M8-BOLT", "from stock"), (2, "M8-BOLT", "buy"))
