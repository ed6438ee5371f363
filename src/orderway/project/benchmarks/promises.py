"""How long it takes to promise every open order anew: finished orders as precedents, and open ones spread over the stages.

Measures only. Orders go their way over weeks of the bench's own clock, or nothing could be learned from how long they took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from orderway.improvement import promising
from orderway.orders.models import Promise
from orderway.project.benchmarks.company import Bench

AT_ONCE = 100
REFRESHES = 3


def spread(
    bench: Bench, placed: Callable[[int], list[str]], do: Callable[[str, Sequence[str], object], None], *, finished: int, open_: int
) -> None:  # fmt: skip
    """So many orders to their end, a hundred at once, some hours between acts; then open ones, stopped at every act in turn."""
    from orderway.project.benchmarks.inside import _acts

    acts = _acts()
    for start in range(0, finished, AT_ONCE):
        numbers = placed(min(AT_ONCE, finished - start))
        for rank, (act, brings) in enumerate(acts):
            bench.now += timedelta(hours=1 + (start // AT_ONCE + rank) % 5)
            do(act, numbers, brings)
    for number in range(len(acts)):
        numbers = placed(open_ // len(acts) + (number < open_ % len(acts)))
        for act, brings in acts[:number]:
            bench.now += timedelta(hours=1)
            do(act, numbers, brings)


def seconds(now: datetime, expected: int) -> tuple[float, float, float]:
    """The first refresh, which reads the journal; the quickest of the following ones; its CPU time. Each writes every promise."""
    taken = []
    for number in range(1 + REFRESHES):
        Promise.objects.all().delete()
        started, cpu = time.perf_counter(), time.process_time()
        promising.refresh(now + timedelta(minutes=15 * number))
        taken.append((time.perf_counter() - started, time.process_time() - cpu))
        assert Promise.objects.count() == expected, Promise.objects.count()
    return taken[0][0], *min(taken[1:])
