"""The life of a version: draft, approval (not by the author), release, retirement; and the program that a released version becomes.

Never changes a document that left the draft state and never touches an order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from orderway.engine import memo
from orderway.engine.program import Program, compile_standard
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import GroupMember, Person
from orderway.releases import listening
from orderway.releases.catalogue import catalogue
from orderway.releases.certified import stages_without
from orderway.releases.control import require
from orderway.releases.models import ALL_PERCENT, Trial, Version
from orderway.releases.readiness import readiness
from orderway.releases.refusals import (
    AuthorMayNotApprove,
    DraftHasDefects,
    InThePast,
    NotAnApprover,
    NotReady,
    NoVersionInForce,
    SameContent,
    VersionExists,
    WrongStatus,
)
from orderway.standard.canonical import canonical, content_hash, from_canonical
from orderway.standard.defects import check_text
from orderway.standard.document import Standard
from orderway.standard.draft import Draft
from orderway.standard.parse import parse
from orderway.standard.providers import providing_stages
from orderway.standard.templates import shipped

SHIPPED_BY = "Orderway"
PROGRAMS_KEPT = 64


# --- the steps of a version's life ------------------------------------------------------------------------------------


def draft(source: str, *, author: str, now: datetime) -> Version:
    """Store a YAML text as a draft. Refused with DraftHasDefects, VersionExists or SameContent."""
    standard = _checked(source)
    text, hash_ = canonical(standard), content_hash(standard)
    with transaction.atomic():
        same = Version.objects.filter(Q(content_hash=hash_) | Q(standard_id=standard.id, version=standard.version)).first()
        if same is not None:
            raise SameContent(version=str(same)) if same.content_hash == hash_ else VersionExists(version=str(same), status=same.status)
        version = Version.objects.create(
            standard_id=standard.id,
            version=standard.version,
            title=standard.title.in_language("en"),
            document=text,
            content_hash=hash_,
            source=source,
            author=author,
            drafted_at=now,
        )
        _note(version, "draft", author, now)
    return version


def approve(version: Version, *, by: Person, now: datetime, accept: str = "") -> Version:
    """Approve a draft; `accept` is the reason for which missing readiness is accepted, on the record.

    Refused with WrongStatus, AuthorMayNotApprove, NotAnApprover or NotReady.
    """
    with transaction.atomic():
        version = _locked(version, Version.Status.DRAFT)
        if version.author == by.key:
            raise AuthorMayNotApprove(person=by.key, version=str(version))
        standard = from_canonical(version.document)
        _approver(version, standard, by)
        warnings = readiness(standard, now=now)
        if warnings and not accept:
            raise NotReady(version=str(version), warnings=warnings)
        version.readiness_accepted = [{"warning": str(warning), "reason": accept} for warning in warnings]
        version.status, version.approved_by, version.approved_at = Version.Status.APPROVED, by, now
        version.save(update_fields=["status", "approved_by", "approved_at", "readiness_accepted"])
        _note(version, "approve", by.key, now)
        listening.version_moved(version, actor=by.key, now=now)
    return version


def release(version: Version, *, by: Person, now: datetime) -> Version:
    """Put an approved version in force; the one before it retires, its orders run on."""
    with transaction.atomic():
        version = _locked(version, Version.Status.APPROVED)
        require(from_canonical(version.document), by, "standard.release")
        for former in Version.objects.select_for_update().filter(standard_id=version.standard_id, status=Version.Status.EFFECTIVE):
            _retire(former, by=by, now=now)
        version.status, version.effective_at, version.planned_on = Version.Status.EFFECTIVE, now, None
        version.save(update_fields=["status", "effective_at", "planned_on"])
        _note(version, "release", by.key, now)
        listening.version_moved(version, actor=by.key, now=now)
    return version


def plan(version: Version, day: date | None, *, by: Person, now: datetime) -> Version:
    """Let an approved version come into force by itself on a day; None takes the plan back. Refused with InThePast."""
    with transaction.atomic():
        version = _locked(version, Version.Status.APPROVED)
        require(from_canonical(version.document), by, "standard.release")
        if day is not None and day <= localdate(now):
            raise InThePast(field="day", day=day.isoformat())
        version.planned_on = day
        version.save(update_fields=["planned_on"])
        _note(version, "plan", by.key, now)
        listening.version_moved(version, actor=by.key, now=now)
    return version


def release_planned(now: datetime) -> list[Version]:
    """Put in force what was planned for today or before, day by day; the approver acts. The worker calls it.

    Each is looked at again before its turn: one that came into force before it may have taken its day back.
    """
    due = Version.objects.filter(status=Version.Status.APPROVED, planned_on__lte=localdate(now)).select_related("approved_by")
    released = []
    for key in list(due.order_by("planned_on", "pk").values_list("pk", flat=True)):
        version = due.filter(pk=key).first()
        if version is not None and version.approved_by is not None:
            released.append(release(version, by=version.approved_by, now=now))
    return released


def retire(version: Version, *, by: Person, now: datetime) -> Version:
    """Take a version out of force: no new order is pinned to it."""
    with transaction.atomic():
        version = _locked(version, Version.Status.EFFECTIVE)
        require(from_canonical(version.document), by, "standard.release")
        return _retire(version, by=by, now=now)


def install_shipped(admin: Person, now: datetime) -> list[Version]:
    """Install the shipped standards as released: author Orderway, approver the administrator. Gives those that are new."""
    known = set(Version.objects.values_list("standard_id", "version"))
    installed = []
    for standard_id, source in shipped().items():
        parsed = parse(source, name=f"{standard_id}.yaml").standard
        if parsed is None or (parsed.id, parsed.version) not in known:
            with transaction.atomic():
                version = draft(source, author=SHIPPED_BY, now=now)
                version = approve(version, by=admin, now=now, accept="Installed before people were given their roles.")
                installed.append(release(version, by=admin, now=now))
    return installed


# --- which version, and what it becomes -----------------------------------------------------------------------------------


class Coming(NamedTuple):
    """A new order as far as a trial asks: its key, the customer's group (price list), and who answers for it."""

    key: str
    customer_group_id: int | None = None
    owner_id: int | None = None


def version_for(order: Coming, standard_id: str, *, now: datetime) -> Version:
    """The version that a new order is pinned to. Raises NoVersionInForce."""
    return versions_for([order], standard_id, now=now)[order.key]


def versions_for(orders: Sequence[Coming], standard_id: str, *, now: datetime) -> Mapping[str, Version]:
    """The versions of n new orders by key: the one in force, or by a stable hash of the key the one on trial.

    Two statements, one more while a team tries a version, two more while one is on trial whose training gate blocks.
    """
    effective = Version.objects.defer("source", "document").filter(standard_id=standard_id, status=Version.Status.EFFECTIVE).first()
    if effective is None:
        raise NoVersionInForce(standard=standard_id)
    running = Trial.objects.select_related("to_version").filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    trial = running.filter(from_version=effective, begins_at__lte=now).order_by("id").first()
    if trial is not None and stages_without(program_of(trial.to_version_id, trial.to_version.content_hash).standard, localdate(now)):
        trial = None  # nobody is certified for the new way: the old one goes on
    team = _people_of(trial) if trial else frozenset()
    return {order.key: trial.to_version if trial and _in_trial(trial, order, team) else effective for order in orders}


def program_of(version_id: int, content_hash: str = "") -> Program:
    """The program of a version, remembered by content; without the hash it is looked up first."""
    return _program(content_hash or Version.objects.values_list("content_hash", flat=True).get(pk=version_id))


@lru_cache(maxsize=PROGRAMS_KEPT)
def _program(hash_: str) -> Program:
    standard = from_canonical(Version.objects.values_list("document", flat=True).get(content_hash=hash_))
    drafted = Draft(standard, catalogue(), None)
    providers = {name: providing_stages(drafted, name) or () for name in standard.facts}
    return compile_standard(standard, hash_, providers)


def _people_of(trial: Trial) -> frozenset[int]:
    if trial.team_id is None:
        return frozenset()
    return frozenset(GroupMember.objects.filter(group_id=trial.team_id, left_on__isnull=True).values_list("person_id", flat=True))


def _in_trial(trial: Trial, order: Coming, team: frozenset[int]) -> bool:
    if trial.customer_group_id is not None and order.customer_group_id != trial.customer_group_id:
        return False
    if trial.team_id is not None and order.owner_id not in team:
        return False
    return int(sha256(f"{trial.seed}\n{order.key}".encode()).hexdigest()[:8], 16) % ALL_PERCENT < trial.share_percent


def _checked(source: str) -> Standard:
    errors = [problem for problem in check_text(source, catalogue()) if problem.severity == "error"]
    if errors:
        raise DraftHasDefects(count=len(errors), first=errors[0].placed("standard"))
    standard = parse(source).standard
    assert standard is not None, "a text without errors is a document"
    return standard


def _locked(version: Version, needed: str) -> Version:
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.status != needed:
        raise WrongStatus(version=str(version), status=version.status, needed=needed)
    return version


def _approver(version: Version, standard: Standard, person: Person) -> None:
    if standard.approved_by and not person.is_administrator and not person.roles.filter(role__in=standard.approved_by).exists():
        raise NotAnApprover(person=person.key, version=str(version), roles=list(standard.approved_by))


def _retire(version: Version, *, by: Person, now: datetime) -> Version:
    version.status, version.retired_at = Version.Status.RETIRED, now
    version.save(update_fields=["status", "retired_at"])
    _note(version, "retire", by.key, now)
    memo.forget(version.content_hash)
    return version


def _note(version: Version, act: str, actor: str, now: datetime) -> None:
    payload = {"hash": version.content_hash, "accepted": version.readiness_accepted} if act == "approve" else {"hash": version.content_hash}
    writing.append([NewEntry("release", f"{version.standard_id} {version.version}", now, act, actor, writing.canonical(payload))])
