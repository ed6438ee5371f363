"""When open orders will be done, with how much certainty: the live backlog is simulated on, many times, among new arrivals.

A promise that is kept in 80 % of cases is worth something only if that is checked: `coverage` and `brier` compare promises with what came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderway.engine.acting import SYSTEM
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case, ItemKey
from orderway.engine.program import Program
from orderway.simulation.moves import Moves, Place
from orderway.simulation.outcome import Outcome
from orderway.simulation.parameters import Parameters
from orderway.simulation.refusals import NobodyMay
from orderway.simulation.running import BETWEEN_SEEDS, require_people
from orderway.simulation.spreads import quantile
from orderway.simulation.world import Start, World

COMPETING_WEEKS = 2.0  # of new orders that take people's time from those that are open


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order as it stands: since when it and its open items are open (seconds since the epoch)."""

    number: str
    case: Case
    arrived: float
    opened: Mapping[ItemKey, float]


class Promise(NamedTuple):
    """When an order ends in half, 80 and 95 % of `n` simulated futures, and the stage in which it will spend most of the time left."""

    number: str
    p50: float
    p80: float
    p95: float
    slowest: str
    ends: tuple[float, ...]

    def chance_by(self, moment: float) -> float:
        """The share of futures in which the order has ended by then."""
        return sum(end <= moment for end in self.ends) / len(self.ends)


def promised(
    program: Program, parameters: Parameters, orders: Sequence[OpenOrder], *,
    replications: int, seed: int, now: datetime, holidays: Holidays | None = None,
) -> list[Promise]:  # fmt: skip
    """The promise of every open order. Each future draws anew which kind of order each is."""
    found = futures(program, parameters, orders, replications=replications, seed=seed, now=now, holidays=holidays)
    return promises(orders, found, now)


def futures(
    program: Program, parameters: Parameters, orders: Sequence[OpenOrder], *,
    replications: int, seed: int, now: datetime, holidays: Holidays | None = None,
) -> list[Outcome]:  # fmt: skip
    """So many ways in which it may go on; the open orders come first in each. Raises NobodyInRole, or NobodyMay if all come to that.

    A future that comes to a standstill (nobody may sign what they decided) says nothing about days and is left out.
    """
    require_people(program, parameters)
    moves, known = Moves(program, parameters.kinds), holidays or Holidays()
    arriving = round(parameters.arrivals.per_week * COMPETING_WEEKS)
    found: list[Outcome] = []
    stood: NobodyMay | None = None
    for number in range(replications):
        chance = Random(seed * BETWEEN_SEEDS + number)  # noqa: S311  a simulation, no secret
        world = World(moves, parameters, seed=seed * BETWEEN_SEEDS + number, begin=now, holidays=known, recording=True)
        try:
            found.append(world.run(arriving, backlog=[_start(order, parameters, chance) for order in orders]))
        except NobodyMay as standstill:
            stood = standstill
    if not found and stood is not None:
        raise stood
    return found


def promises(orders: Sequence[OpenOrder], found: Sequence[Outcome], now: datetime) -> list[Promise]:
    """What these futures promise to each order."""
    left: list[dict[str, float]] = [defaultdict(float) for _ in orders]
    for future in found:
        for passage in future.passages:
            if passage.order < len(orders):
                left[passage.order][passage.stage] += passage.ended - max(passage.opened, now.timestamp())
    return [_promise(order, place, found, left[place]) for place, order in enumerate(orders)]


def workload(program: Program, parameters: Parameters, found: Sequence[Outcome], zone: ZoneInfo) -> dict[tuple[str, date], float]:
    """Hours of hands-on work by role and the day on which it begins, the mean of these futures; new orders of the next weeks count too."""
    hours: dict[tuple[str, date], float] = defaultdict(float)
    for future in found:
        for passage in future.passages:
            if passage.person == SYSTEM.key or not passage.person:
                continue
            work = parameters.of(passage.stage)
            seconds = work.signing.mean if passage.kind == "approval" else work.work.mean
            day = datetime.fromtimestamp(passage.started, zone).date()
            hours[program.stage(passage.stage).owner, day] += seconds / 3_600 / len(found)
    return dict(hours)


def coverage(promises: Sequence[float], ends: Sequence[float]) -> float:
    """The share of orders that ended by the promised moment; of a P80 it should be 80 %."""
    return sum(end <= promise for promise, end in zip(promises, ends, strict=True)) / len(ends)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float:
    """The mean squared error of stated chances: 0 is perfect, 0.25 is what a coin would get."""
    return sum((chance - came) ** 2 for chance, came in zip(chances, happened, strict=True)) / len(happened)


def _start(order: OpenOrder, parameters: Parameters, chance: Random) -> Start:
    kind = chance.choices(range(len(parameters.kinds)), [kind.weight for kind in parameters.kinds])[0]
    return Start(Place(order.case), kind, order.arrived, dict(order.opened))


def _promise(order: OpenOrder, place: int, found: Sequence[Outcome], left: Mapping[str, float]) -> Promise:
    ends = tuple(sorted(future.orders[place].ended for future in found))
    slowest = max(left, key=lambda stage: left[stage]) if left else ""
    return Promise(order.number, quantile(ends, 0.5), quantile(ends, 0.8), quantile(ends, 0.95), slowest, ends)
