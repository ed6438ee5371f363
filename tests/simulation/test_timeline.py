"""Working time as one axis says what the calendars of the engine say, on every day and for every limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.engine.calendars import Holidays, WorkingTime
from orderway.simulation.timeline import Timeline
from orderway.standard.document import Calendar, Duration

OFFICE = tuple(((9 * 60, 12 * 60), (13 * 60, 18 * 60)) if day < 5 else () for day in range(7))
NIGHT = tuple(((22 * 60, 30 * 60),) if day < 6 else () for day in range(7))
CALENDARS = [
    Calendar("china", "Asia/Shanghai", OFFICE, "CN"),
    Calendar("berlin", "Europe/Berlin", OFFICE, "DE"),
    Calendar("night", "Europe/Berlin", NIGHT),
    Calendar("open", "UTC", ((((0, 24 * 60)),),) * 7),
]
HOLIDAYS = Holidays()
LINES = {calendar.id: Timeline(calendar, HOLIDAYS, date(2026, 1, 1)) for calendar in CALENDARS}
MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes))
LIMITS = st.sampled_from([("m", 30), ("h", 4), ("h", 40), ("d", 1), ("d", 2), ("d", 10), ("d", 0.5), ("mo", 1)])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CALENDARS), MOMENTS, LIMITS)
def test_a_limit_is_over_when_the_engine_says_so(calendar, moment, limit):
    duration = Duration(Decimal(str(limit[1])), limit[0])

    due = LINES[calendar.id].due(moment.timestamp(), duration)

    assert datetime.fromtimestamp(due, UTC) == WorkingTime(calendar, HOLIDAYS).due_at(moment, duration)[0]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CALENDARS), MOMENTS, st.integers(1, 5_000))
def test_the_time_worked_between_two_moments_is_that_of_the_engine(calendar, moment, minutes):
    line, working = LINES[calendar.id], WorkingTime(calendar, HOLIDAYS)
    end = moment + timedelta(minutes=minutes)

    assert (line.worked(end.timestamp()) - line.worked(moment.timestamp())) // 60 == working.elapsed(moment, end)
    assert line.after(moment.timestamp(), minutes * 60) == working.after_minutes(moment, minutes).timestamp()
    assert line.into(moment.timestamp()) == working.into_working_time(moment).timestamp()


def test_a_person_who_is_away_has_no_working_time_that_day():
    line = Timeline(CALENDARS[0], HOLIDAYS, date(2026, 3, 2), lambda day: day == date(2026, 3, 3))
    monday_evening = datetime(2026, 3, 2, 10, 0, tzinfo=UTC).timestamp()

    assert line.into(monday_evening) == datetime(2026, 3, 4, 1, 0, tzinfo=UTC).timestamp()


def test_a_calendar_without_hours_is_refused_instead_of_searched_for_ever():
    with pytest.raises(ValueError, match="no working time"):
        Timeline(Calendar("never", "UTC", ((),) * 7), HOLIDAYS, date(2026, 1, 1)).after(0, 60)
