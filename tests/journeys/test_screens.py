"""Every screen once per width and language: axe finds nothing, the browser complains about nothing, nothing stands beside the screen."""

from __future__ import annotations

import pytest

from orders import shop as shops

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = ("desk", "phone")
LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def shop(transactional_db):
    """The company of the order tests, with orders at several stages."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    return shops.Shop(now=shops.MONDAY).open()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_screens(shop, desk, width, language):
    first = shop.an_order(po="45-77120")
    second = shop.an_order(total="4000.00", po="45-77121")
    shop.an_order()
    shop.entered(first, second)
    shop.checked(second)
    bob = desk(shop.people["bob"], language=language, width=width)
    wrong = {}
    for name, path in {
        "work": "/",
        "team": "/?list=team",
        "orders": "/orders/",
        "order": f"/orders/{first}/",
        "order-signature": f"/orders/{second}/",
        "new": "/capture/new",
        "standards": "/standard/",
        "standard": "/standard/plain/1.0.0/",
        "stage": "/standard/plain/1.0.0/check/",
        "password": "/password",
    }.items():
        bob.open(path)
        bob.keep(f"{name}-{language}-{width}")
        if found := bob.unsound():
            wrong[name] = found
    assert wrong == {}
