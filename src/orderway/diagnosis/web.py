"""The pages of a diagnosis: ask for one, watch it, read it, take it away as report, figures or draft standard. Moves no order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orderway.diagnosis import asking, showing
from orderway.diagnosis.models import Diagnosis
from orderway.engine.refusals import Mistake
from orderway.masterdata.models import Person
from orderway.mining.plain import loaded
from orderway.mining.summary import Summary
from orderway.pages.guarding import needs
from orderway.pages.refusing import UNPROCESSABLE, sentence
from orderway.releases.models import Version


@needs("diagnosis.read")
@require_safe
def diagnoses(request: HttpRequest) -> HttpResponse:
    """Those asked for, and the form for another."""
    return _list(request)


@needs("diagnosis.ask")
@require_http_methods(["POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Queue one; what is wrong with the form is said beside its field."""
    against = Version.objects.filter(pk=request.POST["against"]).first() if request.POST.get("against", "").isdigit() else None
    actor, now = cast(Person, request.user), datetime.now(UTC)
    if request.POST.get("own"):
        return redirect("diagnosis", asking.ask_own(_("This company"), against, actor=actor, now=now).key)
    file = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
    try:
        row = asking.ask_file(file, request.POST.get("mapping", ""), against, actor=actor, now=now)
    except Mistake as mistake:
        return _list(request, problem=sentence(mistake), field=mistake.field, status=UNPROCESSABLE)
    return redirect("diagnosis", row.key)


@needs("diagnosis.read")
@require_safe
def diagnosis(request: HttpRequest, key: str) -> HttpResponse:
    """One diagnosis: how far it is, or what it found."""
    row = get_object_or_404(Diagnosis.objects.select_related("asked_by", "against"), key=key)
    asked_again = bool(request.headers.get("HX-Request"))
    if asked_again and row.state in (Diagnosis.State.DONE, Diagnosis.State.FAILED):
        return HttpResponse(headers={"HX-Refresh": "true"})  # the whole page, with the head that the result needs
    if row.state != Diagnosis.State.DONE:
        problem = _(row.problem).format(**row.problem_params) if row.problem else ""
        page = "diagnosis/parts/state.html" if asked_again else "diagnosis/state.html"
        return render(request, page, {"row": row, "problem": problem, "step": showing.step(row.step)})
    return render(request, "diagnosis/diagnosis.html", {"row": row, **showing.context(_summary(row), showing.Wanted.of(request.GET))})


@needs("diagnosis.read")
@require_safe
def process_map(request: HttpRequest, key: str) -> HttpResponse:
    """The process map alone, as the slider asks for it."""
    row = get_object_or_404(Diagnosis, key=key, state=Diagnosis.State.DONE)
    wanted = showing.Wanted.of(request.GET)
    return render(request, "diagnosis/parts/map_drawing.html", {"map": showing.drawn_map(_summary(row), wanted), "wanted": wanted})


@needs("diagnosis.read")
@require_safe
def taken_away(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The report as one page of HTML that needs nothing else, the figures as JSON, or the draft standard as YAML."""
    row = get_object_or_404(Diagnosis.objects.select_related("against"), key=key, state=Diagnosis.State.DONE)
    if form == "report.html":
        return _file(showing.report(_summary(row), row.asked_at), "text/html; charset=utf-8", f"{row.key}.html")
    if form == "figures.json":
        return _file(row.result, "application/json", f"{row.key}.json")
    if form == "draft.yaml":
        return _file(_summary(row).draft, "application/yaml; charset=utf-8", f"{row.key}.yaml")
    raise Http404


def _list(request: HttpRequest, problem: str = "", field: str = "", status: int = 200) -> HttpResponse:
    context = {
        "rows": Diagnosis.objects.select_related("asked_by").defer("result")[:50],
        "versions": Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "title", "standard_id", "version"),
        "problem": problem,
        "field": field,
        "mapping": request.POST.get("mapping", ""),
    }
    return render(request, "diagnosis/diagnoses.html", context, status=status)


def _summary(row: Diagnosis) -> Summary:
    return loaded(Summary, row.result)


def _file(content: str, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="diagnosis-{name}"'
    return response


urlpatterns = [
    path("", diagnoses, name="diagnoses"),
    path("ask", ask, name="diagnosis_ask"),
    path("<str:key>", diagnosis, name="diagnosis"),
    path("<str:key>/map", process_map, name="diagnosis_map"),
    path("<str:key>/<str:form>", taken_away, name="diagnosis_file"),
]
