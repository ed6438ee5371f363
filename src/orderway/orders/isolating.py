"""Keeps a bug to the order at which it shows: an act on n places that fails as a whole is tried again on its halves.

Nothing is passed over in silence: what fails alone is logged with its trace and comes back as a refusal that stands on the order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.db import InterfaceError, OperationalError

from orderway.engine.refusals import Refusal
from orderway.orders.models import WorkItem
from orderway.orders.refusals import ActBroke

log = logging.getLogger(__name__)
MOST_SHOWN = 50


class BrokenWork(NamedTuple):
    """Open work at which the program failed when it was last tried."""

    place: str
    stage: str
    reason: str


def apart(places: Sequence[str], attempt: Callable[[Sequence[str]], Mapping[str, Refusal]]) -> dict[str, Refusal]:
    """What `attempt` refuses of these places, with an ActBroke for each place at which it raises alone.

    Each attempt is a transaction of its own, so one that raises has left nothing behind. A database that is away or busy is no order's
    fault and goes on to the caller.
    """
    try:
        return dict(attempt(places)) if places else {}
    except (OperationalError, InterfaceError):
        raise
    except Exception as bug:
        if len(places) > 1:
            middle = len(places) // 2
            return apart(places[:middle], attempt) | apart(places[middle:], attempt)
        log.exception("The program failed at %s.", places[0])
        first_line = next(iter(str(bug).splitlines()), "")
        return {places[0]: ActBroke(error=f"{type(bug).__name__}: {first_line}"[:200].removesuffix(": "))}


def broken_work() -> list[BrokenWork]:
    """The open work at which the program failed, oldest first, at most MOST_SHOWN; one statement."""
    broken = WorkItem.objects.filter(state=WorkItem.State.OPEN, waiting=ActBroke.code).order_by("pk")
    return [BrokenWork(*row) for row in broken.values_list("place", "stage", "waiting_reason")[:MOST_SHOWN]]
