"""What the review stage registers with the layers below: acts, facts, documents, consequences, undo, panels, invariants."""

from __future__ import annotations

from orderway.orders import exposure
from orderway.orders.stages import register_consequences, register_decided
from orderway.releases.catalogue import Shared, register_act, register_check, register_fact
from orderway.stages.capture.queries import of_heads
from orderway.stages.review import actions, queries, web
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import FactType

MONEY, BOOL = FactType("money"), FactType("bool")
ACT = actions.ACT


def register() -> None:
    """Fill the registered lists."""
    register_act(CatalogueAct(ACT, needs=("order.total", "customer.credit_left")), run=actions.decide)
    register_check(ACT, actions.SEEN)
    register_fact("customer.credit_left", MONEY, load=Shared(queries.credit_of, queries.lefts_of))
    register_fact("customer.credit_limit", MONEY, load=Shared(queries.credit_of, queries.limits_of))
    register_fact("customer.blocked", BOOL, load=of_heads(lambda head: head.customer_blocked))
    register_fact("order.total_with_tax", MONEY, load=exposure.gross)
    register_fact("order.total_with_siblings", MONEY, load=queries.totals_with_siblings)
    register_decided(ACT, actions.book_decided)
    register_consequences(ACT, queries.consequences)
    web.register()
