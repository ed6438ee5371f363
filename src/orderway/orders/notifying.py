"""Tells people: follows the journal for what was given to them, reminders, escalations and absences; `tell` is for comments and others.

Writes notifications only. A follower is a reader: nothing is sent here, and reading an entry twice tells nobody twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from orderway.engine.move import Assigned, Json, Move
from orderway.journal import following
from orderway.journal.following import Followed
from orderway.masterdata import presence
from orderway.masterdata.models import Person, RoleMember
from orderway.orders.clock import TOLD
from orderway.orders.models import Mention, Notification, Order, WorkItem
from orderway.releases.publishing import program_of

FOLLOWER = "notifications"
ROLE = "role "
OVER = 100  # percent of the limit: before it is a reminder, from it on an escalation
HANDING = frozenset({"assign", "delegate", "migrate"})  # work that comes from elsewhere; what the way itself brings stands in My work
RESPONSIBLE, ORDER_OWNER, STANDARD_OWNER = TOLD["responsible"], TOLD["order_owner"], TOLD["standard_owner"]


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. `to`: keys of people; `roles`: everybody who has one of them on that day."""

    kind: str
    source: str
    subject_kind: str
    subject_key: str
    actor: str
    at: datetime
    to: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    stage: str = ""
    percent: int = 0
    text: str = ""


def tell(
    people: Iterable[Person], *, subject: str, source: str, actor: str, now: datetime, text: str = "", kind: str = "mention",
    about: str = "order",
) -> int:  # fmt: skip
    """Tell these people about an order (its number) or, with `about`, something else, once per `source`; the actor is not told what
    they did. Gives how many are new."""
    rows = [
        Notification(person=person, kind=kind, source=source, subject_kind=about, subject_key=subject, actor=actor, text=text[:500], at=now)
        for person in people
        if person.is_active and person.key != actor
    ]
    before = Notification.objects.filter(source=source).count()
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return Notification.objects.filter(source=source).count() - before


def of_mentions(mentions: Sequence[Mention]) -> None:
    """Tell whoever was mentioned in a comment, in its transaction; the text stays with the comment, where it may be withdrawn."""
    rows = [
        Notification(
            person_id=mention.person_id,
            kind=Notification.Kind.MENTION,
            source=f"comment:{mention.comment_id}",
            subject_kind="order",
            subject_key=mention.comment.order.number,
            stage=mention.comment.stage,
            actor=mention.comment.author,
            at=mention.at,
        )
        for mention in mentions
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def follow(now: datetime) -> int:
    """Read on in the journal and tell whoever it concerns; gives how many entries were read. The first call begins at the journal's end."""
    begin(now)
    read = 0
    while count := following.follow(FOLLOWER, _take, now=now):
        read += count
    return read


def begin(now: datetime) -> None:
    """Where there is no cursor yet: nobody is told what happened before anybody could be."""
    following.begin_at_end(FOLLOWER, now)


def _take(entries: Sequence[Followed]) -> None:
    moves = [(entry, Move.from_payload(payload)) for entry, payload in _payloads(entries, "order") if "act" in payload]
    moves = [(entry, move) for entry, move in moves if move.act in HANDING or move.act == "escalate"]
    orders = _Orders(entry.subject_key for entry, _move in moves)
    news = [one for entry, move in moves for one in _news(entry, move, orders)]
    news += [one for entry, payload in _payloads(entries, "person") for one in _absence(entry, payload)]
    _write(news)


def _payloads(entries: Iterable[Followed], kind: str) -> Iterator[tuple[Followed, Mapping[str, Json]]]:
    return ((entry, json.loads(entry.payload)) for entry in entries if entry.subject_kind == kind)


def _news(entry: Followed, move: Move, orders: _Orders) -> Iterator[News]:
    if move.act == "escalate":
        yield _alarm(entry, move, orders)
    for assigned in move.assigned if move.act in HANDING else ():
        if assigned.responsible and assigned.responsible != entry.actor:
            yield _given(entry, move, assigned)


def _given(entry: Followed, move: Move, assigned: Assigned) -> News:
    source = f"order:{entry.subject_key}:{entry.sequence}:{assigned.responsible}"
    to = frozenset({assigned.responsible})
    kind, stage = Notification.Kind.GIVEN, assigned.item.stage
    return News(
        kind, source, "order", entry.subject_key, entry.actor, entry.at, to, stage=stage, text=assigned.stands_in_for or move.reason
    )


def _alarm(entry: Followed, move: Move, orders: _Orders) -> News:
    item = move.turn.item
    assert item is not None, "an alarm is about an item"
    told = set(move.told.split(", "))
    people = {orders.responsible(entry.subject_key, item.stage, item.opened)} if RESPONSIBLE in told else set()
    if ORDER_OWNER in told:
        people.add(orders.owner(entry.subject_key))
    roles = {one.removeprefix(ROLE) for one in told if one.startswith(ROLE)}
    if STANDARD_OWNER in told:
        roles.add(orders.standard_owner(entry.subject_key))
    kind = Notification.Kind.REMINDER if 0 < move.level < OVER else Notification.Kind.ESCALATION
    source = f"order:{entry.subject_key}:{entry.sequence}"
    to, named = frozenset(people - {""}), frozenset(roles - {""})
    return News(kind, source, "order", entry.subject_key, entry.actor, entry.at, to, named, stage=item.stage, percent=move.level)


def _absence(entry: Followed, payload: Mapping[str, Json]) -> Iterator[News]:
    deputy = payload.get("deputy")
    if entry.act in ("absence", "absence_changed") and isinstance(deputy, str) and deputy:
        source, text = f"person:{entry.subject_key}:{entry.sequence}", f"{payload['from']} – {payload['until']}"
        to = frozenset({deputy})
        yield News(Notification.Kind.ABSENCE, source, "person", entry.subject_key, entry.actor, entry.at, to, text=text)


class _Orders:
    """Owners, versions and holders of the orders of a batch: two statements, however many."""

    def __init__(self, numbers: Iterable[str]) -> None:
        wanted = set(numbers)
        rows = Order.objects.filter(number__in=wanted, as_history=False) if wanted else Order.objects.none()
        found = list(rows.values_list("number", "owner__key", "version_id", "version__content_hash"))
        self._owners = {number: owner or "" for number, owner, _version, _hash in found}
        self._versions = {number: (version, hash_) for number, _owner, version, hash_ in found}
        items = WorkItem.objects.filter(order__number__in=self._owners, responsible__isnull=False) if found else WorkItem.objects.none()
        held = items.values_list("order__number", "stage", "opened_sequence", "responsible__key")
        self._holders = {(number, stage, opened): key for number, stage, opened, key in held}

    def owner(self, number: str) -> str:
        """The key of whoever answers for the order."""
        return self._owners.get(number, "")

    def responsible(self, number: str, stage: str, opened: int) -> str:
        """The key of whoever has the item."""
        return self._holders.get((number, stage, opened), "")

    def standard_owner(self, number: str) -> str:
        """The role that owns the order's standard."""
        known = self._versions.get(number)
        return program_of(*known).standard.owner if known else ""


def _write(news: Sequence[News]) -> None:
    """One row per person and piece of news; whoever is not active is told nothing."""
    members = _members({role for one in news for role in one.roles}, {timezone.localdate(one.at) for one in news})
    keys = {key for one in news for key in one.to} | {key for named in members.values() for key in named}
    ids = dict(Person.objects.filter(key__in=keys, is_active=True).values_list("key", "pk")) if keys else {}
    rows = [
        Notification(
            person_id=ids[key],
            **{
                name: getattr(one, name)
                for name in ("kind", "source", "subject_kind", "subject_key", "stage", "percent", "actor", "text", "at")
            },
        )
        for one in news
        for key in sorted(one.to | {key for role in one.roles for key in members.get((role, timezone.localdate(one.at)), ())})
        if key in ids
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _members(roles: set[str], days: set[date]) -> dict[tuple[str, date], list[str]]:
    """Who has which role on which day; one statement per day of the batch."""
    found: dict[tuple[str, date], list[str]] = {}
    for day in sorted(days) if roles else ():
        rows = RoleMember.objects.filter(presence.valid_on(day), Q(role__in=roles), person__is_active=True)
        for role, key in rows.values_list("role", "person__key"):
            found.setdefault((role, day), []).append(key)
    return found
