"""Controlled copies: numbered, each with its holder, noted in the journal of the version. Prints nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from orderway.engine.refusals import Mistake
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.manual.models import ControlledCopy
from orderway.masterdata.models import Person
from orderway.releases.control import require
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.refusals import WrongStatus


class NoHolder(Mistake):
    """A controlled copy for nobody."""

    code = "no_holder"
    message = "The copy has no holder."
    remedy = "Name the person or the place where it will lie."


def issue(version: Version, holder: str, *, by: Person, now: datetime) -> ControlledCopy:
    """Number a copy of the version in force and name its holder. Refused with NotTheirs, WrongStatus or NoHolder."""
    require(program_of(version.pk, version.content_hash).standard, by, "standard.copy")
    if not holder.strip():
        raise NoHolder(field="holder")
    with transaction.atomic():
        held = Version.objects.select_for_update().only("status").get(pk=version.pk)  # one number at a time
        if held.status != Version.Status.EFFECTIVE:
            raise WrongStatus(version=str(version), status=held.status, needed=Version.Status.EFFECTIVE)
        last = ControlledCopy.objects.filter(version__standard_id=version.standard_id).aggregate(last=Max("number"))["last"] or 0
        copy = ControlledCopy.objects.create(version=version, number=last + 1, holder=holder.strip()[:120], issued_by=by, issued_at=now)
        _note(copy, "copy", by, now)
    return copy


def take_back(copy: ControlledCopy, *, by: Person, now: datetime) -> None:
    """Note that a copy came back or was destroyed; once."""
    require(program_of(copy.version_id, copy.version.content_hash).standard, by, "standard.copy")
    with transaction.atomic():
        if ControlledCopy.objects.filter(pk=copy.pk, returned_at__isnull=True).update(returned_at=now):
            _note(copy, "copy_back", by, now)


def distribution(standard_id: str) -> QuerySet[ControlledCopy]:
    """Who holds or held a copy of which version, newest first."""
    return ControlledCopy.objects.filter(version__standard_id=standard_id).select_related("version", "issued_by").order_by("-number")


def outdated(standard_id: str) -> QuerySet[ControlledCopy]:
    """Copies of versions that are no longer in force and have not come back."""
    return distribution(standard_id).filter(returned_at__isnull=True, version__status=Version.Status.RETIRED)


def _note(copy: ControlledCopy, act: str, by: Person, now: datetime) -> None:
    payload = writing.canonical({"number": copy.number, "holder": copy.holder})
    writing.append([NewEntry("release", str(copy.version), now, act, by.key, payload)])
