"""What the after-sales stage registers with the layers below: its act, facts, paper, consequences, undo, invariants and job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop

from orderway.orders import jobs, stages
from orderway.orders.actor import Actor
from orderway.orders.stages import Consequence, Leftover, LineChange
from orderway.releases import catalogue
from orderway.releases.catalogue import Value
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.vocabulary import FactType

ACT = "aftersales.resolve"
NOTHING = Decimal(0)


def register() -> None:
    """Fill the registered lists."""
    from orderway.stages.aftersales import actions, invariants, papers

    catalogue.register_act(CatalogueAct(ACT), run=actions.resolve)
    catalogue.register_fact("order.returned", FactType("number"), load=returned)
    catalogue.register_fact("order.replaced", FactType("number"), load=replaced)
    catalogue.register_fact("order.credited", FactType("money"), load=credited)
    catalogue.register_fact("order.complained", FactType("bool"), load=complained)
    catalogue.register_fact("feedback.low", FactType("bool"), load=low_feedback)
    catalogue.register_document("credit_note", papers.render)
    stages.register_consequences(ACT, consequences)
    stages.register_undo(ACT, undo)
    invariants.register()
    jobs.register_job("announced returns", actions.book_announced, every=timedelta(minutes=1))


def returned(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """How many pieces of each order came back."""
    from orderway.stages.aftersales import queries

    return {**dict.fromkeys(order_ids, NOTHING), **queries.moved(order_ids, "returned")}


def replaced(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """How many pieces of each order were sent again."""
    from orderway.stages.aftersales import queries

    return {**dict.fromkeys(order_ids, NOTHING), **queries.moved(order_ids, "replaced")}


def credited(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """What credit notes gave back on each order, tax included."""
    from orderway.stages.aftersales import queries

    return {**dict.fromkeys(order_ids, NOTHING), **queries.credited(order_ids)}


def complained(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """Whether a complaint about the order is open."""
    from orderway.stages.aftersales import queries

    found = queries.complained(order_ids)
    return {order: order in found for order in order_ids}


def low_feedback(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """Whether the order got a low score."""
    from orderway.stages.aftersales import queries

    found = queries.low_feedback(order_ids)
    return {order: order in found for order in order_ids}


def consequences(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """Returns that were announced before the goods left: they come to nothing for what is cancelled."""
    from orderway.stages.aftersales import queries

    return [
        Consequence(
            one.order_id,
            ACT,
            gettext_noop("{quantity} pieces of return {number} will not come."),
            line_id=one.line_id,
            quantity=one.quantity,
            params={"quantity": f"{one.quantity.normalize():f}", "number": str(one.return_number)},
        )
        for one in queries.awaited(order_ids)
        if one.before_shipping and one.line_id in {change.line_id for change in changes.get(one.order_id, ())}
    ]


def undo(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Nothing that came back or was credited is taken back; awaited returns of shipped goods stay for their owner."""
    from orderway.stages.aftersales import queries

    return [
        Leftover(one.order_id, ACT, f"Return {one.return_number} is announced and has not arrived. Receive or close it.")
        for one in queries.awaited(order_ids)
        if not one.before_shipping
    ]
