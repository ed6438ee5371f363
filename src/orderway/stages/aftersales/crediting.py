"""Issues credit notes: tax, number and rows, what they settle, what leaves the customer's exposure. Judges no limit; `rules` does.

Tax cumulates per order and category, so that crediting everything gives back exactly what was charged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.orders import exposure, line_ledger
from orderway.orders.actor import Actor
from orderway.orders.models import ExposureMove, LineMove
from orderway.sets.writing import Write
from orderway.stages.aftersales import queries, rules
from orderway.stages.aftersales.models import CreditNote, CreditNoteLine, CreditNoteTax
from orderway.stages.aftersales.queries import Category, Charged, Line, Taxed
from orderway.stages.aftersales.rules import Credit, Reason
from orderway.stages.invoicing import issuing, money
from orderway.stages.invoicing.models import Allocation
from orderway.stages.invoicing.money import ZERO, TaxRow, Totals, next_part
from orderway.stages.invoicing.queries import OpenInvoice, heads, open_invoices, seller
from orderway.stages.invoicing.rules import issue_date

SERIES = "CN"
LINE_COLUMNS = (*("credit_note", "line", "position", "sku", "description", "unit", "quantity", "amount", "tax_category", "tax_rate"),)
TAX_COLUMNS = ("credit_note", "category", "rate_percent", "net", "tax")
FALLS = (ExposureMove.Kind.CONFIRMED, ExposureMove.Kind.DELIVERED, ExposureMove.Kind.INVOICED)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one order is to be credited."""

    order_id: int
    reason: Reason
    credits: Sequence[tuple[Line, Credit]]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """Credit notes by order, and the rows to store with them."""

    numbers: Mapping[int, str]
    writes: Sequence[Write]


def issue(drafts: Sequence[Draft], *, actor: Actor, now: datetime) -> Issued:
    """Number these credit notes and build their rows; the number series is the act's last lock. Drafts about nothing are left out."""
    drafts = [draft for draft in drafts if any(credit.amount or credit.quantity for _, credit in draft.credits)]
    if not drafts:
        return Issued({}, [])
    us, order_ids = seller(), [draft.order_id for draft in drafts]
    orders, taxed = heads(order_ids), queries.taxed(order_ids)
    invoices = open_invoices(order_ids=order_ids)
    issued_on = issue_date(now, us.zone)
    totals = [_totals(draft, taxed, orders[draft.order_id].currency, us.prices_include_tax) for draft in drafts]
    numbers = issuing.draw(CreditNote, SERIES, len(drafts), issued_on)
    notes, lines, taxes = [], [], []
    for number, draft, total in zip(numbers, drafts, totals, strict=True):
        head = issuing.row(number, orders[draft.order_id], us, total, issued_on=issued_on, actor=actor, now=now)
        notes.append((*head, draft.reason, draft.text[:200]))
        lines += [_line_row(number.id, line, credit, taxed.category_of[line.id]) for line, credit in draft.credits]
        taxes += [(number.id, row.category, row.rate_percent, row.net, row.tax) for row in total.rows]
    writes: list[Write] = [
        sets.Insert(CreditNote, (*issuing.COLUMNS, "reason", "text"), notes),
        sets.Insert(CreditNoteLine, LINE_COLUMNS, lines),
        sets.Insert(CreditNoteTax, TAX_COLUMNS, taxes),
        sets.Insert(Allocation, ("invoice", "credit_note", "amount", "at"), _settlements(numbers, drafts, totals, invoices, now)),
    ]
    customers = {order_id: head.customer_id for order_id, head in orders.items()}
    writes += _ledgers(numbers, drafts, totals, customers, now)
    return Issued({draft.order_id: number.text for number, draft in zip(numbers, drafts, strict=True)}, writes)


def _line_row(note_id: int, line: Line, credit: Credit, category: Category) -> tuple[object, ...]:
    return (note_id, line.id, line.position, line.sku, line.description, line.unit, credit.quantity, credit.amount, *category)


def _totals(draft: Draft, taxed: Taxed, currency: str, included: bool) -> Totals:
    by_category: dict[Category, Decimal] = {}
    for line, credit in draft.credits:
        category = taxed.category_of[line.id]
        by_category[category] = by_category.get(category, ZERO) + credit.amount
    step = money.minor_unit(currency)
    rows = []
    for category, amount in sorted(by_category.items(), key=lambda item: (item[0][1], item[0][0])):
        tax = _tax(taxed.charged[draft.order_id, category], amount, step)
        rows.append(TaxRow(*category, amount - tax if included else amount, tax))
    net, tax = sum((row.net for row in rows), ZERO), sum((row.tax for row in rows), ZERO)
    return Totals(net, tax, net + tax, tuple(rows))


def _tax(charged: Charged, amount: Decimal, step: Decimal) -> Decimal:
    return next_part(charged.tax_invoiced, charged.invoiced, charged.credited, amount, charged.tax_credited, step)


def _settlements(
    numbers: Sequence[issuing.Number], drafts: Sequence[Draft], totals: Sequence[Totals], invoices: Sequence[OpenInvoice], now: datetime
) -> list[tuple[object, ...]]:
    """What each credit note settles of the open invoices of its order; what nothing is open for stays with the customer."""
    rows: list[tuple[object, ...]] = []
    for number, draft, total in zip(numbers, drafts, totals, strict=True):
        mine = [invoice for invoice in invoices if invoice.order_id == draft.order_id]
        parts = rules.by_invoice(total.gross, {invoice.id: invoice.open for invoice in mine}, [invoice.id for invoice in mine])
        rows += [(invoice, number.text, amount, now) for invoice, amount in parts.items()]
    return rows


def _ledgers(
    numbers: Sequence[issuing.Number],
    drafts: Sequence[Draft],
    totals: Sequence[Totals],
    customers: Mapping[int, int],
    now: datetime,
) -> list[Write]:
    lines = [
        line_ledger.Booking(line.id, LineMove.Kind.CREDITED, credit.quantity, credit.amount, reference=number.text)
        for number, draft in zip(numbers, drafts, strict=True)
        for line, credit in draft.credits
    ]
    amounts = [
        exposure.Amount(customers[draft.order_id], kind, -total.gross, draft.order_id, number.text)
        for number, draft, total in zip(numbers, drafts, totals, strict=True)
        for kind in FALLS
    ]
    return [*line_ledger.writes(lines, now=now), *exposure.writes(amounts, now=now)]
