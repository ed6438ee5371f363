"""The routes of invoicing: invoices as they were issued, and payments that come in. Computes no amount."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import F, QuerySet
from django.http import HttpRequest
from ninja import Query

from orderway.orders.routes import ActInput, Asked, Body, Done, NotFound, Routes, Shown, caller_of, moment, plain
from orderway.orders.routes.fields import KEY, Currency, Day, Exact, Reference, Word, in_path, in_query
from orderway.orders.routes.inputs import with_evidence
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.stages.invoicing import actions, payments, queries

routes = Routes(tags=["invoicing"])
OF_CUSTOMER = in_query("Of this customer alone, by key.", **KEY)
OF_ORDER = in_query("Of this order alone.", **KEY)
IN_STATE = in_query("open: something is still to be paid; settled: nothing is.")
NUMBER = in_path("The invoice's number.", **KEY)
ACTS = (ActInput(actions.ACT, with_evidence(actions.issue)),)


class InvoiceOut(Shown):
    """An invoice in a list."""

    number: str = Asked("The invoice's number.")
    order: str = Asked("The order that it bills.")
    place: str = Asked("The delivery that it bills.")
    customer: str = Asked("The customer's key.")
    currency: str = Asked("The currency of every amount.")
    issued_on: date = Asked("The day of issue, in the seller's zone.")
    issued_at: datetime = Asked("The moment of issue.")
    due_on: date = Asked("When it is to be paid.")
    net: str = Asked("The amount without tax.")
    tax: str = Asked("The tax.")
    total: str = Asked("What the customer is charged.")
    settled: str = Asked("What payments and credit notes have settled.")
    open: str = Asked("What is still to be paid.")


class InvoicesOut(Page):
    """A page of invoices."""

    rows: list[InvoiceOut] = Asked("The invoices, newest first.")


class InvoiceLineOut(Shown):
    """A line of an invoice."""

    position: int = Asked("The order line.")
    sku: str = Asked("The item's number.")
    description: str = Asked("The item's name on the day of issue.")
    unit: str = Asked("The unit of the quantity.")
    quantity: str = Asked("How much is billed.")
    unit_price: str = Asked("The price of one unit.")
    discount_percent: str = Asked("Discount on the line in percent.")
    amount: str = Asked("Quantity x price less the line's discount, rounded.")
    discount: str = Asked("This line's part of the order's discount.")
    tax_rate: str = Asked("Tax rate in percent.")


class TaxOut(Shown):
    """One tax category of an invoice."""

    category: str = Asked("The category's key.")
    rate_percent: str = Asked("Its rate in percent.")
    net: str = Asked("The amount that it applies to.")
    tax: str = Asked("The tax on it.")


class WholeInvoiceOut(InvoiceOut):
    """An invoice with everything on it."""

    seller: str = Asked("Our name on the day of issue.")
    buyer: str = Asked("The customer's name on the day of issue.")
    lines: list[InvoiceLineOut] = Asked("Its lines.")
    taxes: list[TaxOut] = Asked("Its tax categories.")


class SettledIn(Body):
    """Which invoice a payment is for."""

    invoice: Word = Asked("The invoice's number.")
    amount: Exact | None = Asked("How much of the payment is for it; as much as is open if left out.", None)


class PaymentIn(Body):
    """Money that a customer sent."""

    customer: Word = Asked("The customer's key.")
    amount: Exact = Asked("What the bank credited: above zero.")
    currency: Currency = Asked("The currency, as ISO 4217 writes it.")
    reference: Reference = Asked("The bank's or the customer's reference. The same reference is booked once.", min_length=1)
    received_on: Day = Asked("The day on which the bank credited it.")
    invoices: list[SettledIn] = Asked("Which invoices it settles.", min_length=1, max_length=1_000)


class PaymentOut(Shown):
    """A payment as it was booked."""

    reference: str = Asked("Its reference.")
    amount: str = Asked("What was credited.")
    settled: str = Asked("What of it settles invoices; the rest stays with the customer as a deposit.")


@routes.reads("/invoices", right="invoice.read", gives=InvoicesOut, summary="Invoices")
def invoices(
    request: HttpRequest,
    wanted: Query[Wanted],
    customer: str = OF_CUSTOMER,
    order: str = OF_ORDER,
    state: Literal["", "open", "settled"] = IN_STATE,
) -> dict[str, object]:
    """Invoices, newest first."""
    return page_of(_narrowed(queries.newest(), customer, order, state), wanted, lambda rows: [_shown(row) for row in rows])


@routes.reads("/invoices/{number}", right="invoice.read", gives=WholeInvoiceOut, summary="One invoice")
def invoice(request: HttpRequest, number: str = NUMBER) -> dict[str, object]:
    """One invoice with its lines and taxes."""
    found = queries.one(number)
    if found is None:
        raise NotFound(what="invoice", key=number)
    whole = {"seller": found.seller_name, "buyer": found.buyer_name, "lines": _lines(found.lines.all()), "taxes": _taxes(found.taxes.all())}
    return {**_shown(found), **whole}


@routes.acts("/payments", right="invoice.pay", gives=PaymentOut, status=201, summary="Book a payment")
def pay(request: HttpRequest, payment: PaymentIn) -> Done:
    """Book what a customer paid and settle the invoices that are named."""
    caller = caller_of(request)
    wanted = {each.invoice: each.amount for each in payment.invoices}
    received = payments.Received(payment.customer, payment.amount, payment.currency, payment.reference, payment.received_on, wanted)
    booked = payments.pay(received, actor=caller.actor, now=caller.now)
    settled = sum((allocation.amount for allocation in booked.allocations.select_related("invoice")), Decimal(0))
    numbers = sorted({allocation.invoice.order.number for allocation in booked.allocations.select_related("invoice__order")})
    return Done({"reference": booked.reference, "amount": _money(booked.amount), "settled": _money(settled)}, 201, numbers)


def _narrowed(found: QuerySet[Any], customer: str, order: str, state: str) -> QuerySet[Any]:
    if customer:
        found = found.filter(customer__key=customer)
    if order:
        found = found.filter(order__number=order)
    if state:
        found = found.filter(settled__lt=F("total")) if state == "open" else found.filter(settled__gte=F("total"))
    return found


def _shown(invoice: Any) -> dict[str, object]:
    return {
        "number": invoice.number,
        "order": invoice.order.number,
        "place": invoice.place,
        "customer": invoice.customer.key,
        "currency": invoice.currency,
        "issued_on": invoice.issued_on.isoformat(),
        "issued_at": moment(invoice.issued_at),
        "due_on": invoice.due_on.isoformat(),
        "net": _money(invoice.net),
        "tax": _money(invoice.tax),
        "total": _money(invoice.total),
        "settled": _money(invoice.settled),
        "open": _money(invoice.total - invoice.settled),
    }


def _lines(lines: Iterable[Any]) -> list[dict[str, object]]:
    return [
        {
            "position": line.position,
            "sku": line.sku,
            "description": line.description,
            "unit": line.unit,
            "quantity": plain(line.quantity),
            "unit_price": plain(line.unit_price),
            "discount_percent": plain(line.discount_percent),
            "amount": _money(line.amount),
            "discount": _money(line.discount),
            "tax_rate": plain(line.tax_rate),
        }
        for line in lines
    ]


def _taxes(taxes: Iterable[Any]) -> list[dict[str, str]]:
    return [
        {"category": tax.category, "rate_percent": plain(tax.rate_percent), "net": _money(tax.net), "tax": _money(tax.tax)} for tax in taxes
    ]


def _money(amount: Decimal) -> str:
    """With two decimals, or more where the currency has them."""
    places = amount.normalize().as_tuple().exponent
    return f"{amount:.2f}" if isinstance(places, int) and places >= -2 else plain(amount)
