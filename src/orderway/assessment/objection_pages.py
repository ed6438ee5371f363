"""The pages of objections: object to a task, see what became of it, decide those of others. Decides nothing; `objecting` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderway.assessment import objecting, task_rows
from orderway.assessment.models import DoneTask, Objection
from orderway.assessment.task_rows import TaskRow
from orderway.engine.refusals import Refusal
from orderway.orders import asking
from orderway.pages import refusing
from orderway.pages.guarding import needs


@dataclass(frozen=True, slots=True)
class Shown:
    """An objection with its task as it counts now; None if the order has moved since and has no such task."""

    objection: Objection
    row: TaskRow | None


@needs("scorecard.object")
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, item_id: int) -> HttpResponse:
    """Object to a task of mine."""
    person = asking.person_of(request)
    task = _tasks().filter(pk=item_id, person=person).first()
    if task is None:
        messages.error(request, _("The order of this task has moved meanwhile. Look for the task again."))
        return redirect("scorecard_tasks")
    refused, status = "", 200
    if request.method == "POST":
        try:
            objecting.object_to(task, request.POST.get("reason", ""), by=person, now=asking.now())
        except Refusal as refusal:
            refused, status = refusing.sentence(refusal), refusing.status(refusal)
        else:
            messages.success(request, _("Your objection is on record. Until somebody else has decided it, the task counts nowhere."))
            return redirect("objections")
    context = {
        "row": task_rows.rows_of([task], set())[0],
        "refused": refused,
        "reason": request.POST.get("reason", ""),
        "most": objecting.MOST_LETTERS,
    }
    return render(request, "assessment/object.html", context, status=status)


@needs("scorecard.read")
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """What I objected to, and what waits for my decision."""
    return _page(request)


@needs("objection.decide")
@require_POST
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Uphold or reject an objection."""
    get_object_or_404(Objection, pk=item_id)
    upheld, answer = request.POST.get("verdict") == "uphold", request.POST.get("answer", "")
    try:
        objecting.decide(item_id, upheld=upheld, answer=answer, by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, refusal, item_id)
    messages.success(request, _("Decided. The person was told, and the decision stands in the journal."))
    return redirect("objections")


def _page(request: HttpRequest, refusal: Refusal | None = None, refused_at: int = 0) -> HttpResponse:
    person = asking.person_of(request)
    mine, theirs = objecting.of_person(person.pk), objecting.may_decide(objecting.open_ones(), person)
    rows = _rows([*mine, *theirs])
    context = {
        "mine": [Shown(one, rows.get(one.pk)) for one in mine],
        "waiting": [Shown(one, rows.get(one.pk)) for one in theirs],
        "refused": refusing.sentence(refusal) if refusal else "",
        "refused_at": refused_at,
        "answer": request.POST.get("answer", ""),
        "most": objecting.MOST_LETTERS,
    }
    return render(request, "assessment/objections.html", context, status=refusing.status(refusal) if refusal else 200)


def _rows(found: Sequence[Objection]) -> dict[int, TaskRow]:
    """The tasks that these objections are about; one statement."""
    keys = {(one.order_id, one.alike_id, one.path, one.opened): one.pk for one in found}
    tasks = list(_tasks().filter(order_id__in=[key[0] for key in keys]))
    known = [(keys[key], task) for task in tasks if (key := (task.order_id, task.alike_id, task.path, task.opened)) in keys]
    shown = task_rows.rows_of([task for _pk, task in known], set())
    return {pk: row for (pk, _task), row in zip(known, shown, strict=True)}


def _tasks() -> QuerySet[DoneTask]:
    return DoneTask.objects.select_related("order__order", "alike").defer("order__order__case_text")


urlpatterns = [
    path("tasks/<int:item_id>/object", object_to, name="scorecard_object"),
    path("objections/", objections, name="objections"),
    path("objections/<int:item_id>/decide", decide, name="objection_decide"),
]
