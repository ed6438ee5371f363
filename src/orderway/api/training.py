"""The routes of training: one's own courses and certificates, whether a certificate is one of ours, who can do which stage.

They read only: papers are written and orders practised on pages. Shows what the pages of training show to the same person.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query

from orderway.masterdata.models import Person
from orderway.orders.routes import Asked, Caller, NotFound, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import KEY, in_path, in_query
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.training import skills
from orderway.training.certificate_pages import issued, proven, signature
from orderway.training.courses import Course, courses_of
from orderway.training.models import Certificate, PracticeOrder
from orderway.training.practice import practising
from orderway.training.standings import StageStanding, standards_to_learn

routes = Routes(tags=["training"])
NUMBER = re.compile(r"TC-(\d{6,18})")
CERTIFICATE = in_path("The certificate's number, such as TC-000042.", pattern=r"^TC-[0-9]{6,18}$")
CODE = in_query("The code of the certificate: the last part of the address printed on it.", ..., pattern=r"^[0-9a-f]{32}$")
OF_STANDARD = in_query("The standard's id; the first that the company works by if left out.", **KEY)


class StageSkillOut(Shown):
    """How somebody stands to a stage."""

    stage: str = Asked("The stage's id.")
    standing: str = Asked("valid, expiring, expired, acknowledge (to be read), retrain (a quiz is due), or missing.")
    until: str | None = Asked("The last day of the certificate that counts, or that did.")
    supervised: str | None = Asked("The last day of work under supervision; nothing if there is none.")


class CourseOut(Shown):
    """A course of the person of the token."""

    standard: str = Asked("The standard's id.")
    version: str = Asked("The version.")
    role: str = Asked("The role.")
    stages: list[StageSkillOut] = Asked("Its stages in the order of the manual.")
    certified: int = Asked("For how many of them the person is certified.")
    due: list[str] = Asked("The stages that a quiz is to be taken about.")
    to_read: list[str] = Asked("The stages whose change is to be read and acknowledged.")
    paper_open: bool = Asked("Whether a paper was begun and not handed in.")
    certificate: str | None = Asked("The number of the last certificate of this course.")
    practice: str = Asked("passed, open, not_passed, or none: how the practice orders of this course went.")


class CoursesOut(Shown):
    """One's own courses."""

    rows: list[CourseOut] = Asked("The courses, those with something due first.")


class CertificateOut(Shown):
    """A certificate."""

    number: str = Asked("Its number.")
    standard: str = Asked("The standard's id.")
    version: str = Asked("The version.")
    role: str = Asked("The role.")
    stages: dict[str, str] = Asked("What it covers: the content hash of each stage, by id.")
    content_hash: str = Asked("SHA-256 over all of them.")
    percent: int = Asked("The share of right answers.")
    issued_at: datetime = Asked("When it was issued.")
    valid_until: str = Asked("Its last day.")
    holds: bool = Asked("Whether that day has not passed.")


class OwnCertificateOut(CertificateOut):
    """A certificate of the person of the token."""

    code: str = Asked("What proves it: whoever has number and code can have it verified.")


class CertificatesOut(Page):
    """A page of one's own certificates."""

    rows: list[OwnCertificateOut] = Asked("The certificates, newest first.")


class VerifiedOut(CertificateOut):
    """A certificate that was issued here."""

    person: str = Asked("Whose it is, by name.")


class PersonSkillsOut(Shown):
    """What one person can do."""

    person: str = Asked("The person's key.")
    name: str = Asked("The name.")
    stages: list[StageSkillOut] = Asked("Every stage of the standard, in the order of the manual.")
    concerned: list[str] = Asked("The stages at which a role of theirs acts.")


class SkillsOut(Shown):
    """Who can do what in one standard."""

    standard: str = Asked("The standard's id.")
    version: str = Asked("The version in force.")
    rows: list[PersonSkillsOut] = Asked("Everybody with a role of it, by name.")
    risks: list[str] = Asked("What too few people can do, or soon will be able to, in sentences.")


@routes.reads("/courses", right="training.read", gives=CoursesOut, summary="My courses")
def courses(request: HttpRequest) -> dict[str, object]:
    """The courses of the roles of the token's person, and how far they are."""
    caller = caller_of(request)
    person = _person(caller)
    found = courses_of(person, now=caller.now)
    practised = practising.practised(person, [one.version for one in found])
    return {"rows": [_course(one, practised.get((one.version.pk, one.role))) for one in found]}


@routes.reads("/certificates", right="training.read", gives=CertificatesOut, summary="My certificates")
def certificates(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, object]:
    """Every certificate of the token's person, also those that have ended."""
    caller = caller_of(request)
    found = issued().filter(person=_person(caller))
    today = timezone.localdate(caller.now)
    return page_of(found, wanted, lambda rows: [{**_certificate(one, today), "code": signature(one)} for one in rows])


@routes.reads("/certificates/{number}/verify", right="training.read", gives=VerifiedOut, summary="Verify a certificate")
def verify(
    request: HttpRequest,
    number: str = CERTIFICATE,
    code: str = CODE,
) -> dict[str, object]:
    """Whether a certificate is one of ours, and what it is worth today. Without its code none is shown, and none is said to exist."""
    found_number = NUMBER.fullmatch(number)
    found = proven(int(found_number[1]), code) if found_number else None
    if found is None:
        raise NotFound(what="certificate", key=number)
    return {**_certificate(found, timezone.localdate(caller_of(request).now)), "person": found.person.name}


@routes.reads("/skills", right="training.read", gives=SkillsOut, summary="Who can do what")
def matrix(request: HttpRequest, standard: str = OF_STANDARD) -> dict[str, object]:
    """People and the stages of the version in force of one standard, and where too few can do the work."""
    known = standards_to_learn()
    version = next((one for one in known if standard in ("", one.standard_id)), None)
    if version is None:
        raise NotFound(what="standard", key=standard)
    found = skills.matrix(version, now=caller_of(request).now)
    return {
        "standard": version.standard_id,
        "version": version.version,
        "rows": [
            {
                "person": row.person.key,
                "name": row.person.name,
                "stages": [_skill(cell.state) for cell in row.cells],
                "concerned": [cell.state.stage for cell in row.cells if cell.concerned],
            }
            for row in found.rows
        ],
        "risks": list(found.risks),
    }


def _person(caller: Caller) -> Person:
    assert caller.actor.person_id is not None, "a token belongs to a person"
    return Person.objects.get(pk=caller.actor.person_id)


def _course(course: Course, practice: PracticeOrder | None) -> dict[str, object]:
    return {
        "standard": course.version.standard_id,
        "version": course.version.version,
        "role": course.role,
        "stages": [_skill(lesson.state) for lesson in course.lessons],
        "certified": course.counting,
        "due": [lesson.stage.id for lesson in course.due],
        "to_read": [lesson.stage.id for lesson in course.to_read],
        "paper_open": course.open is not None,
        "certificate": course.certificate.number if course.certificate else None,
        "practice": _practice(practice),
    }


def _practice(practice: PracticeOrder | None) -> str:
    if practice is None:
        return "none"
    return "open" if practice.finished_at is None else "passed" if practice.passed else "not_passed"


def _skill(state: StageStanding) -> dict[str, object]:
    return {
        "stage": state.stage,
        "standing": state.standing.value,
        "until": state.until.isoformat() if state.until else None,
        "supervised": state.supervised.isoformat() if state.supervised else None,
    }


def _certificate(found: Certificate, today: date) -> dict[str, object]:
    return {
        "number": found.number,
        "standard": found.version.standard_id,
        "version": found.version.version,
        "role": found.role,
        "stages": found.stages,
        "content_hash": found.content_hash,
        "percent": found.percent,
        "issued_at": moment(found.issued_at),
        "valid_until": found.valid_until.isoformat(),
        "holds": found.valid_until >= today,
    }
