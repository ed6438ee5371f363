"""The rows of open items under their orders' locks: who holds them and how their clocks stand. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from json import loads
from typing import NamedTuple

from orderway import sets
from orderway.engine.case import PLACE_SEPARATOR, ItemKey
from orderway.engine.scheduling import Clock
from orderway.sets.columns import moment_from_sqlite


class ItemState(NamedTuple):
    """What the case does not say about an open item."""

    responsible_id: int | None
    clock: Clock
    alarms_fired: int
    next_alarm_at: datetime | None


def item_states(order_ids: Sequence[int]) -> Iterator[tuple[int, ItemKey, ItemState]]:
    """(order id, item, state) of every open item of these orders; one statement."""
    for row in sets.select("orders.open_items", orders=sets.Many("int8", order_ids)):
        order_id, stage, path, kind, sequence, responsible, opened, due, held, alarms, fired, paused, coming = row
        key = ItemKey(stage, tuple(path.split(PLACE_SEPARATOR)) if path else (), kind, sequence)
        opened_at = moment_from_sqlite(opened)
        assert opened_at is not None, "an item was opened at some time"
        clock = Clock(opened_at, moment_from_sqlite(due), moment_from_sqlite(held), calls_of(alarms), paused)
        yield order_id, key, ItemState(responsible, clock, fired, moment_from_sqlite(coming))


def calls_of(alarms: str) -> tuple[tuple[int, datetime], ...]:
    """The stored warnings and escalations of an item: percent and time, soonest first."""
    return tuple((percent, datetime.fromisoformat(at)) for percent, at in loads(alarms)) if alarms else ()
