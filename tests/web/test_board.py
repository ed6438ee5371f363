"""The live board: every number opens the list that has as many rows, and costs the same however much is open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from orderway.masterdata.models import Warehouse
from orderway.orders import acts
from orderway.orders.models import Delivery, DeliveryLine, WorkItem
from orderway.pages import board_cards
from orderway.web import acting


@pytest.fixture
def monday_evening(monkeypatch, shop):
    """The pages' clock: three working hours after Alice placed the orders."""
    moment = shop.now + timedelta(hours=3)
    monkeypatch.setattr(acting, "now", lambda: moment)
    return moment


def rows(client, address):
    """How many rows the list behind a number has."""
    page = client.get(unescape(address)).content.decode()
    found = re.search(r"\d+ to \d+ of (\d+)", page)
    return int(found.group(1)) if found else 0


def numbers_of(page):
    """Address -> the number that links to it: head line, stages, late of stages, people."""
    found = {address: int(n) for address, n in re.findall(r'href="([^"]+)"><b class="ow-num[^"]*">(\d+)</b>', page)}
    found |= {address: int(n) for address, n in re.findall(r'href="([^"]+)"[^>]*><b>[^<]*</b><span class="ow-big ow-num">(\d+)', page)}
    found |= {address: int(n) for address, n in re.findall(r'href="([^"]+)"><span aria-hidden="true">▲</span>(\d+)', page)}
    return found | {address: int(n) for address, n in re.findall(r'href="([^"]+)" aria-label="[^"]*">(?:<[^>]*>▲)?(\d+)', page)}


def test_every_number_opens_a_list_with_as_many_rows(shop, signed_in, monday_evening):
    entered = shop.orders(3)
    shop.entered(*entered)  # at Bob's check
    shop.orders(2)  # still at the entry
    acts.hold([entered[0]], "customer", reason="The customer asked.", actor=shop.actor("alice"), now=shop.now)
    WorkItem.objects.filter(order__number=entered[1], state="open").update(due_at=shop.now)
    eve = signed_in("eve")

    page = eve.get("/board/").content.decode()

    numbers = numbers_of(page)
    assert {"/work/?", "/work/?late=yes", "/work/?waits=hold", "/work/?stage=check", "/work/?stage=check&amp;late=yes"} <= numbers.keys()
    assert (numbers["/work/?"], numbers["/work/?stage=enter"], numbers["/work/?stage=check"]) == (5, 2, 3)
    assert (numbers["/work/?late=yes"], numbers["/work/?waits=hold"], numbers["/work/?person=bob"]) == (1, 1, 3)
    assert {address: rows(eve, address) for address in numbers} == numbers


def test_the_filter_of_the_board_goes_along_to_every_list(shop, signed_in, monday_evening):
    shop.orders(2)
    packed = shop.an_order()
    house = Warehouse.objects.create(key="WEST", name="West")
    delivery = Delivery.objects.create(order=WorkItem.objects.get(order__number=packed).order, number=1)
    DeliveryLine.objects.create(delivery=delivery, line=shop.line(packed), quantity=1, warehouse=house)
    eve = signed_in("eve")

    narrowed = {
        "/board/?warehouse=WEST": 1,
        "/board/?customer=DAN": 3,
        "/board/?customer=NOBODY": 0,
        "/board/?role=clerk": 3,
        "/board/?role=reviewer": 0,
        "/board/?person=alice": 3,
        "/board/?range=today": 3,
    }
    seen = {address: numbers_of(eve.get(address).content.decode()) for address in narrowed}

    for address, count in narrowed.items():
        total = f"/work/?{address.partition('?')[2]}"
        assert seen[address][total] == count
        assert rows(eve, total) == count


def test_a_stage_says_how_long_half_of_its_work_has_waited_in_working_time(shop, signed_in, monkeypatch):
    monkeypatch.setattr(acting, "now", lambda: datetime(2026, 3, 3, 10, 0, tzinfo=UTC))  # the office: 8 to 16 UTC
    for hours in (0, 1, 6):
        shop.now = datetime(2026, 3, 2, 9 + hours, 0, tzinfo=UTC)
        shop.an_order()

    page = signed_in("eve").get("/board/").content.decode()

    assert "8 h" in re.search(r"<b>Enter</b>.*?</div>", page, re.DOTALL).group()  # from ten o'clock on Monday to ten on Tuesday


def test_the_board_takes_the_same_statements_however_much_is_open(shop, signed_in, monday_evening, django_assert_max_num_queries):
    eve = signed_in("eve")
    shop.an_order()
    eve.get("/board/")
    with django_assert_max_num_queries(10) as few:  # session, person, versions, 2 for stages, waiting, 2 for people, 2 for the filter
        eve.get("/board/")
    shop.entered(*shop.orders(4))

    with django_assert_max_num_queries(10) as many:
        eve.get("/board/")

    assert len(many) == len(few)


def test_an_empty_board_says_how_to_fill_it(signed_in):
    page = signed_in("eve").get("/board/").content.decode()

    assert "No orders yet." in page
    assert "Who has how much" not in page


def test_htmx_gets_only_the_part_that_changes(shop, signed_in):
    shop.an_order()

    part = signed_in("eve").get("/board/", headers={"HX-Request": "true"}).content.decode()

    assert part.startswith('<div id="live"')
    assert "<html" not in part


def test_a_layer_with_measures_adds_its_card_and_a_silent_card_leaves_no_hole(shop, signed_in, monkeypatch):
    shop.an_order()
    monkeypatch.setattr(board_cards, "_cards", {})
    board_cards.register_card(board_cards.BoardCard("silent", "pages/refusal.html", lambda _now: None, rank=1))
    board_cards.register_card(board_cards.BoardCard("lead_time", "pages/refusal.html", lambda _now: {}, rank=2))

    cards = board_cards.shown(shop.now)

    assert [card.template for card in cards] == ["pages/refusal.html"]
    assert signed_in("eve").get("/board/").status_code == 200
