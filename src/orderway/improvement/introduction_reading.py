"""How an introduction goes, stage by stage: since when it is on, how much people prove, where they get stuck, what they say. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, QuerySet

from orderway.improvement.models import Introduction, IntroductionStep
from orderway.improvement.suggestions import FEWEST, suggestions
from orderway.orders.models import Comment, Evidence, Feedback, WorkItem
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Stage

BY_ITSELF = ("system", "document")  # kinds of proof that nobody brings
MOST_PASSAGES = 50_000


@dataclass(slots=True)
class Passages:
    """Passages of a stage while it advised, or since it is on.

    `provable`: done ones that ask for proof by people; `proven`: those with all of it.
    """

    done: int = 0
    late: int = 0
    again: int = 0
    stuck: int = 0
    hours: float = 0.0
    provable: int = 0
    proven: int = 0

    @property
    def late_share(self) -> float | None:
        """The share done too late; None while there are too few to say."""
        return self.late / self.done if self.done >= FEWEST else None

    @property
    def adoption(self) -> float | None:
        """The share with every step proven; None while there are too few to say."""
        return self.proven / self.provable if self.provable >= FEWEST else None

    @property
    def mean_hours(self) -> float | None:
        """How long one was open on average; None while there are too few to say."""
        return self.hours / self.done if self.done >= FEWEST else None


@dataclass(slots=True)
class StageGoing:
    """A stage of the plan: the step that switches it on, when it did or will, and its passages before and after."""

    stage: Stage
    step: IntroductionStep
    advised: Passages = field(default_factory=Passages)
    on: Passages = field(default_factory=Passages)
    suggestions: int = 0
    comments: int = 0

    @property
    def on_since(self) -> datetime | None:
        """Since when new orders meet it as it will be."""
        return self.step.version.effective_at

    @property
    def planned(self) -> date | None:
        """The day on which it comes by itself; of a step that waits for approval the day that was wished."""
        version = self.step.version
        return self.step.planned_on if version.status == Version.Status.DRAFT else version.planned_on

    @property
    def current(self) -> Passages:
        """The passages since it is on; before that those while it advised."""
        return self.on if self.on.done else self.advised

    @property
    def words(self) -> int:
        """How often somebody said something about it."""
        return self.suggestions + self.comments

    @property
    def stuck(self) -> int:
        """How many are open and late now."""
        return self.advised.stuck + self.on.stuck


def of(made: Introduction, now: datetime) -> tuple[list[IntroductionStep], list[StageGoing]]:
    """The steps, and every stage in the order of the way; six statements however many orders."""
    steps = list(made.steps.select_related("version__approved_by").order_by("number"))
    whole = program_of(made.base_id)
    going = {stage: StageGoing(whole.stage(stage), step) for step in steps for stage in step.stages}
    versions = {step.version_id: program_of(step.version_id, step.version.content_hash).advisory for step in steps}
    _count_passages(going, versions, now)
    _count_words(going, steps)
    return steps, [going[stage] for stage in whole.order_of if stage in going]


def _count_passages(going: Mapping[str, StageGoing], versions: Mapping[int, frozenset[str]], now: datetime) -> None:
    """By the version that an order runs: whether the stage advised there or was on. The newest passages, if there are very many."""
    items = WorkItem.objects.filter(kind="stage", by_system=False, order__version__in=versions, order__as_history=False, stage__in=going)
    proofs = _proofs(list(versions))
    wanted = {stage: _wanted(one.stage) for stage, one in going.items()}
    rows = items.values_list(
        "order_id", "stage", "path", "run", "state", "opened_at", "due_at", "closed_at", "held_since", "order__version"
    )
    for order, stage, path, run, state, opened, due, closed, held, version in rows.order_by("-id")[:MOST_PASSAGES].iterator():
        into = going[stage].advised if stage in versions[version] else going[stage].on
        if state == WorkItem.State.OPEN:
            into.stuck += held is None and due is not None and due < now
        elif state == WorkItem.State.DONE and closed is not None:
            into.done += 1
            into.late += due is not None and closed > due
            into.again += run > 1
            into.hours += (closed - opened).total_seconds() / 3_600
            into.provable += wanted[stage] > 0
            into.proven += 0 < wanted[stage] <= proofs.get((order, stage, path, run), 0)


def _proofs(versions: Sequence[int]) -> dict[tuple[int, str, str, int], int]:
    """How many steps people proved in each passage."""
    rows = Evidence.objects.filter(order__version__in=versions).exclude(kind__in=BY_ITSELF)
    counted = rows.values_list("order_id", "stage", "path", "run").annotate(n=Count("step", distinct=True)).order_by()
    return {(order, stage, path, run): n for order, stage, path, run, n in counted}


def _wanted(stage: Stage) -> int:
    """How many steps people prove there."""
    return sum(step.evidence is not None and step.evidence.kind not in BY_ITSELF for step in stage.steps)


def _count_words(going: Mapping[str, StageGoing], steps: Sequence[IntroductionStep]) -> None:
    for stage, n in said(steps).order_by().values_list("stage").annotate(n=Count("pk")):
        if stage in going:
            going[stage].suggestions = n
    for stage, n in comments(steps).order_by().values_list("stage").annotate(n=Count("pk")):
        if stage in going:
            going[stage].comments = n


def said(steps: Sequence[IntroductionStep]) -> QuerySet[Feedback]:
    """What was suggested about the versions of the plan, newest first."""
    return suggestions().filter(version__in=[step.version_id for step in steps])


def comments(steps: Sequence[IntroductionStep]) -> QuerySet[Comment]:
    """What was written on orders that run by the versions of the plan, newest first."""
    found = Comment.objects.filter(order__version__in=[step.version_id for step in steps], withdrawn_at__isnull=True)
    return found.select_related("order").order_by("-id")
