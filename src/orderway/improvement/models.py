"""What improvement keeps: questions to customers, what became of suggestions, PDCA cycles and their frozen results.

Feedback itself lies in `orders`; nothing here moves an order.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderway.orders.models import Feedback, Order


def new_key() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


class Question(models.Model):
    """One customer is asked about one order, after one stage; the signed link leads to it until it is answered, revoked or too old.

    The table holds the key alone: the signature of the link needs the installation's secret, so a dump opens nothing.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="questions")
    name = models.CharField(max_length=64)  # of the question in the standard: csat
    stage = models.CharField(max_length=64)
    path = models.CharField(max_length=64, blank=True)
    run = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=96, blank=True)
    mails = models.PositiveSmallIntegerField(default=0)  # sent: the question, then at most one reminder
    mail_tried_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)
    answer = models.OneToOneField(Feedback, on_delete=models.PROTECT, null=True, blank=True, related_name="question")
    no_complaint = models.CharField(max_length=500, blank=True)  # why a low score could not reopen the order

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], condition=Q(revoked_at__isnull=True), name="question_one_stands_per_order"),
        ]
        indexes: ClassVar = [
            # mailing.send: what may still be mailed
            models.Index(fields=["asked_at"], condition=Q(answer__isnull=True, revoked_at__isnull=True), name="question_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.order_id}"


class LinkBucket(models.Model):
    """How often a link, or links from one address, were tried in a window of time; `key` is a hash. Thrown away once it is over."""

    key = models.CharField(max_length=40, unique=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)  # limiting._count: those that are over

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class Cycle(models.Model):
    """A PDCA cycle: one problem from plan to act, on one page. What was measured is frozen in `Result` when it is closed.

    `changed_at`: since when new orders go the new way, all of them or the share of `trial`.
    """

    class Measure(models.TextChoices):
        LEAD_TIME = "lead_time", _("lead time")
        ERROR_RATE = "error_rate", _("orders with an error")

    class Outcome(models.TextChoices):
        RELEASE = "release", _("kept")
        DROP = "drop", _("dropped")
        NEXT = "next", _("goes on in the next cycle")

    title = models.CharField(max_length=160)
    standard_id = models.CharField(max_length=64)
    stage = models.CharField(max_length=64, blank=True)  # empty: the way as a whole
    measure = models.CharField(max_length=16, choices=Measure.choices)
    aim_percent = models.SmallIntegerField()  # -30: a third less
    problem = models.TextField()
    causes = models.TextField(blank=True)  # one a line
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    doing = models.TextField(blank=True)  # what is changed beside the version: training, forms, places
    changed_at = models.DateTimeField(null=True, blank=True)
    trial = models.ForeignKey("releases.Trial", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | ~Q(outcome=""), name="cycle_closed_has_an_outcome"),
            models.CheckConstraint(condition=Q(trial__isnull=True) | Q(version__isnull=False), name="cycle_trial_has_a_version"),
        ]

    def __str__(self) -> str:
        return self.title


class Introduction(models.Model):
    """A standard is introduced stage by stage: `base` says all that will be on in the end, each step is a version of its own."""

    class End(models.TextChoices):
        COMPLETE = "complete", _("everything is on")
        STOPPED = "stopped", _("stopped")
        REPLACED = "replaced", _("another version came into force")

    base = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    standard_id = models.CharField(max_length=64)
    reason = models.TextField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended = models.CharField(max_length=8, choices=End.choices, blank=True)
    ended_by = models.CharField(max_length=96, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard_id"], condition=Q(ended_at__isnull=True), name="introduction_one_per_standard"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")), name="introduction_ended_somehow"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base}"


class IntroductionStep(models.Model):
    """A step of an introduction: the stages that it switches on, the version that does it, and the day that was wished.

    Whether and since when it is on is what the version says.
    """

    introduction = models.ForeignKey(Introduction, on_delete=models.PROTECT, related_name="steps", db_index=False)
    number = models.PositiveSmallIntegerField()
    stages: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    version = models.OneToOneField("releases.Version", on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField(null=True, blank=True)
    day_given = models.BooleanField(
        default=False
    )  # the wished day went to the version when it was approved; from then on its own day counts

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["introduction", "number"], name="introduction_step_once")]

    def __str__(self) -> str:
        return f"{self.introduction_id}.{self.number}"


class Reply(models.Model):
    """What became of something that was said: taken up, done or declined, with the words for its author. The newest one counts."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN_UP = "taken_up", _("taken up")
        DONE = "done", _("done")
        DECLINED = "declined", _("declined")

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="replies")
    state = models.CharField(max_length=8, choices=State.choices)
    text = models.TextField(blank=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.state} {self.feedback_id}"


class Result(models.Model):
    """What a closed cycle had measured: the verdict and the very orders it was judged on, as JSON text with its SHA-256. Never changed."""

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="result")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.sha256[:8]}"


class WhatIf(models.Model):
    """A question to the simulation, and the answer: the standard in force beside a draft or beside other people, limits, calendars; or how
    many people would keep the limits.

    `result` is figures as JSON (see `predicting.Prediction`, `staffing.Staffing`); `problem` says why there are none, as a refusal's
    English sentence.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Kind(models.TextChoices):
        COMPARE = "compare", _("comparison")
        STAFF = "staff", _("people needed")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.COMPARE)
    title = models.CharField(max_length=160)
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    draft = models.TextField(blank=True)  # the canonical document that is compared, empty: the same standard
    draft_hash = models.CharField(max_length=64, blank=True)
    draft_name = models.CharField(max_length=80, blank=True)
    given: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)  # settings: key=value
    from_now = models.BooleanField(default=False)  # both ways begin with the orders that are open, instead of empty
    replications = models.PositiveSmallIntegerField(default=30)
    seed = models.PositiveIntegerField(default=2026)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="what_ifs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    result = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(state__in=["waiting", "running"]), name="what_if_to_do"),  # answering.work_off
            models.Index(fields=["draft_hash"], condition=~Q(draft_hash=""), name="what_if_of_draft"),  # predicting.effects
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """What it is called on pages: as it was asked, else by its kind, in the reader's language."""
        return self.title or (gettext("People needed") if self.kind == self.Kind.STAFF else gettext("What if"))


class Outlook(models.Model):
    """What the worker last foresaw for one standard, as JSON (see `promising.Foreseen`), or why it could not."""

    standard_id = models.CharField(max_length=64, unique=True)
    content = models.TextField(blank=True)
    problem = models.TextField(blank=True)  # a refusal's English sentence
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.standard_id} {self.at:%Y-%m-%d %H:%M}"
