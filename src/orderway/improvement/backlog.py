"""The orders that are open now, as a simulation begins with them. Reads; what becomes of them is the simulation's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from orderway.engine.case import Case
from orderway.improvement import promising
from orderway.orders.models import Order
from orderway.releases.models import Version
from orderway.simulation.moves import Place
from orderway.simulation.parameters import Parameters
from orderway.simulation.precedents import OpenOrder
from orderway.simulation.world import Start

OWN_STREAM = 0x51ED270B  # which kind an order is must not shift the chance of the work


@dataclass(frozen=True, slots=True)
class Standing:
    """An open order and its case."""

    order: OpenOrder
    case: Case


def standing(version: Version) -> list[Standing]:
    """The open orders of a version that are not on hold; three statements."""
    orders, ids = promising.open_orders(version)
    texts = dict(Order.objects.filter(pk__in=ids.values()).values_list("number", "case_text"))
    return [Standing(order, Case.from_text(texts[order.number])) for order in orders]


def starts(found: Sequence[Standing], parameters: Parameters, seed: int) -> list[Start]:
    """Where a replication begins: which kind each order is, is drawn anew."""
    chance, weights = Random(seed ^ OWN_STREAM), [kind.weight for kind in parameters.kinds]  # noqa: S311  a simulation, no secret
    kinds = chance.choices(range(len(weights)), weights, k=len(found))
    return [Start(Place(one.case), kind, one.order.arrived, dict(one.order.opened)) for one, kind in zip(found, kinds, strict=True)]
