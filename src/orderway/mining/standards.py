"""A standard as a model for alignments: stages are activities, blocks branch and join, gates send back, an `each` runs side by side.

Kinder than the engine in three points, which the report names: conditions are not evaluated (each branch may be taken), a gate may send
back any number of times, and an `each` is followed in two runs side by side, further ones after one another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from orderway.mining.log import Coded, EventLog
from orderway.mining.models import Model, Moves, explored
from orderway.standard.document import Block, Each, Node, Sequence, StageId, StageRef, Standard

RUNS_SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True)
class _Step:
    """Takes tokens from `before`, clears `cleared`, puts tokens on `after`, shows `shows`."""

    before: frozenset[int]
    after: frozenset[int]
    shows: str | None = None
    cleared: frozenset[int] = frozenset()


@dataclass
class _Net:
    """Places and steps of a flow."""

    standard: Standard
    steps: list[_Step] = field(default_factory=list)
    places: int = 2
    entries: list[dict[str, int]] = field(default_factory=list)  # stage -> the place before it, per enclosing run

    def place(self) -> int:
        self.places += 1
        return self.places - 1

    def silent(self, before: int, after: int) -> None:
        self.steps.append(_Step(frozenset({before}), frozenset({after})))


def model_of(standard: Standard) -> Model:
    """The model of a standard; its activities are stage ids."""
    net = _Net(standard)
    net.entries.append({})
    _add(net, standard.flow, 0, 1)
    steps = tuple(net.steps)

    def moves(state: Hashable) -> Moves:
        assert isinstance(state, frozenset)
        for step in steps:
            if step.before <= state:
                yield step.shows, (state - step.before - step.cleared) | step.after

    return explored(frozenset({0}), moves, lambda state: state == frozenset({1}))


def _add(net: _Net, node: Node, before: int, after: int) -> None:
    match node:
        case StageRef(stage=stage):
            _stage(net, stage, before, after)
        case Sequence(nodes=nodes):
            _sequence(net, nodes, before, after)
        case Each():
            _each(net, node, before, after)
        case Block():
            _block(net, node, before, after)


def _stage(net: _Net, stage: StageId, before: int, after: int) -> None:
    net.entries[-1][stage] = before
    net.steps.append(_Step(frozenset({before}), frozenset({after}), stage))
    if net.standard.stages[stage].skip_when is not None:
        net.silent(before, after)


def _sequence(net: _Net, nodes: tuple[Node, ...], before: int, after: int) -> None:
    if not nodes:
        net.silent(before, after)
        return
    places = [before, *(net.place() for _node in nodes[1:]), after]
    for number, node in enumerate(nodes):
        first = net.places
        _add(net, node, places[number], places[number + 1])
        inner = frozenset(range(first, net.places))
        _send_back(net, node, places, number, inner)


def _send_back(net: _Net, node: Node, places: list[int], number: int, inner: frozenset[int]) -> None:
    """Gates inside this node of a sequence may lead back to an earlier stage of the sequence: everything behind that is cleared."""
    for stage in _stages(node):
        gate = net.standard.stages[stage].gate
        target = net.entries[-1].get(gate.fail.back_to) if gate and gate.fail else None
        if target is None or target not in places[: number + 1]:
            continue
        behind = frozenset(places[places.index(target) + 1 : number + 1]) | inner
        at_gate = net.entries[-1].get(stage)
        if at_gate is not None:
            net.steps.append(_Step(frozenset({at_gate}), frozenset({target}), stage, behind))


def _stages(node: Node) -> Iterator[StageId]:
    match node:
        case StageRef(stage=stage):
            yield stage
        case Sequence(nodes=nodes):
            for child in nodes:
                yield from _stages(child)
        case Block(branches=branches):
            for branch in branches:
                yield from _stages(branch.do)
        case Each():
            return  # nothing leads out of an each


def _block(net: _Net, block: Block, before: int, after: int) -> None:
    if block.kind == "choose":
        for branch in block.branches:
            begin = net.place()
            net.silent(before, begin)
            _add(net, branch.do, begin, after)
        return
    begins, ends = [], []
    for branch in block.branches:
        begin, end = net.place(), net.place()
        begins.append(begin)
        ends.append(end)
        _add(net, branch.do, begin, end)
        if branch.when is not None:
            net.silent(begin, end)
    net.steps.append(_Step(frozenset({before}), frozenset(begins)))
    net.steps.append(_Step(frozenset(ends), frozenset({after})))


def _each(net: _Net, each: Each, before: int, after: int) -> None:
    begins, ends = [], []
    for run in range(RUNS_SIDE_BY_SIDE):
        begin, end = net.place(), net.place()
        begins.append(begin)
        ends.append(end)
        net.entries.append({})
        _add(net, each.do, begin, end)
        net.entries.pop()
        net.silent(end, begin)
        if run:
            net.silent(begin, end)
    net.steps.append(_Step(frozenset({before}), frozenset(begins)))
    net.steps.append(_Step(frozenset(ends), frozenset({after})))


def matched(log: EventLog, standard: Standard) -> tuple[EventLog, dict[str, str]]:
    """The log with the ids of stages where an activity is called like a stage, in any language; and activity -> stage."""
    called: dict[str, str] = {_plain(stage): stage for stage in standard.stages}
    for stage_id, stage in standard.stages.items():
        for _language, words in stage.title.values:
            called.setdefault(_plain(words), stage_id)
    pairs = {name: called[_plain(name)] for name in log.activities.names if _plain(name) in called}
    return _renamed(log, pairs), pairs


def _renamed(log: EventLog, pairs: Mapping[str, str]) -> EventLog:
    """The same events under other names; two activities with one name are one."""
    wanted = [pairs.get(name, name) for name in log.activities.names]
    names = sorted(set(wanted))
    codes = np.array([names.index(name) for name in wanted], dtype=np.int32)
    return replace(log, activities=Coded(codes[log.activities.codes], names))


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
