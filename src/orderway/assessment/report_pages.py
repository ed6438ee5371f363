"""The addresses of reports: one's own of any days, and a lead's of a month or quarter that is open to them."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from orderway.assessment import reporting, seeing
from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Person
from orderway.measures import periods
from orderway.orders import asking
from orderway.pages import languages, refusing, spreadsheet
from orderway.pages.guarding import needs


@needs("scorecard.read")
@require_safe
def own(request: HttpRequest, ending: str) -> HttpResponseBase:
    """My report of a period, as PDF or CSV."""
    period = periods.period_of(request.GET.dict(), timezone.localdate())
    return _report(request, asking.person_of(request), period.since, period.until, ending)


@needs("scorecard.see")
@require_safe
def of_person(request: HttpRequest, person_id: int, ending: str) -> HttpResponseBase:
    """The report of somebody I lead, once their scorecard is open to me."""
    person, today = get_object_or_404(Person, pk=person_id), timezone.localdate()
    try:
        period = seeing.whole(request.GET.get("of", ""), today)
        seeing.require(asking.person_of(request), person, period, today)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    return _report(request, person, period.since, period.until, ending)


def _report(request: HttpRequest, person: Person, since: date, until: date, ending: str) -> HttpResponseBase:
    name = f"scorecard-{person.key}-{since.isoformat()}-{until.isoformat()}.{ending}"
    if ending == "csv":
        return spreadsheet.download(name, reporting.TITLES, reporting.rows(person.pk, since, until))
    code = languages.known(translation.get_language() or "en") or "en"
    try:
        content = reporting.pdf(person, since, until, now=asking.now(), code=code)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


urlpatterns = [
    path("report.pdf", own, {"ending": "pdf"}, name="scorecard_pdf"),
    path("report.csv", own, {"ending": "csv"}, name="scorecard_csv"),
    path("people/<int:person_id>/report.pdf", of_person, {"ending": "pdf"}, name="scorecard_person_pdf"),
    path("people/<int:person_id>/report.csv", of_person, {"ending": "csv"}, name="scorecard_person_csv"),
]
