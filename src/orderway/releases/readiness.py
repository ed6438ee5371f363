"""Is the company ready for a version: people in every role that owns work or signs. Warns against live data, refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from orderway.masterdata.models import RoleMember
from orderway.standard.document import Standard


def readiness(standard: Standard, *, now: datetime) -> list[str]:
    """What is missing today, in sentences. Accepting it needs a reason."""
    today = now.date()
    held = RoleMember.objects.filter(person__is_active=True, role__in=list(standard.roles))
    held = held.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today), Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    people: dict[str, set[str]] = {}
    for role, person in held.values_list("role", "person__key"):
        people.setdefault(role, set()).add(person)
    return [*_roles_without_people(standard, people), *_gates_without_a_second_person(standard, people)]


def _roles_without_people(standard: Standard, people: dict[str, set[str]]) -> Iterator[str]:
    for role in standard.roles:
        if not people.get(role):
            yield f"nobody has the role {role}"


def _gates_without_a_second_person(standard: Standard, people: dict[str, set[str]]) -> Iterator[str]:
    for stage in standard.stages.values():
        owners = people.get(stage.owner, set())
        for barred in stage.gate.not_by if stage.gate else ():
            workers = people.get(standard.stages[barred].owner, set())
            if owners and owners == workers and len(owners) == 1:
                yield f"only {next(iter(owners))} could decide {stage.id}, and works in {barred} too"
