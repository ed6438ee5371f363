"""Work without a certificate, on the record: under somebody's supervision for some days, or with proof from elsewhere.

Both stand in the journal of the person with who answers for it and why. Neither is a certificate; supervision does not count as one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from orderway.masterdata import rights
from orderway.masterdata.models import Person, Qualification
from orderway.masterdata.people import SUBJECT, note
from orderway.masterdata.rights import Duty
from orderway.releases.control import roles_today
from orderway.releases.models import Version
from orderway.standard.document import Stage
from orderway.training import certifying
from orderway.training.refusals import BadPeriod, NeedsNone, NoReasonGiven, NotASupervisor, NotAttested, OwnSupervisor
from orderway.training.standings import lineages, standard_of, standings

LONGEST_SUPERVISION = 14  # days; who has not learned it by then learns it first
LONGEST_ATTEST = 3 * 366


def supervise(version: Version, stage: Stage, person: Person, *, until: date, reason: str, by: Person, now: datetime) -> None:
    """Let somebody work in a stage until that day though they are not certified; `by` answers for it.

    Refused with OwnSupervisor, NotASupervisor, NeedsNone, NoReasonGiven or BadPeriod.
    """
    today = localdate(now)
    _require(person, until, reason, by, today, LONGEST_SUPERVISION)
    known = standings(version, [person.pk, by.pk], [stage.id], today)
    if known[person.pk][stage.id].standing.counts:
        raise NeedsNone(person=person.name, stage=stage.id)
    duties = {Duty.NAMED} if known[by.pk][stage.id].standing.counts else set()
    owner = standard_of(version).owner
    if owner in roles_today(by):
        duties.add(Duty.STANDARD_OWNER)
    if not rights.allows(duties, "training.supervise"):
        raise NotASupervisor(person=by.name, stage=stage.id, owner=owner)
    _write(version, stage, person, until, reason, by, now, act="supervise", how=Qualification.How.SUPERVISED)


def attest(version: Version, stage: Stage, person: Person, *, until: date, reason: str, by: Person, now: datetime) -> None:
    """Take over a certificate from elsewhere until that day. Refused with OwnSupervisor, NotAttested, NoReasonGiven or BadPeriod."""
    _require(person, until, reason, by, localdate(now), LONGEST_ATTEST)
    owner = standard_of(version).owner
    if owner not in roles_today(by) or not rights.allows({Duty.STANDARD_OWNER}, "training.attest"):
        raise NotAttested(person=by.name, owner=owner)
    _write(version, stage, person, until, reason, by, now, act="attest", how=Qualification.How.ATTESTED)


def _require(person: Person, until: date, reason: str, by: Person, today: date, longest: int) -> None:
    if person.pk == by.pk:
        raise OwnSupervisor
    if not reason.strip():
        raise NoReasonGiven(field="reason")
    last = today + timedelta(days=longest)
    if not today <= until <= last:
        raise BadPeriod(field="until", first=today.isoformat(), last=last.isoformat())


def _write(
    version: Version, stage: Stage, person: Person, until: date, reason: str, by: Person, now: datetime, *, act: str, how: str
) -> None:
    with transaction.atomic():
        hashes = certifying.qualify(person, [stage.id], lineages([version])[version.pk], until, how)
        told = {"version": str(version), "stage": stage.id, "hash": hashes[stage.id], "until": str(until), "reason": reason.strip()[:300]}
        note(SUBJECT, person.key, act, by.key, now, told)
