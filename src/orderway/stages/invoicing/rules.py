"""What an invoice may bill and what its lines amount to: billable quantities, partial invoices, discounts, deposits, freight, dates.

Pure: facts in, verdict out. `actions` fetches the facts and writes the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from orderway.engine.refusals import Refusal
from orderway.stages.invoicing.money import EXACT, HALF_UP, HUNDRED, ZERO, Rounding, Taxable, next_part, shares

FreightPolicy = Literal["quoted_is_cap", "per_shipment"]


class NumberGap(AssertionError):
    """A number of a gapless series is missing or was given twice."""


class AmountTooLarge(Refusal):
    """An amount that no document of this company can carry."""

    code = "amount_too_large"
    message = "The amount {amount} is larger than a document can carry."
    remedy = "Check quantity and price of the order, and change it."


class PaidTooMuch(Refusal):
    """More is allocated than is open on the invoice or left of the payment."""

    code = "paid_too_much"
    message = "{amount} is more than is open on {invoice} ({open}) or left of the payment ({left})."
    remedy = "Allocate at most what is open; the rest of the payment stays with the customer."


@dataclass(frozen=True, slots=True)
class Moved:
    """What the line ledger says of a line, or of the part of it that belongs to one run."""

    shipped: Decimal = ZERO
    returned: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    ordered: Decimal = ZERO
    cancelled: Decimal = ZERO
    replaced: Decimal = ZERO

    @property
    def finished(self) -> bool:
        """Whether nothing is left to ship or to bill."""
        return self.shipped - self.replaced >= self.ordered - self.cancelled and billable(self) == ZERO


@dataclass(frozen=True, slots=True)
class LineToBill:
    """An order line as the invoice sees it, `quantity` being what to bill now.

    `quantity_before` and `amount_before` are what earlier invoices billed at this price, `billed_before` what they billed at any.
    """

    line_id: int
    position: int
    ordered: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_category: str
    tax_rate: Decimal
    quantity: Decimal
    quantity_before: Decimal = ZERO
    amount_before: Decimal = ZERO
    billed_before: Decimal = ZERO
    discount: Decimal = ZERO  # the line's part of the order's discount, for all of `ordered`
    discount_before: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice. `amount` is quantity x price less the line's discount; `discount` its part of the order's discount."""

    line_id: int
    position: int
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_category: str
    tax_rate: Decimal
    amount: Decimal
    discount: Decimal

    @property
    def charged(self) -> Decimal:
        """What the customer is charged for the line, before tax is added."""
        return self.amount - self.discount

    @property
    def taxable(self) -> Taxable:
        """The line as the tax sees it."""
        return Taxable(self.tax_category, self.tax_rate, self.charged)


def billable(line: Moved, run: Moved | None = None) -> Decimal:
    """Net delivered less net invoiced (RULES 10), never below zero; inside a run at most what that run shipped and has not billed."""
    open_on_line = (line.shipped - line.returned) - (line.invoiced - line.credited)
    if run is not None:
        open_on_line = min(open_on_line, run.shipped - run.invoiced)
    return max(ZERO, open_on_line)


def net_price(unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """The price of one piece after the line's discount, not rounded."""
    return EXACT.divide(EXACT.multiply(unit_price, HUNDRED - discount_percent), HUNDRED)


def discount_parts(amounts: Mapping[int, Decimal], percent: Decimal, step: Decimal, rounding: Rounding = HALF_UP) -> dict[int, Decimal]:
    """The order's discount, rounded once and divided over its lines by largest remainder (RULES 6)."""
    total = rounding(EXACT.divide(EXACT.multiply(sum(amounts.values(), ZERO), percent), HUNDRED), step)
    return dict(zip(amounts, shares(total, list(amounts.values()), step), strict=True))


def billed(line: LineToBill, step: Decimal, rounding: Rounding = HALF_UP) -> BilledLine:
    """The invoice line for what is to be billed now: amounts cumulate over all invoices of the line (RULES 7)."""
    price = net_price(line.unit_price, line.discount_percent)
    whole = EXACT.multiply(price, line.ordered)
    amount = next_part(whole, line.ordered, line.quantity_before, line.quantity, line.amount_before, step, rounding)
    discount = next_part(line.discount, line.ordered, line.billed_before, line.quantity, line.discount_before, step, rounding)
    return BilledLine(
        line.line_id,
        line.position,
        line.quantity,
        line.unit_price,
        line.discount_percent,
        line.tax_category,
        line.tax_rate,
        amount,
        discount,
    )


def issue_date(now: datetime, zone: str) -> date:
    """The date of a document: the day it is at the seller's (RULES 32)."""
    return now.astimezone(ZoneInfo(zone)).date()


def due_date(issued: date, payment_days: int) -> date:
    """The day by which an invoice is to be paid."""
    return issued + timedelta(days=payment_days)


def series(kind: str, issued: date) -> str:
    """The series a document takes its number from: one per kind and year."""
    return f"{kind}-{issued:%Y}"


def numbered(series_key: str, number: int) -> str:
    """The document number as it is printed: INV-2026-000042."""
    return f"{series_key}-{number:06d}"


def deposit_share(deposit: Decimal, deducted: Decimal, order_total: Decimal, invoiced: Decimal, step: Decimal) -> Decimal:
    """What to deduct of a deposit on the invoice that brings the order to `invoiced` of `order_total` (RULES 8).

    The deduction is a line of its own (-1 x share) that keeps the tax date of the deposit.
    """
    return next_part(deposit, order_total, ZERO, min(invoiced, order_total), deducted, step)


def freight_to_bill(quoted: Decimal, billed_before: Decimal, cost: Decimal, policy: FreightPolicy = "quoted_is_cap") -> Decimal:
    """Freight on the next shipment: its cost, but in sum never above the quote unless the customer agreed to pay per shipment (RULES 9)."""
    return cost if policy == "per_shipment" else max(ZERO, min(cost, quoted - billed_before))


def allocatable(open_amount: Decimal, left: Decimal, amount: Decimal, invoice: str) -> Decimal:
    """The amount, if it fits what is open on the invoice and left of the payment; refused otherwise."""
    if amount <= ZERO or amount > min(open_amount, left):
        raise PaidTooMuch(amount=amount, invoice=invoice, open=open_amount, left=left)
    return amount


def gaps(numbers: Sequence[int]) -> list[int]:
    """The numbers missing from a series that starts at 1; a number given twice is a bug."""
    present = set(numbers)
    if len(present) != len(numbers):
        raise NumberGap("A number was given twice")
    return [number for number in range(1, max(present, default=0) + 1) if number not in present]
