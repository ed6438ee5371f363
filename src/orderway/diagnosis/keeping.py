"""Who may see a diagnosis, and how long it is kept: names readers, erases logs and results when asked to or when their time is over.

A foreign log names people who never heard of us, so nobody but whoever asked and the readers they named sees it, and nothing of it stays
for ever. The record of an erasure is the row (who, when, hash of the file) and an entry in a journal of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from orderway.diagnosis.models import Diagnosis
from orderway.engine.refusals import Mistake
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata import rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.orders.actor import SYSTEM
from orderway.orders.refusals import NotAllowed

SUBJECT = "diagnosis"
FOLDER = "diagnosis"  # of the storage
LEFT_BEHIND = timedelta(days=1)  # a file without a row, which an upload that was cut off left; younger ones may be an upload under way


class NoReader(Mistake):
    """Nobody was named."""

    code = "no_reader"
    message = "No person was chosen."
    remedy = "Choose somebody who works here; you see your own diagnoses without being named."


def may(person: Person, act: str, row: Diagnosis) -> bool:
    """Whether the table of rights allows it: rights on a diagnosis hang on who asked for it and whom they named."""
    duties = {Duty.READER, *([Duty.ADMINISTRATOR] if person.is_administrator else [])}
    if row.asked_by_id == person.pk:
        duties.add(Duty.HOLDER)
    elif row.readers.filter(pk=person.pk).exists():
        duties.add(Duty.NAMED)
    return rights.allows(duties, act)


def known_to(person: Person) -> QuerySet[Diagnosis]:
    """The diagnoses of which a person may know that they are there; administrators know of all, as they answer for what is kept."""
    if rights.allows({Duty.ADMINISTRATOR} if person.is_administrator else (), "diagnosis.erase"):
        return Diagnosis.objects.all()
    return readable_by(person)


def readable_by(person: Person) -> QuerySet[Diagnosis]:
    """The diagnoses that a person may read: their own and those they were named for."""
    named = Diagnosis.readers.through.objects.filter(person_id=person.pk).values("diagnosis_id")
    return Diagnosis.objects.filter(Q(asked_by=person) | Q(pk__in=named))


def last_day(now: datetime) -> date:
    """Until when a log that comes now is kept."""
    return timezone.localdate(now) + timedelta(days=settings.CONFIGURATION.log_days)


def note_asked(row: Diagnosis, *, actor: Person, now: datetime) -> None:
    """Write down that a log came in, by its hash; its name may name somebody and stays outside."""
    _note(row, "ask", actor.key, now, {"own": row.own, "sha256": row.sha256, "until": row.expires_on.isoformat()})


def share(row: Diagnosis, reader: Person | None, *, actor: Person, now: datetime) -> None:
    """Name a reader. Refused with NotAllowed or NoReader."""
    _require(actor, "diagnosis.share", row)
    if reader is None or not reader.is_active or reader.pk == row.asked_by_id:
        raise NoReader(field="reader")
    with transaction.atomic():
        locked = Diagnosis.objects.select_for_update().get(pk=row.pk)
        if locked.erased_at is None and not locked.readers.filter(pk=reader.pk).exists():
            locked.readers.add(reader)
            _note(locked, "share", actor.key, now, {"reader": reader.key})


def withdraw(row: Diagnosis, reader: Person | None, *, actor: Person, now: datetime) -> None:
    """Take a reader's right back, from now on. Refused with NotAllowed or NoReader."""
    _require(actor, "diagnosis.share", row)
    if reader is None:
        raise NoReader(field="reader")
    with transaction.atomic():
        locked = Diagnosis.objects.select_for_update().get(pk=row.pk)
        if locked.readers.filter(pk=reader.pk).exists():
            locked.readers.remove(reader)
            _note(locked, "withdraw", actor.key, now, {"reader": reader.key})


def erase(row: Diagnosis, *, actor: Person, now: datetime) -> None:
    """Delete the file and what was found, for ever. Refused with NotAllowed."""
    _require(actor, "diagnosis.erase", row)
    _erase([row.pk], actor.key, "asked", now)


def expire(now: datetime) -> str:
    """What the worker does: erase what is kept no longer, and files that no row names."""
    over = Diagnosis.objects.filter(expires_on__lt=timezone.localdate(now), erased_at__isnull=True)
    erased = _erase(list(over.values_list("pk", flat=True)), SYSTEM.key, "expired", now)
    return f"{erased} logs deleted, {_left_behind(now)} files left behind"


def _require(person: Person, act: str, row: Diagnosis) -> None:
    if not may(person, act, row):
        who = [str(duty) for duty in sorted(rights.needed(act))]
        raise NotAllowed(actor=person.key, act=act, place=row.key, who=who)


@transaction.atomic
def _erase(ids: Iterable[int], by: str, reason: str, now: datetime) -> int:
    """The files go first: if this is cut off, a row without a file is erased again, while a file without a row would stay unseen."""
    rows = list(Diagnosis.objects.select_for_update(of=("self",)).filter(pk__in=list(ids), erased_at__isnull=True).order_by("pk"))
    for row in rows:
        if row.file:
            default_storage.delete(row.file.name or "")
    writing.append([_entry(row, "erase", by, now, {"reason": reason, "sha256": row.sha256}) for row in rows])
    erased = Diagnosis.objects.filter(pk__in=[row.pk for row in rows])
    Diagnosis.readers.through.objects.filter(diagnosis_id__in=[row.pk for row in rows]).delete()
    empty = {"file": "", "title": "", "result": "", "mapping": {}, "problem": "", "problem_params": {}, "step": ""}
    return erased.update(state=Diagnosis.State.ERASED, erased_at=now, erased_by=by, **empty)


def _left_behind(now: datetime) -> int:
    """Delete files that no row names: an upload was cut off between storing the file and its row."""
    if not default_storage.exists(FOLDER):
        return 0
    known = set(Diagnosis.objects.exclude(file="").values_list("file", flat=True))
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    lost = [name for name in names if name not in known and default_storage.get_modified_time(name).astimezone(UTC) < now - LEFT_BEHIND]
    for name in lost:
        default_storage.delete(name)
    return len(lost)


def _note(row: Diagnosis, act: str, by: str, now: datetime, payload: dict[str, object]) -> None:
    writing.append([_entry(row, act, by, now, payload)])


def _entry(row: Diagnosis, act: str, by: str, now: datetime, payload: dict[str, object]) -> NewEntry:
    return NewEntry(SUBJECT, row.key, now, act, by, writing.canonical(payload))
