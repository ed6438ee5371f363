"""Absences: one's own, those of one's group as its lead, anybody's as administrator. The acts of `orders.absences` decide and refuse."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata import presence
from orderway.masterdata.models import Absence, Person
from orderway.orders import absences
from orderway.orders.absences import HandedOver
from orderway.pages import fields, refusing
from orderway.pages.guarding import OWN, needs
from orderway.web import acting

LISTED = 100


@needs(OWN)
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """Absences of today and later of everybody whom I may record one for, and the form."""
    return _page(request)


@needs(OWN)
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Record an absence; what it moved is said at once."""
    sent, now = request.POST, acting.now()
    person = Person.objects.filter(key=sent.get("person", "")).first() or acting.person_of(request)
    first, last = fields.day_if_any(sent.get("first", "")), fields.day_if_any(sent.get("last", ""))
    if first is None or last is None:
        return _page(request, _("Give the first and the last day, such as 2026-03-02."))
    try:
        _absence, done = absences.record_absence(
            person, first=first, last=last, deputy=_deputy(sent.get("deputy", "")), actor=acting.actor_of(request), now=now
        )
    except Refusal as refusal:
        return _page(request, refusing.sentence(refusal))
    _tell(request, person, done, first=first, without=not sent.get("deputy"))
    return redirect("absences")


@needs(OWN)
@require_POST
def change(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Another last day or deputy."""
    absence, last = _absence(absence_id), fields.day_if_any(request.POST.get("last", ""))
    if last is None:
        return _page(request, _("Give the first and the last day, such as 2026-03-02."))
    deputy = _deputy(request.POST.get("deputy", ""))
    try:
        done = absences.change_absence(absence, last=last, deputy=deputy, actor=acting.actor_of(request), now=acting.now())
    except Refusal as refusal:
        return _page(request, refusing.sentence(refusal))
    _tell(request, absence.person, done, first=absence.first_day, without=deputy is None)
    return redirect("absences")


@needs(OWN)
@require_POST
def withdraw(request: HttpRequest, absence_id: int) -> HttpResponse:
    """It does not happen, or it ends now."""
    absence = _absence(absence_id)
    try:
        absences.withdraw_absence(absence, actor=acting.actor_of(request), now=acting.now())
    except Refusal as refusal:
        return _page(request, refusing.sentence(refusal))
    messages.success(request, _("%(name)s is there again. What was handed over stays with who has it.") % {"name": absence.person.name})
    return redirect("absences")


def _page(request: HttpRequest, refused: str = "") -> HttpResponse:
    person, today = acting.person_of(request), timezone.localdate(acting.now())
    everybody = Person.objects.filter(is_active=True).only("key", "name").order_by("name")
    mine = everybody if person.is_administrator else everybody.filter(pk__in=[person.pk, *presence.led_by(person)])
    coming = Absence.objects.filter(person__in=mine, last_day__gte=today, withdrawn_at__isnull=True)
    context = {
        "people": list(mine),
        "everybody": list(everybody),
        "absences": list(coming.select_related("person", "deputy").order_by("first_day", "person__name")[:LISTED]),
        "today": today,
        "sent": request.POST,
        "refused": refused,
        "me": person.key,
    }
    return render(request, "web/absences.html", context, status=refusing.CONFLICT if refused else 200)


def _tell(request: HttpRequest, person: Person, done: HandedOver, *, first: date, without: bool) -> None:
    names = dict(Person.objects.filter(key__in=set(done.moved.values())).values_list("key", "name"))
    if first > timezone.localdate(acting.now()):
        messages.success(request, _("Recorded. The open work of %(name)s moves on %(day)s.") % {"name": person.name, "day": first})
    else:
        messages.success(request, _("Recorded. Handed over: %(number)d.") % {"number": len(done.moved)} + _to(done, names))
    if without:
        messages.info(request, _("There is no deputy: the work goes to whoever of the role has least to do."))
    if done.stayed:
        places = _(", ").join(list(done.stayed)[:5])
        words = _("Nobody else may take %(number)d of %(name)s's tasks; they stay and the owner of the order was told: %(places)s")
        messages.warning(request, words % {"number": len(done.stayed), "name": person.name, "places": places})


def _to(done: HandedOver, names: dict[str, str]) -> str:
    counts: dict[str, int] = {}
    for key in done.moved.values():
        counts[key] = counts.get(key, 0) + 1
    return " " + _(", ").join(f"{names.get(key, key)} {count}" for key, count in sorted(counts.items())) if counts else ""


def _absence(absence_id: int) -> Absence:
    found = Absence.objects.select_related("person", "deputy").filter(pk=absence_id).first()
    if found is None:
        raise Http404
    return found


def _deputy(key: str) -> Person | None:
    return Person.objects.filter(key=key).first() if key else None


urlpatterns = [
    path("", list_, name="absences"),
    path("record", record, name="absence_record"),
    path("<int:absence_id>/change", change, name="absence_change"),
    path("<int:absence_id>/withdraw", withdraw, name="absence_withdraw"),
]
