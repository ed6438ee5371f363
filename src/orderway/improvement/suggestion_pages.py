"""The list of suggestions and the page of one, where its author is answered. Decides nothing; `suggestions` does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from orderway.engine.refusals import Refusal
from orderway.improvement import asking, suggestions
from orderway.improvement.models import Cycle, Reply
from orderway.masterdata.models import Person
from orderway.orders.models import Feedback
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of
from orderway.pages.templatetags.ow import said
from orderway.releases.publishing import program_of

SOURCES = (
    ("staff", gettext_lazy("from staff")),
    ("customer", gettext_lazy("from customers")),
    ("bottleneck", gettext_lazy("from a bottleneck")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A suggestion as it is read: who said it, about what, and how it stands."""

    feedback: Feedback
    author: str
    source: str
    about: str
    state: str
    state_words: str


def rows_of(found: Iterable[Feedback]) -> list[Row]:
    """In words; one statement for the names."""
    found = list(found)
    keys = {one.actor.partition(":")[0] for one in found}
    names = dict(Person.objects.filter(key__in=keys).values_list("key", "name"))
    return [_row(one, names) for one in found]


def _row(one: Feedback, names: dict[str, str]) -> Row:
    source = "customer" if one.kind == Feedback.Kind.ANSWER else suggestions.BOTTLENECK if one.name == suggestions.BOTTLENECK else "staff"
    author = str(one.order.customer) if source == "customer" and one.order else names.get(one.actor.partition(":")[0], one.actor)
    state = str(getattr(one, "state", Reply.State.OPEN))
    return Row(one, author, str(dict(SOURCES)[source]), about(one), state, str(Reply.State(state).label))


def about(one: Feedback) -> str:
    """The stage and step it is about, as the standard calls them."""
    if one.version is None:
        return one.stage
    stages = program_of(one.version_id or 0, one.version.content_hash).standard.stages
    stage = next((stage for stage in stages.values() if stage.id == one.stage), None)
    if stage is None:
        return one.stage
    step = next((step for step in stage.steps if step.id == one.step), None)
    return " · ".join(said(text) for text in (stage.title, step.do if step else None) if text)


@needs("suggestion.read")
@require_safe
def suggestion_list(request: HttpRequest) -> HttpResponse:
    """All of them, by state and source."""
    state = request.GET.get("state", "")
    source = request.GET.get("source", "")
    state = state if state in Reply.State.values else ""
    page = page_of(suggestions.suggestions(state, source if source in dict(SOURCES) else ""), request)
    page.rows[:] = rows_of(page.rows)
    context = {"page": page, "states": Reply.State.choices, "sources": SOURCES, "state": state, "source": source, "tab": "suggestions"}
    return render(request, "improvement/suggestions.html", context)


@needs("suggestion.read")
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """One suggestion with its answers; whoever may, answers here."""
    one = get_object_or_404(suggestions.suggestions(), pk=feedback_id)
    if request.method != "POST":
        return _page(request, one)
    state = asking.sent(request, "state")
    try:
        chosen = Reply.State(state) if state in suggestions.ANSWERING else Reply.State.TAKEN_UP
        suggestions.reply([one], chosen, asking.sent(request, "text"), by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, one, refusing.sentence(refusal), refusing.status(refusal))
    messages.success(request, _("The author was answered."))
    return redirect("suggestion", one.pk)


def _page(request: HttpRequest, one: Feedback, refused: str = "", status: int = 200) -> HttpResponse:
    replies = list(one.replies.select_related("by", "cycle").order_by("id"))
    cycle = next((reply.cycle for reply in reversed(replies) if reply.cycle), None)
    context = {
        "row": rows_of([one])[0],
        "replies": replies,
        "cycle": cycle,
        "may_answer": suggestions.may_answer(one, asking.person_of(request)),
        "answers": [(state.value, state.label) for state in suggestions.ANSWERING],
        "open_cycles": Cycle.objects.filter(closed_at__isnull=True).order_by("-id")[:20],
        "refused": refused,
        "text": asking.sent(request, "text"),
        "tab": "suggestions",
    }
    return render(request, "improvement/suggestion.html", context, status=status)
