"""Payments settle invoices, what they do not take is a deposit, and overdue is what a job has noted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from orderway.orders.models import Order
from orderway.orders.refusals import NotAllowed
from orderway.stages.invoicing import payments, queries, stage
from orderway.stages.invoicing.models import Allocation, Overdue, Payment
from orderway.stages.invoicing.payments import InvoiceUnknown, OtherCurrency, PaymentKnown, PaymentNotPositive, Received
from orderway.stages.invoicing.rules import PaidTooMuch
from stages.billing import broken


def received(amount: str, invoices: dict, **more: object) -> Received:
    fields = {"customer": "DAN", "currency": "CNY", "reference": "bank 1", "received_on": date(2026, 3, 3)} | more
    return Received(amount=D(amount), invoices=invoices, **fields)  # type: ignore[arg-type]


@pytest.fixture
def invoice(shop) -> str:
    """The number of an invoice over 1,130.00."""
    return shop.invoice(shop.sold((shop.rail, 10, "100"))).number


def pays(shop, *what: object, who: str = "fay", **more: object) -> Payment:
    return payments.pay(received(*what, **more), actor=shop.actor(who), now=shop.now)  # type: ignore[arg-type]


def test_a_payment_settles_the_invoice_it_names(shop, invoice):
    pays(shop, "1130.00", {invoice: None})

    assert queries.open_invoices(numbers=[invoice])[0].open == 0
    assert shop.exposure().total == 0
    assert broken(4) == []


def test_a_partial_payment_leaves_the_rest_open(shop, invoice):
    pays(shop, "130.00", {invoice: D("130.00")})

    assert queries.open_invoices(numbers=[invoice])[0].open == D("1000.00")
    assert stage.paid([Order.objects.get().pk]) == {Order.objects.get().pk: False}


def test_what_is_paid_too_much_stays_with_the_customer(shop, invoice):
    pays(shop, "1200.00", {invoice: None})

    assert shop.exposure().deposited == D("70.00")
    assert shop.exposure().total == D("-70.00")
    assert stage.paid([Order.objects.get().pk]) == {Order.objects.get().pk: True}
    assert broken(4) == []


def test_one_payment_settles_several_invoices_oldest_first(shop, invoice):
    second = shop.invoice(shop.sold((shop.rail, 1, "100"))).number

    pays(shop, "1200.00", {second: None, invoice: None})

    assert list(Allocation.objects.order_by("id").values_list("amount", flat=True)) == [D("1130"), D("70")]


def test_more_than_is_open_cannot_be_allocated(shop, invoice):
    with pytest.raises(PaidTooMuch):
        pays(shop, "2000", {invoice: D("1130.01")})

    assert not Payment.objects.exists()


def test_the_same_payment_is_booked_once(shop, invoice):
    pays(shop, "100", {invoice: None})

    with pytest.raises(PaymentKnown, match="bank 1"):
        pays(shop, "100", {invoice: None})

    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"customer": "NOBODY"}, InvoiceUnknown),
        ({"invoices": {"INV-1": None}}, InvoiceUnknown),
        ({"invoices": {}}, InvoiceUnknown),
        ({"currency": "EUR"}, OtherCurrency),
        ({"amount": "0"}, PaymentNotPositive),
        ({"amount": "-1"}, PaymentNotPositive),
    ],
)
def test_a_payment_that_cannot_be_right_is_refused_by_name(shop, invoice, change, refusal):
    fields = {"amount": "100", "invoices": {invoice: None}} | change

    with pytest.raises(refusal):
        pays(shop, fields.pop("amount"), fields.pop("invoices"), **fields)

    assert not Payment.objects.exists()


def test_who_has_no_right_books_no_payment(shop, invoice):
    with pytest.raises(NotAllowed):
        pays(shop, "100", {invoice: None}, who="eve")


def test_an_invoice_is_overdue_once_the_job_has_noted_it(shop, invoice):
    order = Order.objects.get().pk
    shop.now += timedelta(days=30)
    assert payments.note_overdue(shop.now) == "0 invoices became overdue"  # due today

    shop.now += timedelta(days=1)
    assert payments.note_overdue(shop.now) == "1 invoices became overdue"
    assert payments.note_overdue(shop.now) == "0 invoices became overdue"
    assert stage.overdue([order]) == {order: D("1130")}

    pays(shop, "1000", {invoice: None})
    assert stage.overdue([order]) == {order: D("130")}
    assert Overdue.objects.count() == 1


def test_a_settled_invoice_never_becomes_overdue(shop, invoice):
    pays(shop, "1130", {invoice: None})
    shop.now += timedelta(days=60)

    assert payments.note_overdue(shop.now) == "0 invoices became overdue"
    assert stage.overdue([Order.objects.get().pk]) == {Order.objects.get().pk: D(0)}


def test_facts_of_orders_without_an_invoice(shop):
    (number,) = shop.sells()
    order = Order.objects.get(number=number).pk

    assert stage.invoiced([order]) == stage.paid([order]) == {}
    assert stage.overdue([order]) == {order: D(0)}
    shop.bills(f"{number}/1")
    assert stage.invoiced([order]) == {order: D("1130")}


def test_invariants_see_an_invoice_that_is_settled_twice_and_a_payment_that_is_not_in_the_exposure(shop, invoice):
    payment = pays(shop, "1000", {invoice: None})
    assert broken(4) == []

    Allocation.objects.create(payment=payment, invoice_id=queries.one(invoice).pk, amount=D(500), at=shop.now)
    assert "settled of 1130" in broken(4)[0]

    Allocation.objects.filter(amount=500).delete()
    Payment.objects.update(amount=D(1001))
    assert "exposure says 1000" in broken(4)[0]
