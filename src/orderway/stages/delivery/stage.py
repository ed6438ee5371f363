"""What the delivery stage registers with the layers below: acts, facts, documents, consequences, undo, invariants."""

from __future__ import annotations

from orderway.masterdata import keeping
from orderway.orders.stages import register_consequences, register_objection, register_undo
from orderway.releases.catalogue import register_act, register_document, register_fact
from orderway.stages.delivery import actions, handing_over, invariants, leaving, papers, picking, planning, queries, refusals, undoing
from orderway.stages.stock.counting import register_keeper
from orderway.stages.stock.waking import register_waiter
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import FactType

PICK_LIST, DELIVERY_NOTE = "pick_list", "delivery_note"
DELIVERIES, SHIPPED, DAMAGED = "order.deliveries", "order.deliveries.shipped", "order.deliveries.damaged"

TEXT, NUMBER, YES_OR_NO = FactType("text"), FactType("number"), FactType("bool")
ROUTE = FactType("one_of", choices=("stock", "make", "buy"))
LINES = FactType("list", record=(("sku", TEXT), ("qty", NUMBER), ("route", ROUTE)))


def register() -> None:
    """Fill the registered lists."""
    needs = (DELIVERIES,)
    register_act(CatalogueAct(planning.ACT, needs=("order.lines.qty",), provides=needs), actions.plan)
    register_act(CatalogueAct(picking.ACT, needs=needs, templates=(PICK_LIST,)), actions.pick)
    register_act(CatalogueAct(handing_over.ACT, needs=needs, provides=(SHIPPED, DAMAGED), templates=(DELIVERY_NOTE,)), actions.hand_over)
    record = (("number", TEXT), ("lines", LINES), ("shipped", YES_OR_NO), ("damaged", YES_OR_NO))
    register_fact(DELIVERIES, FactType("list", record=record), provided_by=(planning.ACT,), load=queries.facts)
    register_document(PICK_LIST, papers.render_pick_list)
    register_document(DELIVERY_NOTE, papers.render_delivery_note)
    register_undo(planning.ACT, undoing.undo_plan)
    register_undo(picking.ACT, undoing.undo_pick)
    register_consequences(planning.ACT, undoing.plan_touched)
    register_consequences(picking.ACT, undoing.pick_touched)
    register_keeper(picking.ACT)
    register_waiter(picking.ACT, refusals.NothingReserved.code)
    register_objection(undoing.objections)
    keeping.register_closing(keeping.WAREHOUSE, leaving.of_warehouse)
    invariants.register()
