"""Every screen once per width and language: axe finds nothing, the browser complains about nothing, nothing stands beside the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from journeys import company, orders
from orderway.masterdata.models import Person
from orderway.masterdata.people import found_group
from orderway.measures import reviewing
from orderway.measures.periods import Period

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOTH = (("GX-2040", 40), ("BS-1605", 24))


@pytest.fixture
def people(transactional_db):
    """The company's people."""
    return company.found()


def _look(desk, pages):
    """Open every page; gives what is wrong, by name."""
    wrong = {}
    for name, path in pages.items():
        desk.open(path)
        desk.keep(name)
        if found := desk.unsound():
            wrong[name] = found
    return wrong


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [("desk", "en", False), ("desk", "zh-hans", False), ("phone", "en", False), ("phone", "zh-hans", False), ("desk", "zh-hant", True)],
)
def test_every_screen_is_sound(people, desk, width, language, dark):
    reviewed = orders.at_review(people, lines=BOTH, po="45-77120")
    short = orders.at_stock(people, lines=BOTH)
    planned = orders.at_planning(people)
    split = orders.with_deliveries(people, lines=BOTH)
    delivered = orders.handed_over(people)
    suffix = f"-{language}-{width}"
    now = datetime.now(UTC)
    pack = reviewing.make("demand", Period("", now.date() - timedelta(days=7), now.date() + timedelta(days=1)), actor="alice", now=now)
    bob = desk(people["bob"], language=language, width=width, dark=dark)
    carol = desk(people["carol"], language=language, width=width, dark=dark)
    frank = desk(people["frank"], language=language, width=width, dark=dark)
    stranger = desk(width=width, dark=dark)

    wrong = _look(
        bob,
        {
            f"work{suffix}": "/",
            f"team{suffix}": "/?list=team",
            f"board{suffix}": "/board/",
            f"open-work{suffix}": "/work/?range=week",
            f"absences{suffix}": "/absences/",
            f"messages{suffix}": "/messages/",
            f"orders{suffix}": "/orders/",
            f"no-orders{suffix}": "/orders/?q=nothing",
            f"order-review{suffix}": f"/orders/{reviewed}/",
            f"order-delivered{suffix}": f"/orders/{delivered}/",
            f"customers{suffix}": "/masters/customers/",
            f"customer{suffix}": "/masters/customers/of/C001",
            f"item{suffix}": "/masters/items/of/GX-2040",
            f"no-customer{suffix}": "/masters/customers/?q=nothing",
            f"company{suffix}": "/masters/company",
            f"stock{suffix}": "/stock/",
            f"stock-item{suffix}": "/stock/items/GX-2040",
            f"supply-orders{suffix}": "/supply/?state=all",
            f"deliveries{suffix}": "/delivery/?state=all",
            f"delivery{suffix}": f"/delivery/{delivered}/1/",
            f"invoices{suffix}": "/invoicing/",
            f"new-order{suffix}": "/capture/new",
            f"standards{suffix}": "/standard/",
            f"standard{suffix}": "/standard/make-to-stock/1.0.0/",
            f"stage{suffix}": "/standard/make-to-stock/1.0.0/review/",
            f"nothing-to-migrate{suffix}": "/standard/make-to-stock/1.0.0/migration",
            f"measures{suffix}": "/measures/",
            f"measure{suffix}": "/measures/figure/stages_in_limit/",
            f"reviews{suffix}": "/reviews/",
            f"review{suffix}": f"/reviews/{pack.key}/",
            f"training{suffix}": "/training/",
            f"course{suffix}": "/training/make-to-stock/1.0.0/finance/",
            f"lesson{suffix}": "/training/make-to-stock/1.0.0/finance/review/",
            f"skills{suffix}": "/training/skills?standard=make-to-stock",
            f"skills-of-one{suffix}": f"/training/people/{people['carol'].pk}/make-to-stock/",
            f"password{suffix}": "/password",
        },
    )
    wrong |= _look(
        carol,
        {
            f"book-stock{suffix}": "/stock/book",
            f"order-stock{suffix}": f"/orders/{short}/",
            f"order-plan{suffix}": f"/orders/{planned}/",
            f"order-pick{suffix}": f"/orders/{split}/?item={orders.item_at(split, 'picking').pk}",
        },
    )
    wrong |= _look(
        frank, {f"order-buy{suffix}": f"/orders/{split}/?item={orders.item_at(split, 'purchasing').pk}", f"work-buy{suffix}": "/"}
    )
    wrong |= _look(stranger, {f"sign-in{suffix}": "/sign-in"})

    assert wrong == {}


@pytest.mark.parametrize(("width", "language"), [("desk", "en"), ("phone", "zh-hans")])
def test_the_pages_of_people_and_of_changes_are_sound(people, desk, width, language):
    """People, absences, groups; change, cancel, divide, hold, each with what it would touch."""
    number, suffix = orders.at_planning(people), f"-{language}-{width}"
    found_group("east", name="East", lead=people["alice"], by="admin", now=datetime.now(UTC))
    alice = desk(people["alice"], language=language, width=width)
    admin = desk(Person.objects.get(key="admin"), language=language, width=width)

    wrong = _look(alice, {f"{act}{suffix}": f"/orders/{number}/{act}" for act in ("cancel", "divide", "hold", "changes")})
    alice.open(f"/orders/{number}/change")
    alice.page.fill("#quantity-1", "3")
    alice.page.wait_for_selector("#effects li")
    alice.keep(f"change{suffix}")
    if found := alice.unsound():
        wrong[f"change{suffix}"] = found
    wrong |= _look(
        admin,
        {
            f"people{suffix}": "/people/",
            f"person{suffix}": "/people/bob/",
            f"group{suffix}": "/people/groups/east/",
            f"absences-all{suffix}": "/absences/",
        },
    )

    assert wrong == {}


def test_an_error_page_is_sound_too(people, desk):
    bob = desk(people["bob"])
    bob.page.goto("/orders/SO-1/")
    bob.complaints.clear()  # the browser notes every 404 by itself

    assert bob.unsound() == []


def test_a_form_with_mistakes_is_sound_and_names_each_field(people, desk):
    alice = desk(people["alice"], language="zh-hans", width="phone")
    alice.open("/capture/new")
    alice.page.fill("#customer", "NOBODY")
    alice.page.fill("#line-0-sku", "NOTHING")
    alice.page.fill("#line-0-quantity", "-1")
    alice.page.click("form[data-ow-task] .btn-primary")
    alice.page.wait_for_selector("#customer-error")
    alice.keep("new-order-mistakes")
    alice.complaints.clear()  # the browser notes every 422 by itself

    assert alice.unsound() == []
    assert "没有这个客户" in alice.page.inner_text("#customer-error")
    assert alice.page.locator(".is-invalid").count() == 3
