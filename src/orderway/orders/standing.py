"""What matters of locked orders beside their cases: open items, evidence, documents; one statement for the whole set. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from json import loads
from typing import Any, NamedTuple

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
    id: int


class Run(NamedTuple):
    """One passage of a stage at one path."""

    order_id: int
    stage: str
    path: str
    run: int


class Found(NamedTuple):
    """Open items by order, steps with evidence by run, and (kind, place) of documents by order."""

    items: dict[int, dict[ItemKey, ItemState]]
    steps: dict[Run, set[str]]
    documents: dict[int, list[tuple[str, str]]]


class Standing:
    """The rows beside the cases of these orders, read when the first of them matters."""

    def __init__(self, order_ids: Sequence[int]) -> None:
        self._order_ids = order_ids

    def forget(self) -> None:
        """Read again when asked next: the act has stored something."""
        self.__dict__.pop("found", None)

    @cached_property
    def found(self) -> Found:
        """Everything there is, by one statement."""
        found = Found({}, {}, {})
        for row in sets.select("orders.standing", orders=sets.Many("int8", self._order_ids)) if self._order_ids else ():
            if row[0] == "item":
                key, state = _item(row)
                found.items.setdefault(row[1], {})[key] = state
            elif row[0] == "step":
                found.steps.setdefault(Run(row[1], row[2], row[3], row[5]), set()).add(row[4])
            else:
                found.documents.setdefault(row[1], []).append((row[4], row[11]))
        return found

    def items_of(self, order_id: int) -> Mapping[ItemKey, ItemState]:
        """The rows of an order's open items."""
        return self.found.items.get(order_id, {})


def _item(row: tuple[Any, ...]) -> tuple[ItemKey, ItemState]:
    _, _, stage, path, kind, sequence, responsible, opened, due, held, coming, alarms, fired, paused, item_id = row
    key = ItemKey(stage, tuple(path.split(PLACE_SEPARATOR)) if path else (), kind, sequence)
    opened_at = moment_from_sqlite(opened)
    assert opened_at is not None, "an item was opened at some time"
    clock = Clock(opened_at, moment_from_sqlite(due), moment_from_sqlite(held), calls_of(alarms), paused)
    return key, ItemState(responsible, clock, fired, moment_from_sqlite(coming), item_id)


def calls_of(alarms: str) -> tuple[tuple[int, datetime], ...]:
    """The stored warnings and escalations of an item: percent and time, soonest first."""
    return tuple((percent, datetime.fromisoformat(at)) for percent, at in loads(alarms)) if alarms else ()
