"""An installation served by `orderway serve` in processes of its own, for tests that look at those processes or kill them."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ORDERWAY = Path(sys.executable).with_name("orderway")
PATIENCE = 300.0  # seconds before a test says that something never happened; a quiet machine needs two
EVERY = 0.1


class Served:
    """A served installation in a folder of its own."""

    def __init__(self, folder, **environment):
        self.environment = {"PATH": "/usr/bin:/bin", "ORDERWAY_DATA_DIR": str(folder / "data"), "PYTHONUNBUFFERED": "1", **environment}
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def run(self, *words, check=False):
        """A command beside the server."""
        return subprocess.run(
            [ORDERWAY, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=check
        )

    def start(self):
        """Begin to serve; returns once it answers."""
        log = (self.folder / "serve.log").open("a")
        self.process = subprocess.Popen([ORDERWAY, "serve", "--port", str(self.port)], cwd=self.folder, env=self.environment, stderr=log)
        log.close()
        self.wait_until(lambda: self.answer("/sign-in")[0] == 200)
        return self

    def answer(self, path):
        """Status and text of a page, or (0, reason) if nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, ""
        except OSError as problem:
            return 0, str(problem)

    def children(self):
        """Its worker and its web processes, as (worker, [web])."""
        worker, web = None, []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and parent_of(int(entry.name)) == self.process.pid:
                try:
                    is_worker = b"orderway.project.worker" in (entry / "cmdline").read_bytes()
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it ended while we looked
                if is_worker:
                    worker = int(entry.name)
                else:
                    web.append(int(entry.name))
        return worker, web

    def wait_until(self, true, *, ended=False):
        """Until it is so; says what the server logged if it never is. `ended`: also without the server."""
        waited = 0.0
        while not true():
            if (self.process.poll() is not None and not ended) or waited > PATIENCE:
                pytest.fail(f"never happened: {(self.folder / 'serve.log').read_text()}")
            threading.Event().wait(EVERY)
            waited += EVERY

    def stop(self):
        """End it, if a test has not."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)


def parent_of(pid):
    """The process that started this one, or None if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def alive(pid):
    """Whether this process still runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
