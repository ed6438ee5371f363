"""Pages for administrators: people, their roles and groups. Everything is created, changed and closed here; nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata import people
from orderway.masterdata.models import Group, GroupMember, Person, RoleMember
from orderway.orders import absences
from orderway.orders.models import WorkItem
from orderway.pages import fields, refusing
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of
from orderway.web import acting
from orderway.web.board import choices, standards_in_force

RIGHT = "person.edit"


@needs(RIGHT)
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """Everybody, those who left too if asked; groups beside them."""
    text, left = request.GET.get("q", "").strip()[:80], request.GET.get("left") == "yes"
    found = Person.objects.filter(is_active=not left).order_by("name")
    if text:
        found = found.filter(Q(key__icontains=text) | Q(name__icontains=text) | Q(roles__role=text)).distinct()
    page = page_of(found.prefetch_related("roles"), request)
    groups = Group.objects.select_related("lead").annotate(number=Count("members", filter=Q(members__left_on__isnull=True)))
    everybody = Person.objects.filter(is_active=True).order_by("name")
    return render(request, "web/people.html", {"page": page, "groups": groups, "text": text, "left": left, "everybody": everybody})


@needs(RIGHT)
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """One person: words, roles with their days, groups, absences, open work."""
    return _person_page(request, _person(key))


@needs(RIGHT)
@require_POST
def hire(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    sent, by = request.POST, acting.person_of(request)
    key, name = sent.get("key", "").strip(), sent.get("name", "").strip()[:120]
    try:
        people.hire(
            key, name=name or key, email=_email(sent.get("email", "")), language=settings.LANGUAGE_CODE, by=by.key, now=acting.now()
        )
    except Refusal as refusal:
        messages.error(request, refusing.sentence(refusal))
        return redirect("people")
    return redirect("person", key)


@needs(RIGHT)
@require_POST
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Name, mail, administrator, a new password."""
    found, sent = _person(key), request.POST
    password = sent.get("password", "")
    if password:
        try:
            validate_password(password, found)
        except ValidationError as weak:
            return _person_page(request, found, " ".join(weak.messages))
    name = sent.get("name", "").strip()[:120] or found.name
    return _doing(
        request,
        found,
        lambda by: people.edit(
            found,
            name=name,
            email=_email(sent.get("email", "")),
            administrator=sent.get("administrator") == "yes",
            password=password,
            by=by,
            now=acting.now(),
        ),
    )


@needs(RIGHT)
@require_POST
def give_role(request: HttpRequest, key: str) -> HttpResponse:
    """A role from a day to a day."""
    found, sent = _person(key), request.POST
    role = sent.get("role", "").strip()
    if role not in {id_ for id_, _title in _roles()}:
        return _person_page(request, found, _("Choose a role of the standard."))
    since, until = fields.day_if_any(sent.get("since", "")), fields.day_if_any(sent.get("until", ""))
    return _doing(request, found, lambda by: people.give_role(found, role, since=since, until=until, by=by, now=acting.now()))


@needs(RIGHT)
@require_POST
def end_role(request: HttpRequest, key: str, member_id: int) -> HttpResponse:
    """The last day of a role: today if none is given."""
    found = _person(key)
    member = RoleMember.objects.filter(pk=member_id, person=found).first()
    if member is None:
        raise Http404
    last = fields.day_if_any(request.POST.get("last", "")) or timezone.localdate(acting.now())
    return _doing(request, found, lambda by: people.end_role(member, last_day=last, by=by, now=acting.now()))


@needs(RIGHT)
@require_POST
def deactivate(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody leaves: their work goes to the successor or to their roles; what nobody may take is said."""
    found = _person(key)
    successor = Person.objects.filter(key=request.POST.get("successor", "")).first()
    try:
        done = absences.deactivate(found, successor=successor, actor=acting.actor_of(request), now=acting.now())
    except Refusal as refusal:
        return _person_page(request, found, refusing.sentence(refusal))
    messages.success(
        request, _("%(name)s is not active any more. Handed over: %(number)d.") % {"name": found.name, "number": len(done.moved)}
    )
    if done.stayed:
        words = _("%(number)d tasks have nobody now; they stand on the board under: nobody has it.")
        messages.warning(request, words % {"number": len(done.stayed)})
    return redirect("person", key)


@needs(RIGHT)
@require_POST
def come_back(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody works here again."""
    found = _person(key)
    return _doing(request, found, lambda by: people.come_back(found, by=by, now=acting.now()))


# --- groups -----------------------------------------------------------------------------------------------------------------


@needs(RIGHT)
@require_POST
def found_group(request: HttpRequest) -> HttpResponse:
    """A new group."""
    sent, by = request.POST, acting.person_of(request).key
    key, name = sent.get("key", "").strip(), sent.get("name", "").strip()[:120]
    try:
        people.found_group(key, name=name or key, lead=_lead(sent.get("lead", "")), by=by, now=acting.now())
    except Refusal as refusal:
        messages.error(request, refusing.sentence(refusal))
        return redirect("people")
    return redirect("group", key)


@needs(RIGHT)
@require_safe
def group(request: HttpRequest, key: str) -> HttpResponse:
    """One group: its name, lead and people."""
    found = _group(key)
    everybody = Person.objects.filter(is_active=True).order_by("name")
    members = found.members.filter(left_on__isnull=True).select_related("person").order_by("person__name")
    return render(request, "web/group.html", {"group": found, "members": members, "everybody": everybody})


@needs(RIGHT)
@require_POST
def edit_group(request: HttpRequest, key: str) -> HttpResponse:
    """Another name or lead; closed or open again."""
    found, sent = _group(key), request.POST
    name = sent.get("name", "").strip()[:120] or found.name
    active = sent.get("active") == "yes"
    people.edit_group(found, name=name, lead=_lead(sent.get("lead", "")), active=active, by=acting.person_of(request).key, now=acting.now())
    return redirect("group", key)


@needs(RIGHT)
@require_POST
def join(request: HttpRequest, key: str) -> HttpResponse:
    """A person comes to a group."""
    found = _group(key)
    try:
        people.join(found, _person(request.POST.get("person", "")), by=acting.person_of(request).key, now=acting.now())
    except Refusal as refusal:
        messages.error(request, refusing.sentence(refusal))
    return redirect("group", key)


@needs(RIGHT)
@require_POST
def leave(request: HttpRequest, key: str, member_id: int) -> HttpResponse:
    """A person leaves a group."""
    member = GroupMember.objects.select_related("group", "person").filter(pk=member_id, group__key=key).first()
    if member is None:
        raise Http404
    now = acting.now()
    people.leave(member, today=timezone.localdate(now), by=acting.person_of(request).key, now=now)
    return redirect("group", key)


# --- helpers ----------------------------------------------------------------------------------------------------------------


def _person_page(request: HttpRequest, found: Person, refused: str = "") -> HttpResponse:
    today = timezone.localdate(acting.now())
    titles = dict(_roles())
    held = [(member, titles.get(member.role, member.role)) for member in found.roles.order_by("role", "valid_from")]
    context = {
        "person": found,
        "held": held,
        "roles": sorted(titles.items(), key=lambda pair: pair[1]),
        "groups": found.groups.filter(left_on__isnull=True).select_related("group"),
        "absences": found.absences.filter(last_day__gte=today, withdrawn_at__isnull=True).select_related("deputy").order_by("first_day"),
        "open_work": WorkItem.objects.filter(responsible=found, state=WorkItem.State.OPEN).count(),
        "everybody": Person.objects.filter(is_active=True).exclude(pk=found.pk).order_by("name"),
        "today": today,
        "refused": refused,
    }
    return render(request, "web/person.html", context, status=refusing.CONFLICT if refused else 200)


def _doing(request: HttpRequest, found: Person, act: Callable[[str], object]) -> HttpResponse:
    try:
        act(acting.person_of(request).key)
    except Refusal as refusal:
        return _person_page(request, found, refusing.sentence(refusal))
    messages.success(request, _("Saved."))
    return redirect(reverse("person", args=[found.key]))


def _roles() -> list[tuple[str, str]]:
    return list(choices(standards_in_force()).roles)


def _person(key: str) -> Person:
    found = Person.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _group(key: str) -> Group:
    found = Group.objects.select_related("lead").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _lead(key: str) -> Person | None:
    return Person.objects.filter(key=key, is_active=True).first() if key else None


def _email(text: str) -> str:
    text = text.strip()[:254]
    return text if "@" in text else ""


urlpatterns = [
    path("", list_, name="people"),
    path("hire", hire, name="person_hire"),
    path("groups/found", found_group, name="group_found"),
    path("groups/<str:key>/", group, name="group"),
    path("groups/<str:key>/edit", edit_group, name="group_edit"),
    path("groups/<str:key>/join", join, name="group_join"),
    path("groups/<str:key>/leave/<int:member_id>", leave, name="group_leave"),
    path("<str:key>/", person, name="person"),
    path("<str:key>/edit", edit, name="person_edit"),
    path("<str:key>/roles", give_role, name="person_give_role"),
    path("<str:key>/roles/<int:member_id>/end", end_role, name="person_end_role"),
    path("<str:key>/deactivate", deactivate, name="person_deactivate"),
    path("<str:key>/come-back", come_back, name="person_come_back"),
]
