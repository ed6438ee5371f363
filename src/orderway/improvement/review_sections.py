"""What a management review reads about improvement: suggestions and what came of them, cycles with their verdicts. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.improvement import cycles, suggestions, words
from orderway.improvement.models import Cycle, Reply
from orderway.improvement.suggestion_pages import Row, rows_of
from orderway.orders.models import Feedback
from orderway.pages.review_sections import Days, Section
from orderway.pages.templatetags.ow import day
from orderway.simulation.verdicts import Verdict

SHOWN = 12
LONGEST = 140
MARKS = {Reply.State.DONE: "met", Reply.State.DECLINED: "", Reply.State.TAKEN_UP: "close", Reply.State.OPEN: "missed"}
VERDICT_MARKS = {"better": "met", "worse": "missed", "no_difference_yet": "close", "too_few": "close"}


def said(days: Days, now: datetime) -> Section:
    """What was suggested in the period or answered in it, the newest first, and what came of it."""
    found = _touched(days)
    states = Counter(Reply.State(state) for state in found.values_list("state", flat=True))  # type: ignore[misc]  # `suggestions` annotates it
    made = suggestions.suggestions().filter(at__date__range=(days.since, days.until)).count()
    sentences = [ngettext("%(number)d suggestion was made.", "%(number)d suggestions were made.", made) % {"number": made}]
    if states:
        sentences.append(
            _("What came of them: {states}.").format(
                states=_(", ").join(f"{_label(one)} {states[one]}" for one in Reply.State if states[one])
            )
        )
    shown = found[:SHOWN]
    rows = rows_of(shown)
    head = [_("Day"), _("From"), _("About"), _("Suggestion"), _("Answer"), _("State")] if rows else []
    table = [_suggestion(row) for row in rows]
    return Section(_("Suggestions and what came of them"), sentences, head, table, [MARKS[Reply.State(row.state)] for row in rows])


def _touched(days: Days) -> QuerySet[Feedback]:
    """Suggestions of the period and older ones that were answered in it; each with its newest answer."""
    span = (days.since, days.until)
    answered = Reply.objects.filter(at__date__range=span).values("feedback_id")
    newest = Reply.objects.filter(feedback=OuterRef("pk")).order_by("-id").values("text")[:1]
    found = suggestions.suggestions().filter(Q(at__date__range=span) | Q(pk__in=answered))
    return found.annotate(answer=Subquery(newest))


def _suggestion(row: Row) -> list[str]:
    answer = str(getattr(row.feedback, "answer", None) or "")
    return [day(row.feedback.at), row.source, row.about, _short(row.feedback.comment), _short(answer) or "–", row.state_words]


def _label(state: Reply.State) -> str:
    return str(state.label)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def tried(days: Days, now: datetime) -> Section | None:
    """Cycles that were open in the period or closed in it, each with its aim and what its figures allow to be said."""
    begun = Cycle.objects.filter(begun_at__date__lte=days.until)
    found = list(
        begun.filter(Q(closed_at__isnull=True) | Q(closed_at__date__gte=days.since)).select_related("result").order_by("-id")[:SHOWN]
    )
    if not found:
        return None
    judged = [(cycle, cycles.check(cycle).verdict) for cycle in found]
    head = [_("Cycle"), _("Aim"), _("State"), _("Verdict")]
    rows = [_cycle(cycle, verdict) for cycle, verdict in judged]
    marks = [VERDICT_MARKS[verdict.word] if verdict else "" for _one, verdict in judged]
    return Section(_("Improvement cycles"), _closed(found), head, rows, marks)


def _cycle(cycle: Cycle, verdict: Verdict | None) -> list[str]:
    aim = f"{cycle.get_measure_display()} {words.percent(-abs(cycle.aim_percent) / 100)}"
    state = cycle.get_outcome_display() if cycle.closed_at else words.column(words.column_of(cycle))
    return [cycle.title, aim, str(state), words.verdict_sentence(cycle.measure, verdict) if verdict else _("nothing has changed yet")]


def _closed(found: Iterable[Cycle]) -> Sequence[str]:
    """How many ended and how; nothing where none has."""
    outcomes = Counter(cycle.get_outcome_display() for cycle in found if cycle.closed_at)
    if not outcomes:
        return []
    return [_("Closed: {outcomes}.").format(outcomes=_(", ").join(f"{outcome} {number}" for outcome, number in outcomes.items()))]
