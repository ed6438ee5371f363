"""Work items: the open items of every case as rows, so that people, deadlines and the worker can find them.

Case text and work items say the same thing twice; `verify` compares them, and the case is the one that decides.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orderway.orders.models.order import Order


class WorkItem(models.Model):
    """One open (or past) item of a case: which stage, where, who, until when, and why nobody can go on if nobody can."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="work_items")  # work_item_once begins with it
    place = models.CharField(max_length=96)  # order number, inside an `each` with the run's key
    stage = models.CharField(max_length=64)
    path = models.CharField(max_length=64, blank=True)  # keys of the enclosing `each` runs, joined by "/"
    kind = models.CharField(max_length=10)  # the engine's kinds: stage, approval, decision, complaint, leftover
    opened_sequence = models.PositiveIntegerField()  # the journal entry that opened it; without it rework would collide
    run = models.PositiveIntegerField(default=1)  # how often the stage was opened at this place
    act = models.CharField(max_length=48, blank=True)  # what the stage does; empty for plain work
    by_system = models.BooleanField(default=False)
    role = models.CharField(max_length=64)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    unassigned_reason = models.CharField(max_length=200, blank=True)
    stands_in_for = models.CharField(max_length=64, blank=True, default="")  # key of the absent person from whom the responsible has it
    given_because = models.CharField(max_length=40, blank=True, default="")  # the load that decided: minutes open, people to choose from
    claimed = models.BooleanField(default=False)  # somebody took it by hand; assignment leaves it alone
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)  # a year whose holidays are not published lies before the deadline
    next_alarm_at = models.DateTimeField(null=True, blank=True)
    alarms = models.TextField(blank=True)  # JSON [[percent, time], ...]: every warning and escalation, soonest first
    alarms_fired = models.PositiveSmallIntegerField(default=0)
    held_since = models.DateTimeField(null=True, blank=True)  # the clock stands still since then
    work_minutes = models.PositiveIntegerField(default=0)  # the limit in working minutes: the measure of open work
    paused_minutes = models.PositiveIntegerField(default=0)  # working time that holds have given back
    waiting = models.CharField(max_length=200, blank=True)  # the case's note why the system could not finish it; empty: may be tried
    waiting_reason = models.CharField(max_length=500, blank=True)  # the same as a sentence

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "stage", "path", "kind"], condition=Q(state="open"), name="work_item_one_open_per_path"
            ),
            models.UniqueConstraint(fields=["order", "stage", "path", "kind", "opened_sequence"], name="work_item_once"),
            models.CheckConstraint(condition=~Q(state="open") | Q(closed_at__isnull=True), name="work_item_open_is_not_closed"),
            # Invariant 6: an open item has a responsible and a deadline, or a recorded reason (a stage without a limit is no stage).
            models.CheckConstraint(
                condition=~Q(state="open") | Q(responsible__isnull=False) | Q(by_system=True) | ~Q(unassigned_reason=""),
                name="work_item_has_somebody_or_a_reason",
            ),
        ]
        indexes: ClassVar = [
            # work.run_open: what the system may try
            models.Index(fields=["act", "id"], condition=Q(state="open", by_system=True, waiting=""), name="work_item_to_run"),
            # isolating.broken_work, running, the board's "waits for something outside": what waits, by its note
            models.Index(fields=["waiting", "state"], condition=Q(state="open", waiting__gt=""), name="work_item_waiting"),
            # the board's "on hold"
            models.Index(fields=["held_since", "state"], condition=Q(state="open", held_since__isnull=False), name="work_item_held"),
            # clock.sweep: alarms whose time has come
            models.Index(fields=["next_alarm_at"], condition=Q(state="open", next_alarm_at__isnull=False), name="work_item_alarms"),
            # My work, assignment (least open working time) and the board's "who has how much": read from the index alone, which SQLite
            # does only if every column that is asked for, the state too, stands in it
            models.Index(
                fields=["responsible", "due_at", "held_since", "work_minutes", "role", "state"],
                condition=Q(state="open"),
                name="work_item_of_person",
            ),
            # the board's ribbon (count, late, median age by stage) and team queues by stage, in the same way
            models.Index(
                fields=["stage", "opened_at", "due_at", "held_since", "role", "responsible", "state"],
                condition=Q(state="open"),
                name="work_item_of_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.stage} ({self.state})"
