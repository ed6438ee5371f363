"""What waits for a person besides the tasks of orders: a list that every layer fills at start, shown above My work. Asks nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence with the address where it is done; `late` if its day has passed."""

    text: str
    address: str
    late: bool = False


Load = Callable[[int, datetime], Sequence[Notice]]
"""(primary key of the person, now) -> what waits for them; a fixed number of statements."""

_sources: dict[str, Load] = {}


def register_notices(name: str, load: Load) -> None:
    """Let a layer say what waits for somebody."""
    _sources[name] = load


def notices(person_id: int, now: datetime) -> list[Notice]:
    """Everything that waits for this person, late things first."""
    found = [notice for name in sorted(_sources) for notice in _sources[name](person_id, now)]
    return sorted(found, key=lambda notice: not notice.late)
