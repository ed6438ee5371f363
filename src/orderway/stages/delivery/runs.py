"""Deliveries as runs of an `each`: which deliveries a place means, and how the next one for a rest begins. Decides no quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderway.orders import deliveries
from orderway.orders.deliveries import PlannedDelivery, PlannedLine
from orderway.orders.models import Delivery
from orderway.orders.work import Work
from orderway.stages.delivery import queries
from orderway.stages.delivery.queries import Carried, StandingDelivery
from orderway.stages.delivery.refusals import NoRunForTheRest, NothingToDeliver
from orderway.stages.delivery.rules import LineId
from orderway.stages.supply.queries import site

LIST = "order.deliveries"


def deliveries_at(work: Work) -> Mapping[str, list[StandingDelivery]]:
    """The open deliveries that each place means: the run's own, outside of every run all of the order. Places without any are refused."""
    known = queries.deliveries_of(work.order_ids) if work.places else {}
    found: dict[str, list[StandingDelivery]] = {}
    for place in work.places:
        at = site(work.opened(place))
        found[place] = [one for one in known[at.order_id] if one.is_open and at.covers(one.order_id, one.number)]
        if not found[place]:
            work.refuse(place, NothingToDeliver(place=place))
    return {place: found[place] for place in work.places}


def word(work: Work, place: str) -> str:
    """The word of the `each` over deliveries around a place; "" if there is none."""
    opened = work.opened(place)
    around = opened.program.node_of(opened.stage.id).words
    return next((name for name, list_ in reversed(around) if list_ == LIST), "")


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a delivery's line for the next one."""

    line: LineId
    quantity: Decimal
    route: str
    warehouse: int | None = None


def rest_of(delivery: StandingDelivery, line: LineId, quantity: Decimal, *, reserved: Decimal, source: str) -> list[Rest]:
    """A rest split by where it comes from: what lies reserved from stock, what does not from its source (or stock, if it has none)."""
    carried: Carried = next(one for one in delivery.lines if one.line == line)
    parts = [Rest(line, reserved, "stock", carried.warehouse), Rest(line, quantity - reserved, source, None)]
    return [part for part in parts if part.quantity]


def can_add(work: Work, place: str) -> bool:
    """Whether a further delivery can begin at a place; refuses the place if not."""
    if word(work, place):
        return True
    work.refuse(place, NoRunForTheRest(place=place))
    return False


def add_next(work: Work, rests: Mapping[str, Sequence[Rest]], on: date | None = None) -> Mapping[str, Delivery]:
    """Plan the next delivery for what is left at these places and begin its run; gives the new delivery by place."""
    planned = [
        PlannedDelivery(
            work.opened(place).order.id, tuple(PlannedLine(one.line, one.quantity, one.route, one.warehouse) for one in rows), on
        )
        for place, rows in rests.items()
    ]
    made = dict(zip(rests, deliveries.add(planned), strict=True)) if planned else {}
    for place, delivery in made.items():
        work.open_runs(place, word(work, place), [str(delivery.number)])
    return made


def warehouse_of(delivery: StandingDelivery, line: LineId) -> int | None:
    """The warehouse that a delivery takes a line from, if planning named one."""
    return next((one.warehouse for one in delivery.lines if one.line == line and one.warehouse is not None), None)


def carries(delivery: StandingDelivery, quantities: Mapping[LineId, Decimal]) -> list[tuple[int, Decimal]]:
    """New quantities of a delivery's lines, by id: what it really carries, in their sequence; more than planned goes to the last."""
    left = dict(quantities)
    rows = []
    for line in delivery.lines:
        last = not any(other.line == line.line and other.id > line.id for other in delivery.lines)
        quantity = left[line.line] if last else min(line.quantity, left[line.line])
        left[line.line] -= quantity
        rows += [(line.id, quantity)] if quantity != line.quantity else []
    return rows
