"""Exact optimal alignments of a log with a model: one per variant, variants that begin alike share their work.

An event that the model does not show costs 1 (inserted), an activity that the model needs and the log lacks costs 1 (skipped), moves that
show nothing cost nothing. An activity that is skipped at one place and inserted at another of the same case is out of order. Fitness is
1 - cost / (events + length of the shortest way through the model), for the log the same over sums: as the reference does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orderway.mining.counting import Variant
from orderway.mining.log import EventLog
from orderway.mining.models import Model

Kind = Literal["sync", "inserted", "skipped", "out_of_order"]
Costs = NDArray[np.int64]
FAR = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One move of an alignment; `position` is the place of the event in its case, of a skipped activity the place where it was due."""

    kind: Kind
    activity: str
    position: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a variant lies on the model."""

    variant: Variant
    cost: int
    worst: int
    parts: tuple[Part, ...]

    @property
    def fitness(self) -> float:
        """1: fits; 0: nothing in common."""
        return 1 - self.cost / self.worst if self.worst else 1.0

    @property
    def deviations(self) -> tuple[Part, ...]:
        """The moves in which log and model differ."""
        return tuple(part for part in self.parts if part.kind != "sync")


@dataclass(frozen=True, slots=True)
class Conformance:
    """The alignments of a log, and its fitness in the three usual figures."""

    alignments: tuple[Alignment, ...]
    log_fitness: float
    average_fitness: float
    fitting_share: float
    unknown: tuple[str, ...] = ()  # activities of the log that the model never shows


def conformance(log: EventLog, variants: Sequence[Variant], model: Model) -> Conformance:
    """Align every variant."""
    names = log.activities.names
    aligner = _Aligner(model)
    found = [aligner.align(variant, [names[code] for code in variant.activities]) for variant in _by_beginning(variants)]
    found.sort(key=lambda alignment: (-alignment.variant.count, alignment.variant.activities))
    counts = np.array([alignment.variant.count for alignment in found], dtype=np.int64)
    costs, worst = (np.array([getattr(alignment, part) for alignment in found], dtype=np.int64) for part in ("cost", "worst"))
    fitness = np.array([alignment.fitness for alignment in found])
    total = int((worst * counts).sum())
    return Conformance(
        alignments=tuple(found),
        log_fitness=1 - float((costs * counts).sum() / total) if total else 1.0,
        average_fitness=float((fitness * counts).sum() / counts.sum()),
        fitting_share=float(counts[costs == 0].sum() / counts.sum()),
        unknown=tuple(name for name in names if name not in model.activities),
    )


def _by_beginning(variants: Sequence[Variant]) -> list[Variant]:
    """So that variants with the same beginning follow each other."""
    return sorted(variants, key=lambda variant: variant.activities)


class _Aligner:
    """The model as arrays. A layer is the cheapest cost of having explained so many events and standing in each state.

    From layer to layer: what costs nothing or a skipped activity is closed over beforehand (`between`), so that each event is two steps of
    minima over states.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.between = _between(model)
        self.shown: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for activity in model.activities:
            pairs = sorted({(before, after) for before, name, after in model.moves if name == activity})
            self.shown[activity] = (np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]))
        self.ends = np.array(sorted(model.ends), dtype=np.int64)
        self.skips = _cheapest_moves(model)
        self.shortest = int(self.between[0, self.ends].min())
        first = np.full(model.states, FAR, dtype=np.int64)
        first[0] = 0
        self.layers: list[Costs] = [self._closed(first)]
        self.known: list[str] = []

    def align(self, variant: Variant, activities: list[str]) -> Alignment:
        """The cheapest alignment of one variant."""
        common = next((place for place, pair in enumerate(zip(self.known, activities, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(self.known), len(activities)) if common is None else common
        del self.layers[common + 1 :]
        for activity in activities[common:]:
            self.layers.append(self._closed(self._after(self.layers[-1], activity)))
        self.known = activities
        end = int(self.ends[np.argmin(self.layers[-1][self.ends])])
        cost = int(self.layers[-1][end])
        return Alignment(variant, cost, len(activities) + self.shortest, tuple(_ordered(self._traced(activities, end))))

    def _after(self, layer: Costs, activity: str) -> Costs:
        """One event further, nothing skipped behind it yet."""
        costs = layer + 1
        if activity in self.shown:
            before, after = self.shown[activity]
            np.minimum.at(costs, after, layer[before])
        return costs

    def _closed(self, costs: Costs) -> Costs:
        closed: Costs = (costs[:, None] + self.between).min(axis=0)
        return closed

    def _traced(self, activities: list[str], state: int) -> list[Part]:
        """The moves of the cheapest alignment, read backwards through the layers."""
        parts: list[Part] = []
        for place in range(len(activities), -1, -1):
            layer = self.layers[place]
            opened = self._opened(place, activities)
            origin = int(np.argmin(opened + self.between[:, state]))
            parts += [Part("skipped", activity, place) for activity in self._skipped(origin, state)[::-1]]
            state = origin
            if not place:
                break
            activity, earlier = activities[place - 1], self.layers[place - 1]
            before = self._matching(earlier, activity, state, int(opened[state]))
            parts.append(Part("inserted" if before is None else "sync", activity, place - 1))
            state = state if before is None else before
            assert layer[state] < FAR
        return parts[::-1]

    def _opened(self, place: int, activities: list[str]) -> Costs:
        if place:
            return self._after(self.layers[place - 1], activities[place - 1])
        first = np.full(self.model.states, FAR, dtype=np.int64)
        first[0] = 0
        return first

    def _matching(self, earlier: Costs, activity: str, state: int, cost: int) -> int | None:
        """The state from which the model shows the activity and comes here at this cost; None if the event is inserted."""
        if activity not in self.shown:
            return None
        before, after = self.shown[activity]
        fits = before[(after == state) & (earlier[before] == cost)]
        return int(fits[0]) if len(fits) else None

    def _skipped(self, origin: int, state: int) -> list[str]:
        """What the model shows on the cheapest way between two states."""
        skipped: list[str] = []
        while origin != state:
            for activity, following in self.skips[origin]:
                price = 0 if activity is None else 1
                if price + self.between[following, state] == self.between[origin, state] and self._nearer(following, origin, state, price):
                    skipped += [] if activity is None else [activity]
                    origin = following
                    break
        return skipped

    def _nearer(self, following: int, origin: int, state: int, price: int) -> bool:
        """Moves that cost nothing must lead nearer in number of moves, or the way could go round in circles."""
        return price == 1 or bool(self.hops[following, state] < self.hops[origin, state])

    @cached_property
    def hops(self) -> NDArray[np.int64]:
        """Moves on the way between two states along cheapest ways."""
        return _hops(self.model, self.between)


def _between(model: Model) -> Costs:
    """The least number of shown activities between any two states (all pairs, by Floyd and Warshall on arrays)."""
    costs = np.full((model.states, model.states), FAR, dtype=np.int64)
    np.fill_diagonal(costs, 0)
    for before, activity, after in model.moves:
        costs[before, after] = min(costs[before, after], 0 if activity is None and before != after else 1 if before != after else 0)
    for middle in range(model.states):
        np.minimum(costs, costs[:, middle, None] + costs[None, middle, :], out=costs)
    capped: Costs = np.minimum(costs, FAR)
    return capped


def _hops(model: Model, between: Costs) -> NDArray[np.int64]:
    """The least number of moves between two states among the ways that cost least: cost and hops weighed together, cost first."""
    weight = model.states + 1
    both = np.full((model.states, model.states), FAR, dtype=np.int64)
    np.fill_diagonal(both, 0)
    for before, activity, after in model.moves:
        if before != after:
            both[before, after] = min(both[before, after], (0 if activity is None else 1) * weight + 1)
    for middle in range(model.states):
        np.minimum(both, both[:, middle, None] + both[None, middle, :], out=both)
    hops: NDArray[np.int64] = both - np.minimum(between, FAR // weight) * weight
    return hops


def _cheapest_moves(model: Model) -> list[list[tuple[str | None, int]]]:
    """The moves out of each state, those that show nothing first."""
    moves: list[list[tuple[str | None, int]]] = [[] for _state in range(model.states)]
    for before, activity, after in model.moves:
        if before != after:
            moves[before].append((activity, after))
    return [sorted(out, key=lambda move: (move[0] is not None, move[0] or "", move[1])) for out in moves]


def _ordered(parts: list[Part]) -> list[Part]:
    """Skipped at one place and inserted at another is one thing: out of order. The skipped half goes, the event stays."""
    skipped = [number for number, part in enumerate(parts) if part.kind == "skipped"]
    gone: set[int] = set()
    named = list(parts)
    for number, part in enumerate(parts):
        if part.kind == "inserted":
            twin = next((other for other in skipped if other not in gone and parts[other].activity == part.activity), None)
            if twin is not None:
                gone.add(twin)
                named[number] = Part("out_of_order", part.activity, part.position)
    return [part for number, part in enumerate(named) if number not in gone]
