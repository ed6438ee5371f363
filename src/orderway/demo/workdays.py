"""When people of the demo company work: the slots of a working day, and when work begun now is done. Asks no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orderway.demo.chances import Chances
from orderway.engine.calendars import Holidays, WorkingTime
from orderway.standard.vocabulary import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
NINE, NOON, ONE, SIX = 9 * 60, 12 * 60, 13 * 60, 18 * 60
EIGHT, EVENING = 8 * 60, 20 * 60
OFFICE = Calendar("office", ZONE.key, (((NINE, NOON), (ONE, SIX)),) * 5 + ((),) * 2, "CN")
WAREHOUSE = Calendar("warehouse", ZONE.key, (((EIGHT, EVENING),),) * 6 + ((),), "CN")
SLOTS = (time(9, 0), time(10, 50), time(13, 45), time(15, 40))
AFTERNOON = 2
SHIFT_MINUTES = 15  # how much later a slot may be on a day
WAREHOUSE_ACTS = frozenset({"delivery.pick", "delivery.hand_over"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment at which work is done, in UTC; `number` counts within its day. `office` is False when only the warehouse works."""

    at: datetime
    day: date
    number: int
    office: bool

    @property
    def morning(self) -> bool:
        """Whether it is the first of its day."""
        return self.number == 0

    @property
    def afternoon(self) -> bool:
        """Whether it is the first after noon."""
        return self.number == AFTERNOON


class Workdays:
    """The working time of office and warehouse."""

    def __init__(self) -> None:
        holidays = Holidays()
        self._office, self._warehouse = WorkingTime(OFFICE, holidays), WorkingTime(WAREHOUSE, holidays)

    def is_office_day(self, day: date) -> bool:
        """Whether the office works on this day."""
        return bool(self._office.spans(day))

    def office_days(self, since: date, until: date) -> list[date]:
        """The office's working days, both ends included."""
        days = (since + timedelta(days=number) for number in range((until - since).days + 1))
        return [day for day in days if self.is_office_day(day)]

    def after(self, start: datetime, minutes: int, act: str = "") -> datetime:
        """When so many minutes of the working time of those who do this act are over."""
        working = self._warehouse if act in WAREHOUSE_ACTS else self._office
        return working.after_minutes(start, minutes)

    def days_after(self, day: date, count: int) -> date:
        """The office day that lies so many office days after this one."""
        while count > 0 or not self.is_office_day(day):
            day += timedelta(days=1)
            count -= self.is_office_day(day)
        return day

    def slots(self, since: datetime, until: datetime, chances: Chances) -> Iterator[Slot]:
        """Every slot after `since` and before `until`, each day at other minutes; on Saturdays there is one."""
        day = since.astimezone(ZONE).date()
        while day <= until.astimezone(ZONE).date():
            office, warehouse = self.is_office_day(day), bool(self._warehouse.spans(day))
            for number, clock in enumerate(SLOTS if office else SLOTS[:1] if warehouse else ()):
                shift = timedelta(minutes=chances.of("slot", day, number).randrange(SHIFT_MINUTES))
                at = datetime.combine(day, clock, ZONE).astimezone(UTC) + shift
                if since < at < until:
                    yield Slot(at, day, number, office)
            day += timedelta(days=1)
