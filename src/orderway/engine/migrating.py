"""Moves a running order to another version of its standard: whether it can, where it stands there, and what it would pass again or not.

Pure, and it asks no fact: blocks already entered and gates already passed are never judged again. Times and people come afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from orderway.engine import checks
from orderway.engine.acting import SYSTEM, Actor
from orderway.engine.case import Case, OpenItem, Path, Place
from orderway.engine.move import Move, Turn
from orderway.engine.program import Node, Program
from orderway.engine.refusals import (
    AlreadyOnVersion,
    AwaitingDecision,
    AwaitingSignature,
    BecomeOne,
    DecidedOtherwise,
    LeftOut,
    NoPlaceInVersion,
    OtherBlock,
    OtherRelation,
    OtherRuns,
    PastUnknown,
)
from orderway.engine.replay import WITH_RUN
from orderway.standard.canonical import stage_hash
from orderway.standard.document import StageId

NOTED = frozenset({"evidence", "complete", "decide", "send_back"})  # acts by which somebody has worked on the stage (`advance`)
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """What an order's journal says and its case forgets where its version did not ask: who worked on which stage, and what was passed."""

    worked: Mapping[str, frozenset[str]]
    passed: frozenset[Place]

    @property
    def passed_stages(self) -> frozenset[str]:
        """The stages that were passed at any place."""
        return frozenset(stage for stage, _ in self.passed)


def past_of(moves: Iterable[Move]) -> Past:
    """The past that a whole journal tells, by the names that the stages have now."""
    worked: dict[str, set[str]] = {}
    passed: set[Place] = set()
    for move in moves:
        names = dict(move.turn.renamed)
        if names:
            worked = {names.get(stage, stage): people for stage, people in worked.items()}
            passed = {(names.get(stage, stage), path) for stage, path in passed}
        for stage, people in _workers(move):
            worked.setdefault(stage, set()).update(people)
        passed.update((one.item.stage, one.item.path) for one in move.closed if one.how == "completed" and one.item.kind in WITH_RUN)
    return Past({stage: frozenset(people) for stage, people in worked.items()}, frozenset(passed))


def _workers(move: Move) -> Iterator[tuple[str, set[str]]]:
    turn, people = move.turn, {move.actor, move.acting_for} - {"", SYSTEM.key}
    if turn.act in NOTED and turn.item is not None:
        yield turn.item.stage, people
    if turn.act == "open":
        yield from ((item.stage, people) for item in turn.opened)
    yield from ((stage, {person}) for stage, person in turn.worked)


@dataclass(frozen=True, eq=False)
class Crossing:
    """The way from one version to another: `targets` leads from the stages of the old one to those of the new one."""

    old: Program
    new: Program
    targets: Mapping[str, str]

    def images(self, stages: Iterable[str]) -> frozenset[str]:
        """What these stages of the old version are in the new one; those that it does not have are left out."""
        return frozenset(self.known[stage] for stage in stages if stage in self.known)

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Every stage of the old version that the new one has: where no order may stand it is still what it was, by its id."""
        return {**{stage: stage for stage in self.old.place_of if stage in self.new.place_of}, **self.targets}

    @cached_property
    def watched_anew(self) -> frozenset[str]:
        """Stages whose workers only the new version bars somewhere."""
        return self.new.watched - self.images(self.old.watched)

    def reworded(self, stage: str) -> bool:
        """Whether somebody who works in this stage of the old version finds it said otherwise in the new one."""
        return self._hash(self.old, stage) != self._hash(self.new, self.targets[stage])

    def asked_otherwise(self, stage: str) -> bool:
        """Whether what let somebody wait there may be over: the stage is worded otherwise, or advisory in one version only."""
        return self.reworded(stage) or (stage in self.old.advisory) != (self.targets[stage] in self.new.advisory)

    def same_runs(self, stage: str) -> bool:
        """Whether the stage lies inside the same `each` blocks in both versions."""
        return _eaches(self.old, stage) == _eaches(self.new, self.targets[stage])

    def same_blocks(self, stage: str) -> bool:
        """Whether the stage lies in the same branches of the same blocks; what a branch was entered for is not asked again."""
        before = list(_containers(self.old, self.old.node_of(stage)))
        after = list(_containers(self.new, self.new.node_of(self.targets[stage])))
        likes = [(self._block_like(block), self._branch_like(block, branch)) for block, branch in before]
        return likes == after

    def ahead(self, items: Iterable[OpenItem]) -> frozenset[str]:
        """The stages of the new version to which these items of the old one lead, by the old way."""
        return self.images(ahead_of(self.old, (item.stage for item in items)))

    @staticmethod
    def _hash(program: Program, stage: str) -> str:
        return stage_hash(program.standard, StageId(stage))

    def _block_like(self, number: int) -> int:
        return self._blocks.get(number, -1)

    def _branch_like(self, block: int, branch: int) -> int:
        like = self._block_like(block)
        return (
            self._most_alike(self.old.nodes[branch], [self.new.nodes[child] for child in self.new.nodes[like].children])
            if like >= 0
            else -1
        )

    @cached_property
    def _blocks(self) -> Mapping[int, int]:
        """The block of the new version that is each block of the old one: of its kind, as deep, with the most of its stages."""
        return {node.number: self._most_alike(node, self._candidates(node)) for node in self.old.nodes if _is_block(node)}

    def _candidates(self, node: Node) -> list[Node]:
        said, depth = (node.kind, node.name, node.list), _depth(self.old, node)
        return [other for other in self.new.nodes if (other.kind, other.name, other.list) == said and _depth(self.new, other) == depth]

    def _most_alike(self, node: Node, candidates: Iterable[Node]) -> int:
        """The only candidate that has the most stages of the node; -1 if none has any or two have as many."""
        stages = self.images(node.stages)
        common = sorted(((len(stages & other.stages), other.number) for other in candidates), reverse=True)
        if not common or not common[0][0] or (len(common) > 1 and common[1][0] == common[0][0]):
            return -1
        return common[0][1]


# --- what becomes of an order ---------------------------------------------------------------------------------------------


def migrate(crossing: Crossing, case: Case, past: Past, *, divided: bool = False, reason: str = "", actor: Actor) -> Move:
    """Pin the order to the new version, where it stands. `divided`: its past before it was divided off stands in another journal.

    Kept are counters, decisions, waivers, runs and who worked on what. Raises a `Refusal` where the map decides nothing, and for what
    would lose work, leave a gate out, or come to no end. Allowed on hold.
    """
    checks.require_running(case)
    if crossing.old.hash == crossing.new.hash:
        raise AlreadyOnVersion(version=crossing.new.standard.version)
    _require_nothing_pending(case)
    _require_places(crossing, case)
    _require_history_fits(crossing, case, divided)
    _require_same_relations(crossing, case)
    _require_nothing_left_out(crossing, case)
    turn = _turn(crossing, case, past)
    versions = (crossing.old.standard.version, crossing.new.standard.version)
    return replace(checks.move(turn, actor, reason=reason), migrated=versions, unpassed=not_passed(crossing, case, past))


def not_passed(crossing: Crossing, case: Case, past: Past) -> tuple[str, ...]:
    """Stages whose gate is new and lies behind the order: it is not passed under the new version."""
    stands = {crossing.targets[item.stage] for item in case.items}
    to_come = ahead_of(crossing.new, stands) | stands
    before = crossing.images(stage for stage in crossing.known if crossing.old.stage(stage).gate is not None)
    known, done = frozenset(crossing.known.values()), crossing.images(past.passed_stages)
    new = [stage for stage in crossing.new.order_of if crossing.new.stage(stage).gate is not None and stage not in before]
    return tuple(stage for stage in new if stage not in to_come and (stage in done or stage not in known))


def passed_again(crossing: Crossing, case: Case, past: Past) -> tuple[str, ...]:
    """Stages that the order has passed and that lie ahead of it again in the new version."""
    flowing = _flowing(case)
    ahead = ahead_of(crossing.new, (crossing.targets[item.stage] for item in flowing))
    again = ahead & crossing.images(past.passed_stages) - crossing.ahead(flowing)
    return tuple(sorted(again, key=lambda stage: crossing.new.order_of[stage]))


def ahead_of(program: Program, stages: Iterable[str]) -> frozenset[str]:
    """Every stage that may follow open items at these stages, going forward only."""
    return frozenset().union(*(_ahead(program, program.node_of(stage)) for stage in stages))


def _turn(crossing: Crossing, case: Case, past: Past) -> Turn:
    renamed = tuple(sorted((stage, crossing.targets[stage]) for stage in _known_to(case) if crossing.targets.get(stage, stage) != stage))
    names = dict(renamed)
    items = [(item, item._replace(stage=crossing.targets[item.stage])) for item in case.items]
    owners = [(after, crossing.new.stage(after.stage).owner) for _, after in items]
    watched = {crossing.targets.get(stage, stage): people for stage, people in past.worked.items()}
    noted = {(names.get(stage, stage), person) for stage, people in case.worked.items() for person in people}
    worked = {(stage, person) for stage, people in watched.items() if stage in crossing.new.watched for person in people}
    passed = {(crossing.targets.get(stage, stage), path) for stage, path in past.passed}
    counted = {(names.get(stage, stage), path) for stage, path in case.passed}
    return Turn(
        "migrate",
        renamed=renamed,
        roles=tuple((item.key, owner) for item, owner in owners if item.role != owner),
        waiting=tuple((after.key, "") for item, after in items if item.waiting and crossing.asked_otherwise(item.stage)),
        passed=tuple(sorted({place for place in passed if place[0] in crossing.new.asked} - counted)),
        worked=tuple(sorted(worked - noted)),
    )


# --- why it cannot --------------------------------------------------------------------------------------------------------


def _require_nothing_pending(case: Case) -> None:
    for item in case.items:
        if item.kind == "approval":
            raise AwaitingSignature(stage=item.stage, roles=(item.role,))
        if item.kind == "decision":
            raise AwaitingDecision(stage=item.stage, failures=case.failures.get((item.stage, item.path), 0), role=item.role)


def _require_places(crossing: Crossing, case: Case) -> None:
    """Every open item has a place in the new version, inside the same blocks."""
    for item in case.items:
        if item.stage not in crossing.targets:
            raise NoPlaceInVersion(stage=item.stage)
        fits = crossing.same_blocks(item.stage) if item.kind == "stage" else crossing.same_runs(item.stage)
        if not fits:
            raise OtherBlock(stage=item.stage)
        if case.decision(item) is not None and crossing.reworded(item.stage):
            raise DecidedOtherwise(stage=item.stage)


def _require_history_fits(crossing: Crossing, case: Case, divided: bool) -> None:
    """What was counted of a stage stays that stage's own, in the same runs."""
    been = _known_to(case)
    for stage in sorted(been):
        target = crossing.targets.get(stage)
        if target is None:
            continue
        together = sorted(other for other in been if other != stage and (other == target or crossing.targets.get(other) == target))
        if target != stage and together:
            raise BecomeOne(stages=(stage, *together), stage=target)
        if not crossing.same_runs(stage):
            raise OtherRuns(stage=stage)
    if divided and crossing.watched_anew:
        raise PastUnknown(stages=tuple(sorted(crossing.watched_anew)))


def _require_same_relations(crossing: Crossing, case: Case) -> None:
    """What is open at once stands side by side in the new version as in the old one, else blocks would not join."""
    for one, other in combinations(_flowing(case), 2):
        before = _relation(crossing.old, (one.stage, one.path), (other.stage, other.path))
        new_one, new_other = crossing.targets[one.stage], crossing.targets[other.stage]
        if before != _relation(crossing.new, (new_one, one.path), (new_other, other.path)):
            raise OtherRelation(stages=(one.stage, other.stage))


def _require_nothing_left_out(crossing: Crossing, case: Case) -> None:
    """What the order has ahead of it and the new version still has is not behind it there."""
    flowing = _flowing(case)
    stands = {crossing.targets[item.stage] for item in flowing}
    left_out = crossing.ahead(flowing) - ahead_of(crossing.new, stands) - stands
    if left_out:
        raise LeftOut(stages=tuple(sorted(left_out, key=lambda stage: crossing.new.order_of[stage])))


def _flowing(case: Case) -> tuple[OpenItem, ...]:
    return tuple(item for item in case.items if item.kind == "stage")


def _known_to(case: Case) -> set[str]:
    """Every stage that the case names."""
    named = {stage for places in (case.runs, case.failures, case.passed) for stage, _ in places} | set(case.worked)
    return named.union((one.stage for one in case.items), (one.stage for one in case.decisions), (one.stage for one in case.waivers))


# --- where a stage stands -------------------------------------------------------------------------------------------------


def _is_block(node: Node) -> bool:
    return node.kind not in ("stage", "sequence")


def _containers(program: Program, node: Node) -> Iterator[tuple[int, int]]:
    """The blocks around a node, innermost first, each with its branch in which the node lies."""
    while node.parent >= 0:
        parent = program.nodes[node.parent]
        if _is_block(parent):
            yield parent.number, node.number
        node = parent


def _depth(program: Program, node: Node) -> int:
    return len(list(_containers(program, node)))


def _eaches(program: Program, stage: str) -> list[tuple[str, str]]:
    return [(program.nodes[number].name, program.nodes[number].list) for number in program.node_of(stage).eaches]


def _ahead(program: Program, node: Node) -> frozenset[str]:
    found = NOTHING
    while node.parent >= 0:
        parent = program.nodes[node.parent]
        if parent.kind == "sequence":
            found = found.union(*(program.nodes[child].stages for child in parent.children[node.slot + 1 :]))
        node = parent
    return found


def _relation(program: Program, one: Place, other: Place) -> str:
    """Whether one stands before the other, behind it, or beside it in another branch or run."""
    first, second = program.node_of(one[0]), program.node_of(other[0])
    if not _share_runs(first, second, one[1], other[1]):
        return "beside"
    return "before" if one[0] in second.before else "behind" if other[0] in first.before else "beside"


def _share_runs(first: Node, second: Node, one: Path, other: Path) -> bool:
    common = 0
    while common < min(len(first.eaches), len(second.eaches), len(one), len(other)) and first.eaches[common] == second.eaches[common]:
        common += 1
    return one[:common] == other[:common]
