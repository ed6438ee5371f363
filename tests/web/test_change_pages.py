"""The pages on which orders are changed, cancelled, divided and held: first what it touches, then the act."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils import translation

from orderway.engine.refusals import CaseEnded
from orderway.orders.blast_radius import Preview
from orderway.orders.models import Amendment, Order
from orderway.orders.ordered import Head, Ordered
from orderway.orders.stages import Consequence
from orderway.pages import refusing
from orderway.standard.parse import parse
from orderway.standard.templates import shipped
from orderway.web import change_view, order_view


def stamp_of(page: str) -> dict[str, str]:
    """The hidden fields that say on what somebody decides."""
    return {name: re.search(f'name="{name}" value="([^"]*)"', page)[1].replace("&amp;", "&") for name in ("seen", "looked")}


def test_a_change_is_looked_at_before_it_is_made(signed_in, shop):
    number = shop.an_order(total="100.00")
    alice = signed_in("alice")
    entered = {"quantity.1": "4", "reason": "fewer", "requested_by": "Dan"}

    page = alice.post(f"/orders/{number}/change/effects", entered).content.decode()
    assert "quantity 10 → 4" in page
    assert Order.objects.get(number=number).total == 100
    answer = alice.post(f"/orders/{number}/change", {**entered, **stamp_of(page)})

    assert answer.status_code == 302
    assert Order.objects.get(number=number).total == 40
    shown = alice.get(f"/orders/{number}/").content.decode()
    assert "Revision 1" in shown
    assert "wanted by Dan" in shown
    assert "quantity 10 → 4" in alice.get(f"/orders/{number}/changes").content.decode()


def test_what_was_not_looked_at_is_shown_first(signed_in, shop):
    number = shop.an_order(total="100.00")
    page = signed_in("alice").get(f"/orders/{number}/change").content.decode()

    answer = signed_in("alice").post(f"/orders/{number}/change", {"quantity.1": "4", "reason": "fewer", **stamp_of(page)})

    assert answer.status_code == 200
    assert "quantity 10 → 4" in answer.content.decode()
    assert Order.objects.get(number=number).total == 100


def test_a_mistake_is_said_in_words_and_nothing_is_changed(signed_in, shop):
    number = shop.an_order(total="100.00")
    alice = signed_in("alice")

    for quantity, words in (
        ("ten", "is no number"),
        ("-1", "Enter a quantity above 0"),
        ("1e99", "is no number"),
        ("0", "No line would be left"),
    ):
        page = alice.post(f"/orders/{number}/change/effects", {"quantity.1": quantity}).content.decode()
        assert words in page, quantity
    assert "is no day" in alice.post(f"/orders/{number}/change/effects", {"requested_on": "tomorrow"}).content.decode()
    assert alice.post(f"/orders/{number}/change", {"quantity.1": "4", "reason": " "}).status_code == 422
    assert alice.get("/orders/SO-1/change").status_code == 404
    assert not Amendment.objects.exists()


def test_a_part_of_a_line_is_cancelled_and_the_page_says_who_may(signed_in, shop):
    number = shop.an_order(total="100.00")
    mary, eve = signed_in("mary"), signed_in("eve")
    entered = {"scope": "lines", "quantity.1": "3", "reason": "less"}
    page = mary.post(f"/orders/{number}/cancel/effects", entered).content.decode()

    assert eve.post(f"/orders/{number}/cancel", {**entered, **stamp_of(page)}).status_code == 409
    assert mary.post(f"/orders/{number}/cancel", {**entered, **stamp_of(page)}).status_code == 302

    assert Order.objects.get(number=number).total == 70
    assert "A part of the order was cancelled" in mary.get(f"/orders/{number}/").content.decode()


def test_an_order_is_divided_on_its_page(signed_in, shop):
    number = shop.an_order(total="100.00")
    alice = signed_in("alice")
    entered = {"quantity.1": "4", "new_date": "2026-04-01", "reason": "later"}
    page = alice.post(f"/orders/{number}/divide/effects", entered).content.decode()

    assert alice.post(f"/orders/{number}/divide", {**entered, **stamp_of(page)}).status_code == 302

    part = Order.objects.get(divided_from__number=number)
    assert (part.total, part.lines.get().quantity) == (40, 4)
    assert part.number in alice.get(f"/orders/{number}/").content.decode()


def test_a_part_of_a_line_goes_to_another_day_on_the_page_that_divides(signed_in, shop):
    number = shop.an_order(total="100.00")
    alice = signed_in("alice")
    entered = {"into": "same", "quantity.1": "4", "new_date": "2026-04-01", "reason": "later"}
    page = alice.post(f"/orders/{number}/divide/effects", entered).content.decode()
    assert "Line 2, M8-BOLT: 4 of line 1, wanted on 2026-04-01" in page

    assert alice.post(f"/orders/{number}/divide", {**entered, **stamp_of(page)}).status_code == 302

    assert [line.quantity for line in Order.objects.get(number=number).lines.order_by("position")] == [6, 4]
    assert "wanted 2026-04-01" in alice.get(f"/orders/{number}/").content.decode()
    without_day = alice.post(f"/orders/{number}/divide/effects", {**entered, "new_date": ""}).content.decode()
    assert "Enter the day on which the customer wants the part." in without_day


def test_the_page_of_holds_says_which_stand_and_lifts_them(signed_in, shop):
    number = shop.an_order()
    alice, bob = signed_in("alice"), signed_in("bob")
    bob.post(f"/orders/{number}/hold", {"type": "credit", "reason": "late payer"})

    assert "lifts itself" in bob.get(f"/orders/{number}/hold").content.decode()
    assert alice.post(f"/orders/{number}/hold", {"type": "moon", "reason": "x"}).status_code in (409, 422)
    assert bob.post(f"/orders/{number}/lift", {"type": "credit", "reason": "has paid"}).status_code == 302
    assert "No hold stands" in bob.get(f"/orders/{number}/hold").content.decode()


def test_a_hold_until_a_day_says_when_it_lifts_itself_and_a_day_that_is_none_is_refused(signed_in, shop):
    number = shop.an_order()
    alice = signed_in("alice")
    wrong = alice.post(f"/orders/{number}/hold", {"type": "customer", "reason": "the fair", "until": "soon"})
    assert (wrong.status_code, Order.objects.get(number=number).holds.count()) == (422, 0)
    over = alice.post(f"/orders/{number}/hold", {"type": "customer", "reason": "the fair", "until": "2020-01-01"})
    assert "would be over already" in over.content.decode()

    assert alice.post(f"/orders/{number}/hold", {"type": "customer", "reason": "the fair", "until": "2099-04-01"}).status_code == 302

    page = alice.get(f"/orders/{number}/hold").content.decode()
    assert "lifts itself" in page
    assert "Alice · " in page  # the name, not the key
    assert Order.objects.get(number=number).holds.get().expires_at.year == 2099


def test_what_a_hold_waits_for_is_said_with_tables_and_facts_by_their_names():
    with translation.override("en"):
        assert order_view._waits_for("table.credit == 'ok'") == "table “credit” == 'ok'"
        assert order_view._waits_for("customer.credit_left > order.total") == "Credit left > Order total"
        assert order_view._waits_for("") == ""


def test_what_a_change_touches_is_added_up_stage_by_stage_and_not_over_unlike_things():
    standard = parse(shipped()["make-to-order"], name="mto").standard
    stock = [Consequence(1, "stock.reserve", "reserved", amount=Decimal(amount)) for amount in (300, 200)]
    touched = [*stock, Consequence(1, "supply.purchase", "ordered", amount=Decimal(70))]
    nothing = Ordered(1, Head("SO-1", 1, "CNY", Decimal(0), None, Decimal(0), False), {})

    with translation.override("en"):
        found = change_view._by_stage(Preview(nothing, nothing, consequences=tuple(touched)), standard)

    assert [(stage, sum_) for stage, _rows, sum_ in found] == [("Stock check", 500), ("Purchasing", 70)]


def test_kinds_of_holds_and_states_of_orders_are_said_in_the_readers_language(signed_in, shop):
    number = shop.an_order()
    alice = signed_in("alice")
    alice.post(f"/orders/{number}/hold", {"type": "customer", "reason": "Dan asked"})

    with translation.override("zh-hans"):
        assert refusing.sentence(CaseEnded(status="cancelled")).startswith("此订单已取消。")
        assert refusing.retold(str(CaseEnded(status="ended"))).startswith("此订单已结束。")
    alice.post("/language", {"language": "zh-hans"})
    page = alice.get(f"/orders/{number}/hold").content.decode()
    assert "客户要求" in page
    assert 'value="customer"' in page
