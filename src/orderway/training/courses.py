"""The courses of people: which they have, how far they are, what is due. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.timezone import localdate

from orderway.masterdata.models import Person
from orderway.releases.control import roles_today
from orderway.releases.models import Version
from orderway.standard.document import Stage, StageId, Standard
from orderway.training import rules
from orderway.training.certifying import ASKED_ABOUT
from orderway.training.models import Attempt, Certificate
from orderway.training.rules import Standing
from orderway.training.standings import StageStanding, standard_of, standards_to_learn, standings_in


@dataclass(frozen=True, slots=True)
class Lesson:
    """A stage of a course: its number in the manual, and how the person stands to it."""

    number: int
    stage: Stage
    state: StageStanding


@dataclass(frozen=True, slots=True)
class Course:
    """The course of one role in one version, for one person."""

    version: Version
    standard: Standard
    role: str
    lessons: tuple[Lesson, ...]
    open: Attempt | None = None
    certificate: Certificate | None = None

    @property
    def due(self) -> tuple[Lesson, ...]:
        """What a quiz is asked about, and may be taken now."""
        return tuple(lesson for lesson in self.lessons if lesson.state.standing in ASKED_ABOUT)

    @property
    def to_read(self) -> tuple[Lesson, ...]:
        """What is to be read and acknowledged."""
        return tuple(lesson for lesson in self.lessons if lesson.state.standing == Standing.ACKNOWLEDGE)

    @property
    def counting(self) -> int:
        """For how many stages the person is certified."""
        return sum(1 for lesson in self.lessons if lesson.state.standing.counts)

    @property
    def percent(self) -> int:
        """The share of these."""
        return self.counting * 100 // len(self.lessons)

    @property
    def until(self) -> date | None:
        """The day on which the first of its certificates ends, if there are any."""
        days = [lesson.state.until for lesson in self.lessons if lesson.state.standing.counts and lesson.state.until]
        return min(days, default=None)

    @property
    def called(self) -> tuple[Lesson, ...]:
        """What the person is asked to do: what ended or changed, and what is missing where the standard wants certificates at all."""
        wanted = self.standard.training.gate != "off"
        return tuple(lesson for lesson in self.due if wanted or lesson.state.standing != Standing.MISSING)


def courses_of(person: Person, *, now: datetime) -> list[Course]:
    """The courses of a person's roles, those with something due first; six statements, however many courses."""
    found = [
        course
        for course in courses(person, own_courses(person), now=now)
        if course.version.status == Version.Status.EFFECTIVE or course.due
    ]
    return sorted(found, key=lambda course: (not course.due, course.version.standard_id, course.version.pk))


def own_courses(person: Person) -> list[tuple[Version, str]]:
    """The courses of the roles that a person has today; two statements."""
    roles = roles_today(person)
    versions = standards_to_learn(coming=True) if roles else []
    return [(version, role) for version in versions for role in rules.roles_with_courses(standard_of(version)) if role in roles]


def courses(person: Person, wanted: Iterable[tuple[Version, str]], *, now: datetime, papers: bool = True) -> list[Course]:
    """These courses as the person stands to them; two statements, and two for the open paper and the certificate of each (`papers`)."""
    pairs = list(wanted)
    versions = list({version.pk: version for version, _ in pairs}.values())
    stages = {version.pk: [stage for one, role in pairs if one.pk == version.pk for stage in _stages(one, role)] for version in versions}
    known = standings_in(versions, [person.pk], stages, localdate(now))[person.pk] if versions else {}
    mine = Q(person=person, version__in=versions)
    begun = Attempt.objects.filter(mine, finished_at__isnull=True) if papers else ()
    attempts = {(one.version_id, one.role): one for one in begun}
    issued = Certificate.objects.filter(mine).order_by("issued_at", "pk") if papers else ()
    certificates = {(one.version_id, one.role): one for one in issued}
    found = []
    for version, role in pairs:
        standard, place = standard_of(version), (version.pk, role)
        numbers = {stage: number for number, stage in enumerate(standard.stages_in_flow(), start=1)}
        lessons = tuple(Lesson(numbers[one], standard.stages[one], known[version.pk, one]) for one in _stages(version, role))
        found.append(Course(version, standard, role, lessons, attempts.get(place), certificates.get(place)))
    return found


def _stages(version: Version, role: str) -> list[StageId]:
    return rules.course_stages(standard_of(version), role)
