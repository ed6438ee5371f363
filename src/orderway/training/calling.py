"""Who is called to learn: notices above My work, notifications when a version came or a certificate ends, and the effect of a draft.

Writes notifications only; nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.masterdata.models import Person
from orderway.orders.models import Notification
from orderway.pages import languages
from orderway.pages.notices import Notice
from orderway.pages.standard_view import role as role_title
from orderway.pages.templatetags.ow import said
from orderway.releases.effects import Effect
from orderway.releases.models import Version
from orderway.standard.diff import roles_in
from orderway.standard.document import StageId, Standard
from orderway.training import rules
from orderway.training.courses import courses, own_courses
from orderway.training.rules import EXPIRING_DAYS, Ask, Standing
from orderway.training.standings import people_by_role, standard_of, standards_to_learn, standings

SUBJECT = "training"
RETRAIN, EXPIRES = "retrain", "expires"
REMINDED_DAYS = (EXPIRING_DAYS, 7, 1)


def waiting(person_id: int, now: datetime) -> list[Notice]:
    """The notices of training; four statements."""
    person = Person(pk=person_id)  # only its roles are asked for
    found = []
    for course in courses(person, own_courses(person), now=now, papers=False):
        called = course.called
        if called:
            text = ngettext(
                "Training for %(role)s, %(standard)s: %(number)d stage is due.",
                "Training for %(role)s, %(standard)s: %(number)d stages are due.",
                len(called),
            )
            words = {"role": role_title(course.standard, course.role), "standard": said(course.standard.title), "number": len(called)}
            late = any(not lesson.state.standing.counts and lesson.state.standing != Standing.MISSING for lesson in called)
            address = reverse("course", args=[course.version.standard_id, course.version.version, course.role])
            found.append(Notice(text % words, address, late=late and course.version.status == Version.Status.EFFECTIVE))
    return found


def retrain(version: Version, actor: str, now: datetime) -> None:
    """A version was put in force, or approved for a day: tell whoever was certified for a stage that now asks for a quiz."""
    if version.status == Version.Status.APPROVED and version.planned_on is None:
        return
    standard, today = standard_of(version), localdate(now)
    people = _people_in(standard, standard.stages, now)
    known = standings(version, list(people), list(standard.stages_in_flow()), today) if people else {}
    called = [
        key
        for key, own in people.items()
        if any(known[key][stage].standing == Standing.RETRAIN for stage in standard.stages_in_flow() if stage in own)
    ]
    _tell([(key, f"{SUBJECT}:{RETRAIN}:{version.pk}", str(version), RETRAIN, 0) for key in called], actor, now)


def remind(now: datetime) -> str:
    """Tell people 30, 7 and 1 day before a certificate ends; the worker calls it daily."""
    today, told = localdate(now), 0
    for version in standards_to_learn():
        standard = standard_of(version)
        people = _people_in(standard, standard.stages, now)
        known = standings(version, list(people), list(standard.stages_in_flow()), today) if people else {}
        rows = []
        for key, own in people.items():
            days = [(one.until - today).days for one in known[key].values() if one.stage in own and one.standing.counts and one.until]
            soon = min(days, default=EXPIRING_DAYS + 1)
            step = next((step for step in sorted(REMINDED_DAYS) if soon <= step), None)
            if step is not None:
                end = today + timedelta(days=soon)
                rows.append((key, f"{SUBJECT}:{EXPIRES}:{version.standard_id}:{end}:{step}", str(version), EXPIRES, soon))
        told += _tell(rows, "system", now)
    return f"{told} reminded"


def foresee(old: Standard, new: Standard, now: datetime) -> list[Effect]:
    """How many people a draft would send to training, and whether work would have to wait for them; two statements."""
    stages = [stage for stage, ask in rules.asked(old, new).items() if ask == Ask.QUIZ]
    stages += [stage for stage in new.stages if stage not in old.stages]
    people = _people_in(new, stages, now)
    if not people:
        return []
    count = len(people)
    text = ngettext("%(n)d person to retrain: %(stages)s.", "%(n)d people to retrain: %(stages)s.", count)
    titles = _(", ").join(new.stages[stage].title.in_language(languages.tag(), new.languages) for stage in stages)
    effects = [Effect(text % {"n": count, "stages": titles}, reverse("skills"))]
    if new.training.gate == "block":
        effects.append(Effect(_("Until they have passed, they may be given this work under supervision only.")))
    return effects


def _people_in(standard: Standard, stages: Iterable[StageId], now: datetime) -> dict[int, set[StageId]]:
    """Who has to act in which of these stages."""
    wanted = list(stages)
    by_role = people_by_role(standard.roles, localdate(now)) if wanted else {}
    found: dict[int, set[StageId]] = {}
    for stage in wanted:
        for role in roles_in(standard.stages[stage], standard):
            for person in by_role.get(role, ()):
                found.setdefault(person.pk, set()).add(stage)
    return found


def _tell(rows: Iterable[tuple[int, str, str, str, int]], actor: str, now: datetime) -> int:
    made = list(_notifications(rows, actor, now))
    before = Notification.objects.filter(source__in={one.source for one in made}).count()
    Notification.objects.bulk_create(made, ignore_conflicts=True)
    return Notification.objects.filter(source__in={one.source for one in made}).count() - before


def _notifications(rows: Iterable[tuple[int, str, str, str, int]], actor: str, now: datetime) -> Iterator[Notification]:
    kind = Notification.Kind.REMINDER
    for key, source, about, what, days in rows:
        yield Notification(
            person_id=key, kind=kind, source=source, subject_kind=SUBJECT, subject_key=about, text=what, percent=days, actor=actor, at=now
        )
