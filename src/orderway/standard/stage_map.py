"""The stage map between two versions: where an order that stands at a stage of the old one would stand in the new one.

Generated, and to be corrected by hand. Says nothing about any order; `engine.migrating` judges whether one can move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from orderway.standard import flow
from orderway.standard.canonical import stage_hash
from orderway.standard.document import Stage, StageId, Standard

Kind = Literal["unchanged", "changed", "moved", "renamed", "removed"]
Origin = Literal["id", "document", "alike", "hand"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A stage of the old version and its place in the new one; `target` is None where orders that stand there cannot move.

    `origin`: why it is mapped so: it has the same id, the document's `map` or somebody's hand says so, or one new stage is alike.
    """

    stage: StageId
    target: StageId | None
    kind: Kind
    origin: Origin


@dataclass(frozen=True, slots=True)
class StageMap:
    """Every stage of the old version in its flow, and the stages that only the new one has."""

    rows: tuple[Mapped, ...]
    added: tuple[StageId, ...]

    @property
    def targets(self) -> Mapping[str, str]:
        """Old stage -> new stage, of those that have a place."""
        return {row.stage: row.target for row in self.rows if row.target is not None}


def stage_map(old: Standard, new: Standard, by_hand: Mapping[str, str] | None = None) -> StageMap:
    """The map of two versions. `by_hand` wins, "" meaning no place; then the new document's own `map`; then ids; then likeness.

    Only stages that the flows have are mapped; what `strange_in` finds in `by_hand` is left out.
    """
    before, after = flow.positions(old.flow), flow.positions(new.flow)
    written = dict(new.changes[0].map) if new.changes and new.changes[0].running_orders == "migrate" else {}
    by_hand = by_hand or {}
    alike = _alike(old, new, [stage for stage in before if stage not in after], [stage for stage in after if stage not in before])
    steady = _steady(tuple(before), tuple(after))
    rows: list[Mapped] = []
    for stage in before:
        target, origin = _target(stage, before.keys() | after.keys(), after, by_hand, written, alike)
        rows.append(Mapped(stage, target, _kind(old, new, stage, target, before, after, steady), origin))
    led_to = {row.target for row in rows} | before.keys()
    return StageMap(tuple(rows), tuple(stage for stage in after if stage not in led_to))


def strange_in(old: Standard, new: Standard, by_hand: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a map by hand names that is not there: (stage, number of the version that does not have it)."""
    before, after = flow.positions(old.flow), flow.positions(new.flow)
    sources = [(stage, old.version) for stage in by_hand if stage not in before]
    return (*sources, *((stage, new.version) for stage in by_hand.values() if stage and stage not in after))


def _target(
    stage: StageId,
    known: Iterable[StageId],
    after: Mapping[StageId, flow.Position],
    by_hand: Mapping[str, str],
    written: Mapping[StageId, StageId],
    alike: Mapping[StageId, StageId],
) -> tuple[StageId | None, Origin]:
    ids = {str(one): one for one in known}
    if stage in by_hand:
        wanted = ids.get(by_hand[stage])
        return (wanted if wanted in after else None), "hand"
    if written.get(stage) in after:
        return written[stage], "document"
    if stage in after:
        return stage, "id"
    return alike.get(stage), "alike"


def _kind(
    old: Standard,
    new: Standard,
    stage: StageId,
    target: StageId | None,
    before: Mapping[StageId, flow.Position],
    after: Mapping[StageId, flow.Position],
    steady: frozenset[StageId],
) -> Kind:
    if target is None:
        return "removed"
    if target != stage:
        return "renamed"
    if stage not in steady or before[stage].enclosure() != after[stage].enclosure():
        return "moved"
    return "unchanged" if stage_hash(old, stage) == stage_hash(new, stage) else "changed"


def _alike(old: Standard, new: Standard, gone: list[StageId], come: list[StageId]) -> Mapping[StageId, StageId]:
    """A stage that is gone and the only new one with its title, or with its act and steps; only where neither has another like it."""
    likes = {stage: [other for other in come if _are_alike(old.stages[stage], new.stages[other])] for stage in gone}
    wanted = [other for others in likes.values() for other in others]
    return {stage: others[0] for stage, others in likes.items() if len(others) == 1 and wanted.count(others[0]) == 1}


def _are_alike(one: Stage, other: Stage) -> bool:
    if one.title.values == other.title.values:
        return True
    return one.does is not None and one.does == other.does and [step.id for step in one.steps] == [step.id for step in other.steps]


def _steady(before: tuple[StageId, ...], after: tuple[StageId, ...]) -> frozenset[StageId]:
    """The most stages of both flows that follow each other in the same sequence in both; the others have moved."""
    places = {stage: number for number, stage in enumerate(after)}
    best: dict[StageId, tuple[StageId, ...]] = {}
    common = [stage for stage in before if stage in places]
    for at, stage in enumerate(common):
        earlier = [best[other] for other in common[:at] if places[other] < places[stage]]
        best[stage] = (*_longest(earlier), stage)
    return frozenset(_longest(best.values()))


def _longest(ways: Iterable[tuple[StageId, ...]]) -> tuple[StageId, ...]:
    found: tuple[StageId, ...] = ()
    for way in ways:
        found = way if len(way) > len(found) else found
    return found
