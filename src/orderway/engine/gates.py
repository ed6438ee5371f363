"""What a gate still needs: evidence, documents, answers, criteria, signatures. Looks only; passing is `advance.complete`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.answers import Answers
from orderway.engine.case import Case, GateDecision, OpenItem
from orderway.engine.program import Program
from orderway.engine.refusals import BarredBySegregation, DocumentsMissing, EvidenceMissing, SignatoryNotDistinct, UnknownCriterion
from orderway.standard.document import Criterion, Gate
from orderway.standard.values import UNKNOWN, Unknown


@dataclass(frozen=True, slots=True)
class CriterionState:
    """One criterion as it stands. `holds` is None for an unanswered question; `missing`: facts that leave a condition open."""

    id: str
    kind: Literal["ask", "auto"]
    holds: bool | Unknown | None
    waived: bool = False
    explanation: str = ""
    missing: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether it lets the gate pass."""
        return self.waived or self.holds is True


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """All that stands between an item and its completion.

    `signatories`: roles that must still sign, in order (UNKNOWN: not known yet). `signed`: people who have. `barred`: people who may
    not decide, with the stages that bar them. `advisory`: the criteria are looked at and stop nobody.
    """

    steps_missing: tuple[str, ...]
    documents_missing: tuple[str, ...]
    criteria: tuple[CriterionState, ...]
    signatories: tuple[str, ...] | Unknown
    signed: tuple[tuple[str, ...], ...]
    barred: tuple[str, ...]
    advisory: bool = False

    @property
    def ready(self) -> bool:
        """Whether completing now would be accepted (signatures may follow)."""
        proven = not self.steps_missing and not self.documents_missing
        return proven and (self.advisory or all(criterion.met for criterion in self.criteria)) and self.signatories is not UNKNOWN


def check(program: Program, case: Case, item: OpenItem, work: Work, answers: Answers) -> GateVerdict:
    """The state of the item's gate, for the page and for `advance.complete`. `barred`: people who may not decide it."""
    gate, advisory = program.stage(item.stage).gate, item.stage in program.advisory
    decision = case.decision(item)
    if decision is not None:
        signatories: tuple[str, ...] | Unknown = decision.roles[len(decision.signed) :]
    else:
        signatories = answers.decide(gate.approve) if gate and gate.approve and not advisory else ()
    return GateVerdict(
        steps_missing=missing_steps(program, item, work),
        documents_missing=missing_documents(program, item, work),
        criteria=tuple(_state(program, case, item, criterion, work, answers) for criterion in (gate.criteria if gate else ())),
        signatories=signatories,
        signed=decision.signed if decision else (),
        barred=barred_people(program, case, item.stage),
        advisory=advisory,
    )


def missing_steps(program: Program, item: OpenItem, work: Work) -> tuple[str, ...]:
    """The steps of the stage that still need evidence, in the order of the standard."""
    missing = program.required_steps[item.stage] - work.steps
    return tuple(step.id for step in program.stage(item.stage).steps if step.id in missing) if missing else ()


def missing_documents(program: Program, item: OpenItem, work: Work) -> tuple[str, ...]:
    """The documents that the stage needs and that do not exist yet."""
    missing = program.required_documents[item.stage] - work.documents
    return tuple(document for document in program.stage(item.stage).needs if document in missing) if missing else ()


def require_proof(program: Program, item: OpenItem, work: Work) -> None:
    """Refuse a stage whose evidence or documents are not all there."""
    steps = missing_steps(program, item, work)
    if steps:
        raise EvidenceMissing(stage=item.stage, steps=steps)
    documents = missing_documents(program, item, work)
    if documents:
        raise DocumentsMissing(stage=item.stage, documents=documents)


def require_known_answers(program: Program, item: OpenItem, work: Work) -> None:
    """Refuse answers to questions that the gate does not ask."""
    if not work.findings:
        return
    asked = {criterion.id for criterion in asks(program.stage(item.stage).gate)}
    strange = tuple(sorted(criterion for criterion, _ in work.findings if criterion not in asked))
    if strange:
        raise UnknownCriterion(field="findings", stage=item.stage, criteria=strange)


def require_not_barred(program: Program, case: Case, stage: str, actor: Actor) -> None:
    """Refuse who worked on a stage that `not_by` names, and their deputies; none is exempt but the system. An advisory stage bars none."""
    gate = program.stage(stage).gate
    if gate is None or not gate.not_by or actor.key == SYSTEM.key or stage in program.advisory:
        return
    people = {*actor.people, *actor.deputy_of}
    stages = tuple(barred for barred in gate.not_by if people & set(case.worked.get(barred, ())))
    if stages:
        raise BarredBySegregation(person=actor.key, stages=stages)


def require_distinct(decision: GateDecision, actor: Actor) -> None:
    """Refuse a signatory who decided or signed already, or of whom one who did is a delegate, or the other way round."""
    before = {person for people in (decision.decided_by, *decision.signed) for person in people} - {SYSTEM.key}
    if before & {*actor.people, *actor.deputy_of} or {*decision.stand_in_for} & {*actor.people}:
        raise SignatoryNotDistinct(person=actor.key)


def barred_people(program: Program, case: Case, stage: str) -> tuple[str, ...]:
    """Everybody who worked on a stage that `not_by` of this stage names; nobody while it is advisory."""
    gate = program.stage(stage).gate
    if gate is None or stage in program.advisory:
        return ()
    return tuple(sorted({person for barred in gate.not_by for person in case.worked.get(barred, ())}))


def asks(gate: Gate | None) -> Iterable[Criterion]:
    """The questions of a gate."""
    return () if gate is None else (criterion for criterion in gate.criteria if criterion.ask is not None)


def autos(gate: Gate | None) -> Iterable[Criterion]:
    """The automatic criteria of a gate."""
    return () if gate is None else (criterion for criterion in gate.criteria if criterion.auto is not None)


def _state(program: Program, case: Case, item: OpenItem, criterion: Criterion, work: Work, answers: Answers) -> CriterionState:
    if criterion.auto is None:
        return CriterionState(criterion.id, "ask", dict(work.findings).get(criterion.id))
    rule = program.criteria[item.stage, criterion.id]
    holds = answers.holds(rule, item.path)
    return CriterionState(
        criterion.id,
        "auto",
        holds,
        waived=criterion.id in case.waived(item),
        explanation=answers.explanation(rule, item.path),
        missing=answers.missing(rule, item.path) if holds is UNKNOWN else (),
    )
