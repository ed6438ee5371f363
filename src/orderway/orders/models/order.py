"""The order, its lines, its planned deliveries, and the two ledgers that count what happened to them.

Quantities and amounts change by moves, never by overwriting; moves are never changed or deleted.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import MONEY, PRICE, QUANTITY


class Order(models.Model):
    """A customer's order, pinned to one version of the standard. `case_text` is the engine's case; only `orders.work` writes it."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ENDED = "ended", _("ended")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(max_length=24, unique=True)
    # Foreign keys whose index another one begins with, or that no query follows backwards, have none of their own.
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, db_index=False, related_name="+")
    customer = models.ForeignKey("masterdata.Customer", on_delete=models.PROTECT, related_name="orders")
    channel = models.CharField(max_length=32)  # form, api, import name: the first part of the natural key (RULES 36)
    customer_po = models.CharField(max_length=80, blank=True)  # as the customer wrote it
    po_key = models.CharField(max_length=80, blank=True)  # the same, NFKC-normalised and trimmed
    content_hash = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField()
    requested_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(**MONEY)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    note = models.TextField(blank=True)
    # The first order of the family that this one was divided from: approval limits look at the family (RULES 35).
    divided_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="parts")
    as_history = models.BooleanField(default=False)  # imported with the dates of a file: no notifications
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    case_text = models.TextField()
    # Head of the order's journal: kept here because the lock on this row protects it.
    journal_sequence = models.PositiveIntegerField(default=0)
    journal_hash = models.CharField(max_length=64, blank=True)
    created_by = models.CharField(max_length=96)
    created_at = models.DateTimeField()
    edited_by = models.CharField(max_length=96, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # the first end: lead time ends here, reopenings do not change it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "customer", "po_key"], condition=~Q(po_key=""), name="order_once_per_customer_po"),
            models.CheckConstraint(condition=Q(status__in=["open", "ended", "cancelled"]), name="order_status_known"),
            models.CheckConstraint(condition=Q(status="open") | Q(ended_at__isnull=False), name="order_closed_has_an_end"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "-ordered_at"], name="order_list"),  # the order list, newest first
            models.Index(fields=["-ordered_at"], name="order_newest"),  # the same without a filter
            models.Index(fields=["version", "status"], name="order_of_version"),  # training.standards_to_learn, migration.running
            models.Index(fields=["divided_from"], condition=Q(divided_from__isnull=False), name="order_family"),  # splitting.family_totals
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of an order. `unit_price` keeps every decimal it came with; `amount` is quantity x price less discount, without tax."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="lines")
    position = models.PositiveIntegerField()
    item = models.ForeignKey("masterdata.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    unit_price = models.DecimalField(**PRICE)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    amount = models.DecimalField(max_digits=20, decimal_places=8)
    requested_on = models.DateField(null=True, blank=True)
    external_reference = models.CharField(max_length=80, blank=True)  # the row of the file or the caller's own line key

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_not_negative"),
            models.CheckConstraint(condition=Q(discount_percent__gte=0, discount_percent__lte=100), name="order_line_discount_is_a_share"),
        ]
        ordering: ClassVar = ["order", "position"]

    def __str__(self) -> str:
        return f"line {self.position}"


class LineMove(models.Model):
    """A quantity (and amount) that moved on one line; `orders.line_ledger` writes and sums it. Signed: a reversal is negative."""

    class Kind(models.TextChoices):
        ORDERED = "ordered", _("ordered")
        CANCELLED = "cancelled", _("cancelled")
        RESERVED = "reserved", _("reserved")
        SHIPPED = "shipped", _("shipped")
        RETURNED = "returned", _("returned")
        REPLACED = "replaced", _("replaced")
        INVOICED = "invoiced", _("invoiced")
        CREDITED = "credited", _("credited")

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, db_index=False, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.DecimalField(**QUANTITY)
    amount = models.DecimalField(max_digits=20, decimal_places=8, default=0)
    place = models.CharField(max_length=96, blank=True)  # "SO-2026-00001/2" where it happened inside a run
    reference = models.CharField(max_length=64, blank=True)  # the document: delivery, invoice, credit note
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(quantity=0) | ~Q(amount=0), name="line_move_moves_something")]
        indexes: ClassVar = [models.Index(fields=["line", "kind"], name="line_move_sums")]  # line_ledger.sums

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class ExposureMove(models.Model):
    """An amount (gross) that changed what a customer owes or will owe; exposure = confirmed - paid - deposited (RULES 33)."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        DELIVERED = "delivered", _("delivered")
        INVOICED = "invoiced", _("invoiced")
        PAID = "paid", _("paid")
        DEPOSITED = "deposited", _("deposited")

    customer = models.ForeignKey("masterdata.Customer", on_delete=models.PROTECT, db_index=False, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.DecimalField(**MONEY)
    reference = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount=0), name="exposure_move_moves_something")]
        indexes: ClassVar = [models.Index(fields=["customer", "kind"], include=["amount"], name="exposure_sums")]  # exposure.of_customers

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class ExposureBalance(models.Model):
    """What a customer owes or will owe altogether, kept beside the moves so that nobody has to add up 100,000 orders; verify compares."""

    customer = models.OneToOneField("masterdata.Customer", on_delete=models.PROTECT, primary_key=True, related_name="+")
    exposed = models.BigIntegerField()  # in hundredths: SQLite adds whole numbers exactly, decimals it does not

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.exposed}"


class Delivery(models.Model):
    """A planned delivery; its number (1..n within the order) is the key of the run of an `each` over deliveries."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="deliveries")
    number = models.PositiveIntegerField()
    planned_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "number"], name="delivery_number_once")]
        ordering: ClassVar = ["order", "number"]

    def __str__(self) -> str:
        return f"delivery {self.number}"


class DeliveryLine(models.Model):
    """How much of an order line goes with a delivery, and where it comes from."""

    class Route(models.TextChoices):
        STOCK = "stock", _("from stock")
        MAKE = "make", _("make")
        BUY = "buy", _("buy")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="deliveries")
    quantity = models.DecimalField(**QUANTITY)
    route = models.CharField(max_length=8, choices=Route.choices, default=Route.STOCK)
    warehouse = models.ForeignKey("masterdata.Warehouse", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            # Two of them: SQLite knows no constraint for which a missing warehouse equals another.
            models.UniqueConstraint(
                fields=["delivery", "line", "route", "warehouse"],
                condition=Q(warehouse__isnull=False),
                name="delivery_line_once_per_source",
            ),
            models.UniqueConstraint(
                fields=["delivery", "line", "route"], condition=Q(warehouse__isnull=True), name="delivery_line_once_without_warehouse"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="delivery_line_quantity_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"
