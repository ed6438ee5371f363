"""The routes of people: who works here, who is away and who stands in, what somebody was told. Who may, `orders.absences` decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import BaseModel

from orderway.api import doing
from orderway.masterdata import presence
from orderway.masterdata.models import Absence, Person, RoleMember
from orderway.orders import absences
from orderway.orders.absences import HandedOver
from orderway.orders.models import Notification
from orderway.orders.routes import Asked, Body, Caller, Done, NotFound, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import Day, Key, Word, in_path
from orderway.orders.routes.paging import Page, Wanted, page_of

routes = Routes(tags=["people"])
ABSENCE = in_path("The absence's id.", ge=1, le=2**62)
MOST_READ = 200


# --- what is shown ------------------------------------------------------------------------------------------------------------------


class PersonOut(Shown):
    """Somebody who works here."""

    person: str = Asked("The person's key.")
    name: str = Asked("The name.")
    active: bool = Asked("Whether the person still works here.")
    roles: list[str] = Asked("The roles of today.")
    away_until: str | None = Asked("The last day of the absence of today; nothing if the person is there.")
    deputy: str = Asked("Who stands in today; empty for nobody.")


class PeopleOut(Page):
    """A page of people."""

    rows: list[PersonOut] = Asked("The people, by name.")


class AbsenceOut(Shown):
    """An absence."""

    absence: int = Asked("The absence's id.")
    person: str = Asked("Who is away, by key.")
    first: str = Asked("The first day.")
    last: str = Asked("The last day.")
    deputy: str = Asked("Who stands in, by key; empty for nobody.")
    withdrawn: bool = Asked("Whether it was withdrawn.")


class AbsencesOut(Page):
    """A page of absences."""

    rows: list[AbsenceOut] = Asked("The absences of today and later, the nearest first.")


class HandedOverOut(AbsenceOut):
    """An absence with what became of the open work."""

    moved: dict[str, str] = Asked("By place, who has the work now.")
    stayed: dict[str, str] = Asked("By place, why nobody else could take it.")


class MessageOut(Shown):
    """Something that the person of the token was told."""

    message: int = Asked("The message's id.")
    kind: str = Asked("given, reminder, escalation, absence, mention, or a kind of another reader.")
    about: str = Asked("What it is about, such as order.")
    key: str = Asked("Which one, such as the order's number.")
    stage: str = Asked("The stage, where it is about one.")
    actor: str = Asked("Who did what one is told of.")
    text: str = Asked("What was said, if somebody said something.")
    at: datetime = Asked("When.")
    read: bool = Asked("Whether it has been read.")


class MessagesOut(Page):
    """A page of messages."""

    rows: list[MessageOut] = Asked("The messages, newest first.")


class ReadOut(Shown):
    """How many messages count as read now."""

    read: int = Asked("How many were unread before.")


# --- what is asked ------------------------------------------------------------------------------------------------------------------


class AbsenceIn(Body):
    """An absence to be recorded."""

    person: Word = Asked("Who is away, by key.")
    first: Day = Asked("The first day.")
    last: Day = Asked("The last day.")
    deputy: Word = Asked("Who stands in, by key; empty for nobody: then the work goes to whoever of the role has least to do.", "")


class AbsenceChangeIn(Body):
    """What becomes of an absence."""

    last: Day = Asked("The last day.")
    deputy: Word = Asked("Who stands in, by key; empty for nobody.", "")


class WithdrawIn(Body):
    """An absence that does not happen."""


class ReadIn(Body):
    """Which messages have been read."""

    messages: list[Key] = Asked("Their ids; all of one's own if left out.", [], max_length=MOST_READ)


class MessageFilter(BaseModel):
    """Which messages are wanted."""

    unread: bool = Asked("Only those that have not been read.", False)


# --- people -------------------------------------------------------------------------------------------------------------------------


@routes.reads("/people", right="master.read", gives=PeopleOut, summary="People")
def people(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, object]:
    """Who works here, with the roles of today, and who is away."""
    today = timezone.localdate(caller_of(request).now)
    found = Person.objects.order_by("name", "key").prefetch_related(
        Prefetch("roles", RoleMember.objects.filter(presence.valid_on(today)).order_by("role"), to_attr="roles_today"),
        Prefetch("absences", Absence.objects.filter(presence.covering(today)).select_related("deputy"), to_attr="away_today"),
    )
    return page_of(found, wanted, lambda rows: [_person_out(row) for row in rows])


def _person_out(person: Person) -> dict[str, object]:
    roles: Sequence[RoleMember] = person.roles_today  # type: ignore[attr-defined]
    away: Sequence[Absence] = person.away_today  # type: ignore[attr-defined]
    return {
        "person": person.key,
        "name": person.name,
        "active": person.is_active,
        "roles": [member.role for member in roles],
        "away_until": away[0].last_day.isoformat() if away else None,
        "deputy": away[0].deputy.key if away and away[0].deputy else "",
    }


# --- absences -----------------------------------------------------------------------------------------------------------------------


@routes.reads("/absences", right="master.read", gives=AbsencesOut, summary="Absences")
def list_absences(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, object]:
    """Absences of today and later."""
    today = timezone.localdate(caller_of(request).now)
    found = Absence.objects.filter(last_day__gte=today, withdrawn_at__isnull=True).select_related("person", "deputy")
    return page_of(found.order_by("first_day", "id"), wanted, lambda rows: [_absence_out(row) for row in rows])


@routes.acts("/absences", right="absence.record", gives=HandedOverOut, summary="Record an absence", status=201)
def record_absence(request: HttpRequest, absence: AbsenceIn) -> Done:
    """Somebody will be away: what is open moves when it begins, at once if that is today. One's own, as lead, or as administrator."""
    caller = caller_of(request)
    first, last, deputy = absence.first, absence.last, _deputy(absence.deputy)
    made, done = absences.record_absence(
        doing.person(absence.person), first=first, last=last, deputy=deputy, actor=caller.actor, now=caller.now
    )
    return Done(_handed_over(made, done), status=201)


@routes.acts("/absences/{absence_id}/change", right="absence.record", gives=HandedOverOut, summary="Change an absence")
def change_absence(request: HttpRequest, change: AbsenceChangeIn, absence_id: int = ABSENCE) -> Done:
    """Another last day or deputy."""
    caller, found = caller_of(request), _absence(absence_id)
    done = absences.change_absence(found, last=change.last, deputy=_deputy(change.deputy), actor=caller.actor, now=caller.now)
    return Done(_handed_over(_absence(absence_id), done))


@routes.acts("/absences/{absence_id}/withdraw", right="absence.record", gives=AbsenceOut, summary="Withdraw an absence")
def withdraw_absence(request: HttpRequest, nothing: WithdrawIn, absence_id: int = ABSENCE) -> Done:
    """It does not happen, or ends now; what has moved stays with whoever has it."""
    caller = caller_of(request)
    absences.withdraw_absence(_absence(absence_id), actor=caller.actor, now=caller.now)
    return Done(_absence_out(_absence(absence_id)))


def _absence(absence_id: int) -> Absence:
    found = Absence.objects.select_related("person", "deputy").filter(pk=absence_id).first()
    if found is None:
        raise NotFound(what="absence", key=str(absence_id))
    return found


def _deputy(key: str) -> Person | None:
    return doing.person(key) if key else None


def _absence_out(absence: Absence) -> dict[str, object]:
    return {
        "absence": absence.pk,
        "person": absence.person.key,
        "first": _iso(absence.first_day),
        "last": _iso(absence.last_day),
        "deputy": absence.deputy.key if absence.deputy else "",
        "withdrawn": absence.withdrawn_at is not None,
    }


def _handed_over(absence: Absence, done: HandedOver) -> Mapping[str, object]:
    return _absence_out(absence) | {"moved": done.moved, "stayed": done.stayed}


def _iso(day: date) -> str:
    return day.isoformat()


# --- messages -----------------------------------------------------------------------------------------------------------------------


@routes.reads("/messages", right="message.read", gives=MessagesOut, summary="Messages")
def messages(request: HttpRequest, wanted: Query[Wanted], filter: Query[MessageFilter]) -> dict[str, object]:
    """What the person of the token was told."""
    found = Notification.objects.filter(person=_own(caller_of(request))).order_by("-id")
    if filter.unread:
        found = found.filter(read_at__isnull=True)
    return page_of(found, wanted, lambda rows: [_message_out(row) for row in rows])


@routes.acts("/messages/read", right="message.read", gives=ReadOut, summary="Have read messages")
def read_messages(request: HttpRequest, which: ReadIn) -> Done:
    """Messages of one's own count as read; others' are left alone."""
    caller = caller_of(request)
    mine = Notification.objects.filter(person=_own(caller), read_at__isnull=True)
    if which.messages:
        mine = mine.filter(pk__in=which.messages)
    return Done({"read": mine.update(read_at=caller.now)})


def _own(caller: Caller) -> int:
    assert caller.actor.person_id is not None, "a token belongs to a person"
    return caller.actor.person_id


def _message_out(one: Notification) -> dict[str, object]:
    return {
        "message": one.pk,
        "kind": one.kind,
        "about": one.subject_kind,
        "key": one.subject_key,
        "stage": one.stage,
        "actor": one.actor,
        "text": one.text,
        "at": moment(one.at),
        "read": one.read_at is not None,
    }
