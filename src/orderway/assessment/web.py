"""One's own scorecard and the tasks behind it. A person's figures are theirs first: these pages show nobody else's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from orderway.assessment import reading, showing, standing
from orderway.assessment.models import DoneTask
from orderway.assessment.rules.judging import Excuse, Quality, Rework, Time
from orderway.assessment.rules.shares import FEWEST
from orderway.measures import periods
from orderway.measures.periods import Period
from orderway.orders import asking
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of

MINUTE = 60


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task behind a scorecard, in words; `left_out`: it counts nowhere."""

    task: DoneTask
    at: datetime
    work: str
    time: str
    late: bool
    excuse: str
    quality: str
    wrong: bool
    rework: str
    left_out: bool


@needs("scorecard.read")
@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """My scorecard of a period."""
    person, today = asking.person_of(request), timezone.localdate()
    period = periods.period_of(request.GET.dict(), today)
    card = reading.cards(period.since, period.until, [person.pk])[person.pk]
    context = period_context(period) | {
        "card": card,
        "fewest": FEWEST,
        "figures": showing.figures(card) if card.shown else [],
        "volume": showing.volume(card),
        "system": showing.system_causes(card),
        "personal": showing.personal_causes(card, reading.causes(person.pk, period.since, period.until)) if card.shown else [],
        "standing": standing.of_people([person.pk], today)[person.pk],
    }
    return render(request, "assessment/scorecard.html", context)


@needs("scorecard.read")
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The tasks that my scorecard of a period counts."""
    person = asking.person_of(request)
    period = periods.period_of(request.GET.dict(), timezone.localdate())
    page = page_of(reading.tasks(person.pk, period.since, period.until), request)
    out = {pk for pk, _person in reading.objections(period.since, period.until, person.pk)}
    return render(request, "assessment/tasks.html", period_context(period) | {"page": page, "rows": rows_of(page.rows, out)})


def period_context(period: Period) -> dict[str, object]:
    """What the form of the period needs."""
    since = "" if period.since == periods.EARLIEST else period.since.isoformat()
    until = period.until.isoformat()
    query = f"?period={period.key}" if period.key else f"?since={since}&until={until}"
    return {"period": period, "choices": periods.CHOICES.items(), "since": since, "until": until, "query": query}


def rows_of(found: Iterable[DoneTask], left_out: set[int]) -> list[TaskRow]:
    """Tasks in words."""
    names = showing.Words()
    return [_row(one, names, one.pk in left_out) for one in found]


def _row(one: DoneTask, names: showing.Words, left_out: bool) -> TaskRow:
    quality = Quality(one.quality)
    said = str(showing.QUALITIES.get(quality, ""))
    if quality >= Quality.SENT_BACK:
        said = f"{said}: {names.cause(one.alike.standard_id, one.cause, quality)}"
    return TaskRow(
        one,
        datetime.fromtimestamp(one.done * MINUTE, UTC),
        names.work((one.alike.standard_id, one.alike.stage, one.alike.item)),
        str(showing.TIMES[one.time]),
        one.time == Time.LATE,
        str(showing.ONE_EXCUSE.get(Excuse(one.excuse), "")),
        said,
        quality >= Quality.SENT_BACK,
        str(showing.REWORKS.get(Rework(one.rework), "")),
        left_out,
    )


urlpatterns = [path("", scorecard, name="scorecard"), path("tasks", tasks, name="scorecard_tasks")]
