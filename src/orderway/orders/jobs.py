"""Jobs of the worker: a list that layers fill, and leases so that any number of workers does each job once.

A lease is claimed by a counted UPDATE. Never sleeps and never loops; `project/worker.py` does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Q

from orderway.orders.models import Job

log = logging.getLogger(__name__)

Do = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Registered:
    """A job: what it does with the time it is given, how often, and for how long its lease holds."""

    name: str
    do: Do
    every: timedelta
    lease: timedelta


_jobs: dict[str, Registered] = {}


def register_job(name: str, do: Do, *, every: timedelta, lease: timedelta = timedelta(minutes=10)) -> None:
    """Let the worker call ``do(now)`` every so often; it answers with a sentence for the health page.

    A worker that dies leaves its lease; another takes over when it has run out, so a job must bear being begun again.
    """
    _jobs[name] = Registered(name, do, every, lease)


def registered() -> list[Registered]:
    """All jobs, by name."""
    return [_jobs[name] for name in sorted(_jobs)]


def run_due(*, holder: str, now: datetime, force: bool = False) -> dict[str, str]:
    """Do every job that is due and that nobody else holds; gives what came of each. A failing job is recorded, the others go on."""
    done: dict[str, str] = {}
    for job in registered():
        if claim(job, holder=holder, now=now, force=force):
            done[job.name] = _run(job, holder, now)
    return done


def claim(job: Registered, *, holder: str, now: datetime, force: bool = False) -> bool:
    """Take the lease of a job that is due; False if it is not, or if somebody has it."""
    Job.objects.get_or_create(name=job.name)
    free = Job.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), name=job.name)
    if not force:
        free = free.filter(Q(due_at__isnull=True) | Q(due_at__lte=now))
    return free.update(holder=holder, leased_until=now + job.lease, last_started_at=now) == 1


def _run(job: Registered, holder: str, now: datetime) -> str:
    try:
        result = job.do(now)
        failed = False
    except OperationalError:
        raise  # the database is away: that is no fault of the job, the worker waits
    except Exception as error:  # a job that fails must not stop the others; it stands on the health page and in the log
        log.exception("job %s failed", job.name)
        result, failed = f"{type(error).__name__}: {error}", True
    _give_back(job, holder, now, result, failed=failed)
    return result


def _give_back(job: Registered, holder: str, now: datetime, result: str, *, failed: bool) -> None:
    held = Job.objects.filter(name=job.name, holder=holder)
    failures = (held.values_list("failures", flat=True).first() or 0) + 1 if failed else 0
    held.update(holder="", leased_until=None, due_at=now + job.every, last_finished_at=now, last_result=result[:500], failures=failures)


def register_own() -> None:
    """The jobs of this layer: absences, deadlines, system stages, papers whose time is over, old replies."""
    from orderway.orders import absences, clock, digest, idempotency, notifying, retention
    from orderway.orders.running import run_open, said

    def begun_absences(now: datetime) -> str:
        done = absences.hand_over(now)
        return f"{len(done.moved)} handed over, {len(done.stayed)} stay"

    register_job("absences", begun_absences, every=timedelta(minutes=5))
    register_job("notifications", lambda now: f"{notifying.follow(now)} entries read", every=timedelta(seconds=15))
    register_job("digest mail", digest.run, every=timedelta(minutes=5))
    register_job("deadlines", lambda now: str(clock.sweep(now)), every=timedelta(seconds=30))
    register_job("system stages", lambda now: said(run_open(now=now)), every=timedelta(seconds=5))
    register_job("waiting stages", lambda now: said(run_open(now=now, retry=True)), every=timedelta(minutes=15))
    register_job("retention of papers", retention.job, every=timedelta(days=1))
    register_job("old replies", lambda now: f"{idempotency.forget(now=now)} forgotten", every=timedelta(days=1))
