"""When a version is due to be read again by its owner (ISO 9001, 7.5.2). Reminds nobody; the pages do."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Person
from orderway.releases.control import require
from orderway.releases.models import Review, Version
from orderway.releases.refusals import NoReason
from orderway.standard.document import Duration, Standard

MONTHS_A_YEAR = 12


def next_review(standard: Standard, since: date | None) -> date | None:
    """The day of the next review of a version that is in force, or was last reviewed, since that day; None if none is planned."""
    if since is None or standard.review_every is None:
        return None
    return after(since, standard.review_every)


def after(day: date, length: Duration) -> date:
    """So many calendar months or years later; the last day of a month that is too short. Working units count as calendar days."""
    if length.unit not in ("mo", "y"):
        return day + timedelta(days=max(1, round(length.amount)))
    months = round(length.amount * (MONTHS_A_YEAR if length.unit == "y" else 1))
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(version: Version, standard: Standard) -> date | None:
    """The next review of a version: counted from its last one, else from the day it came into force; None unless it is in force."""
    if version.status != Version.Status.EFFECTIVE or version.effective_at is None:
        return None
    last = Review.objects.filter(version=version).order_by("-at").values_list("at", flat=True).first()
    return next_review(standard, localdate(last or version.effective_at))


def due_dates(versions: Sequence[tuple[Version, Standard]]) -> dict[int, date | None]:
    """The next review of every version in force, by primary key; one statement."""
    alive = {version.pk: (version, standard) for version, standard in versions if version.status == Version.Status.EFFECTIVE}
    last: dict[int, datetime] = {pk: version.effective_at for pk, (version, _) in alive.items() if version.effective_at}
    last.update(Review.objects.filter(version__in=alive).order_by("at").values_list("version_id", "at"))
    return {pk: next_review(alive[pk][1], localdate(at)) for pk, at in last.items()}


def review(version: Version, standard: Standard, outcome: str, note: str, *, by: Person, now: datetime) -> Review:
    """Note that the owner read the version again. What needs a change says which. Refused with NotTheirs or NoReason."""
    require(standard, by, "standard.review")
    outcome = Review.Outcome(outcome)
    if outcome == Review.Outcome.CHANGE and not note.strip():
        raise NoReason(field="note")
    with transaction.atomic():
        made = Review.objects.create(version=version, by=by, at=now, outcome=outcome, note=note.strip()[:500])
        payload = writing.canonical({"outcome": str(outcome), "note": made.note})
        writing.append([NewEntry("release", str(version), now, "review", by.key, payload)])
    return made
