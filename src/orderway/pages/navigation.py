"""The doors of the main navigation: a list that every layer with pages fills at start. Draws nothing; the shell of `web` does."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the navigation: address name, title, icon, the letter after g, its rank, and the pages that lie behind it."""

    name: str
    title: object
    icon: str
    key: str
    rank: int
    pages: tuple[str, ...] = ()

    def leads_to(self, page: str) -> bool:
        """Whether the page of this name is the door's own or lies behind it."""
        return page == self.name or page in self.pages or any(page == tab.name or page in tab.pages for tab in _tabs.get(self.name, ()))

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.name)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page behind a door, shown beside its neighbours: address name, title, rank, and the pages that lie behind it."""

    name: str
    title: object
    rank: int
    pages: tuple[str, ...] = ()


_doors: dict[str, Door] = {}
_tabs: dict[str, list[Tab]] = {}


def register_door(door: Door) -> None:
    """Show a page in the main navigation. Two doors with one letter are a mistake of the program."""
    twin = next((other.name for other in _doors.values() if other.key == door.key and other.name != door.name), None)
    assert twin is None, f"g {door.key} leads to {twin} already"
    _doors[door.name] = door


def doors() -> list[Door]:
    """All doors, by rank."""
    return sorted(_doors.values(), key=lambda door: door.rank)


def register_tab(door: str, tab: Tab) -> None:
    """Put a page behind a door. The door itself need not be registered yet, nor by the same layer."""
    others = [other for other in _tabs.get(door, ()) if other.name != tab.name]
    _tabs[door] = sorted([*others, tab], key=lambda one: one.rank)


def tabs_of(door: str) -> list[tuple[str, object]]:
    """The pages behind a door, by rank: address name and title."""
    return [(tab.name, tab.title) for tab in _tabs.get(door, ())]
