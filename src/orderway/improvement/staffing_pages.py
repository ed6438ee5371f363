"""People needed: the question as a form, and the answer by role and shift with what it costs. Simulates nothing in a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.improvement import asking, predicting, staffing
from orderway.improvement.models import WhatIf
from orderway.improvement.staffing import Staffing
from orderway.masterdata.models import Person
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role, stage_title
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation.staffing import KEPT_SHARE

COST = "cost."


@needs("what_if.read")
@require_safe
def people_needed(request: HttpRequest) -> HttpResponse:
    """Those asked, and the form for another."""
    return _list(request)


@needs("what_if.ask")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Queue a search; what is wrong is said above the form."""
    version = get_object_or_404(Version, pk=asking.whole(asking.sent(request, "version")), status=Version.Status.EFFECTIVE)
    names = [name for name in request.POST if name.startswith(COST) or name == "arrivals.per_week"]
    given = {name: value for name in names if (value := asking.sent(request, name))}
    title = asking.sent(request, "title")
    try:
        row = staffing.ask(title, version, given, by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _list(request, refusal)
    return redirect("what_if", row.pk)


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    versions = list(Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash", "standard_id", "version", "title"))
    wanted = request.POST.get("version") or request.GET.get("standard", "")
    chosen = next((one for one in versions if wanted in (str(one.pk), one.standard_id)), versions[0] if versions else None)
    rows = WhatIf.objects.filter(kind=WhatIf.Kind.STAFF).select_related("asked_by", "version").defer("result", "draft").order_by("-id")
    context = {
        "tab": "people_needed",
        "versions": [(one, said(program_of(one.pk, one.content_hash).standard.title)) for one in versions],
        "chosen": chosen,
        "rows": rows[:30],
        "roles": _roles(request, chosen) if chosen else [],
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        "share": round(100 * KEPT_SHARE),
    }
    return render(request, "improvement/people_needed.html", context, status=refusing.status(refusal) if refusal else 200)


def _roles(request: HttpRequest, chosen: Version) -> list[tuple[str, str, int, str]]:
    standard = program_of(chosen.pk, chosen.content_hash).standard
    people = predicting.people_now(standard, asking.now())
    return [
        (f"{COST}{one}", role(standard, one), people.get(one, 0), request.POST.get(f"{COST}{one}", ""))
        for one in standard.roles
        if people.get(one, 0)
    ]


def shown(row: WhatIf, found: Staffing) -> dict[str, object]:
    """The answer in words."""
    standard = program_of(row.version_id, row.version.content_hash).standard
    names = dict(Person.objects.filter(key__in=[one.person for one in found.trainings]).values_list("key", "name"))
    return {
        "found": found,
        "share": round(100 * found.share),
        "roles": [(role(standard, one.role), one, one.needed - one.now) for one in found.roles],
        "missed": [(stage_title(standard, stage), kept) for stage, kept in found.missed],
        "missed_now": [(stage_title(standard, stage), kept) for stage, kept in found.missed_now],
        "problem_now": refusing.retold(found.problem_now) if found.problem_now else "",
        "trainings": [
            (names.get(one.person, one.person), role(standard, one.role), predicting.relative(one.change)) for one in found.trainings
        ],
    }
