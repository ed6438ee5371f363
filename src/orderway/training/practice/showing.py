"""A practice order as its page shows it: the order, what lies there, the task with the parts of the real one, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from orderway.engine import gates
from orderway.engine.answers import FactAnswers
from orderway.engine.case import OpenItem
from orderway.engine.program import Program
from orderway.orders import proofs
from orderway.pages import fact_titles
from orderway.pages.standard_view import criterion_text, document_title, stage_title
from orderway.pages.step_rows import StepRow, choices_of, step_row
from orderway.pages.templatetags.ow import said
from orderway.standard.document import Stage, Standard
from orderway.standard.values import UNKNOWN, Value
from orderway.training.models import PracticeOrder, PracticeStep
from orderway.training.practice import words
from orderway.training.practice.fields import COUNTED, Field
from orderway.training.practice.paper import Paper
from orderway.training.practice.planting import DIFFERENCES
from orderway.training.practice.playing import FIELD, LEARNER, Play, brought
from orderway.training.practice.practising import play_of, program_for
from orderway.training.practice.scene import Fault, Scene

TICKED = frozenset({"photo", "file"})  # nobody has a camera at hand to practise: the step is ticked, nothing is stored


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion, as the part `web/parts/criterion.html` of the real task shows it."""

    number: int
    id: str
    text: str
    asked: bool
    state: str
    waived: bool
    missing: str = ""
    reason: None = None
    waivers: str = ""
    may_waive: bool = False


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A document that is to be brought: the order number that stands on the one that lies there."""

    kind: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the real act's form. `usual`: what the order says; `value`: what was entered rightly before, or is sent again."""

    name: str
    label: str
    counted: bool
    sku: str
    usual: str
    value: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """The learner's task. `found`: what may be said to be wrong, as (answer, words) by group. `may`: the acts that are offered."""

    item: OpenItem
    title: str
    clause: str
    key_point: str
    steps: tuple[StepRow, ...]
    criteria: tuple[CriterionRow, ...]
    facts: tuple[tuple[str, str], ...]
    papers: tuple[PaperRow, ...]
    readings: tuple[tuple[str, str], ...]
    fields: tuple[FieldRow, ...]
    usual: str
    lies: Paper
    found: tuple[tuple[str, str], ...]
    waivable: tuple[tuple[str, str], ...]
    may: frozenset[str]
    back_to: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of the practice in words; `wrong`: it was a mistake of the learner."""

    number: int
    who: str
    act: str
    stage: str
    verdict: str
    wrong: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was planted, and whether the learner found it."""

    stage: str
    what: str
    found: bool


def scene_of(play: Play, item: OpenItem, scene: Scene) -> tuple[Paper, Fault | None]:
    """What lies before the learner at a task."""
    fault = play.fault(item)
    return (fault.paper if fault and fault.how == "difference" and fault.paper else scene.order), fault


def task_of(practice: PracticeOrder, play: Play, scene: Scene, sent: Mapping[str, str] | None = None) -> TaskView | None:
    """The task that is to be done now; `sent`: what was typed into its form and refused."""
    item = play.task
    if item is None:
        return None
    program = program_for(practice)
    stage = program.stage(item.stage)
    answers = play.answers(item)
    verdict = gates.check(program, play.case, item, play.work(item), answers)
    lies, fault = scene_of(play, item, scene)
    signing = item.kind in ("approval", "decision")
    criteria = _criteria(stage, verdict.criteria, signing)
    return TaskView(
        item=item,
        title=stage_title(program.standard, stage.id),
        clause=_clause(practice, stage.id),
        key_point=next((said(step.key) for step in stage.steps if step.key), ""),
        steps=() if signing else tuple(_steps(play, item, stage)),
        criteria=tuple(criteria),
        facts=tuple(_facts(program, item, answers, scene, fault)),
        papers=() if signing else tuple(_papers(play, program.standard, stage, scene, fault)),
        readings=() if signing else (*_readings(stage, scene), *_lying(play.fields(item))),
        fields=tuple(_fields(play, item, sent or {})),
        usual=next((str(words.USUAL[one.kind]) for one in play.fields(item) if one.kind in words.USUAL), ""),
        lies=lies,
        found=tuple(_found(program.standard, stage, signing)),
        waivable=tuple((row.id, row.text) for row in criteria if _may_waive(stage, row, practice.role) and not signing),
        may=_may(item, stage),
        back_to=stage_title(program.standard, stage.gate.fail.back_to) if stage.gate and stage.gate.fail else "",
    )


def entries(practice: PracticeOrder, steps: Sequence[PracticeStep]) -> list[Entry]:
    """The steps in words."""
    standard = program_for(practice).standard
    return [
        Entry(
            number=step.number,
            who=words.who(standard, step),
            act=words.act(step),
            stage=stage_title(standard, step.stage) if step.stage else "",
            verdict=words.verdict(standard, step) if step.verdict else "",
            wrong=step.verdict not in ("", "right"),
            clause=_clause(practice, step.stage, _step_read(step)) if step.stage else "",
        )
        for step in steps
    ]


def _step_read(step: PracticeStep) -> str:
    """The step whose proof did not match, if it was one."""
    return step.about if step.verdict == "wrong_reading" and not step.about.startswith(FIELD) else ""


def mistakes(steps: Sequence[PracticeStep]) -> list[tuple[str, int]]:
    """How often the learner went wrong in which way; only what happened."""
    counted = {kind: sum(1 for step in steps if step.verdict == kind) for kind in words.MISTAKES}
    return [(str(words.MISTAKES[kind]), count) for kind, count in counted.items() if count]


def planted(practice: PracticeOrder, steps: Sequence[PracticeStep], scene: Scene) -> list[Planted]:
    """The faults and whether they were found, for when it is over. A fault that was never met is left out."""
    standard = program_for(practice).standard
    settled = play_of(practice).position.settled
    missed = {(step.stage, step.about) for step in steps if step.who == LEARNER and step.verdict == "missed"}
    return [
        Planted(
            stage_title(standard, fault.where[0]),
            words.wrong(standard, program_for(practice).stage(fault.where[0]), fault.answer),
            (fault.where[0], fault.answer) not in missed,
        )
        for fault in scene.faults
        if fault.where in settled
    ]


# --- parts --------------------------------------------------------------------------------------------------------------


def _steps(play: Play, item: OpenItem, stage: Stage) -> list[StepRow]:
    proven = play.work(item).steps
    needs = proofs.needs_of(stage)
    rows = []
    for number, step in enumerate(stage.steps, start=1):
        by_itself = step.id in needs.by_itself
        recorded = words.recorded() if step.id in proven and not by_itself else ""
        row = step_row(number, step, recorded=recorded, by_itself=by_itself)
        rows.append(replace(row, kind="tick") if row.kind in TICKED else row)
    return rows


def _criteria(stage: Stage, states: Sequence[gates.CriterionState], signing: bool) -> list[CriterionRow]:
    by_id = {state.id: state for state in states}
    rows = []
    for number, criterion in enumerate(stage.gate.criteria if stage.gate else (), start=1):
        state, asked = by_id[criterion.id], criterion.ask is not None
        met = state.met or (asked and signing)
        shown = "met" if met else "unmet" if state.holds is False else "" if asked else "unknown"
        rows.append(CriterionRow(number, criterion.id, criterion_text(criterion), asked, shown, state.waived))
    return rows


def _facts(program: Program, item: OpenItem, answers: FactAnswers, scene: Scene, fault: Fault | None) -> list[tuple[str, str]]:
    """The facts behind the automatic criteria and the signatures: what the system sees."""
    gate = program.stage(item.stage).gate
    if gate is None:
        return []
    rules = [program.criteria[item.stage, one.id].compiled for one in gates.autos(gate)]
    tables = [*(table for rule in rules for table in rule.tables), *([gate.approve] if gate.approve else [])]
    names = [*(name for rule in rules for name in rule.names), *(name for table in tables for name in program.tables[table].names)]
    facts = {**scene.facts, **(fault.facts if fault else {})}
    return [row for name in dict.fromkeys(names) for row in _fact(program.standard, name, facts)]


def _fact(standard: Standard, name: str, facts: Mapping[str, Value]) -> list[tuple[str, str]]:
    """A fact in words; a field of a list as its values line by line."""
    declared = standard.facts.get(name)
    if declared is not None and declared.type.kind != "list":
        return [(fact_titles.title(name), words.value(facts.get(name, UNKNOWN), declared.type.kind))]
    outer, _dot, field = name.rpartition(".")
    records = facts.get(outer)
    if declared is None and isinstance(records, tuple):
        return [(fact_titles.title(name), " · ".join(words.value(record.get(field, UNKNOWN)) for record in records))]
    return []


def _papers(play: Play, standard: Standard, stage: Stage, scene: Scene, fault: Fault | None) -> list[PaperRow]:
    strange = fault.paper.number if fault and fault.how == "document" and fault.paper else ""
    return [
        PaperRow(kind, document_title(standard, kind), strange if strange and fault and fault.what == kind else scene.order.number)
        for kind in play.to_attach(stage)
    ]


def _readings(stage: Stage, scene: Scene) -> list[tuple[str, str]]:
    rows = []
    for step in stage.steps:
        reading = scene.readings.get((stage.id, step.id))
        if reading is not None:
            label = said(step.evidence.label) if step.evidence and step.evidence.label else said(step.do)
            rows.append((label, dict(choices_of(step)).get(reading, reading)))
    return rows


def _lying(fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    """What lies there for the form: the shelf, the parcel, the signature."""
    for one in fields:
        label = str(words.LIES[one.kind])
        yield (f"{label}: {one.sku}" if one.sku else label), one.wanted


def _fields(play: Play, item: OpenItem, sent: Mapping[str, str]) -> Iterator[FieldRow]:
    entered = play.entered(item)
    for one in play.fields(item):
        value = sent.get(f"field.{one.name}", entered.get(one.name, ""))
        yield FieldRow(one.name, str(words.ENTERED[one.kind]), one.kind in COUNTED, one.sku, one.usual, value)


def _found(standard: Standard, stage: Stage, signing: bool) -> list[tuple[str, str]]:
    answers = [f"difference:{what}" for what in DIFFERENCES]
    if not signing:
        answers += [f"document:{kind}" for kind in brought(stage)]
        answers += [f"criterion:{one.id}" for one in gates.autos(stage.gate)]
    return [(answer, words.wrong(standard, stage, answer)) for answer in answers]


def _may_waive(stage: Stage, row: CriterionRow, role: str) -> bool:
    gate = stage.gate
    return row.state == "unmet" and not row.asked and any(one.id == row.id and role in one.waive for one in (gate.criteria if gate else ()))


def _may(item: OpenItem, stage: Stage) -> frozenset[str]:
    if item.kind == "approval":
        return frozenset({"sign"})
    if item.kind == "decision":
        return frozenset({"decide"})
    return frozenset({"work", "stop", *(["send_back"] if stage.gate and stage.gate.fail else [])})


def _clause(practice: PracticeOrder, stage: str, step: str = "") -> str:
    page = reverse("standard_stage", args=[practice.version.standard_id, practice.version.version, stage])
    return f"{page}#step-{step}" if step else page
