"""Tasks behind a scorecard in words, as lists and reports show them. Counts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from orderway.assessment import showing
from orderway.assessment.models import DoneTask
from orderway.assessment.rules.judging import Excuse, Quality, Rework, Time

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


def rows_of(found: Iterable[DoneTask], left_out: set[int]) -> list[TaskRow]:
    """Tasks in words."""
    names = showing.Words()
    return [_row(one, names, one.pk in left_out) for one in found]


def _row(one: DoneTask, names: showing.Words, left_out: bool) -> TaskRow:
    quality = Quality(one.quality)
    said = str(showing.QUALITIES.get(quality, ""))
    if quality >= Quality.SENT_BACK:
        said = _("%(part)s: %(label)s") % {"part": said, "label": names.cause(one.alike.standard_id, one.cause, quality)}
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
