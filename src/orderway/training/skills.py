"""The skills matrix: people x stages of a version, and what the numbers mean for staffing, in sentences. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.masterdata.models import Person
from orderway.pages.standard_view import role as role_title
from orderway.pages.standard_view import stage_title
from orderway.pages.templatetags.ow import day
from orderway.releases.models import Version
from orderway.standard.diff import roles_in
from orderway.standard.document import StageId, Standard
from orderway.training.rules import Standing
from orderway.training.standings import StageStanding, people_by_role, standard_of, standings

ENOUGH = 2  # people who can do a stage: one alone may fall ill


@dataclass(frozen=True, slots=True)
class Cell:
    """How a person stands to a stage; `concerned`: whether a role of theirs acts there."""

    state: StageStanding
    concerned: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A person with a cell per stage."""

    person: Person
    roles: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everybody with a role of the version, and what is at risk."""

    version: Version
    stages: tuple[tuple[int, StageId, str], ...]
    rows: tuple[Row, ...]
    risks: tuple[str, ...]


def matrix(version: Version, *, now: datetime, only: int | None = None) -> Matrix:
    """The matrix of a version; `only` one person. Four statements, however many people."""
    standard, today = standard_of(version), localdate(now)
    by_role = people_by_role(standard.roles, today)
    people = {person.pk: person for members in by_role.values() for person in members if only in (None, person.pk)}
    if only is not None and only not in people:
        people |= {person.pk: person for person in Person.objects.filter(pk=only)}
    order = list(standard.stages_in_flow())
    known = standings(version, list(people), order, today)
    rows = []
    for person in sorted(people.values(), key=lambda one: one.name):
        own = {role for role, members in by_role.items() if person in members}
        concerned = {stage for stage in order if own & roles_in(standard.stages[stage], standard)}
        titles = _(", ").join(role_title(standard, role) for role in standard.roles if role in own)
        rows.append(Row(person, titles, tuple(Cell(known[person.pk][stage], stage in concerned) for stage in order)))
    stages = tuple((number, stage, stage_title(standard, stage)) for number, stage in enumerate(order, start=1))
    risks = tuple(_risks(standard, rows, order, by_role)) if only is None else ()
    return Matrix(version, stages, tuple(rows), risks)


def _risks(standard: Standard, rows: Sequence[Row], order: Sequence[StageId], by_role: dict[str, list[Person]]) -> Iterator[str]:
    """What none of its owners can do, and a sentence per stage that too few of them can do, or soon will be able to."""
    able = {}
    for at, stage in enumerate(order):
        owners = {person.pk for person in by_role.get(standard.stages[stage].owner, ())}
        able[stage] = [(row.person, row.cells[at].state) for row in rows if row.person.pk in owners and row.cells[at].state.standing.counts]
    nobody = [stage_title(standard, stage) for stage in order if not able[stage]]
    if nobody:
        yield _("Nobody is certified for: %(stages)s.") % {"stages": _(", ").join(nobody)}
    for stage in order:
        if able[stage]:
            yield from _too_few(stage_title(standard, stage), able[stage])


def _too_few(stage: str, able: Sequence[tuple[Person, StageStanding]]) -> Iterator[str]:
    ending = sorted((state.until, person.name) for person, state in able if state.standing == Standing.EXPIRING and state.until)
    if len(able) - len(ending) >= ENOUGH:
        return
    words: dict[str, object] = {"stage": stage, "number": len(able), "person": able[0][0].name}
    if len(able) < ENOUGH:
        sentence = _("Only %(person)s is certified for %(stage)s.") % words
    else:
        counted = ngettext("%(number)d person is certified for %(stage)s.", "%(number)d people are certified for %(stage)s.", len(able))
        sentence = counted % words
    if ending:
        sentence += " " + _("The certificate of %(person)s ends on %(day)s.") % {"person": ending[0][1], "day": day(ending[0][0])}
    yield sentence
