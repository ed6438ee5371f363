"""THE ONE DOOR: every act that moves orders goes through here, n at a time: lock, decide, store.

Asks rights, locks in key order, lets the engine decide and makes one store with asserted row counts. Knows no stage and no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.completion import DONE, Completion
from orderway.orders.locking import LockedOrder, Opened, at_act
from orderway.orders.placing import LineDraft, OrderDraft, Placed, place_orders
from orderway.orders.running import Passed, Progress, record_facts, run_open
from orderway.orders.session import Entrance, Work, door

__all__ = [
    "DONE",
    "SYSTEM",
    "Actor",
    "Completion",
    "LineDraft",
    "LockedOrder",
    "Opened",
    "OrderDraft",
    "Passed",
    "Placed",
    "Progress",
    "Work",
    "place_orders",
    "record_facts",
    "run_open",
    "working_on",
]


@contextmanager
def working_on(
    places: Sequence[str],
    act: str,
    *,
    actor: Actor,
    now: datetime,
    stage: str = "",
    brings: Mapping[str, Completion] | None = None,
) -> Iterator[Work]:
    """Work on a set of places whose open stage does `act` ("" for plain work; `stage` narrows it to one stage id of the standard).

    A place is an order number, inside an `each` with the run's key (``SO-2026-00042/2``); a number alone means its only open item of
    that act. Orders are locked in key order. In ``work.places`` are only places where the actor may do this, that are open at this act,
    not on hold, not waiting for a signature, and not short of evidence or documents; the others stand in ``work.refused``, each with
    its reason. `brings`: evidence and answers that come along with the act, by place; they count for that check and for ``complete``.

    Inside: look at ``work.orders``, ``work.facts``; write with the ORM, `sets` or ``work.also``; then ``work.complete()``. Leaving the
    block makes one store with asserted row counts, in one transaction with everything the act wrote; an exception leaves nothing behind.
    """
    entrance = Entrance(act, "stage.work", at_act(act, stage), completes=True)
    with door(places, entrance, actor=actor, now=now, brings=brings) as work:
        yield work
