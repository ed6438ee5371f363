"""Introducing a standard stage by stage, on two pages: the plans with the form for a new one, and one plan as it goes. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.improvement import asking, introducing, introduction_reading
from orderway.improvement.introducing import Step
from orderway.improvement.introduction_reading import StageGoing
from orderway.improvement.models import Introduction, IntroductionStep
from orderway.improvement.suggestion_pages import rows_of
from orderway.improvement.suggestions import FEWEST
from orderway.masterdata.models import Person
from orderway.orders.models import Comment
from orderway.pages import fields, refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import named, role, stage_title
from orderway.pages.templatetags.ow import said
from orderway.releases import control
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.readiness import readiness
from orderway.standard.document import Standard

MOST_STEPS = 6
SHOWN = 5


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step with what may be done with it now: `next` is the one that may be switched on by a click."""

    step: IntroductionStep
    titles: str
    next: bool

    @property
    def missed(self) -> date | None:
        """The wished day that had passed before the step was approved."""
        version = self.step.version
        lost = version.status == Version.Status.APPROVED and version.planned_on is None
        return self.step.planned_on if lost else None


# --- all plans, and a new one -----------------------------------------------------------------------------------------------


@needs("introduction.read")
@require_safe
def introductions(request: HttpRequest) -> HttpResponse:
    """The plans so far, and the form for another one."""
    return _list_page(request)


@needs("introduction.plan")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Draft the versions of a new plan."""
    base = get_object_or_404(Version, pk=asking.whole(asking.sent(request, "base")))
    try:
        person, now = asking.person_of(request), asking.now()
        made = introducing.plan(base, _steps(request, base), asking.sent(request, "reason"), by=person, now=now)
    except Refusal as refusal:
        return _list_page(request, base, refusal)
    messages.success(request, _("Planned. Somebody else approves the steps now."))
    return redirect("introduction", made.pk)


def _steps(request: HttpRequest, base: Version) -> list[Step]:
    """The steps that have stages or a day, in their order."""
    document = program_of(base.pk, base.content_hash).standard
    found = []
    for number in range(1, MOST_STEPS + 1):
        stages = tuple(stage for stage in document.stages_in_flow() if asking.sent(request, f"step.{stage}") == str(number))
        text = asking.sent(request, f"day.{number}")
        if stages or text:
            found.append(Step(stages, fields.day(text, f"day.{number}") if text else None))
    return found


def _list_page(request: HttpRequest, chosen: Version | None = None, refusal: Refusal | None = None) -> HttpResponse:
    bases = Version.objects.filter(status__in=introducing.BASES).defer("document", "source").order_by("standard_id", "-id")
    person = asking.person_of(request)
    possible = [one for one in bases if _may_plan(one, person)]
    wanted = asking.whole(request.GET.get("base", ""))
    chosen = chosen or next((one for one in possible if one.pk == wanted), possible[0] if possible else None)
    document = program_of(chosen.pk, chosen.content_hash).standard if chosen else None
    context = {
        "tab": "introductions",
        "plans": [(made, _title(made)) for made in Introduction.objects.select_related("base", "begun_by").order_by("-id")[:50]],
        "bases": [(one, said(program_of(one.pk, one.content_hash).standard.title)) for one in possible],
        "chosen": chosen,
        "stages": _stage_choices(request, document) if document else [],
        "numbers": range(1, MOST_STEPS + 1),
        "days": [(number, asking.sent(request, f"day.{number}")) for number in range(1, MOST_STEPS + 1)],
        "sent": request.POST,
        "refused": _sentence(refusal, document) if refusal and document else "",
    }
    return render(request, "improvement/introductions.html", context, status=refusing.status(refusal) if refusal else 200)


def _may_plan(one: Version, person: Person) -> bool:
    document = program_of(one.pk, one.content_hash).standard
    return not document.advisory and control.may(document, person, "introduction.plan")


def _stage_choices(request: HttpRequest, document: Standard) -> list[tuple[str, str, str, str]]:
    """Every stage with its owner and the step that it is in: as sent, else spread in the order of the way."""
    stages = list(document.stages_in_flow())
    spread = {stage: str(1 + at * min(MOST_STEPS, len(stages)) // len(stages)) for at, stage in enumerate(stages)}
    return [
        (
            stage,
            stage_title(document, stage),
            role(document, document.stages[stage].owner),
            asking.sent(request, f"step.{stage}") or spread[stage],
        )
        for stage in stages
    ]


# --- one plan ---------------------------------------------------------------------------------------------------------------


@needs("introduction.read")
@require_safe
def introduction(request: HttpRequest, introduction_id: int) -> HttpResponse:
    """One plan as it goes."""
    return _page(request, _of(introduction_id))


@needs("standard.approve")
@require_POST
def approve(request: HttpRequest, introduction_id: int) -> HttpResponse:
    """Approve the steps; not by who planned them."""
    made, accept = _of(introduction_id), asking.sent(request, "accept")[:500]
    return _do(request, made, lambda by: introducing.approve(made, by=by, now=asking.now(), accept=accept))


@needs("standard.release")
@require_POST
def switch_on(request: HttpRequest, introduction_id: int, number: int) -> HttpResponse:
    """Put a step in force now."""
    made = _of(introduction_id)
    step = get_object_or_404(IntroductionStep.objects.select_related("introduction", "version"), introduction=made, number=number)
    return _do(request, made, lambda by: introducing.switch_on(step, by=by, now=asking.now()))


@needs("standard.release")
@require_POST
def replan(request: HttpRequest, introduction_id: int, number: int) -> HttpResponse:
    """Give an approved step another day, or none."""
    made, text = _of(introduction_id), asking.sent(request, "day")
    step = get_object_or_404(IntroductionStep.objects.select_related("introduction", "version"), introduction=made, number=number)
    return _do(request, made, lambda by: introducing.replan(step, fields.day(text, "day") if text else None, by=by, now=asking.now()))


@needs("introduction.plan")
@require_POST
def stop(request: HttpRequest, introduction_id: int) -> HttpResponse:
    """No further step comes by itself."""
    made = _of(introduction_id)
    return _do(request, made, lambda by: introducing.stop(made, asking.sent(request, "reason"), by=by, now=asking.now()))


def _do(request: HttpRequest, made: Introduction, act: Callable[[Person], object]) -> HttpResponse:
    try:
        act(asking.person_of(request))
    except Refusal as refusal:
        return _page(request, _of(made.pk), refusal)
    messages.success(request, _("Done."))
    return redirect("introduction", made.pk)


def _page(request: HttpRequest, made: Introduction, refusal: Refusal | None = None) -> HttpResponse:
    steps, stages = introduction_reading.of(made, asking.now())
    document, person = program_of(made.base_id).standard, asking.person_of(request)
    drafts = any(step.version.status == Version.Status.DRAFT for step in steps)
    context = {
        "tab": "introductions",
        "made": made,
        "title": said(document.title),
        "rows": _step_rows(made, steps, document),
        "stages": [(stage_title(document, one.stage.id), one, _words(one)) for one in stages],
        "in_force": Version.objects.filter(standard_id=made.standard_id, status=Version.Status.EFFECTIVE)
        .defer("document", "source")
        .first(),
        "said": rows_of(introduction_reading.said(steps)[:SHOWN]),
        "comments": _comments(list(introduction_reading.comments(steps)[:SHOWN]), document),
        "few": FEWEST,
        "drafts": drafts and made.ended_at is None,
        "missing": [named(document, one) for one in readiness(document, now=asking.now())] if drafts else [],
        "may": [act for act in ("approve", "release") if control.may(document, person, f"standard.{act}")],
        "may_plan": control.may(document, person, "introduction.plan"),
        "mine": made.begun_by_id == person.pk,
        "approvers": [role(document, name) for name in document.approved_by],
        "ended_by": Person.objects.filter(key=made.ended_by).values_list("name", flat=True).first() or made.ended_by,
        "refused": _sentence(refusal, document) if refusal else "",
        "sent": request.POST,
        "today": localdate(),
    }
    return render(request, "improvement/introduction.html", context, status=refusing.status(refusal) if refusal else 200)


def _step_rows(made: Introduction, steps: list[IntroductionStep], document: Standard) -> list[StepRow]:
    coming = next((step.number for step in steps if step.version.effective_at is None), 0) if made.ended_at is None else 0
    return [StepRow(step, _(", ").join(stage_title(document, stage) for stage in step.stages), step.number == coming) for step in steps]


def _words(one: StageGoing) -> str:
    """How a stage stands, as a word for its colour."""
    version = one.step.version
    if version.effective_at is not None:
        return "on"
    if one.step.introduction.ended_at is not None:
        return "never"
    if version.status == Version.Status.DRAFT:
        return "draft"
    return "planned" if version.planned_on else "click"


def _comments(found: list[Comment], document: Standard) -> list[tuple[Comment, str, str]]:
    names = dict(Person.objects.filter(key__in={one.author.partition(":")[0] for one in found}).values_list("key", "name"))
    return [(one, names.get(one.author.partition(":")[0], one.author), stage_title(document, one.stage)) for one in found]


def _title(made: Introduction) -> str:
    return said(program_of(made.base_id).standard.title)


def _of(introduction_id: int) -> Introduction:
    return get_object_or_404(Introduction.objects.select_related("base", "begun_by"), pk=introduction_id)


def _sentence(refusal: Refusal, document: Standard) -> str:
    def words(name: str, value: str) -> str:
        return role(document, value) if name == "roles" else stage_title(document, value) if name == "stages" else value

    return refusing.sentence(refusal, words)
