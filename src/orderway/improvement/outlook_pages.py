"""What is coming: orders that will probably be late, the work of the next two weeks by role, and how well promises were kept before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orderway.improvement import asking, promising
from orderway.improvement.models import Outlook
from orderway.improvement.promising import Foreseen, Load
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role, stage_title
from orderway.pages.templatetags.ow import said
from orderway.releases.publishing import program_of

JUDGED_DAYS = 180
SHOWN_LATE = 50
FULL, BUSY = 1.0, 0.85  # of the hours that people are there


@dataclass(frozen=True, slots=True)
class Cell:
    """One role on one day: hours needed and present, and how full that is (words, as colour alone says nothing)."""

    day: date
    needed: float
    present: float
    level: str


@needs("outlook.read")
@require_safe
def outlook(request: HttpRequest) -> HttpResponse:
    """The page."""
    now = asking.now()
    late = promising.likely_late(now)
    rows = [shown for row in Outlook.objects.order_by("standard_id") if (shown := _standard(row)).get("loads", True)]
    context = {
        "tab": "outlook",
        "late": [
            (one, stage_title(program_of(one.order.version_id, one.order.version.content_hash).standard, one.promise.reason))
            for one in late[:SHOWN_LATE]
        ],
        "late_count": len(late),
        "rows": rows,
        "calibration": promising.calibration(now - timedelta(days=JUDGED_DAYS)),
        "fewest": promising.FEWEST_KEPT,
        "judged_days": JUDGED_DAYS,
    }
    return render(request, "improvement/outlook.html", context)


def _standard(row: Outlook) -> dict[str, object]:
    found = promising.foreseen_of(row)
    if found is None:
        return {"title": row.standard_id, "problem": refusing.retold(row.problem), "at": row.at}
    standard = program_of(found.version_id).standard
    loads = [(role(standard, load.role), load, _cells(found, load)) for load in found.loads]
    return {
        "title": said(standard.title),
        "at": row.at,
        "found": found,
        "days": [date.fromisoformat(day) for day in found.days],
        "loads": loads,
        "tightest": _tightest(loads),
    }


def _cells(found: Foreseen, load: Load) -> list[Cell]:
    return [
        Cell(date.fromisoformat(day), needed, present, _level(needed, present))
        for day, needed, present in zip(found.days, load.needed, load.present, strict=True)
    ]


def _level(needed: float, present: float) -> str:
    if needed < 0.05:
        return ""
    if needed > FULL * present:
        return "over"
    return "busy" if needed > BUSY * present else "ok"


def _tightest(loads: list[tuple[str, Load, list[Cell]]]) -> tuple[str, Cell] | None:
    """The role that is fullest on the next day on which anybody works."""
    for number in range(1, promising.DAYS):
        at_work = [(title, cells[number]) for title, _load, cells in loads if cells[number].present > 0 and cells[number].needed > 0]
        if at_work:
            return max(at_work, key=lambda one: one[1].needed / one[1].present)
    return None
