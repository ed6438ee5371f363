"""Judges the tasks of n orders anew: their journals and what stands beside them in, rows out. The same for the follower and for verify."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orderway.assessment.rules.judging import Clock, Found, Judged, Setting, Span, judged
from orderway.assessment.rules.tracing import tasks_of
from orderway.engine.case import PLACE_SEPARATOR
from orderway.masterdata.models import Absence, Person
from orderway.measures.measuring import journals, zone
from orderway.orders.models import Correction, Order, OrderLine
from orderway.orders.storing import HOLIDAYS
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard

FEW_LINES, SOME_LINES = 1, 5
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Head:
    """An order as its row says it, and the standard it is pinned to."""

    id: int
    number: str
    sequence: int
    version_id: int
    content_hash: str
    standard_id: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """An order's tasks as they count now. `kind`: what may be compared with it."""

    head: Head
    kind: str
    tasks: tuple[Judged, ...]


def fresh(numbers: Iterable[str]) -> list[Fresh]:
    """These orders as they are judged now; six statements, however many."""
    columns = ("pk", "number", "journal_sequence", "version_id", "version__content_hash", "version__standard_id")
    heads = [Head(*row) for row in Order.objects.filter(number__in=list(numbers)).order_by("pk").values_list(*columns)]
    if not heads:
        return []
    ids = [head.id for head in heads]
    found_journals, kinds, errors, away = journals([head.number for head in heads]), _kinds(ids), _errors(ids), _away()
    found = []
    for head in heads:
        standard = program_of(head.version_id, head.content_hash).standard
        setting = Setting(standard, _clocks(standard, head.content_hash), errors[head.id], away)
        tasks = judged(tasks_of(found_journals.get(head.number, [])), setting)
        found.append(Fresh(head, kinds.get(head.id, ""), tuple(tasks)))
    return found


def row_of(one: Judged, person: int, alike: int, zone: ZoneInfo) -> tuple[object, ...]:
    """A task as the columns of `COLUMNS`, without its order."""
    task = one.task
    assert task.done_at is not None, "only what was done is judged"
    return (
        person, alike, PLACE_SEPARATOR.join(task.path), task.opened, task.closed_by, task.run,
        task.done_at.astimezone(zone).date(), _minute(task.came_at or task.done_at), _minute(task.done_at), one.minutes, one.limit,
        int(one.time), int(one.excuse), int(one.quality), int(one.rework), one.cause[:64], one.steps, one.proven, task.waived,
        int(task.taken_over), int(task.before_late),
    )  # fmt: skip


COLUMNS = (
    *("order", "person", "alike", "path", "opened", "sequence", "run", "day", "came", "done", "minutes", "limit", "time"),
    *("excuse", "quality", "rework", "cause", "steps", "proven", "waived", "taken_over", "before_late"),
)


def people() -> dict[str, int]:
    """Everybody's key, also of those who left."""
    return dict(Person.objects.values_list("key", "pk"))


def _kinds(ids: Sequence[int]) -> dict[int, str]:
    """What an order is compared with: where its items come from, and whether it has one line, some or many."""
    routes: dict[int, set[str]] = defaultdict(set)
    lines: dict[int, int] = defaultdict(int)
    for order, route in OrderLine.objects.filter(order_id__in=ids).order_by().values_list("order_id", "item__route"):
        routes[order].add(route)
        lines[order] += 1
    return {order: f"{'+'.join(sorted(found))}:{_size(lines[order])}" for order, found in routes.items()}


def _size(lines: int) -> str:
    return "one" if lines <= FEW_LINES else "some" if lines <= SOME_LINES else "many"


def _errors(ids: Sequence[int]) -> Mapping[int, list[Found]]:
    found: dict[int, list[Found]] = defaultdict(list)
    rows = Correction.objects.filter(order_id__in=ids).exclude(should_be_caught_at="").order_by("at", "pk")
    for order, kind, at, caught_at in rows.values_list("order_id", "kind", "at", "should_be_caught_at"):
        found[order].append(Found(kind, at, caught_at))
    return found


def _away() -> dict[str, list[Span]]:
    """When people were away; whole days of the company."""
    here = zone()
    found: dict[str, list[Span]] = {}
    rows = Absence.objects.filter(withdrawn_at__isnull=True).order_by("first_day").values_list("person__key", "first_day", "last_day")
    for key, first, last in rows:
        since, until = (datetime.combine(day, time(), here).astimezone(UTC) for day in (first, last + timedelta(days=1)))
        found.setdefault(key, []).append(Span(since, until))
    return found


def _clocks(standard: Standard, content_hash: str) -> dict[str, Clock]:
    return {str(one.id): HOLIDAYS.working_time(standard.calendar_of(one), content_hash) for one in standard.stages.values()}


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // MINUTE
