"""When open orders will be done, with how much certainty: as long as it took orders that once stood at the same place at the same age.

A promise that is kept in 80 % of cases is worth something only if that is checked: `learned` does it on orders that were not looked at,
and takes the shares that are promised a little higher or lower after every promise that was broken or kept; `coverage` and `brier` compare
promises with what came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orderway.engine.case import ItemKey
from orderway.simulation.precedents import Numbers, OpenOrder, Passed, Places, Pool, Precedents, Stay
from orderway.simulation.workload import Jams

Levels = tuple[float, float, float]
"""Which quantiles of the precedents are said, so that `SHARES` of the orders end by then."""

SHARES: Levels = (0.5, 0.8, 0.95)
SOON = 40 * 3_600.0  # of working time: a week, for the chance that the Brier score is about
BETWEEN_TRIALS = 127 * 3_600.0  # five days and seven hours: all weekdays and times of day in turn
MOST_TRIED = 1_000  # of the newest orders
GAMMA = 0.005  # a step of adaptive conformal inference (Gibbs and Candès, NeurIPS 2021, who use the same)
MOST_MOVED = 0.15  # of a share; who needs more has precedents that say nothing
HIGHEST = 0.975  # of forty precedents the latest


class Promise(NamedTuple):
    """When an order ends in half, 80 and 95 % of the cases that compare (`n`), and the stage in which those spent most of the time left."""

    number: str
    p50: float
    p80: float
    p95: float
    slowest: str
    n: int


class Tried(NamedTuple):
    """`n` promises as they would have been made for `orders` that have ended, from what had ended before each: shares kept, Brier scores.

    `brier` is that of the chance to be done within a working week, `brier_blind` that of always saying how often this was so.
    """

    orders: int
    n: int
    p50: float
    p80: float
    p95: float
    brier: float
    brier_blind: float


class Judged(NamedTuple):
    """An order as it stood at a moment: when it ended, what was left, and what was left for its precedents."""

    moment: float
    ended: float
    left: float
    precedents: Numbers


class Learned(NamedTuple):
    """What trying promises on ended orders taught: how they fared, None without any, and the levels to promise by from now on."""

    tried: Tried | None
    levels: Levels


def pools_of(precedents: Precedents, orders: Sequence[OpenOrder], now: float) -> list[tuple[OpenOrder, Pool]]:
    """The orders with their precedents; without those that have none."""
    found = ((order, precedents.of(order, now)) for order in orders)
    return [(order, pool) for order, pool in found if pool is not None]


def promised(
    precedents: Precedents,
    pools: Sequence[tuple[OpenOrder, Pool]],
    now: float,
    jams: Jams | None = None,
    levels: Levels = SHARES,
) -> list[Promise]:
    """The promise of every open order; `jams` are hours by which work waits longer than it used to."""
    return [_promise(precedents, order, pool, now, jams, levels) for order, pool in pools]


def quantiles(left: Numbers, levels: Levels = SHARES) -> Numbers:
    """What is left at these levels. Weibull's places: so many of the next ones, not of those seen, lie below."""
    found: Numbers = np.quantile(left, levels, method="weibull")
    return found


def coverage(promises: Sequence[float], ends: Sequence[float]) -> float:
    """The share of orders that ended by the promised moment; of a P80 it should be 80 %."""
    return sum(end <= promise for promise, end in zip(promises, ends, strict=True)) / len(ends)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float:
    """The mean squared error of stated chances: 0 is perfect, 0.25 is what a coin would get."""
    return sum((chance - came) ** 2 for chance, came in zip(chances, happened, strict=True)) / len(happened)


def _promise(precedents: Precedents, order: OpenOrder, pool: Pool, now: float, jams: Jams | None, levels: Levels) -> Promise:
    passed = precedents.passed
    owner, places = passed.of(pool.orders)
    ahead = passed.ended[places] > pool.moments[owner]
    owner, places = owner[ahead], places[ahead]
    left = pool.left if jams is None or not jams.any else pool.left + jams.longest(passed, pool, owner, places)
    p50, p80, p95 = (precedents.timeline.after(now, float(span)) for span in quantiles(left, levels))
    return Promise(order.number, p50, p80, p95, _slowest(passed, pool, owner, places), len(pool.orders))


def _slowest(passed: Passed, pool: Pool, owner: Places, places: Places) -> str:
    spent = passed.ended[places] - np.maximum(passed.opened[places], pool.moments[owner])
    by_stage = np.bincount(passed.stage[places], weights=spent, minlength=len(passed.stages))
    return passed.stages[int(by_stage.argmax())] if len(places) else ""


# --- checking ---------------------------------------------------------------------------------------------------------------


def tried(precedents: Precedents) -> Tried | None:
    """What promises would have been worth; None without an order that could be judged."""
    return learned(precedents).tried


def learned(precedents: Precedents) -> Learned:
    """The newest orders as they stood every few days, promised by what had ended before, in the sequence in which it happened.

    After every order that ended the levels move: up by `GAMMA` of the share if a promise was broken, down by the rest if it was kept. In
    the long run so many are kept as are said, whatever becomes of the company's times, and nothing is used that was not known by then.
    """
    ways = sorted(precedents.ways, key=lambda way: way[-1].ended)[-MOST_TRIED:]
    rows = [(number, row) for number, way in enumerate(ways) for row in _stood_along(precedents, way)]
    if not rows:
        return Learned(None, SHARES)
    judged = sorted((row for _, row in rows), key=lambda row: (row.moment, row.ended))
    said, levels = _adapted(judged)
    return Learned(_summed(judged, said, len({number for number, _ in rows})), levels)


def _adapted(rows: Sequence[Judged]) -> tuple[list[Numbers], Levels]:
    """What would have been said to each, and the levels after all of them have ended."""
    levels, waiting = np.array(SHARES), list[tuple[float, int]]()
    said: list[Numbers] = []
    for number, row in enumerate(rows):
        while waiting and waiting[0][0] <= row.moment:
            _ended, before = heappop(waiting)
            levels = _moved(levels, rows[before].left <= said[before])
        said.append(quantiles(row.precedents, _as_levels(levels)))
        heappush(waiting, (row.ended, number))
    for _ended, before in sorted(waiting):
        levels = _moved(levels, rows[before].left <= said[before])
    return said, _as_levels(levels)


def _moved(levels: Numbers, kept: NDArray[np.bool_]) -> Numbers:
    shares = np.array(SHARES)
    moved: Numbers = np.clip(levels + GAMMA * (shares - kept), shares - MOST_MOVED, np.minimum(shares + MOST_MOVED, HIGHEST))
    return moved


def _as_levels(levels: Numbers) -> Levels:
    p50, p80, p95 = (float(level) for level in np.maximum.accumulate(levels))
    return p50, p80, p95


def _stood_along(precedents: Precedents, way: Sequence[Stay]) -> Iterator[Judged]:
    """At moments that do not depend on the order: one drawn from each way would favour short ones."""
    moment = ceil(way[0].begun / BETWEEN_TRIALS) * BETWEEN_TRIALS
    for stay in way:
        while moment < stay.left:
            row = _stood(precedents, stay, way[0].begun, moment) if stay.begun <= moment else None
            if row is not None:
                yield row
            moment += BETWEEN_TRIALS


def _stood(precedents: Precedents, stay: Stay, arrived: float, moment: float) -> Judged | None:
    pool = precedents.of(_as_it_stood(stay, arrived), moment, known_by=moment)
    if pool is None:
        return None
    worked = precedents.timeline.worked
    return Judged(moment, stay.ended, worked(stay.ended) - worked(moment), pool.left)


def _as_it_stood(stay: Stay, arrived: float) -> OpenOrder:
    newest = ItemKey(stay.newest[0], (), stay.newest[1], 0)  # type: ignore[arg-type]  # a kind of the log
    opened: Mapping[ItemKey, float] = {
        ItemKey(stage, (), kind, 0): arrived  # type: ignore[arg-type]
        for stage, kind in stay.position
    }
    return OpenOrder("", arrived, {**opened, newest: stay.since})


def _summed(rows: Sequence[Judged], said: Sequence[Numbers], orders: int) -> Tried:
    left = [row.left for row in rows]
    p50, p80, p95 = (coverage([float(one[place]) for one in said], left) for place in range(len(SHARES)))
    soon = [row.left <= SOON for row in rows]
    blind = sum(soon) / len(soon)
    chances = [float(np.mean(row.precedents <= SOON)) for row in rows]
    return Tried(orders, len(rows), p50, p80, p95, brier(chances, soon), blind * (1 - blind))
