"""Is the company ready for a version: people in every role that owns work or signs. Warns against live data, refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q

from orderway.masterdata.models import Qualification, RoleMember
from orderway.standard.canonical import stage_hash
from orderway.standard.document import Standard
from orderway.standard.sentences import Sentence

Somebody = tuple[str, str]  # key and name


def readiness(standard: Standard, *, now: datetime) -> list[Sentence]:
    """What is missing today, in sentences. Accepting it needs a reason."""
    today = now.date()
    held = RoleMember.objects.filter(person__is_active=True, role__in=list(standard.roles))
    held = held.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today), Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    people: dict[str, set[Somebody]] = {}
    for role, key, name in held.values_list("role", "person__key", "person__name"):
        people.setdefault(role, set()).add((key, name))
    return [
        *_roles_without_people(standard, people),
        *_gates_without_a_second_person(standard, people),
        *_nobody_certified(standard, today),
    ]


def _roles_without_people(standard: Standard, people: dict[str, set[Somebody]]) -> Iterator[Sentence]:
    for role in standard.roles:
        if not people.get(role):
            yield Sentence("nobody has the role {role}", role=role)


def _nobody_certified(standard: Standard, today: date) -> Iterator[Sentence]:
    """Where only certified people may work: the stages for which nobody is, so that work would wait."""
    if standard.training.gate != "block":
        return
    hashes = {stage: stage_hash(standard, stage) for stage in standard.stages}
    rows = Qualification.objects.filter(stage_hash__in=hashes.values(), valid_until__gte=today, person__is_active=True)
    known = set(rows.values_list("stage_hash", flat=True))
    asked = [stage for stage in hashes if standard.stages[stage].runs != "system" and stage not in standard.advisory]
    missing = [stage for stage in asked if hashes[stage] not in known]
    if missing:
        yield Sentence("nobody is certified for {stages}", stages=tuple(missing))


def _gates_without_a_second_person(standard: Standard, people: dict[str, set[Somebody]]) -> Iterator[Sentence]:
    for stage in standard.stages.values():
        owners = people.get(stage.owner, set())
        for barred in stage.gate.not_by if stage.gate else ():
            workers = people.get(standard.stages[barred].owner, set())
            if owners and owners == workers and len(owners) == 1:
                yield Sentence(
                    "only {person} could decide {stage}, and works in {earlier} too",
                    person=next(iter(owners))[1],
                    stage=stage.id,
                    earlier=barred,
                )
