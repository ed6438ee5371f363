"""Money that came in: books payments, settles invoices oldest first or as named, notes which invoices are overdue.

Works under the locks of the orders concerned, so that a payment and a credit note cannot both settle the same amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata.models import Customer
from orderway.orders import exposure
from orderway.orders.actor import Actor
from orderway.orders.locking import Opened
from orderway.orders.models import ExposureMove
from orderway.orders.session import Entrance, Work, door
from orderway.sets.kept import Kept, each_of, given
from orderway.sets.numbers import exact
from orderway.stages.invoicing import queries, rules
from orderway.stages.invoicing.models import Allocation, Invoice, Overdue, Payment
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import OpenInvoice

ACT = "invoice.pay"


class InvoiceUnknown(Mistake):
    """A number that no invoice of this customer has."""

    code = "invoice_unknown"
    message = "The customer has no invoice {numbers}."
    remedy = "Check the number and the customer."


class PaymentKnown(Refusal):
    """The same payment again."""

    code = "payment_known"
    message = "The payment {reference} of this customer is booked already, with {amount}."
    remedy = "If it is another one, give it another reference."


class OtherCurrency(Mistake):
    """A payment in a currency that the invoice is not in."""

    code = "other_currency"
    message = "The payment is in {paid}, the invoice in {invoiced}."
    remedy = "Book what the bank credited in the invoice's currency."


class PaymentNotPositive(Mistake):
    """A payment of nothing or less."""

    code = "payment_not_positive"
    message = "A payment of {amount} is none."
    remedy = "Enter what the bank credited; money that goes back is a credit note."


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as the bank reports it. `invoices`: amount by invoice number, or number -> None for as much as is open."""

    customer: str
    amount: Decimal
    currency: str
    reference: str
    received_on: date
    invoices: Mapping[str, Decimal | None] = field(default_factory=dict)


def pay(received: Received, *, actor: Actor, now: datetime) -> Payment:
    """Book a payment and settle the invoices it names; what they do not take stays with the customer as a deposit.

    Refused (by exception) if a named amount is more than is open, or if the same reference was booked before.
    """
    found = {invoice.number: invoice for invoice in queries.open_invoices(numbers=received.invoices)}
    customer = _checked(received, found)
    entrance = Entrance(ACT, ACT, None, named=_owners_of_invoicing)
    with door(sorted(set(_orders_of.rows(invoices=found))), entrance, actor=actor, now=now) as work:
        for refusal in work.refused.values():
            raise refusal
        exposure.lock_customers([customer.pk])  # the same payment by another door waits here
        _refuse_known(received, customer)
        payment = Payment.objects.create(
            customer=customer,
            currency=received.currency,
            amount=received.amount,
            reference=received.reference,
            received_on=received.received_on,
            booked_by=actor.key,
            booked_at=now,
        )
        _allocate(payment, received, work, now)
    return payment


_customers = Kept(lambda: Customer.objects.filter(key=given("key")))
_payments = Kept(lambda: Payment.objects.filter(customer_id=given("customer"), reference=given("reference")))
_orders_of = Kept(lambda: Invoice.objects.filter(number__in=each_of("text", "invoices")).values_list("order__number", flat=True))


def _checked(received: Received, found: Mapping[str, OpenInvoice]) -> Customer:
    customer = next(iter(_customers.rows(key=received.customer)), None)
    strange = [
        number for number in received.invoices if number not in found or customer is None or found[number].customer_id != customer.pk
    ]
    if customer is None or strange or not received.invoices:
        raise InvoiceUnknown(field="invoices", numbers=strange or "(none named)")
    if received.amount <= ZERO:
        raise PaymentNotPositive(field="amount", amount=received.amount)
    for invoice in found.values():
        if invoice.currency != received.currency:
            raise OtherCurrency(field="currency", paid=received.currency, invoiced=invoice.currency)
    return customer


def _refuse_known(received: Received, customer: Customer) -> None:
    for known in _payments.rows(customer=customer.pk, reference=received.reference):
        raise PaymentKnown(reference=known.reference, amount=known.amount)


def _owners_of_invoicing(opened: Opened) -> Sequence[str]:
    """The roles whose work it is: owners of the stages that issue invoices in this order's standard."""
    return [stage.owner for stage in opened.program.standard.stages.values() if stage.does == "invoicing.issue"]


def _allocate(payment: Payment, received: Received, work: Work, now: datetime) -> None:
    left = received.amount
    settled: dict[int, tuple[OpenInvoice, Decimal]] = {}
    for invoice in queries.open_invoices(numbers=received.invoices):  # again, under the locks
        wanted = received.invoices[invoice.number]
        amount = min(left, invoice.open) if wanted is None else rules.allocatable(invoice.open, left, wanted, invoice.number)
        if amount > ZERO:
            settled[invoice.id] = (invoice, amount)
            left -= amount
    Allocation.objects.bulk_create(
        Allocation(payment=payment, invoice_id=id_, amount=amount, at=now) for id_, (_, amount) in settled.items()
    )
    paid = [
        exposure.Amount(payment.customer_id, ExposureMove.Kind.PAID, amount, invoice.order_id, payment.reference)
        for invoice, amount in settled.values()
    ]
    deposit = exposure.Amount(payment.customer_id, ExposureMove.Kind.DEPOSITED, left, reference=payment.reference)
    work.also(*exposure.writes([*paid, deposit], now=now))
    for place in work.places:
        work.record(place, ["order.paid"])


def note_overdue(now: datetime) -> str:
    """Note invoices that are open after their due date: only these count in ``customer.overdue``. Answers for the health page."""
    today = rules.issue_date(now, queries.seller().zone)
    due = queries.with_settled(Invoice.objects.filter(due_on__lt=today, overdue__isnull=True)).values_list("id", "total", "settled")
    late = [invoice for invoice, total, settled in due if exact(settled, queries.AMOUNT_PLACES) < total]
    Overdue.objects.bulk_create((Overdue(invoice_id=invoice, noted_at=now) for invoice in late), ignore_conflicts=True)
    return f"{len(late)} invoices became overdue"
