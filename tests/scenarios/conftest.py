"""The shop of the scenarios; after each of them nothing that must never be false may be."""

from __future__ import annotations

import pytest

from scenarios import company
from standing import standing


@pytest.fixture
def shop(db):
    """A small maker with people, items, a warehouse and the shipped standards."""
    yield standing("scenarios", lambda: company.Shop().open())
    assert company.broken() == []
