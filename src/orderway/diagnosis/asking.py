"""Asking for a diagnosis: a file of somebody, or our own journal. Refuses what is no file before anything is stored."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from orderway.diagnosis import keeping
from orderway.diagnosis.models import Diagnosis
from orderway.engine.refusals import Mistake
from orderway.masterdata.models import Person
from orderway.mining.log import PARTS
from orderway.releases.models import Version

LARGEST_MB = 500
LONGEST_TITLE = 160


class NoLogFile(Mistake):
    """Nothing was sent."""

    code = "no_log_file"
    message = "No file was chosen."
    remedy = "Choose an event log: CSV, Excel, XES or OCEL."


class LogTooLarge(Mistake):
    """A file above what a page takes."""

    code = "log_too_large"
    message = "{name} is larger than {limit} MB."
    remedy = "Pack it as .gz, or use orderway diagnose on the command line."


class MappingNotUnderstood(Mistake):
    """A mapping that is no list of part=column."""

    code = "mapping_not_understood"
    message = "“{pair}” does not say which column is what."
    remedy = "Write, for example, case=Order,activity=Step,timestamp=When. Parts are: {parts}."


def ask_file(file: UploadedFile[bytes] | None, mapping: str, against: Version | None, *, actor: Person, now: datetime) -> Diagnosis:
    """Store the file and queue its diagnosis."""
    if file is None or not file.size:
        raise NoLogFile(field="file")
    if file.size > LARGEST_MB * 1024 * 1024:
        raise LogTooLarge(field="file", name=file.name or "", limit=LARGEST_MB)
    parts = _mapping(mapping)
    title = (file.name or "log").replace("\\", "/").rsplit("/", 1)[-1][:LONGEST_TITLE]
    row = Diagnosis(title=title, mapping=parts, against=against, asked_by=actor, asked_at=now)
    row.sha256, row.size_bytes = _hashed(file), file.size
    row.file.save(f"{row.key}.log", file, save=False)
    return _queued(row, actor, now)


def ask_own(title: str, against: Version | None, *, actor: Person, now: datetime) -> Diagnosis:
    """Queue a diagnosis of our own journal."""
    return _queued(Diagnosis(title=title[:LONGEST_TITLE], own=True, against=against, asked_by=actor, asked_at=now), actor, now)


@transaction.atomic
def _queued(row: Diagnosis, actor: Person, now: datetime) -> Diagnosis:
    row.expires_on = keeping.last_day(now)
    row.save()
    keeping.note_asked(row, actor=actor, now=now)
    return row


def _hashed(file: UploadedFile[bytes]) -> str:
    hashing = sha256()
    for piece in file.chunks():
        hashing.update(piece)
    file.seek(0)
    return hashing.hexdigest()


def _mapping(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in text.split(","))):
        part, equals, column = (word.strip() for word in pair.partition("="))
        if not equals or part not in (*PARTS, "object") or not column:
            raise MappingNotUnderstood(field="mapping", pair=pair, parts=", ".join((*PARTS, "object")))
        found[part] = column
    return found
