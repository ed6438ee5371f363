"""Where goods are, how much of them is set aside for whom, and what is still expected.

Stock changes by moves only, always from one location to another; nothing here decides who gets what.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import QUANTITY


class Location(models.Model):
    """A place that goods move between. Customer, supplier, production and loss are virtual: their balance is the sum of their moves."""

    class Kind(models.TextChoices):
        STORAGE = "storage", _("storage")
        QUARANTINE = "quarantine", _("quarantine")
        TRANSIT = "transit", _("in transit")
        CUSTOMER = "customer", _("customer")
        SUPPLIER = "supplier", _("supplier")
        PRODUCTION = "production", _("production")
        LOSS = "loss", _("loss")

    key = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    warehouse = models.ForeignKey("masterdata.Warehouse", on_delete=models.PROTECT, null=True, blank=True, related_name="locations")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["storage", "quarantine", "transit"], warehouse__isnull=False)
                | Q(kind__in=["customer", "supplier", "production", "loss"], warehouse__isnull=True),
                name="location_kept_in_a_warehouse_or_virtual",
            ),
            models.UniqueConstraint(fields=["warehouse", "kind"], condition=Q(warehouse__isnull=False), name="location_once_per_warehouse"),
            models.UniqueConstraint(fields=["kind"], condition=Q(warehouse__isnull=True), name="location_virtual_once"),
        ]

    def __str__(self) -> str:
        return self.key


class StockLevel(models.Model):
    """How much of an item lies at a location of a warehouse and how much of that is reserved; the sum of the moves, kept to be locked."""

    item = models.ForeignKey("masterdata.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.DecimalField(default=0, **QUANTITY)
    reserved = models.DecimalField(default=0, **QUANTITY)
    allows_negative = models.BooleanField(default=False)  # of the warehouse when the level was made; a CHECK cannot look there

    class Meta:
        constraints: ClassVar = [
            # Also the index of every lock on stock: ascending (item, location).
            models.UniqueConstraint(fields=["item", "location"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(allows_negative=True) | Q(reserved__lte=F("on_hand")), name="stock_reserved_is_on_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} ({self.reserved} reserved)"


class StockMove(models.Model):
    """A quantity of an item that went from one location to another. Never changed or deleted; a mistake is moved back."""

    class Reason(models.TextChoices):
        OPENING = "opening", _("opening stock")
        RECEIVED = "received", _("goods receipt")
        PRODUCED = "produced", _("finished by production")
        CONSUMED = "consumed", _("used by production")
        SHIPPED = "shipped", _("shipped")
        RETURNED = "returned", _("returned by the customer")
        COUNTED = "counted", _("difference of a count")
        SCRAPPED = "scrapped", _("scrapped")
        TRANSFERRED = "transferred", _("moved between locations")

    item = models.ForeignKey("masterdata.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves_in")
    quantity = models.DecimalField(**QUANTITY)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    reference = models.CharField(max_length=64, blank=True)  # the paper: place, supply order, count
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="stock_move_goes_elsewhere"),
        ]
        indexes: ClassVar = [models.Index(fields=["item", "-at"], name="stock_move_of_item")]  # queries.moves_of

    def __str__(self) -> str:
        return f"{self.quantity} {self.reason}"


class Reservation(models.Model):
    """A quantity set aside for one order line at one location; `quantity` is what is still set aside, 0 once shipped or released.

    `picked` of it has left the shelf and waits for dispatch. `delivery` is set once the quantity was reserved for a planned delivery.
    How it came to be what it is stands in the line ledger.
    """

    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="reservations")
    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    picked = models.DecimalField(default=0, **QUANTITY)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # Two, because SQLite knows no "nulls not distinct".
            models.UniqueConstraint(fields=["line", "level"], condition=Q(delivery__isnull=True), name="reservation_once_per_line"),
            models.UniqueConstraint(
                fields=["line", "level", "delivery"], condition=Q(delivery__isnull=False), name="reservation_once_per_delivery"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="reservation_not_negative"),
            models.CheckConstraint(condition=Q(picked__gte=0, picked__lte=F("quantity")), name="reservation_picked_is_reserved"),
        ]
        indexes: ClassVar = [models.Index(fields=["level"], condition=Q(quantity__gt=0), name="reservation_open")]  # verify, counts, panels

    def __str__(self) -> str:
        return f"{self.quantity}"


class ExpectedReceipt(models.Model):
    """Goods that a supply order will bring: `quantity` is what is still to come. Pegged to the order line that it is for, if any."""

    item = models.ForeignKey("masterdata.Item", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    due_on = models.DateField()
    reconfirmed_on = models.DateField(null=True, blank=True)  # the supplier's new date for an overdue receipt (RULES 17)
    reference = models.CharField(max_length=64)  # the supply order
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gte=0), name="expected_receipt_not_negative")]
        indexes: ClassVar = [
            # queries.promising
            models.Index(fields=["item", "due_on"], condition=Q(quantity__gt=0), name="expected_receipt_open"),
            models.Index(fields=["reference"], name="expected_receipt_of_supply"),  # actions.receive
        ]

    def __str__(self) -> str:
        return f"{self.quantity} by {self.due_on}"
