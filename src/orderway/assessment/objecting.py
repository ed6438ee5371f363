"""Objections: a person says that a task of theirs is counted wrongly, and somebody else decides. Both stand in the journal.

While an objection is open, and when it was upheld, the task counts in nobody's figures. The words stay in the row; the journal holds salted
digests of them. Judges no task itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from orderway.assessment.models import DoneTask, Objection
from orderway.assessment.refusals import DecidedAlready, NotForThem, NotYourTask, ObjectedAlready, ObjectionIncomplete
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata import presence, rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.orders import notifying
from orderway.orders.models import Notification
from orderway.pages.notices import Notice
from orderway.releases import control
from orderway.releases.publishing import program_of

SUBJECT = "objection"
MOST_LETTERS = 1_000


def object_to(task: DoneTask, reason: str, *, by: Person, now: datetime) -> Objection:
    """Object to a task of one's own. Refused with NotYourTask, ObjectionIncomplete or ObjectedAlready."""
    if task.person_id != by.pk:
        raise NotYourTask
    said = _words(reason, "reason")
    with transaction.atomic():
        objection, new = Objection.objects.get_or_create(
            order_id=task.order_id,
            alike_id=task.alike_id,
            path=task.path,
            opened=task.opened,
            defaults={"person": by, "day": task.day, "reason": said, "salt": secrets.token_hex(16), "made_at": now},
        )
        if not new:
            raise ObjectedAlready
        _write_down(objection, "object", by, now, {"stage": task.alike.stage, "reason": _digest(objection, said)})
    return objection


def decide(objection_id: int, *, upheld: bool, answer: str, by: Person, now: datetime) -> Objection:
    """Uphold or reject an objection, and tell its maker. Refused with NotForThem, ObjectionIncomplete or DecidedAlready."""
    said = _words(answer, "answer")
    with transaction.atomic():
        Objection.objects.select_for_update().only("pk").get(pk=objection_id)  # read again: joined, a decision made meanwhile has nobody
        objection = _all().get(pk=objection_id)
        if not may_decide([objection], by):
            raise NotForThem(person=by.name)
        if objection.decided_at is not None:
            raise DecidedAlready(person=objection.decided_by.name if objection.decided_by else "")
        objection.decided_by, objection.decided_at, objection.upheld, objection.answer = by, now, upheld, said
        objection.save(update_fields=["decided_by", "decided_at", "upheld", "answer"])
        _write_down(objection, "decide", by, now, {"upheld": upheld, "answer": _digest(objection, said)})
        notifying.tell(
            [objection.person],
            subject=str(objection.pk),
            source=f"objection:{objection.pk}",
            actor=by.key,
            now=now,
            kind=Notification.Kind.ANSWERED,
            about=SUBJECT,
        )
    return objection


def open_ones() -> list[Objection]:
    """Every objection that waits, the oldest first; one statement."""
    return list(_all().filter(decided_at__isnull=True).order_by("made_at", "pk"))


def of_person(person: int) -> list[Objection]:
    """What somebody objected to, newest first."""
    return list(_all().filter(person=person).order_by("-made_at", "-pk"))


def may_decide(objections: Sequence[Objection], person: Person) -> list[Objection]:
    """Those of them that this person may decide; four statements, however many.

    Never one's own, and never where one worked on the same order: that would be a judgement about one's own entry.
    """
    others = [one for one in objections if one.person_id != person.pk]
    if not others:
        return []
    worked = set(DoneTask.objects.filter(person=person, order_id__in=[one.order_id for one in others]).values_list("order_id", flat=True))
    led, roles = set(presence.led_by(person)), control.roles_today(person)
    return [one for one in others if one.order_id not in worked and rights.allows(_duties(one, person, roles, led=led), "objection.decide")]


def waiting(person_id: int, now: datetime) -> list[Notice]:
    """How many objections somebody has to decide; one statement where there are none."""
    found = open_ones() if Objection.objects.filter(decided_at__isnull=True).exists() else []
    person = Person.objects.filter(pk=person_id).first() if found else None
    number = len(may_decide(found, person)) if person else 0
    if not number:
        return []
    text = ngettext(
        "%(number)d objection to a scorecard waits for your decision.",
        "%(number)d objections to scorecards wait for your decision.",
        number,
    )
    return [Notice(text % {"number": number}, reverse("objections"))]


def _duties(one: Objection, person: Person, roles: frozenset[str], *, led: set[int]) -> set[str]:
    version = one.order.version
    found = set(control.duties(program_of(version.pk, version.content_hash).standard, person, roles))
    return found | {Duty.LEAD} if one.person_id in led else found


def _all() -> QuerySet[Objection]:
    rows = Objection.objects.select_related("person", "order__version", "alike", "decided_by")
    return rows.defer("order__case_text", "order__version__document", "order__version__source")


def _words(text: str, field: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_LETTERS:
        raise ObjectionIncomplete(field=field, most=MOST_LETTERS)
    return said


def _digest(objection: Objection, text: str) -> str:
    return sha256(f"{objection.salt}\n{text}".encode()).hexdigest()


def _write_down(objection: Objection, act: str, by: Person, now: datetime, payload: dict[str, object]) -> None:
    writing.append([NewEntry(SUBJECT, str(objection.pk), now, act, by.key, writing.canonical(payload))])
