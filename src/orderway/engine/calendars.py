"""Working time: when a limit is over, and how much working time lies between two moments. Computes in UTC, never asks a clock."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from orderway.standard.document import Calendar, Duration


class Holidays:
    """Which days of a country are off, which are make-up workdays, and which years are published. Remembers what it looked up."""

    def day(self, country: str, day: date) -> str:
        """ "holiday", "makeup" or "plain"; every day of a year that is not published is "plain"."""
        raise NotImplementedError

    def published(self, country: str, year: int) -> bool:
        """Whether the holidays of the year are announced."""
        raise NotImplementedError


class WorkingTime:
    """The working time of one calendar."""

    def __init__(self, calendar: Calendar, holidays: Holidays) -> None:
        raise NotImplementedError

    def due_at(self, start: datetime, limit: Duration) -> tuple[datetime, bool]:
        """When the limit is over, in UTC, and whether that is provisional because a year on the way is not published."""
        raise NotImplementedError

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Minutes of working time between two moments, rounded down."""
        raise NotImplementedError

    def elapsed_days(self, start: datetime, end: datetime) -> Decimal:
        """The sum over days of worked part / that day's hours."""
        raise NotImplementedError

    def share(self, start: datetime, due: datetime, percent: int) -> datetime:
        """The moment when `percent` of the working time between `start` and `due` is over; may lie beyond due."""
        raise NotImplementedError
