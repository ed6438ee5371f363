"""The list of open work behind every number of the board: one filter, one page of rows. Its acts are those of `work_acts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from orderway.orders.models import WorkItem
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of
from orderway.releases.publishing import program_of
from orderway.web import acting
from orderway.web.board import choices, standards_in_force
from orderway.web.clocks import Clock, clock_of
from orderway.web.my_work import item_title, standing
from orderway.web.work_filter import RANGES, by_urgency, filter_of, work


@dataclass(frozen=True, slots=True)
class Row:
    """An open item: what it is, its time, and who has it or why nobody does."""

    item: WorkItem
    stage: str
    clock: Clock
    who: str


@needs("item.list")
@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """The open work that the address asks for."""
    now, wanted = acting.now(), filter_of(request.GET)
    page = page_of(by_urgency(work(wanted, now=now)), request)
    page.rows[:] = [_row(item, now) for item in page.rows]
    context = {
        "page": page,
        "filter": wanted,
        "ranges": RANGES,
        **choices(standards_in_force()).as_context(),
        "here_now": request.get_full_path(),
    }
    return render(request, "web/work_list.html", context)


def _row(item: WorkItem, now: datetime) -> Row:
    program = program_of(item.order.version_id, item.order.version.content_hash)
    return Row(item, item_title(item, program.standard), clock_of(item, program, now), standing(item, program.standard))


urlpatterns = [path("", work_list, name="work_list")]
