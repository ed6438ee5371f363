"""What is wrong inside a stage: limit, steps, calendar, and the act of the product that it is bound to. Never looks at its gate."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import Evidence, Stage, Step, Text
from orderway.standard.draft import Draft, listed, suggestion
from orderway.standard.flow import passed_before
from orderway.standard.problems import Problem
from orderway.standard.providers import missing_reason
from orderway.standard.sentences import Sentence

LONGEST_STEP_TEXT = 120
"""Characters. STANDARD: a step is one line of a job instruction, not a paragraph."""


def stage_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of every stage, and of the standard's own calendar."""
    yield from _standard_calendar(draft)
    for stage in draft.standard.stages.values():
        yield from _times(draft, stage)
        yield from _steps(draft, stage)
        yield from _binding(draft, stage)
    yield from _act_needs(draft)


def _standard_calendar(draft: Draft) -> Iterator[Problem]:
    standard = draft.standard
    if standard.calendar not in standard.calendars:
        hint = suggestion(standard.calendar, standard.calendars)
        message = Sentence(
            "The standard's calendar '{calendar}' is not defined.{hint} Define it under calendars.", calendar=standard.calendar, hint=hint
        )
        yield Problem("calendar-unknown", draft.at("calendar", otherwise=standard.mark), message)


def _times(draft: Draft, stage: Stage) -> Iterator[Problem]:
    if not 0 < stage.warn < 100:
        mark = draft.at("stages", stage.id, "warn", otherwise=stage.mark)
        message = Sentence(
            "Stage '{stage}' warns at {warn} % of its limit. Choose a share between 1 % and 99 %.", stage=stage.id, warn=stage.warn
        )
        yield Problem("stage-warn", mark, message)
    if stage.calendar is not None and stage.calendar not in draft.standard.calendars:
        mark = draft.at("stages", stage.id, "calendar", otherwise=stage.mark)
        hint = suggestion(stage.calendar, draft.standard.calendars)
        yield Problem(
            "calendar-unknown",
            mark,
            Sentence(
                "Calendar '{calendar}' of stage '{stage}' is not defined.{hint} Define it.",
                calendar=stage.calendar,
                stage=stage.id,
                hint=hint,
            ),
        )
    yield from _escalations(draft, stage)


def _escalations(draft: Draft, stage: Stage) -> Iterator[Problem]:
    earlier = 0
    for index, escalation in enumerate(stage.escalate):
        if escalation.after <= earlier:
            mark = draft.at("stages", stage.id, "escalate", index, otherwise=escalation.mark)
            message = Sentence(
                "Stage '{stage}' escalates after {after} %, not later than the one before. Put them in rising order.",
                stage=stage.id,
                after=escalation.after,
            )
            yield Problem("escalation-order", mark, message)
        earlier = escalation.after


def _steps(draft: Draft, stage: Stage) -> Iterator[Problem]:
    if not stage.steps:
        mark = draft.at("stages", stage.id, "steps", otherwise=stage.mark)
        yield Problem(
            "stage-steps", mark, Sentence("Stage '{stage}' has no steps, so nobody knows what to do. Write at least one.", stage=stage.id)
        )
    seen: set[str] = set()
    for index, step in enumerate(stage.steps):
        if step.id in seen:
            mark = draft.at("stages", stage.id, "steps", index, "id", otherwise=step.mark)
            message = Sentence(
                "Stage '{stage}' has two steps with the id '{step}'. Rename one; evidence hangs on the id.", stage=stage.id, step=step.id
            )
            yield Problem("step-twice", mark, message)
        seen.add(step.id)
        if step.evidence is None:
            message = Sentence(
                "Step '{step}' of '{stage}' has no evidence, so nobody can prove it. Add one, tick at least.", step=step.id, stage=stage.id
            )
            yield Problem("step-evidence", step.mark, message, "warning")
        yield from _long_texts(stage, step)


def _long_texts(stage: Stage, step: Step) -> Iterator[Problem]:
    for key, text in (("do", step.do), ("key", step.key), ("why", step.why)):
        length = _longest(text)
        if length > LONGEST_STEP_TEXT:
            message = Sentence(
                "Step '{step}' of '{stage}': {key} has {length} characters. Say it in {most}, or make two steps of it.",
                step=step.id,
                stage=stage.id,
                key=key,
                length=length,
                most=LONGEST_STEP_TEXT,
            )
            yield Problem("step-long", text.mark if text else step.mark, message, "warning")


def _longest(text: Text | None) -> int:
    return max((len(value) for _, value in text.values), default=0) if text else 0


def _binding(draft: Draft, stage: Stage) -> Iterator[Problem]:
    act = draft.act_of(stage)
    if stage.does is not None and act is None:
        mark = draft.at("stages", stage.id, "does", otherwise=stage.mark)
        hint = suggestion(stage.does, draft.catalogue.acts)
        known = ", ".join(draft.catalogue.acts)
        yield Problem(
            "act-unknown",
            mark,
            Sentence("The product has no act '{does}'.{hint} Name one of: {known}.", does=stage.does, hint=hint, known=known),
        )
    if stage.runs == "system":
        yield from _system_stage(draft, stage, act)


def _system_stage(draft: Draft, stage: Stage, act: CatalogueAct | None) -> Iterator[Problem]:
    mark = draft.at("stages", stage.id, "runs", otherwise=stage.mark)
    if stage.does is None or (act is not None and not act.by_system):
        reason = Sentence("act '{does}' needs a person", does=stage.does) if stage.does else Sentence("it names no act (does)")
        yield Problem(
            "system-act",
            mark,
            Sentence("The system cannot run stage '{stage}': {reason}. Write runs: person.", stage=stage.id, reason=reason),
        )
        return
    for index, step in enumerate(stage.steps):
        if act is not None and step.evidence is not None and not _proved_by(act, step.evidence, draft):
            mark = draft.at("stages", stage.id, "steps", index, "evidence", otherwise=step.mark)
            message = Sentence(
                "The system runs stage '{stage}' but step '{step}' wants evidence that only a person can give "
                "({kind}). Write evidence: system, or runs: person.",
                stage=stage.id,
                step=step.id,
                kind=step.evidence.kind,
            )
            yield Problem("system-evidence", mark, message)


def _proved_by(act: CatalogueAct, evidence: Evidence, draft: Draft) -> bool:
    if evidence.kind in act.records:
        return True
    document = draft.standard.documents.get(evidence.document or "")
    return document is not None and document.template in act.templates


def _act_needs(draft: Draft) -> Iterator[Problem]:
    for stage, position in draft.placed_stages():
        act = draft.act_of(stage)
        passed = passed_before(position)
        lacking = {name: missing_reason(draft, name, passed) for name in (act.needs if act else ())}
        reasons = {name: reason for name, reason in lacking.items() if reason}
        if reasons:
            mark = draft.at("stages", stage.id, "does", otherwise=stage.mark)
            message = Sentence(
                "'{does}' of stage '{stage}' needs {facts}: {reason}",
                does=stage.does or "",
                stage=stage.id,
                facts=listed(reasons),
                reason=next(iter(reasons.values())),
            )
            yield Problem("act-needs", mark, message)
