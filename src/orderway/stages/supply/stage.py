"""What the supply stage registers with the layers below: acts, done facts, consequences, undo, invariants."""

from orderway.masterdata import keeping
from orderway.masterdata.keeping import register_closing
from orderway.orders.stages import register_consequences, register_done, register_undo
from orderway.releases.catalogue import register_act
from orderway.stages.supply import actions, invariants, leaving
from orderway.standard.catalogue import CatalogueAct

PRODUCE, PURCHASE = "supply.produce", "supply.purchase"


def register() -> None:
    """Fill the registered lists."""
    needs = ("order.deliveries",)
    register_act(CatalogueAct(PRODUCE, needs=needs), actions.produce)
    register_act(CatalogueAct(PURCHASE, needs=needs), actions.purchase)
    register_done(PRODUCE, actions.made)
    register_done(PURCHASE, actions.bought)
    register_consequences(PRODUCE, actions.production_touched)
    register_consequences(PURCHASE, actions.purchase_touched)
    register_undo(PRODUCE, actions.undo_production)
    register_undo(PURCHASE, actions.undo_purchase)
    register_closing(keeping.SUPPLIER, leaving.of_supplier)
    register_closing(keeping.WAREHOUSE, leaving.of_warehouse)
    invariants.register()
