"""The worker: one loop over the registered jobs, each done by whoever holds its lease. Never moves an order itself; the jobs' acts do."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime
from types import FrameType

from orderway.project.starting import set_up

PAUSE_SECONDS = 2.0

log = logging.getLogger(__name__)


def work(*, once: bool = False, parent: int | None = None) -> dict[str, str]:
    """Do what is due until SIGTERM or SIGINT; `once`: every job one time; gives what came of each at last.

    A failing job is recorded and does not stop the others. `parent`: the process without which we end too.
    """
    from django.db import OperationalError, close_old_connections

    from orderway.orders import jobs

    host = socket.gethostname()
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    if not once and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    done: dict[str, str] = {}
    cut_off = True  # what was held before, by us or by one that died, is nobody's work now
    while not stopping.is_set() and (parent is None or parent == os.getppid()):
        if not once:
            close_old_connections()
        try:
            if cut_off:
                _free_leases(host)
            done = jobs.run_due(holder=f"{host}:{os.getpid()}", now=datetime.now(UTC), force=once)
            cut_off = False
        except OperationalError as away:
            if once:
                raise
            cut_off = True
            log.warning("The database is away (%s); trying again in %s s.", str(away).strip(), PAUSE_SECONDS)
        if once:
            break
        stopping.wait(PAUSE_SECONDS)
    return done


def _free_leases(host: str) -> None:
    """Give back what this process or a dead one on this machine holds: else a job that was cut off rests until its lease runs out."""
    from orderway.orders.models import Job

    for holder in set(Job.objects.exclude(holder="").values_list("holder", flat=True)):
        where, _, process = holder.rpartition(":")
        if where == host and (int(process) == os.getpid() or not _lives(int(process))):
            Job.objects.filter(holder=holder).update(holder="", leased_until=None)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Entry of the child process that `orderway serve` starts; its one argument is the process of the server."""
    set_up()
    work(parent=int(sys.argv[1]) if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    main()
