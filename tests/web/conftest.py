"""A small company whose people sign in and look at pages."""

from __future__ import annotations

import pytest
from django.test import Client

from orders import shop as shops
from orderway.web import acting
from standing import standing


@pytest.fixture
def shop(db):
    """The company of the order tests: plain work, a gate with a signature, boxes."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    return standing("orders", lambda: shops.Shop().open())


@pytest.fixture
def signed_in(shop):
    """``signed_in("alice")`` is a browser in which Alice is signed in."""

    def sign_in(key: str) -> Client:
        client = Client()
        client.force_login(shop.people[key])
        return client

    return sign_in


@pytest.fixture
def monday(monkeypatch, shop):
    """The pages' clock stands at the shop's Monday."""
    monkeypatch.setattr(acting, "now", lambda: shop.now)


@pytest.fixture
def admin(shop):
    """A browser in which the administrator is signed in."""
    client = Client()
    client.force_login(shop.administrator)
    return client
