"""The process that serves: Granian with its web processes, and a worker beside them. The commands become it (`become`).

A web process is a copy of this one, so nothing is loaded here that a web process does not need.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from orderway.project.starting import set_up

WORKER_MAY_FINISH_SECONDS = 20


def become(*, host: str, port: int, processes: int = 1, with_worker: bool = True) -> NoReturn:
    """Put the serving process in the place of this one."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    arguments = [host, str(port), str(processes), "worker" if with_worker else "alone"]
    os.execv(sys.executable, [sys.executable, "-m", "orderway.project.serving", *arguments])  # noqa: S606  our own module


def serve(*, host: str, port: int, processes: int, with_worker: bool) -> None:
    """Serve until stopped; the worker child ends with us, and serving goes on if the worker dies."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    child = _start_worker() if with_worker else None
    sys.stderr.write(f"Orderway is served at http://{host}:{port} (Ctrl+C stops it)\n")
    sys.stderr.flush()
    try:
        Granian(
            "orderway.project.wsgi:served",
            factory=True,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=4,
            log_access=False,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        if child is not None:
            end(child)


def end(worker: subprocess.Popen[bytes]) -> None:
    """Let the worker finish its job, but not forever: what is cut off is taken back by the database and done by the next one."""
    worker.terminate()
    try:
        worker.wait(timeout=WORKER_MAY_FINISH_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "orderway.project.worker", str(os.getpid())]
    return subprocess.Popen(command, env=os.environ.copy(), cwd=Path.cwd())  # noqa: S603  our own module, no input from outside


def main() -> None:
    """Entry of the process that `become` starts."""
    host, port, processes, beside = sys.argv[1:]
    set_up()
    serve(host=host, port=int(port), processes=int(processes), with_worker=beside == "worker")


if __name__ == "__main__":
    main()
