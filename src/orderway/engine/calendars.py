"""Working time: when a limit is over, and how much working time lies between two moments. Computes in UTC, never asks a clock."""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import holidays as published_holidays

from orderway.standard.document import Calendar, Duration

DayKind = Literal["holiday", "makeup", "plain"]

# Countries whose days off are announced anew each year; elsewhere the law fixes them for every year.
ANNOUNCED_YEARLY = frozenset({"CN"})
COUNTRIES = "holidays.countries"
LONGEST_SEARCH_DAYS = 3_700  # ten years without a working day: the calendar has no hours


class Holidays:
    """Which days of a country are off, which are make-up workdays, and which years are published.

    Remembers what it looked up; `times` is where `scheduling` remembers due times: one object serves one process.
    """

    def __init__(self) -> None:
        self._years: dict[tuple[str, int], tuple[frozenset[date], frozenset[date], bool]] = {}
        self._working: dict[tuple[str, str], WorkingTime] = {}
        self.times: dict[tuple[str, str, datetime], tuple[datetime, bool, tuple[tuple[int, datetime], ...]]] = {}

    def day(self, country: str, day: date) -> DayKind:
        """What kind of day it is; every day of a year that is not published is plain: its days off would be guesses."""
        off, makeup, _ = self._year(country, day.year)
        return "makeup" if day in makeup else "holiday" if day in off else "plain"

    def working_time(self, calendar: Calendar, owner: str) -> WorkingTime:
        """The working time of a calendar of the standard with hash `owner`, made once."""
        known = self._working.get((owner, calendar.id))
        if known is None:
            known = self._working[owner, calendar.id] = WorkingTime(calendar, self)
        return known

    def published(self, country: str, year: int) -> bool:
        """Whether the holidays of the year are announced."""
        return self._year(country, year)[2]

    def _year(self, country: str, year: int) -> tuple[frozenset[date], frozenset[date], bool]:
        known = self._years.get((country, year))
        if known is None:
            known = self._years[country, year] = _looked_up(country, year)
        return known


def _spare_the_other_countries() -> None:
    """Let the library load its countries one by one: the package that they are in loads all 250, 8 MB in every process, at the first."""
    if COUNTRIES not in sys.modules:
        package = ModuleType(COUNTRIES)
        package.__path__ = [str(Path(published_holidays.__path__[0]) / "countries")]
        sys.modules[COUNTRIES] = package


def _looked_up(country: str, year: int) -> tuple[frozenset[date], frozenset[date], bool]:
    """Days off, make-up workdays and whether they are published, of one year."""
    _spare_the_other_countries()
    found = published_holidays.country_holidays(country, years=year)
    if country in ANNOUNCED_YEARLY and year not in found.special_public_holidays:
        return frozenset(), frozenset(), False
    off = frozenset(day for day in found if day.year == year)
    makeup = frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
    return off - makeup, makeup, True


class Span(NamedTuple):
    """A stretch of working time on one day, in UTC."""

    start: datetime
    end: datetime


class WorkingTime:
    """The working time of one calendar."""

    def __init__(self, calendar: Calendar, holidays: Holidays) -> None:
        self._calendar = calendar
        self._zone = ZoneInfo(calendar.zone)
        self._holidays = holidays
        self._spans: dict[date, tuple[Span, ...]] = {}

    def due_at(self, start: datetime, limit: Duration) -> tuple[datetime, bool]:
        """When the limit is over, in UTC, and whether that is provisional because a year on the way is not published.

        `d` counts working days and is cut to the hours of the day it ends on; `h`, `m` count working time only; `mo`, `y` are calendar
        months and years, moved forward into working time.
        """
        if limit.unit == "d":
            due = self._after_days(start, limit.amount)
        elif limit.unit in ("h", "m"):
            due = self.after_minutes(start, int(limit.amount * (60 if limit.unit == "h" else 1)))
        else:
            due = self.into_working_time(self._after_months(start, int(limit.amount * (12 if limit.unit == "y" else 1))))
        return due, not self.published(start, due)

    def into_working_time(self, moment: datetime) -> datetime:
        """The moment itself if it lies in working time, else the beginning of the next working time."""
        span = next(self._spans_from(moment))
        return max(span.start, moment.astimezone(UTC))

    def after_minutes(self, start: datetime, minutes: int) -> datetime:
        """The moment when so many minutes of working time have passed."""
        return self._after(start, timedelta(minutes=minutes))

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Minutes of working time between two moments, rounded down."""
        return int(self._worked(start, end).total_seconds() // 60)

    def elapsed_days(self, start: datetime, end: datetime) -> Decimal:
        """The sum over days of worked part / that day's hours."""
        total = Decimal(0)
        day, last = self._local(start).date(), self._local(end).date()
        while day <= last:
            hours = sum((span.end - span.start for span in self.spans(day)), timedelta())
            if hours:
                worked = sum((_overlap(span, start, end) for span in self.spans(day)), timedelta())
                total += Decimal(int(worked.total_seconds())) / Decimal(int(hours.total_seconds()))
            day += timedelta(days=1)
        return total

    def share(self, start: datetime, due: datetime, percent: int) -> datetime:
        """The moment when `percent` of the working time between `start` and `due` is over; may lie beyond due."""
        if percent == 100:
            return due.astimezone(UTC)
        seconds = int(self._worked(start, due).total_seconds()) * percent // 100
        return self._after(start, timedelta(seconds=seconds))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working time of a local day, in UTC."""
        known = self._spans.get(day)
        if known is None:
            known = self._spans[day] = tuple(self._span(day, begin, end) for begin, end in self._hours(day))
        return known

    @cached_property
    def _country(self) -> str | None:
        return self._calendar.holidays

    def _hours(self, day: date) -> tuple[tuple[int, int], ...]:
        plain = self._calendar.hours[day.weekday()]
        if self._country is None:
            return plain
        kind = self._holidays.day(self._country, day)
        if kind == "holiday":
            return ()
        return plain or self._calendar.hours[0] if kind == "makeup" else plain

    def _span(self, day: date, begin: int, end: int) -> Span:
        return Span(self._moment(day, begin), self._moment(day, end))

    def _moment(self, day: date, minutes: int) -> datetime:
        """A wall-clock time of a local day; 24:00 is midnight of the next."""
        day += timedelta(days=minutes // (24 * 60))
        minutes %= 24 * 60
        return datetime.combine(day, time(minutes // 60, minutes % 60), self._zone).astimezone(UTC)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)

    def _spans_from(self, moment: datetime) -> Iterator[Span]:
        """Stretches of working time that end after the moment, in order."""
        day = self._local(moment).date() - timedelta(days=1)  # a shift may run past midnight
        idle = 0
        while idle < LONGEST_SEARCH_DAYS:
            spans = [span for span in self.spans(day) if span.end > moment]
            idle = 0 if spans else idle + 1
            yield from spans
            day += timedelta(days=1)
        raise self._never()

    def _after(self, start: datetime, worked: timedelta) -> datetime:
        for span in self._spans_from(start):
            begin = max(span.start, start)
            if worked <= span.end - begin:
                return (begin + worked).astimezone(UTC)
            worked -= span.end - begin
        raise self._never()

    def _worked(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta()
        if end <= start:
            return total
        for span in self._spans_from(start):
            if span.start >= end:
                break
            total += _overlap(span, start, end)
        return total

    def _after_days(self, start: datetime, days: Decimal) -> datetime:
        """The same time N working days later, cut to that day's hours; a fraction of a day is that part of the last day's hours."""
        begin = self.into_working_time(start)
        local = self._local(begin)
        day, left = local.date(), int(days)
        while left:
            day += timedelta(days=1)
            left -= bool(self.spans(day))
        clock = datetime.combine(day, local.time(), self._zone).astimezone(UTC)
        due = _cut(self.spans(day), clock) if int(days) else begin
        rest = days - int(days)
        if not rest:
            return due
        hours = sum((span.end - span.start for span in self.spans(day)), timedelta())
        return self._after(due, timedelta(seconds=int(Decimal(int(hours.total_seconds())) * rest)))

    def _after_months(self, start: datetime, months: int) -> datetime:
        local = self._local(start)
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        return datetime.combine(date(year, month + 1, day), local.time(), self._zone).astimezone(UTC)

    def published(self, start: datetime, due: datetime) -> bool:
        """Whether the holidays of every year between the two moments are announced."""
        if self._country is None:
            return True
        years = range(self._local(start).year, self._local(due).year + 1)
        return all(self._holidays.published(self._country, year) for year in years)

    def _never(self) -> ValueError:
        return ValueError(f"calendar {self._calendar.id} has no working time")


def _overlap(span: Span, start: datetime, end: datetime) -> timedelta:
    return max(min(span.end, end) - max(span.start, start), timedelta())


def _cut(spans: tuple[Span, ...], moment: datetime) -> datetime:
    """The latest working moment of the day that is not after `moment`, but not before the day's work begins."""
    if moment <= spans[0].start:
        return spans[0].start
    return max(min(moment, span.end) for span in spans if span.start <= moment)
