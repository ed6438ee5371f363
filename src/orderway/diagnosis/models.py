"""A diagnosis that somebody asked for: the log, how far it is, and what came out. Owned by this reader; moves no order."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """A short name for the address that nobody guesses."""
    return secrets.token_urlsafe(9)


class Diagnosis(models.Model):
    """One log looked at once. `result` is a summary as JSON (see mining.plain); `problem` says why there is none."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    key = models.CharField(max_length=16, unique=True, default=new_key)
    title = models.CharField(max_length=160)
    own = models.BooleanField(default=False)  # our own journal instead of a file
    file = models.FileField(upload_to="diagnosis/", blank=True)
    mapping: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    against = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=24, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    problem_params: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    result = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"
