"""What customers complained about, what came back, what was credited and what was sent again.

Returns are announced first and arrive by receipts; credit notes are issued like invoices and never changed (a trigger refuses it).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import QUANTITY
from orderway.stages.invoicing.models import AMOUNT, RATE, IssuedDocument


class Complaint(models.Model):
    """Somebody says that something of an order is wrong; `kind` is an error kind of its standard, `resolution` what came of it."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="complaints")
    kind = models.CharField(max_length=64)
    text = models.TextField()
    made_by = models.CharField(max_length=96)
    made_at = models.DateTimeField()
    resolution = models.TextField(blank=True)
    resolved_by = models.CharField(max_length=96, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(resolved_at__isnull=True) | ~Q(resolved_by=""), name="complaint_resolved_by_somebody")
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=Q(resolved_at__isnull=True), name="complaint_open")  # actions.resolve, facts
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.made_at:%Y-%m-%d})"


class Return(models.Model):
    """Goods that a customer sends back: announced, then received. Closed when all arrived or nothing more is expected."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="returns", db_index=False)
    number = models.PositiveIntegerField()  # 1..n within the order
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, null=True, blank=True, related_name="returns")
    reason = models.CharField(max_length=200, blank=True)
    external_reference = models.CharField(max_length=80, blank=True)  # the customer's number, the document of an import
    before_shipping = models.BooleanField(default=False)  # imported: booked by itself once the line is shipped
    announced_by = models.CharField(max_length=96)
    announced_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "number"], name="return_number_once")]
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=Q(closed_at__isnull=True), name="return_open")  # actions.book_announced
        ]

    def __str__(self) -> str:
        return f"return {self.number}"


class ReturnLine(models.Model):
    """How much of an order line is announced to come back."""

    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.DecimalField(**QUANTITY)
    external_reference = models.CharField(max_length=80, blank=True)  # the row of a file

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_quantity_positive")]
        indexes: ClassVar = [models.Index(fields=["line"], name="return_line_of_line")]  # the cumulative limit of a line

    def __str__(self) -> str:
        return f"{self.quantity}"


class ReturnReceipt(models.Model):
    """Goods of a return that arrived, and what became of them: back to stock or lost."""

    class Condition(models.TextChoices):
        GOOD = "good", _("good, back to stock")
        DAMAGED = "damaged", _("damaged, written off")

    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    quantity = models.DecimalField(**QUANTITY)
    condition = models.CharField(max_length=8, choices=Condition.choices)
    received_by = models.CharField(max_length=96)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_receipt_quantity_positive"),
            models.CheckConstraint(condition=Q(condition__in=["good", "damaged"]), name="return_receipt_condition_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["return_line"], name="return_receipt_of_line")]  # what is still announced

    def __str__(self) -> str:
        return f"{self.quantity} {self.condition}"


class Replacement(models.Model):
    """Goods sent again for what came back; the pieces stand in the line ledger as shipped and replaced."""

    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.DecimalField(**QUANTITY)
    reason = models.CharField(max_length=200, blank=True)
    shipped_by = models.CharField(max_length=96)
    shipped_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gt=0), name="replacement_quantity_positive")]
        indexes: ClassVar = [models.Index(fields=["line"], name="replacement_of_line")]  # queries.of_order

    def __str__(self) -> str:
        return f"{self.quantity}"


class CreditNote(IssuedDocument):
    """What a customer gets back, for pieces that were returned or as an allowance."""

    class Reason(models.TextChoices):
        RETURN = "return", _("return")
        ALLOWANCE = "allowance", _("allowance")

    reason = models.CharField(max_length=10, choices=Reason.choices)
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "series_number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(total__gte=0), name="credit_note_total_not_negative"),
            models.CheckConstraint(condition=Q(reason__in=["return", "allowance"]), name="credit_note_reason_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], name="credit_note_of_order"),  # queries.of_order
            models.Index(fields=["-issued_on", "-id"], name="credit_note_newest"),  # the list of credit notes
        ]


class CreditNoteLine(models.Model):
    """A line of a credit note: pieces and their amount, or an amount alone (`quantity` 0)."""

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=64)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=12)
    quantity = models.DecimalField(**QUANTITY)
    amount = models.DecimalField(**AMOUNT)
    tax_category = models.CharField(max_length=16)
    tax_rate = models.DecimalField(**RATE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["credit_note", "line"], name="credit_note_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0, amount__gte=0), name="credit_note_line_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["line"], name="credit_note_line_of_line")]  # what other credits took
        ordering: ClassVar = ["credit_note", "position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.amount}"


class CreditNoteTax(models.Model):
    """One tax category of a credit note; cumulated, so that crediting everything gives back exactly the tax that was charged."""

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    category = models.CharField(max_length=16)
    rate_percent = models.DecimalField(**RATE)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["credit_note", "category", "rate_percent"], name="credit_note_tax_once")]
        ordering: ClassVar = ["credit_note", "rate_percent", "category"]

    def __str__(self) -> str:
        return f"{self.category} {self.rate_percent} %"
