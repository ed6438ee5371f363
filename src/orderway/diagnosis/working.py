"""The job that works diagnoses off, one after the other; what it has reached stands in the row, so that a page can show it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils import translation

from orderway.diagnosis.models import Diagnosis
from orderway.diagnosis.own import own_log
from orderway.mining.diagnosis import diagnose
from orderway.mining.log import EventLog, Unreadable, gettext_noop
from orderway.mining.logs.packed import unpack
from orderway.mining.logs.reading import read_content
from orderway.mining.plain import dumped
from orderway.mining.summary import Summary, summarise
from orderway.pages import languages
from orderway.releases.publishing import program_of

TO_DO = (Diagnosis.State.WAITING, Diagnosis.State.RUNNING)
MOST_ATTEMPTS = 3
GIVEN_UP = gettext_noop("The worker was stopped {n} times while it read this log. Split the log by year, or use orderway diagnose.")


class Erased(Exception):
    """The diagnosis was deleted while it was worked on."""


def work_off(now: datetime) -> str:
    """Do one diagnosis that waits, or that a worker left unfinished when it died; one at a time, so that the other jobs get their turn."""
    row = Diagnosis.objects.filter(state__in=TO_DO).order_by("attempts", "asked_at", "id").first()
    if row is None:
        return ""
    _work(row, now)
    return f"{row.key} {row.state}"


def _work(row: Diagnosis, now: datetime) -> None:
    """What stops the worker, be it too little memory, is tried again; a log that did so three times is given up, or none would be read."""
    if row.attempts >= MOST_ATTEMPTS:
        _note(row, state=Diagnosis.State.FAILED, problem=GIVEN_UP, problem_params={"n": str(row.attempts)}, finished_at=now)
        return
    _note(row, state=Diagnosis.State.RUNNING, step="reading", percent=0, attempts=row.attempts + 1)
    try:
        summary = _found(row, now)
    except Unreadable as problem:
        params = {name: str(value) for name, value in problem.params.items()}
        _note(row, state=Diagnosis.State.FAILED, problem=problem.sentence, problem_params=params, finished_at=now)
    except Erased:
        row.state = Diagnosis.State.ERASED
    else:
        _note(row, state=Diagnosis.State.DONE, percent=100, result=dumped(summary), finished_at=now)


def _found(row: Diagnosis, now: datetime) -> Summary:
    def progress(step: str, share: float) -> None:
        _note(row, step=step[:24], percent=round(100 * share))

    log = _own(row) if row.own else read_content(row.title, unpack(Path(row.file.path), progress), row.mapping, progress).log
    standard = program_of(row.against_id, row.against.content_hash).standard if row.against and row.against_id else None
    name = str(row.against) if row.against else ""
    found = diagnose(log, standard, name, progress, language=languages.tag(row.asked_by.language or None))
    return summarise(found, source=row.title, draft_title=log.name, effective=f"{now:%Y-%m-%d}")


def _own(row: Diagnosis) -> EventLog:
    """The journal, with the stages called as the person who asks reads them."""
    with translation.override(row.asked_by.language or None):
        return own_log(row.title)


def _note(row: Diagnosis, **values: object) -> None:
    """Write down how far it is; raises Erased where somebody deleted it meanwhile, so that nothing of it comes back."""
    if not Diagnosis.objects.filter(pk=row.pk, erased_at__isnull=True).update(**values):
        raise Erased
    for name, value in values.items():
        setattr(row, name, value)
