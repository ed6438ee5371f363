"""Pick list and delivery note: what the acts of this stage store about them, and how they are printed. Decides nothing.

What went where is stored with the paper; names and addresses are looked up when it is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orderway.masterdata.models import Company, Item, Warehouse
from orderway.orders import documents
from orderway.orders.models import Order
from orderway.orders.proofs import own_documents
from orderway.orders.work import Work
from orderway.pages.printing import Column, Paper, day, pieces, renderer
from orderway.sets.writing import Write
from orderway.stages.supply.rules import shown


class PaperLine(NamedTuple):
    """What a paper says of one line."""

    position: int
    sku: str
    quantity: Decimal
    warehouse: int | None = None


def writes(work: Work, lines: Mapping[str, Sequence[PaperLine]]) -> list[Write]:
    """The papers that the standard wants made at these places, as writes for ``Work.also``."""
    papers = [
        documents.Paper(work.opened(place).order.id, kind, place, f"{place.replace('/', '-')}-{kind}.pdf", data=_data(work, place, rows))
        for place, rows in lines.items()
        for kind in sorted(own_documents(work.opened(place)))
    ]
    return documents.writes(papers, made_by=work.actor.key, now=work.now)


def _data(work: Work, place: str, rows: Sequence[PaperLine]) -> dict[str, object]:
    return {
        "order": work.opened(place).order.number,
        "place": place,
        "day": work.now.date().isoformat(),
        "by": work.actor.key,
        "lines": [[position, sku, shown(amount), warehouse] for position, sku, amount, warehouse in rows],
    }


# --- printing ---------------------------------------------------------------------------------------------------------------


def pick_list(data: object) -> Paper:
    """What to take from where, with a box to tick beside every line."""
    stored = _stored(data)
    houses = dict(Warehouse.objects.values_list("id", "name"))
    rows = [[*_row(line, stored), houses.get(line[3], "")] for line in stored["lines"]]
    return _paper(stored, _("Pick list"), [*_columns(), Column(_("Warehouse"))], rows, signatures=[_("Picked by")])


def delivery_note(data: object) -> Paper:
    """What is handed over, to be signed."""
    stored = _stored(data)
    rows = [_row(line, stored) for line in stored["lines"]]
    return _paper(stored, _("Delivery note"), _columns(), rows, signatures=[_("Handed over by"), _("Received by")])


def _stored(data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise AssertionError(f"{data!r} was not stored by this stage")
    items = {item.sku: item for item in Item.objects.filter(sku__in=[line[1] for line in data["lines"]])}
    return {**data, "items": items}


def _columns() -> list[Column]:
    return [Column("#"), Column(_("Item")), Column(_("Description"), share=1), Column(_("Quantity"), numeric=True)]


def _row(line: Sequence[Any], stored: Mapping[str, Any]) -> list[str]:
    position, sku, amount = line[:3]
    item = stored["items"].get(sku)
    name = item.names.get(_language(), item.name) if item else ""
    return [str(position), sku, name, pieces(Decimal(amount), item.unit if item else "")]


def _language() -> str:
    tags = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    language = get_language() or "en"
    return tags.get(language, language)


def _paper(
    stored: Mapping[str, Any], title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, signatures: Sequence[str]
) -> Paper:
    order = Order.objects.select_related("customer").get(number=stored["order"])
    seller = Company.objects.first()
    return Paper(
        title=title,
        number=stored["place"],
        seller=[text for text in (seller.name, seller.address) if text] if seller else [],
        party_title=_("Deliver to"),
        party=[text for text in (order.customer.name, order.customer.address, order.customer.city, order.customer.country) if text],
        facts=[
            (_("Date"), day(date.fromisoformat(stored["day"]))),
            (_("Order"), order.number),
            *([(_("Your order"), order.customer_po)] if order.customer_po else []),
        ],
        columns=columns,
        rows=rows,
        signatures=signatures,
    )


render_pick_list = renderer("orderway.stages.delivery", "pick_list.typ", pick_list)
render_delivery_note = renderer("orderway.stages.delivery", "delivery_note.typ", delivery_note)
