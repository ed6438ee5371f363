"""The skills matrix on a page, and a person's skills with the two ways to work without a certificate: supervised, or proven elsewhere."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Person
from orderway.pages import fields, refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role as role_title
from orderway.pages.standard_view import stage_title
from orderway.releases.control import roles_today
from orderway.releases.models import Version
from orderway.standard.document import Standard
from orderway.training import asking, overriding, skills
from orderway.training.standings import standard_of, standards_to_learn


@needs("training.read")
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """People x stages of one standard, and where too few can do the work."""
    found = standards_to_learn()
    wanted = request.GET.get("standard", "")
    version = next((one for one in found if one.standard_id == wanted), found[0] if found else None)
    if version is None:
        return render(request, "training/skills.html", {"matrix": None})
    context = {
        "matrix": skills.matrix(version, now=asking.now()),
        "version": version,
        "standard": standard_of(version),
        "standards": [(one, standard_of(one)) for one in found],
    }
    return render(request, "training/skills.html", context)


@needs("training.read")
@require_safe
def person(request: HttpRequest, person_id: int, standard_id: str) -> HttpResponse:
    """How one person stands to every stage of a standard."""
    return _person_page(request, person_id, standard_id)


@needs("training.supervise")
@require_POST
def permit(request: HttpRequest, person_id: int, standard_id: str) -> HttpResponse:
    """Let them work in a stage without a certificate of ours, on the record."""
    found, version = get_object_or_404(Person, pk=person_id, is_active=True), _in_force(standard_id)
    stage = asking.stage_of(standard_of(version), request.POST.get("stage", ""))
    act = overriding.attest if request.POST.get("how") == "attested" else overriding.supervise
    try:
        until = fields.day(request.POST.get("until", ""), "until")
        act(version, stage, found, until=until, reason=request.POST.get("reason", ""), by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _person_page(request, person_id, standard_id, refusal)
    messages.success(request, _("Noted on the record of %(person)s.") % {"person": found.name})
    return redirect("person_skills", person_id, standard_id)


def _person_page(request: HttpRequest, person_id: int, standard_id: str, refusal: Refusal | None = None) -> HttpResponse:
    found, version = get_object_or_404(Person, pk=person_id), _in_force(standard_id)
    standard, today = standard_of(version), localdate(asking.now())
    shown = skills.matrix(version, now=asking.now(), only=found.pk)
    context = {
        "person": found,
        "version": version,
        "standard": standard,
        "row": shown.rows[0],
        "skills": list(zip(shown.stages, shown.rows[0].cells, strict=True)),
        "owns": standard.owner in roles_today(asking.person_of(request)),
        "own": found.pk == asking.person_of(request).pk,
        "sent": request.POST,
        "today": today,
        "last": today + timedelta(days=overriding.LONGEST_SUPERVISION),
        "refused": refusing.sentence(refusal, lambda name, value: _word(standard, name, value)) if refusal else "",
    }
    return render(request, "training/person.html", context, status=refusing.status(refusal) if refusal else 200)


def _word(standard: Standard, name: str, value: str) -> str:
    if name == "stage":
        return stage_title(standard, value)
    return role_title(standard, value) if name == "owner" else value


def _in_force(standard_id: str) -> Version:
    version = Version.objects.defer("document", "source").filter(standard_id=standard_id, status=Version.Status.EFFECTIVE).first()
    if version is None:
        raise Http404
    return version


urlpatterns = [
    path("skills", matrix, name="skills"),
    path("people/<int:person_id>/<slug:standard_id>/", person, name="person_skills"),
    path("people/<int:person_id>/<slug:standard_id>/permit", permit, name="person_permit"),
]
