"""What `orderway run` does beyond the automatic stages: announced returns are booked once their lines have been shipped."""

from __future__ import annotations

from datetime import datetime

from orderway.orders import work
from orderway.orders.work import Passed, Progress
from orderway.stages.aftersales import actions as aftersales


def run_everything(*, until: str | None, now: datetime, progress: Progress | None = None) -> list[Passed]:
    """Run system stages until nothing moves, then book announced returns; one row per stage in the sequence of the work."""
    report = work.run_open(now=now, until=until, progress=progress, retry=True)
    if until is None:
        aftersales.book_announced(now=now)
    return report
