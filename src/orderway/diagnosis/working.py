"""The job that works diagnoses off, one after the other; what it has reached stands in the row, so that a page can show it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import translation
from django.utils.translation import gettext as _

from orderway.diagnosis.models import Diagnosis
from orderway.diagnosis.own import own_log
from orderway.mining.diagnosis import diagnose
from orderway.mining.log import EventLog, Unreadable
from orderway.mining.logs.packed import Progress
from orderway.mining.logs.reading import read_log
from orderway.mining.plain import dumped
from orderway.mining.summary import summarise
from orderway.releases.publishing import program_of


def work_off(now: datetime) -> str:
    """Do the diagnoses that wait, and those that a worker left unfinished when it died."""
    done = 0
    while row := Diagnosis.objects.filter(state__in=[Diagnosis.State.WAITING, Diagnosis.State.RUNNING]).order_by("asked_at", "id").first():
        _work(row, now)
        done += 1
    return _("%(done)s done") % {"done": done}


def _work(row: Diagnosis, now: datetime) -> None:
    _note(row, state=Diagnosis.State.RUNNING, step="reading", percent=0)

    def progress(step: str, share: float) -> None:
        _note(row, step=step[:24], percent=round(100 * share))

    try:
        log = _own(row) if row.own else _of_file(row, progress)
        standard = program_of(row.against_id, row.against.content_hash).standard if row.against and row.against_id else None
        found = diagnose(log, standard, str(row.against) if row.against else "", progress)
        summary = summarise(found, source=row.title, draft_title=log.name, effective=f"{now:%Y-%m-%d}")
    except Unreadable as problem:
        params = {name: str(value) for name, value in problem.params.items()}
        _note(row, state=Diagnosis.State.FAILED, problem=problem.sentence, problem_params=params, finished_at=now)
    else:
        _note(row, state=Diagnosis.State.DONE, percent=100, result=dumped(summary), finished_at=now)


def _own(row: Diagnosis) -> EventLog:
    """The journal, with the stages called as the person who asks reads them."""
    with translation.override(row.asked_by.language or None):
        return own_log(row.title)


def _of_file(row: Diagnosis, progress: Progress) -> EventLog:
    with TemporaryDirectory() as folder, row.file.open("rb") as stored:
        path = Path(folder) / "log"
        with path.open("wb") as copy:
            for piece in stored.chunks():
                copy.write(piece)
        return read_log(path, row.mapping, progress).log


def _note(row: Diagnosis, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
