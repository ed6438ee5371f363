"""The manual as people read it: versions, the whole process, every stage, search, what changed, and a suggestion at every step.

Shows what was written; never changes a version.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.manual import asking, changes
from orderway.manual.drawing import picture
from orderway.manual.searching import search
from orderway.orders import feedback
from orderway.pages import languages, refusing, ribbon
from orderway.pages.guarding import needs
from orderway.pages.standard_view import StageView, overview, stage_view
from orderway.pages.templatetags import ow
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.reviewing import due_dates, due_on
from orderway.standard import bpmn
from orderway.standard.document import Stage, StageId, Standard

RANK = {Version.Status.EFFECTIVE: 0, Version.Status.APPROVED: 1, Version.Status.DRAFT: 2, Version.Status.RETIRED: 3}


@needs("standard.read")
@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Every version of every standard, those in force first, with the day of the next review."""
    versions = list(Version.objects.defer("document", "source").select_related("approved_by"))
    versions.sort(key=lambda version: (RANK[Version.Status(version.status)], version.standard_id, -version.pk))
    rows = [(version, program_of(version.pk, version.content_hash).standard) for version in versions]
    due = due_dates(rows)
    shown = [{"version": version, "title": document.title, "review": due.get(version.pk)} for version, document in rows]
    return render(request, "manual/standards.html", {"versions": shown, "today": localtime().date()})


@needs("standard.read")
@require_safe
def standard(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """One version: what it is, since when it is in force, its flow, roles, documents, tables and exceptions."""
    found, document = asking.version_of(standard_id, version)
    context = {"overview": overview(document), "picture": picture(document, version=version), **frame(found, document)}
    return render(request, "manual/standard.html", context)


@needs("standard.read")
@require_safe
def stage(request: HttpRequest, standard_id: str, version: str, stage: str) -> HttpResponse:
    """One stage of a version as the person who does it reads it."""
    return _stage_page(request, standard_id, version, stage)


@needs("standard.suggest")
@require_POST
def suggest(request: HttpRequest, standard_id: str, version: str, stage: str) -> HttpResponse:
    """Keep a suggestion about a step, or about the stage as a whole."""
    found, document = asking.version_of(standard_id, version)
    step = request.POST.get("step", "")
    here = asking.stage_of(document, stage)
    try:
        place = feedback.Clause(found.pk, here.id, step if here.step(step) else "")
        feedback.suggest(place, request.POST.get("text", ""), actor=asking.actor_of(request), now=asking.now())
    except Refusal as refusal:
        return _stage_page(request, standard_id, version, stage, refusal)
    messages.success(request, _("Thank you. Your suggestion went to the owner of the process."))
    return redirect("standard_stage", standard_id, version, stage)


@needs("standard.read")
@require_safe
def find(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Search within the version."""
    found, document = asking.version_of(standard_id, version)
    wanted = request.GET.get("q", "").strip()[:200]
    return render(request, "manual/search.html", {"wanted": wanted, "hits": search(document, wanted), **frame(found, document)})


@needs("standard.read")
@require_safe
def changed(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """What this version says differently from the one before, or from the one that the address names."""
    found, document = asking.version_of(standard_id, version)
    others = Version.objects.filter(standard_id=standard_id).exclude(pk=found.pk).defer("document", "source").order_by("-pk")
    wanted = request.GET.get("from", "")
    old = get_object_or_404(others, version=wanted) if wanted else asking.before(found)
    said = changes.sentences(program_of(old.pk, old.content_hash).standard, document) if old else []
    context = {"old": old, "others": others, "changes": said, **frame(found, document)}
    return render(request, "manual/changes.html", context)


@needs("standard.read")
@require_safe
def exported(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The flow as BPMN 2.0, titles in the reader's language."""
    _found, document = asking.version_of(standard_id, version)
    name = f"{standard_id}-{document.version}.bpmn"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bpmn.write(document, languages.tag()), content_type="application/xml", headers=headers)


@needs("standard.read")
@require_safe
def diagram(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The flow as a BPMN diagram that can be moved and zoomed; without JavaScript the picture of the manual stands there."""
    found, document = asking.version_of(standard_id, version)
    return render(request, "manual/bpmn.html", {"picture": picture(document, version=version), **frame(found, document)})


def frame(version: Version, document: Standard, current: str = "") -> dict[str, object]:
    """What stands around every page of a version: contents, ribbon, and the bar that says what it is worth today."""

    def knot(stage: Stage) -> ribbon.Knot:
        return ribbon.Knot(
            stage=stage.id,
            title=ow.said(stage.title),
            address=reverse("standard_stage", args=[version.standard_id, version.version, stage.id]),
            note=ow.limit(stage.limit),
            state="now" if stage.id == current else "",
            current=stage.id == current,
        )

    newer = asking.in_force(version.standard_id) if version.status == Version.Status.RETIRED else None
    return {
        "version": version,
        "standard": document,
        "ribbon": ribbon.slots(document, knot),
        "contents": [(number, document.stages[stage]) for number, stage in enumerate(document.stages_in_flow(), start=1)],
        "current": current,
        "whole": _("The whole process"),
        "review": due_on(version, document),
        "newer": newer,
        "today": localtime().date(),
    }


def _stage_page(request: HttpRequest, standard_id: str, version: str, stage_id: str, refusal: Refusal | None = None) -> HttpResponse:
    found, document = asking.version_of(standard_id, version)
    here = asking.stage_of(document, stage_id)
    order = list(document.stages_in_flow())
    at = order.index(here.id) if here.id in order else 0
    view: StageView = stage_view(document, here, number=at + 1)
    context = {
        "stage": view,
        "before": order[at - 1] if at else "",
        "after": order[at + 1] if at + 1 < len(order) else "",
        "picture": picture(document, version=version, current=stage_id),
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        "suggesting": request.GET.get("suggest", ""),  # the step at which the page of a task sends somebody to say something
        **frame(found, document, stage_id),
        **_changes_here(found, document, StageId(stage_id)),
    }
    return render(request, "manual/stage.html", context, status=refusing.status(refusal) if refusal else 200)


def _changes_here(version: Version, document: Standard, stage: StageId) -> dict[str, object]:
    old = asking.before(version)
    said = changes.sentences(program_of(old.pk, old.content_hash).standard, document) if old else []
    return {"old": old, "changes_here": [change for change in said if change.stage == stage]}


urlpatterns = [
    path("", standards, name="standards"),
    path("<slug:standard_id>/<str:version>/", standard, name="standard"),
    path("<slug:standard_id>/<str:version>/search", find, name="standard_search"),
    path("<slug:standard_id>/<str:version>/flow.bpmn", exported, name="standard_bpmn"),
    path("<slug:standard_id>/<str:version>/diagram", diagram, name="standard_diagram"),
    path("<slug:standard_id>/<str:version>/changes", changed, name="standard_changes"),
    path("<slug:standard_id>/<str:version>/<slug:stage>/", stage, name="standard_stage"),
    path("<slug:standard_id>/<str:version>/<slug:stage>/suggest", suggest, name="standard_suggest"),
]
