"""What the live board counts: open work by stage, by person and by what it waits for. A fixed number of statements over open items only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet, Value

from orderway.masterdata.models import Person
from orderway.orders.models import WorkItem
from orderway.sets.columns import moment_from_sqlite
from orderway.sets.totals import Total

PEOPLE_SHOWN = 15
WAITS = {
    "nobody": Q(responsible__isnull=True, by_system=False),
    "hold": Q(held_since__isnull=False),
    "outside": Q(waiting__gt=""),  # written as the index has it: SQLite takes no other
}


@dataclass(frozen=True, slots=True)
class StageCount:
    """The open work at a stage. `median_opened_at`: half of it was opened before."""

    count: int
    late: int
    median_opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a person has: open items, late ones, and their working time by the limits of the standard."""

    key: str
    name: str
    count: int
    late: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much open work waits, and for what."""

    nobody: int
    hold: int
    outside: int


def late_at(now: datetime) -> Q:
    """Past its deadline; on hold the clock stands still."""
    return Q(due_at__lt=now, held_since__isnull=True)


def by_stage(items: QuerySet[WorkItem], *, now: datetime) -> dict[str, StageCount]:
    """Count, late and median age by stage; two statements."""
    rows = list(
        items.order_by().values_list("stage").annotate(count=Count("*"), late=Count("due_at", filter=late_at(now))).order_by("stage")
    )
    medians = _medians(items, {stage: count for stage, count, _late in rows})
    return {stage: StageCount(count, late, medians.get(stage)) for stage, count, late in rows}


def waiting(items: QuerySet[WorkItem]) -> Waiting:
    """How much of the work waits; one statement whose parts each read an index of few rows, not all that is open."""
    parts = [_counted(items.filter(condition), name) for name, condition in WAITS.items()]
    found = dict.fromkeys(WAITS, 0) | dict(parts[0].union(*parts[1:], all=True))
    return Waiting(**found)


def _counted(items: QuerySet[WorkItem], name: str) -> QuerySet[WorkItem, tuple[str, int]]:
    grouped = items.order_by().values("state").annotate(name=Value(name), count=Count("*"))
    return grouped.values_list("name", "count")


def by_person(items: QuerySet[WorkItem], *, now: datetime) -> list[Load]:
    """Who has how much, most working time first; two statements."""
    held = items.filter(responsible__isnull=False).order_by().values_list("responsible")
    rows = held.annotate(count=Count("*"), late=Count("due_at", filter=late_at(now)), minutes=Total("work_minutes"))
    busiest = list(rows.order_by("-minutes", "responsible")[:PEOPLE_SHOWN])
    people = Person.objects.only("key", "name").in_bulk([row[0] for row in busiest])
    return [Load(people[person].key, people[person].name, count, late, minutes) for person, count, late, minutes in busiest]


def _medians(items: QuerySet[WorkItem], counts: Mapping[str, int]) -> dict[str, datetime]:
    """The middle opening time of each stage, found in the index; one statement, however many stages."""
    parts: list[str] = []
    parameters: list[str | int] = []
    for number, (stage, count) in enumerate(counts.items()):
        middle = items.filter(stage=stage).order_by("opened_at").values_list("stage", "opened_at")[count // 2 : count // 2 + 1]
        sql, given = middle.query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS m{number}")  # noqa: S608  compiled by Django, values are parameters
        parameters += given
    return dict(_rows(" UNION ALL ".join(parts), parameters)) if parts else {}


def _rows(sql: str, parameters: Sequence[str | int]) -> list[tuple[str, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = [(stage, moment_from_sqlite(at)) for stage, at in cursor.fetchall()]
    return [(stage, at) for stage, at in found if at is not None]
