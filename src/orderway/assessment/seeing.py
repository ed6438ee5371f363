"""Who may see whose scorecard: its person always, the lead of the group once a month or quarter is over and its days of grace are, or
sooner if its person releases it. Nobody else, an administrator included. Counts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from orderway.assessment.models import Release
from orderway.assessment.refusals import NotAPeriod, NotOpenYet, NotTheLead
from orderway.masterdata import people, presence, rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty

GRACE_DAYS = 14  # after the end of a period its person alone has it, time enough to look and to object
MONTHS_SHOWN, QUARTERS_SHOWN = 6, 2
KEY = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True, slots=True)
class Whole:
    """A month ("2026-03") or quarter ("2026-Q1"), both days included."""

    key: str
    since: date
    until: date

    @property
    def opens_on(self) -> date:
        """The first day on which the lead sees it without a release."""
        return self.until + timedelta(days=GRACE_DAYS + 1)


def whole(key: str, today: date) -> Whole:
    """The month or quarter of this key. Refused with NotAPeriod if it is none, or not over."""
    found = KEY.fullmatch(key)
    if found is None or found[1] < "2000":
        raise NotAPeriod(field="period", period=key[:20])
    first, months = (int(found[2]), 1) if found[2] else (3 * int(found[3]) - 2, 3)
    since = date(int(found[1]), first, 1)
    until = _month_after(since, months) - timedelta(days=1)
    if until >= today:
        raise NotAPeriod(field="period", period=key)
    return Whole(key, since, until)


def shown(today: date) -> list[Whole]:
    """The last months and quarters that are over, the newest first."""
    month = today.replace(day=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    starts = [(_month_after(month, -n), 1) for n in range(1, MONTHS_SHOWN + 1)]
    starts += [(_month_after(quarter, -3 * n), 3) for n in range(1, QUARTERS_SHOWN + 1)]
    return [Whole(_key(since, months), since, _month_after(since, months) - timedelta(days=1)) for since, months in starts]


def open_to_lead(wanted: Collection[int], period: Whole, today: date) -> set[int]:
    """Of these people, those whose lead may see this period now; at most one statement."""
    if today >= period.opens_on:
        return set(wanted)
    rows = Release.objects.filter(person__in=wanted, since=period.since, until=period.until)
    return set(rows.values_list("person_id", flat=True))


def released(person: int) -> set[tuple[date, date]]:
    """The periods that a person released."""
    return set(Release.objects.filter(person=person).values_list("since", "until"))


def require(viewer: Person, person: Person, period: Whole, today: date) -> None:
    """Refuse with NotTheLead or NotOpenYet who may not see this scorecard."""
    duties = {Duty.HOLDER} if viewer.pk == person.pk else {Duty.LEAD} if person.pk in presence.led_by(viewer) else set()
    if not rights.allows(duties, "scorecard.see"):
        raise NotTheLead(person=person.name)
    if Duty.HOLDER not in duties and person.pk not in open_to_lead([person.pk], period, today):
        raise NotOpenYet(person=person.name, period=period.key, day=period.opens_on.isoformat())


def release(key: str, *, by: Person, now: datetime) -> None:
    """Let one's lead see a period before its days of grace are over. Twice changes nothing. Refused with NotAPeriod."""
    period = whole(key, timezone.localdate(now))
    with transaction.atomic():
        _row, new = Release.objects.get_or_create(person=by, since=period.since, until=period.until, defaults={"at": now})
        if new:
            people.note(people.SUBJECT, by.key, "release_scorecard", by.key, now, {"period": key})


def _month_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _key(since: date, months: int) -> str:
    return f"{since:%Y-%m}" if months == 1 else f"{since.year}-Q{(since.month + 2) // 3}"
