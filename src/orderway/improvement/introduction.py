"""How the introduction of a version goes: how many new orders run it, and where people get stuck with it beside the old way. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from orderway.improvement.suggestions import FEWEST
from orderway.orders.models import Order, WorkItem
from orderway.releases.models import Version

DONE, OPEN = Q(state=WorkItem.State.DONE), Q(state=WorkItem.State.OPEN)


@dataclass(frozen=True, slots=True)
class Going:
    """Passages of a stage on one way: done, of these late and done again after being sent back; and open ones that are late now."""

    done: int = 0
    late: int = 0
    again: int = 0
    stuck: int = 0

    @property
    def late_share(self) -> float | None:
        """The share done too late; None while there are too few to say."""
        return self.late / self.done if self.done >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Week:
    """Orders received in a week (Monday), and how many of them run the new version."""

    monday: date
    orders: int
    new: int


@dataclass(frozen=True, slots=True)
class Introduction:
    """All of it since the change. `stages`: the new way and the old, where the new way has been."""

    weeks: tuple[Week, ...]
    stages: tuple[tuple[str, Going, Going], ...]

    @property
    def orders(self) -> int:
        """Orders received since then."""
        return sum(week.orders for week in self.weeks)

    @property
    def new(self) -> int:
        """Those of them that run the new version."""
        return sum(week.new for week in self.weeks)


def of(version: Version, since: datetime, now: datetime) -> Introduction:
    """The orders of the standard that came since then, by version; two statements."""
    came = Order.objects.filter(version__standard_id=version.standard_id, as_history=False, ordered_at__gte=since)
    weeks = came.annotate(week=TruncWeek("ordered_at")).values("week").annotate(n=Count("pk"), new=Count("pk", filter=Q(version=version)))
    return Introduction(
        tuple(Week(row["week"].date(), row["n"], row["new"]) for row in weeks.order_by("week")), _stages(version, since, now)
    )


def _stages(version: Version, since: datetime, now: datetime) -> tuple[tuple[str, Going, Going], ...]:
    items = WorkItem.objects.filter(
        kind="stage",
        by_system=False,
        order__version__standard_id=version.standard_id,
        order__as_history=False,
        order__ordered_at__gte=since,
    )
    counted = items.values("stage", "order__version").annotate(
        done=Count("pk", filter=DONE),
        late=Count("pk", filter=DONE & Q(closed_at__gt=F("due_at"))),
        again=Count("pk", filter=DONE & Q(run__gt=1)),
        stuck=Count("pk", filter=OPEN & Q(held_since__isnull=True, due_at__lt=now)),
    )
    found: dict[str, list[Going]] = defaultdict(lambda: [Going(), Going()])
    for row in counted:
        way = 0 if row["order__version"] == version.pk else 1
        found[row["stage"]][way] = _and(found[row["stage"]][way], Going(row["done"], row["late"], row["again"], row["stuck"]))
    seen = [(stage, new, old) for stage, (new, old) in found.items() if new != Going()]
    return tuple(sorted(seen, key=lambda one: (-one[1].stuck, -(one[1].late_share or 0), one[0])))


def _and(one: Going, other: Going) -> Going:
    return Going(one.done + other.done, one.late + other.late, one.again + other.again, one.stuck + other.stuck)
