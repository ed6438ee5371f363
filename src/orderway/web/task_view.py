"""One task as its page shows it: steps with what proves them, criteria with what the system sees, papers, signatures, and what I may do.

Looks only, without a lock: the act asks everything again when it is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from orderway.engine import checks, gates
from orderway.engine.answers import FactAnswers
from orderway.engine.refusals import Refusal
from orderway.engine.replay import WITH_RUN
from orderway.masterdata import rights
from orderway.masterdata.models import Person
from orderway.orders import duties, proofs
from orderway.orders.actor import Actor
from orderway.orders.certified import Certificates
from orderway.orders.facts import Facts
from orderway.orders.locking import Opened
from orderway.orders.looking import opened_of
from orderway.orders.models import Evidence, Order, StoredDocument, WorkItem
from orderway.pages import refusing, step_rows
from orderway.pages.act_forms import ActForm, form_of
from orderway.pages.step_rows import StepRow
from orderway.pages.templatetags.ow import said
from orderway.releases import catalogue
from orderway.standard.document import Criterion, Standard, Step
from orderway.web import outlook
from orderway.web.clocks import Clock, clock_of
from orderway.web.fact_words import FactWords
from orderway.web.faults import FaultChoices, choices_of
from orderway.web.my_work import item_title, why_nobody
from orderway.web.reasons import FiredRow, Reason, fired_row, reason_of
from orderway.web.standard_view import criterion_text, document_title, role, stage_title
from orderway.web.words import words_of

WHILE_UNDECIDED = frozenset({"work", "send_back"})  # what nobody can do while a gate waits for signatures


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion of the gate. `state`: met, unmet, unknown, or "" for a question without an answer.

    `reason`: why an automatic one came out so. `waivers`: the roles that may waive it, `may_waive`: whether the reader may, now.
    """

    number: int
    id: str
    text: str
    asked: bool
    state: str
    missing: str
    waived: bool
    reason: Reason | None
    waivers: str
    may_waive: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A document that the task needs or makes. `may_attach`: a person brings it."""

    kind: str
    title: str
    stored: StoredDocument | None
    needed: bool
    may_attach: bool


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature of the gate: the role, and who gave it if it was given."""

    role: str
    who: str


@dataclass(frozen=True, slots=True)
class Task:
    """A work item with all that its page shows."""

    item: WorkItem
    order: Order
    title: str
    number: int
    clock: Clock
    steps: tuple[StepRow, ...]
    criteria: tuple[CriterionRow, ...]
    facts: tuple[tuple[str, str], ...]
    papers: tuple[PaperRow, ...]
    signatures: tuple[SignatureRow, ...]
    may: frozenset[str]
    form: ActForm | None
    form_context: Mapping[str, object]
    signed_by_row: FiredRow | None
    next: str
    next_if_not: str
    held: bool
    decided: str
    waiting: str
    nobody: str
    back_to: str
    faults: FaultChoices
    key_point: str
    uncertified: str
    advisory: bool

    @property
    def to_fill(self) -> bool:
        """Whether whoever looks may fill anything in; else the fields only show how it stands."""
        return bool(self.may & {"work", "sign", "decide"}) or any(criterion.may_waive for criterion in self.criteria)

    @property
    def clause(self) -> str:
        """Where the manual says how this is done."""
        version = self.order.version
        return reverse("standard_stage", args=[version.standard_id, version.version, self.item.stage])

    @property
    def asks_nothing(self) -> bool:
        """Whether a person has nothing to enter: the button alone does it."""
        return not self.form and not any(not row.by_itself and not row.recorded for row in self.steps)

    @property
    def finish(self) -> object:
        """The word on the button."""
        return self.form.finish if self.form else _("Finish")


def task_of(order: Order, item: WorkItem, actor: Actor, *, now: datetime) -> Task | None:
    """The task of an open work item; None if it was closed meanwhile."""
    opened = opened_of(order, item)
    if opened is None or opened.item is None:
        return None
    answers = FactAnswers(opened.program, (facts := Facts([order.pk])).of(opened.program, order.pk))
    proven = proofs.Proofs([order.pk]).proven(opened)
    verdict = gates.check(opened.program, opened.case, opened.item, proven, answers)
    standard, stage = opened.program.standard, opened.stage
    words = FactWords(standard, order.currency)
    decided = _decided(opened, item)
    form = form_of(item.act) if item.kind in ("stage", "complaint") else None
    return Task(
        item=item,
        order=order,
        title=item_title(item, standard),
        number=opened.program.order_of.get(item.stage, 0) + 1,
        clock=clock_of(item, opened.program, now),
        steps=_steps(opened, item, proven.steps) if item.kind in ("stage", "complaint") else (),
        criteria=tuple(_criteria(verdict.criteria, opened, answers, words, actor)) if item.kind != "leftover" else (),
        facts=tuple(_facts(item, facts, opened, words)),
        papers=tuple(_papers(opened, item)),
        signatures=tuple(_signatures(verdict, standard)),
        may=may(actor, opened, item) - (WHILE_UNDECIDED if decided else frozenset()),
        form=form,
        form_context=form.load(item.place) if form and form.load else {},
        signed_by_row=_signed_by(verdict, opened, answers, words),
        next=outlook.if_passed(opened, answers),
        next_if_not=outlook.if_failed(opened),
        held=opened.case.held,
        decided=decided,
        waiting=refusing.retold(item.waiting, words_of(item)),
        nobody=why_nobody(item) if not item.responsible_id and not item.by_system else "",
        back_to=stage_title(standard, stage.gate.fail.back_to) if stage.gate and stage.gate.fail else "",
        faults=choices_of(opened.program),
        key_point=next((said(step.key) for step in stage.steps if step.key), ""),
        uncertified=_uncertified(opened, actor, now),
        advisory=verdict.advisory,
    )


def _uncertified(opened: Opened, actor: Actor, now: datetime) -> str:
    """A word to somebody who would work here and is not certified for it; empty where the standard asks for no certificates."""
    stage, wanted = opened.stage, opened.program.certified
    concerned = actor.person_id is not None and opened.item is not None and opened.item.role in actor.roles
    if stage.id not in wanted or not concerned or Certificates(now).holds(wanted[stage.id], actor.person_id or 0):
        return ""
    if opened.program.only_certified:
        return _("You are not certified for this stage: only somebody who is may do it.")
    return _("You are not certified for this stage yet.")


def _decided(opened: Opened, item: WorkItem) -> str:
    """Why there is nothing to do at a stage whose gate has been decided: it waits for signatures, or for the role that took over."""
    if opened.item is None or opened.item.kind not in WITH_RUN:
        return ""
    try:
        checks.require_undecided(opened.case, opened.item)
    except Refusal as waiting:
        return refusing.sentence(waiting, words_of(item))
    return ""


def may(actor: Actor, opened: Opened, item: WorkItem | None) -> frozenset[str]:
    """The acts that the actor may do here, of those that pages offer; the acts themselves ask again."""
    offers = {
        "work": (rights.STAGE_WORK, ()),
        "claim": ("item.claim", (item.role,) if item else ()),
        "release": ("item.release", ()),
        "sign": ("item.sign", (item.role,) if item else ()),
        "decide": ("item.decide", (item.role,) if item else ()),
        "send_back": ("item.send_back", ()),
        "attach": ("document.attach", ()),
        **_exceptions(opened.program.standard),
    }
    holder = item.responsible_id if item else None
    allowed = {
        name for name, (act, named) in offers.items() if rights.allows(duties.duties_of(actor, opened, holder_id=holder, named=named), act)
    }
    return frozenset(allowed - (_nonsense(item) if item else set()))


def _nonsense(item: WorkItem) -> set[str]:
    """What this kind of item does not know, whoever asks."""
    senseless = {"sign"} if item.kind != "approval" else {"work", "send_back"}
    if item.kind != "decision":
        senseless.add("decide")
    return senseless | {"claim" if item.claimed else "release"}


def _exceptions(standard: Standard) -> dict[str, tuple[str, tuple[str, ...]]]:
    rules = standard.exceptions
    offers: dict[str, tuple[str, tuple[str, ...]]] = {}
    if rules.cancel:
        offers["cancel"] = ("order.cancel", tuple(rules.cancel.by))
    if rules.change:
        offers["change"] = ("order.change", tuple(rules.change.by))
    if rules.complaint:
        offers["complain"] = ("order.complain", tuple(rules.complaint.by))
    for kind in rules.hold.types if rules.hold else ():
        offers[f"hold.{kind.id}"] = ("order.hold", tuple(kind.by))
    return offers


def _steps(opened: Opened, item: WorkItem, proven: frozenset[str]) -> tuple[StepRow, ...]:
    recorded: dict[str, Evidence] = {}
    for evidence in Evidence.objects.filter(order_id=item.order_id, stage=item.stage, path=item.path, run=item.run).order_by("id"):
        recorded[evidence.step] = evidence
    names = dict(Person.objects.filter(key__in={one.actor for one in recorded.values()}).values_list("key", "name")) if recorded else {}
    by_itself = proofs.needs_of(opened.stage).by_itself
    return tuple(
        _step(number, step, recorded.get(step.id), names, by_itself=step.id in by_itself, proven=step.id in proven)
        for number, step in enumerate(opened.stage.steps, start=1)
    )


def _step(number: int, step: Step, recorded: Evidence | None, names: Mapping[str, str], *, by_itself: bool, proven: bool) -> StepRow:
    words = ""
    if recorded:
        value = {"yes": _("done")}.get(recorded.value, dict(step_rows.choices_of(step)).get(recorded.value, recorded.value))
        words = _("%(value)s (%(who)s)") % {"value": value, "who": names.get(recorded.actor, recorded.actor)}
    elif proven and step.evidence and step.evidence.kind == "document":
        words = _("the document is there")
    return step_rows.step_row(number, step, recorded=words, by_itself=by_itself)


def _criteria(
    states: Sequence[gates.CriterionState], opened: Opened, answers: FactAnswers, words: FactWords, actor: Actor
) -> list[CriterionRow]:
    by_id = {state.id: state for state in states}
    stage, standard = opened.stage, opened.program.standard
    answered = opened.item is not None and opened.case.decision(opened.item) is not None  # it waits for signatures: all was answered yes
    rows = []
    for number, criterion in enumerate(stage.gate.criteria if stage.gate else (), start=1):
        state = by_id[criterion.id]
        asked = criterion.ask is not None
        waivable = not asked and not state.met and opened.item is not None and opened.item.kind in WITH_RUN
        rows.append(
            CriterionRow(
                number=number,
                id=criterion.id,
                text=criterion_text(criterion),
                asked=asked,
                state="met" if state.met or (asked and answered) else "unmet" if state.holds is False else "" if asked else "unknown",
                missing=_(", ").join(words.title(name) for name in state.missing),
                waived=state.waived,
                reason=None if asked else _reason(criterion, opened, answers, words),
                waivers=_(", ").join(role(standard, name) for name in criterion.waive) if waivable else "",
                may_waive=waivable and not actor.roles.isdisjoint(criterion.waive),
            )
        )
    return rows


def _reason(criterion: Criterion, opened: Opened, answers: FactAnswers, words: FactWords) -> Reason:
    assert opened.item is not None, "criteria stand at an item"
    why = answers.why(opened.program.criteria[opened.item.stage, criterion.id], opened.item.path)
    return reason_of(why, opened.program.standard, words)


def _signed_by(verdict: gates.GateVerdict, opened: Opened, answers: FactAnswers, words: FactWords) -> FiredRow | None:
    """The row of the table that asks for signatures; None where nobody must sign."""
    gate = opened.stage.gate
    if gate is None or gate.approve is None or not (verdict.signatories or verdict.signed):
        return None
    return fired_row(answers.fired(gate.approve), opened.program.standard, words)


def _facts(item: WorkItem, facts: Facts, opened: Opened, words: FactWords) -> list[tuple[str, str]]:
    values = {name: facts.value(opened.program, name, item.order_id) for name in catalogue.seen_by(item.act)}
    return [(words.title(name), words.value(name, value)) for name, value in values.items()]


def _papers(opened: Opened, item: WorkItem) -> list[PaperRow]:
    stage, standard = opened.stage, opened.program.standard
    by_document = tuple(step.evidence.document for step in stage.steps if step.evidence and step.evidence.document)
    kinds = list(dict.fromkeys((*stage.needs, *stage.makes, *by_document)))
    if not kinds:
        return []
    inside = {opened.order.number, item.place}
    stored = {
        document.kind: document
        for document in StoredDocument.objects.defer("body", "data").filter(order_id=item.order_id, kind__in=kinds).order_by("id")
        if document.place in inside
    }
    made = proofs.own_documents(opened)
    return [PaperRow(kind, document_title(standard, kind), stored.get(kind), kind in stage.needs, kind not in made) for kind in kinds]


def _signatures(verdict: gates.GateVerdict, standard: Standard) -> list[SignatureRow]:
    signed = [SignatureRow("", _(", ").join(people)) for people in verdict.signed]
    waiting = verdict.signatories if isinstance(verdict.signatories, tuple) else ()
    return signed + [SignatureRow(role(standard, name), "") for name in waiting]
