"""The report of a period, for an appraisal: figures with what they mean, causes, objections, and every task that they rest on. PDF and CSV.

Prints what `showing` words and adds nothing to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from orderway.assessment import objecting, reading, showing, standing, task_rows
from orderway.assessment.models import DoneTask, Objection
from orderway.assessment.reading import Card
from orderway.assessment.showing import Counted
from orderway.assessment.task_rows import TaskRow
from orderway.masterdata.models import Company, Person
from orderway.measures.periods import EARLIEST
from orderway.measures.review_pages import TEMPLATE
from orderway.pages import languages, printing
from orderway.pages.review_sections import Section, texts_of
from orderway.pages.templatetags.ow import when, worked

TITLES = (
    gettext_lazy("Order"), gettext_lazy("Task"), gettext_lazy("Run"), gettext_lazy("Done"), gettext_lazy("Working minutes"),
    gettext_lazy("Limit in minutes"), gettext_lazy("Time"), gettext_lazy("Cause of the system"), gettext_lazy("Quality"),
    gettext_lazy("Done again"), gettext_lazy("Steps that ask for proof"), gettext_lazy("Steps proven"), gettext_lazy("Criteria waived"),
    pgettext_lazy("task of a scorecard", "Counted"), gettext_lazy("Journal entry"),
)  # fmt: skip


def rows(person: int, since: date, until: date) -> Iterator[list[object]]:
    """Every task of the period as a row of `TITLES`, also those that are left out."""
    for row in _tasks(person, since, until):
        task = row.task
        yield [
            task.order.order.number, row.work, task.run, row.at, task.minutes if task.time else None, task.limit if task.time else None,
            row.time, row.excuse, row.quality, row.rework, task.steps, task.proven, task.waived,
            _("no") if row.left_out else _("yes"), task.sequence,
        ]  # fmt: skip


def pdf(person: Person, since: date, until: date, *, now: datetime, code: str) -> bytes:
    """The report in one of our languages. Raises MissingGlyphs."""
    with translation.override(code):
        sections = list(_sections(person, since, until, now))
        company = Company.objects.first()
        name = str(company.names.get(languages.tag(code), company.name)) if company else ""
        made = _("made on %(when)s") % {"when": when(now)}
        head = [_("Scorecard of %(name)s") % {"name": person.name}, _days(since, until), made, name]
    printing.refuse_missing(texts_of(sections, head), code)
    sent = {"head": head, "sections": [asdict(section) for section in sections], **printing.typesetting(code)}
    return printing.compiled(TEMPLATE, sent)


def _days(since: date, until: date) -> str:
    if since == EARLIEST:
        return _("until %(until)s") % {"until": until.isoformat()}
    return f"{since.isoformat()} – {until.isoformat()}"


def _sections(person: Person, since: date, until: date, now: datetime) -> Iterator[Section]:
    card = reading.cards(since, until, [person.pk])[person.pk]
    yield _figures(card)
    if card.shown:
        yield _counted(_("What lay in one’s own work"), showing.personal_causes(card, reading.causes(person.pk, since, until)))
        yield _counted(_("What lay in the system"), showing.system_causes(card))
        yield _counted(_("What was done"), showing.volume(card))
    found = standing.of_people([person.pk], now.date())[person.pk]
    parts = _("%(part)s of %(whole)s")
    yield Section(
        _("Standing to the standard, today"),
        [],
        ["", pgettext("how many", "Number")],
        [
            [_("Sections of the manual read and acknowledged"), parts % {"part": found.read, "whole": found.sections}],
            [_("Stages of one’s own with a valid certificate"), parts % {"part": found.certified, "whole": found.stages}],
        ],
    )
    objections = [one for one in objecting.of_person(person.pk) if since <= one.day <= until]
    if objections:
        yield _objections(objections)
    yield _listed(list(_tasks(person.pk, since, until)))


def _figures(card: Card) -> Section:
    title = _("Figures")
    if not card.shown:
        few = _("%(n)d tasks in this period: too few to judge.") % {"n": card.tasks}
        return Section(title, [few])
    said = [
        _("Shares stand with their number and the range in which chance alone may have put them. Of twenty people without any difference, "
          "one is shown with one: a single figure decides nothing."),
        *(_("%(part)s: %(label)s") % {"part": one.title, "label": one.meaning} for one in showing.figures(card)),
    ]  # fmt: skip
    if card.left_out:
        said.append(_("Left out because of objections: %(number)d.") % {"number": card.left_out})
    head = [_("Figure"), _("Value"), pgettext("how many", "Number"), _("Range"), _("Beside like work")]
    return Section(
        title, said, head, [[one.title, one.value or "–", one.counted, one.interval, one.verdict] for one in showing.figures(card)]
    )


def _counted(title: str, found: Sequence[Counted]) -> Section:
    if not found:
        return Section(title, [_("Nothing of the kind in this period.")])
    return Section(title, [], ["", pgettext("how many", "Number")], [[one.text, str(one.number)] for one in found])


def _objections(found: Iterable[Objection]) -> Section:
    states = {None: _("not decided yet"), True: _("upheld: the task is left out"), False: _("rejected: the task counts")}
    table = [[one.order.number, states[one.upheld], one.decided_by.name if one.decided_by else ""] for one in found]
    return Section(_("Objections"), [], [_("Order"), _("Decision"), _("Decided by")], table)


def _listed(found: Sequence[TaskRow]) -> Section:
    head = [_("Task"), _("Done"), _("Time"), _("Quality"), pgettext("task of a scorecard", "Counted")]
    table = [
        [
            f"{row.task.order.order.number} {row.work}", when(row.at), _time(row), row.quality or row.rework,
            _("no") if row.left_out else _("yes"),
        ]
        for row in found
    ]  # fmt: skip
    return Section(_("The tasks behind it"), [], head, table)


def _time(row: TaskRow) -> str:
    return f"{row.time} · {worked(row.task.minutes)} / {worked(row.task.limit)}" if row.task.time else row.time


def _tasks(person: int, since: date, until: date) -> Iterator[TaskRow]:
    out = {pk for pk, _owner in reading.objections(since, until, person)}
    found: list[DoneTask] = list(reading.tasks(person, since, until))
    yield from task_rows.rows_of(found, out)
