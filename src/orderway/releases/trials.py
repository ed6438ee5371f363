"""Trials: a stable share of new orders runs another version beside the one in force. Starting and stopping stand in its journal.

Which order runs which version is `publishing.versions_for`; orders under way stay with the version that they began with.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Group, Person, PriceList
from orderway.releases.certified import stages_without
from orderway.releases.control import require
from orderway.releases.models import ALL_PERCENT, Trial, Version
from orderway.releases.publishing import program_of
from orderway.releases.refusals import (
    AnotherTrialRuns,
    NobodyCertified,
    NobodyInPilot,
    NoReason,
    NoVersionInForce,
    ShareOutOfRange,
    TrialOver,
    WrongStatus,
)

LEAST_PERCENT, MOST_PERCENT = 5, 50  # of all orders; a pilot may take all of its own


@dataclass(frozen=True, slots=True)
class Pilot:
    """Whose orders take part: those of a customer group, those that people of a team enter, or those that are both."""

    customer_group: PriceList | None = None
    team: Group | None = None


EVERYBODY = Pilot()


def start(to: Version, share_percent: int, reason: str, *, pilot: Pilot = EVERYBODY, by: Person, now: datetime) -> Trial:
    """Let a share of new orders run an approved version. Refused with NotTheirs, WrongStatus, ShareOutOfRange, NobodyInPilot, NoReason,
    NoVersionInForce, AnotherTrialRuns or NobodyCertified."""
    standard = program_of(to.pk, to.content_hash).standard
    require(standard, by, "standard.try")
    most = MOST_PERCENT if pilot == EVERYBODY else ALL_PERCENT
    if not LEAST_PERCENT <= share_percent <= most:
        raise ShareOutOfRange(field="share", percent=share_percent, least=LEAST_PERCENT, most=most)
    _require_people(pilot)
    if not reason.strip():
        raise NoReason(field="reason")
    with transaction.atomic():
        to = Version.objects.select_for_update().get(pk=to.pk)
        if to.status != Version.Status.APPROVED:
            raise WrongStatus(version=str(to), status=to.get_status_display(), needed=Version.Status.APPROVED.label)
        now_in_force = Version.objects.select_for_update().filter(standard_id=to.standard_id, status=Version.Status.EFFECTIVE).first()
        if now_in_force is None:
            raise NoVersionInForce(standard=to.standard_id)
        other = running(to.standard_id, now).first()
        if other is not None:
            raise AnotherTrialRuns(version=str(other.to_version))
        if missing := stages_without(standard, localdate(now)):
            raise NobodyCertified(version=str(to), stages=list(missing))
        trial = Trial.objects.create(
            from_version=now_in_force,
            to_version=to,
            share_percent=share_percent,
            customer_group=pilot.customer_group,
            team=pilot.team,
            seed=secrets.token_hex(8),
            begins_at=now,
        )
        _note(trial, "trial", by, reason, now)
    return trial


def stop(trial: Trial, reason: str, *, by: Person, now: datetime) -> Trial:
    """No further order runs the version on trial; those that began on it go on. Refused with NotTheirs, NoReason or TrialOver."""
    require(program_of(trial.to_version_id).standard, by, "standard.try")
    if not reason.strip():
        raise NoReason(field="reason")
    with transaction.atomic():
        trial = Trial.objects.select_for_update().get(pk=trial.pk)
        if trial.ends_at is not None and trial.ends_at <= now:
            raise TrialOver(version=str(trial.to_version))
        trial.ends_at = now
        trial.save(update_fields=["ends_at"])
        _note(trial, "trial_end", by, reason, now)
    return trial


def _require_people(pilot: Pilot) -> None:
    if pilot.team is not None and not pilot.team.members.filter(left_on__isnull=True).exists():
        raise NobodyInPilot(field="team", team=pilot.team.name)


def running(standard_id: str, now: datetime) -> QuerySet[Trial]:
    """The trials of a standard that run."""
    rows = Trial.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), to_version__standard_id=standard_id, begins_at__lte=now)
    return rows.filter(from_version__status=Version.Status.EFFECTIVE).select_related("to_version", "from_version").order_by("id")


def _note(trial: Trial, act: str, by: Person, reason: str, now: datetime) -> None:
    payload = {"from": str(trial.from_version), "share": trial.share_percent, "seed": trial.seed, "reason": reason.strip()}
    if trial.customer_group is not None:
        payload["customer_group"] = trial.customer_group.key
    if trial.team is not None:
        payload["team"] = trial.team.key
    writing.append([NewEntry("release", str(trial.to_version), now, act, by.key, writing.canonical(payload))])
