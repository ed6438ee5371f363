"""The live board: what stands where now, how late, how long it waits, and who has how much. Every number opens its list. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orderway.masterdata.models import Person, Warehouse
from orderway.orders import board as counts
from orderway.orders.board import Load, StageCount, Waiting
from orderway.orders.storing import HOLIDAYS
from orderway.pages import board_cards
from orderway.pages.guarding import needs
from orderway.pages.templatetags.ow import said, worked
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import StageId, Standard
from orderway.web import acting, ribbon
from orderway.web.clocks import day_minutes
from orderway.web.work_filter import RANGES, WorkFilter, filter_of, work

KEYS = 9  # stages that a digit opens
HEATS = 4
FULL_HEAT_PERCENT = 80  # a stage of whose work so much is late is as red as it gets


@dataclass(frozen=True, slots=True)
class Knot:
    """A stage on the heat ribbon. `heat` 0 to 4 follows the share that is late; count, late and wait say the same in words."""

    title: str
    count: int
    late: int
    wait: str
    heat: int
    key: str
    address: str
    late_address: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with what they have; `percent` of who has most."""

    load: Load
    percent: int
    address: str
    late_address: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the head line and the list it opens."""

    title: str
    count: int
    address: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter offers: (id, title) of roles and stages, people, warehouses."""

    roles: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    everybody: list[Person]
    warehouses: list[Warehouse]

    def as_context(self) -> dict[str, object]:
        """For a template."""
        return {"roles": self.roles, "stages": self.stages, "everybody": self.everybody, "warehouses": self.warehouses}


@needs("item.list")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board; asked by htmx only the part that changes."""
    now, wanted = acting.now(), filter_of(request.GET).having(stage="", late="", waits="")
    standards = standards_in_force()
    items = work(wanted, now=now)
    stages = counts.by_stage(items, now=now)
    context = {
        "filter": wanted,
        "now": now,
        "ribbon": _ribbon(standards, stages, wanted, now),
        "numbers": _numbers(stages, counts.waiting(items), wanted),
        "people": _people(counts.by_person(items, now=now), wanted),
        "cards": board_cards.shown(now),
        "empty": not stages and not wanted.narrowed and not wanted.range,
        "ranges": RANGES,
        "next_range": _next_range(wanted.range),
    }
    if request.headers.get("HX-Request"):
        return render(request, "web/parts/board.html", context)
    return render(request, "web/board.html", {**context, **choices(standards).as_context()})


def standards_in_force() -> list[tuple[Version, Standard]]:
    """Every version that orders are placed with; the newest first."""
    versions = Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash", "standard_id").order_by("-id")
    return [(version, program_of(version.pk, version.content_hash).standard) for version in versions]


def choices(standards: list[tuple[Version, Standard]]) -> Choices:
    """What the filter offers: roles and stages of the standards in force, people, warehouses."""
    roles: dict[str, str] = {}
    stages: dict[str, str] = {}
    for _version, standard in standards:
        for role in standard.roles.values():
            roles.setdefault(str(role.id), said(role.title))
        for stage in standard.stages_in_flow():
            stages.setdefault(str(stage), said(standard.stages[stage].title))
    return Choices(
        roles=sorted(roles.items(), key=lambda pair: pair[1]),
        stages=list(stages.items()),
        everybody=list(Person.objects.filter(is_active=True).only("key", "name")),
        warehouses=list(Warehouse.objects.filter(active=True)),
    )


def _next_range(current: str) -> str:
    names = [name for name, _words in RANGES]
    return names[(names.index(current) + 1) % len(names)] if current in names else ""


def _list(wanted: WorkFilter) -> str:
    return f"{reverse('work_list')}?{wanted.query}"


# --- ribbon -----------------------------------------------------------------------------------------------------------


def _ribbon(
    standards: list[tuple[Version, Standard]], stages: dict[str, StageCount], wanted: WorkFilter, now: datetime
) -> list[tuple[Knot, ...]]:
    titles = _titles(standards)
    way = [tuple(stage for stage in slot) for slot in _way(standards)]
    known = {stage for slot in way for stage in slot}
    way += [(stage,) for stage in stages if stage not in known]  # of versions that are no more in force
    numbers = iter(range(1, KEYS + 1))
    return [tuple(_knot(stage, titles, stages.get(stage), wanted, now, str(next(numbers, ""))) for stage in slot) for slot in way]


def _way(standards: list[tuple[Version, Standard]]) -> Iterator[tuple[str, ...]]:
    """The stages of all standards in force, each once: the longest flow first, what others have besides behind it."""
    seen: set[str] = set()
    for _version, standard in sorted(standards, key=lambda pair: -len(list(pair[1].stages_in_flow()))):
        for row in ribbon.rows_of(standard):
            new = tuple(stage for stage in row if stage not in seen)
            seen.update(new)
            if new:
                yield new


def _titles(standards: list[tuple[Version, Standard]]) -> dict[str, tuple[Version, Standard]]:
    found: dict[str, tuple[Version, Standard]] = {}
    for version, standard in standards:
        for stage in standard.stages:
            found.setdefault(str(stage), (version, standard))
    return found


def _knot(
    stage: str, titles: dict[str, tuple[Version, Standard]], counted: StageCount | None, wanted: WorkFilter, now: datetime, key: str
) -> Knot:
    count = counted or StageCount(0, 0, None)
    here = wanted.having(stage=stage)
    known = titles.get(stage)
    percent = count.late * 100 // count.count if count.count else 0
    return Knot(
        title=said(known[1].stages[StageId(stage)].title) if known else stage,
        count=count.count,
        late=count.late,
        wait=_wait(stage, known, count.median_opened_at, now),
        heat=min(HEATS, -(-percent * HEATS // FULL_HEAT_PERCENT)),
        key=key,
        address=_list(here),
        late_address=_list(here.having(late="yes")),
    )


def _wait(stage: str, known: tuple[Version, Standard] | None, opened_at: datetime | None, now: datetime) -> str:
    """The working time that half of the stage's work has been open at least."""
    if known is None or opened_at is None:
        return ""
    version, standard = known
    calendar = standard.calendar_of(standard.stages[StageId(stage)])
    elapsed = HOLIDAYS.working_time(calendar, version.content_hash).elapsed(opened_at, now)
    return worked(elapsed, day_minutes(calendar))


# --- numbers and people -------------------------------------------------------------------------------------------------


def _numbers(stages: dict[str, StageCount], waiting: Waiting, wanted: WorkFilter) -> list[Number]:
    late = sum(stage.late for stage in stages.values())
    return [
        Number(_("open tasks"), sum(stage.count for stage in stages.values()), _list(wanted)),
        Number(_("late"), late, _list(wanted.having(late="yes")), late=bool(late)),
        Number(_("nobody has it"), waiting.nobody, _list(wanted.having(waits="nobody")), late=bool(waiting.nobody)),
        Number(_("wait for something"), waiting.outside, _list(wanted.having(waits="outside"))),
        Number(_("on hold"), waiting.hold, _list(wanted.having(waits="hold"))),
    ]


def _people(loads: list[Load], wanted: WorkFilter) -> list[PersonRow]:
    most = max((load.minutes for load in loads), default=0)
    return [
        PersonRow(
            load,
            load.minutes * 100 // most if most else 0,
            _list(wanted.having(person=load.key)),
            _list(wanted.having(person=load.key, late="yes")),
        )
        for load in loads
    ]


urlpatterns = [path("", board, name="board")]
