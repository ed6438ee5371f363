"""Decisions of a review: tasks with an owner and a day. Who may decide is who owns or approves a standard; who settles is the owner."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orderway.engine.refusals import Mistake, Refusal
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata import rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.measures import figures
from orderway.measures.models import Decision, ReviewPack
from orderway.orders.models import Notification
from orderway.pages.notices import Notice
from orderway.releases import control

SUBJECT = "review"
MOST_LETTERS = 500


class NotForThem(Refusal):
    """Somebody who may not decide at a review."""

    code = "not_for_them"
    message = "{person} may not do this at a management review."
    remedy = "Those may who own or approve a standard in force, administrators, and for a decision its owner."


class DecisionIncomplete(Mistake):
    """A decision without words, an owner or a day."""

    code = "decision_incomplete"
    message = "A decision needs what is to be done, who does it, and until when."
    remedy = "Fill in all three; the day must not lie in the past."


class NoResult(Mistake):
    """A decision settled without saying what came of it."""

    code = "no_result"
    message = "What came of the decision is missing."
    remedy = "Say in one sentence what was done."


class AlreadySettled(Refusal):
    """A decision that was settled before."""

    code = "already_settled"
    message = "{person} has settled this decision already."
    remedy = "Look at what came of it; decide anew at the next review."


def may(person: Person, act: str, decision: Decision | None = None) -> bool:
    """Whether the table of rights allows it: decisions of reviews belong to who owns or approves a standard, and to their owners."""
    roles = control.roles_today(person)
    duties = {duty for standard in figures.standards_in_force() for duty in control.duties(standard, person, roles)}
    if decision is not None and decision.owner_id == person.pk:
        duties.add(Duty.HOLDER)
    return rights.allows(duties, act)


def decide(pack: ReviewPack, text: str, owner: Person | None, due_on: date | None, *, by: Person, now: datetime) -> Decision:
    """Put a decision on record and tell its owner. Refused with NotForThem or DecisionIncomplete."""
    _require(by, "review.decide")
    text = text.strip()[:MOST_LETTERS]
    if not text or owner is None or not owner.is_active or due_on is None or due_on < timezone.localdate(now):
        raise DecisionIncomplete(field="text" if not text else "owner" if owner is None else "due_on")
    with transaction.atomic():
        made = Decision.objects.create(pack=pack, text=text, owner=owner, due_on=due_on, made_by=by.key, made_at=now)
        _write_down(made, "decide", {"text": text, "owner": owner.key, "due": due_on.isoformat()}, by, now)
        if owner.pk != by.pk:
            Notification.objects.create(
                person=owner,
                kind=Notification.Kind.DECIDED,
                source=f"decision:{made.pk}",
                subject_kind=SUBJECT,
                subject_key=pack.key,
                actor=by.key,
                text=text,
                at=now,
            )
    return made


def settle(decision_id: int, result: str, *, by: Person, now: datetime) -> Decision:
    """Say what came of a decision. Refused with NotForThem, NoResult or AlreadySettled."""
    with transaction.atomic():
        decision = Decision.objects.select_for_update(of=("self",)).select_related("pack").get(pk=decision_id)
        _require(by, "review.settle", decision)
        if decision.done_at is not None:
            raise AlreadySettled(person=decision.done_by)
        if not result.strip():
            raise NoResult(field="result")
        decision.done_at, decision.done_by, decision.result = now, by.key, result.strip()[:MOST_LETTERS]
        decision.save(update_fields=["done_at", "done_by", "result"])
        _write_down(decision, "settle", {"decision": decision.pk, "result": decision.result}, by, now)
    return decision


def waiting(person_id: int, now: datetime) -> list[Notice]:
    """What reviews have given somebody to do; one statement."""
    today = timezone.localdate(now)
    rows = Decision.objects.filter(owner_id=person_id, done_at__isnull=True).select_related("pack")
    text = _("Decision of the review %(pack)s, due %(day)s: %(text)s")
    return [
        Notice(
            text % {"pack": one.pack.key, "day": one.due_on.isoformat(), "text": one.text},
            reverse("review", args=[one.pack.key]),
            one.due_on < today,
        )
        for one in rows
    ]


def _require(person: Person, act: str, decision: Decision | None = None) -> None:
    if not may(person, act, decision):
        raise NotForThem(person=person.key)


def _write_down(decision: Decision, act: str, payload: dict[str, object], by: Person, now: datetime) -> None:
    writing.append([NewEntry(SUBJECT, decision.pack.key, now, act, by.key, writing.canonical(payload))])
