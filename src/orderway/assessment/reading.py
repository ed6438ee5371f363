"""Scorecards of a period: every task in it as arrays, counted at once, whoever is asked about. Reads its own tables only.

What is under objection, or was left out because of one, is in no array.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet

from orderway.assessment.models import Alike, DoneTask, Objection
from orderway.assessment.rules import shares
from orderway.assessment.rules.judging import Excuse, Quality, Rework, Time
from orderway.assessment.rules.shares import FEWEST, Cells, Comparison, Flags, Numbers, Share

# Small numbers travel in two columns: reading rows is what a scorecard of many people takes its time for.
MARKS = F("time") + 4 * F("excuse") + 64 * F("quality") + 512 * F("rework") + 4_096 * F("taken_over") + 8_192 * F("before_late")
PROOFS = F("steps") + 1_000 * F("proven") + 1_000_000 * F("waived")
COLUMNS = ("person", "alike", "came", "done")
TOGETHER = 0  # the number of a team among people; no person has it
NONE, UNCOMPARED = Share(0), Comparison("too_few")
Stage = tuple[str, str, str]
"""Standard, stage, kind of item: work that is one thing to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """One person's scorecard. `tasks`: how many were done; where they are fewer than `FEWEST`, everything else is empty.

    `excuses`: tasks that overran their stage's limit through no fault of the person, or were not timed, by cause; `overloaded`: late ones
    that came when unusually much lay there. `volume`: stage -> number. `left_out`: tasks under objection or left out after one.
    """

    tasks: int
    left_out: int = 0
    on_time: Share = NONE
    on_time_beside: Comparison = UNCOMPARED
    first_pass: Share = NONE
    first_pass_beside: Comparison = UNCOMPARED
    adherence: Share = NONE
    caused: int = 0
    missed: int = 0
    rework: Share = NONE
    rework_from: dict[Rework, int] | None = None
    excuses: dict[Excuse, int] | None = None
    overloaded: int = 0
    before_late: int = 0
    waived: int = 0
    taken_over: int = 0
    volume: dict[Stage, int] | None = None

    @property
    def shown(self) -> bool:
        """Whether there are enough tasks to say anything."""
        return self.tasks >= FEWEST


@dataclass(frozen=True, slots=True)
class Tasks:
    """Every counted task of a period, one place per task in each array; `stage` numbers the stages of the standards."""

    person: Numbers
    alike: Numbers
    stage: Numbers
    came: Numbers
    done: Numbers
    marks: Numbers
    proofs: Numbers
    stages: Sequence[Stage]
    overloaded: Flags

    @property
    def time(self) -> Numbers:
        """Of `judging.Time`."""
        return self.marks & 3

    @property
    def quality(self) -> Numbers:
        """Of `judging.Quality`."""
        return (self.marks >> 6) & 7


def cards(since: date, until: date, people: Iterable[int]) -> dict[int, Card]:
    """The scorecards of these people in a period, both days included; four statements, however many people and tasks."""
    wanted = list(people)
    objected = objections(since, until)
    reader = _Cards(loaded(since, until, [pk for pk, _person in objected]), wanted)
    out = Counter(person for _pk, person in objected)
    return {person: reader.card(person, out[person]) for person in wanted}


def team(since: date, until: date, people: Collection[int]) -> Card:
    """The card of several people as if they were one, beside everybody else; four statements."""
    objected = objections(since, until)
    found = loaded(since, until, [pk for pk, _person in objected])
    together = replace(found, person=np.where(np.isin(found.person, list(people)), TOGETHER, found.person))
    return _Cards(together, [TOGETHER]).card(TOGETHER, sum(person in people for _pk, person in objected))


def loaded(since: date, until: date, without: Sequence[int] = ()) -> Tasks:
    """Every task of a period but these; two statements."""
    rows = DoneTask.objects.filter(day__gte=since, day__lte=until).exclude(pk__in=without).order_by()
    table = _numbers(rows.values_list(*COLUMNS, MARKS, PROOFS)).reshape(-1, 6).T.copy()  # each column in one piece
    stages, stage_of = _stages()
    person, alike, came, done, marks, proofs = table
    stage = stage_of[alike]
    timed = (marks & 3) != Time.OPEN_ENDED
    busy = np.zeros(len(person), dtype=bool)
    busy[timed] = shares.overloaded(person[timed], stage[timed], came[timed], done[timed])
    return Tasks(person, alike, stage, came, done, marks, proofs, stages, busy & ((marks & 3) == Time.LATE))


def _numbers(rows: QuerySet[DoneTask, tuple[int, ...]]) -> Numbers:
    """Whole numbers as the database gives them: looking at each of millions again took a third of the time of reading them."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return np.fromiter(chain.from_iterable(cursor.fetchall()), dtype=np.int64)


def objections(since: date, until: date, person: int | None = None) -> list[tuple[int, int]]:
    """Tasks of a period that count nowhere, as (task, person): objected to, and neither rejected nor forgotten; two statements."""
    standing = Objection.objects.filter(Q(upheld__isnull=True) | Q(upheld=True), day__gte=since, day__lte=until)
    if person is not None:
        standing = standing.filter(person=person)
    keys = set(standing.values_list("order_id", "alike_id", "path", "opened"))
    if not keys:
        return []
    rows = DoneTask.objects.filter(order_id__in=[key[0] for key in keys])
    columns = ("pk", "person_id", "order_id", "alike_id", "path", "opened")
    return [(pk, owner) for pk, owner, *key in rows.values_list(*columns) if tuple(key) in keys]


def tasks(person: int, since: date, until: date) -> QuerySet[DoneTask]:
    """The tasks behind a scorecard, newest first."""
    rows = DoneTask.objects.filter(person=person, day__gte=since, day__lte=until)
    return rows.select_related("order__order", "alike").defer("order__order__case_text").order_by("-done", "-pk")


def causes(person: int, since: date, until: date) -> dict[tuple[str, str, str, int], int]:
    """What was wrong with this person's work, counted: (standard, stage, cause, quality) -> number; without what is left out."""
    out = [pk for pk, _person in objections(since, until, person)]
    rows = DoneTask.objects.filter(person=person, day__gte=since, day__lte=until, quality__gte=Quality.SENT_BACK).exclude(pk__in=out)
    return Counter(rows.order_by().values_list("alike__standard_id", "alike__stage", "cause", "quality"))


class _Cards:
    """Counts everything for everybody once; a card then only looks up."""

    def __init__(self, found: Tasks, people: Sequence[int]) -> None:
        self._tasks, self._people = found, people
        self._order = np.argsort(found.person, kind="stable")
        self._sorted = found.person[self._order]

    def card(self, person: int, left_out: int) -> Card:
        """One person's."""
        first, last = np.searchsorted(self._sorted, [person, person + 1])
        mine, found = self._order[first:last], self._tasks
        if len(mine) < FEWEST:
            return Card(len(mine), left_out)
        marks = found.marks[mine]  # of this person's alone: unpacking everybody's for each took most of the time of 500
        time, quality, rework = marks & 3, (marks >> 6) & 7, (marks >> 9) & 7
        proofs, busy = found.proofs[mine], found.overloaded[mine]
        judged = quality != Quality.NOT_JUDGED
        again = np.bincount(rework, minlength=len(Rework))
        suffered = int(again[Rework.COLLEAGUE] + again[Rework.CUSTOMER] + again[Rework.SYSTEM])
        excuses = np.bincount((marks >> 2) & 15, minlength=len(Excuse))
        return Card(
            len(mine),
            left_out,
            on_time=shares.share(int((time == Time.KEPT).sum()), int(((time != Time.OPEN_ENDED) & ~busy).sum())),
            on_time_beside=self._times[person],
            first_pass=shares.share(int((quality == Quality.RIGHT).sum()), int(judged.sum())),
            first_pass_beside=self._qualities[person],
            adherence=shares.share(int((proofs // 1_000 % 1_000).sum()), int((proofs % 1_000).sum())),
            caused=int((quality == Quality.SENT_BACK).sum()),
            missed=int((quality == Quality.MISSED).sum()),
            rework=shares.share(suffered, len(mine)),
            rework_from={kind: int(again[kind]) for kind in Rework if kind and again[kind]},
            excuses={kind: int(excuses[kind]) for kind in Excuse if kind and excuses[kind]},
            overloaded=int(busy.sum()),
            before_late=int(((marks >> 13) & 1).sum()),
            waived=int((proofs // 1_000_000).sum()),
            taken_over=int(((marks >> 12) & 1).sum()),
            volume=self._volume(mine),
        )

    def _volume(self, mine: Numbers) -> dict[Stage, int]:
        counted = np.bincount(self._tasks.stage[mine], minlength=len(self._tasks.stages))
        return {stage: int(number) for stage, number in zip(self._tasks.stages, counted, strict=True) if number}

    @cached_property
    def _times(self) -> dict[int, Comparison]:
        found = self._tasks
        return self._compared((found.time != Time.OPEN_ENDED) & ~found.overloaded, found.time == Time.KEPT)

    @cached_property
    def _qualities(self) -> dict[int, Comparison]:
        quality = self._tasks.quality
        return self._compared(quality != Quality.NOT_JUDGED, quality == Quality.RIGHT)

    def _compared(self, counted: Flags, hit: Flags) -> dict[int, Comparison]:
        found = self._tasks
        table = shares.summed(Cells(found.person[counted], found.alike[counted], found.stage[counted], hit[counted]))
        return shares.compared(table, self._people)


def _stages() -> tuple[list[Stage], Numbers]:
    """The stages of all standards, and the number of its stage for every cell's id."""
    cells = {pk: (standard, stage, item) for pk, standard, stage, item in Alike.objects.values_list("pk", "standard_id", "stage", "item")}
    stages = sorted(set(cells.values()))
    number = {stage: at for at, stage in enumerate(stages)}
    of_cell = np.zeros(max(cells, default=0) + 1, dtype=np.int64)
    for pk, stage in cells.items():
        of_cell[pk] = number[stage]
    return stages, of_cell
