"""The order confirmation as it is printed: from the stored data to texts in the reader's language. Reads no table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orderway.orders.difference_words import difference_text
from orderway.orders.ordered import Difference
from orderway.pages import printing
from orderway.pages.printing import Column, Paper


def order_form(data: object) -> Paper:
    """The paper of what `queries.order_forms` gave."""
    assert isinstance(data, Mapping), "stored by capture itself"
    requested = [(_("Requested"), _day(data["requested_on"]))] if data["requested_on"] else []
    reference = [(_("Your order"), data["customer_po"])] if data["customer_po"] else []
    discount = Decimal(data["discount_percent"])
    less = [(_("Discount"), printing.percent(discount))] if discount else []
    revision = [(_("Revision"), str(data["revision"]))] if data.get("revision") else []
    return Paper(
        title=_("Order confirmation"),
        number=data["number"],
        seller=data["seller"],
        party_title=_("Customer"),
        party=data["customer"],
        facts=[(_("Date"), _day(data["ordered_on"])), *revision, *reference, *requested],
        columns=[
            Column("#"),
            Column(_("Item")),
            Column(_("Description"), share=1),
            Column(_("Quantity"), numeric=True),
            Column(_("Price"), numeric=True),
            Column(_("Discount"), numeric=True),
            Column(_("Amount"), numeric=True),
        ],
        rows=[_row(line) for line in data["lines"]],
        totals=[*less, (_("Total"), printing.money(Decimal(data["total"]), data["currency"]))],
        notes=[*_standing(data), *([data["note"]] if data["note"] else [])],
        signatures=[_("Customer"), _("Seller")],
    )


def _standing(data: Mapping[str, Any]) -> list[str]:
    """Whether this confirmation still counts, and what it says otherwise than the one before."""
    replaced = (
        [_("Superseded by a newer confirmation of %(day)s.") % {"day": _day(data["superseded_on"])}] if "superseded_on" in data else []
    )
    changed = [difference_text(Difference(**one)) for one in data.get("changed", ())]
    return [*replaced, *([_("This confirmation replaces the one before it. Changed:"), *changed] if changed else [])]


def _row(line: Mapping[str, Any]) -> Sequence[str]:
    discount = Decimal(line["discount_percent"])
    return [
        str(line["position"]),
        line["sku"],
        _described(line),
        printing.pieces(Decimal(line["quantity"]), line["unit"]),
        printing.price(Decimal(line["unit_price"])),
        printing.percent(discount) if discount else "",
        printing.price(Decimal(line["amount"])),
    ]


def _described(line: Mapping[str, Any]) -> str:
    """The item's name, and the day on which the line is wanted if it is not the order's."""
    if "requested_on" not in line:
        return _name(line)
    return _("%(item)s (wanted on %(day)s)") % {"item": _name(line), "day": _day(line["requested_on"])}


def _name(line: Mapping[str, Any]) -> str:
    """The item's name in the language of the paper, else its own."""
    language = (get_language() or "en").lower()
    names = {key.lower(): name for key, name in line["names"].items()}
    return str(names.get(language) or line["name"])


def _day(text: str) -> str:
    return printing.day(date.fromisoformat(text))
