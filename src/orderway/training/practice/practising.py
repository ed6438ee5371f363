"""Practice orders of people: begin one, do the next act, give it up; what came of it. One transaction each.

Writes the tables of training and, when a practice order is finished, one entry in the journal of the person. Touches nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils.timezone import localdate

from orderway.engine.program import Program
from orderway.masterdata.models import Person
from orderway.masterdata.people import SUBJECT, note
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.training import rules
from orderway.training.models import Kept, PracticeOrder, PracticeStep
from orderway.training.practice import keeping, planting
from orderway.training.practice.playing import LEARNER, Done, Given, Play
from orderway.training.practice.scene import Scene
from orderway.training.refusals import NoCourse, NothingToPractise, PracticeMovedOn, PracticeOver
from orderway.training.rules import PracticeMark


def begin(version: Version, role: str, *, person: Person, now: datetime) -> PracticeOrder:
    """A new practice order, another one each time, or the one that is open. Refused with NoCourse or NothingToPractise."""
    program = program_of(version.pk, version.content_hash)
    if not rules.course_stages(program.standard, role) or version.status not in (Version.Status.EFFECTIVE, Version.Status.APPROVED):
        raise NoCourse(role=role, version=str(version))
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # one at a time, also for a double click
        mine = PracticeOrder.objects.filter(person=person, version=version, role=role)
        opened = mine.filter(finished_at__isnull=True).first()
        if opened is not None:
            return opened
        number = mine.count() + 1
        seed = f"{person.key}/{version.content_hash}/{role}/{number}"
        scene = planting.compose(program, role, seed, localdate(now))
        play = Play(program, scene, role)
        play.start()
        if play.task is None:
            raise NothingToPractise(role=role, version=str(version))
        practice = PracticeOrder.objects.create(
            person=person,
            version=version,
            role=role,
            number=number,
            scene=keeping.written_scene(scene),
            position=keeping.written_position(play.position),
            begun_at=now,
            pass_mark=program.standard.training.pass_mark,
        )
        _store(practice, play.steps, 0, now)
    return practice


def do(practice: PracticeOrder, given: Given, *, seen: int, now: datetime) -> PracticeOrder:
    """One act of the learner. `seen`: how many steps the page showed; refused with PracticeMovedOn if there are more by now."""
    with transaction.atomic():
        practice, made = _open(practice)
        if made != seen:
            raise PracticeMovedOn
        play = play_of(practice)
        play.do(given)
        practice.position = keeping.written_position(play.position)
        own = [step for step in play.steps if step.verdict]
        practice.acts += len(own)
        practice.right += sum(1 for step in own if step.verdict == "right")
        practice.missed += sum(1 for step in own if step.verdict == "missed")
        _store(practice, play.steps, made, now)
        if play.task is None:
            _finish(practice, now)
        practice.save(update_fields=["position", "acts", "right", "missed", "finished_at", "passed"])
    return practice


def give_up(practice: PracticeOrder, *, now: datetime) -> PracticeOrder:
    """End a practice order where it stands; it is not passed."""
    with transaction.atomic():
        practice, made = _open(practice)
        _store(practice, [Done(LEARNER, "", "give_up")], made, now)
        practice.finished_at = now
        practice.save(update_fields=["finished_at"])
        _tell(practice, now)
    return practice


def play_of(practice: PracticeOrder) -> Play:
    """The practice order at work."""
    return Play(program_for(practice), scene_of(practice), practice.role, keeping.read_position(practice.position))


def scene_of(practice: PracticeOrder) -> Scene:
    """What it is about."""
    return keeping.read_scene(practice.scene, program_for(practice).standard)


def program_for(practice: PracticeOrder) -> Program:
    """What it runs by: the version for which it was begun, also when that is no longer in force."""
    return program_of(practice.version_id, practice.version.content_hash)


def mark_of(practice: PracticeOrder) -> PracticeMark:
    """What it came to."""
    return PracticeMark(practice.acts, practice.right, practice.missed, practice.pass_mark)


def practised(person: Person, versions: Iterable[Version]) -> dict[tuple[int, str], PracticeOrder]:
    """By version and role, the practice order that says how far the person is: open, else passed, else the last; one statement."""
    found: dict[tuple[int, str], PracticeOrder] = {}
    mine = PracticeOrder.objects.filter(person=person, version__in=list(versions)).defer("scene", "position")
    for one in sorted(mine, key=lambda one: (one.finished_at is None, one.passed, one.begun_at)):
        found[one.version_id, one.role] = one
    return found


# --- inside -----------------------------------------------------------------------------------------------------------


def _open(practice: PracticeOrder) -> tuple[PracticeOrder, int]:
    found = PracticeOrder.objects.select_for_update(of=("self",)).select_related("person", "version").get(pk=practice.pk)
    if found.finished_at is not None:
        raise PracticeOver
    return found, found.steps.count()


def _store(practice: PracticeOrder, steps: Sequence[Done], made: int, now: datetime) -> None:
    PracticeStep.objects.bulk_create(
        PracticeStep(
            practice=practice,
            number=number,
            who=step.who,
            stage=step.stage,
            act=step.act,
            verdict=step.verdict,
            about=step.about,
            move=cast("Kept", step.move.to_payload()) if step.move else None,
            at=now,
        )
        for number, step in enumerate(steps, start=made + 1)
    )


def _finish(practice: PracticeOrder, now: datetime) -> None:
    practice.finished_at, practice.passed = now, mark_of(practice).passed
    _tell(practice, now)


def _tell(practice: PracticeOrder, now: datetime) -> None:
    """The result stays on the person's record."""
    told = {
        "version": str(practice.version),
        "role": practice.role,
        "practice": practice.number,
        "acts": practice.acts,
        "right": practice.right,
        "missed": practice.missed,
    }
    act = "practice_passed" if practice.passed else "practice_failed"
    note(SUBJECT, practice.person.key, act, practice.person.key, now, told)
