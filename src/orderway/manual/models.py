"""What belongs to the manual as a document: controlled copies, drafts that are being written, and what colleagues say about them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ControlledCopy(models.Model):
    """A numbered copy on paper whose holder is told of every new version."""

    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # counts within the standard, over all versions
    holder = models.CharField(max_length=120)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.version} copy {self.number}"


class WorkingDraft(models.Model):
    """A version that somebody is writing: the YAML text as it stands, with or without defects, until it is submitted for approval."""

    class State(models.TextChoices):
        WRITING = "writing", _("being written")
        SUBMITTED = "submitted", _("submitted")
        DROPPED = "dropped", _("dropped")

    standard_id = models.CharField(max_length=64)
    based_on = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WRITING)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saves = models.PositiveIntegerField(default=0)  # who saves names the number they read; two people cannot overwrite each other unseen
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-saved_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="submitted") | Q(version__isnull=False), name="working_draft_submitted_is_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.standard_id} draft {self.pk}"


class Comment(models.Model):
    """What a colleague says about a draft."""

    draft = models.ForeignKey(WorkingDraft, on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return self.text[:60]
