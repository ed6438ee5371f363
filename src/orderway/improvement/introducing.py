"""Introducing a standard stage by stage: a plan, its steps as versions made from one document, approval, switching on, stopping.

A step's version is the document with the stages of later steps still advisory. Moves no order, and changes no version that is released.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from orderway.improvement.models import Introduction, IntroductionStep
from orderway.improvement.refusals import (
    DaysOutOfOrder,
    IntroductionOver,
    IntroductionRuns,
    NotWhole,
    OneStep,
    StageNotInPlan,
    StageTwiceInPlan,
    StepBeforeOpen,
    StepWithoutStages,
)
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Person
from orderway.releases import publishing, trials
from orderway.releases.control import require
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.refusals import AnotherTrialRuns, InThePast, NoReason, WrongStatus
from orderway.standard.diff import read_version
from orderway.standard.document import Change, StageId, Standard, Text
from orderway.standard.format import write

BASES = (Version.Status.APPROVED, Version.Status.EFFECTIVE)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step switches on, and on which day; None: by a click."""

    stages: tuple[StageId, ...]
    day: date | None = None


# --- planning ---------------------------------------------------------------------------------------------------------------


def plan(base: Version, steps: Sequence[Step], reason: str, *, by: Person, now: datetime) -> Introduction:
    """Draft one version per step. Refused with NotTheirs, WrongStatus, NoReason, NotWhole, IntroductionRuns, AnotherTrialRuns, OneStep,
    StepWithoutStages, StageTwiceInPlan, StageNotInPlan, DaysOutOfOrder or InThePast."""
    whole = program_of(base.pk, base.content_hash).standard
    require(whole, by, "introduction.plan")
    if base.status not in BASES:
        raise WrongStatus(version=str(base), status=base.get_status_display(), needed=Version.Status.APPROVED.label)
    if not reason.strip():
        raise NoReason(field="reason")
    if whole.advisory:
        raise NotWhole(version=str(base), stages=list(whole.advisory))
    _require_every_stage_once(whole, steps)
    _require_rising_days(steps, localdate(now))
    with transaction.atomic():
        Version.objects.select_for_update().get(pk=base.pk)  # two plans at once: the second waits and is refused
        _require_nothing_else_runs(base.standard_id, now)
        made = Introduction.objects.create(base=base, standard_id=base.standard_id, reason=reason.strip(), begun_by=by, begun_at=now)
        for number, (step, document) in enumerate(zip(steps, documents(whole, steps), strict=True), start=1):
            version = publishing.draft(write(document), author=by.key, now=now)
            IntroductionStep.objects.create(
                introduction=made, number=number, stages=list(step.stages), version=version, planned_on=step.day
            )
            _note(version, made, step, document, by, now)
    return made


def documents(whole: Standard, steps: Sequence[Step]) -> Iterator[Standard]:
    """The document of every step: the stages of later steps are advisory, and the history says why there is one more version."""
    later = [stage for stage in whole.stages_in_flow() if stage not in steps[0].stages]
    base, history = whole, whole.changes
    for place, step in enumerate(steps, start=1):
        later = [stage for stage in later if stage not in step.stages]
        number = _next_number(base)
        history = (Change(number, _reason(whole, step, place, len(steps))), *history)
        day = step.day.isoformat() if step.day else None
        base = replace(whole, version=number, effective=day, changes=history, advisory=tuple(later), marks={})
        yield base


def _next_number(base: Standard) -> str:
    """The next minor number that no version of this standard has."""
    known = [read_version(one) or (0, 0, 0) for one in Version.objects.filter(standard_id=base.id).values_list("version", flat=True)]
    major, minor, _patch = read_version(base.version) or (1, 0, 0)
    return f"{major}.{max([minor, *(number[1] for number in known if number[0] == major)]) + 1}.0"


def _reason(whole: Standard, step: Step, place: int, of: int) -> Text:
    """The line of the version history, in every language of the document that the program speaks."""

    def said(language: str) -> str:
        titles = [whole.stages[stage].title.in_language(language, whole.languages) for stage in step.stages]
        with translation.override(language):
            words = {"place": place, "of": of, "stages": _(", ").join(titles)}
            return _("Introduction, step %(place)s of %(of)s: %(stages)s switched on") % words

    return Text(tuple((language, said(language)) for language in whole.languages))


def _require_every_stage_once(whole: Standard, steps: Sequence[Step]) -> None:
    if len(steps) < 2:
        raise OneStep(field="step")
    if empty := [number for number, step in enumerate(steps, start=1) if not step.stages]:
        raise StepWithoutStages(field="step", step=empty[0])
    planned = [stage for step in steps for stage in step.stages]
    if twice := sorted({stage for stage in planned if planned.count(stage) > 1}):
        raise StageTwiceInPlan(field="step", stages=twice)
    stages = list(whole.stages_in_flow())
    if odd := [stage for stage in (*stages, *planned) if (stage in stages) != (stage in planned)]:
        raise StageNotInPlan(field="step", stages=odd)


def _require_rising_days(steps: Sequence[Step], today: date) -> None:
    days = [step.day for step in steps if step.day is not None]
    if past := [day for day in days if day <= today]:
        raise InThePast(field="day", day=past[0].isoformat())
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise DaysOutOfOrder(field="day")


def _require_nothing_else_runs(standard_id: str, now: datetime) -> None:
    other = running(standard_id)
    if other is not None:
        raise IntroductionRuns(version=str(other.base))
    trial = trials.running(standard_id, now).first()
    if trial is not None:
        raise AnotherTrialRuns(version=str(trial.to_version))


def _note(version: Version, made: Introduction, step: Step, document: Standard, by: Person, now: datetime) -> None:
    payload = {"base": str(made.base), "on": list(step.stages), "advisory": list(document.advisory), "reason": made.reason}
    writing.append([NewEntry("release", str(version), now, "introduce", by.key, writing.canonical(payload))])


# --- going on ---------------------------------------------------------------------------------------------------------------


def approve(made: Introduction, *, by: Person, now: datetime, accept: str = "") -> Introduction:
    """Approve every step that is still a draft; their days are planned by `follow`. Refused like `publishing.approve`, all or nothing."""
    with transaction.atomic():
        made = _open(made)
        for step in _steps(made):
            if step.version.status == Version.Status.DRAFT:
                publishing.approve(step.version, by=by, now=now, accept=accept)
    return made


def switch_on(step: IntroductionStep, *, by: Person, now: datetime) -> Version:
    """Put a step in force before its day. Refused with IntroductionOver, StepBeforeOpen, or like `publishing.release`."""
    with transaction.atomic():
        made = _open(step.introduction)
        waiting = [one for one in _steps(made) if one.number < step.number and one.version.effective_at is None]
        if waiting:
            raise StepBeforeOpen(step=waiting[0].number)
        return publishing.release(step.version, by=by, now=now)


def replan(step: IntroductionStep, day: date | None, *, by: Person, now: datetime) -> Version:
    """Give an approved step another day, or none. Refused with IntroductionOver, DaysOutOfOrder, or like `publishing.plan`."""
    with transaction.atomic():
        made = _open(step.introduction)
        for other in _steps(made):
            if day is None or other.version.planned_on is None or other.number == step.number:
                continue
            if (other.version.planned_on < day) != (other.number < step.number):
                raise DaysOutOfOrder(field="day")
        return publishing.plan(step.version, day, by=by, now=now)


def stop(made: Introduction, reason: str, *, by: Person, now: datetime) -> Introduction:
    """No further step comes by itself; what is on stays on. Refused with NotTheirs, NoReason or IntroductionOver."""
    require(program_of(made.base_id).standard, by, "introduction.plan")
    if not reason.strip():
        raise NoReason(field="reason")
    with transaction.atomic():
        made = _open(made)
        _take_days_back(made, by, now)
        _end(made, Introduction.End.STOPPED, by.key, now, reason.strip())
    return made


def running(standard_id: str) -> Introduction | None:
    """The introduction of a standard that goes on."""
    return Introduction.objects.filter(standard_id=standard_id, ended_at__isnull=True).select_related("base").first()


def follow(version: Version, actor: str, now: datetime) -> None:
    """What became of a version means for the plan: an approved step gets its day, one in force closes those before, another ends it all."""
    made = running(version.standard_id)
    if made is None:
        return
    step = made.steps.filter(version=version).first()
    if version.status == Version.Status.APPROVED and step is not None and not step.day_given:
        _plan_day(step, version, now)
    elif version.status == Version.Status.EFFECTIVE:
        _in_force(made, step, Person.objects.get(key=actor), now)


def _plan_day(step: IntroductionStep, version: Version, now: datetime) -> None:
    """Once, on approval. A day that passed while the step waited for it is left to a click."""
    step.day_given = True
    step.save(update_fields=["day_given"])
    if step.planned_on is not None and step.planned_on > localdate(now) and version.approved_by is not None:
        publishing.plan(version, step.planned_on, by=version.approved_by, now=now)


def _in_force(made: Introduction, step: IntroductionStep | None, by: Person, now: datetime) -> None:
    if step is None:
        _take_days_back(made, by, now)
        _end(made, Introduction.End.REPLACED, by.key, now)
        return
    _take_days_back(made, by, now, before=step.number)
    if not made.steps.filter(number__gt=step.number).exists():
        _end(made, Introduction.End.COMPLETE, by.key, now)


def _take_days_back(made: Introduction, by: Person, now: datetime, before: int | None = None) -> None:
    """An open step may not loosen the standard again by itself."""
    for step in _steps(made):
        planned = step.version.status == Version.Status.APPROVED and step.version.planned_on is not None
        if planned and (before is None or step.number < before):
            publishing.plan(step.version, None, by=by, now=now)


def _steps(made: Introduction) -> list[IntroductionStep]:
    return list(made.steps.select_related("version__approved_by").order_by("number"))


def _open(made: Introduction) -> Introduction:
    made = Introduction.objects.select_for_update().get(pk=made.pk)
    if made.ended_at is not None:
        raise IntroductionOver(version=str(made.base))
    return made


def _end(made: Introduction, how: str, by: str, now: datetime, reason: str = "") -> None:
    made.ended, made.ended_by, made.ended_at, made.end_reason = how, by, now, reason
    made.save(update_fields=["ended", "ended_by", "ended_at", "end_reason"])
