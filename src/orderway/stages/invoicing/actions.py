"""The acts of invoicing: issue invoices for what was delivered, book payments, set credits against invoices.

Issues n invoices with a fixed number of statements; the number series is the last lock. What is issued is never changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.case import PLACE_SEPARATOR
from orderway.engine.refusals import Refusal
from orderway.orders import documents, exposure, line_ledger
from orderway.orders.actor import Actor
from orderway.orders.models import ExposureMove, LineMove
from orderway.orders.proofs import own_documents
from orderway.orders.work import DONE, Completion, Work, working_on
from orderway.sets.writing import Write
from orderway.stages.invoicing import issuing, money, queries, rules, settling
from orderway.stages.invoicing.models import Invoice, InvoiceLine, InvoiceTax
from orderway.stages.invoicing.money import ZERO, Rounding, Totals
from orderway.stages.invoicing.queries import Billed, OrderedLine, OrderHead, Seller, Standing
from orderway.stages.invoicing.rules import BilledLine, LineToBill, Moved

ACT = "invoicing.issue"
SERIES = "INV"
LINE_COLUMNS = (
    *("invoice", "line", "position", "sku", "description", "unit", "quantity", "unit_price", "discount_percent", "tax_category"),
    *("tax_rate", "amount", "discount"),
)
TAX_COLUMNS = ("invoice", "category", "rate_percent", "net", "tax")


@dataclass(frozen=True, slots=True)
class Bill:
    """What is going to be an invoice: the order, the place, its lines and totals."""

    place: str
    order: OrderHead
    lines: Sequence[tuple[OrderedLine, BilledLine]]
    totals: Totals


def issue(places: Sequence[str], *, brings: Mapping[str, Completion] | None = None, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Invoice what these deliveries shipped and nobody billed yet; a place outside of every run bills all that is open on its order.

    Where nothing is left to bill the stage ends without an invoice.
    """
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        standing = queries.standing(work.order_ids)
        seller = standing.seller
        bills = bills_of({place: order.id for place, order in work.orders.items()}, standing, seller)
        invoices = write(bills, seller, actor=actor, now=now)
        work.also(*invoices.writes)
        papers = [paper for place, number in invoices.numbers.items() for paper in issuing.papers(work, place, number, "invoice")]
        work.also(*documents.writes(papers, made_by=actor.key, now=now))
        work.also(*settling.writes(standing.finished(), _gross_by_order(bills), now=now))
        given = {place: (brings or {}).get(place, DONE) for place in work.places}
        work.complete({place: _completion(work, place, invoices.numbers.get(place), given[place]) for place in given})
    return work.refused


def _completion(work: Work, place: str, number: str | None, given: Completion) -> Completion:
    if number is None:
        return replace(given, outcome="nothing to bill")
    return replace(given, outcome=number, documents=tuple(sorted(own_documents(work.opened(place)))))


def _gross_by_order(bills: Sequence[Bill]) -> Mapping[int, Decimal]:
    gross: dict[int, Decimal] = defaultdict(Decimal)
    for bill in bills:
        gross[bill.order.id] += bill.totals.gross
    return gross


# --- what to bill ----------------------------------------------------------------------------------------------------------------


def bills_of(places: Mapping[str, int], standing: Standing, seller: Seller) -> list[Bill]:
    """What is to be billed at these places (place -> order id), by place; places with nothing to bill are missing.

    `standing` counts it as billed afterwards.
    """
    bills = [_bill(place, order_id, standing, seller) for place, order_id in places.items()]
    return [bill for bill in bills if bill.lines]


def _bill(place: str, order_id: int, standing: Standing, seller: Seller) -> Bill:
    order, lines = standing.heads[order_id], standing.lines.get(order_id, ())
    step = money.minor_unit(order.currency)
    parts = _discount_parts(order, lines, step, seller.rounding)
    chosen: list[tuple[OrderedLine, BilledLine]] = []
    for line in lines:
        quantity = _billable(line, place, standing)
        if quantity:
            billed = rules.billed(_to_bill(line, quantity, parts.get(line.id, ZERO), standing), step, seller.rounding)
            _note(line, billed, place, standing)
            chosen.append((line, billed))
    taxable = [billed.taxable for _, billed in chosen]
    totals = money.totals(taxable, prices_include_tax=seller.prices_include_tax, step=step, rounding=seller.rounding)
    return Bill(place, order, chosen, totals)


def _discount_parts(order: OrderHead, lines: Sequence[OrderedLine], step: Decimal, rounding: Rounding) -> Mapping[int, Decimal]:
    if not order.discount_percent:
        return {}
    price = {line.id: rules.net_price(line.unit_price, line.discount_percent) for line in lines}
    amounts = {line.id: rounding(money.EXACT.multiply(price[line.id], line.ordered), step) for line in lines}
    return rules.discount_parts(amounts, order.discount_percent, step, rounding)


def _billable(line: OrderedLine, place: str, standing: Standing) -> Decimal:
    nothing = Moved()
    run = standing.at_place.get((line.id, place), nothing) if PLACE_SEPARATOR in place else None
    return rules.billable(standing.at_place.get((line.id, ""), nothing), run)


def _to_bill(line: OrderedLine, quantity: Decimal, discount: Decimal, standing: Standing) -> LineToBill:
    by_price = standing.billed.get(line.id, {})
    before = by_price.get((line.unit_price, line.discount_percent), Billed())
    return LineToBill(
        line_id=line.id,
        position=line.position,
        ordered=line.ordered,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        quantity=quantity,
        quantity_before=before.quantity,
        amount_before=before.amount,
        billed_before=sum((billed.quantity for billed in by_price.values()), ZERO),
        discount=discount,
        discount_before=sum((billed.discount for billed in by_price.values()), ZERO),
    )


def _note(line: OrderedLine, billed: BilledLine, place: str, standing: Standing) -> None:
    """A second place of the same order in one act continues where this one ends."""
    for where in {place, ""}:
        moved = standing.at_place.get((line.id, where), Moved())
        standing.at_place[line.id, where] = replace(moved, invoiced=moved.invoiced + billed.quantity)
    sums = standing.billed.setdefault(line.id, {}).setdefault((line.unit_price, line.discount_percent), Billed())
    sums.quantity += billed.quantity
    sums.amount += billed.amount
    sums.discount += billed.discount


# --- writing -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issued:
    """Invoices with their numbers, by place, and the rows to store with them."""

    numbers: Mapping[str, str]
    writes: Sequence[Write]


def write(bills: Sequence[Bill], seller: Seller, *, actor: Actor, now: datetime) -> Issued:
    """Number these bills and build their rows. The caller stores them in the same transaction and takes no further lock."""
    issued_on = rules.issue_date(now, seller.zone)
    numbers = issuing.draw(Invoice, SERIES, len(bills), issued_on)
    invoices, lines, taxes = [], [], []
    for number, bill in zip(numbers, bills, strict=True):
        head = issuing.row(number, bill.order, seller, bill.totals, issued_on=issued_on, actor=actor, now=now)
        invoices.append((*head, bill.place, rules.due_date(issued_on, bill.order.payment_days)))
        lines += [_line_row(number.id, line, billed) for line, billed in bill.lines]
        taxes += [(number.id, row.category, row.rate_percent, row.net, row.tax) for row in bill.totals.rows]
    writes = [
        sets.Insert(Invoice, (*issuing.COLUMNS, "place", "due_on"), invoices),
        sets.Insert(InvoiceLine, LINE_COLUMNS, lines),
        sets.Insert(InvoiceTax, TAX_COLUMNS, taxes),
        *_ledgers(numbers, bills, now=now),
    ]
    return Issued({bill.place: number.text for number, bill in zip(numbers, bills, strict=True)}, writes)


def _line_row(invoice_id: int, line: OrderedLine, billed: BilledLine) -> tuple[object, ...]:
    return (
        *(invoice_id, line.id, line.position, line.sku, line.description, line.unit, billed.quantity, billed.unit_price),
        *(billed.discount_percent, billed.tax_category, billed.tax_rate, billed.amount, billed.discount),
    )


def _ledgers(numbers: Sequence[issuing.Number], bills: Sequence[Bill], *, now: datetime) -> list[Write]:
    lines = [
        line_ledger.Booking(line.id, LineMove.Kind.INVOICED, billed.quantity, billed.charged, bill.place, number.text)
        for number, bill in zip(numbers, bills, strict=True)
        for line, billed in bill.lines
    ]
    amounts = [
        exposure.Amount(bill.order.customer_id, ExposureMove.Kind.INVOICED, bill.totals.gross, bill.order.id, number.text)
        for number, bill in zip(numbers, bills, strict=True)
    ]
    return [*line_ledger.writes(lines, now=now), *exposure.writes(amounts, now=now)]
