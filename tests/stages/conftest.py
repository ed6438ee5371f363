"""Fixtures of the trading house."""

from __future__ import annotations

import pytest

from stages import house as houses
from standing import standing


@pytest.fixture
def house(db):
    """A trading house with people, items, two warehouses and two released standards."""
    return standing("house", lambda: houses.House().open())


@pytest.fixture
def dispatch(db):
    """The trading house that also delivers, with the whole way by people ("hands") and by itself ("way")."""
    from stages import deliveries

    return standing("dispatch", lambda: deliveries.Dispatch().open())
