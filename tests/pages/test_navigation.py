"""The main navigation is a list that layers fill."""

from __future__ import annotations

import pytest

from orderway.pages import navigation
from orderway.pages.navigation import Door, doors, register_door


@pytest.fixture(autouse=True)
def _own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_doors", {})


def test_doors_stand_by_rank_whoever_registers_first() -> None:
    register_door(Door("orders", "Orders", "cart", "o", rank=20))
    register_door(Door("my_work", "My work", "inbox", "w", rank=10))

    assert [(door.name, door.address) for door in doors()] == [("my_work", "/"), ("orders", "/orders/")]


def test_one_letter_leads_to_one_door() -> None:
    register_door(Door("orders", "Orders", "cart", "o", rank=20))

    with pytest.raises(AssertionError, match="g o leads to orders already"):
        register_door(Door("my_work", "My work", "inbox", "o", rank=10))
