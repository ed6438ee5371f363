"""A served company under load whose processes are killed: what was acknowledged must stand afterwards, once.

Run as a program, it prepares the company in the database of the environment, or reports what stands in it.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from project.serving import EVERY, PATIENCE, Served

SKU = "RAIL-1"
CLIENTS = 3


class Company(Served):
    """A served company with masters, people and tokens, without the fast and unsafe settings of tests."""

    secrets: dict[str, str]

    def __init__(self, folder, **environment):
        super().__init__(folder, PYTHONPATH=str(Path(__file__).parents[1]), PYTHONWARNINGS="ignore", **environment)
        self.url = environment["ORDERWAY_DATABASE_URL"]

    def look(self, sql):
        """Rows of a statement, past the product."""
        if self.url.startswith("sqlite"):
            path = self.url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def written(self):
        """How many journal entries stand."""
        return self.look("SELECT count(*) FROM journal_entry")[0][0]

    def statuses(self):
        """How many orders have which status."""
        return dict(self.look("SELECT status, count(*) FROM orders_order GROUP BY status"))

    def invoices(self):
        """How many invoices stand."""
        return self.look("SELECT count(*) FROM invoicing_invoice")[0][0]

    def ask(self, what):
        """Run this module in a process of its own, on the company's database."""
        command = [sys.executable, "-m", "faults.killing", what]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def post(self, who, path, body, key):
        """Status and reply; status 0 if nobody answered."""
        headers = {"Authorization": f"Bearer {self.secrets[who]}", "Idempotency-Key": key, "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", json.dumps(body).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as refused:
            return refused.code, {"retry_after": refused.headers["Retry-After"], "said": refused.read().decode()}
        except (OSError, ValueError) as problem:  # refused, reset, or cut off in the middle of the reply
            return 0, {"said": str(problem)}


@dataclass
class Load:
    """Clients that place orders and complete their entry, again and again, each request with its key until it is acknowledged."""

    company: Company
    numbers: dict[str, str] = field(default_factory=dict)  # purchase order -> number that was acknowledged
    entered: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self):
        """Let the clients begin."""
        self._threads = [threading.Thread(target=self._client, args=(index,)) for index in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Let every client finish what it has begun."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads), "a client hangs"

    def wait_for(self, more):
        """Until so many more acts were acknowledged."""
        with self._news:
            wanted = self.acknowledged + more
            came = self._news.wait_for(lambda: self.acknowledged >= wanted or self.wrong, PATIENCE)
            assert came, f"only {self.acknowledged} of {wanted} acts"
        assert self.wrong == []

    def _client(self, index):
        count = 0
        while not self._stopping.is_set():
            count += 1
            po = f"PO-{index}-{count}"
            body = {"customer": "DAN", "customer_po": po, "lines": [{"sku": SKU, "quantity": "1"}]}
            placed = self._until_acknowledged("/orders", body, f"place-{po}", 201)
            if placed is None:
                return
            self.numbers[po] = placed["number"]
            act = {"act": "capture.enter", "evidence": {"enter": "yes", "confirm": "yes"}}
            if self._until_acknowledged(f"/work-items/{placed['number']}/act", act, f"enter-{po}", 200) is None:
                return
            self.entered.add(placed["number"])

    def _until_acknowledged(self, path, body, key, wanted):
        waited = 0.0
        while waited < PATIENCE:
            status, reply = self.company.post("alice", path, body, key)
            with self._news:
                self.answers[status] += 1
                if status == wanted:
                    self.acknowledged += 1
                    self._news.notify_all()
                    return reply
            if status not in (0, 503):
                return self._complain(f"{key}: {status} {reply}")
            threading.Event().wait(EVERY)
            waited += EVERY
        return self._complain(f"{key}: never acknowledged")

    def _complain(self, sentence):
        with self._news:
            self.wrong.append(sentence)
            self._news.notify_all()


def prepare():
    """Migrate, and set up the company; gives the tokens of its people."""
    from django.core.management import call_command

    from api.office import Office

    call_command("migrate", interactive=False, verbosity=0)
    return Office().open().secrets


def report():
    """What stands: numbers by purchase order, and how often each order's entry was completed."""
    from orderway.journal.models import Entry
    from orderway.orders.models import Order

    orders: dict[str, list[str]] = {}
    for po, number in Order.objects.values_list("customer_po", "number"):
        orders.setdefault(po, []).append(number)
    entered = Counter(Entry.objects.filter(subject_kind="order", act="complete", actor="alice").values_list("subject_key", flat=True))
    return {"orders": orders, "entered": entered}


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
    django.setup()
    sys.stdout.write(json.dumps({"prepare": prepare, "report": report}[sys.argv[1]]()))
