"""Whether the installation works: the database answers, the worker does its jobs. For administrators; checks no invariant (verify does)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest

from orderway.orders import jobs
from orderway.orders.isolating import broken_work
from orderway.orders.models import Job
from orderway.orders.routes import Asked, Routes, Shown, caller_of, moment

PATIENCE = timedelta(minutes=2)  # beyond its own rhythm, before a job counts as forgotten

routes = Routes(tags=["health"])


class JobOut(Shown):
    """A job of the worker."""

    name: str = Asked("The job's name.")
    last_finished_at: datetime | None = Asked("When it was last done.")
    last_result: str = Asked("What came of it.")
    failures: int = Asked("How often it has failed in a row.")
    held_by: str = Asked("Which worker does it right now; empty for none.")
    overdue: bool = Asked("Whether it should have been done by now.")


class BrokenOut(Shown):
    """Open work at which the program failed."""

    place: str = Asked("The order number, with the run's key inside an `each`.")
    stage: str = Asked("The stage it stands at.")
    reason: str = Asked("What went wrong.")


class HealthOut(Shown):
    """How the installation does."""

    well: bool = Asked("Whether everything below is as it should be.")
    database: str = Asked("The kind of database that answered.")
    worker: str = Asked("running; late if a job was forgotten; never if no worker has run yet.")
    jobs: list[JobOut] = Asked("The worker's jobs.")
    broken: list[BrokenOut] = Asked(
        "Work at which the program failed, oldest first, at most 50: a bug. It is tried again every 15 minutes."
    )


@routes.reads("/health", right="health.read", gives=HealthOut, summary="How the installation does")
def health(request: HttpRequest) -> dict[str, object]:
    """Cheap: one look at the worker's leases, one at what waits. `orderway verify` proves the data."""
    now = caller_of(request).now
    known = {job.name: job for job in Job.objects.all()}
    shown = [_shown(registered, known.get(registered.name), now) for registered in jobs.registered()]
    never = not any(job.last_finished_at for job in known.values())
    late = any(each["overdue"] for each in shown)
    broken = [{"place": work.place, "stage": work.stage, "reason": work.reason} for work in broken_work()]
    well = not never and not late and not broken and not any(each["failures"] for each in shown)
    worker = "never" if never else "late" if late else "running"
    return {"well": well, "database": connection.vendor, "worker": worker, "jobs": shown, "broken": broken}


def _shown(registered: jobs.Registered, job: Job | None, now: datetime) -> dict[str, object]:
    last = job.last_finished_at if job else None
    return {
        "name": registered.name,
        "last_finished_at": moment(last),
        "last_result": job.last_result if job else "",
        "failures": job.failures if job else 0,
        "held_by": job.holder if job else "",
        "overdue": last is None or last + registered.every + PATIENCE < now,
    }
