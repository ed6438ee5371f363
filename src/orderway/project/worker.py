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

PAUSE_SECONDS = 2.0

log = logging.getLogger(__name__)


def work(*, once: bool = False, parent: int | None = None) -> dict[str, str]:
    """Do what is due until SIGTERM or SIGINT; `once`: every job one time; gives what came of each at last.

    A failing job is recorded and does not stop the others. `parent`: the process without which we end too.
    """
    from django.db import OperationalError, close_old_connections

    from orderway.orders import jobs

    holder = f"{socket.gethostname()}:{os.getpid()}"
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    if not once and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    done: dict[str, str] = {}
    while not stopping.is_set() and (parent is None or parent == os.getppid()):
        if not once:
            close_old_connections()
        try:
            done = jobs.run_due(holder=holder, now=datetime.now(UTC), force=once)
        except OperationalError as away:
            if once:
                raise
            log.warning("The database is away (%s); trying again in %s s.", str(away).strip(), PAUSE_SECONDS)
        if once:
            break
        stopping.wait(PAUSE_SECONDS)
    return done


def main() -> None:
    """Entry of the child process that `orderway serve` starts; its one argument is the process of the server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
    import django

    django.setup()
    work(parent=int(sys.argv[1]) if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    main()
