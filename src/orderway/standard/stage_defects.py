"""What is wrong inside a stage: limit, steps, calendar, and the act of the product that it is bound to. Never looks at its gate."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import Evidence, Stage, Step, Text
from orderway.standard.draft import Draft, listed, suggestion
from orderway.standard.flow import passed_before
from orderway.standard.problems import Problem
from orderway.standard.providers import missing_reason

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
        message = f"The standard's calendar '{standard.calendar}' is not defined.{hint} Define it under calendars."
        yield Problem("calendar-unknown", draft.at("calendar", otherwise=standard.mark), message)


def _times(draft: Draft, stage: Stage) -> Iterator[Problem]:
    if not 0 < stage.warn < 100:
        mark = draft.at("stages", stage.id, "warn", otherwise=stage.mark)
        message = f"Stage '{stage.id}' warns at {stage.warn} % of its limit. Choose a share between 1 % and 99 %."
        yield Problem("stage-warn", mark, message)
    if stage.calendar is not None and stage.calendar not in draft.standard.calendars:
        mark = draft.at("stages", stage.id, "calendar", otherwise=stage.mark)
        hint = suggestion(stage.calendar, draft.standard.calendars)
        yield Problem("calendar-unknown", mark, f"Calendar '{stage.calendar}' of stage '{stage.id}' is not defined.{hint} Define it.")
    yield from _escalations(draft, stage)


def _escalations(draft: Draft, stage: Stage) -> Iterator[Problem]:
    earlier = 0
    for index, escalation in enumerate(stage.escalate):
        if escalation.after <= earlier:
            mark = draft.at("stages", stage.id, "escalate", index, otherwise=escalation.mark)
            message = f"Stage '{stage.id}' escalates after {escalation.after} %, not later than the one before. Put them in rising order."
            yield Problem("escalation-order", mark, message)
        earlier = escalation.after


def _steps(draft: Draft, stage: Stage) -> Iterator[Problem]:
    if not stage.steps:
        mark = draft.at("stages", stage.id, "steps", otherwise=stage.mark)
        yield Problem("stage-steps", mark, f"Stage '{stage.id}' has no steps, so nobody knows what to do. Write at least one.")
    seen: set[str] = set()
    for index, step in enumerate(stage.steps):
        if step.id in seen:
            mark = draft.at("stages", stage.id, "steps", index, "id", otherwise=step.mark)
            message = f"Stage '{stage.id}' has two steps with the id '{step.id}'. Rename one; evidence hangs on the id."
            yield Problem("step-twice", mark, message)
        seen.add(step.id)
        if step.evidence is None:
            message = f"Step '{step.id}' of '{stage.id}' has no evidence, so nobody can prove it. Add one, tick at least."
            yield Problem("step-evidence", step.mark, message, "warning")
        yield from _long_texts(stage, step)


def _long_texts(stage: Stage, step: Step) -> Iterator[Problem]:
    for key, text in (("do", step.do), ("key", step.key), ("why", step.why)):
        length = _longest(text)
        if length > LONGEST_STEP_TEXT:
            message = (
                f"Step '{step.id}' of '{stage.id}': {key} has {length} characters. Say it in {LONGEST_STEP_TEXT}, or make two steps of it."
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
        yield Problem("act-unknown", mark, f"The product has no act '{stage.does}'.{hint} Name one of: {known}.")
    if stage.runs == "system":
        yield from _system_stage(draft, stage, act)


def _system_stage(draft: Draft, stage: Stage, act: CatalogueAct | None) -> Iterator[Problem]:
    mark = draft.at("stages", stage.id, "runs", otherwise=stage.mark)
    if stage.does is None or (act is not None and not act.by_system):
        reason = f"act '{stage.does}' needs a person" if stage.does else "it names no act (does)"
        yield Problem("system-act", mark, f"The system cannot run stage '{stage.id}': {reason}. Write runs: person.")
        return
    for index, step in enumerate(stage.steps):
        if act is not None and step.evidence is not None and not _proved_by(act, step.evidence, draft):
            mark = draft.at("stages", stage.id, "steps", index, "evidence", otherwise=step.mark)
            message = (
                f"The system runs stage '{stage.id}' but step '{step.id}' wants evidence that only a person can give "
                f"({step.evidence.kind}). Write evidence: system, or runs: person."
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
            message = f"'{stage.does}' of stage '{stage.id}' needs {listed(reasons)}: {next(iter(reasons.values()))}"
            yield Problem("act-needs", mark, message)
