"""Locks orders in key order and finds the open item that each place means. Decides nothing and writes nothing.

A place is an order number, inside an `each` with the keys of the run: ``SO-2026-00042/2``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from orderway import sets
from orderway.engine.case import PLACE_SEPARATOR, Case, OpenItem
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.engine.replay import WITH_RUN
from orderway.orders.assigning import People
from orderway.orders.refusals import NotOpenHere, OrderUnknown, SeveralPlaces
from orderway.releases.publishing import program_of
from orderway.sets.columns import moment_from_sqlite
from orderway.standard.document import Stage


class LockedOrder(NamedTuple):
    """An order's row under lock, as far as the door needs it."""

    id: int
    number: str
    version_id: int
    content_hash: str
    customer_id: int
    owner_id: int | None
    status: str
    case_text: str
    journal_sequence: int
    journal_hash: str
    created_by: str
    edited_by: str
    as_history: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A place that was let through: its order, the case and program, the item meant (None for acts on the whole order) and its stage."""

    place: str
    order: LockedOrder
    case: Case
    program: Program
    item: OpenItem | None = None

    @property
    def stage(self) -> Stage:
        """The stage of the item, as the pinned standard says it."""
        assert self.item is not None, "an act on the whole order has no stage"
        return self.program.stage(self.item.stage)

    def stage_of(self, item: OpenItem) -> Stage:
        """The stage of any open item of this order."""
        return self.program.stage(item.stage)

    @property
    def path(self) -> str:
        """The keys of the runs around the item, as stored."""
        return PLACE_SEPARATOR.join(self.item.path) if self.item else ""


Choose = Callable[[Program, OpenItem], bool]


def at_act(act: str, stage: str = "") -> Choose:
    """The passage whose stage does this act ("" for plain work); `stage` narrows it to one stage of the standard."""

    def choose(program: Program, item: OpenItem) -> bool:
        return item.kind in WITH_RUN and (not stage or item.stage == stage) and (program.stage(item.stage).does or "") == act

    return choose


def at_kind(*kinds: str, stage: str = "") -> Choose:
    """The item of one of these kinds; `stage` narrows it to one stage of the standard."""
    return lambda _program, item: item.kind in kinds and (not stage or item.stage == stage)


def number_of(place: str) -> str:
    """The order number of a place."""
    return place.partition(PLACE_SEPARATOR)[0]


def lock(places: Sequence[str], people: People, now: datetime) -> dict[str, LockedOrder]:
    """Lock the orders of these places, by ascending key; gives them by number. Unknown numbers are missing.

    The same statement reads the people whom the act is expected to ask for.
    """
    numbers = list(dict.fromkeys(number_of(place) for place in places))
    rows = sets.select("orders.lock_by_number", numbers=sets.Many("text", numbers), **people.expected(now))
    people.came([(row[0], row[1], row[2], row[4], row[7], row[8]) for row in rows if row[0] != "order"])
    return {row[2]: _locked(row) for row in sorted(row for row in rows if row[0] == "order")}


def _locked(row: tuple[Any, ...]) -> LockedOrder:
    content_hash = row[4] or program_of(row[3]).hash
    return LockedOrder._make((*row[1:4], content_hash, *row[5:13], bool(row[13]), moment_from_sqlite(row[14])))


Meant = tuple[Case, Program, OpenItem | None]


def find(places: Iterable[str], locked: Mapping[str, LockedOrder], *, act: str, choose: Choose | None) -> dict[str, Opened | Refusal]:
    """What each place means: the open item that `choose` accepts, or the refusal; `choose` None takes the whole order."""
    alike: dict[tuple[str, str, str], Meant] = {}  # orders of a batch stand at few distinct cases
    found: dict[str, Opened | Refusal] = {}
    for place in dict.fromkeys(places):
        number, _, rest = place.partition(PLACE_SEPARATOR)
        order = locked.get(number)
        if order is None:
            found[place] = OrderUnknown(number=number)
            continue
        meant: Meant | Refusal | None = alike.get((order.content_hash, order.case_text, rest))
        if meant is None:
            meant = _meant(place, order, rest, act, choose)
        if isinstance(meant, Refusal):
            found[place] = meant
        else:
            alike[order.content_hash, order.case_text, rest] = meant
            found[place] = Opened(place, order, *meant)
    return found


def _meant(place: str, order: LockedOrder, rest: str, act: str, choose: Choose | None) -> Meant | Refusal:
    case, program = Case.from_text(order.case_text), program_of(order.version_id, order.content_hash)
    if choose is None:
        return case, program, None
    items = [item for item in case.items if choose(program, item) and (not rest or item.place == rest)]
    exact = [item for item in items if item.place == rest]  # a number alone names what stands outside of every run, beside a complaint
    if len(items) == 1 or len(exact) == 1:
        return case, program, (exact or items)[0]
    if not items:
        return NotOpenHere(act=act, place=place, open=[item.stage for item in case.items] or order.status)
    return SeveralPlaces(act=act, places=[f"{order.number}{PLACE_SEPARATOR}{item.place}".rstrip(PLACE_SEPARATOR) for item in items])
