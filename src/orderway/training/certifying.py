"""Papers and certificates: begin, answer, hand in; what a new version or a section that was read does to certificates.

Writes its own tables, `masterdata.Qualification` and the journal of the person. Judges nothing itself (`rules` and `papers` do).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils.timezone import localdate, localtime

from orderway.masterdata.models import Person, Qualification
from orderway.masterdata.people import SUBJECT, note
from orderway.releases.models import Version
from orderway.standard.document import StageId, Standard
from orderway.training import keeping, papers, rules
from orderway.training.models import Answered, Attempt, Certificate
from orderway.training.refusals import AnswersMissing, NoCourse, NotAnAnswer, NothingDue, PaperFinished, ReadInstead, TooSoon
from orderway.training.rules import Ask, Mark, Standing
from orderway.training.standings import Lineage, StageStanding, lineages, standard_of, standings, version_before

ASKED_ABOUT = frozenset({Standing.MISSING, Standing.EXPIRED, Standing.RETRAIN, Standing.EXPIRING})


# --- papers -----------------------------------------------------------------------------------------------------------


def begin(version: Version, role: str, *, person: Person, now: datetime) -> Attempt:
    """A new paper about what the person has to learn for this role, or the one that is open. Refused with NoCourse, TooSoon ...

    Anybody may learn what they like; a certificate gives nobody a role.
    """
    standard = standard_of(version)
    stages = rules.course_stages(standard, role)
    if not stages or version.status not in (Version.Status.EFFECTIVE, Version.Status.APPROVED):
        raise NoCourse(role=role, version=str(version))
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # one paper at a time, also for a double click
        mine = Attempt.objects.filter(person=person, version=version, role=role)
        written = mine.filter(finished_at__isnull=True).first()
        if written is not None:
            return written
        _require_waited(mine, now)
        today = localdate(now)
        due = _due(standings(version, [person.pk], stages, today)[person.pk])
        return _drawn(version, standard, role, due, person=person, number=mine.count() + 1, now=now)


def answer(attempt: Attempt, number: int, choice: int | None, *, now: datetime) -> Attempt:
    """Note the answer to one question of an open paper; it may be changed until the paper is handed in."""
    with transaction.atomic():
        attempt = _open(attempt)
        if not 0 <= number < len(attempt.paper) or choice is None or not 0 <= choice < len(keeping.read(attempt.paper)[number].options):
            raise NotAnAnswer(field="answer")
        attempt.answers[number] = choice
        attempt.save(update_fields=["answers"])
    return attempt


def hand_in(attempt: Attempt, *, now: datetime) -> Attempt:
    """Mark the paper; who passed is certified from now on for the stages that it was about."""
    with transaction.atomic():
        attempt = _open(attempt)
        missing = attempt.answers.count(None)
        if missing:
            raise AnswersMissing(count=missing)
        paper = keeping.read(attempt.paper)
        came_right = [given == question.right for question, given in zip(paper, attempt.answers, strict=True)]
        mark = Mark(sum(came_right), len(paper), attempt.pass_mark)
        attempt.finished_at, attempt.right, attempt.passed = now, mark.right, mark.passed
        attempt.save(update_fields=["finished_at", "right", "passed"])
        standard_id = attempt.version.standard_id
        Answered.objects.bulk_create(
            Answered(attempt=attempt, standard_id=standard_id, question=question.key, right=right)
            for question, right in zip(paper, came_right, strict=True)
        )
        told = {"version": str(attempt.version), "role": attempt.role, "attempt": attempt.number, "percent": mark.percent}
        if mark.passed:
            certificate = _certified(attempt, mark, now)
            told |= {"certificate": certificate.number, "hash": certificate.content_hash, "until": str(certificate.valid_until)}
        note(SUBJECT, attempt.person.key, "quiz_passed" if mark.passed else "quiz_failed", attempt.person.key, now, told)
    return attempt


def waits_until(person: Person, version: Version, role: str) -> datetime | None:
    """When the next attempt may begin; None for at once. Failed attempts count from the last one that was passed."""
    return _again(Attempt.objects.filter(person=person, version=version, role=role))


def seen(standard_id: str) -> dict[str, tuple[int, int]]:
    """How often each question was answered, and how often wrongly, in all versions of a standard; one statement."""
    rows = Answered.objects.filter(standard_id=standard_id).values("question")
    counted = rows.annotate(answers=Count("id"), wrong=Count("id", filter=Q(right=False)))
    return {row["question"]: (row["answers"], row["wrong"]) for row in counted}


# --- what a release and a reader do to certificates ---------------------------------------------------------------------


def carry(version: Version, actor: str, now: datetime) -> None:
    """A version came: what was certified before and is not asked anew counts for it too, so that a patch costs nobody anything."""
    lineage = lineages([version])[version.pk]
    pairs = {(old, rows[0][0]) for rows in lineage.values() for old, ask in rows[1:] if ask == Ask.NOTHING and old != rows[0][0]}
    _copy(pairs, now)


def read_section(version: Version, stage: StageId, person: Person, now: datetime) -> None:
    """Somebody has read a section: where a change asked for reading only, their certificate counts for the new version too."""
    rows = lineages([version])[version.pk][stage]
    _copy({(old, rows[0][0]) for old, ask in rows[1:] if ask != Ask.QUIZ and old != rows[0][0]}, now, person)


def qualify(
    person: Person, stages: Iterable[StageId], lineage: Lineage, until: date, how: str = Qualification.How.CERTIFIED
) -> dict[StageId, str]:
    """Qualifications for these stages, and for older versions that orders still run by where the work is the same; gives the hashes."""
    hashes = {stage: lineage[stage][0][0] for stage in stages}
    same = {hash_ for stage in hashes for hash_, ask in lineage[stage] if ask == Ask.NOTHING}
    rows = [Qualification(person=person, stage_hash=hash_, valid_until=until, how=how) for hash_ in sorted(same)]
    Qualification.objects.bulk_create(rows, ignore_conflicts=True)
    return hashes


# --- inside -----------------------------------------------------------------------------------------------------------


def _copy(pairs: set[tuple[str, str]], now: datetime, person: Person | None = None) -> None:
    new_of: dict[str, list[str]] = {}
    for old, new in sorted(pairs):
        new_of.setdefault(old, []).append(new)
    rows = Qualification.objects.filter(stage_hash__in=new_of, valid_until__gte=localdate(now))
    rows = rows.filter(person=person) if person else rows
    copies = [
        Qualification(person_id=row.person_id, stage_hash=new, valid_until=row.valid_until, how=row.how)
        for row in rows
        for new in new_of[row.stage_hash]
    ]
    Qualification.objects.bulk_create(copies, ignore_conflicts=True)


def _due(known: Mapping[StageId, StageStanding]) -> list[StageStanding]:
    due = [one for one in known.values() if one.standing in ASKED_ABOUT]
    if due:
        return due
    if any(one.standing == Standing.ACKNOWLEDGE for one in known.values()):
        raise ReadInstead
    raise NothingDue


def _drawn(
    version: Version, standard: Standard, role: str, due: list[StageStanding], *, person: Person, number: int, now: datetime
) -> Attempt:
    stages = [one.stage for one in due]
    anew = [one.stage for one in due if one.standing == Standing.RETRAIN]
    paper = papers.draw(
        standard,
        stages,
        seed=(person.key, version.content_hash, role, str(number)),
        hardness=papers.hardness_of(seen(version.standard_id)),
        changed=_changed(version, standard, anew) if anew else (),
        before=frozenset(Attempt.objects.filter(person=person).values_list("fingerprint", flat=True)),
    )
    return Attempt.objects.create(
        person=person,
        version=version,
        role=role,
        number=number,
        stages=[str(stage) for stage in stages],
        paper=keeping.written(paper),
        fingerprint=papers.fingerprint(paper),
        answers=[None] * len(paper),
        begun_at=now,
        pass_mark=standard.training.pass_mark,
    )


def _changed(version: Version, standard: Standard, stages: list[StageId]) -> frozenset[str]:
    old = version_before(version)
    return papers.changed_answers(old, standard, stages) if old else frozenset()


def _certified(attempt: Attempt, mark: Mark, now: datetime) -> Certificate:
    lineage = lineages([attempt.version])[attempt.version_id]
    until = rules.valid_until(localdate(now), standard_of(attempt.version).training.valid)
    hashes = qualify(attempt.person, [StageId(stage) for stage in attempt.stages], lineage, until)
    return Certificate.objects.create(
        attempt=attempt,
        person=attempt.person,
        version=attempt.version,
        role=attempt.role,
        issued_at=now,
        valid_until=until,
        percent=mark.percent,
        stages={str(stage): hash_ for stage, hash_ in hashes.items()},
        content_hash=rules.content_hash(hashes),
    )


def _open(attempt: Attempt) -> Attempt:
    found = Attempt.objects.select_for_update(of=("self",)).select_related("person", "version").get(pk=attempt.pk)
    if found.finished_at is not None:
        raise PaperFinished
    return found


def _require_waited(mine: models.QuerySet[Attempt], now: datetime) -> None:
    again = _again(mine)
    if again is not None and now < again:
        raise TooSoon(at=localtime(again).strftime("%Y-%m-%d %H:%M"))


def _again(mine: models.QuerySet[Attempt]) -> datetime | None:
    passed = mine.filter(passed=True).order_by("-finished_at").values_list("finished_at", flat=True).first()
    failed = mine.filter(passed=False, finished_at__isnull=False)
    failed = failed.filter(finished_at__gt=passed) if passed else failed
    return rules.again_from(at for at in failed.values_list("finished_at", flat=True) if at is not None)
