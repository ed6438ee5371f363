"""init, serve, worker: bringing an installation up and keeping it running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from orderway.project.commands.database_option import Database, start, start_ready
from orderway.project.commands.printing import remarks

WORKER_MAY_FINISH_SECONDS = 20


def init(
    database: Database = None,
    administrator: Annotated[str, typer.Option(help="Sign-in name of the administrator who runs this.")] = "admin",
) -> None:
    """Create or update the database and install the shipped standards as released. Repeatable."""
    start()
    console = remarks()
    from orderway.project.installing import install

    for line in install(administrator=administrator, now=datetime.now(UTC)):
        console.print(line, soft_wrap=True)


def worker(
    database: Database = None,
    once: Annotated[bool, typer.Option("--once", help="Do every job once and stop.")] = False,
) -> None:
    """Do what is due without a person: deadlines, system stages, expiring holds. Any number may run."""
    start_ready()
    from orderway.project.worker import work

    for name, result in work(once=once).items():
        sys.stdout.write(f"{name}: {result}\n")


def serve(
    database: Database = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Do not start a worker as child process.")] = False,
) -> None:
    """Serve the web pages and the API; a worker runs beside it as a child process."""
    start_ready()
    serving(host=host, port=port, processes=processes, with_worker=not no_worker)


def serving(*, host: str, port: int, processes: int = 1, with_worker: bool = True) -> None:
    """Serve until stopped; the worker child ends with us, and serving goes on if the worker dies."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    refuse_taken(host, port)
    connections.close_all()  # a connection must not be carried into child processes: SQLite would lose its locks
    child = _start_worker() if with_worker else None
    remarks().print(f"Orderway is served at http://{host}:{port} (Ctrl+C stops it)")
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
            _end(child)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Let the worker finish its job, but not forever: what is cut off is taken back by the database and done by the next one."""
    worker.terminate()
    try:
        worker.wait(timeout=WORKER_MAY_FINISH_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def refuse_taken(host: str, port: int) -> None:
    """Granian shares a port with whoever listens there already; half of the requests would then go to another company."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        sys.stderr.write(f"{host}:{port} cannot be listened on: {problem.strerror}. Choose another with --host and --port.\n")
        raise typer.Exit(2) from problem


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "orderway.project.worker", str(os.getpid())]
    return subprocess.Popen(command, env=os.environ.copy(), cwd=Path.cwd())  # noqa: S603  our own module, no input from outside
