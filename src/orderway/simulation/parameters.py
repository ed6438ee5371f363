"""What a simulation is told about the world: arrivals, work, waiting, gates, people. Frozen; every figure carries its n.

`assumptions` makes them from a standard alone, `discovery` from a log, `settings` changes single ones. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderway.engine.assignment import Absence
from orderway.simulation.spreads import ALWAYS, NEVER, NOTHING, Share, Spread

HOURS_OF_WEEK = 168
THREE_DAYS = Spread((3 * 86_400.0,))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Orders expected in each hour of the week, local time of the standard's calendar; days off have none. `n` orders were seen."""

    weekly: tuple[float, ...]
    n: int = 0

    @property
    def per_week(self) -> float:
        """Orders of a week without days off."""
        return sum(self.weekly)

    def at_rate(self, per_week: float) -> Arrivals:
        """The same rhythm with so many orders a week."""
        factor = per_week / self.per_week
        return Arrivals(tuple(rate * factor for rate in self.weekly), self.n)


@dataclass(frozen=True, slots=True)
class Batch:
    """Work that is collected: done together once `size` items wait or the oldest has waited `patience` seconds of working time."""

    size: int
    patience: float
    n: int = 0


@dataclass(frozen=True, slots=True)
class StageWork:
    """How one stage goes. Durations are seconds of working time of the stage's calendar.

    `work`: hands-on time of a person. `delay`: what passes between opening and work without anybody being busy (a supplier's lead
    time, a machine, a person asked for). `fails`: its gate sends back. `defects`: a passage leaves an error in the order, to be found
    later. `detects`: its gate finds an error that is there. `signing`: hands-on time of a signature, `refused`: one is refused.
    """

    work: Spread = NOTHING
    delay: Spread = NOTHING
    fails: Share = NEVER
    defects: Share = NEVER
    detects: Share = NEVER
    signing: Spread = NOTHING
    refused: Share = NEVER
    batch: Batch | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A person. `calendar`: id in the standard, or that of the first stage their roles own. `unqualified`: stages without certificate.

    `capacity`: how many items are in hand at once, as observed. `pace`: how long this person takes, 1 being usual. `away`: share of
    working days absent beside the known `absences`.
    """

    key: str
    roles: tuple[str, ...]
    calendar: str = ""
    unqualified: frozenset[str] = frozenset()
    absences: tuple[Absence, ...] = ()
    capacity: int = 1
    pace: float = 1.0
    away: float = 0.0
    cost_per_hour: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of order: what the standard's questions are answered for it. Drawn whole, so that answers that go together stay together.

    `holds`: rule id -> answers, one per run (the last counts for further runs); a rule that is not named is not met, an automatic
    criterion is. `runs`: list -> number of records. `signers`: table -> roles that must sign. `weight`: how many orders were such.
    """

    holds: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)
    signers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """All of it. `urgent`: orders that go first. `complains`: customers who complain about a good order, `notices`: about a wrong one.

    `complaint_delay`: seconds from the end to the complaint. `helps`: idle people take waiting work of colleagues of the same role.
    """

    arrivals: Arrivals
    stages: Mapping[str, StageWork]
    people: tuple[Worker, ...]
    kinds: tuple[Kind, ...]
    urgent: Share = NEVER
    complains: Share = NEVER
    notices: Share = ALWAYS
    complaint_delay: Spread = THREE_DAYS
    helps: bool = True

    def of(self, stage: str) -> StageWork:
        """How a stage goes; one nobody described goes at once."""
        return self.stages.get(stage) or UNDESCRIBED


UNDESCRIBED = StageWork()
