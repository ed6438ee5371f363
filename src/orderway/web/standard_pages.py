"""The reader of the company's standards: versions, and every stage with purpose, owner, limit, steps, criteria, documents and tables.

Shows what was released; never changes a version.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orderway.pages.guarding import needs
from orderway.pages.templatetags import ow
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Stage, StageId, Standard
from orderway.web import ribbon
from orderway.web.standard_view import StageView, overview, stage_view


@needs("standard.read")
@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Every version of every standard, those in force first."""
    versions = list(Version.objects.defer("document", "source").select_related("approved_by").exclude(status=Version.Status.DRAFT))
    rank = {Version.Status.EFFECTIVE: 0, Version.Status.APPROVED: 1, Version.Status.RETIRED: 2}
    versions.sort(key=lambda version: (rank[Version.Status(version.status)], version.standard_id, -version.pk))
    titles = [program_of(version.pk, version.content_hash).standard.title for version in versions]
    return render(request, "web/standards.html", {"versions": list(zip(versions, titles, strict=True))})


@needs("standard.read")
@require_safe
def standard(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """One version: what it is, since when it is in force, its ribbon, roles, documents, tables and exceptions."""
    found, document = _version(standard_id, version)
    context = {"version": found, "standard": document, "overview": overview(document), **_frame(found, document, "")}
    return render(request, "web/standard.html", context)


@needs("standard.read")
@require_safe
def stage(request: HttpRequest, standard_id: str, version: str, stage: str) -> HttpResponse:
    """One stage of a version as the person who does it reads it."""
    found, document = _version(standard_id, version)
    if stage not in document.stages:
        raise Http404
    order = list(document.stages_in_flow())
    at = order.index(StageId(stage)) if stage in order else 0
    view: StageView = stage_view(document, document.stages[StageId(stage)], number=at + 1)
    near = {"before": order[at - 1] if at else "", "after": order[at + 1] if at + 1 < len(order) else ""}
    context = {"version": found, "standard": document, "stage": view, **near, **_frame(found, document, stage)}
    return render(request, "web/standard_stage.html", context)


def _version(standard_id: str, version: str) -> tuple[Version, Standard]:
    found = (
        Version.objects.defer("document", "source").select_related("approved_by").filter(standard_id=standard_id, version=version).first()
    )
    if found is None:
        raise Http404
    return found, program_of(found.pk, found.content_hash).standard


def _frame(version: Version, document: Standard, current: str) -> dict[str, object]:
    def knot(stage: Stage) -> ribbon.Knot:
        return ribbon.Knot(
            stage=stage.id,
            title=ow.said(stage.title),
            address=reverse("standard_stage", args=[version.standard_id, version.version, stage.id]),
            note=ow.limit(stage.limit),
            state="now" if stage.id == current else "",
            current=stage.id == current,
        )

    return {"ribbon": ribbon.slots(document, knot), "contents": _contents(document), "current": current, "whole": _("The whole process")}


def _contents(document: Standard) -> list[tuple[int, Stage]]:
    return [(number, document.stages[stage]) for number, stage in enumerate(document.stages_in_flow(), start=1)]


urlpatterns = [
    path("", standards, name="standards"),
    path("<slug:standard_id>/<str:version>/", standard, name="standard"),
    path("<slug:standard_id>/<str:version>/<slug:stage>/", stage, name="standard_stage"),
]
