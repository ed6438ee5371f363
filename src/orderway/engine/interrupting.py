"""Exceptions from the way: change, cancel, further and withdrawn runs, complaints, leftovers. `advance` passes them on.

What has passed `until` is never touched. Each returns a Move or raises a `Refusal`; who may call it is a matter of rights.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from orderway.engine import flowing, memo
from orderway.engine.acting import Actor
from orderway.engine.answers import Answers
from orderway.engine.case import UNOPENED, Case, EachRun, OpenItem, Path
from orderway.engine.checks import NO_ANSWERS, move, require_reason, require_running
from orderway.engine.drafting import Draft
from orderway.engine.move import Leftover, Move, Turn
from orderway.engine.program import Node, Program
from orderway.engine.refusals import (
    BlockLeft,
    LastRun,
    NotAllowedByStandard,
    NothingToCancel,
    NothingToChange,
    Refusal,
    RunExists,
    RunNotOpen,
    TooEarly,
    TooLate,
    UnknownBlock,
)
from orderway.standard.document import CancelRule, ChangeRule

Rule = TypeVar("Rule", CancelRule, ChangeRule)


def change(program: Program, case: Case, answers: Answers, *, reason: str = "", actor: Actor) -> Move:
    """The order was changed: what has not passed `until` goes back to `back_to`; signatures are void everywhere.

    What stands before `back_to` stays where it is: it will come through there anyway, and its own gates are not passed by a change.
    """
    rule, open_to_change = _open_to(program, case, "change", program.standard.exceptions.change, NothingToChange, reason)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "change")
        _void_all_signatures(draft)
        _go_back(draft, rule.back_to, open_to_change)
        return draft.turn()

    turn = memo.turn(program, case, ("change",), answers, make)
    return move(turn, actor, reason=reason, facts=answers.frozen())


def cancel(program: Program, case: Case, answers: Answers, leftovers: tuple[Leftover, ...] = (), *, reason: str = "", actor: Actor) -> Move:
    """Cancel what has not passed `until`. `move.turn.undo` names the stages to undo, last first.

    `leftovers`: what the undo could not take back. The caller may call twice: first without, to learn `undo`; the move with the
    leftovers is the one to keep.
    """
    rule, open_to_cancel = _open_to(program, case, "cancel", program.standard.exceptions.cancel, NothingToCancel, reason)
    undo = tuple(sorted((stage for stage in rule.undo if _worked_on(case, stage)), key=lambda stage: -program.order_of[stage]))
    places = tuple(sorted({(leftover.stage, leftover.path) for leftover in leftovers}))

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "cancel")
        draft.undo = undo
        flowing.withdraw(draft, open_to_cancel, 0)
        _open_leftovers(draft, places)
        if _anything_stands(program, case, rule.until):
            _let_the_rest_run(draft, rule.until or "")
        else:
            draft.cancelled = True
        return draft.turn()

    turn = memo.turn(program, case, ("cancel", places), answers, make)
    return replace(move(turn, actor, reason=reason, facts=answers.frozen()), leftovers=leftovers)


def cancel_part(
    program: Program,
    case: Case,
    answers: Answers,
    empty: tuple[EachRun, ...] = (),
    leftovers: tuple[Leftover, ...] = (),
    *,
    reason: str = "",
    actor: Actor,
) -> Move:
    """A part of the order was cancelled and the rest goes on where it stands. Signatures are void; what waited is tried again.

    `empty`: the runs for which nothing is left; they are withdrawn. At least one other run of their block is open or finished, else
    nothing would be left of the order, and that is `cancel`.
    """
    _open_to(program, case, "cancel", program.standard.exceptions.cancel, NothingToCancel, reason)
    return _smaller("cancel_part", program, case, answers, empty, leftovers, reason=reason, actor=actor)


def divide(
    program: Program,
    case: Case,
    answers: Answers,
    empty: tuple[EachRun, ...] = (),
    leftovers: tuple[Leftover, ...] = (),
    *,
    reason: str = "",
    actor: Actor,
) -> Move:
    """A part of the order became an order of its own (`open_divided`); what stays goes on where it stands, as in `cancel_part`."""
    _open_to(program, case, "change", program.standard.exceptions.change, NothingToChange, reason)
    return _smaller("divide", program, case, answers, empty, leftovers, reason=reason, actor=actor)


def open_divided(program: Program, whole: Case, answers: Answers, *, reason: str = "", actor: Actor) -> Move:
    """The first move of an order that was divided from another: it enters where a change goes back to, or where the whole has come to if
    that is earlier, under the same eyes.

    Whoever worked on the whole counts as having worked on the part, and its gates remember the failures of the whole: dividing an
    order gives nobody a second try and opens no way round four eyes (RULES 35).
    """
    rule = program.standard.exceptions.change
    if rule is None:
        raise NotAllowedByStandard(act="change")
    case = UNOPENED
    entries = _entries_of_part(program, whole, rule.back_to)
    failed = tuple((stage, path, count) for (stage, path), count in sorted(whole.failures.items()) if not path)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "open")
        for stage, people in sorted(whole.worked.items()):
            draft.note_worker(stage, people)
        draft.failed.extend(failed)
        nodes = [program.node_of(stage) for stage in entries]
        done = [node for node in nodes if flowing.enter(draft, node, ())]
        for node in done if len(done) < len(nodes) else done[:1]:  # where all are skipped, what follows them is entered once
            flowing.leave(draft, node, ())
        for item in draft.opened:
            draft.note_worker(item.stage, actor.people)
        return draft.turn()

    worked = tuple(sorted(whole.worked.items()))
    turn = memo.turn(program, case, ("open_divided", entries, worked, failed, actor.people), answers, make)
    return move(turn, actor, reason=reason, facts=answers.frozen())


def _entries_of_part(program: Program, whole: Case, back_to: str) -> tuple[str, ...]:
    """The stages that a part of this order begins with: dividing jumps nothing that the whole has still ahead of it."""
    place = program.order_of
    ahead = {item.stage for item in whole.items if item.kind == "stage" and not item.path and place[item.stage] < place[back_to]}
    on_the_way = not ahead.isdisjoint(program.node_of(back_to).before)  # else they stand in a branch beside it
    return tuple(sorted(ahead if on_the_way else {*ahead, back_to}, key=lambda stage: place[stage]))


def add_run(program: Program, case: Case, name: str, key: str, answers: Answers, *, path: Path = (), actor: Actor) -> Move:
    """Start a further run of an open `each`: `name` is its word, `path` the keys of the runs around it.

    An act that closes the last open run and comes short adds the next run first, else the block is left in between.
    """
    require_running(case)
    node = _each(program, name, path)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "add_run")
        runs = draft.runs_of(name, path)
        if "open" not in runs.values():
            raise BlockLeft(name=name)
        if runs.get(key) in ("open", "finished"):
            raise RunExists(name=name, key=key, state=runs[key])
        flowing.start_run(draft, node, path, key)
        return draft.turn()

    turn = memo.turn(program, case, ("add_run", name, path, key), answers, make)
    return move(turn, actor, facts=answers.frozen())


def withdraw_run(
    program: Program, case: Case, name: str, key: str, answers: Answers, *, reason: str = "", path: Path = (), actor: Actor
) -> Move:
    """Withdraw an open run of an `each`; its open items close as withdrawn. The only run of a block is not withdrawn: cancel instead."""
    require_running(case)
    node = _each(program, name, path)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "withdraw_run")
        runs = draft.runs_of(name, path)
        if runs.get(key) != "open":
            raise RunNotOpen(name=name, key=key)
        if not any(state in ("open", "finished") for other, state in runs.items() if other != key):
            raise LastRun(name=name, key=key)
        _withdraw_whole_run(draft, EachRun(name, path, key))
        if flowing.each_joins(draft, node, path):
            flowing.leave(draft, node, path)
        return draft.turn()

    turn = memo.turn(program, case, ("withdraw_run", name, path, key), answers, make)
    return move(turn, actor, reason=reason, facts=answers.frozen())


def reopen(program: Program, case: Case, *, reason: str, path: Path = (), actor: Actor) -> Move:
    """A complaint, return or low score: opens the stage that the standard names as a further run, also after the end.

    A second complaint while one is open at the same place joins it: the entry names it, nothing further opens.
    """
    rule = program.standard.exceptions.complaint
    if rule is None:
        raise NotAllowedByStandard(act="complaint")
    if rule.after is not None and not _anything_passed(case, rule.after):
        raise TooEarly(after=rule.after)
    if len(path) != len(program.node_of(rule.opens).eaches):
        raise UnknownBlock(field="path", name=rule.opens, path=path)
    require_reason(True, reason)
    standing = case.at(rule.opens, path, "complaint")
    draft = Draft(program, case, NO_ANSWERS, "reopen", standing.key if standing else None)
    draft.reopened = True
    if standing is None:
        draft.open(rule.opens, path, "complaint", program.stage(rule.opens).owner)
    return move(draft.turn(), actor, reason=reason)


def leave_leftover(program: Program, case: Case, leftovers: tuple[Leftover, ...], *, reason: str = "", actor: Actor) -> Move:
    """Add leftovers (rework or change found something that no longer fits): one open item per place, the texts in the journal."""
    require_running(case)
    draft = Draft(program, case, NO_ANSWERS, "leftover")
    _open_leftovers(draft, tuple(sorted({(leftover.stage, leftover.path) for leftover in leftovers})))
    return replace(move(draft.turn(), actor, reason=reason), leftovers=leftovers)


def _go_back(draft: Draft, target: str, open_to_change: tuple[OpenItem, ...]) -> None:
    node = draft.program.node_of(target)
    depth = len(node.eaches)
    behind = [
        item
        for item in open_to_change
        if len(item.path) >= depth and (item.stage == target or target in draft.program.node_of(item.stage).before)
    ]
    flowing.withdraw(draft, behind, depth)
    for path in sorted({item.path[:depth] for item in behind}):
        flowing.resume(draft, node, path)


def _smaller(
    act: str,
    program: Program,
    case: Case,
    answers: Answers,
    empty: tuple[EachRun, ...],
    leftovers: tuple[Leftover, ...],
    *,
    reason: str,
    actor: Actor,
) -> Move:
    places = tuple(sorted({(leftover.stage, leftover.path) for leftover in leftovers}))

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, act)
        _void_all_signatures(draft)
        for run in empty:
            _withdraw_whole_run(draft, run)
        draft.waiting.extend((item.key, "") for item in draft.items if item.waiting)
        _open_leftovers(draft, places)
        for name, path in sorted({(run.name, run.path) for run in empty}):
            node = program.each_of[name]
            if flowing.each_joins(draft, node, path):
                flowing.leave(draft, node, path)
        return draft.turn()

    turn = memo.turn(program, case, (act, empty, places), answers, make)
    return replace(move(turn, actor, reason=reason, facts=answers.frozen()), leftovers=leftovers)


def _withdraw_whole_run(draft: Draft, run: EachRun) -> None:
    """Close what is open inside a run, and the run."""
    inside = (*run.path, run.key)
    stages = draft.program.each_of[run.name].stages
    flowing.withdraw(draft, draft.in_flow(stages, lambda item: item.path[: len(inside)] == inside), len(run.path))
    draft.set_run(run.name, run.path, run.key, "withdrawn")


def _void_all_signatures(draft: Draft) -> None:
    """Any change to the order voids signatures, wherever a gate waits for some."""
    for item in draft.case.items:
        if item.kind in ("stage", "complaint"):
            draft.void_approvals(item)


def _open_to(
    program: Program, case: Case, act: str, rule: Rule | None, nothing: type[Refusal], reason: str
) -> tuple[Rule, tuple[OpenItem, ...]]:
    """The standard's rule for this act, and the open items that it concerns; refused where there is no rule, no reason or nothing open."""
    require_running(case)
    if rule is None:
        raise NotAllowedByStandard(act=act)
    require_reason(rule.reason_required, reason)
    return rule, _require_open(program, case, rule.until, nothing)


def _require_open(program: Program, case: Case, until: str | None, nothing: type[Refusal]) -> tuple[OpenItem, ...]:
    """The open items that have not passed `until`; refused if there is none."""
    found = _not_passed(program, case, until)
    if not found:
        raise TooLate(until=until) if any(item.kind == "stage" for item in case.items) else nothing()
    return found


def _not_passed(program: Program, case: Case, until: str | None) -> tuple[OpenItem, ...]:
    """The open items of the flow that have not passed `until`, each judged in its own run."""
    return tuple(item for item in case.items if item.kind == "stage" and not (until and _has_passed(program, case, item, until)))


def _has_passed(program: Program, case: Case, item: OpenItem, until: str) -> bool:
    """A run has passed a stage when it has an item of it completed; what stands behind the runs of that stage has passed it too."""
    there, here = program.node_of(until), program.node_of(item.stage)
    if here.eaches[: len(there.eaches)] == there.eaches:
        return (until, item.path[: len(there.eaches)]) in case.passed
    return until in here.before


def _anything_passed(case: Case, until: str | None) -> bool:
    return any(stage == until for stage, _ in case.passed)


def _anything_stands(program: Program, case: Case, until: str | None) -> bool:
    """Whether something has passed `until` and was not withdrawn afterwards."""
    return any(stage == until and not _withdrawn(program, case, stage, path) for stage, path in case.passed)


def _withdrawn(program: Program, case: Case, stage: str, path: Path) -> bool:
    names = [program.nodes[number].name for number in program.node_of(stage).eaches]
    return any(case.each_runs.get(EachRun(name, path[:level], path[level])) == "withdrawn" for level, name in enumerate(names))


def _worked_on(case: Case, stage: str) -> bool:
    return any(ran == stage for ran, _ in case.runs)


def _let_the_rest_run(draft: Draft, until: str) -> None:
    """The runs that passed `until` go on; if all of them are finished already, so does what follows their block."""
    if any(item.kind == "stage" for item in draft.items):
        return
    eaches = draft.program.node_of(until).eaches
    if eaches:
        flowing.leave(draft, draft.program.nodes[eaches[0]], ())


def _open_leftovers(draft: Draft, places: tuple[tuple[str, Path], ...]) -> None:
    for stage, path in places:
        standing = any(item.kind == "leftover" and (item.stage, item.path) == (stage, path) for item in draft.items)
        if not standing:
            draft.open(stage, path, "leftover", draft.program.stage(stage).owner, draft.case.runs.get((stage, path), 1))


def _each(program: Program, name: str, path: Path) -> Node:
    node = program.each_of.get(name)
    if node is None or len(node.eaches) != len(path):
        raise UnknownBlock(field="each", name=name, path=path)
    return node
