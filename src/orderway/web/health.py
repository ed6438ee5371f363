"""Whether the worker does its jobs and the program its work, on one page for administrators. Proves no data: `orderway verify` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orderway.orders import jobs
from orderway.orders.isolating import broken_work
from orderway.orders.locking import number_of
from orderway.orders.models import Job
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.web import acting

PATIENCE = timedelta(minutes=2)  # beyond a job's own rhythm, before it counts as forgotten


@dataclass(frozen=True, slots=True)
class Row:
    """A job of the worker, with what came of it last."""

    name: str
    last: Job | None
    forgotten: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """Work at which the program failed, with the reason in the reader's language."""

    number: str
    place: str
    stage: str
    reason: str


@needs("health.read")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every job of the worker and the work at which the program failed; one look at each."""
    now, known = acting.now(), {job.name: job for job in Job.objects.all()}
    rows = []
    for registered in jobs.registered():
        last = known.get(registered.name)
        done_at = last.last_finished_at if last else None
        rows.append(Row(registered.name, last, done_at is None or done_at + registered.every + PATIENCE < now))
    well = not any(row.forgotten or (row.last and row.last.failures) for row in rows)
    broken = [Broken(number_of(work.place), work.place, work.stage, refusing.retold(work.reason)) for work in broken_work()]
    return render(request, "web/health.html", {"rows": rows, "well": well, "broken": broken})
