"""Fixtures of the company that bills."""

from __future__ import annotations

import pytest

from stages import billing


@pytest.fixture
def shop(db):
    """A company that ships in boxes and bills every box."""
    return billing.Billing().open()
