"""How single orders went, in the order of time: the series that verdicts and charts are made of. Reads; judges nothing.

Lead time: calendar days from receipt to the first end, of orders that ended (cancelled ones left out). An order has an error if one is
on record: a correction, a gate that sent it back, a complaint, or a low score. The kind for the mix is the size of the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from orderway.improvement.models import Cycle
from orderway.masterdata.models import GroupMember
from orderway.orders.models import Correction, Feedback, Order, WorkItem
from orderway.releases.models import Trial
from orderway.simulation.verdicts import Seen

DAY = 86_400.0
MOST = 4_000  # orders per side: more change no verdict, and a page must not read a whole history


class OrderSeen(NamedTuple):
    """One order: when it was received, what was measured, its kind for the mix, and whether it went the new way."""

    number: str
    at: datetime
    value: float
    kind: str
    new: bool

    @property
    def seen(self) -> Seen:
        """As verdicts take it."""
        return Seen(self.value, self.kind)


def of_cycle(cycle: Cycle) -> list[OrderSeen]:
    """Every order that the cycle is judged on: the newest before the change and those after it; two statements."""
    ended = Order.objects.filter(version__standard_id=cycle.standard_id, status=Order.Status.ENDED, ended_at__isnull=False)
    if cycle.trial is not None:
        ended = _population(cycle.trial, ended)
    if cycle.changed_at is None:
        return _rows(cycle, ended)
    after = ended.filter(ordered_at__gte=cycle.changed_at)
    if cycle.closed_at is not None:
        after = after.filter(ended_at__lte=cycle.closed_at)
    if cycle.trial is not None and cycle.trial.ends_at is not None:
        after = after.filter(ordered_at__lte=cycle.trial.ends_at)
    return [*_rows(cycle, ended.filter(ordered_at__lt=cycle.changed_at)), *_rows(cycle, after, new=cycle.trial is None)]


def _population(trial: Trial, orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that take part in a pilot, whichever way they went: of the same customers, answered for by the same people."""
    if trial.customer_group_id is not None:
        orders = orders.filter(customer__price_list_id=trial.customer_group_id)
    if trial.team_id is not None:
        orders = orders.filter(owner__in=GroupMember.objects.filter(group_id=trial.team_id).values("person"))
    return orders


def _rows(cycle: Cycle, orders: QuerySet[Order], *, new: bool = False) -> list[OrderSeen]:
    faults = Correction.objects.filter(order=OuterRef("pk"))
    again = WorkItem.objects.filter(Q(kind="complaint") | Q(kind="stage", run__gt=1), order=OuterRef("pk"))
    low = Feedback.objects.filter(order=OuterRef("pk"), low=True)
    rows = orders.annotate(wrong=Exists(faults) | Exists(again) | Exists(low)).order_by("-ordered_at", "-id")
    tried = cycle.version_id if cycle.trial_id else None
    columns = ("number", "ordered_at", "ended_at", "total", "wrong", "version_id")
    found = [
        OrderSeen(number, at, _value(cycle.measure, at, ended, wrong=wrong), _kind(float(total)), (version == tried) if tried else new)
        for number, at, ended, total, wrong, version in rows.values_list(*columns)[:MOST]
    ]
    return found[::-1]


def _value(measure: str, at: datetime, ended: datetime, *, wrong: bool) -> float:
    return (ended - at).total_seconds() / DAY if measure == Cycle.Measure.LEAD_TIME else float(wrong)


def _kind(total: float) -> str:
    """Orders of a size are like each other: the thresholds where other people sign are not known here, powers of ten are near enough."""
    return f"1e{len(str(int(total)))}"


def sides(cycle: Cycle, rows: Sequence[OrderSeen]) -> tuple[list[OrderSeen], list[OrderSeen]]:
    """Old way and new way. In a trial of a share the old way of the same time; else what came before, of the same customers and people."""
    changed_at = cycle.changed_at
    if changed_at is None:
        return list(rows), []
    parallel = cycle.trial is not None and cycle.trial.in_parallel
    return [row for row in rows if not row.new and (row.at >= changed_at) == parallel], [row for row in rows if row.new]
