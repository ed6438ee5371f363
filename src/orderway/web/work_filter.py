"""Which open work is meant: the filter of the live board and of the work list, as an address says it. One meaning for number and list.

Reads an address and gives conditions; asks no database.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orderway.orders.board import WAITS, late_at
from orderway.orders.models import DeliveryLine, Order, WorkItem

LONGEST = 96
RANGES = (("", _("all that is open")), ("today", _("due by the end of today")), ("week", _("due within seven days")))


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Empty values filter nothing. `waits`: nobody, hold or outside; `range`: until when the work is due; `late`: yes."""

    stage: str = ""
    role: str = ""
    person: str = ""
    customer: str = ""
    warehouse: str = ""
    late: str = ""
    waits: str = ""
    range: str = ""

    @property
    def query(self) -> str:
        """The filter as a query string, "" if it filters nothing."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether it filters anything but the range."""
        return replace(self, range="") != WorkFilter()

    def having(self, **changes: str) -> WorkFilter:
        """The same with some values changed."""
        return replace(self, **changes)


def filter_of(asked: QueryDict) -> WorkFilter:
    """The filter that an address asks for."""
    given = {field.name: asked.get(field.name, "").strip()[:LONGEST] for field in fields(WorkFilter)}
    return WorkFilter(**given)


def work(wanted: WorkFilter, *, now: datetime) -> QuerySet[WorkItem]:
    """The open work items that the filter means."""
    same = {"stage": wanted.stage, "role": wanted.role, "responsible__key": wanted.person}
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, **{name: value for name, value in same.items() if value})
    if wanted.customer:
        items = items.filter(order__in=Order.objects.filter(customer__key=wanted.customer))
    if wanted.warehouse:
        items = items.filter(order__in=DeliveryLine.objects.filter(warehouse__key=wanted.warehouse).values("delivery__order"))
    if wanted.late:
        items = items.filter(late_at(now))
    if wanted.waits in WAITS:
        items = items.filter(WAITS[wanted.waits])
    until = _until(wanted.range, now)
    return items.filter(due_at__lt=until) if until else items


def by_urgency(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """With all that a row shows, the nearest deadline first."""
    return (
        items.select_related("order__customer", "order__version", "responsible")
        .defer("order__case_text", "order__note", "order__version__document", "order__version__source")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def _until(range_: str, now: datetime) -> datetime | None:
    """The end of the range: midnight in the company's zone."""
    days = {"today": 1, "week": 7}.get(range_)
    if days is None:
        return None
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=days), time()))
