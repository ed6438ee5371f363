"""One's own scorecard and the tasks behind it. A person's figures are theirs first: these pages show nobody else's."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.assessment import milestones, objection_pages, reading, report_pages, seeing, task_rows, team_pages
from orderway.engine.refusals import Refusal
from orderway.masterdata import presence
from orderway.measures import periods
from orderway.orders import asking
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of


@needs("scorecard.read")
@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """My scorecard of a period."""
    person, today = asking.person_of(request), timezone.localdate()
    period = periods.period_of(request.GET.dict(), today)
    card = reading.cards(period.since, period.until, [person.pk])[person.pk]
    context = periods.context(period) | team_pages.card_context(card, person.pk, period.since, period.until, today)
    context |= {
        "periods": _periods(person.pk, today),
        "grace": seeing.GRACE_DAYS,
        "leads": bool(presence.led_by(person)),
        "milestones": milestones.reached(person),
        "suggestions": milestones.taken_up(person),
        "of_team": milestones.of_team(person),
    }
    return render(request, "assessment/scorecard.html", context)


@needs("scorecard.release")
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Let my lead see a period now."""
    try:
        seeing.release(request.POST.get("period", ""), by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return refusing.response(request, refusal)
    messages.success(request, _("Your lead sees this period now."))
    return redirect("scorecard")


@needs("milestone.share")
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Show a milestone to my team, or take it back."""
    person, key = asking.person_of(request), request.POST.get("milestone", "")
    if request.POST.get("do") == "take_back":
        milestones.take_back(key, by=person)
        return redirect("scorecard")
    try:
        milestones.share(key, by=person, now=asking.now())
    except Refusal as refusal:
        return refusing.response(request, refusal)
    messages.success(request, _("Your team sees it now, on their own scorecards."))
    return redirect("scorecard")


@needs("scorecard.read")
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The tasks that my scorecard of a period counts."""
    person = asking.person_of(request)
    period = periods.period_of(request.GET.dict(), timezone.localdate())
    page = page_of(reading.tasks(person.pk, period.since, period.until), request)
    out = {pk for pk, _owner in reading.objections(period.since, period.until, person.pk)}
    return render(request, "assessment/tasks.html", periods.context(period) | {"page": page, "rows": task_rows.rows_of(page.rows, out)})


def _periods(person: int, today: date) -> list[tuple[seeing.Whole, bool, bool]]:
    """The months and quarters that are over: each with whether the lead sees it, and whether its person released it."""
    released = seeing.released(person)
    found = [(one, (one.since, one.until) in released) for one in seeing.shown(today)]
    return [(one, given or today >= one.opens_on, given) for one, given in found if one.opens_on > today or one.key == found[0][0].key]


urlpatterns = [
    path("", scorecard, name="scorecard"),
    path("tasks", tasks, name="scorecard_tasks"),
    path("release", release, name="scorecard_release"),
    path("milestones", share, name="milestone_share"),
    *objection_pages.urlpatterns,
    *report_pages.urlpatterns,
    *team_pages.urlpatterns,
]
