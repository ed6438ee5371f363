"""A paper on pages: one question at a time, handing in, what came of it with the clause of each question. Shows only one's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role as role_title
from orderway.pages.standard_view import stage_title
from orderway.standard.vocabulary import Text
from orderway.training import asking, certifying, keeping
from orderway.training.models import Attempt
from orderway.training.questions import Question
from orderway.training.rules import Mark
from orderway.training.standings import standard_of

END = "end"  # of a paper: the list of all questions before it is handed in


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on the page, with what was answered and the address of its clause."""

    number: int
    question: Question
    given: int | None
    stage: str
    clause: str

    @property
    def answers(self) -> tuple[tuple[int, Text], ...]:
        """The answers as keys 1 to 4 choose them."""
        return tuple((number, option.text) for number, option in enumerate(self.question.options, start=1))

    @property
    def came_right(self) -> bool:
        """Whether the answer given is the right one."""
        return self.given == self.question.right

    @property
    def right(self) -> Text:
        """The right answer."""
        return self.question.options[self.question.right].text

    @property
    def answer(self) -> Text | None:
        """The answer given."""
        return None if self.given is None else self.question.options[self.given].text


@needs("training.take")
@require_safe
def paper(request: HttpRequest, item_id: int) -> HttpResponse:
    """The question that the address names, the first without an answer, or what came of a paper that was handed in."""
    attempt = asking.paper_of(request, item_id)
    if attempt.finished_at is not None:
        return _result(request, attempt)
    return _question(request, attempt, request.GET.get("q", ""))


@needs("training.take")
@require_POST
def answer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Note an answer and go to the next question."""
    attempt = asking.paper_of(request, item_id)
    number, choice = request.POST.get("question", ""), request.POST.get("answer", "")
    try:
        at = int(number) - 1 if number.isdecimal() else -1
        certifying.answer(attempt, at, int(choice) - 1 if choice.isdecimal() else None, now=asking.now())
    except Refusal as refusal:
        return _question(request, attempt, number, refusal)
    address = reverse("paper", args=[item_id])
    return redirect(f"{address}?q={at + 2 if at + 2 <= len(attempt.paper) else END}")


@needs("training.take")
@require_POST
def hand_in(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand the paper in."""
    attempt = asking.paper_of(request, item_id)
    try:
        certifying.hand_in(attempt, now=asking.now())
    except Refusal as refusal:
        return _question(request, attempt, END, refusal)
    return redirect("paper", item_id)


def _question(request: HttpRequest, attempt: Attempt, wanted: str, refusal: Refusal | None = None) -> HttpResponse:
    shown = _shown(attempt)
    unanswered = [one.number for one in shown if one.given is None]
    number = int(wanted) if wanted.isdecimal() else 0
    at = number if 1 <= number <= len(shown) else 0 if wanted == END or not unanswered else unanswered[0]
    context = {
        "attempt": attempt,
        "questions": shown,
        "asked": shown[at - 1] if at else None,
        "unanswered": unanswered,
        "answered": len(shown) - len(unanswered),
        "percent": (len(shown) - len(unanswered)) * 100 // len(shown),
        "before": at - 1 if at > 1 else 0,
        "refused": refusing.sentence(refusal) if refusal else "",
        **_frame(attempt),
    }
    return render(request, "training/paper.html", context, status=refusing.status(refusal) if refusal else 200)


def _result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    shown = _shown(attempt)
    mark = Mark(attempt.right or 0, len(shown), attempt.pass_mark)
    context = {
        "attempt": attempt,
        "mark": mark,
        "wrong": [one for one in shown if not one.came_right],
        "rightly": [one for one in shown if one.came_right],
        "certificate": getattr(attempt, "certificate", None),
        "again": certifying.waits_until(attempt.person, attempt.version, attempt.role),
        **_frame(attempt),
    }
    return render(request, "training/result.html", context)


def _shown(attempt: Attempt) -> list[Shown]:
    standard = standard_of(attempt.version)
    shown = []
    for number, (question, given) in enumerate(zip(keeping.read(attempt.paper), attempt.answers, strict=True), start=1):
        page = reverse("lesson", args=[attempt.version.standard_id, attempt.version.version, attempt.role, question.stage])
        clause = f"{page}#step-{question.step}" if question.step else page
        shown.append(Shown(number, question, given, stage_title(standard, question.stage), clause))
    return shown


def _frame(attempt: Attempt) -> dict[str, object]:
    standard = standard_of(attempt.version)
    return {"version": attempt.version, "standard": standard, "role_title": role_title(standard, attempt.role)}


urlpatterns = [
    path("papers/<int:item_id>/", paper, name="paper"),
    path("papers/<int:item_id>/answer", answer, name="paper_answer"),
    path("papers/<int:item_id>/hand-in", hand_in, name="paper_hand_in"),
]
