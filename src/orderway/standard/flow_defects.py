"""What is wrong with the way of an order: its stages, branches, runs, rework. Never looks inside rules (`rule_defects` does)."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.document import Block, GateFailure, StageId, StageRef
from orderway.standard.draft import Draft, suggestion
from orderway.standard.flow import Position, possibly_before, rework_targets, walk
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence


def flow_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the flow and of what the gates send back along it."""
    yield from _undefined_stages(draft)
    yield from _stages_twice(draft)
    yield from _unreached_stages(draft)
    yield from _branches(draft)
    yield from _run_words(draft)
    yield from _rework(draft)


def _undefined_stages(draft: Draft) -> Iterator[Problem]:
    for position in walk(draft.standard.flow):
        node = position.node
        if isinstance(node, StageRef) and node.stage not in draft.standard.stages:
            hint = suggestion(node.stage, draft.standard.stages)
            yield Problem(
                "stage-undefined",
                node.mark,
                Sentence("The flow names '{stage}', which stands nowhere under stages.{hint} Define it.", stage=node.stage, hint=hint),
            )


def _stages_twice(draft: Draft) -> Iterator[Problem]:
    seen: set[StageId] = set()
    for position in walk(draft.standard.flow):
        node = position.node
        if not isinstance(node, StageRef):
            continue
        if node.stage in seen:
            message = Sentence(
                "Stage '{stage}' stands twice in the flow. Keep one place, or define a second stage with its own name.", stage=node.stage
            )
            yield Problem("stage-twice", node.mark, message)
        seen.add(node.stage)


def _unreached_stages(draft: Draft) -> Iterator[Problem]:
    for stage in draft.standard.stages.values():
        if stage.id not in draft.positions:
            message = Sentence(
                "Stage '{stage}' is defined but the flow never reaches it. Put it into the flow or delete it.", stage=stage.id
            )
            yield Problem("stage-unreached", stage.mark, message)


def _branches(draft: Draft) -> Iterator[Problem]:
    for position in walk(draft.standard.flow):
        if not isinstance(position.node, Block) or position.node.kind == "parallel":
            continue
        block = position.node
        unconditional = [index for index, branch in enumerate(block.branches) if branch.when is None]
        if not unconditional:
            message = Sentence(
                "'{kind}' has no branch without a condition, so an order could find no way. Add a last branch with only do.",
                kind=block.kind,
            )
            yield Problem("branch-unconditional", block.mark, message)
        elif block.kind == "choose" and unconditional[0] != len(block.branches) - 1:
            place = block.branches[unconditional[0]].mark
            message = Sentence("The branch without a condition hides every branch of 'choose' behind it. Move it to the end.")
            yield Problem("branch-hidden", place, message)


def _run_words(draft: Draft) -> Iterator[Problem]:
    taken = {name.partition(".")[0] for name in draft.standard.facts} | {"table"}
    for each in draft.eaches:
        if each.name in taken:
            message = Sentence(
                "'{each}' is already the first word of facts, so a rule could mean either. Choose another word after each.", each=each.name
            )
            yield Problem("each-word", each.mark, message)


def _rework(draft: Draft) -> Iterator[Problem]:
    for stage, position in draft.placed_stages():
        if stage.gate is not None and stage.gate.fail is not None:
            mark = draft.at("stages", stage.id, "gate", "fail", "back_to", otherwise=stage.gate.fail.mark)
            found = _rework_defect(draft, stage.gate.fail, position)
            if found is not None:
                yield Problem(
                    found[0],
                    mark,
                    Sentence("Gate of '{stage}': {reason} {remedy}", stage=stage.id, reason=found[1], remedy=_remedy(position)),
                )


def _rework_defect(draft: Draft, fail: GateFailure, position: Position) -> tuple[str, Sentence] | None:
    target = fail.back_to
    if target in rework_targets(position):
        return None
    if target not in draft.positions:
        return "rework-unknown", Sentence(
            "back_to names '{target}', which is no stage of the flow.{hint}", target=target, hint=suggestion(target, draft.positions)
        )
    there = draft.positions[target]
    if target not in possibly_before(position):
        if _in_sibling_branch(there, position):
            return "rework-other-branch", Sentence("back_to names '{target}', which stands in another branch.", target=target)
        return "rework-not-earlier", Sentence("back_to names '{target}', which does not come before it.", target=target)
    if there.eaches != position.eaches and set(position.eaches) - set(there.eaches):
        return "rework-out-of-each", Sentence(
            "back_to names '{target}', which stands outside the each; other runs would be torn along.", target=target
        )
    return "rework-other-branch", Sentence("back_to names '{target}', which stands inside a block that is already left.", target=target)


def _in_sibling_branch(one: Position, other: Position) -> bool:
    """Whether both stand in the same block but in different branches of it."""
    for mine, theirs in zip(one.frames, other.frames, strict=False):
        if mine.node != theirs.node:
            return False
        if mine.child != theirs.child:
            return isinstance(mine.node, Block)
    return False


def _remedy(position: Position) -> Sentence:
    targets = rework_targets(position)
    if not targets:
        return Sentence("Nothing before it can be repeated; put the gate behind another stage.")
    return Sentence("Name one of: {known}.", known=tuple(targets))
