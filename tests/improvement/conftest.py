"""The small company of the order tests, which asks its customers after packing; and browsers in which its people are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from orders import shop as shops
from orderway.orders.completion import Completion
from orderway.orders.work import working_on

ASKS = """
feedback:
  customer: {after: pack, ask: csat, remind: 3d, low: "<= 3", opens: suggestion}
"""


@dataclass
class Shop(shops.Shop):
    """The small company with a standard that asks customers; its clock is the real one, as pages ask it."""

    def open(self) -> Shop:
        """As always, and the standard that asks."""
        super().open()
        self.asking = self.released(shops.PLAIN.format(id="asking", version="1.0.0") + ASKS)
        return self

    def packed(self, number: str) -> None:
        """Carol packs."""
        brings = {number: Completion(evidence={"close": "yes"})}
        with working_on([number], "test.pack", actor=self.actor("carol"), now=self.now, brings=brings) as work:
            work.complete()
        assert not work.refused

    def delivered(self, **draft: object) -> str:
        """The number of an order that has gone its whole way and ended."""
        number = self.an_order(version=self.asking, **draft)
        self.entered(number)
        self.checked(number)
        self.runs(number)
        self.packed(number)
        self.runs(number)
        return number


@pytest.fixture
def shop(db):
    """The company, now."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    cache.clear()
    return Shop(now=datetime.now(UTC)).open()


@pytest.fixture
def owner(shop):
    """Olga owns the standard."""
    return shop.hire("olga", "process_owner")


@pytest.fixture
def signed_in(shop):
    """``signed_in("alice")`` is a browser in which Alice is signed in."""

    def sign_in(key: str) -> Client:
        client = Client()
        client.force_login(shop.people.get(key) or shop.administrator)
        return client

    return sign_in
