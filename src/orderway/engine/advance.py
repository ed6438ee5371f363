"""What happens next: every act that moves one order, as a function from a case to a Move.

Each either returns the Move or raises a `Refusal`; the new case is always `replay.apply(case, move)`. The functions never ask who
is allowed to (that is rights) except for segregation: `not_by` and distinct signatories. Structure is remembered by `memo`; times
come from `scheduling.schedule`, people from `assignment.assign`, both afterwards. Exceptions from the way stand in `interrupting`.
"""

from __future__ import annotations

from dataclasses import replace

from orderway.engine import deciding, flowing, gates, memo
from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.answers import Answers
from orderway.engine.case import UNOPENED, Case, GateDecision, ItemKey, OpenItem, Waiver
from orderway.engine.checks import (
    NO_ANSWERS,
    PASSAGE,
    move,
    open_item,
    require_not_held,
    require_not_taken_over,
    require_reason,
    require_undecided,
)
from orderway.engine.drafting import Draft
from orderway.engine.holding import hold, lift, release
from orderway.engine.interrupting import (
    add_run,
    cancel,
    cancel_part,
    change,
    divide,
    leave_leftover,
    open_divided,
    reopen,
    withdraw_run,
)
from orderway.engine.move import Assigned, Evidence, Move, Turn
from orderway.engine.program import Program
from orderway.engine.refusals import (
    AlreadyWaived,
    CriterionBlocks,
    FactUnknown,
    NotOpen,
    Refusal,
    TooManyFailures,
    UnknownStep,
    WaiverNotAllowed,
)

__all__ = [
    "add_run",
    "cancel",
    "cancel_part",
    "change",
    "complete",
    "decide",
    "divide",
    "enter_evidence",
    "escalate",
    "hold",
    "leave_leftover",
    "lift",
    "open_case",
    "open_divided",
    "ready_for_system",
    "reassign",
    "record",
    "release",
    "reopen",
    "reschedule",
    "send_back",
    "sign",
    "wait",
    "waive",
    "withdraw_run",
]


def open_case(program: Program, answers: Answers, *, actor: Actor) -> Move:
    """The first move of an order: enters the flow. The case before it is `UNOPENED`. May raise FactUnknown or EmptyList.

    Whoever places an order counts as having worked on the stages that this opens (RULES 35: the creator does not check).
    """
    case = UNOPENED
    people = actor.people if program.watched else ()

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "open")
        flowing.resume(draft, program.nodes[0], ())
        for item in draft.opened:
            draft.note_worker(item.stage, people)
        return draft.turn()

    return move(memo.turn(program, case, ("open", people), answers, make), actor, facts=answers.frozen())


def enter_evidence(program: Program, case: Case, item: ItemKey, evidence: tuple[Evidence, ...], *, actor: Actor) -> Move:
    """Record evidence for steps without completing the stage; the actor counts as having worked on it. Allowed on hold."""
    found = open_item(case, item, PASSAGE)
    strange = tuple(entry.step for entry in evidence if program.stage(found.stage).step(entry.step) is None)
    if strange:
        raise UnknownStep(field="evidence", stage=found.stage, steps=strange)
    draft = Draft(program, case, NO_ANSWERS, "evidence", item)
    draft.note_worker(found.stage, actor.people)
    return replace(move(draft.turn(), actor), evidence=evidence)


def complete(program: Program, case: Case, item: ItemKey, work: Work, answers: Answers, *, actor: Actor) -> Move:
    """End a stage, complaint or leftover: its gate passes, waits for signatures, or (a question answered no) fails and sends back.

    Refused: NotOpen, Held, AwaitingSignature, AwaitingDecision, BarredBySegregation, EvidenceMissing, DocumentsMissing,
    CriteriaUnanswered, CriterionBlocks, FactUnknown, EmptyList. On a decision whose signatures are all there and which only waited for
    criteria, it looks again.
    """
    found = open_item(case, item, ("stage", "complaint", "leftover"))
    require_not_held(case)
    if found.kind == "leftover":
        return _settle(program, case, found, work, actor)
    require_undecided(case, found)
    gates.require_not_barred(program, case, found.stage, actor)
    gates.require_known_answers(program, found, work)
    failing = not all(met for _, met in work.findings) and found.stage not in program.advisory
    if not failing and (work.findings or case.decision(found) is None):
        gates.require_proof(program, found, work)
    turn = memo.turn(
        program,
        case,
        ("complete", item, work.findings, _remembered_people(program, found, actor)),
        answers,
        lambda asked: _completed(program, case, found, work, asked, actor),
    )
    return _brought(turn, work, answers, actor)


def sign(program: Program, case: Case, item: ItemKey, answers: Answers, *, approve: bool, reason: str = "", actor: Actor) -> Move:
    """Sign the open approval, or refuse it with a reason (a failure of the gate).

    The last signature passes the gate if automatic criteria and approval table still say what they said; else the gate waits.
    """
    found = open_item(case, item, ("approval",))
    require_not_held(case)
    passage, decision = case.passage(found), case.decision(found)
    if passage is None or decision is None:
        raise NotOpen(stage=found.stage)
    gates.require_not_barred(program, case, found.stage, actor)
    gates.require_distinct(decision, actor)
    require_reason(not approve, reason)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "sign" if approve else "refuse", item)
        draft.close(found, "signed" if approve else "refused")
        if approve:
            _signed(draft, passage, _with_signature(decision, actor))
        else:
            deciding.fail_gate(draft, passage)
        return draft.turn()

    turn = memo.turn(program, case, ("sign", item, approve, actor), answers, make)
    return move(turn, actor, reason=reason, facts=answers.frozen())


def decide(program: Program, case: Case, item: ItemKey, work: Work, answers: Answers, *, actor: Actor) -> Move:
    """Pass a gate that failed too often, with `work.reason`, by the role named in `then`; its item is of kind decision.

    The decision stands for the questions of the gate; evidence, documents, automatic criteria and signatures are needed as ever.
    """
    found = open_item(case, item, ("decision",))
    require_not_held(case)
    passage = case.passage(found)
    if passage is None:
        raise NotOpen(stage=found.stage)
    gates.require_not_barred(program, case, found.stage, actor)
    require_reason(True, work.reason)
    gates.require_proof(program, passage, work)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "decide", item)
        draft.note_worker(passage.stage, actor.people)
        deciding.judge_automatic(draft, passage)
        draft.close(found, "decided")
        deciding.conclude(draft, passage, actor)
        return draft.turn()

    turn = memo.turn(program, case, ("decide", item, actor), answers, make)
    return _brought(turn, work, answers, actor)


def send_back(program: Program, case: Case, item: ItemKey, answers: Answers, *, reason: str, actor: Actor) -> Move:
    """Fail the gate of an open item: back to its `back_to`, or, failed too often, to the role in `then`."""
    found = open_item(case, item, (*PASSAGE, "decision"))
    require_not_held(case)
    require_reason(True, reason)
    if found.kind == "decision":
        failures = case.failures.get((found.stage, found.path), 0)
        raise TooManyFailures(stage=found.stage, failures=failures, role=found.role)
    require_not_taken_over(case, found)
    gates.require_not_barred(program, case, found.stage, actor)

    def make(asked: Answers) -> Turn:
        draft = Draft(program, case, asked, "send_back", item)
        draft.note_worker(found.stage, actor.people)
        deciding.fail_gate(draft, found)
        return draft.turn()

    turn = memo.turn(program, case, ("send_back", item, _remembered_people(program, found, actor)), answers, make)
    return move(turn, actor, reason=reason, facts=answers.frozen())


def waive(program: Program, case: Case, item: ItemKey, criterion: str, *, reason: str, actor: Actor) -> Move:
    """Let an automatic criterion pass for this run of the gate."""
    found = open_item(case, item, PASSAGE)
    gate = program.stage(found.stage).gate
    if not any(auto.id == criterion and auto.waive for auto in gates.autos(gate)):
        raise WaiverNotAllowed(stage=found.stage, criterion=criterion)
    if criterion in case.waived(found):
        raise AlreadyWaived(stage=found.stage, criterion=criterion)
    require_reason(True, reason)
    gates.require_not_barred(program, case, found.stage, actor)
    draft = Draft(program, case, NO_ANSWERS, "waive", item)
    draft.waived.append(Waiver(found.stage, found.path, found.run, criterion, actor.key, draft.sequence))
    if found.waiting:
        draft.waiting.append((found.key, ""))
    return move(draft.turn(), actor, reason=reason)


def record(program: Program, case: Case, facts: tuple[str, ...], *, actor: Actor) -> Move:
    """Facts came from the world: items that waited may be tried again (their `waiting` is cleared). Allowed on hold.

    An item is tried again if it waited for one of these facts, for a criterion or table that uses one, or for anything that is no fact.
    """
    draft = Draft(program, case, NO_ANSWERS, "record")
    draft.waiting.extend((item.key, "") for item in case.items if item.waiting and _concerns(program, item, facts))
    return replace(move(draft.turn(), actor), recorded=facts)


def wait(program: Program, case: Case, item: ItemKey, refusal: Refusal) -> Move:
    """Note on the item why the system could not finish it, so that its owner sees it and it is not tried in vain."""
    found = open_item(case, item, PASSAGE)
    draft = Draft(program, case, NO_ANSWERS, "wait", item)
    draft.waiting.append((found.key, _note_of(refusal)))
    return move(draft.turn(), SYSTEM, reason=str(refusal))


def reassign(
    program: Program, case: Case, item: ItemKey, assigned: Assigned, *, act: str = "assign", reason: str = "", actor: Actor
) -> Move:
    """Give an item to a person: `act` is assign, claim or delegate. Barred people are refused."""
    found = open_item(case, item, ("stage", "complaint", "approval", "decision", "leftover"))
    if assigned.responsible and found.kind != "leftover":
        taking = Actor(assigned.responsible, assigned.stands_in_for)
        gates.require_not_barred(program, case, found.stage, taking)
        decision = case.decision(found)
        if found.kind == "approval" and decision is not None:
            gates.require_distinct(decision, taking)
    turn = Draft(program, case, NO_ANSWERS, act, item).turn()
    return replace(move(turn, actor, reason=reason), assigned=(assigned,))


def escalate(program: Program, case: Case, item: ItemKey, *, level: int, told: str, actor: Actor) -> Move:
    """Note that a share of the item's time is over and who was told. Informs and marks; the item stays where it is."""
    open_item(case, item, ("stage", "complaint", "approval", "decision", "leftover"))
    turn = Draft(program, case, NO_ANSWERS, "escalate", item).turn()
    return replace(move(turn, actor), level=level, told=told)


def reschedule(program: Program, case: Case, *, reason: str, actor: Actor) -> Move:
    """A move that changes times only: the caller lets `scheduling.schedule` compute provisional deadlines again."""
    return move(Draft(program, case, NO_ANSWERS, "reschedule").turn(), actor, reason=reason)


def ready_for_system(program: Program, case: Case) -> tuple[OpenItem, ...]:
    """The items that the system may try to complete now: its own stages, and gates whose signatures are all there."""
    if case.holds:
        return ()
    return tuple(item for item in case.items if item.kind in PASSAGE and not item.waiting and _system_may_try(program, case, item))


def _system_may_try(program: Program, case: Case, item: OpenItem) -> bool:
    decision = case.decision(item)
    if decision is not None:
        return len(decision.signed) == len(decision.roles)
    stage = program.stage(item.stage)
    return stage.runs == "system" and stage.does is not None and case.taken_over(item) is None


def _settle(program: Program, case: Case, item: OpenItem, work: Work, actor: Actor) -> Move:
    draft = Draft(program, case, NO_ANSWERS, "complete", item.key)
    draft.close(item, "settled")
    return _brought(draft.turn(), work, NO_ANSWERS, actor)


def _completed(program: Program, case: Case, item: OpenItem, work: Work, answers: Answers, actor: Actor) -> Turn:
    draft = Draft(program, case, answers, "complete", item.key)
    draft.note_worker(item.stage, actor.people)
    decision = case.decision(item)
    stage = program.stage(item.stage)
    if decision is not None and not work.findings and deciding.signatories(draft, stage) == decision.roles:
        deciding.judge_automatic(draft, item)
        deciding.pass_gate(draft, item)
        return draft.turn()
    draft.drop_decision(item)
    if deciding.judge_questions(draft, stage, work.findings):
        deciding.judge_automatic(draft, item)
        deciding.conclude(draft, item, actor)
    else:
        deciding.fail_gate(draft, item)
    return draft.turn()


def _signed(draft: Draft, passage: OpenItem, decision: GateDecision) -> None:
    """One signature more: the next signatory's turn, or the gate passes, or it waits and says why."""
    draft.set_decision(decision)
    if len(decision.signed) < len(decision.roles):
        draft.open(passage.stage, passage.path, "approval", decision.roles[len(decision.signed)], passage.run)
        return
    blocked = deciding.blocked_now(draft, passage, decision)
    if blocked:
        draft.waiting.append((passage.key, blocked))
    else:
        deciding.pass_gate(draft, passage)


def _with_signature(decision: GateDecision, actor: Actor) -> GateDecision:
    linked = tuple(sorted({*decision.stand_in_for, *actor.deputy_of}))
    return decision._replace(signed=(*decision.signed, actor.people), stand_in_for=linked)


def _remembered_people(program: Program, item: OpenItem, actor: Actor) -> tuple[str, ...]:
    """The people that the turn will name; none where it names nobody, so that it serves for everybody."""
    gate = program.stage(item.stage).gate
    if gate is not None and gate.approve:
        return (*actor.people, "", *actor.deputy_of)
    return actor.people if item.stage in program.watched else ()


def _brought(turn: Turn, work: Work, answers: Answers, actor: Actor) -> Move:
    return Move(
        turn,
        actor=actor.key,
        acting_for=actor.acting_for,
        outcome=work.outcome,
        reason=work.reason,
        facts=answers.frozen(),
        evidence=work.evidence,
        documents=tuple(sorted(work.documents)) if work.documents else (),
    )


def _note_of(refusal: Refusal) -> str:
    """The refusal as a note: its code and what it is about."""
    if isinstance(refusal, CriterionBlocks):
        return f"{refusal.code}:{refusal.params['criterion']}"
    if isinstance(refusal, FactUnknown):
        facts = refusal.params["facts"]
        return f"{refusal.code}:{','.join(facts) if isinstance(facts, tuple) else facts}"
    return refusal.code


def _concerns(program: Program, item: OpenItem, facts: tuple[str, ...]) -> bool:
    code, _, about = item.waiting.partition(":")
    if code == deciding.UNKNOWN_FACT and (item.stage, about) not in program.criteria:
        waited_for = set(about.split(","))
    elif (item.stage, about) in program.criteria:
        compiled = program.criteria[item.stage, about].compiled
        waited_for = {*compiled.names, *(name for table in compiled.tables for name in program.tables[table].names)}
    elif code == deciding.AUTHORITY_CHANGED:
        waited_for = set(program.tables[about].names)
    else:
        return True
    return any(_touches(fact, waited) for fact in facts for waited in waited_for)


def _touches(recorded: str, waited: str) -> bool:
    """Whether recording one name may change the other: the same, or one a field of the other."""
    return recorded == waited or recorded.startswith(f"{waited}.") or waited.startswith(f"{recorded}.")
