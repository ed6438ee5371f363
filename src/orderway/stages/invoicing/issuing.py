"""What every issued document needs: a number of a gapless series, ids, and the columns that invoices and credit notes share.

Draws numbers last and blocking: whoever waits gets the next one, nobody gets an error and nobody the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from orderway.orders import documents, numbers
from orderway.orders.actor import Actor
from orderway.orders.proofs import own_documents
from orderway.orders.work import Work
from orderway.stages.invoicing import rules
from orderway.stages.invoicing.money import Totals
from orderway.stages.invoicing.queries import OrderHead, Seller

COLUMNS = (
    *("id", "number", "series", "series_number", "order", "customer", "seller_name", "seller_address", "seller_tax_number"),
    *(
        "buyer_name",
        "buyer_address",
        "buyer_tax_number",
        "currency",
        "prices_include_tax",
        "rounding",
        "issued_on",
        "issued_at",
        "issued_by",
    ),
    *("net", "tax", "total"),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a series, and the id of the row that carries it."""

    id: int
    series: str
    within: int

    @property
    def text(self) -> str:
        """As it is printed."""
        return rules.numbered(self.series, self.within)


def draw(model: type[models.Model], kind: str, count: int, issued_on: date) -> list[Number]:
    """Take the next numbers of the kind's series in the year of issue. The row stays locked until the transaction ends: draw last."""
    if not count:
        return []
    key = rules.series(kind, issued_on)
    taken, ids = numbers.take_with_ids(key, model, count)
    return [Number(id_, key, within) for id_, within in zip(ids, taken, strict=True)]


def row(
    number: Number, order: OrderHead, seller: Seller, totals: Totals, *, issued_on: date, actor: Actor, now: datetime
) -> tuple[object, ...]:
    """The values of `COLUMNS`: parties and amounts as they are at the moment of issue."""
    return (
        *(number.id, number.text, number.series, number.within, order.id, order.customer_id),
        *(seller.name, seller.address, seller.tax_number, order.buyer_name, order.buyer_address, order.buyer_tax_number),
        *(order.currency, seller.prices_include_tax, seller.rounding.name, issued_on, now, actor.key, totals.net, totals.tax, totals.gross),
    )


def papers(work: Work, place: str, number: str, key: str) -> list[documents.Paper]:
    """The papers that the standard wants made at this place; they are printed on demand from the issued rows."""
    kinds = sorted(own_documents(work.opened(place)))
    return [documents.Paper(work.opened(place).order.id, kind, place, f"{number}.pdf", data={key: number}) for kind in kinds]
