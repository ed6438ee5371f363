"""Supply orders: what is made or bought, for which order lines, and what has arrived of it.

Quantities received change by goods receipts only; which orders are served stands in the pegs. Nothing here decides what to order.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import PRICE, QUANTITY


class SupplyOrder(models.Model):
    """A production or purchase order. `due_on`: when it is expected; `release_by`: the last day on which it may go out to be on time."""

    class Kind(models.TextChoices):
        MAKE = "make", _("production order")
        BUY = "buy", _("purchase order")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        RECEIVED = "received", _("received")  # everything has arrived
        CLOSED = "closed", _("closed")  # nothing more is expected although something is missing

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    supplier = models.ForeignKey("masterdata.Supplier", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    warehouse = models.ForeignKey("masterdata.Warehouse", on_delete=models.PROTECT, related_name="+")  # where the goods go
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    due_on = models.DateField()
    release_by = models.DateField(null=True, blank=True)
    created_by = models.CharField(max_length=96)
    created_at = models.DateTimeField()
    released_by = models.CharField(max_length=96, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=96, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="make", supplier__isnull=True) | Q(kind="buy", supplier__isnull=False),
                name="supply_order_bought_from_somebody",
            ),
            models.CheckConstraint(condition=Q(status__in=["open", "received", "closed"]), name="supply_order_status_known"),
            models.CheckConstraint(condition=~Q(status="closed") | Q(closed_at__isnull=False), name="supply_order_closed_by_somebody"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(status="open"), name="supply_order_open")]  # queries.open_supply

    def __str__(self) -> str:
        return self.number


class SupplyLine(models.Model):
    """One item of a supply order. `received` is the sum of its goods receipts, kept to be locked and compared; it may exceed `quantity`."""

    supply_order = models.ForeignKey(SupplyOrder, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    item = models.ForeignKey("masterdata.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    received = models.DecimalField(default=0, **QUANTITY)
    price = models.DecimalField(default=0, **PRICE)
    # What stock expects of the part that serves nobody yet; the pegged parts are expected under their pegs.
    expected = models.ForeignKey("stock.ExpectedReceipt", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supply_order", "position"], name="supply_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="supply_line_quantity_positive"),
            models.CheckConstraint(condition=Q(received__gte=0), name="supply_line_received_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["item"], condition=Q(received__lt=F("quantity")), name="supply_line_open")]  # free_supply
        ordering: ClassVar = ["supply_order", "position"]

    def __str__(self) -> str:
        return f"{self.received} of {self.quantity}"


class SupplyPeg(models.Model):
    """A part of a supply line that serves an order line in a delivery. `received` of it has arrived and is reserved there."""

    supply_line = models.ForeignKey(SupplyLine, on_delete=models.PROTECT, related_name="pegs", db_index=False)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)  # 0 once the demand was given up
    received = models.DecimalField(default=0, **QUANTITY)
    expected = models.ForeignKey("stock.ExpectedReceipt", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supply_line", "order_line", "delivery"], name="supply_peg_once"),
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("quantity")), name="supply_peg_received_within"),
        ]

    def __str__(self) -> str:
        return f"{self.received} of {self.quantity}"


class SupplyReceipt(models.Model):
    """Goods that arrived for a supply line: how much, when, who counted them. Never changed or deleted."""

    supply_line = models.ForeignKey(SupplyLine, on_delete=models.PROTECT, related_name="receipts")
    quantity = models.DecimalField(**QUANTITY)
    paper = models.CharField(max_length=64, blank=True)  # the supplier's despatch note or the production report
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="supply_receipt_brings_something"),
            # The same despatch note cannot be booked twice for a line.
            models.UniqueConstraint(fields=["supply_line", "paper"], condition=~Q(paper=""), name="supply_receipt_paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"
