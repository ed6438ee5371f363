"""What capture keeps of its own: proposals to amend an order that came in a second time with another content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AmendmentProposal(models.Model):
    """The same purchase order came again with another content (RULES 36). It waits; the order runs on unchanged until somebody decides."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPLIED = "applied", _("applied")
        DISMISSED = "dismissed", _("dismissed")

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="amendment_proposals", db_index=False)
    content_hash = models.CharField(max_length=64)
    draft: models.JSONField[object, object] = models.JSONField()  # what came, as `queries.as_json` writes it
    channel = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.CharField(max_length=96)
    proposed_at = models.DateTimeField()
    settled_by = models.CharField(max_length=96, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "content_hash"], name="amendment_once_per_content"),
            models.CheckConstraint(condition=Q(state="waiting") | Q(settled_at__isnull=False), name="amendment_settled_has_a_time"),
        ]
        indexes: ClassVar = [models.Index(fields=["order"], condition=Q(state="waiting"), name="amendment_waiting")]  # queries.waiting

    def __str__(self) -> str:
        return f"{self.order_id} {self.content_hash[:8]} ({self.state})"
