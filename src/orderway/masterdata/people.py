"""Acts on people, their roles and groups. Every one stands in the journal of the person or group; nothing is deleted, it ends.

Never moves an order: who leaves or goes away with open work is `orders.absences`' business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Group, GroupMember, Person, RoleMember
from orderway.masterdata.refusals import DatesReversed, GroupClosed, KeyTaken, LastAdministrator, NotActive, NotAKey, RoleHeldAlready

SUBJECT, GROUP = "person", "group"
KEY = re.compile(r"[a-z0-9][a-z0-9.-]{1,63}")


def note(kind: str, key: str, act: str, actor: str, now: datetime, payload: Mapping[str, object]) -> None:
    """One entry of the journal about a person or a group."""
    writing.append([NewEntry(kind, key, now, act, actor, writing.canonical(dict(payload)))])


def hire(key: str, *, name: str, email: str = "", language: str = "en", administrator: bool = False, by: str, now: datetime) -> Person:
    """Somebody new; without a password nobody can sign in as them."""
    if not KEY.fullmatch(key):
        raise NotAKey(field="key", key=key)
    with transaction.atomic():
        if Person.objects.filter(key=key).exists():
            raise KeyTaken(field="key", key=key)
        person = Person.objects.create_user(key, None, name=name, email=email, language=language, is_administrator=administrator)
        note(SUBJECT, key, "hire", by, now, {"administrator": administrator})
    return person


def edit(person: Person, *, name: str, email: str, administrator: bool, password: str = "", by: str, now: datetime) -> None:
    """Other words for a person, and a password if one is given. The journal says what changed, not to what: that is personal data."""
    with transaction.atomic():
        before = Person.objects.select_for_update().get(pk=person.pk)
        if before.is_administrator and not administrator:
            require_another_administrator(before)
        given = {"name": name, "email": email, "is_administrator": administrator}
        changed = [field for field, value in given.items() if getattr(before, field) != value] + (["password"] if password else [])
        before.name, before.email, before.is_administrator = name, email, administrator
        if password:
            before.set_password(password)
        if changed:
            before.save(update_fields=changed)
            note(SUBJECT, before.key, "edit", by, now, {"changed": changed, "administrator": administrator})


def require_another_administrator(person: Person) -> None:
    """Refuse what would leave nobody to keep the installation."""
    others = Person.objects.select_for_update().filter(is_administrator=True, is_active=True).exclude(pk=person.pk)
    if person.is_administrator and not others.exists():
        raise LastAdministrator(person=person.key)


def come_back(person: Person, *, by: str, now: datetime) -> None:
    """Somebody who had left works here again; their roles have ended and are given anew."""
    with transaction.atomic():
        if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            note(SUBJECT, person.key, "come_back", by, now, {})


# --- roles ------------------------------------------------------------------------------------------------------------------


def give_role(person: Person, role: str, *, since: date | None, until: date | None, by: str, now: datetime) -> RoleMember:
    """A role from a day to a day, both included; empty is open."""
    require_in_order(since, until)
    with transaction.atomic():
        held = Person.objects.select_for_update().get(pk=person.pk)
        if not held.is_active:
            raise NotActive(person=held.key)
        if _overlapping(held, role, since, until).exists():
            raise RoleHeldAlready(person=held.key, role=role)
        member = RoleMember.objects.create(person=held, role=role, valid_from=since, valid_until=until)
        note(SUBJECT, held.key, "give_role", by, now, {"role": role, "from": str(since or ""), "until": str(until or "")})
    return member


def end_role(member: RoleMember, *, last_day: date, by: str, now: datetime) -> None:
    """The last day of a role; before its first day means that it never began. What is open moves when somebody signs or finishes it."""
    with transaction.atomic():
        found = RoleMember.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
        found.valid_until = last_day
        found.save(update_fields=["valid_until"])
        note(SUBJECT, found.person.key, "end_role", by, now, {"role": found.role, "until": str(last_day)})


def _overlapping(person: Person, role: str, since: date | None, until: date | None) -> QuerySet[RoleMember]:
    rows = RoleMember.objects.filter(person=person, role=role)
    if since is not None:
        rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=since))
    return rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=until)) if until is not None else rows


def require_in_order(first: date | None, last: date | None) -> None:
    """Refuse a last day before the first."""
    if first is not None and last is not None and last < first:
        raise DatesReversed(field="last_day", first=first, last=last)


# --- groups -----------------------------------------------------------------------------------------------------------------


def found_group(key: str, *, name: str, lead: Person | None, by: str, now: datetime) -> Group:
    """A new group."""
    if not KEY.fullmatch(key):
        raise NotAKey(field="key", key=key)
    with transaction.atomic():
        if Group.objects.filter(key=key).exists():
            raise KeyTaken(field="key", key=key)
        group = Group.objects.create(key=key, name=name, lead=lead)
        note(GROUP, key, "found", by, now, {"lead": lead.key if lead else ""})
    return group


def edit_group(group: Group, *, name: str, lead: Person | None, active: bool, by: str, now: datetime) -> None:
    """Another name or lead, closed or open again."""
    with transaction.atomic():
        found = Group.objects.select_for_update().get(pk=group.pk)
        found.name, found.lead, found.active = name, lead, active
        found.save(update_fields=["name", "lead", "active"])
        note(GROUP, found.key, "edit", by, now, {"lead": lead.key if lead else "", "active": active})


def join(group: Group, person: Person, *, by: str, now: datetime) -> None:
    """A person comes to a group; who is there already stays."""
    with transaction.atomic():
        found = Group.objects.select_for_update().get(pk=group.pk)
        if not found.active:
            raise GroupClosed(group=found.key)
        if not person.is_active:
            raise NotActive(person=person.key)
        _member, new = GroupMember.objects.get_or_create(group=found, person=person, left_on=None)
        if new:
            note(GROUP, found.key, "join", by, now, {"person": person.key})


def leave(member: GroupMember, *, today: date, by: str, now: datetime) -> None:
    """A person leaves a group."""
    with transaction.atomic():
        if GroupMember.objects.filter(pk=member.pk, left_on=None).update(left_on=today):
            note(GROUP, member.group.key, "leave", by, now, {"person": member.person.key})
