"""Fixtures of the small company."""

from __future__ import annotations

import pytest

from orders import shop as shops


@pytest.fixture
def shop(db):
    """A company with people, a customer, an item and a released standard."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    return shops.Shop().open()
