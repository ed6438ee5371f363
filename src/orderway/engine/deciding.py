"""What passing and failing a gate does to a case: waiting for signatures, going on, going back, going to the role that takes over.

Works on a `Draft`; which proofs and people are acceptable has been asked before (`gates`).
"""

from __future__ import annotations

from collections.abc import Iterable

from orderway.engine import flowing, gates
from orderway.engine.acting import Actor
from orderway.engine.case import GateDecision, OpenItem
from orderway.engine.drafting import Draft
from orderway.engine.move import Judged
from orderway.engine.refusals import CannotSendBack, CriteriaUnanswered, CriterionBlocks
from orderway.standard.document import GateFailure, Stage
from orderway.standard.values import UNKNOWN

AUTHORITY_CHANGED = "authority_changed"
BLOCKS = "criterion_blocks"
UNKNOWN_FACT = "fact_unknown"


def judge_questions(draft: Draft, stage: Stage, findings: Iterable[tuple[str, bool]]) -> bool:
    """Note the answers of the gate's questions; False if one is no. An answer may be missing only if another is no.

    Where the stage is advisory every answer is noted, a missing one too, and none sends back.
    """
    given = dict(findings)
    draft.judged.extend(Judged(criterion, "true" if met else "false") for criterion, met in sorted(given.items()))
    unanswered = tuple(criterion.id for criterion in gates.asks(stage.gate) if criterion.id not in given)
    if stage.id in draft.program.advisory:
        draft.judged.extend(Judged(criterion, "unknown") for criterion in unanswered)
        return True
    if not all(given.values()):
        return False
    if unanswered:
        raise CriteriaUnanswered(stage=stage.id, criteria=unanswered)
    return True


def judge_automatic(draft: Draft, item: OpenItem) -> None:
    """Note the automatic criteria of the gate; refuse if one is false or unknown and not waived, unless the stage is advisory."""
    waived = draft.case.waived(item)
    for criterion in gates.autos(draft.program.stage(item.stage).gate):
        if criterion.id in waived:
            draft.judged.append(Judged(criterion.id, "waived"))
            continue
        rule = draft.program.criteria[item.stage, criterion.id]
        holds = draft.answers.holds(rule, item.path)
        if holds is not True and item.stage in draft.program.advisory:
            draft.judged.append(Judged(criterion.id, "unknown" if holds is UNKNOWN else "false"))
            continue
        if holds is UNKNOWN:
            raise flowing.unknown(draft, rule, item.path)
        if holds is False:
            explanation = draft.answers.explanation(rule, item.path)
            raise CriterionBlocks(stage=item.stage, criterion=criterion.id, explanation=explanation)
        draft.judged.append(Judged(criterion.id, "true"))


def signatories(draft: Draft, stage: Stage) -> tuple[str, ...]:
    """The roles that must sign, in order, nobody where the stage is advisory; refuse while a fact of the table is unknown."""
    if stage.gate is None or stage.gate.approve is None or stage.id in draft.program.advisory:
        return ()
    roles = draft.answers.decide(stage.gate.approve)
    if roles is UNKNOWN:
        raise flowing.unknown_table(draft, stage.gate.approve)
    return roles


def conclude(draft: Draft, item: OpenItem, actor: Actor) -> None:
    """The gate is decided: it passes, or waits for the first signature."""
    roles = signatories(draft, draft.program.stage(item.stage))
    if not roles:
        pass_gate(draft, item)
        return
    draft.set_decision(GateDecision(item.stage, item.path, item.run, actor.people, roles, (), tuple(sorted(actor.deputy_of))))
    draft.open(item.stage, item.path, "approval", roles[0], item.run)


def pass_gate(draft: Draft, item: OpenItem) -> None:
    """The stage is done: what it stands before goes on. A complaint stands beside the flow, nothing follows it."""
    draft.close_with_signatures(item, "completed")
    if item.stage in draft.program.asked:
        draft.passed.append((item.stage, item.path))
    if item.kind == "stage":
        flowing.leave(draft, draft.program.node_of(item.stage), item.path)


def blocked_now(draft: Draft, item: OpenItem, decision: GateDecision) -> str:
    """Why a gate whose signatures are all there may not pass now, as a note for the item; "" if it may."""
    waived = draft.case.waived(item)
    for criterion in gates.autos(draft.program.stage(item.stage).gate):
        holds = criterion.id in waived or draft.answers.holds(draft.program.criteria[item.stage, criterion.id], item.path)
        if holds is not True:
            return f"{UNKNOWN_FACT if holds is UNKNOWN else BLOCKS}:{criterion.id}"
    table = draft.program.stage(item.stage).gate
    roles = draft.answers.decide(table.approve) if table and table.approve else ()
    return "" if roles == decision.roles else f"{AUTHORITY_CHANGED}:{table.approve if table else ''}"


def failure_rule(draft: Draft, item: OpenItem) -> GateFailure:
    """Where the item's gate sends back; refuse if it has no such gate."""
    gate = draft.program.stage(item.stage).gate
    if gate is None or gate.fail is None:
        raise CannotSendBack(stage=item.stage)
    return gate.fail


def fail_gate(draft: Draft, item: OpenItem) -> None:
    """Count the failure and send back, or hand over to the role in `then` once the maximum is reached.

    A complaint's run stands outside the flow, so its gate sends it back to its own beginning.
    """
    rule = failure_rule(draft, item)
    count = draft.failures(item.stage, item.path) + 1
    draft.failed.append((item.stage, item.path, count))
    draft.void_signatures(item)
    if count > rule.at_most:
        draft.open(item.stage, item.path, "decision", rule.then, item.run)
        return
    draft.close(item, "failed")
    if item.kind == "complaint":
        draft.open(item.stage, item.path, "complaint", item.role)
    else:
        depth = len(draft.program.node_of(rule.back_to).eaches)
        flowing.go_back(draft, rule.back_to, item.path[:depth], item.stage)
