"""What reviews have found: who decided which order, with which answers and which facts before their eyes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewDecision(models.Model):
    """One decision of one run of a review. The journal holds the same, chained; this row is what pages and measures read."""

    class Verdict(models.TextChoices):
        PASSED = "passed", _("passed")
        SENT_BACK = "sent_back", _("sent back")
        BLOCKED = "blocked", _("blocked")

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="reviews", db_index=False)
    place = models.CharField(max_length=40)
    stage = models.CharField(max_length=64)
    run = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)  # passed: signatures may still be missing
    answers: models.JSONField[dict[str, bool], dict[str, bool]] = models.JSONField(default=dict)  # criterion -> yes or no
    facts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # as the reviewer saw them
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=96)
    decided_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["order", "-decided_at"], name="review_decision_of_order")]  # queries.decisions_of

    def __str__(self) -> str:
        return f"{self.place} {self.verdict}"
