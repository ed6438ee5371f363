"""A diagnosis that somebody asked for: the log, how far it is, what came out, who may see it and until when. Moves no order."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """A short name for the address that nobody guesses."""
    return secrets.token_urlsafe(9)


class Diagnosis(models.Model):
    """One log looked at once. `result` is a summary as JSON (see mining.plain); `problem` says why there is none.

    Logs name people of other companies, so a row belongs to whoever asked, is shown to named readers only, and is erased (`keeping`): then
    the row stays as the record of it, without the file, its name and what was found.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        ERASED = "erased", _("deleted")

    key = models.CharField(max_length=16, unique=True, default=new_key)
    title = models.CharField(max_length=160, blank=True)
    own = models.BooleanField(default=False)  # our own journal instead of a file
    file = models.FileField(upload_to="diagnosis/", blank=True)
    mapping: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    against = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)  # of the file; stays when it is erased
    size_bytes = models.PositiveBigIntegerField(default=0)
    expires_on = models.DateField()  # the last day
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = models.CharField(max_length=96, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=24, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    problem_params: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    result = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="erased", erased_at__isnull=False, file="", title="", result="")
                | (~models.Q(state="erased") & models.Q(erased_at__isnull=True)),
                name="diagnosis_erased_is_empty",
            ),
        ]
        indexes: ClassVar = [
            # working.work_off: the next that waits; keeping.expire: those whose time is over
            models.Index(fields=["attempts", "asked_at"], condition=models.Q(state__in=["waiting", "running"]), name="diagnosis_to_do"),
            models.Index(fields=["expires_on"], condition=models.Q(erased_at__isnull=True), name="diagnosis_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.key} ({self.state})"

    @property
    def called(self) -> str:
        """Its name for whoever reads: that of the file, or our own company in the reader's language."""
        return str(_("This company")) if self.own and self.title else self.title
