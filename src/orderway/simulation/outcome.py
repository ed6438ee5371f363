"""What one simulated run gave: the orders, the passages of stages, the hours of people. Numbers only; `summary` makes tables of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class OrderDone(NamedTuple):
    """One order from arrival to its first end, in seconds. `late`: stages done after their limit. `counted`: neither warm-up nor tail."""

    arrived: float
    ended: float
    passages: int
    late: int
    error: bool
    complained: bool
    urgent: bool
    counted: bool

    @property
    def lead(self) -> float:
        """Seconds from arrival to the first end."""
        return self.ended - self.arrived


class Passage(NamedTuple):
    """One item from its opening to its end. `started` is when somebody took it in hand; `how`: passed, failed or withdrawn."""

    order: int
    stage: str
    kind: str
    person: str
    opened: float
    started: float
    ended: float
    how: str
    late: bool


@dataclass(slots=True)
class StageTally:
    """Sums over the passages of one stage. `waiting`, `working` in seconds of working time."""

    waiting: list[float] = field(default_factory=list)
    working: list[float] = field(default_factory=list)
    late: int = 0
    failed: int = 0


class PersonTally(NamedTuple):
    """Seconds of work done and of work time there was."""

    key: str
    roles: tuple[str, ...]
    busy: float
    present: float


@dataclass(slots=True)
class Outcome:
    """Everything one run gave. `steps` counts the engine's moves that ended an item. `passages` only where they were asked for."""

    orders: list[OrderDone]
    stages: dict[str, StageTally]
    people: list[PersonTally]
    steps: int
    passages: list[Passage] = field(default_factory=list)
