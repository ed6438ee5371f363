"""The ranges of days that a page or a review looks at. Knows no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from orderway.pages import fields

CHOICES = {
    "30d": _("last 30 days"),
    "90d": _("last 90 days"),
    "month": _("this month"),
    "last_month": _("last month"),
    "quarter": _("this quarter"),
    "last_quarter": _("last quarter"),
    "year": _("this year"),
    "all": _("everything"),
}
USUAL = "90d"
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included; `key` is the choice, "" for days of one's own."""

    key: str
    since: date
    until: date


def period_of(chosen: Mapping[str, str], today: date) -> Period:
    """The period of a query string; the usual one where it names none that can be."""
    since, until = fields.day_if_any(chosen.get("since", "")), fields.day_if_any(chosen.get("until", ""))
    if since and until and since <= until:
        return Period("", since, until)
    key = chosen.get("period", USUAL)
    return Period(key, *_range(key, today)) if key in CHOICES else Period(USUAL, *_range(USUAL, today))


def month_before(today: date) -> Period:
    """The last whole month."""
    return Period("last_month", *_range("last_month", today))


def quarter_before(today: date) -> Period:
    """The last whole quarter."""
    return Period("last_quarter", *_range("last_quarter", today))


def context(period: Period) -> dict[str, object]:
    """What the form of a period needs, and `query`, which leads to the same period again."""
    since = "" if period.since == EARLIEST else period.since.isoformat()
    until = period.until.isoformat()
    query = f"?period={period.key}" if period.key else f"?since={since}&until={until}"
    return {"period": period, "choices": CHOICES.items(), "since": since, "until": until, "query": query}


def _range(key: str, today: date) -> tuple[date, date]:
    month = today.replace(day=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    day = timedelta(days=1)
    return {
        "30d": (today - 29 * day, today),
        "90d": (today - 89 * day, today),
        "month": (month, today),
        "last_month": ((month - day).replace(day=1), month - day),
        "quarter": (quarter, today),
        "last_quarter": (_months_before(quarter, 3), quarter - day),
        "year": (date(today.year, 1, 1), today),
        "all": (EARLIEST, today),
    }[key]


def _months_before(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(year, month + 1, 1)
