"""Working time as one axis of seconds: the calendars of the engine made quick enough for a million questions.

Says the same as `engine.calendars.WorkingTime` (a test compares them) and asks it for every day once. Moments are seconds since the epoch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from orderway.engine.assignment import Absence
from orderway.engine.calendars import LONGEST_SEARCH_DAYS, Holidays, WorkingTime
from orderway.standard.document import Calendar, Duration

GROWS_BY_DAYS = 120
SECONDS = {"m": 60, "h": 3600}
DAY_SECONDS = 86_400


class _Day(NamedTuple):
    """A local day: its midnight and its stretches of working time."""

    midnight: float
    spans: tuple[tuple[float, float], ...]


class _Days:
    """What a calendar says of its days. One for all timelines: to ask it anew for each took two thirds of a short simulation."""

    def __init__(self, calendar: Calendar, holidays: Holidays) -> None:
        self.working = WorkingTime(calendar, holidays)
        self._zone = ZoneInfo(calendar.zone)
        self._known: dict[date, _Day] = {}

    def of(self, day: date) -> _Day:
        known = self._known.get(day)
        if known is None:
            spans = tuple((span.start.timestamp(), span.end.timestamp()) for span in self.working.spans(day))
            midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp()
            known = self._known[day] = _Day(midnight, spans)
        return known


_days: WeakKeyDictionary[Holidays, dict[Calendar, _Days]] = WeakKeyDictionary()


def _days_of(calendar: Calendar, holidays: Holidays) -> _Days:
    known = _days.setdefault(holidays, {})
    return known.get(calendar) or known.setdefault(calendar, _Days(calendar, holidays))


@lru_cache(maxsize=256)  # a crew of every replication of some simulations; each is a few hundred numbers
def timeline_of(calendar: Calendar, holidays: Holidays, begin: date, absences: tuple[Absence, ...] = ()) -> Timeline:
    """The timeline of this calendar, without these absences; made once, as it only ever grows."""
    away = (lambda day: any(absence.covers(day) for absence in absences)) if absences else None
    return Timeline(calendar, holidays, begin, away)


class Timeline:
    """The working time of one calendar from `begin` on, without the days that somebody is away."""

    def __init__(self, calendar: Calendar, holidays: Holidays, begin: date, away: Callable[[date], bool] | None = None) -> None:
        self._calendar_days = _days_of(calendar, holidays)
        self.working = self._calendar_days.working
        self.zone = ZoneInfo(calendar.zone)
        self._away = away
        self._next = begin - timedelta(days=2)  # a shift may run past midnight
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._before: list[float] = []  # seconds worked before each span
        self._day_of: list[int] = []  # per span, which of the days with work it belongs to
        self._days: list[int] = []  # ordinals of days with work
        self._midnights: list[float] = []
        self._first: list[int] = []  # per day with work, its first span
        self._uneven = False  # days are not all 24 hours long: the zone changes its clocks
        self._total = 0.0
        self._idle_days = 0
        self._today, self._today_from, self._today_until = begin, 0.0, 0.0  # what `day` said last
        self._known_until = 0.0
        self._grow()

    def worked(self, moment: float) -> float:
        """Seconds of working time from the beginning to the moment."""
        while moment >= self._known_until:
            self._grow()
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0.0
        end = self._ends[index]
        return self._before[index] + (moment if moment < end else end) - self._starts[index]

    def after(self, moment: float, seconds: float) -> float:
        """The moment when so much working time has passed since the moment."""
        wanted = self.worked(moment) + seconds
        while wanted >= self._total:
            self._grow()
        index = bisect_right(self._before, wanted) - 1
        reached = self._starts[index] + wanted - self._before[index]
        if index and seconds and wanted == self._before[index]:  # the end of a stretch is the same working time as the next one's beginning
            reached = self._ends[index - 1]
        return reached if reached > moment else moment

    def into(self, moment: float) -> float:
        """The moment itself if it lies in working time, else the beginning of the next."""
        while moment >= self._known_until:
            self._grow()
        index = bisect_right(self._starts, moment) - 1
        if index >= 0 and moment < self._ends[index]:
            return moment
        while index + 1 >= len(self._starts):
            self._grow()
        return self._starts[index + 1]

    def open_on(self, moment: float) -> bool:
        """Whether the local day of the moment has working time."""
        day = datetime.fromtimestamp(moment, self.zone).toordinal()
        return bool(self.working.spans(date.fromordinal(day)))

    def at(self, worked: float) -> float:
        """The first moment when so much working time has passed since the beginning."""
        while worked >= self._total:
            self._grow()
        index = bisect_right(self._before, worked) - 1
        return self._starts[index] + worked - self._before[index]

    def due(self, moment: float, limit: Duration) -> float:
        """When the limit is over, as the engine says it."""
        if limit.unit in SECONDS:
            return self.after(moment, int(limit.amount * SECONDS[limit.unit]) // 60 * 60)
        if limit.unit == "d" and limit.amount == int(limit.amount):
            return self._after_days(moment, int(limit.amount))
        return self.working.due_at(datetime.fromtimestamp(moment, UTC), limit)[0].timestamp()

    def day(self, moment: float) -> date:
        """The local day."""
        if not self._today_from <= moment < self._today_until:
            local = datetime.fromtimestamp(moment, self.zone)
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            self._today, self._today_from = local.date(), midnight.timestamp()
            self._today_until = datetime.combine(local.date() + timedelta(days=1), time(), self.zone).timestamp()
        return self._today

    def hour_of_week(self, moment: float) -> int:
        """0 is Monday midnight, 167 Sunday at eleven in the evening, local time."""
        local = datetime.fromtimestamp(moment, self.zone)
        return local.weekday() * 24 + local.hour

    def _after_days(self, moment: float, days: int) -> float:
        """As `WorkingTime`: the same time of day so many working days later, cut to the hours of that day."""
        begin = self.into(moment)
        if not days:
            return begin
        index = self._day_of[bisect_right(self._starts, begin) - 1]
        while index + days >= len(self._days):
            self._grow()
        since_midnight = begin - self._midnights[index]
        if self._uneven or since_midnight >= DAY_SECONDS:
            return self.working.due_at(datetime.fromtimestamp(moment, UTC), Duration(Decimal(days), "d"))[0].timestamp()
        return self._cut(index + days, self._midnights[index + days] + since_midnight)

    def _cut(self, day: int, clock: float) -> float:
        """The latest working moment of the day that is not after the clock, but not before the day's work begins."""
        first = self._first[day]
        last = self._first[day + 1] if day + 1 < len(self._first) else len(self._starts)
        span = bisect_right(self._starts, clock, first, last) - 1
        return min(clock, self._ends[span]) if span >= first else self._starts[first]

    def _grow(self) -> None:
        for _ in range(GROWS_BY_DAYS):
            self._idle_days = 0 if self._add(self._next) else self._idle_days + 1
            self._next += timedelta(days=1)
        midnight = datetime(self._next.year, self._next.month, self._next.day, tzinfo=self.zone)
        self._known_until = midnight.timestamp() - 86_400
        if self._idle_days > LONGEST_SEARCH_DAYS:
            raise ValueError("this calendar has no working time")

    def _add(self, day: date) -> bool:
        midnight, spans = self._calendar_days.of(day)
        if not spans or (self._away is not None and self._away(day)):
            return False
        self._uneven = self._uneven or (midnight - (self._midnights[0] if self._midnights else midnight)) % DAY_SECONDS != 0
        self._midnights.append(midnight)
        self._first.append(len(self._starts))
        for start, end in spans:
            self._day_of.append(len(self._days))
            self._starts.append(start)
            self._ends.append(end)
            self._before.append(self._total)
            self._total += end - start
        self._days.append(day.toordinal())
        return True
