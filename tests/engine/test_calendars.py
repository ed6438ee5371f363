"""Working time: deadlines as a person at the wall clock would count them, in six zones and over every odd day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.standards import OFFICE
from orderway.engine.calendars import Holidays, WorkingTime
from orderway.standard.document import Calendar, Duration

HOLIDAYS = Holidays()
DAY = ((540, 720), (780, 1080))  # 9-12 and 13-18: eight hours
ROUND_THE_CLOCK = ((0, 1440),)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")


def working(zone: str = "Asia/Shanghai", country: str | None = "CN", days: tuple[tuple[tuple[int, int], ...], ...] = ()) -> WorkingTime:
    return WorkingTime(Calendar("office", zone, days or (DAY,) * 5 + ((), ()), country), HOLIDAYS)


def limit(text: str) -> Duration:
    unit = text.lstrip("0123456789.")
    return Duration(Decimal(text.removesuffix(unit)), unit)  # type: ignore[arg-type]


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2026-02-13 17:00", "2d", "2026-02-24 17:00"),  # RULES 31: the make-up Saturday counts, nine days of holiday do not
        ("2026-02-13 17:00", "1d", "2026-02-14 17:00"),
        ("2026-03-02 10:00", "1d", "2026-03-03 10:00"),
        ("2026-03-06 10:00", "1d", "2026-03-09 10:00"),  # over a weekend
        ("2026-03-07 10:00", "1d", "2026-03-10 09:00"),  # moved forward to Monday morning first
        ("2026-03-02 12:30", "1d", "2026-03-03 13:00"),  # in the break: the afternoon begins
        ("2026-03-02 20:00", "1d", "2026-03-04 09:00"),
        ("2026-03-02 10:00", "4h", "2026-03-02 15:00"),  # the break does not count
        ("2026-03-02 16:00", "4h", "2026-03-03 11:00"),
        ("2026-03-02 16:00", "2h", "2026-03-02 18:00"),
        ("2026-03-02 17:50", "30m", "2026-03-03 09:20"),
        ("2026-09-30 17:00", "1d", "2026-10-08 17:00"),  # the golden week
        ("2026-03-02 10:00", "0.5d", "2026-03-02 15:00"),
        ("2026-01-31 10:00", "1mo", "2026-02-28 10:00"),  # a make-up Saturday
        ("2026-03-02 10:00", "2mo", "2026-05-06 09:00"),  # 2 May is a holiday; 6 May is the next working day
        ("2024-02-29 10:00", "1y", "2025-02-28 10:00"),
    ],
)
def test_a_deadline_in_china(start: str, length: str, due: str) -> None:
    assert working().due_at(local(start), limit(length)) == (local(due), False)


def test_a_day_ends_within_the_hours_of_the_day_it_ends_on() -> None:
    short_friday = (DAY,) * 4 + (((540, 720),), (), ())
    assert working(days=short_friday).due_at(local("2026-03-05 17:00"), limit("1d"))[0] == local("2026-03-06 12:00")
    assert working(days=short_friday).due_at(local("2026-03-06 11:00"), limit("1d"))[0] == local("2026-03-09 11:00")


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_the_make_up_workdays_of_2026_have_mondays_hours_if_they_have_none(day: str) -> None:
    assert HOLIDAYS.day("CN", date.fromisoformat(f"2026-{day}")) == "makeup"
    spans = working().spans(date.fromisoformat(f"2026-{day}"))
    assert [(span.start, span.end) for span in spans] == [
        (local(f"2026-{day} 09:00"), local(f"2026-{day} 12:00")),
        (local(f"2026-{day} 13:00"), local(f"2026-{day} 18:00")),
    ]


def test_a_make_up_workday_with_hours_of_its_own_keeps_them() -> None:
    saturday = (DAY,) * 5 + (((600, 660),), ())
    assert len(working(days=saturday).spans(date(2026, 2, 14))) == 1


def test_a_year_that_is_not_published_is_provisional_and_treated_as_plain_weekdays() -> None:
    assert not HOLIDAYS.published("CN", 2027)
    assert working().due_at(local("2026-12-31 17:00"), limit("1d")) == (local("2027-01-01 17:00"), True)
    assert working().due_at(local("2026-12-30 17:00"), limit("1d")) == (local("2026-12-31 17:00"), False)
    assert working(country=None).due_at(local("2026-12-31 17:00"), limit("1d")) == (local("2027-01-01 17:00"), False)


def test_where_the_law_fixes_holidays_no_year_is_provisional() -> None:
    assert working("Europe/Berlin", "DE").due_at(local("2038-01-18 17:00", "Europe/Berlin"), limit("2d"))[1] is False


@pytest.mark.parametrize("zone", ZONES)
def test_the_same_limit_is_the_same_wall_clock_time_in_every_zone(zone: str) -> None:
    assert working(zone, None).due_at(local("2026-03-06 17:00", zone), limit("2d"))[0] == local("2026-03-10 17:00", zone)
    assert working(zone, None).due_at(local("2026-03-06 16:00", zone), limit("4h"))[0] == local("2026-03-09 11:00", zone)


@pytest.mark.parametrize(
    ("start", "hours", "days"),
    [
        ("2026-03-07 12:00", "2026-03-08 13:00", "2026-03-08 12:00"),  # RULES 32: spring forward
        ("2026-10-31 12:00", "2026-11-01 11:00", "2026-11-01 12:00"),  # autumn back
    ],
)
def test_hours_elapse_and_days_keep_the_wall_clock_over_daylight_saving(start: str, hours: str, days: str) -> None:
    zone = "America/New_York"
    always = working(zone, None, (ROUND_THE_CLOCK,) * 7)
    assert always.due_at(local(start, zone), limit("24h"))[0] == local(hours, zone)
    assert always.due_at(local(start, zone), limit("1d"))[0] == local(days, zone)


def test_leap_day_year_end_and_2038() -> None:
    plain = working("UTC", None)
    assert plain.due_at(local("2028-02-28 17:00", "UTC"), limit("1d"))[0] == local("2028-02-29 17:00", "UTC")
    assert plain.due_at(local("2026-12-31 17:30", "UTC"), limit("1h"))[0] == local("2027-01-01 09:30", "UTC")
    assert plain.due_at(local("2038-01-18 17:30", "UTC"), limit("1h"))[0] == local("2038-01-19 09:30", "UTC")


def test_a_shift_may_run_past_midnight() -> None:
    night = working("UTC", None, (((1320, 1440 + 360),),) * 7)
    assert night.due_at(local("2026-03-02 23:00", "UTC"), limit("4h"))[0] == local("2026-03-03 03:00", "UTC")
    assert night.due_at(local("2026-03-03 05:00", "UTC"), limit("2h"))[0] == local("2026-03-03 23:00", "UTC")


def test_elapsed_working_time_leaves_breaks_nights_and_holidays_out() -> None:
    assert working().elapsed(local("2026-02-13 17:00"), local("2026-02-24 10:00")) == 60 + 480 + 60
    assert working().elapsed(local("2026-02-24 10:00"), local("2026-02-13 17:00")) == 0
    assert working().elapsed_days(local("2026-02-13 14:00"), local("2026-02-24 11:00")) == Decimal("0.5") + 1 + Decimal("0.25")


def test_shares_of_the_time_between_opening_and_due_may_lie_beyond_due() -> None:
    office, start = working(), local("2026-03-02 09:00")
    due = office.due_at(start, limit("1d"))[0]
    assert due == local("2026-03-03 09:00")
    assert office.share(start, due, 50) == local("2026-03-02 14:00")
    assert office.share(start, due, 100) == due
    assert office.share(start, due, 200) == local("2026-03-03 18:00")


def test_a_calendar_without_hours_is_a_bug_and_says_so() -> None:
    with pytest.raises(ValueError, match="office has no working time"):
        working("UTC", None, ((),) * 7).due_at(local("2026-03-02 09:00", "UTC"), limit("1h"))


moments = st.integers(0, 430_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(start=moments, minutes=st.integers(1, 6000), zone=st.sampled_from(ZONES))
def test_after_so_many_minutes_so_many_have_elapsed(start: datetime, minutes: int, zone: str) -> None:
    office = working(zone, "CN")
    assert office.elapsed(start, office.after_minutes(start, minutes)) == minutes


@given(start=moments, days=st.integers(1, 30), zone=st.sampled_from(ZONES), more=st.integers(0, 5000))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(start: datetime, days: int, zone: str, more: int) -> None:
    office = working(zone, "CN")
    due = office.due_at(start, Duration(Decimal(days), "d"))[0]
    assert office.due_at(start + timedelta(minutes=more), Duration(Decimal(days), "d"))[0] >= due
    assert office.due_at(start, Duration(Decimal(days + 1), "d"))[0] > due
    assert office.elapsed(due - timedelta(minutes=1), due + timedelta(minutes=1)) >= 1


def test_office_of_the_other_tests_is_this_calendar() -> None:
    assert (OFFICE.zone, OFFICE.holidays, OFFICE.hours[0]) == ("Asia/Shanghai", "CN", DAY)
