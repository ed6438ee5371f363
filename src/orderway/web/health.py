"""Whether the worker does its jobs, on one page for administrators. Proves no data: `orderway verify` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orderway.orders import jobs
from orderway.orders.models import Job
from orderway.pages.guarding import needs
from orderway.web import acting

PATIENCE = timedelta(minutes=2)  # beyond a job's own rhythm, before it counts as forgotten


@dataclass(frozen=True, slots=True)
class Row:
    """A job of the worker, with what came of it last."""

    name: str
    last: Job | None
    forgotten: bool


@needs("health.read")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every job of the worker; one look at its leases."""
    now, known = acting.now(), {job.name: job for job in Job.objects.all()}
    rows = []
    for registered in jobs.registered():
        last = known.get(registered.name)
        done_at = last.last_finished_at if last else None
        rows.append(Row(registered.name, last, done_at is None or done_at + registered.every + PATIENCE < now))
    return render(
        request, "web/health.html", {"rows": rows, "well": not any(row.forgotten or (row.last and row.last.failures) for row in rows)}
    )
