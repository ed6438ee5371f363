"""The inbox of what somebody was told: newest first, each with the place it is about; quiet hours; and how a digest mail is worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from orderway.masterdata.models import Person
from orderway.orders.models import Notification, Order
from orderway.pages.guarding import OWN, needs
from orderway.pages.paging import page_of
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.web import acting, queries
from orderway.web.standard_view import stage_title


@dataclass(frozen=True, slots=True)
class Row:
    """A notification as it is read: the sentence, and where it leads."""

    id: int
    sentence: str
    text: str
    at: datetime
    read: bool
    address: str


@needs(OWN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told."""
    person = acting.person_of(request)
    page = page_of(Notification.objects.filter(person=person).order_by("-id"), request)
    page.rows[:] = rows_of(page.rows)
    context = {"page": page, "mail_is_set": settings.MAIL_IS_SET, "person": person}
    return render(request, "web/notifications.html", context)


@needs(OWN)
@require_POST
def read_one(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Go to the place, and have read it."""
    mine = Notification.objects.filter(pk=notification_id, person=acting.person_of(request))
    found = mine.first()
    if found is None:
        raise Http404
    mine.filter(read_at__isnull=True).update(read_at=acting.now())
    return redirect(_address(found))


@needs(OWN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Have read everything."""
    Notification.objects.filter(person=acting.person_of(request), read_at__isnull=True).update(read_at=acting.now())
    return redirect("notifications")


@needs(OWN)
@require_POST
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """When I want no mail."""
    person, sent = acting.person_of(request), request.POST
    begins, ends = _time(sent.get("from", "")), _time(sent.get("until", ""))
    if (begins is None) != (ends is None):
        messages.error(request, _("Give both times, or leave both empty: then a mail may come at any hour."))
        return redirect("notifications")
    Person.objects.filter(pk=person.pk).update(quiet_from=begins, quiet_until=ends)
    messages.success(request, _("Saved."))
    return redirect("notifications")


def rows_of(notifications: Sequence[Notification]) -> list[Row]:
    """The notifications in words; two statements, however many."""
    numbers = {one.subject_key for one in notifications if one.subject_kind == "order"}
    orders = Order.objects.filter(number__in=numbers).values_list("number", "version_id", "version__content_hash") if numbers else ()
    standards = {number: program_of(version, hash_).standard for number, version, hash_ in orders}
    names = queries.names_of({key for one in notifications for key in (one.actor, one.subject_key, one.text)})
    return [_row(one, standards.get(one.subject_key), names) for one in notifications]


def digest_words(notifications: Sequence[Notification]) -> tuple[str, str]:
    """Subject and body of a digest."""
    number = len(notifications)
    subject = ngettext("Orderway: %(number)d message", "Orderway: %(number)d messages", number) % {"number": number}
    base = settings.CONFIGURATION.address
    lines = [f"- {row.sentence}{f' ({row.text})' if row.text else ''}\n  {base}{row.address}" for row in rows_of(notifications)]
    foot = _("You read and silence these messages at %(address)s.") % {"address": base + reverse("notifications")}
    return subject, "\n".join([*lines, "", foot, ""])


def _row(one: Notification, standard: Standard | None, names: Mapping[str, str]) -> Row:
    stage = stage_title(standard, one.stage) if standard and one.stage else one.stage
    words = {
        "order": one.subject_key,
        "stage": stage,
        "who": names.get(one.actor, _("the system") if one.actor == "system" else one.actor),
        "percent": one.percent,
        "absent": names.get(one.subject_key, one.subject_key),
        "instead": names.get(one.text, one.text),
    }
    return Row(one.pk, _sentence(one, names) % words, _text(one, names), one.at, one.read_at is not None, _address(one))


def _sentence(one: Notification, names: Mapping[str, str]) -> str:
    if one.subject_kind == "objection":
        return _("%(who)s decided your objection.")
    if one.subject_kind == "training":
        return {
            "retrain": _("%(order)s has changed: take the quiz about the stages that concern you."),
            "expires": _("%(order)s: your certificate ends in %(percent)d days."),
        }[one.text]
    if one.kind == Notification.Kind.GIVEN and one.text in names:
        return _("%(order)s: %(stage)s is yours now, in place of %(instead)s.")
    if one.kind == Notification.Kind.ESCALATION and not one.percent:
        return _("%(order)s: %(stage)s has nobody who can do it.")
    return {
        Notification.Kind.GIVEN: _("%(order)s: %(who)s gave you %(stage)s."),
        Notification.Kind.REMINDER: _("%(order)s: %(percent)d %% of the time for %(stage)s is over."),
        Notification.Kind.ESCALATION: _("%(order)s: %(stage)s is at %(percent)d %% of its time."),
        Notification.Kind.ABSENCE: _("You stand in for %(absent)s."),
        Notification.Kind.MENTION: _("%(order)s: %(who)s mentioned you."),
        Notification.Kind.ANSWERED: _("%(who)s answered your suggestion."),
        Notification.Kind.MEASURE: _("A figure of last week is outside of what chance explains."),
        Notification.Kind.DECIDED: _("%(who)s gave you a task at the management review."),
    }[Notification.Kind(one.kind)]


def _text(one: Notification, names: Mapping[str, str]) -> str:
    return "" if one.subject_kind == "training" or (one.kind == Notification.Kind.GIVEN and one.text in names) else one.text


def _address(one: Notification) -> str:
    if one.subject_kind == "objection":
        return reverse("objections")
    page = {"order": "order", "measure": "measure", "review": "review", "suggestion": "suggestion"}.get(one.subject_kind)
    if page:
        return reverse(page, args=[one.subject_key])
    return reverse("training" if one.subject_kind == "training" else "absences")


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


urlpatterns = [
    path("", inbox, name="notifications"),
    path("read", read_all, name="notifications_read"),
    path("quiet-hours", quiet_hours, name="quiet_hours"),
    path("<int:notification_id>", read_one, name="notification"),
]
