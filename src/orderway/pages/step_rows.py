"""A step as the part `web/parts/evidence.html` shows it, on a task and on a practice order. What proves it the page knows."""

from __future__ import annotations

from dataclasses import dataclass

from orderway.pages.templatetags.ow import said
from orderway.standard.document import Step


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the task. `recorded` says what proves it already; `by_itself`: the act's own record will."""

    number: int
    step: Step
    do: str
    key: str
    why: str
    kind: str
    label: str
    choices: tuple[tuple[str, str], ...]
    recorded: str
    by_itself: bool


def step_row(number: int, step: Step, *, recorded: str, by_itself: bool) -> StepRow:
    """The step in the reader's words."""
    evidence = step.evidence
    return StepRow(
        number=number,
        step=step,
        do=said(step.do),
        key=said(step.key),
        why=said(step.why),
        kind=evidence.kind if evidence else "",
        label=said(evidence.label) if evidence else "",
        choices=choices_of(step),
        recorded=recorded,
        by_itself=by_itself,
    )


def choices_of(step: Step) -> tuple[tuple[str, str], ...]:
    """What may be chosen at a step, as (id, words)."""
    evidence = step.evidence
    return tuple(zip(evidence.choice_ids, map(said, evidence.choices), strict=True)) if evidence else ()
