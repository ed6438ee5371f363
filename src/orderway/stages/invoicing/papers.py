"""The invoice as a paper: what its issued rows say, in the language asked for. Reads, never issues."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orderway.pages.printing import Column, Paper, day, money, percent, pieces, price, renderer
from orderway.stages.invoicing import queries
from orderway.stages.invoicing.models import Invoice, InvoiceLine, InvoiceTax, IssuedDocument


class InvoiceGone(AssertionError):
    """A stored paper names an invoice that does not exist; issued invoices are never deleted."""


def parties(document: IssuedDocument) -> tuple[list[str], list[str]]:
    """Seller and buyer as they were at issue, one text per line."""
    seller = [document.seller_name, document.seller_address, _tax_number(document.seller_tax_number)]
    buyer = [document.buyer_name, document.buyer_address, _tax_number(document.buyer_tax_number)]
    return [text for text in seller if text], [text for text in buyer if text]


def _tax_number(number: str) -> str:
    return _("Tax number %(number)s") % {"number": number} if number else ""


def build(data: object) -> Paper:
    """The paper of ``{"invoice": number}``."""
    number = data["invoice"] if isinstance(data, Mapping) else ""
    invoice = queries.one(number)
    if invoice is None:
        raise InvoiceGone(number)
    seller, buyer = parties(invoice)
    return Paper(
        title=_("Invoice"),
        number=invoice.number,
        seller=seller,
        party_title=_("Bill to"),
        party=buyer,
        facts=(
            (_("Invoice date"), day(invoice.issued_on)),
            (_("Due on"), day(invoice.due_on)),
            (_("Order"), invoice.order.number),
            *(((_("Your order"), invoice.order.customer_po),) if invoice.order.customer_po else ()),
            (_("Delivery"), invoice.place),
        ),
        columns=_columns(),
        rows=[_row(invoice, line) for line in invoice.lines.all()],
        totals=_totals(invoice),
        notes=[_("Prices include tax.")] if invoice.prices_include_tax else [],
    )


def _columns() -> list[Column]:
    return [
        Column(_("Pos.")),
        Column(_("Item"), share=1),
        Column(_("Quantity"), numeric=True),
        Column(_("Price"), numeric=True),
        Column(_("Discount"), numeric=True),
        Column(_("Tax"), numeric=True),
        Column(_("Amount"), numeric=True),
    ]


def _row(invoice: Invoice, line: InvoiceLine) -> list[str]:
    return [
        str(line.position),
        f"{line.sku}  {line.description}",
        pieces(line.quantity, line.unit),
        price(line.unit_price),
        percent(line.discount_percent) if line.discount_percent else "",
        percent(line.tax_rate),
        money(line.amount, invoice.currency),
    ]


def _totals(invoice: Invoice) -> list[tuple[str, str]]:
    discount = sum((line.discount for line in invoice.lines.all()), start=invoice.net * 0)
    rows = [(_("Discount"), money(-discount, invoice.currency))] if discount else []
    rows.append((_("Net"), money(invoice.net, invoice.currency)))
    rows += [(_tax_title(tax, invoice.currency), money(tax.tax, invoice.currency)) for tax in invoice.taxes.all()]
    return [*rows, (_("To pay"), money(invoice.total, invoice.currency))]


def _tax_title(tax: InvoiceTax, currency: str) -> str:
    return _("Tax %(rate)s on %(net)s") % {"rate": percent(tax.rate_percent), "net": money(tax.net, currency)}


render = renderer("orderway.stages.invoicing", "invoice.typ", build)
