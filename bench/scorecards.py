"""How long the scorecards of 500 people take over the tasks that 1,000,000 journal entries tell.

    python bench/scorecards.py [--tasks N] [--people N]

The demo company's journal tells 0.43 tasks of people per entry of an order; 500,000 tasks are more than a million entries tell. They are
made without orders, spread over a year, 500 people, 10 stages and 9 kinds of order; every person has two stages. Measured is everything
that is counted for a page: reading the rows, overload, comparison with like work; wall clock and CPU time of the process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date, timedelta
from time import perf_counter, process_time

import numpy as np

STAGES, KINDS, DAYS = 10, 9, 365
FIRST = date(2025, 1, 1)
MINUTES_A_DAY, EPOCH_MINUTES = 1_440, 1_735_689_600 // 60


def rows(tasks, people):
    """Tasks as tuples in the columns of the table, from one seed."""
    random = np.random.default_rng(1)
    person = random.integers(1, people + 1, tasks)
    stage = (person + random.integers(0, 2, tasks)) % STAGES
    day = random.integers(0, DAYS, tasks)
    came = EPOCH_MINUTES + day * MINUTES_A_DAY + random.integers(480, 960, tasks)
    done = came + random.exponential(180, tasks).astype(np.int64)
    chance = random.random((5, tasks))
    days = [(FIRST + timedelta(days=one)).isoformat() for one in range(DAYS)]
    columns = {
        "order_id": np.arange(tasks) // 5 + 1, "person_id": person, "alike_id": stage * KINDS + random.integers(0, KINDS, tasks) + 1,
        "path": [""] * tasks, "opened": np.arange(tasks), "sequence": np.ones(tasks, int), "run": np.ones(tasks, int),
        "day": [days[one] for one in day], "came": came, "done": done, "minutes": done - came, "limit": np.full(tasks, 240),
        "time": np.where(chance[0] < 0.1, 0, np.where(done - came > 240, 2, 1)), "excuse": np.where(chance[1] < 0.1, 1, 0),
        "quality": np.where(chance[2] < 0.5, 0, np.where(chance[2] < 0.95, 1, 2)), "rework": np.where(chance[3] < 0.05, 2, 0),
        "cause": [""] * tasks, "steps": np.full(tasks, 2), "proven": np.full(tasks, 2), "waived": np.zeros(tasks, int),
        "taken_over": np.zeros(tasks, int), "before_late": np.where(chance[4] < 0.1, 1, 0),
    }  # fmt: skip
    return list(columns), zip(*(column if isinstance(column, list) else column.tolist() for column in columns.values()), strict=True)


def main(tasks, people):
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ORDERWAY_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "DJANGO_SETTINGS_MODULE": "orderway.project.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        from orderway.assessment import reading
        from orderway.assessment.models import Alike, DoneTask

        call_command("migrate", verbosity=0)
        Alike.objects.bulk_create(
            Alike(standard_id="s", stage=f"stage-{stage}", item="stage", kind=f"kind-{kind}")
            for stage in range(STAGES)
            for kind in range(KINDS)
        )
        names, found = rows(tasks, people)
        connection.cursor().execute("PRAGMA foreign_keys = OFF")  # the tasks have neither orders nor people
        with transaction.atomic(), connection.cursor() as cursor:
            columns, holes = ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {DoneTask._meta.db_table} ({columns}) VALUES ({holes})", found)
        for what, since in (("a year", FIRST), ("a quarter", FIRST + timedelta(days=DAYS - 92))):
            for who, wanted in ((f"{people} people", range(1, people + 1)), ("one person", [7])):
                wall, cpu = perf_counter(), process_time()
                cards = reading.cards(since, FIRST + timedelta(days=DAYS), wanted)
                wall, cpu = perf_counter() - wall, process_time() - cpu
                counted = sum(card.tasks for card in cards.values())
                print(f"{what}, {who}: {wall:.2f} s, {cpu:.2f} s of CPU ({counted:,} tasks on {len(cards)} cards)")


def number(name, usual):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else usual


if __name__ == "__main__":
    main(number("--tasks", 500_000), number("--people", 500))
