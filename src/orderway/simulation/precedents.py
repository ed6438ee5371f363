"""What became of finished orders that once stood where an open order stands now. Reads passages into arrays once; draws nothing.

A position is the set of items that are open together; an order's age in it counts from its newest opening. All spans are working time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from orderway.engine.acting import SYSTEM
from orderway.engine.case import ItemKey
from orderway.simulation.outcome import Passage
from orderway.simulation.timeline import Timeline

FEWEST = 30  # precedents: fewer say nothing about the last twentieth
NEWEST = 40  # of them are looked at: what was true a year ago predicts little once something was improved
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Position = frozenset[tuple[str, str]]  # stage and kind of what is open together
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order as it stands: since when it and its open items are open (seconds since the epoch)."""

    number: str
    arrived: float
    opened: Mapping[ItemKey, float]


class Stay(NamedTuple):
    """A finished order in one position, from one event to the next; `newest`: opened last, at `since`; `ended`: the order's end."""

    order: int
    position: Position
    newest: tuple[str, str]
    since: float
    begun: float
    left: float
    ended: float


class Pool(NamedTuple):
    """Comparable stays: which orders, the moments of their working time that compare with now, and what was left for each."""

    orders: Places
    moments: Numbers
    left: Numbers


class Stays:
    """All stays in one position, as arrays; those of the orders that ended last come first."""

    def __init__(self, found: Sequence[Stay], timeline: Timeline) -> None:
        found, worked = sorted(found, key=lambda stay: (-stay.ended, stay.order, stay.begun)), timeline.worked
        self.orders: Places = np.array([stay.order for stay in found], dtype=np.int64)
        self._since: Numbers = np.array([worked(stay.since) for stay in found])
        self._enters: Numbers = np.array([worked(stay.begun) for stay in found]) - self._since
        self._leaves: Numbers = np.array([worked(stay.left) for stay in found]) - self._since
        self._remains: Numbers = np.array([worked(stay.ended) for stay in found]) - self._since
        self._over: Numbers = np.array([stay.ended for stay in found])

    def alike(self, age: float, known_by: float) -> Pool:
        """Those that were in the position at this age, of orders that had ended by then."""
        found = self._newest((self._leaves > age) & (self._enters <= age) & (self._over <= known_by))
        return Pool(self.orders[found], self._since[found] + age, self._remains[found] - age)

    def entering(self, known_by: float) -> Pool:
        """All of them, as though they had just come."""
        found = self._newest(self._over <= known_by)
        return Pool(self.orders[found], self._since[found] + self._enters[found], self._remains[found] - self._enters[found])

    def _newest(self, chosen: NDArray[np.bool_]) -> Places:
        return np.flatnonzero(chosen)[:NEWEST]


class Precedents:
    """All finished orders of a log. `ways`: their stays; `passed`: what they passed, in arrays."""

    def __init__(self, passages: Sequence[Passage], timeline: Timeline) -> None:
        self.timeline = timeline
        self.passed = Passed(passages, timeline)
        ways = (tuple(_stays(list(way))) for _, way in groupby(sorted(passages), key=lambda one: one.order))
        self.ways = [way for way in ways if way]
        whole = [Stay(way[0].order, frozenset(), ("", ""), way[0].begun, way[0].begun, way[0].ended, way[0].ended) for way in self.ways]
        self.whole = Stays(whole, timeline)
        self._positions = self._by(lambda stay: stay.position)
        self._newest = self._by(lambda stay: stay.newest)

    def of(self, order: OpenOrder, now: float, known_by: float = float("inf")) -> Pool | None:
        """The precedents of an open order; None if there are too few even of whole ways.

        First those that stood where it stands at the same age, then those of its newest open item, then whole ways of the same age. An
        order that is older than nearly all is compared with those that have just come to its position.
        """
        levels = list(self._levels(order, now))
        pools = [*(stays.alike(age, known_by) for stays, age in levels), *(stays.entering(known_by) for stays, _ in levels)]
        return next((pool for pool in pools if len(pool.orders) >= FEWEST), None)

    def _levels(self, order: OpenOrder, now: float) -> Iterator[tuple[Stays, float]]:
        worked = self.timeline.worked
        if order.opened:
            newest = max(order.opened, key=lambda item: (order.opened[item], item))
            age = worked(now) - worked(order.opened[newest])
            position = frozenset((item.stage, item.kind) for item in order.opened)
            found = (self._positions.get(position), self._newest.get((newest.stage, newest.kind)))
            yield from ((stays, age) for stays in found if stays is not None)
        yield self.whole, worked(now) - worked(order.arrived)

    def _by(self, key: Callable[[Stay], Key]) -> dict[Key, Stays]:
        found: dict[Key, list[Stay]] = defaultdict(list)
        for way in self.ways:
            for stay in way:
                found[key(stay)].append(stay)
        return {one: Stays(stays, self.timeline) for one, stays in found.items()}


class Passed:
    """The passages of all orders in arrays, order by order: a slice per order. Moments are working time."""

    def __init__(self, passages: Sequence[Passage], timeline: Timeline) -> None:
        ordered = sorted(passages)
        worked = timeline.worked
        self.stages = tuple(dict.fromkeys(one.stage for one in ordered))
        index = {stage: number for number, stage in enumerate(self.stages)}
        self.stage: Places = np.array([index[one.stage] for one in ordered], dtype=np.int64)
        self.signing = np.array([one.kind == "approval" for one in ordered], dtype=np.bool_)
        self.by_hand = np.array([bool(one.person) and one.person != SYSTEM.key for one in ordered], dtype=np.bool_)
        self.opened: Numbers = np.array([worked(one.opened) for one in ordered])
        self.started: Numbers = np.array([worked(one.started) for one in ordered])
        self.ended: Numbers = np.array([worked(one.ended) for one in ordered])
        numbers = np.array([one.order for one in ordered], dtype=np.int64)
        most = int(numbers.max(initial=-1)) + 1
        self._first: Places = np.searchsorted(numbers, np.arange(most))
        self._count: Places = np.searchsorted(numbers, np.arange(most), side="right") - self._first

    def of(self, orders: Places) -> tuple[Places, Places]:
        """For all passages of these orders: which of `orders` they belong to, and where they lie."""
        counts = self._count[orders]
        owner = np.repeat(np.arange(len(orders)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owner, self._first[orders][owner] + within


def _stays(passages: list[Passage]) -> Iterator[Stay]:
    """One order's stays. What a complaint opens after the end is a way of its own, or the first end would seem to be weeks later."""
    moments = sorted({moment for one in passages for moment in (one.opened, one.ended)})
    waiting, active = sorted(passages, key=lambda one: -one.opened), list[Passage]()
    found: list[tuple[float, float, list[Passage]]] = []
    for begun, left in pairwise(moments):
        active = [one for one in active if one.ended > begun]
        while waiting and waiting[-1].opened <= begun:
            active.append(waiting.pop())
        found.append((begun, left, [one for one in active if one.ended > begun]))
    ended = moments[-1]
    ways: list[Stay] = []
    for place in range(len(found) - 1, -1, -1):
        begun, left, open_ = found[place]
        if not open_:
            ended = begun if place + 1 < len(found) and _complained(found[place + 1][2]) else ended
            continue
        newest = max(open_, key=lambda one: (one.opened, one.stage, one.kind))
        position = frozenset((one.stage, one.kind) for one in open_)
        ways.append(Stay(newest.order, position, (newest.stage, newest.kind), newest.opened, begun, left, ended))
    return reversed(ways)


def _complained(open_: Sequence[Passage]) -> bool:
    return bool(open_) and all(one.kind == "complaint" for one in open_)
