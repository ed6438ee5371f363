"""One practice order at work: the learner does the tasks of one role, everybody else's are done at once, all by the engine itself.

Works on a value (`Position`) and gives the steps it made; no order, no stock, no figure of the company is in reach. Each act of the
learner gets a verdict: right, or the kind of mistake it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from orderway.engine import advance, checks, gates, replay
from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.answers import FactAnswers
from orderway.engine.case import Case, OpenItem
from orderway.engine.move import Evidence, Move
from orderway.engine.program import Program
from orderway.engine.refusals import BarredBySegregation, Mistake, Refusal, SignatoryNotDistinct, WaiverNotAllowed
from orderway.orders import proofs
from orderway.standard.document import Stage
from orderway.standard.values import UNKNOWN
from orderway.training.practice.fields import Field
from orderway.training.practice.scene import Fault, Scene, Where
from orderway.training.refusals import NothingNamed, PracticeStuck

LEARNER = "learner"
FIELD = "field:"  # in front of the name of a field, where a verdict is about one
AT_MOST = 400  # moves of the others in one go: a standard by which nothing ends is not practised for ever
SETTLED = "Settled with whoever had to."  # the reason that others give; the practice shows none

Act = Literal["finish", "sign", "refuse", "stop", "send_back", "waive", "decide"]
Verdict = Literal["", "right", "missed", "false_alarm", "wrong_place", "wrong_reading", "refused"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a practice order stands: its case, the faults that are no more, the papers that are there, what is proven at the open task."""

    case: Case = field(default_factory=Case)
    settled: frozenset[Where] = frozenset()
    papers: frozenset[str] = frozenset()
    proven: Mapping[str, str] = field(default_factory=dict)
    proven_at: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)  # what was entered rightly at the same task


@dataclass(frozen=True, slots=True)
class Given:
    """What the learner sends: an act and what belongs to it. `found`: what they say is wrong, as `Fault.answer` names it.

    `entered`: what the form of the act asks, by the name of the field.
    """

    act: Act
    evidence: Mapping[str, str] = field(default_factory=dict)
    entered: Mapping[str, str] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()
    findings: Mapping[str, bool] = field(default_factory=dict)
    found: str = ""
    reason: str = ""
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """One step of the practice. `who`: learner, system or a role; `verdict` of the learner's acts; `about`: what the verdict is about."""

    who: str
    stage: str
    act: str
    verdict: Verdict = ""
    about: str = ""
    move: Move | None = None


class Play:
    """A practice order of one role; `steps` are those made since it was taken up."""

    def __init__(self, program: Program, scene: Scene, role: str, position: Position | None = None) -> None:
        self._program, self._scene, self._role = program, scene, role
        self.position = position or Position()
        self.steps: list[Done] = []

    # --- looking --------------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """Where the order stands."""
        return self.position.case

    @property
    def task(self) -> OpenItem | None:
        """What the learner has to do now; None if the order has ended."""
        return next((item for item in self.case.items if self._is_learners(item)), None)

    def fault(self, item: OpenItem) -> Fault | None:
        """What is planted at this task and not settled yet."""
        where = _where(item)
        return None if where in self.position.settled else self._scene.fault_at(where)

    def answers(self, item: OpenItem) -> FactAnswers:
        """What the system knows at this task."""
        fault = self.fault(item)
        facts = {**self._scene.facts, **(fault.facts if fault else {})}
        return FactAnswers(self._program, lambda name: facts.get(name, UNKNOWN))

    def to_attach(self, stage: Stage) -> tuple[str, ...]:
        """The documents that a person brings to this stage and that are not there yet."""
        return tuple(kind for kind in brought(stage) if kind not in self.position.papers)

    def work(self, item: OpenItem) -> Work:
        """What stands proven at the task."""
        stage = self._program.stage(item.stage)
        there = self.position.papers | (set(stage.makes) - set(brought(stage)))
        needs = proofs.needs_of(stage)
        proven = self.position.proven if self.position.proven_at == _name(item) else {}
        steps = {*proven, *needs.by_itself, *(step for step, kind in needs.document_steps if kind in there)}
        return Work(steps=frozenset(steps), documents=frozenset(there))

    def fields(self, item: OpenItem) -> tuple[Field, ...]:
        """What the form of the task's act asks besides."""
        return self._scene.fields.get(item.stage, ()) if item.kind in replay.WITH_RUN else ()

    def entered(self, item: OpenItem) -> Mapping[str, str]:
        """What was entered rightly at this task."""
        return self.position.entered if self.position.proven_at == _name(item) else {}

    # --- going on -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Somebody orders, and the order goes to the learner's first task."""
        first = self._program.stage(next(self._program.standard.stages_in_flow()))
        who = LEARNER if first.owner == self._role else first.owner
        answers = FactAnswers(self._program, lambda name: self._scene.facts.get(name, UNKNOWN))
        self._store(advance.open_case(self._program, answers, actor=Actor(who)), SYSTEM.key, first.id)
        self.go_on()

    def go_on(self) -> None:
        """Everybody else does their work, until it is the learner's turn or the order has ended. May raise PracticeStuck."""
        for _ in range(AT_MOST):
            if self.case.status != "open" or self.task is not None:
                return
            item = next((item for item in self.case.items if self._may_go_on(item)), None)
            if item is None:
                break
            self._by_others(item)
        raise PracticeStuck

    def do(self, given: Given) -> None:
        """An act of the learner, judged. Raises a Mistake for input that means nothing; a refusal of the engine is a verdict."""
        item = self.task
        assert item is not None, "whoever calls has looked whether there is a task"
        acts: Mapping[Act, Callable[[OpenItem, Given], None]] = {
            "finish": self._finish,
            "sign": self._sign,
            "refuse": self._refuse,
            "stop": self._stop,
            "send_back": self._send_back,
            "waive": self._waive,
            "decide": self._decide,
        }
        try:
            acts[given.act](item, given)
        except Mistake:
            raise
        except Refusal as refusal:
            self._note(item, given.act, "refused", str(refusal))
        self.go_on()

    # --- the learner ----------------------------------------------------------------------------------------------------

    def _finish(self, item: OpenItem, given: Given) -> None:
        stage = self._program.stage(item.stage)
        misfit = proofs.misfit(stage, given.evidence)
        if misfit is not None:
            raise misfit
        wrong = [step for step, value in given.evidence.items() if not self._reads(stage, step, value)]
        fields = self.fields(item)
        amiss = [f"{FIELD}{one.name}" for one in fields if not one.reads(given.entered.get(one.name, ""))]
        self._keep(item, {step: value for step, value in given.evidence.items() if step not in wrong}, given.papers)
        self._keep_entered({one.name: given.entered.get(one.name, "") for one in fields if f"{FIELD}{one.name}" not in amiss})
        if wrong or (amiss and all(given.findings.values())):
            self._note(item, "finish", "wrong_reading", (wrong or amiss)[0])
        elif all(given.findings.values()):
            self._pass(item, given)
        else:
            self._say_no(item, given, lambda: self._completed(item, given))

    def _pass(self, item: OpenItem, given: Given) -> None:
        fault, move = self.fault(item), self._completed(item, given)
        missed = fault if fault and fault.how != "criterion" else None
        self._settle(fault)
        self._passed(item)
        self._store(move, LEARNER, item.stage, "finish", "missed" if missed else "right", missed.answer if missed else "")

    def _sign(self, item: OpenItem, given: Given) -> None:
        fault = self.fault(item)
        move = advance.sign(self._program, self.case, item.key, self.answers(item), approve=True, actor=Actor(LEARNER))
        self._settle(fault)
        self._store(move, LEARNER, item.stage, "sign", "missed" if fault else "right", fault.answer if fault else "")

    def _refuse(self, item: OpenItem, given: Given) -> None:
        answers, me = self.answers(item), Actor(LEARNER)
        self._say_no(
            item,
            given,
            lambda: advance.sign(self._program, self.case, item.key, answers, approve=False, reason=given.reason, actor=me),
        )

    def _send_back(self, item: OpenItem, given: Given) -> None:
        answers, me = self.answers(item), Actor(LEARNER)
        self._say_no(item, given, lambda: advance.send_back(self._program, self.case, item.key, answers, reason=given.reason, actor=me))

    def _say_no(self, item: OpenItem, given: Given, move: Callable[[], Move]) -> None:
        """The order goes back, rightly or not; whoever it goes to corrects what there is to correct."""
        _require_named(given)
        fault, made = self.fault(item), move()
        verdict: Verdict = "false_alarm" if fault is None else "right" if given.found == fault.answer else "wrong_place"
        self._settle(fault)
        self._store(made, LEARNER, item.stage, given.act, verdict, fault.answer if fault else given.found)

    def _stop(self, item: OpenItem, given: Given) -> None:
        """Say that something is wrong without deciding: whoever knows settles it, or finds that nothing is."""
        _require_named(given)
        fault = self.fault(item)
        if fault is None or given.found != fault.answer:
            self._note(item, "stop", "wrong_place" if fault else "false_alarm", given.found)
            return
        rule = self._program.standard.exceptions.hold
        kind = next((kind.id for kind in rule.types if self._role in kind.by), "") if rule else ""
        if kind:
            self._store(advance.hold(self._program, self.case, kind, reason=given.reason, actor=Actor(LEARNER)), LEARNER, item.stage)
            self._store(advance.lift(self._program, self.case, kind, reason=SETTLED, actor=Actor(self._role)), SYSTEM.key, item.stage)
        self._settle(fault)
        if fault.how == "document":
            self._keep(item, {}, frozenset({fault.what}))
        self._note(item, "stop", "right", fault.answer)

    def _waive(self, item: OpenItem, given: Given) -> None:
        gate = self._program.stage(item.stage).gate
        if not any(one.id == given.criterion and self._role in one.waive for one in (gate.criteria if gate else ())):
            raise WaiverNotAllowed(stage=item.stage, criterion=given.criterion)
        fault = self.fault(item)
        right = fault is not None and fault.answer == f"criterion:{given.criterion}"
        move = advance.waive(self._program, self.case, item.key, given.criterion, reason=given.reason, actor=Actor(LEARNER))
        self._store(move, LEARNER, item.stage, "waive", "right" if right else "false_alarm", f"criterion:{given.criterion}")

    def _decide(self, item: OpenItem, given: Given) -> None:
        work = replace(_everything(self._program.stage(item.stage)), reason=given.reason)
        move = advance.decide(self._program, self.case, item.key, work, self.answers(item), actor=Actor(LEARNER))
        self._store(move, LEARNER, item.stage, "decide", "right")

    def _completed(self, item: OpenItem, given: Given) -> Move:
        stage = self._program.stage(item.stage)
        kinds = proofs.needs_of(stage).kinds
        given_now = tuple(Evidence(step, kinds.get(step, "tick"), value) for step, value in sorted(given.evidence.items()))
        work = replace(self.work(item), findings=tuple(sorted(given.findings.items())), evidence=given_now, reason=given.reason)
        return advance.complete(self._program, self.case, item.key, work, self.answers(item), actor=Actor(LEARNER))

    def _reads(self, stage: Stage, step: str, value: str) -> bool:
        """Whether what was typed is what lies there."""
        wanted = self._scene.readings.get((stage.id, step))
        return wanted is None or wanted.casefold() == value.strip().casefold()

    # --- the others -----------------------------------------------------------------------------------------------------

    def _by_others(self, item: OpenItem) -> None:
        """Someone of the item's role does it, somebody else of the same role if the first may not."""
        stage = self._program.stage(item.stage)
        by_system = item.kind == "stage" and (stage.runs == "system" or self.case.decision(item) is not None)
        keys = (SYSTEM.key,) if by_system else (item.role, f"{item.role} 2", f"{item.role} 3")
        for key in keys:
            try:
                move = self._others_move(item, stage, Actor(key))
            except (BarredBySegregation, SignatoryNotDistinct):
                continue
            self._passed(item)
            self._store(move, SYSTEM.key if by_system else item.role, item.stage)
            return
        raise PracticeStuck

    def _others_move(self, item: OpenItem, stage: Stage, actor: Actor) -> Move:
        program, case, answers, work = self._program, self.case, self.answers(item), _everything(stage)
        if item.kind == "approval":
            return advance.sign(program, case, item.key, answers, approve=True, actor=actor)
        if item.kind == "decision":
            return advance.decide(program, case, item.key, replace(work, reason=SETTLED), answers, actor=actor)
        if case.decision(item) is not None:
            work = replace(work, findings=())
        return advance.complete(program, case, item.key, work, answers, actor=actor)

    # --- inside ---------------------------------------------------------------------------------------------------------

    def _is_learners(self, item: OpenItem) -> bool:
        if item.role != self._role or item.kind == "leftover" or not self._may_go_on(item):
            return False
        stage = self._program.stage(item.stage)
        if item.kind == "stage" and (self.case.decision(item) is not None or (stage.runs == "system" and self.fault(item) is None)):
            return False
        decision = self.case.decision(item)
        signed = {person for people in (decision.decided_by, *decision.signed) for person in people} if decision else set()
        return LEARNER not in {*signed, *gates.barred_people(self._program, self.case, item.stage)}

    def _may_go_on(self, item: OpenItem) -> bool:
        """Whether anything can be done here now: its gate waits for no signature and for nobody who took over."""
        if item.kind not in replay.WITH_RUN:
            return True
        try:
            checks.require_undecided(self.case, item)
        except Refusal:
            return False
        return True

    def _keep(self, item: OpenItem, evidence: Mapping[str, str], papers: frozenset[str]) -> None:
        at, before = _name(item), self.position
        proven = {**(before.proven if before.proven_at == at else {}), **evidence}
        fitting = papers & set(brought(self._program.stage(item.stage)))
        entered = before.entered if before.proven_at == at else {}
        self.position = replace(before, proven=proven, proven_at=at, entered=entered, papers=before.papers | fitting)

    def _keep_entered(self, entered: Mapping[str, str]) -> None:
        self.position = replace(self.position, entered={**self.position.entered, **entered})

    def _passed(self, item: OpenItem) -> None:
        stage = self._program.stage(item.stage)
        self.position = replace(self.position, papers=self.position.papers | {*stage.needs, *stage.makes})

    def _settle(self, fault: Fault | None) -> None:
        if fault is not None:
            self.position = replace(self.position, settled=self.position.settled | {fault.where})

    def _note(self, item: OpenItem, act: str, verdict: Verdict, about: str) -> None:
        self.steps.append(Done(LEARNER, item.stage, act, verdict, about))

    def _store(self, move: Move, who: str, stage: str, act: str = "", verdict: Verdict = "", about: str = "") -> None:
        self.position = replace(self.position, case=replay.apply(self.case, move))
        self.steps.append(Done(who, stage, act or move.act, verdict, about, move))


def brought(stage: Stage) -> tuple[str, ...]:
    """The documents that a person brings to a stage: those that it needs, and those that prove a step."""
    return tuple(
        dict.fromkeys((*stage.needs, *(step.evidence.document for step in stage.steps if step.evidence and step.evidence.document)))
    )


def _where(item: OpenItem) -> Where:
    return item.stage, "stage" if item.kind in replay.WITH_RUN else item.kind


def _name(item: OpenItem) -> str:
    return f"{item.stage}/{item.place}/{item.opened}"


def _everything(stage: Stage) -> Work:
    """What others bring: all of it."""
    asked = tuple((one.id, True) for one in gates.asks(stage.gate))
    return Work(frozenset(step.id for step in stage.steps), frozenset({*stage.needs, *stage.makes}), asked)


def _require_named(given: Given) -> None:
    if not given.found:
        raise NothingNamed(field="found")
    checks.require_reason(True, given.reason)
