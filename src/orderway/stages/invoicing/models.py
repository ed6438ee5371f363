"""Invoices as they were issued, payments, and which payment settles which invoice.

An issued invoice is never changed or deleted (a trigger refuses it); what was wrong is corrected by a credit note.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from orderway.masterdata.models import PRICE, QUANTITY

# Four decimals: no currency has more (ISO 4217), most have two. Every amount is a multiple of its currency's minor unit.
AMOUNT: dict[str, Any] = {"max_digits": 20, "decimal_places": 4}
RATE: dict[str, Any] = {"max_digits": 6, "decimal_places": 3}


class IssuedDocument(models.Model):
    """What invoices and credit notes have in common: a gapless number, the parties as they were, and totals that never change."""

    number = models.CharField(max_length=32, unique=True)
    series = models.CharField(max_length=24)
    series_number = models.PositiveBigIntegerField()
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("masterdata.Customer", on_delete=models.PROTECT, related_name="+")
    # The parties as they were on the day: masters change, documents do not.
    seller_name = models.CharField(max_length=200)
    seller_address = models.CharField(max_length=300, blank=True)
    seller_tax_number = models.CharField(max_length=40, blank=True)
    buyer_name = models.CharField(max_length=200)
    buyer_address = models.CharField(max_length=300, blank=True)
    buyer_tax_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    rounding = models.CharField(max_length=9, default="half_up")  # the policy it was computed by (RULES 2), a name of money.ROUNDINGS
    issued_on = models.DateField()  # in the seller's zone (RULES 32)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=96)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)
    total = models.DecimalField(**AMOUNT)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Invoice(IssuedDocument):
    """What a customer is charged for one delivery (or for the whole order, where the stage stands outside of every run)."""

    customer = models.ForeignKey("masterdata.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=96)
    due_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "series_number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(total__gte=0), name="invoice_total_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], name="invoice_of_order"),  # queries.of_orders, aftersales: what a credit corrects
            models.Index(fields=["customer", "due_on"], name="invoice_of_customer"),  # overdue: what a customer owes
            models.Index(fields=["-issued_on", "-id"], name="invoice_newest"),  # the list of invoices
        ]


class InvoiceLine(models.Model):
    """A line of an invoice: `amount` = quantity x price less the line's discount, cumulated; `discount` its stored part of the order's."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=64)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=12)
    quantity = models.DecimalField(**QUANTITY)
    unit_price = models.DecimalField(**PRICE)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_category = models.CharField(max_length=16)
    tax_rate = models.DecimalField(**RATE)
    amount = models.DecimalField(**AMOUNT)
    discount = models.DecimalField(default=0, **AMOUNT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "line"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_quantity_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["line"], name="invoice_line_of_line")]  # what earlier invoices billed
        ordering: ClassVar = ["invoice", "position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.quantity} x {self.sku}"


class InvoiceTax(models.Model):
    """One tax category of an invoice; the invoice's tax is the sum of these."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    category = models.CharField(max_length=16)
    rate_percent = models.DecimalField(**RATE)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["invoice", "category", "rate_percent"], name="invoice_tax_once")]
        ordering: ClassVar = ["invoice", "rate_percent", "category"]

    def __str__(self) -> str:
        return f"{self.category} {self.rate_percent} %"


class Payment(models.Model):
    """Money that a customer sent. What no invoice takes stays with the customer as a deposit."""

    customer = models.ForeignKey("masterdata.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(**AMOUNT)
    reference = models.CharField(max_length=80)  # the bank's or the customer's own
    received_on = models.DateField()
    booked_by = models.CharField(max_length=96)
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "reference"], name="payment_booked_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class Allocation(models.Model):
    """What settles an invoice: a part of a payment, or a part of a credit note (named by its number: credit notes live above)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_note = models.CharField(max_length=32, blank=True)
    amount = models.DecimalField(**AMOUNT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note="") | (Q(payment__isnull=True) & ~Q(credit_note="")),
                name="allocation_has_one_source",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["invoice"], include=["amount"], name="allocation_of_invoice"),  # queries.with_settled
            models.Index(fields=["credit_note"], condition=~Q(credit_note=""), name="allocation_of_credit_note"),  # invariants
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class Overdue(models.Model):
    """An invoice was found unpaid after its due date. Only invoices noted here count as overdue, so that no rule asks a clock."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="overdue")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.invoice_id}"
