"""Read and acknowledge: which sections somebody has to read, the check question of each, who has read what and when.

A section that somebody acknowledged counts for every later version in which only its wording changed. Certifies nobody (training does).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Person, RoleMember
from orderway.releases import listening
from orderway.releases.control import roles_today
from orderway.releases.models import Acknowledgement, Version
from orderway.releases.publishing import program_of
from orderway.releases.refusals import NotInForce, WrongAnswer
from orderway.standard.canonical import stage_hash
from orderway.standard.diff import roles_in, stages_reworked
from orderway.standard.document import Answer, Stage, StageId, Standard, Text

ANSWERS = 4


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question that the section answers; `ask` is None if the question is who owns the stage. `right` is the number of the answer."""

    ask: Text | None
    answers: tuple[Text, ...]
    right: int


@dataclass(frozen=True, slots=True)
class SectionState:
    """A section and everybody who has to read it: when they did, None if they did not."""

    stage: Stage
    readers: Mapping[Person, datetime | None]

    @property
    def read(self) -> int:
        """How many have."""
        return sum(1 for at in self.readers.values() if at is not None)


def question_of(standard: Standard, stage: Stage, reader: str) -> CheckQuestion:
    """The check question of a section: one of its written ones, else who owns the stage; its answers in a sequence of the reader's own."""
    if stage.quiz:
        item = min(stage.quiz, key=lambda item: _chance(reader, stage.id, str(item.ask.values)))
        answers = _mixed(item.answers, reader, stage.id)
        return CheckQuestion(item.ask, tuple(answer.text for answer in answers), next(n for n, one in enumerate(answers) if one.right))
    owner = standard.roles[stage.owner]
    others = sorted(
        (role for role in standard.roles.values() if role.title != owner.title), key=lambda role: _chance(reader, stage.id, role.id)
    )
    answers = _mixed([Answer(owner.title, right=True), *(Answer(role.title) for role in others[: ANSWERS - 1])], reader, stage.id)
    return CheckQuestion(None, tuple(answer.text for answer in answers), next(n for n, one in enumerate(answers) if one.right))


def sections_of(standard: Standard, roles: Iterable[str]) -> list[Stage]:
    """The sections that concern somebody with these roles, in the order of the manual."""
    held = set(roles)
    return [standard.stages[stage] for stage in standard.stages_in_flow() if held & roles_in(standard.stages[stage], standard)]


def sections_due(version: Version, person: Person, roles: frozenset[str] | None = None) -> list[Stage]:
    """The sections of a version that a person still has to read; `roles` if the caller knows them already."""
    standard = program_of(version.pk, version.content_hash).standard
    wanted = sections_of(standard, roles_today(person) if roles is None else roles)
    read = _read(version, standard, [person.pk]) if wanted else {}
    return [stage for stage in wanted if (person.pk, stage.id) not in read]


def acknowledge(version: Version, stage: Stage, answer: int, *, by: Person, now: datetime) -> Acknowledgement:
    """Note that somebody has read a section and answered its question. Refused with NotInForce or WrongAnswer."""
    if version.status not in (Version.Status.EFFECTIVE, Version.Status.APPROVED):
        raise NotInForce(version=str(version), status=version.status)
    standard = program_of(version.pk, version.content_hash).standard
    if question_of(standard, stage, by.key).right != answer:
        raise WrongAnswer(field="answer", stage=stage.id)
    hash_ = stage_hash(standard, stage.id)
    with transaction.atomic():
        made, new = Acknowledgement.objects.get_or_create(
            version=version, person=by, stage=stage.id, defaults={"stage_hash": hash_, "at": now}
        )
        if new:
            payload = writing.canonical({"stage": stage.id, "hash": hash_})
            writing.append([NewEntry("release", str(version), now, "acknowledge", by.key, payload)])
            listening.section_read(version, stage.id, by, now=now)
    return made


def who_has_read(version: Version) -> list[SectionState]:
    """Every section with everybody who has to read it; three statements."""
    standard = program_of(version.pk, version.content_hash).standard
    people = _people_by_role(standard)
    everybody = {person.pk: person for members in people.values() for person in members}
    read = _read(version, standard, list(everybody))
    states = []
    for stage_id in standard.stages_in_flow():
        stage = standard.stages[stage_id]
        readers = {person.pk: person for role in roles_in(stage, standard) for person in people.get(role, ())}
        states.append(SectionState(stage, {person: read.get((key, stage_id)) for key, person in sorted(readers.items())}))
    return states


def _people_by_role(standard: Standard) -> dict[str, list[Person]]:
    today = localdate()
    held = RoleMember.objects.filter(person__is_active=True, role__in=list(standard.roles)).select_related("person")
    held = held.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today), Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    people: dict[str, list[Person]] = {}
    for member in held:
        people.setdefault(member.role, []).append(member.person)
    return people


def _read(version: Version, standard: Standard, people: list[int]) -> dict[tuple[int, StageId], datetime]:
    """(person, stage) -> when, also where it was read in an earlier version and only the wording changed since."""
    rows = Acknowledgement.objects.filter(person__in=people, version__standard_id=version.standard_id)
    found: dict[tuple[int, StageId], datetime] = {}
    for row in rows.select_related("version").defer("version__document", "version__source").order_by("at"):
        stage = StageId(row.stage)
        if stage in standard.stages and _still_counts(row, version, stage):
            found[row.person_id, stage] = row.at
    return found


def _still_counts(row: Acknowledgement, version: Version, stage: StageId) -> bool:
    if row.version_id == version.pk:
        return True
    return stage not in _reworked(row.version_id, row.version.content_hash, version.pk, version.content_hash)


@lru_cache(maxsize=64)
def _reworked(old_id: int, old_hash: str, new_id: int, new_hash: str) -> frozenset[StageId]:
    """The stages in which more than wording changed between two versions; both never change."""
    return stages_reworked(program_of(old_id, old_hash).standard, program_of(new_id, new_hash).standard)


def _mixed(answers: Iterable[Answer], reader: str, stage: str) -> list[Answer]:
    return sorted(answers, key=lambda answer: _chance(reader, stage, str(answer.text.values)))


def _chance(*words: str) -> str:
    return sha256("\n".join(words).encode()).hexdigest()
