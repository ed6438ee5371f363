"""Facts in the reader's words: their titles, and their values by type. Looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.pages import fact_titles
from orderway.pages.templatetags.ow import day, money, quantity
from orderway.releases import catalogue
from orderway.standard.document import Standard
from orderway.standard.values import UNKNOWN

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
        title = fact_titles.title(name)
        return _("%(fact)s of line %(number)d") % {"fact": title, "number": record} if record else title

    def expression(self, source: str) -> str:
        """An input of a table with its facts by their titles."""
        return fact_titles.expression(source, self._standard.facts)

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
        amounts = [self._kind(part) for part in fact_titles.NAME.findall(name) if part != name and part in self._standard.facts]
        return "money" if "money" in amounts and not ("*" in name or "/" in name) else "number"
