"""init, serve, worker: bringing an installation up and keeping it running."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from orderway.project.commands.database_option import Database, start, start_ready
from orderway.project.commands.printing import remarks
from orderway.project.serving import become


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
    refuse_taken(host, port)
    become(host=host, port=port, processes=processes, with_worker=not no_worker)


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
