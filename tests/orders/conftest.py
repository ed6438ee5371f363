"""Fixtures of the small company."""

from __future__ import annotations

import pytest

from orders import shop as shops
from standing import standing


@pytest.fixture
def shop(db):
    """A company with people, a customer, an item and a released standard."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    return standing("orders", lambda: shops.Shop().open())
