"""What upper layers add to the demo beside its orders: a list that they fill at start. Fills nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot


class Beside(Protocol):
    """Somebody who does something in the demo company beside the orders, through the same acts as everybody."""

    def morning(self, slot: Slot, now: datetime) -> None:
        """What they do on a morning of the office."""

    def finish(self, now: datetime) -> None:
        """What they do at the very end."""


Make = Callable[[Scene, datetime], Beside]
"""(the scene, the first day) -> who joins in."""

_fillers: dict[str, Make] = {}


def register_filler(name: str, make: Make) -> None:
    """Let a layer join in when the demo company is filled."""
    _fillers[name] = make


def fillers() -> list[Make]:
    """All of them, by name."""
    return [_fillers[name] for name in sorted(_fillers)]
