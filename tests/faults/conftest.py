"""The shop of the scenarios with real commits, so that a failed act has something to take back."""

from __future__ import annotations

import pytest

from faults.injecting import Interruptions
from scenarios import company


@pytest.fixture
def shop(transactional_db):
    """The small maker; nothing that must never be false may be, when the test has ended."""
    opened = company.Shop().open()
    yield opened
    assert company.broken() == []


@pytest.fixture
def interrupted():
    """Interrupt acts at every statement."""
    return Interruptions()
