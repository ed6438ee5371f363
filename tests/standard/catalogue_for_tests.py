"""The product's acts, facts and templates as the stages register them, for tests of the pure packages. Kept in step with the stages."""

from __future__ import annotations

from orderway.standard.catalogue import Catalogue, CatalogueAct, CatalogueFact
from orderway.standard.document import FactType

MONEY, NUMBER, PERCENT, TEXT, BOOL, DATE = (FactType(kind) for kind in ("money", "number", "percent", "text", "bool", "date"))
ROUTE = FactType("one_of", choices=("stock", "make", "buy"))

LINES = FactType("list", record=(("sku", TEXT), ("qty", NUMBER), ("price", MONEY)))
DELIVERY_LINES = FactType("list", record=(("sku", TEXT), ("qty", NUMBER), ("route", ROUTE)))
DELIVERIES = FactType("list", record=(("number", TEXT), ("lines", DELIVERY_LINES), ("shipped", BOOL)))

ACTS = (
    CatalogueAct(
        "capture.enter",
        provides=(
            *("order.lines.sku", "order.lines.qty", "order.lines.price", "order.total", "order.discount"),
            *("order.new_customer", "order.customer_po", "order.requested"),
        ),
        templates=("order_form",),
        records=("system", "tick", "document"),
    ),
    CatalogueAct("review.decide", needs=("order.total", "customer.credit_left", "customer.overdue")),
    CatalogueAct(
        "stock.reserve", needs=("order.lines.qty",), provides=("order.lines.available", "order.lines.route", "order.lines.reserved")
    ),
    CatalogueAct("delivery.plan", needs=("order.lines.qty",), provides=("order.deliveries",)),
    CatalogueAct("supply.produce", needs=("order.deliveries",)),
    CatalogueAct("supply.purchase", needs=("order.deliveries",)),
    CatalogueAct("delivery.pick", needs=("order.deliveries",), templates=("pick_list",)),
    CatalogueAct(
        "delivery.hand_over",
        needs=("order.deliveries",),
        provides=("order.deliveries.shipped", "order.deliveries.damaged"),
        templates=("delivery_note",),
    ),
    CatalogueAct("invoicing.issue", needs=("order.deliveries",), templates=("invoice",)),
    CatalogueAct("aftersales.resolve"),
)

FACTS = (
    CatalogueFact("order.total", MONEY),
    CatalogueFact("order.total_with_tax", MONEY),
    CatalogueFact("order.total_with_siblings", MONEY),
    CatalogueFact("order.discount", PERCENT),
    CatalogueFact("order.new_customer", BOOL),
    CatalogueFact("order.channel", TEXT),
    CatalogueFact("order.customer_po", TEXT, provided_by=("capture.enter",)),
    CatalogueFact("order.requested", DATE, provided_by=("capture.enter",)),
    CatalogueFact("order.lines", LINES),
    CatalogueFact("order.lines.available", NUMBER, provided_by=("stock.reserve",)),
    CatalogueFact("order.lines.route", ROUTE, provided_by=("stock.reserve",)),
    CatalogueFact("order.lines.reserved", NUMBER, provided_by=("stock.reserve",)),
    CatalogueFact("order.deliveries", DELIVERIES, provided_by=("delivery.plan",)),
    CatalogueFact("order.deliveries.damaged", BOOL, provided_by=("delivery.hand_over",)),
    CatalogueFact("customer.credit_left", MONEY),
    CatalogueFact("customer.credit_limit", MONEY),
    CatalogueFact("customer.overdue", MONEY),
    CatalogueFact("customer.blocked", BOOL),
    CatalogueFact("feedback.low", BOOL),
)


def a_catalogue() -> Catalogue:
    """Everything that the product offers to a standard."""
    acts = {act.name: act for act in ACTS}
    templates = tuple(template for act in ACTS for template in act.templates)
    return Catalogue(acts=acts, facts={fact.name: fact for fact in FACTS}, templates=templates)
