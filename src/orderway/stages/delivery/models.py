"""How planned deliveries go out: vehicle and time window, parcels, what was picked where, and the proof that goods arrived.

Which quantity belongs to which delivery stands in `orders.Delivery`; nothing here decides it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import QUANTITY


class Trip(models.Model):
    """The vehicle and time window booked for a delivery; the newest row counts."""

    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, related_name="trips")
    carrier = models.CharField(max_length=120)
    vehicle = models.CharField(max_length=60, blank=True)
    window_from = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    booked_by = models.CharField(max_length=96)
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(window_from__isnull=True) | Q(window_until__isnull=True) | Q(window_until__gt=F("window_from")),
                name="trip_window_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.carrier


class Parcel(models.Model):
    """A packed unit of a delivery and the carrier's tracking number."""

    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, related_name="parcels", db_index=False)
    number = models.PositiveIntegerField()
    tracking_number = models.CharField(max_length=60, blank=True)
    packed_by = models.CharField(max_length=96)
    packed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["delivery", "number"], name="parcel_number_once")]

    def __str__(self) -> str:
        return self.tracking_number or f"parcel {self.number}"


class Pick(models.Model):
    """What was taken from the shelves for an order line of a delivery; from which ones is in the reservations.

    A pick stands until all of it was handed over or put back; nothing is deleted.
    """

    delivery = models.ForeignKey("orders.Delivery", on_delete=models.PROTECT, related_name="picks")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    handed_over = models.DecimalField(default=0, **QUANTITY)
    put_back = models.DecimalField(default=0, **QUANTITY)
    picked_by = models.CharField(max_length=96)
    picked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # A run picks once; who picks at the same time fails here if everything else failed.
            models.UniqueConstraint(
                fields=["delivery", "line"], condition=Q(put_back__lt=F("quantity")), name="pick_once_per_delivery_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_takes_something"),
            models.CheckConstraint(
                condition=Q(handed_over__gte=0, put_back__gte=0) & Q(quantity__gte=F("handed_over") + F("put_back")),
                name="pick_leaves_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class HandOver(models.Model):
    """The proof of a delivery: what came of it, who signed, what was wrong. One per delivery; a refusal is one, too."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        REFUSED = "refused", _("refused by the customer")

    delivery = models.OneToOneField("orders.Delivery", on_delete=models.PROTECT, related_name="hand_over")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    signed_by = models.CharField(max_length=120, blank=True)
    damaged = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey("orders.StoredDocument", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome="delivered") | ~Q(note=""), name="hand_over_refusal_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.delivery_id})"
