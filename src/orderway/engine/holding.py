"""Holds: placed and lifted by people, lifted by the system when their time is over or what they wait for has come.

`advance` passes them on. Each returns a Move or raises a `Refusal`; who may call it is a matter of rights.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orderway.engine.acting import Actor
from orderway.engine.answers import Answers
from orderway.engine.case import Case
from orderway.engine.checks import NO_ANSWERS, move, require_reason, require_running
from orderway.engine.drafting import Draft
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import NoSuchHold, NotAllowedByStandard, Refusal, UnknownHoldType


class HoldWaits(Refusal):
    """What a hold waits for has not come."""

    code = "hold_waits"
    message = "What the hold of type {type} waits for has not come."
    remedy = "Wait for it, or let somebody whom the standard names lift the hold."


def hold(
    program: Program,
    case: Case,
    hold_type: str,
    answers: Answers = NO_ANSWERS,
    *,
    reason: str = "",
    until: datetime | None = None,
    actor: Actor,
) -> Move:
    """Put the order on hold. Several holds may stand, also of one type. `until`: it lifts itself then, if not sooner.

    A kind with a condition waits for it, unless it is true already: then somebody has another reason, and lifts the hold again.
    """
    require_running(case)
    rule = program.standard.exceptions.hold
    if rule is None:
        raise NotAllowedByStandard(act="hold")
    if rule.type(hold_type) is None:
        raise UnknownHoldType(field="type", type=hold_type, types=tuple(kind.id for kind in rule.types))
    require_reason(rule.reason_required, reason)
    draft = Draft(program, case, NO_ANSWERS, "hold")
    draft.held = (hold_type,)
    condition = program.lifts.get(hold_type)
    waits = condition is not None and answers.holds(condition, ()) is not True
    placed = move(draft.turn(), actor, reason=reason, facts=answers.frozen() if condition else None)
    return replace(placed, hold_until=until, lifts_when=condition.compiled.source if condition and waits else "")


def lift(program: Program, case: Case, hold_type: str, *, reason: str = "", actor: Actor) -> Move:
    """Lift the oldest hold of this type."""
    standing = [hold.sequence for hold in case.holds if hold.type == hold_type]
    if not standing:
        raise NoSuchHold(type=hold_type)
    return _lifted(program, case, min(standing), actor, reason)


def release(program: Program, case: Case, sequence: int, answers: Answers, *, reason: str, actor: Actor) -> Move:
    """Lift the hold that this entry placed, because what its kind waits for has come; the facts that say so are frozen."""
    kind = next((hold.type for hold in case.holds if hold.sequence == sequence), None)
    if kind is None:
        raise NoSuchHold(type=str(sequence))
    condition = program.lifts.get(kind)
    if condition is None or answers.holds(condition, ()) is not True:
        raise HoldWaits(type=kind)
    lifted = _lifted(program, case, sequence, actor, reason)
    return replace(lifted, outcome=answers.explanation(condition, ()), facts=answers.frozen())


def _lifted(program: Program, case: Case, sequence: int, actor: Actor, reason: str) -> Move:
    draft = Draft(program, case, NO_ANSWERS, "lift")
    draft.lifted = (sequence,)
    return move(draft.turn(), actor, reason=reason)
