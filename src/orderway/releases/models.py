"""Versions of a company's standard: drafts, who approved them, since when they are in force, what was accepted on release.

A version that left the draft state never changes its content (a trigger refuses it); orders are pinned to it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ALL_PERCENT = 100


class Version(models.Model):
    """One version of one standard: its YAML source, the canonical document made from it, and the document's SHA-256."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        EFFECTIVE = "effective", _("in force")
        RETIRED = "retired", _("retired")

    standard_id = models.CharField(max_length=64)
    version = models.CharField(max_length=24)
    title = models.CharField(max_length=200)
    document = models.TextField()
    content_hash = models.CharField(max_length=64, unique=True)
    source = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    # Author and approver are keys: shipped standards have the author "orderway", who is nobody's account.
    author = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)  # an approved version comes into force by itself on this day
    readiness_accepted: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard_id", "version"], name="version_once_per_standard"),
            models.CheckConstraint(condition=Q(status="draft") | Q(approved_at__isnull=False), name="version_approved_before_in_force"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "approved"]) | Q(effective_at__isnull=False), name="version_in_force_has_a_date"
            ),
            # One version of a standard is in force; a trial (Trial) may run another one beside it, which stays "approved".
            models.UniqueConstraint(fields=["standard_id"], condition=Q(status="effective"), name="version_one_in_force"),
        ]
        ordering: ClassVar = ["standard_id", "-drafted_at", "-id"]

    def __str__(self) -> str:
        return f"{self.standard_id} {self.version}"


class Trial(models.Model):
    """A share (percent) of new orders runs on `to_version` instead of `from_version`; filled by improvement, read by `version_for`.

    A pilot takes only orders of one customer group (the price list), or those that people of one team enter, or both; then the share may
    be all of them.
    """

    from_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="trials_away")
    to_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="trials_here")
    share_percent = models.PositiveSmallIntegerField()
    customer_group = models.ForeignKey("masterdata.PriceList", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("masterdata.Group", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seed = models.CharField(max_length=32)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(share_percent__lte=100), name="trial_share_is_a_percentage"),
            models.CheckConstraint(condition=~Q(from_version=F("to_version")), name="trial_compares_two_versions"),
        ]

    def __str__(self) -> str:
        return f"{self.share_percent} % {self.from_version} -> {self.to_version}"

    @property
    def is_pilot(self) -> bool:
        """Whether only some people's or some customers' orders take part."""
        return self.customer_group_id is not None or self.team_id is not None

    @property
    def in_parallel(self) -> bool:
        """Whether like orders go the old way at the same time, so that the two ways can be compared."""
        return self.share_percent < ALL_PERCENT


class Review(models.Model):
    """The owner read a version again and found that it still holds, or that it needs a change (ISO 9001, 7.5.2)."""

    class Outcome(models.TextChoices):
        KEEP = "keep", _("still holds")
        CHANGE = "change", _("needs a change")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.version} {self.outcome}"


class Acknowledgement(models.Model):
    """A person has read a stage of a version and answered its check question. `stage_hash`: what was read, word for word."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    stage = models.CharField(max_length=64)
    stage_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "person", "stage"], name="acknowledgement_once")]

    def __str__(self) -> str:
        return f"{self.version} {self.stage}"
