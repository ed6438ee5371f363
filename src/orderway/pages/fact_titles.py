"""What facts are called in the language in use. Looks nothing up; a company's own fact is called by its last word."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

TITLES: Mapping[str, Promise] = {
    "order.total": gettext_lazy("Order total"),
    "order.total_with_tax": gettext_lazy("Order total with tax"),
    "order.total_with_siblings": gettext_lazy("Total with the customer's orders of the week"),
    "order.discount": gettext_lazy("Discount"),
    "order.margin": gettext_lazy("Margin"),
    "order.new_customer": gettext_lazy("New customer"),
    "order.channel": gettext_lazy("Channel"),
    "order.customer_po": gettext_lazy("Customer's order number"),
    "order.requested": gettext_lazy("Wished day"),
    "order.returned": gettext_lazy("Returned quantity"),
    "order.replaced": gettext_lazy("Replaced quantity"),
    "order.credited": gettext_lazy("Credited amount"),
    "order.invoiced": gettext_lazy("Invoiced amount"),
    "order.paid": gettext_lazy("Paid"),
    "order.complained": gettext_lazy("Complained about"),
    "order.errors": gettext_lazy("Errors found"),
    "order.lines": gettext_lazy("Order lines"),
    "order.lines.sku": gettext_lazy("Item"),
    "order.lines.qty": gettext_lazy("Quantity"),
    "order.lines.available": gettext_lazy("Available"),
    "order.lines.reserved": gettext_lazy("Reserved"),
    "order.lines.route": gettext_lazy("Route"),
    "order.deliveries": gettext_lazy("Deliveries"),
    "order.papers": gettext_lazy("Documents"),
    "customer.credit_left": gettext_lazy("Credit left"),
    "customer.credit_limit": gettext_lazy("Credit limit"),
    "customer.overdue": gettext_lazy("Overdue"),
    "customer.blocked": gettext_lazy("Customer blocked"),
    "feedback.low": gettext_lazy("Low feedback"),
}
NAME = re.compile(r"[a-z_][\w]*(?:\.[a-z_][\w]*)+")


def title(name: str) -> str:
    """What a fact is called."""
    found = TITLES.get(name)
    return str(found) if found else name.rpartition(".")[2].replace("_", " ") if "." in name else name


def expression(source: str, facts: Container[str]) -> str:
    """A rule's source with its facts by their titles."""
    return NAME.sub(lambda found: title(found[0]) if found[0] in facts else found[0], source)
