"""Working hours in one line, as a setting takes them and pages show them: ``mon-fri 08:00-12:00 13:00-17:00; sat 08:00-12:00``."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOME_DAYS = re.compile(rf"^({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?$")
SPAN = re.compile(r"^(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)$")
DAY_MINUTES, LATEST = 24 * 60, 48 * 60

Spans = tuple[tuple[int, int], ...]
Week = tuple[Spans, ...]


def read(text: str) -> Week | None:
    """The week's spans in minutes since midnight, Monday first; None if the text says something else or no hours at all."""
    week: list[Spans] = [()] * 7
    for part in text.lower().split(";"):
        days, *spans = part.split() or [""]
        found = SOME_DAYS.match(days)
        minutes = tuple(minute for span in spans if (minute := _span(span)) is not None)
        if not found or not spans or len(minutes) != len(spans) or not _in_order(minutes):
            return None
        first = DAYS.index(found[1])
        last = DAYS.index(found[2] or found[1])
        for day in range(first, last + 1):
            week[day] = minutes
        if last < first:
            return None
    return tuple(week)


def said(week: Week) -> str:
    """The same as text."""
    parts = []
    for spans, days in groupby(range(7), key=lambda day: week[day]):
        found = list(days)
        if spans:
            names = DAYS[found[0]] if len(found) == 1 else f"{DAYS[found[0]]}-{DAYS[found[-1]]}"
            parts.append(f"{names} {' '.join(f'{_clock(begin)}-{_clock(end)}' for begin, end in spans)}")
    return "; ".join(parts)


def _span(text: str) -> tuple[int, int] | None:
    found = SPAN.match(text)
    if not found:
        return None
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return (begin, end) if begin < end <= LATEST and begin < DAY_MINUTES else None


def _in_order(spans: Spans) -> bool:
    return all(before[1] <= after[0] for before, after in pairwise(spans))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
