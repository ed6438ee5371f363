"""Journal entries -> Case, by folding moves. Never evaluates a rule and never asks a clock, so new code replays old journals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from orderway.engine.case import UNOPENED, Case, GateDecision, Hold, ItemKey, OpenItem, Place, Status
from orderway.engine.move import Move, Turn

K = TypeVar("K")
V = TypeVar("V")

WITH_RUN = ("stage", "complaint")  # kinds that are a passage of their stage; the others belong to one


def apply(case: Case, move: Move) -> Case:
    """The case after the move. The result of the last case a turn was applied to is remembered with the turn."""
    turn = move.turn
    text = case.to_text()
    for before, after in turn._applied:
        if before == text:
            return after
    after = _fold(case, turn)
    turn._applied[:] = [(text, after)]
    return after


def replay(moves: Iterable[Move]) -> Case:
    """The case that a whole journal leads to."""
    case = UNOPENED
    for move in moves:
        case = _fold(case, move.turn)
    return case


def _fold(case: Case, turn: Turn) -> Case:
    sequence = case.sequence + 1
    if turn.renamed:
        case = _renamed(case, dict(turn.renamed))
    items = _items(case, turn)
    ends_as = turn.ends_as or case.ends_as
    status: Status = turn.status or case.status
    return replace(
        case,
        sequence=sequence,
        status=status,
        items=items,
        holds=_holds(case, turn, sequence),
        failures=_merged(case.failures, (((stage, path), count) for stage, path, count in turn.failed)),
        runs=_merged(case.runs, (((item.stage, item.path), item.run) for item in turn.opened if item.kind in WITH_RUN)),
        passed=case.passed.union(turn.passed) if turn.passed else case.passed,
        worked=_worked(case.worked, turn.worked),
        each_runs=_merged(case.each_runs, turn.each_runs),
        decisions=_decisions(case, turn),
        waivers=tuple(sorted(case.waivers + turn.waived)) if turn.waived else case.waivers,
        ends_as=ends_as,
        ended_once=case.ended_once or status == "ended",
        reopenings=case.reopenings + turn.reopened,
        _text=[],
    )


def _items(case: Case, turn: Turn) -> tuple[OpenItem, ...]:
    if not (turn.closed or turn.opened or turn.waiting or turn.roles):
        return case.items
    gone = {closed.item for closed in turn.closed}
    waiting: Mapping[ItemKey, str] = dict(turn.waiting)
    kept = [item._replace(waiting=waiting.get(item.key, item.waiting)) for item in case.items if item.key not in gone]
    if turn.roles:
        roles = dict(turn.roles)
        kept = [item._replace(role=roles.get(item.key, item.role)) for item in kept]
    return tuple(sorted([*kept, *turn.opened]))


def _renamed(case: Case, names: Mapping[str, str]) -> Case:
    """The same case under other names of its stages. No two stages that it knows get one name: `migrating` refuses that."""

    def place(before: Place) -> Place:
        return names.get(before[0], before[0]), before[1]

    return replace(
        case,
        items=tuple(sorted(item._replace(stage=names.get(item.stage, item.stage)) for item in case.items)),
        failures={place(where): count for where, count in case.failures.items()},
        runs={place(where): count for where, count in case.runs.items()},
        passed=frozenset(place(where) for where in case.passed),
        worked={names.get(stage, stage): people for stage, people in case.worked.items()},
        decisions=tuple(sorted(one._replace(stage=names.get(one.stage, one.stage)) for one in case.decisions)),
        waivers=tuple(sorted(one._replace(stage=names.get(one.stage, one.stage)) for one in case.waivers)),
        _text=[],
    )


def _holds(case: Case, turn: Turn, sequence: int) -> tuple[Hold, ...]:
    if not (turn.held or turn.lifted):
        return case.holds
    kept = [hold for hold in case.holds if hold.sequence not in turn.lifted]
    return (*kept, *(Hold(kind, sequence) for kind in turn.held))


def _decisions(case: Case, turn: Turn) -> tuple[GateDecision, ...]:
    if not (turn.decisions or turn.dropped):
        return case.decisions
    gone = {decision[:3] for decision in turn.decisions} | set(turn.dropped)
    kept = [decision for decision in case.decisions if decision[:3] not in gone]
    return tuple(sorted([*kept, *turn.decisions]))


def _worked(before: Mapping[str, tuple[str, ...]], added: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    if not added:
        return before
    after = dict(before)
    for stage, person in added:
        after[stage] = tuple(sorted({*after.get(stage, ()), person}))
    return after


def _merged(before: Mapping[K, V], changes: Iterable[tuple[K, V]]) -> Mapping[K, V]:
    listed = tuple(changes)
    return {**before, **dict(listed)} if listed else before
