"""Fixtures of the company that bills."""

from __future__ import annotations

import pytest

from stages import billing
from standing import standing


@pytest.fixture
def shop(db):
    """A company that ships in boxes and bills every box."""
    return standing("billing", lambda: billing.Billing().open())
