"""What the capture stage registers with the layers below: acts, facts, documents, consequences, undo, panels, invariants."""

from __future__ import annotations

from orderway.orders.stages import register_consequences, register_revision, register_undo, register_waiting
from orderway.pages import printing
from orderway.releases.catalogue import register_act, register_check, register_document, register_fact
from orderway.stages.capture import actions, amending, confirming, papers, queries, web
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import FactType

MONEY, NUMBER, PERCENT, TEXT, BOOL, DATE = (FactType(kind) for kind in ("money", "number", "percent", "text", "bool", "date"))
LINES = FactType("list", record=(("sku", TEXT), ("qty", NUMBER), ("price", MONEY)))
ACT = actions.ACT
PROVIDES = (
    *("order.lines.sku", "order.lines.qty", "order.lines.price", "order.total", "order.discount"),
    *("order.new_customer", "order.customer_po", "order.requested"),
)


def register() -> None:
    """Fill the registered lists."""
    act = CatalogueAct(ACT, provides=PROVIDES, templates=(confirming.ORDER_FORM,))
    register_act(act, run=actions.enter)
    register_check(ACT, ("order.total", "order.discount"))
    _register_facts()
    paper = printing.renderer("orderway.stages.capture", "order_form.typ", papers.order_form)
    register_document(confirming.ORDER_FORM, paper, replaces_older=True)
    register_revision(confirming.of_revised)
    register_undo(ACT, lambda order_ids, lines, *, actor, now: [])  # an order that was taken in stays in the books, cancelled
    register_consequences(ACT, lambda order_ids, changes: [])
    register_waiting(amending.waiting)
    web.register()


def _register_facts() -> None:
    register_fact("order.total", MONEY, load=queries.of_heads(lambda head: head.total))
    register_fact("order.discount", PERCENT, load=queries.discounts)
    register_fact("order.new_customer", BOOL, load=queries.new_customers)
    register_fact("order.channel", TEXT, load=queries.of_heads(lambda head: head.channel))
    register_fact("order.customer_po", TEXT, provided_by=(ACT,), load=queries.of_heads(lambda head: head.customer_po))
    register_fact("order.requested", DATE, provided_by=(ACT,), load=queries.of_heads(lambda head: head.requested_on))
    register_fact("order.lines", LINES, load=queries.lines)
