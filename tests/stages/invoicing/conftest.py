"""Fixtures of the company that bills."""

from __future__ import annotations

import pytest

from orders.shop import BOXES, UNKNOWN_TOTALS
from stages import billing


@pytest.fixture
def shop(db):
    """A company that ships in boxes and bills every box."""
    BOXES.clear()
    UNKNOWN_TOTALS.clear()
    return billing.Billing().open()
