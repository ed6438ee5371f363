"""Why an act of the supply stage is refused: one class per reason."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class GoodsOnOrder(Refusal):
    """Everything is on order and has not arrived yet; the goods receipt completes the stage."""

    code = "goods_on_order"
    message = "The goods are on order and have not arrived: {supply_orders}, due {due_on}."
    remedy = "The goods receipt completes this stage."


class NobodySupplies(Refusal):
    """An item has no approved supplier."""

    code = "nobody_supplies"
    message = "No approved supplier delivers {items}."
    remedy = "Add a supplier term for the item, then try again."


class NoWarehouse(Refusal):
    """There is no active warehouse in which goods could arrive."""

    code = "no_warehouse"
    message = "There is no active warehouse in which the goods could arrive."
    remedy = "Add a warehouse, then try again."


class SupplyOrderUnknown(Refusal):
    """There is no supply order of this number."""

    code = "supply_order_unknown"
    message = "There is no supply order {number}."
    remedy = "Check the number."


class SupplyOrderNotOpen(Refusal):
    """The supply order is received or closed."""

    code = "supply_order_not_open"
    message = "The supply order {number} is {status}: nothing more is expected of it."
    remedy = "Book goods that came nevertheless as free stock."


class MayNotSupply(Refusal):
    """The actor's roles own no stage that supplies."""

    code = "may_not_supply"
    message = "{actor} may not work on the supply order {number}."
    remedy = "It may be done by: {who}."


class UnknownPosition(Mistake):
    """A position that the supply order does not have."""

    code = "unknown_position"
    message = "{number} has no position {position}."
    remedy = "Use the positions of the supply order."


class QuantityNotPositive(Mistake):
    """A goods receipt of nothing or less."""

    code = "quantity_not_positive"
    message = "A goods receipt brings more than nothing; {quantity} does not."
    remedy = "Enter what was counted."


class PaperBooked(Refusal):
    """The despatch note was booked already."""

    code = "paper_booked"
    message = "The paper {paper} is booked for {number} already."
    remedy = "Look at the goods receipts of the supply order before booking again."


class SupplierStillDelivers(Refusal):
    """A supplier from whom goods are still to come."""

    code = "supplier_still_delivers"
    message = "Open purchase orders of {supplier}: {orders} ({count} in all)."
    remedy = "Wait until they have arrived or close them, then close the supplier. Without approval nothing more is ordered meanwhile."


class WarehouseStillExpects(Refusal):
    """A warehouse to which goods are still to come."""

    code = "warehouse_still_expects"
    message = "Goods are still to come to {warehouse} by: {orders} ({count} in all)."
    remedy = "Let them arrive or close these supply orders, then close the warehouse."
