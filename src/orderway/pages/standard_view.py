"""A standard in the reader's words: roles by their titles, evidence, criteria, tables and exceptions as sentences. Reads no database."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orderway.pages import fact_titles
from orderway.pages.templatetags.ow import hold_kind, limit, said
from orderway.standard.document import Criterion, Evidence, Stage, StageId, Standard, Step, Table
from orderway.standard.sentences import Sentence, Value


@dataclass(frozen=True, slots=True)
class StepView:
    """A step: what, how, why, and what proves it."""

    id: str
    do: str
    key: str
    why: str
    proof: str


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A criterion: its words, who judges it, the rule as written, who may waive it."""

    id: str
    text: str
    automatic: bool
    rule: str
    waive: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A decision table with its inputs and role outputs in words."""

    id: str
    inputs: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], str], ...]
    first: bool


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage as its page shows it."""

    stage: Stage
    number: int
    owner: str
    limit: str
    purpose: str
    by_system: bool
    advisory: bool
    steps: tuple[StepView, ...]
    criteria: tuple[CriterionView, ...]
    sentences: tuple[str, ...]
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What concerns the whole process."""

    owner: str
    roles: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str], ...]
    exceptions: tuple[str, ...]
    tables: tuple[TableView, ...]
    measures: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]


def role(standard: Standard, role_id: str) -> str:
    """The title of a role; the id where the standard has none (an old entry of a journal may name it)."""
    return said(found.title) if (found := standard.roles.get(role_id)) else role_id  # type: ignore[call-overload]


def stage_title(standard: Standard, stage_id: str) -> str:
    """The title of a stage, or its id."""
    return said(standard.stages[StageId(stage_id)].title) if stage_id in standard.stages else stage_id


def named(standard: Standard, sentence: Sentence) -> str:
    """What a check says, in the reader's language, with the titles of roles and stages in the place of their ids."""
    return sentence.saying({name: _title(standard, name, value) for name, value in sentence.values.items()}).said(_)


def _title(standard: Standard, name: str, value: Value) -> Value:
    match name, value:
        case "role", str(id_):
            return role(standard, id_)
        case (("stage" | "earlier"), str(id_)):
            return stage_title(standard, id_)
        case "stages", tuple(ids):
            return tuple(stage_title(standard, str(id_)) for id_ in ids)
    return value


def document_title(standard: Standard, kind: str) -> str:
    """The title of a document, or its id."""
    return said(standard.documents[kind].title) if kind in standard.documents else kind


def step_title(stage: Stage, step_id: str) -> str:
    """What a step says, or its id."""
    return said(step.do) if (step := stage.step(step_id)) else step_id


def criterion_text(criterion: Criterion) -> str:
    """The words of a criterion: its question or title, else the rule itself."""
    text = said(criterion.ask) or said(criterion.title)
    return text or (criterion.auto.source if criterion.auto else criterion.id)


def stage_view(standard: Standard, stage: Stage, number: int) -> StageView:
    """Everything about a stage."""
    return StageView(
        stage=stage,
        number=number,
        owner=role(standard, stage.owner),
        limit=limit(stage.limit),
        purpose=purpose(standard, stage),
        by_system=stage.runs == "system",
        advisory=stage.id in standard.advisory,
        steps=tuple(_step(standard, step) for step in stage.steps),
        criteria=tuple(_criterion(standard, criterion) for criterion in (stage.gate.criteria if stage.gate else ())),
        sentences=tuple(_gate_sentences(standard, stage)),
        needs=tuple(document_title(standard, kind) for kind in stage.needs),
        makes=tuple(document_title(standard, kind) for kind in stage.makes),
        tables=tuple(table_view(standard, table) for table in standard.tables.values() if _concerns(stage, table.id)),
    )


def not_on_yet() -> str:
    """What an advisory stage is, for whoever works there."""
    return _("This stage is being introduced and is not on yet: what it asks is shown and recorded, and stops nobody.")


def purpose(standard: Standard, stage: Stage) -> str:
    """What the stage is there for: what leaves it, else the reason of its first step, else what is done first."""
    if stage.makes:
        return _("makes %(documents)s") % {"documents": _(", ").join(document_title(standard, kind) for kind in stage.makes)}
    return next((said(step.why) for step in stage.steps if step.why), said(stage.steps[0].do) if stage.steps else "")


def overview(standard: Standard) -> Overview:
    """What concerns the whole process."""
    return Overview(
        owner=role(standard, standard.owner),
        roles=tuple((said(found.title), _duties(standard, found.id)) for found in standard.roles.values()),
        documents=tuple((said(kind.title), limit(kind.keep)) for kind in standard.documents.values()),
        exceptions=tuple(_exceptions(standard)),
        tables=tuple(table_view(standard, table) for table in standard.tables.values()),
        measures=tuple((said(measure.title), measure.target or "") for measure in standard.kpis),
        changes=tuple((change.version, said(change.reason)) for change in standard.changes),
    )


def table_view(standard: Standard, table: Table) -> TableView:
    """A table with its outputs in words."""
    roles = table.output == "role"

    def output(values: tuple[str, ...]) -> str:
        shown = [role(standard, value) if roles else value for value in values]
        return _(", ").join(shown) if shown else pgettext("approval by nobody", "nobody")

    rows = tuple((row.tests, output(row.output)) for row in table.rows)
    inputs = tuple(fact_titles.expression(part.source, standard.facts) for part in table.inputs)
    return TableView(table.id, inputs, rows, table.hit == "first")


def proof(standard: Standard, evidence: Evidence | None) -> str:
    """What proves a step, in words."""
    if evidence is None:
        return ""
    if evidence.kind == "document":
        return _("Proof: the document %(name)s") % {"name": document_title(standard, evidence.document or "")}
    return {
        "tick": _("Proof: a tick"),
        "number": _("Proof: a number"),
        "choice": _("Proof: a choice"),
        "photo": _("Proof: a photo"),
        "scan": _("Proof: a scan"),
        "file": _("Proof: a file"),
        "system": _("Proof: the system's own record"),
    }[evidence.kind]


def _step(standard: Standard, step: Step) -> StepView:
    return StepView(step.id, said(step.do), said(step.key), said(step.why), proof(standard, step.evidence))


def _criterion(standard: Standard, criterion: Criterion) -> CriterionView:
    waive = _(", ").join(role(standard, role_id) for role_id in criterion.waive)
    return CriterionView(
        criterion.id, criterion_text(criterion), criterion.auto is not None, criterion.auto.source if criterion.auto else "", waive
    )


def _gate_sentences(standard: Standard, stage: Stage) -> list[str]:
    gate = stage.gate
    if gate is None:
        return []
    sentences = []
    if gate.not_by:
        stages = _(", ").join(stage_title(standard, other) for other in gate.not_by)
        sentences.append(_("Nobody who worked on %(stages)s of the order may decide here.") % {"stages": stages})
    if gate.approve:
        sentences.append(_("Who must sign is said by the table %(table)s.") % {"table": gate.approve})
    if gate.fail:
        words = {"stage": stage_title(standard, gate.fail.back_to), "times": gate.fail.at_most, "role": role(standard, gate.fail.then)}
        sentences.append(_("A no sends the order back to %(stage)s, %(times)d times at most; then %(role)s decides.") % words)
    return sentences


def _concerns(stage: Stage, table: str) -> bool:
    if stage.gate is None:
        return False
    rules = [criterion.auto.source for criterion in stage.gate.criteria if criterion.auto]
    return stage.gate.approve == table or any(f"table.{table}" in rule for rule in rules)


def _duties(standard: Standard, role_id: str) -> str:
    return _(", ").join(said(stage.title) for stage in standard.stages.values() if stage.owner == role_id)


def _exceptions(standard: Standard) -> list[str]:
    rules, sentences = standard.exceptions, []

    def who(roles: tuple[str, ...]) -> str:
        return _(", ").join(_("the customer") if name == "customer" else role(standard, name) for name in roles)

    def until(stage: str | None) -> str:
        return stage_title(standard, stage) if stage else _("the end")

    if rules.cancel:
        sentences.append(_("Cancel: %(who)s, until %(stage)s.") % {"who": who(rules.cancel.by), "stage": until(rules.cancel.until)})
    if rules.change:
        sentences.append(_("Change: %(who)s, until %(stage)s.") % {"who": who(rules.change.by), "stage": until(rules.change.until)})
    for kind in rules.hold.types if rules.hold else ():
        words = {"kind": hold_kind(kind.id), "who": who(kind.by), "time": limit(kind.expires) if kind.expires else _("until it is lifted")}
        sentences.append(_("Hold %(kind)s: %(who)s, %(time)s.") % words)
        if kind.lift_when is not None:
            sentences.append(_("Hold %(kind)s lifts itself as soon as %(rule)s.") % (words | {"rule": kind.lift_when.source}))
    if rules.complaint:
        words = {"who": who(rules.complaint.by), "stage": stage_title(standard, rules.complaint.opens)}
        sentences.append(_("Complaint: %(who)s; opens %(stage)s.") % words)
    return sentences
