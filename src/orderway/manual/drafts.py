"""Drafts as they are written: begun from a version or a shipped standard, saved with or without defects, commented, submitted, dropped.

Never approves anything and never touches a stored version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from orderway.engine.refusals import Mistake, Refusal
from orderway.manual.models import Comment, WorkingDraft
from orderway.masterdata.models import Person
from orderway.releases import publishing
from orderway.releases.catalogue import catalogue
from orderway.releases.control import require
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard import bpmn_reading
from orderway.standard.defects import defects
from orderway.standard.diff import read_version, smallest_step
from orderway.standard.document import Change, Standard, Text
from orderway.standard.format import write
from orderway.standard.parse import parse
from orderway.standard.problems import Problem

MOST_LETTERS = 400_000


class NotBeingWritten(Refusal):
    """The draft was submitted or dropped."""

    code = "draft_not_being_written"
    message = "This draft is {state}."
    remedy = "Begin another one from the version in force."


class SavedMeanwhile(Refusal):
    """Somebody else saved the draft since it was read."""

    code = "draft_saved_meanwhile"
    message = "Somebody else saved this draft while you were writing."
    remedy = "Copy your text, reload the page and bring both together."


class DraftTooLong(Mistake):
    """A text that no standard needs."""

    code = "draft_too_long"
    message = "The text has {letters} letters."
    remedy = "A standard has at most {most}."


class NotReadable(Refusal):
    """The draft's text is no whole document, so that its forms cannot change it."""

    code = "draft_not_readable"
    message = "The draft cannot be read: {first}"
    remedy = "Mend the YAML text first."


class OutsideBpmnSubset(Mistake):
    """A BPMN file with something that no standard can say."""

    code = "outside_bpmn_subset"
    message = "This BPMN file cannot be read: {element}: {why}"
    remedy = "Change the diagram to tasks, sub-processes and paired gateways, or draw the flow here."


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's text with what is wrong with it; `standard` is None if it cannot be read."""

    standard: Standard | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many findings stop a release."""
        return sum(problem.severity == "error" for problem in self.problems)


def begin(version: Version, *, by: Person, now: datetime) -> WorkingDraft:
    """A draft that follows a version: the next minor number, a line of history to be worded."""
    base = program_of(version.pk, version.content_hash).standard
    number = _next_number(version.standard_id, base)
    change = Change(number, Text(tuple((language, "…") for language in base.languages)))
    source = write(replace(base, version=number, changes=(change, *base.changes)))
    return WorkingDraft.objects.create(
        standard_id=version.standard_id, based_on=version, source=source, author=by, begun_at=now, saved_at=now
    )


def check(draft: WorkingDraft) -> Checked:
    """What is wrong with the draft, each with its line; version step and migration map against the version that it follows."""
    parsed = parse(draft.source, name=draft.standard_id)
    if parsed.standard is None:
        return Checked(None, parsed.problems)
    found = (*parsed.problems, *defects(parsed.standard, catalogue(), previous=base_of(draft)))
    return Checked(parsed.standard, tuple(sorted(found, key=lambda problem: (problem.mark, problem.code))))


def base_of(draft: WorkingDraft) -> Standard | None:
    """The version that the draft follows."""
    return program_of(draft.based_on_id).standard if draft.based_on_id else None


def save(draft: WorkingDraft, source: str, *, saves: int, now: datetime) -> WorkingDraft:
    """Keep a text, sound or not. Refused with NotBeingWritten, SavedMeanwhile or DraftTooLong."""
    source = sized(source)
    _being_written(draft)
    kept = WorkingDraft.objects.filter(pk=draft.pk, state=WorkingDraft.State.WRITING, saves=saves)
    if kept.update(source=source, saved_at=now, saves=F("saves") + 1) != 1:
        raise SavedMeanwhile
    draft.refresh_from_db()
    return draft


def sized(source: str) -> str:
    """A text as it is kept: with the line ends of the document. Raises DraftTooLong."""
    source = source.replace("\r\n", "\n")
    if len(source) > MOST_LETTERS:
        raise DraftTooLong(field="source", letters=len(source), most=MOST_LETTERS)
    return source


def keep(draft: WorkingDraft, standard: Standard, *, saves: int, now: datetime) -> WorkingDraft:
    """Keep a changed document; our formatter writes it, so that comments of the YAML text are lost and its differences stay small."""
    return save(draft, write(standard), saves=saves, now=now)


def readable(draft: WorkingDraft) -> Standard:
    """The draft's document. Raises NotReadable."""
    parsed = parse(draft.source)
    if parsed.standard is None:
        raise NotReadable(first=parsed.problems[0].placed("YAML"))
    return parsed.standard


def with_bpmn(standard: Standard, xml: bytes) -> Standard:
    """The draft's document with the flow of a BPMN file. Raises OutsideBpmnSubset."""
    try:
        return bpmn_reading.read(xml, standard)
    except bpmn_reading.OutsideSubset as outside:
        raise OutsideBpmnSubset(field="file", element=outside.element, why=outside.why) from None


def comment(draft: WorkingDraft, text: str, *, by: Person, now: datetime) -> Comment:
    """Say something about a draft."""
    if not text.strip():
        raise NothingToSay(field="text")
    return Comment.objects.create(draft=draft, text=text.strip()[:2000], author=by, at=now)


def submit(draft: WorkingDraft, *, by: Person, now: datetime) -> Version:
    """Store the draft as a version that waits for approval by somebody else. Refused like `publishing.draft`."""
    _being_written(draft)
    require(readable(draft), by, "standard.draft")
    with transaction.atomic():
        version = publishing.draft(draft.source, author=draft.author.key, now=now)
        if not WorkingDraft.objects.filter(pk=draft.pk, state=WorkingDraft.State.WRITING, saves=draft.saves).update(
            state=WorkingDraft.State.SUBMITTED, version=version
        ):
            raise SavedMeanwhile
    return version


def drop(draft: WorkingDraft) -> None:
    """Give a draft up; its text stays on record."""
    _being_written(draft)
    WorkingDraft.objects.filter(pk=draft.pk).update(state=WorkingDraft.State.DROPPED)


class NothingToSay(Mistake):
    """A comment without words."""

    code = "comment_empty"
    message = "The comment is empty."
    remedy = "Write what you mean."


def _being_written(draft: WorkingDraft) -> None:
    if draft.state != WorkingDraft.State.WRITING:
        raise NotBeingWritten(state=draft.get_state_display())


def _next_number(standard_id: str, base: Standard) -> str:
    known = set(Version.objects.filter(standard_id=standard_id).values_list("version", flat=True))
    major, minor, _patch = read_version(base.version) or (1, 0, 0)
    return next(number for number in (f"{major}.{step}.0" for step in range(minor + 1, minor + 10_000)) if number not in known)


def step_of(draft: WorkingDraft, standard: Standard) -> str:
    """The smallest step of the version number that the draft needs: patch, minor, or nothing."""
    base = base_of(draft)
    return (smallest_step(base, standard) or "") if base else ""
