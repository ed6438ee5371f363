"""Fixtures of the office whose programs talk to the API."""

from __future__ import annotations

import pytest

from api import office as offices
from standing import standing


@pytest.fixture
def office(db):
    """The company on the shipped make-to-stock standard."""
    return standing("office", lambda: offices.Office().open())
