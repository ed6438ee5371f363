"""How fast the product is beside the physical limit of the machine, measured in the same run. Measures; asserts nothing.

Each database gets a process of its own (settings are read once), with a fresh database that is thrown away afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from orderway.project.benchmarks import servers

Progress = Callable[[str, int, int | None], None]


class Figure(NamedTuple):
    """One measured figure; `control` is the physical limit measured beside it and `ratio` our share of it (None without control)."""

    name: str
    value: float
    unit: str
    control: float | None = None
    ratio: float | None = None


def measure(*, only: str = "", scale: float = 1.0, progress: Progress = lambda _what, _done, _total: None) -> list[Figure]:
    """Measure everything whose name begins with `only`; `scale` shrinks the sizes (1 is the full run of bench/README.md)."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="orderway-bench-") as folder:
        for kind, url in _databases(Path(folder), only):
            for figure in _child(kind, url, Path(folder) / kind, only, scale):
                figures.append(figure)
                progress(figure.name, len(figures), None)
    return figures


def _databases(folder: Path, only: str) -> Iterator[tuple[str, str]]:
    wanted = [part for part in only.split(".") if part in ("sqlite", "postgresql")] or ["sqlite", "postgresql"]
    if "sqlite" in wanted:
        yield "sqlite", f"sqlite:///{folder}/sqlite/bench.sqlite3"
    if "postgresql" in wanted:
        if servers.programs() is None:
            sys.stderr.write("PostgreSQL is not installed (apt-get install postgresql): only SQLite is measured.\n")
            return
        with servers.postgresql() as url:
            yield "postgresql", url


def _child(kind: str, url: str, folder: Path, only: str, scale: float) -> Iterator[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "ORDERWAY_DATABASE_URL": url,
        "ORDERWAY_DATA_DIR": str(folder),
        "ORDERWAY_REQUESTS_PER_MINUTE": "100000000",
    }
    command = [sys.executable, "-m", "orderway.project.benchmarks.inside", kind, only, str(scale)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603  our own module
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("["):
                yield Figure(*json.loads(line))
    if child.returncode:
        raise SystemExit(f"The measuring of {kind} ended with code {child.returncode}; see what it printed above.")
