"""The worker takes up what was cut off, by its own death or the database's absence, and leaves alone what others hold."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import django.db
import pytest
from django.db import OperationalError

from orderway.orders import jobs
from orderway.orders.models import Job
from orderway.project import serving, worker

HERE = socket.gethostname()
FAR = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def undisturbed(monkeypatch):
    """Signals as before, and connections left open, as the test's transaction needs them."""
    before = {which: signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(django.db, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0)
    yield
    for which, what in before.items():
        signal.signal(which, what)


def a_dead_process():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("holder", "taken"),
    [
        (lambda: f"{HERE}:{a_dead_process()}", True),
        (lambda: f"{HERE}:{os.getpid()}", True),
        (lambda: f"{HERE}:{os.getppid()}", False),
        (lambda: f"another-machine:{a_dead_process()}", False),
    ],
    ids=["dead", "ours", "alive", "elsewhere"],
)
def test_a_lease_is_taken_over_only_from_who_cannot_work_any_more(db, holder, taken):
    Job.objects.create(name="deadlines", holder=holder(), leased_until=FAR)

    done = worker.work(once=True)

    assert ("deadlines" in done) == taken
    assert "old replies" in done
    assert Job.objects.filter(name="deadlines", holder="").exists() == taken


def test_a_worker_waits_for_a_database_that_is_away_and_takes_up_its_own_work(db, undisturbed, monkeypatch):
    leases = []

    def away_once(*, holder, now, force):
        leases.append(list(Job.objects.filter(name="deadlines").values_list("holder", flat=True)))
        if len(leases) == 1:
            Job.objects.create(name="deadlines", holder=holder, leased_until=FAR)
            raise OperationalError("server closed the connection unexpectedly")
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(jobs, "run_due", away_once)
    worker.work()

    assert leases == [[], [""]]


def test_a_worker_ends_with_the_server_that_started_it(db, undisturbed, monkeypatch):
    done = []
    monkeypatch.setattr(jobs, "run_due", lambda **_by: done.append(1) or {})

    worker.work(parent=a_dead_process())

    assert done == []


def test_a_worker_that_does_not_finish_in_time_is_ended_all_the_same(monkeypatch):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    monkeypatch.setattr(serving, "WORKER_MAY_FINISH_SECONDS", 0.2)
    with subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"ready\n"

        serving.end(child)

        assert child.returncode == -signal.SIGKILL
