"""How much of an item's working time is used and how much is left, in the words of the page. Moves no deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from orderway.engine.program import Program
from orderway.orders.models import WorkItem
from orderway.orders.storing import HOLIDAYS
from orderway.pages.templatetags.ow import limit, worked
from orderway.standard.document import Calendar

SOON_PERCENT = 75  # the standard's own warning may differ; this only colours the bar


@dataclass(frozen=True, slots=True)
class Clock:
    """An item's time. Minutes are working time; `left_minutes` is negative when late; `text` says it, `band` is late, today or later."""

    used_minutes: int
    left_minutes: int | None
    percent: int
    band: str
    text: str

    @property
    def css(self) -> str:
        """The colour of the bar; the words beside it say the same."""
        if self.band == "late":
            return "ow-late"
        return "ow-soon" if self.percent >= SOON_PERCENT else ""


def clock_of(item: WorkItem, program: Program, now: datetime) -> Clock:
    """The time of an open item."""
    stage = program.stage(item.stage)
    working = HOLIDAYS.working_time(program.standard.calendar_of(stage), program.hash)
    day = day_minutes(program.standard.calendar_of(stage))
    if item.held_since is not None or item.due_at is None:
        used = working.elapsed(item.opened_at, item.held_since or now)
        return Clock(used, None, _percent(used, item.work_minutes), "later", _("on hold: the clock stands still"))
    used = working.elapsed(item.opened_at, now)
    if now > item.due_at:
        over = working.elapsed(item.due_at, now)
        return Clock(used, -over, 100, "late", _("%(time)s late") % {"time": worked(over, day)})
    left = working.elapsed(now, item.due_at)
    band = "today" if timezone.localdate(item.due_at) <= timezone.localdate(now) else "later"
    percent = 100 - _percent(left, item.work_minutes)
    text = _("%(left)s left of %(limit)s") % {"left": worked(left, day), "limit": limit(stage.limit)}
    return Clock(used, left, percent, band, text)


def used_minutes(item: WorkItem, program: Program, now: datetime) -> int:
    """The working minutes that an item was open, or is by now."""
    working = HOLIDAYS.working_time(program.standard.calendar_of(program.stage(item.stage)), program.hash)
    return working.elapsed(item.opened_at, item.closed_at or now)


def day_minutes(calendar: Calendar) -> int:
    """The working minutes of an average working day."""
    days = [sum(end - start for start, end in spans) for spans in calendar.hours if spans]
    return sum(days) // len(days) if days else 0


def _percent(minutes: int, of_minutes: int) -> int:
    return min(100, minutes * 100 // of_minutes) if of_minutes else 0
