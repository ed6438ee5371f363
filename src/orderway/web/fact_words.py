"""Facts in the reader's words: their titles, and their values by type. Looks nothing up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.pages.templatetags.ow import day, money, quantity
from orderway.releases import catalogue
from orderway.standard.document import Standard
from orderway.standard.values import UNKNOWN

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
    "customer.credit_left": gettext_lazy("Credit left"),
    "customer.credit_limit": gettext_lazy("Credit limit"),
    "customer.overdue": gettext_lazy("Overdue"),
    "customer.blocked": gettext_lazy("Customer blocked"),
    "feedback.low": gettext_lazy("Low feedback"),
}
NAME = re.compile(r"[a-z_][\w]*(?:\.[a-z_][\w]*)+")
WORDS: Mapping[str, Promise] = {
    "stock": gettext_lazy("from stock"),
    "make": gettext_lazy("make"),
    "buy": gettext_lazy("buy"),
}


class FactWords:
    """The words of one standard for its facts; amounts in the currency of the order."""

    def __init__(self, standard: Standard, currency: str) -> None:
        self._standard = standard
        self._currency = currency

    def title(self, name: str, record: int = 0) -> str:
        """What a fact is called; of a list with the number of its line."""
        found = TITLES.get(name)
        title = str(found) if found else name.rpartition(".")[2].replace("_", " ") if "." in name else name
        return _("%(fact)s of line %(number)d") % {"fact": title, "number": record} if record else title

    def expression(self, source: str) -> str:
        """An input of a table with its facts by their titles."""
        return NAME.sub(lambda found: self.title(found[0]) if found[0] in self._standard.facts else found[0], source)

    def value(self, name: str, value: object) -> str:
        """What a fact is worth, by its type."""
        if value is UNKNOWN:
            return _("not known yet")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Decimal):
            kind = self._kind(name)
            return money(value, self._currency) if kind == "money" else quantity(value) + (" %" if kind == "percent" else "")
        if isinstance(value, date):
            return day(value)
        return str(WORDS.get(value, value)) if isinstance(value, str) else ""

    def _kind(self, name: str) -> str:
        """The type of a fact or of a field of a list, "number" for what nobody declared."""
        declared = self._standard.facts.get(name)
        if declared is not None:
            return declared.type.kind
        outer, _dot, field = name.rpartition(".")
        records = self._standard.facts.get(outer)
        inner = dict(records.type.record).get(field) if records is not None else None
        registered = catalogue.fact(name)
        if inner or registered:
            return inner.kind if inner else registered.fact.type.kind if registered else "number"
        amounts = [self._kind(part) for part in NAME.findall(name) if part != name and part in self._standard.facts]
        return "money" if "money" in amounts and not ("*" in name or "/" in name) else "number"
