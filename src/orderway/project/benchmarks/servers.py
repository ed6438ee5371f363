"""A PostgreSQL and a web server of our own for the time of a measurement, and how much CPU they used. Touches no other server."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

STATEMENTS = "shared_preload_libraries=pg_stat_statements"
WAIT_SECONDS = 30


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, newest version first; None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])) if os.name == "posix" else []
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A cluster on a free port with durable commits, as in production; gives its URL."""
    binaries = programs()
    assert binaries is not None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="orderway-pg-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        _as_postgres([f"{binaries}/initdb", "-D", data, "-U", "orderway", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c {STATEMENTS} -c max_connections=100 -c shared_buffers=512MB"
        _as_postgres([f"{binaries}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", settings, "start"])
        try:
            _as_postgres([f"{binaries}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "orderway", "bench"])
            yield f"postgresql://orderway@127.0.0.1:{port}/bench"
        finally:
            _as_postgres([f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop"])


def _as_postgres(command: list[str]) -> None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{command[-1]}: {done.stderr.strip()}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web() -> Iterator[tuple[int, int]]:
    """`orderway serve` without a worker; gives its port and process id."""
    port = free_port()
    command = [sys.executable, "-m", "orderway.project.cli", "serve", "--port", str(port), "--no-worker"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603  our own module
        try:
            _wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(timeout=WAIT_SECONDS)


def _wait_for(port: int) -> None:
    for _attempt in range(WAIT_SECONDS * 10):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The web server did not answer on port {port} within {WAIT_SECONDS} s.")


def cpu_seconds(pids: Iterator[int] | list[int]) -> float:
    """CPU time (user and system) of these processes so far."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and everything it started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def resident_mb(pids: list[int]) -> float:
    """The largest resident memory among these processes."""
    sizes = [0.0]
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            sizes.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return max(sizes)
