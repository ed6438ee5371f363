"""Amendments: every change, cancellation and division of an order as a document with a revision, a reason, and what it touched.

The order itself says how it stands; these say how it came to that. Never changed and never deleted.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import MONEY
from orderway.orders.models.order import Order


class Amendment(models.Model):
    """What somebody changed on an order, or wanted to and was refused because somebody else had been there (`met`)."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("change")
        CANCEL = "cancel", _("cancellation")
        PART = "part", _("cancellation of a part")
        DIVIDE = "divide", _("division")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="amendments")
    revision = models.PositiveIntegerField(null=True, blank=True)  # 1..n of the order; none for what was refused
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=500, blank=True)
    requested_by = models.CharField(max_length=120, blank=True)  # in their words: "Dan, by telephone"
    made_by = models.CharField(max_length=96)
    made_at = models.DateTimeField()
    # [{"position", "sku", "what", "before", "after"}]: one row per value that changed, position 0 for the head
    differences: models.JSONField[object, object] = models.JSONField(default=list)
    # what it touched, as it was shown before: [{"act", "said", "params", "amount", "reversible"}]
    effects: models.JSONField[object, object] = models.JSONField(default=list)
    total_before = models.DecimalField(**MONEY)
    total_after = models.DecimalField(**MONEY)
    met = models.CharField(max_length=96, blank=True)  # who had been there first
    refused_because = models.CharField(max_length=500, blank=True)
    other = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )  # the part divided off

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "revision"], condition=Q(revision__isnull=False), name="amendment_revision_once"),
            models.CheckConstraint(condition=Q(revision__isnull=False) | ~Q(refused_because=""), name="amendment_done_or_refused"),
        ]
        indexes: ClassVar = [models.Index(fields=["order", "-id"], name="amendment_of_order")]  # amendments.of_order

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.revision or ''}"
