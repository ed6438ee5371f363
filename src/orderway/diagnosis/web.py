"""The pages of a diagnosis: ask for one, watch it, read it, take it away, name its readers, delete it. Who may, `keeping` says."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderway.diagnosis import asking as queueing
from orderway.diagnosis import keeping, paper, showing
from orderway.diagnosis.models import Diagnosis
from orderway.engine.refusals import Mistake
from orderway.masterdata.models import Person
from orderway.mining.plain import loaded
from orderway.mining.summary import Summary
from orderway.orders import asking
from orderway.orders.refusals import NotAllowed
from orderway.pages import languages, refusing
from orderway.pages.guarding import needs
from orderway.pages.printing import MissingGlyphs
from orderway.releases.models import Version

GONE = 410
SHOWN = 50


@needs("diagnosis.list")
@require_safe
def diagnoses(request: HttpRequest) -> HttpResponse:
    """Those asked for, and the form for another."""
    return _list(request)


@needs("diagnosis.ask")
@require_http_methods(["POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Queue one; what is wrong with the form is said beside its field."""
    against = Version.objects.filter(pk=request.POST["against"]).first() if request.POST.get("against", "").isdigit() else None
    actor, now = asking.person_of(request), asking.now()
    if request.POST.get("own"):
        return redirect("diagnosis", queueing.ask_own(_("This company"), against, actor=actor, now=now).key)
    file = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
    try:
        row = queueing.ask_file(file, request.POST.get("mapping", ""), against, actor=actor, now=now)
    except Mistake as mistake:
        return _list(request, problem=refusing.sentence(mistake), field=mistake.field, status=refusing.UNPROCESSABLE)
    return redirect("diagnosis", row.key)


@needs("diagnosis.read")
@require_safe
def diagnosis(request: HttpRequest, key: str) -> HttpResponse:
    """One diagnosis: how far it is, or what it found."""
    if (known := _known(request, key)).state == Diagnosis.State.ERASED:
        return render(request, "diagnosis/erased.html", {"row": known}, status=GONE)
    row = _readable(request, key)
    asked_again = bool(request.headers.get("HX-Request"))
    if asked_again and row.state in (Diagnosis.State.DONE, Diagnosis.State.FAILED):
        return HttpResponse(headers={"HX-Refresh": "true"})  # the whole page, with the head that the result needs
    if row.state != Diagnosis.State.DONE:
        problem = _(row.problem).format(**row.problem_params) if row.problem else ""
        page = "diagnosis/parts/state.html" if asked_again else "diagnosis/state.html"
        shown = {"row": row, "problem": problem, "step": showing.step(row.step)}
        return render(request, page, shown if asked_again else shown | _kept(request, row))
    found = showing.context(_summary(row), showing.Wanted.of(request.GET))
    return render(request, "diagnosis/diagnosis.html", {"row": row, **found, **_kept(request, row)})


@needs("diagnosis.read")
@require_safe
def process_map(request: HttpRequest, key: str) -> HttpResponse:
    """The process map alone, as the slider asks for it."""
    row = _readable(request, key, Diagnosis.State.DONE)
    wanted = showing.Wanted.of(request.GET)
    return render(request, "diagnosis/parts/map_drawing.html", {"map": showing.drawn_map(_summary(row), wanted), "wanted": wanted})


@needs("diagnosis.read")
@require_safe
def taken_away(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The report as PDF or as one page of HTML that needs nothing else, the figures as JSON, or the draft standard as YAML."""
    row = _readable(request, key, Diagnosis.State.DONE)
    if form == "report.pdf":
        return _printed(request, row)
    if form == "report.html":
        return _file(showing.report(_summary(row), row.asked_at), "text/html; charset=utf-8", f"{row.key}.html")
    if form == "figures.json":
        return _file(row.result, "application/json", f"{row.key}.json")
    if form == "draft.yaml":
        return _file(_summary(row).draft, "application/yaml; charset=utf-8", f"{row.key}.yaml")
    raise Http404


@needs("diagnosis.share")
@require_POST
def share(request: HttpRequest, key: str) -> HttpResponse:
    """Name a reader, or take one's right back (`withdraw`)."""
    row, actor, now = _known(request, key), asking.person_of(request), asking.now()
    withdrawn = request.POST.get("withdraw", "")
    person = Person.objects.filter(key=withdrawn or request.POST.get("reader", "")).first()
    try:
        (keeping.withdraw if withdrawn else keeping.share)(row, person, actor=actor, now=now)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Mistake as mistake:
        return refusing.response(request, mistake)
    return redirect(reverse("diagnosis", args=[row.key]) + "#kept")


@needs("diagnosis.erase")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """Say what would be deleted; on POST, delete it."""
    row, actor = _known(request, key), asking.person_of(request)
    if not keeping.may(actor, "diagnosis.erase", row):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "diagnosis/erase.html", {"row": row})
    keeping.erase(row, actor=actor, now=asking.now())
    messages.success(request, _("The log and what was found in it are deleted."))
    return redirect("diagnoses")


def _known(request: HttpRequest, key: str) -> Diagnosis:
    """A diagnosis that this person may know of; for everybody else there is none."""
    return get_object_or_404(keeping.known_to(asking.person_of(request)).select_related("asked_by", "against"), key=key)


def _readable(request: HttpRequest, key: str, state: str = "") -> Diagnosis:
    """One that this person may read: 404 where they may not know of it or it is not in this state, 403 where they only may know of it."""
    row = _known(request, key)
    if not keeping.may(asking.person_of(request), "diagnosis.read", row):
        raise PermissionDenied
    if state and row.state != state:
        raise Http404
    return row


def _kept(request: HttpRequest, row: Diagnosis) -> dict[str, object]:
    """Who may see it and until when, and what this person may do about that."""
    person = asking.person_of(request)
    shares = keeping.may(person, "diagnosis.share", row)
    readers = list(row.readers.only("key", "name").order_by("name"))
    others = Person.objects.filter(is_active=True).exclude(pk__in=[row.asked_by_id, *(one.pk for one in readers)])
    return {
        "readers": readers,
        "may_share": shares,
        "others": others.only("key", "name").order_by("name") if shares else (),
        "may_erase": keeping.may(person, "diagnosis.erase", row),
    }


def _list(request: HttpRequest, problem: str = "", field: str = "", status: int = 200) -> HttpResponse:
    person = asking.person_of(request)
    rows = list(keeping.known_to(person).select_related("asked_by").defer("result")[:SHOWN])
    readable = set(keeping.readable_by(person).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    context = {
        "rows": [(row, row.pk in readable, row.asked_by_id == person.pk or person.is_administrator) for row in rows],
        "until": keeping.last_day(asking.now()),
        "versions": Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "title", "standard_id", "version"),
        "problem": problem,
        "field": field,
        "mapping": request.POST.get("mapping", ""),
    }
    return render(request, "diagnosis/diagnoses.html", context, status=status)


def _summary(row: Diagnosis) -> Summary:
    return loaded(Summary, row.result)


def _printed(request: HttpRequest, row: Diagnosis) -> HttpResponse:
    """The report as PDF, in `language` or that of the reader."""
    code = languages.known(request.GET.get("language", "")) or languages.known(get_language() or "en") or "en"
    try:
        return _file(paper.pdf(_summary(row), row.asked_at, code), "application/pdf", f"{row.key}-{languages.tag(code)}.pdf")
    except MissingGlyphs as refusal:
        return refusing.response(request, refusal)


def _file(content: str | bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="diagnosis-{name}"'
    return response


urlpatterns = [
    path("", diagnoses, name="diagnoses"),
    path("ask", ask, name="diagnosis_ask"),
    path("<str:key>", diagnosis, name="diagnosis"),
    path("<str:key>/share", share, name="diagnosis_share"),
    path("<str:key>/delete", erase, name="diagnosis_erase"),
    path("<str:key>/map", process_map, name="diagnosis_map"),
    path("<str:key>/<str:form>", taken_away, name="diagnosis_file"),
]
