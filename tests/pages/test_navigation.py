"""The main navigation is a list that layers fill."""

from __future__ import annotations

import pytest

from orderway.pages import navigation
from orderway.pages.navigation import Door, Tab, doors, register_door, register_tab, tabs_of


@pytest.fixture(autouse=True)
def _own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_doors", {})
    monkeypatch.setattr(navigation, "_tabs", {})


def test_doors_stand_by_rank_whoever_registers_first() -> None:
    register_door(Door("orders", "Orders", "cart", "o", rank=20))
    register_door(Door("my_work", "My work", "inbox", "w", rank=10))

    assert [(door.name, door.address) for door in doors()] == [("my_work", "/"), ("orders", "/orders/")]


def test_one_letter_leads_to_one_door() -> None:
    register_door(Door("orders", "Orders", "cart", "o", rank=20))

    with pytest.raises(AssertionError, match="g o leads to orders already"):
        register_door(Door("my_work", "My work", "inbox", "o", rank=10))


def test_pages_behind_a_door_stand_by_rank_and_light_it_whoever_registers_them() -> None:
    register_tab("orders", Tab("board", "Board", rank=2, pages=("task",)))
    register_tab("orders", Tab("orders", "Orders", rank=1))
    register_door(Door("orders", "Orders", "cart", "o", rank=20))

    (door,) = doors()

    assert tabs_of("orders") == [("orders", "Orders"), ("board", "Board")]
    assert [door.leads_to(page) for page in ("orders", "board", "task", "health")] == [True, True, True, False]
