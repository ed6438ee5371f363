"""When open orders will be done, with how much certainty: as long as it took orders that once stood at the same place at the same age.

A promise that is kept in 80 % of cases is worth something only if that is checked: `tried` does it on orders that were not looked at,
`coverage` and `brier` compare promises with what came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from orderway.engine.case import ItemKey
from orderway.simulation.precedents import Numbers, OpenOrder, Passed, Places, Pool, Precedents, Stay
from orderway.simulation.workload import Jams

SHARES = (0.5, 0.8, 0.95)
SOON = 40 * 3_600.0  # of working time: a week, for the chance that the Brier score is about
BETWEEN_TRIALS = 127 * 3_600.0  # five days and seven hours: all weekdays and times of day in turn
MOST_TRIED = 1_000  # of the newest orders


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
    """What was left for an order, the quantiles that would have been said, and the chance that it would be done soon."""

    left: float
    said: Numbers
    soon: float


def pools_of(precedents: Precedents, orders: Sequence[OpenOrder], now: float) -> list[tuple[OpenOrder, Pool]]:
    """The orders with their precedents; without those that have none."""
    found = ((order, precedents.of(order, now)) for order in orders)
    return [(order, pool) for order, pool in found if pool is not None]


def promised(precedents: Precedents, pools: Sequence[tuple[OpenOrder, Pool]], now: float, jams: Jams | None = None) -> list[Promise]:
    """The promise of every open order; `jams` are hours by which work waits longer than it used to."""
    return [_promise(precedents, order, pool, now, jams) for order, pool in pools]


def quantiles(left: Numbers) -> Numbers:
    """What is left in half, 80 and 95 %. Weibull's places: so many of the next ones, not of those seen, lie below."""
    found: Numbers = np.quantile(left, SHARES, method="weibull")
    return found


def coverage(promises: Sequence[float], ends: Sequence[float]) -> float:
    """The share of orders that ended by the promised moment; of a P80 it should be 80 %."""
    return sum(end <= promise for promise, end in zip(promises, ends, strict=True)) / len(ends)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float:
    """The mean squared error of stated chances: 0 is perfect, 0.25 is what a coin would get."""
    return sum((chance - came) ** 2 for chance, came in zip(chances, happened, strict=True)) / len(happened)


def _promise(precedents: Precedents, order: OpenOrder, pool: Pool, now: float, jams: Jams | None) -> Promise:
    passed = precedents.passed
    owner, places = passed.of(pool.orders)
    ahead = passed.ended[places] > pool.moments[owner]
    owner, places = owner[ahead], places[ahead]
    left = pool.left if jams is None or not jams.any else pool.left + jams.longest(passed, pool, owner, places)
    p50, p80, p95 = (precedents.timeline.after(now, float(span)) for span in quantiles(left))
    return Promise(order.number, p50, p80, p95, _slowest(passed, pool, owner, places), len(pool.orders))


def _slowest(passed: Passed, pool: Pool, owner: Places, places: Places) -> str:
    spent = passed.ended[places] - np.maximum(passed.opened[places], pool.moments[owner])
    by_stage = np.bincount(passed.stage[places], weights=spent, minlength=len(passed.stages))
    return passed.stages[int(by_stage.argmax())] if len(places) else ""


# --- checking ---------------------------------------------------------------------------------------------------------------


def tried(precedents: Precedents) -> Tried | None:
    """What promises would have been worth: the newest orders as they stood every few days, judged by those that had ended before."""
    ways = sorted(precedents.ways, key=lambda way: way[-1].ended)[-MOST_TRIED:]
    rows = [(number, row) for number, way in enumerate(ways) for row in _judged_along(precedents, way)]
    return _summed([row for _, row in rows], len({number for number, _ in rows})) if rows else None


def _judged_along(precedents: Precedents, way: Sequence[Stay]) -> Iterator[Judged]:
    """At moments that do not depend on the order: one drawn from each way would favour short ones."""
    moment = ceil(way[0].begun / BETWEEN_TRIALS) * BETWEEN_TRIALS
    for stay in way:
        while moment < stay.left:
            row = _judged(precedents, stay, way[0].begun, moment) if stay.begun <= moment else None
            if row is not None:
                yield row
            moment += BETWEEN_TRIALS


def _judged(precedents: Precedents, stay: Stay, arrived: float, moment: float) -> Judged | None:
    pool = precedents.of(_as_it_stood(stay, arrived), moment, known_by=moment)
    if pool is None:
        return None
    worked = precedents.timeline.worked
    return Judged(worked(stay.ended) - worked(moment), quantiles(pool.left), float(np.mean(pool.left <= SOON)))


def _as_it_stood(stay: Stay, arrived: float) -> OpenOrder:
    newest = ItemKey(stay.newest[0], (), stay.newest[1], 0)  # type: ignore[arg-type]  # a kind of the log
    opened: Mapping[ItemKey, float] = {
        ItemKey(stage, (), kind, 0): arrived  # type: ignore[arg-type]
        for stage, kind in stay.position
    }
    return OpenOrder("", arrived, {**opened, newest: stay.since})


def _summed(rows: Sequence[Judged], orders: int) -> Tried:
    p50, p80, p95 = (coverage([float(row.said[place]) for row in rows], [row.left for row in rows]) for place in range(len(SHARES)))
    soon = [row.left <= SOON for row in rows]
    blind = sum(soon) / len(soon)
    return Tried(orders, len(rows), p50, p80, p95, brier([row.soon for row in rows], soon), blind * (1 - blind))
