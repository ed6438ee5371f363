"""Document control on pages: approval, coming into force, review, retirement, who has read what, and the complete history of a version."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.journal import reading
from orderway.journal.models import Entry
from orderway.manual import asking, copies, migrating
from orderway.manual.models import WorkingDraft
from orderway.manual.reader import frame
from orderway.masterdata.models import Person
from orderway.pages import fields, refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import named, role, stage_title
from orderway.releases import acknowledging, control, publishing, reviewing
from orderway.releases.models import Review, Version
from orderway.releases.readiness import readiness
from orderway.standard.document import Standard

ACTS = {
    "draft": gettext_lazy("Draft stored"),
    "approve": gettext_lazy("Approved"),
    "release": gettext_lazy("Put in force"),
    "plan": gettext_lazy("Day of coming into force planned"),
    "introduce": gettext_lazy("Made as a step of an introduction"),
    "trial": gettext_lazy("Trial started"),
    "trial_end": gettext_lazy("Trial stopped"),
    "retire": gettext_lazy("Taken out of force"),
    "review": gettext_lazy("Reviewed"),
    "acknowledge": gettext_lazy("Section read"),
    "copy": gettext_lazy("Controlled copy issued"),
    "copy_back": gettext_lazy("Controlled copy given back"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    entry: Entry
    text: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section that the reader has to read, with its check question."""

    number: int
    stage: object
    question: acknowledging.CheckQuestion


@needs("standard.read")
@require_safe
def current(request: HttpRequest, standard_id: str) -> HttpResponse:
    """The version in force: where the QR code of every printed manual leads."""
    version = asking.in_force(standard_id)
    if version is None:
        raise Http404
    return redirect("standard", version.standard_id, version.version)


@needs("standard.read")
@require_safe
def controlled(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The life of a version, what may be done with it now, and who has read it."""
    return _page(request, standard_id, version)


@needs("standard.approve")
@require_POST
def approve(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Approve a draft; not by its author."""
    accept = request.POST.get("accept", "").strip()[:500]
    return _do(
        request, standard_id, version, lambda found, by, _document: publishing.approve(found, by=by, now=asking.now(), accept=accept)
    )


@needs("standard.release")
@require_POST
def release(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Put an approved version in force, now or on a day."""

    def act(found: Version, by: Person, _document: Standard) -> object:
        if request.POST.get("when") == "day":
            text = request.POST.get("day", "").strip()
            return publishing.plan(found, fields.day(text, "day") if text else None, by=by, now=asking.now())
        return publishing.release(found, by=by, now=asking.now())

    return _do(request, standard_id, version, act)


@needs("standard.release")
@require_POST
def retire(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Take a version out of force."""
    return _do(request, standard_id, version, lambda found, by, _document: publishing.retire(found, by=by, now=asking.now()))


@needs("standard.review")
@require_POST
def review(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Note the periodic review."""
    outcome = Review.Outcome.CHANGE if request.POST.get("outcome") == Review.Outcome.CHANGE else Review.Outcome.KEEP
    note = request.POST.get("note", "")
    return _do(
        request,
        standard_id,
        version,
        lambda found, by, document: reviewing.review(found, document, outcome, note, by=by, now=asking.now()),
    )


@needs("standard.read")
@require_safe
def sections(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The sections that I have to read, each with its check question."""
    return _sections_page(request, standard_id, version)


@needs("standard.acknowledge")
@require_POST
def acknowledge(request: HttpRequest, standard_id: str, version: str, stage: str) -> HttpResponse:
    """Answer the check question of a section."""
    found, document = asking.version_of(standard_id, version)
    answer = request.POST.get("answer", "")
    try:
        number = int(answer) if answer.isdecimal() else -1
        acknowledging.acknowledge(found, asking.stage_of(document, stage), number, by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _sections_page(request, standard_id, version, refusal, stage)
    messages.success(request, _("Noted: you have read “%(stage)s”.") % {"stage": stage_title(document, stage)})
    return redirect("standard_read", standard_id, version)


def _do(request: HttpRequest, standard_id: str, version: str, act: Callable[[Version, Person, Standard], object]) -> HttpResponse:
    found, document = asking.version_of(standard_id, version)
    try:
        act(found, asking.person_of(request), document)
    except Refusal as refusal:
        return _page(request, standard_id, version, refusal)
    messages.success(request, _("Done."))
    return redirect("standard_control", standard_id, version)


def _page(request: HttpRequest, standard_id: str, version: str, refusal: Refusal | None = None) -> HttpResponse:
    found, document = asking.version_of(standard_id, version)
    person, held = asking.person_of(request), control.duties(document, asking.person_of(request))
    context = {
        "may": [name for name in ("approve", "release", "review") if control.may(document, person, f"standard.{name}")],
        "mine": found.author == person.key,
        "author": Person.objects.filter(key=found.author).values_list("name", flat=True).first() or found.author,
        "missing": [named(document, one) for one in readiness(document, now=asking.now())] if found.status == Version.Status.DRAFT else [],
        "approvers": [role(document, name) for name in document.approved_by],
        "owner": role(document, document.owner),
        "duties": held,
        "read": acknowledging.who_has_read(found) if found.status != Version.Status.DRAFT else [],
        "reviews": Review.objects.filter(version=found).select_related("by"),
        "history": _history(found, document),
        "elsewhere": migrating.sources(found) if found.status in (Version.Status.APPROVED, Version.Status.EFFECTIVE) else [],
        "outdated": copies.outdated(found.standard_id),
        "draft": WorkingDraft.objects.filter(version=found).prefetch_related("comments__author").first(),
        "refused": _sentence(refusal, document) if refusal else "",
        "sent": request.POST,
        **frame(found, document),
    }
    return render(request, "manual/control.html", context, status=refusing.status(refusal) if refusal else 200)


def _sections_page(request: HttpRequest, standard_id: str, version: str, refusal: Refusal | None = None, stage: str = "") -> HttpResponse:
    found, document = asking.version_of(standard_id, version)
    person = asking.person_of(request)
    order = {known: number for number, known in enumerate(document.stages_in_flow(), start=1)}
    due = acknowledging.sections_due(found, person)
    context = {
        "sections": [Section(order[one.id], one, acknowledging.question_of(document, one, person.key)) for one in due],
        "refused": _sentence(refusal, document) if refusal else "",
        "refused_stage": stage,
        **frame(found, document),
    }
    return render(request, "manual/read.html", context, status=refusing.status(refusal) if refusal else 200)


def _sentence(refusal: Refusal, document: Standard) -> str:
    def words(name: str, value: str) -> str:
        if name == "roles":
            return role(document, value)
        return stage_title(document, value) if name == "stage" else value

    return refusing.sentence(refusal, words)


def _history(version: Version, document: Standard) -> list[Event]:
    entries = list(reading.of_subject("release", str(version)))
    names = dict(Person.objects.filter(key__in={entry.actor for entry in entries}).values_list("key", "name"))
    return [_event(entry, names.get(entry.actor, entry.actor), document) for entry in entries]


def _event(entry: Entry, who: str, document: Standard) -> Event:
    told = json.loads(entry.payload)
    detail = ""
    match entry.act:
        case "approve":
            detail = " ".join(f"{one['warning']}: {one['reason']}." for one in told.get("accepted", ()))
        case "review":
            detail = f"{Review.Outcome(told['outcome']).label}. {told['note']}"
        case "acknowledge":
            detail = stage_title(document, told["stage"])
        case "trial":
            detail = f"{told['share']} %. {told['reason']}"
        case "introduce":
            on = _(", ").join(stage_title(document, stage) for stage in told["on"])
            detail = _("%(stages)s switched on. %(reason)s") % {"stages": on, "reason": told["reason"]}
        case "trial_end":
            detail = str(told["reason"])
        case "copy" | "copy_back":
            detail = f"{told['number']}: {told['holder']}"
    return Event(entry, str(ACTS.get(entry.act, entry.act)), who, detail)


urlpatterns = [
    path("<slug:standard_id>/", current, name="standard_current"),
    path("<slug:standard_id>/<str:version>/control", controlled, name="standard_control"),
    path("<slug:standard_id>/<str:version>/approve", approve, name="standard_approve"),
    path("<slug:standard_id>/<str:version>/release", release, name="standard_release"),
    path("<slug:standard_id>/<str:version>/retire", retire, name="standard_retire"),
    path("<slug:standard_id>/<str:version>/review", review, name="standard_review"),
    path("<slug:standard_id>/<str:version>/read", sections, name="standard_read"),
    path("<slug:standard_id>/<str:version>/<slug:stage>/acknowledge", acknowledge, name="standard_acknowledge"),
]
