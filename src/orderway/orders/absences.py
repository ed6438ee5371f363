"""Absences and departures: who goes away, who stands in, and what becomes of the work that is open. Both names stand on the record.

Work moves once, when the absence begins (at once or by the worker). It never moves to somebody who is barred; what nobody may take stays
where it is, with a warning to the owner of the order, or shows as unassigned if its person has left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from orderway.engine import advance
from orderway.engine.case import ItemKey
from orderway.engine.move import Assigned
from orderway.engine.refusals import Refusal
from orderway.masterdata import people, presence, rights
from orderway.masterdata.models import Absence, Group, GroupMember, Person, RoleMember
from orderway.masterdata.refusals import AbsenceOver, AbsencesOverlap, DeputyCircle, NotActive, NotYourAbsence, OwnDeputy
from orderway.masterdata.rights import Duty
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.models import WorkItem
from orderway.orders.refusals import NotAllowed
from orderway.orders.session import ASKED_ALREADY, Entrance, Work, door

BATCH = 500
WARNED = "the owner of the order"


@dataclass(slots=True)
class HandedOver:
    """What became of somebody's open work: place -> who has it now, and place -> why nobody could take it."""

    moved: dict[str, str] = field(default_factory=dict)
    stayed: dict[str, str] = field(default_factory=dict)

    def add(self, other: HandedOver) -> None:
        """Together with another one."""
        self.moved |= other.moved
        self.stayed |= other.stayed


def record_absence(
    person: Person, *, first: date, last: date, deputy: Person | None, actor: Actor, now: datetime
) -> tuple[Absence, HandedOver]:
    """Somebody is away from `first` to `last`, both included. If that has begun, the open work moves with it in one transaction."""
    people.require_in_order(first, last)
    _require_may(actor, person)
    with transaction.atomic():
        locked = _locked(person)
        _require_sound(locked, first, last, deputy)
        absence = Absence.objects.create(person=locked, first_day=first, last_day=last, deputy=deputy)
        payload = {"from": str(first), "until": str(last), "deputy": deputy.key if deputy else ""}
        people.note(people.SUBJECT, locked.key, "absence", actor.key, now, payload)
        begun = first <= timezone.localdate(now) <= last
        return absence, _hand_over(absence, actor, now) if begun else HandedOver()


def change_absence(absence: Absence, *, last: date, deputy: Person | None, actor: Actor, now: datetime) -> HandedOver:
    """Another last day or deputy. A new deputy of an absence that has begun gets what the person still holds; what moved stays moved."""
    with transaction.atomic():
        locked = _locked(absence.person)
        found = Absence.objects.select_for_update().get(pk=absence.pk)
        _require_may(actor, locked)
        if found.withdrawn_at is not None or found.last_day < timezone.localdate(now):
            raise AbsenceOver
        people.require_in_order(found.first_day, last)
        _require_sound(locked, found.first_day, last, deputy, but=found)
        found.last_day, found.deputy = last, deputy
        found.save(update_fields=["last_day", "deputy"])
        payload = {"from": str(found.first_day), "until": str(last), "deputy": deputy.key if deputy else ""}
        people.note(people.SUBJECT, locked.key, "absence_changed", actor.key, now, payload)
        begun = found.first_day <= timezone.localdate(now) <= last
        return _hand_over(found, actor, now) if begun else HandedOver()


def withdraw_absence(absence: Absence, *, actor: Actor, now: datetime) -> None:
    """It does not happen, or ends now. What has moved stays with whoever has it: they may hand it back."""
    with transaction.atomic():
        locked = _locked(absence.person)
        _require_may(actor, locked)
        if not Absence.objects.filter(pk=absence.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
            raise AbsenceOver
        payload = {"from": str(absence.first_day), "until": str(absence.last_day)}
        people.note(people.SUBJECT, locked.key, "absence_withdrawn", actor.key, now, payload)


def hand_over(now: datetime) -> HandedOver:
    """Move the open work of everybody whose absence has begun since; done twice it does nothing the second time."""
    done = HandedOver()
    today = timezone.localdate(now)
    begun = Absence.objects.filter(first_day__lte=today, last_day__gte=today, handed_over_at__isnull=True, withdrawn_at__isnull=True)
    for absence in begun.select_related("person", "deputy").order_by("id"):
        with transaction.atomic():
            _locked(absence.person)
            if begun.filter(pk=absence.pk).exists():  # another worker was not first, and nobody withdrew it
                done.add(_hand_over(absence, SYSTEM, now))
    return done


def deactivate(person: Person, *, successor: Person | None = None, actor: Actor, now: datetime) -> HandedOver:
    """Somebody leaves: nobody signs in as them, their roles end, their open work goes to the successor or to the role by load.

    What nobody may take stands unassigned with the reason and escalates at once.
    """
    if not rights.allows(actor.duties, "person.edit"):
        raise NotAllowed(actor=actor.key, act="person.edit", place=person.key, who="administrator")
    with transaction.atomic():
        locked = _locked(person)
        if successor is not None and (successor.pk == locked.pk or not successor.is_active):
            raise NotActive(person=successor.key)
        people.require_another_administrator(locked)
        today = timezone.localdate(now)
        Person.objects.filter(pk=locked.pk).update(is_active=False)
        RoleMember.objects.filter(presence.valid_on(today), person=locked).update(valid_until=today)
        GroupMember.objects.filter(person=locked, left_on__isnull=True).update(left_on=today)
        Group.objects.filter(lead=locked).update(lead=successor)
        people.note(people.SUBJECT, locked.key, "leave", actor.key, now, {"successor": successor.key if successor else ""})
        done = HandedOver()
        for numbers in _orders_of(locked):
            done.add(_move(numbers, locked, actor, now, successor=successor, leaves=True))
    return done


# --- what must be true --------------------------------------------------------------------------------------------------------


def may_record(actor: Actor, person: Person, *, led: bool) -> bool:
    """Whether somebody may record this person's absence: their own, as lead of their group, as administrator."""
    duties = set(actor.duties)
    if actor.person_id == person.pk:
        duties.add(Duty.HOLDER)
    if led:
        duties.add(Duty.LEAD)
    return rights.allows(duties, "absence.record")


def _require_may(actor: Actor, person: Person) -> None:
    led = GroupMember.objects.filter(person=person, left_on__isnull=True, group__active=True, group__lead_id=actor.person_id).exists()
    if not may_record(actor, person, led=led):
        raise NotYourAbsence(actor=actor.key, person=person.key)


def _locked(person: Person) -> Person:
    """The person under lock: two absences recorded at once see one another."""
    return Person.objects.select_for_update().get(pk=person.pk)


def _require_sound(person: Person, first: date, last: date, deputy: Person | None, *, but: Absence | None = None) -> None:
    if not person.is_active:
        raise NotActive(person=person.key)
    overlapping = Absence.objects.filter(first_day__lte=last, last_day__gte=first, withdrawn_at__isnull=True)
    own = overlapping.filter(person=person).exclude(pk=but.pk if but else 0).first()
    if own is not None:
        raise AbsencesOverlap(person=person.key, first=own.first_day, last=own.last_day)
    if deputy is None:
        return
    if deputy.pk == person.pk:
        raise OwnDeputy(field="deputy", person=person.key)
    if not deputy.is_active:
        raise NotActive(person=deputy.key)
    if overlapping.filter(person=deputy, deputy=person).exists():
        raise DeputyCircle(deputy=deputy.key, person=person.key)


# --- moving the work ------------------------------------------------------------------------------------------------------------


def _hand_over(absence: Absence, actor: Actor, now: datetime) -> HandedOver:
    done = HandedOver()
    for numbers in _orders_of(absence.person):
        done.add(_move(numbers, absence.person, actor, now))
    Absence.objects.filter(pk=absence.pk).update(handed_over_at=now)
    counts = {"moved": len(done.moved), "stayed": len(done.stayed), "to": sorted(set(done.moved.values()))}
    people.note(people.SUBJECT, absence.person.key, "handed_over", actor.key, now, counts)
    return done


def _orders_of(person: Person) -> Iterator[list[str]]:
    """Numbers of the orders with open work of this person, in batches by ascending id."""
    after = 0
    items = WorkItem.objects.filter(responsible=person, state=WorkItem.State.OPEN)
    while rows := list(items.filter(order_id__gt=after).order_by("order_id").values_list("order_id", "order__number").distinct()[:BATCH]):
        after = rows[-1][0]
        yield [number for _id, number in rows]


def _move(
    numbers: list[str], person: Person, actor: Actor, now: datetime, *, successor: Person | None = None, leaves: bool = False
) -> HandedOver:
    """Give the open work of a person in these orders to others; read under the orders' locks, so what was finished meanwhile stays done."""
    done = HandedOver()
    with door(numbers, Entrance("assign", ASKED_ALREADY, None), actor=actor, now=now) as work:
        work.need_clocks()
        if successor is not None:
            work.know_person(successor.key, successor.pk)
        for place in work.places:
            for key, state in list(work.items_of(place).items()):
                if state.responsible_id == person.pk:
                    _move_one(work, place, key, person, successor, done, leaves=leaves)
    return done


def _move_one(work: Work, place: str, key: ItemKey, person: Person, successor: Person | None, done: HandedOver, *, leaves: bool) -> None:
    shown = "/".join((place, *key.path))
    if successor is not None:
        refusal = _given(work, place, Assigned(key, successor.key, "successor", person.key))
        if refusal is None:
            done.moved[shown] = successor.key
            return
    found = work.find_stand_in(work.opened(place), key, person.key)
    if found.responsible or leaves:
        refusal = _given(work, place, found)
        assert refusal is None, "whom assignment finds is not barred"
    if found.responsible:
        done.moved[shown] = found.responsible
        return
    done.stayed[shown] = found.reason
    if not leaves:
        work.move(place, lambda program, case, _item, _answers, who: advance.escalate(program, case, key, level=0, told=WARNED, actor=who))


def _given(work: Work, place: str, assigned: Assigned) -> Refusal | None:
    work.move(
        place, lambda program, case, _item, _answers, who: advance.reassign(program, case, assigned.item, assigned, act="assign", actor=who)
    )
    return work.refused.pop(place, None)
