"""The routes of work items: what is to be done, and doing it. Which act an item needs says the order's standard; this only passes it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel

from orderway.api import doing, queries
from orderway.api.gates import GateOut, gate_of
from orderway.api.orders import is_late
from orderway.engine.refusals import Refusal
from orderway.orders import acts
from orderway.orders.completion import Completion
from orderway.orders.models import WorkItem
from orderway.orders.routes import Asked, Body, Done, NotFound, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import WITHOUT_CONTROL, Id, Line, Word, in_path
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.releases.publishing import program_of
from orderway.stages.capture.api import PaperIn, papers_of
from orderway.standard.document import Stage

routes = Routes(tags=["work items"])
ITEM = in_path(
    "The work item's id, or its place: the order's number, inside a delivery with its number.", max_length=96, pattern=WITHOUT_CONTROL
)
ITEM_ID = in_path("The work item's id.", ge=1, le=2**62)
ANY_KIND = acts.ANY_KIND
WITH_RUN = ("stage", "complaint")


# --- what is shown ------------------------------------------------------------------------------------------------------------------


class WorkItemOut(Shown):
    """Something to be done."""

    item: int = Asked("The work item's id.")
    place: str = Asked("The order's number, inside a delivery with its number.")
    order: str = Asked("The order's number.")
    customer: str = Asked("The customer's key.")
    stage: str = Asked("The stage of the order's standard.")
    kind: str = Asked("stage, approval, decision, complaint or leftover.")
    act: str = Asked("What the stage does; empty for plain work.")
    state: str = Asked("open, done or withdrawn.")
    role: str = Asked("The role that answers for it.")
    responsible: str = Asked("Who has it; empty for nobody and for the system.")
    unassigned_reason: str = Asked("Why nobody has it.")
    run: int = Asked("How often the stage was opened at this place.")
    opened_at: datetime = Asked("When it was opened.")
    due_at: datetime | None = Asked("Its deadline.")
    late: bool = Asked("Whether the deadline has passed.")
    waiting: str = Asked("Why the system could not finish it; empty if it waits for nothing.")


class WorkItemsOut(Page):
    """A page of work items."""

    rows: list[WorkItemOut] = Asked("The items, most urgent first.")


class StepOut(Shown):
    """A step of the stage."""

    id: str = Asked("The step's id: what evidence is recorded under.")
    do: str = Asked("What to do.")
    key: str = Asked("What to watch; empty if the standard says nothing.")
    evidence: str = Asked("What proves it: tick, number, choice, scan, photo, file, document, system; empty for nothing.")
    choices: list[str] = Asked("The ids of the choices, where it is one.")


class CriterionOut(Shown):
    """A criterion of the stage's gate."""

    id: str = Asked("The criterion's id: what a finding is given under.")
    ask: str = Asked("The question that a person answers; empty if the criterion is judged automatically.")
    automatic: str = Asked("The rule that judges it; empty if a person answers.")


class WholeWorkItemOut(WorkItemOut):
    """Something to be done, with what it takes."""

    title: str = Asked("The stage's title.")
    steps: list[StepOut] = Asked("Its steps.")
    criteria: list[CriterionOut] = Asked("The criteria of its gate.")
    needs: list[str] = Asked("The documents that must exist first.")
    gate: GateOut | None = Asked("How its gate stands now: why, what would change it, who must sign; nothing without a gate.")


class DoneOut(Shown):
    """An act that was done."""

    place: str = Asked("Where.")
    stage: str = Asked("At which stage of the order's standard.")
    act: str = Asked("What was done.")


# --- what is asked ------------------------------------------------------------------------------------------------------------------


class Filter(BaseModel):
    """Which work items are wanted."""

    mine: bool = Asked("Only those of the person whose token this is.", False)
    role: Word = Asked("Only those of this role.", "")
    responsible: Word = Asked("Only those of this person, by key.", "")
    stage: Word = Asked("Only those of this stage.", "")
    order: Word = Asked("Only those of this order, by number.", "")
    late: bool | None = Asked("Whether the deadline has passed.", None)
    past: bool = Asked("Also those that are done or withdrawn.", False)


class WhereIn(Body):
    """Which item of a place is meant, where several are open."""

    stage: Id = Asked("The stage, where several stages are open at the place.", "")


class ReasonIn(WhereIn):
    """Why something is done."""

    reason: Line = Asked("Why, in a sentence.", "")


class SendBackIn(ReasonIn):
    """Why an order goes back."""

    error: doing.FaultIn | None = Asked("Which error was found, if it is one.", None)


class SignIn(ReasonIn):
    """A signature."""

    approve: bool = Asked("true to sign, false to refuse to.", strict=True)


class WaiveIn(ReasonIn):
    """A criterion that is to count as met."""

    criterion: Word = Asked("The criterion's id.")


class DelegateIn(ReasonIn):
    """Somebody who is to do it."""

    to: Word = Asked("The person's key.")


class EvidenceIn(WhereIn):
    """What proves steps, without completing the stage."""

    evidence: dict[Id, Line] = Asked("What proves steps, by step id: yes for a tick, digits, or a choice.", {})
    documents: list[PaperIn] = Asked("Papers to be kept with the order.", [], max_length=20)


# --- reading ------------------------------------------------------------------------------------------------------------------------


@routes.reads("/work-items", right="item.list", gives=WorkItemsOut, summary="Work items")
def work_items(request: HttpRequest, wanted: Query[Wanted], filter: Query[Filter]) -> dict[str, object]:
    """What is to be done, most urgent first."""
    caller = caller_of(request)
    narrowed = {"role": filter.role, "responsible__key": filter.responsible, "stage": filter.stage, "order__number": filter.order}
    conditions = Q(**{name: value for name, value in narrowed.items() if value})
    if filter.mine:
        conditions &= Q(responsible_id=caller.actor.person_id)
    if not filter.past:
        conditions &= Q(state=WorkItem.State.OPEN)
    found = queries.work_items(conditions=conditions, late=filter.late, now=caller.now)
    return page_of(found, wanted, lambda rows: [_item_out(row, caller.now) for row in rows])


@routes.reads("/work-items/{int:item}", right="item.list", gives=WholeWorkItemOut, summary="One work item")
def work_item(request: HttpRequest, item: int = ITEM_ID) -> dict[str, object]:
    """One work item with what it takes: steps, criteria, documents."""
    found = queries.work_item(item)
    if found is None:
        raise NotFound(what="work item", key=item)
    stage = program_of(found.order.version_id, found.order.version.content_hash).stage(found.stage)
    return {**_item_out(found, caller_of(request).now), **_asked_by(stage), "gate": gate_of(found)}


# --- acts ---------------------------------------------------------------------------------------------------------------------------


def make_act_route(schema: type[doing.ActIn]) -> None:
    """The route that does what a work item asks for; `schema` knows the inputs of every stage's act."""

    def act(request: HttpRequest, act: Any, item: str = ITEM) -> Done:
        """Complete a work item: bring evidence, answers, and what its act takes; the stage passes, waits for signatures, or fails."""
        caller = caller_of(request)
        done = doing.do(item, act, actor=caller.actor, now=caller.now)
        return Done({"place": done.place, "stage": done.stage, "act": done.act}, orders=[done.order])

    act.__annotations__["act"] = schema
    routes.acts("/work-items/{path:item}/act", right="stage.work", gives=DoneOut, summary="Do a work item")(act)


@routes.acts("/work-items/{path:item}/evidence", right="stage.work", gives=DoneOut, summary="Record evidence or papers")
def record(request: HttpRequest, evidence: EvidenceIn, item: str = ITEM) -> Done:
    """Record what proves steps without completing the stage."""
    caller = caller_of(request)
    target = doing.target(item, evidence.stage, WITH_RUN)
    doing.bring(target, evidence.evidence, list(papers_of(evidence.documents)), actor=caller.actor, now=caller.now)
    return _done(target, "evidence")


@routes.acts("/work-items/{path:item}/claim", right="item.claim", gives=DoneOut, summary="Take a work item")
def claim(request: HttpRequest, where: WhereIn, item: str = ITEM) -> Done:
    """Take open work of one's own role."""
    return _act(request, item, where.stage, ANY_KIND, "claim", acts.claim)


@routes.acts("/work-items/{path:item}/release", right="item.release", gives=DoneOut, summary="Give a work item back")
def release(request: HttpRequest, why: ReasonIn, item: str = ITEM) -> Done:
    """Give one's work back to the role: nobody has it until somebody takes it."""
    return _act(request, item, why.stage, ANY_KIND, "release", lambda places, **by: acts.release(places, reason=why.reason, **by))


@routes.acts("/work-items/{path:item}/delegate", right="item.delegate", gives=DoneOut, summary="Give a work item to somebody")
def delegate(request: HttpRequest, who: DelegateIn, item: str = ITEM) -> Done:
    """Give one's work to somebody else."""
    to = doing.person(who.to)
    return _act(request, item, who.stage, ANY_KIND, "delegate", lambda places, **by: acts.delegate(places, to, reason=who.reason, **by))


@routes.acts("/work-items/{path:item}/sign", right="item.sign", gives=DoneOut, summary="Sign, or refuse to")
def sign(request: HttpRequest, signature: SignIn, item: str = ITEM) -> Done:
    """Sign an approval whose turn it is; a refusal fails the gate."""
    said: dict[str, Any] = {"approve": signature.approve, "reason": signature.reason}
    return _act(request, item, signature.stage, ("approval",), "sign", lambda places, **by: acts.sign(places, **said, **by))


@routes.acts("/work-items/{path:item}/decide", right="item.decide", gives=DoneOut, summary="Pass a gate that failed too often")
def decide(request: HttpRequest, why: ReasonIn, item: str = ITEM) -> Done:
    """Let a gate pass that failed more often than the standard allows, with a reason."""
    completion = Completion(reason=why.reason)
    return _act(
        request, item, why.stage, ("decision",), "decide", lambda places, **by: acts.decide(dict.fromkeys(places, completion), **by)
    )


@routes.acts("/work-items/{path:item}/send-back", right="item.send_back", gives=DoneOut, summary="Send an order back")
def send_back(request: HttpRequest, why: SendBackIn, item: str = ITEM) -> Done:
    """Fail the gate of an open stage with a reason: the order goes back to where the standard says."""
    said: dict[str, Any] = {"reason": why.reason, "fault": why.error.fault(why.reason) if why.error else None}
    return _act(request, item, why.stage, WITH_RUN, "send_back", lambda places, **by: acts.send_back(places, **said, **by))


@routes.acts("/work-items/{path:item}/waive", right="item.waive", gives=DoneOut, summary="Waive a criterion")
def waive(request: HttpRequest, waiver: WaiveIn, item: str = ITEM) -> Done:
    """Let an automatic criterion pass for this run of the gate, with a reason, on the record."""
    said: dict[str, Any] = {"criterion": waiver.criterion, "reason": waiver.reason}
    return _act(request, item, waiver.stage, WITH_RUN, "waive", lambda places, **by: acts.waive(places, **said, **by))


def _act(request: HttpRequest, item: str, stage: str, kinds: tuple[str, ...], act: str, do: Callable[..., Mapping[str, Refusal]]) -> Done:
    caller = caller_of(request)
    target = doing.target(item, stage, kinds)
    for refusal in do([target.place], stage=target.stage, actor=caller.actor, now=caller.now).values():
        raise refusal
    return _done(target, act)


def _done(target: doing.Target, act: str) -> Done:
    return Done({"place": target.place, "stage": target.stage, "act": act}, orders=[target.order])


# --- as plain data ------------------------------------------------------------------------------------------------------------------


def _item_out(item: WorkItem, now: datetime) -> dict[str, object]:
    return {
        "item": item.pk,
        "place": item.place,
        "order": item.order.number,
        "customer": item.order.customer.key,
        "stage": item.stage,
        "kind": item.kind,
        "act": item.act,
        "state": item.state,
        "role": item.role,
        "responsible": item.responsible.key if item.responsible else "",
        "unassigned_reason": item.unassigned_reason,
        "run": item.run,
        "opened_at": moment(item.opened_at),
        "due_at": moment(item.due_at),
        "late": is_late(item, now),
        "waiting": item.waiting_reason,
    }


def _asked_by(stage: Stage) -> dict[str, object]:
    return {
        "title": stage.title.in_language("en"),
        "steps": [
            {
                "id": step.id,
                "do": step.do.in_language("en"),
                "key": step.key.in_language("en") if step.key else "",
                "evidence": step.evidence.kind if step.evidence else "",
                "choices": list(step.evidence.choice_ids) if step.evidence else [],
            }
            for step in stage.steps
        ],
        "criteria": list(_criteria(stage)),
        "needs": list(stage.needs),
    }


def _criteria(stage: Stage) -> Iterable[dict[str, str]]:
    for criterion in stage.gate.criteria if stage.gate else ():
        rule = criterion.auto.source if criterion.auto else ""
        yield {"id": criterion.id, "ask": criterion.ask.in_language("en") if criterion.ask else "", "automatic": rule}
