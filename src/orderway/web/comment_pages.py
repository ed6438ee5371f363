"""Comments on the order page: write, change, withdraw, and asking for a waiver, which is a comment to those who may grant it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import comments
from orderway.orders.actor import Actor
from orderway.orders.models import Comment, WorkItem
from orderway.pages.guarding import needs
from orderway.releases.publishing import program_of
from orderway.standard.document import Criterion
from orderway.web import acting, order_pages
from orderway.web.standard_view import criterion_text


@needs("order.comment")
@require_POST
def post(request: HttpRequest, number: str) -> HttpResponse:
    """Write a comment."""
    stage, _dot, step = request.POST.get("about", "").partition(".")
    text = request.POST.get("text", "")
    return _do(request, number, lambda actor, now: comments.post(number, text, stage=stage, step=step, actor=actor, now=now))


@needs("order.comment")
@require_POST
def edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Change one's own comment."""
    text = request.POST.get("text", "")
    return _do(request, _number_of(comment_id), lambda actor, now: comments.edit(comment_id, text, actor=actor, now=now))


@needs("order.comment")
@require_POST
def withdraw(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Take a comment back."""
    return _do(request, _number_of(comment_id), lambda actor, now: comments.withdraw(comment_id, actor=actor, now=now))


@needs("order.comment")
@require_POST
def ask_waiver(request: HttpRequest, item_id: int) -> HttpResponse:
    """Ask those who may waive a criterion to do so."""
    item = WorkItem.objects.select_related("order__version").filter(pk=item_id).first()
    if item is None:
        raise Http404
    order = item.order
    criterion = _criterion(program_of(order.version_id, order.version.content_hash), item.stage, request.POST.get("criterion", ""))
    reason = request.POST.get(f"waive_reason.{criterion.id}", "").strip()[:500]
    text = _("Please waive “%(criterion)s”: %(reason)s") % {"criterion": criterion_text(criterion), "reason": reason}

    def ask(actor: Actor, now: datetime) -> object:
        said = text if reason else ""
        return comments.post(order.number, said, stage=item.stage, also=criterion.waive, actor=actor, now=now)

    return _do(request, order.number, ask)


def _criterion(program: Program, stage: str, criterion_id: str) -> Criterion:
    gate = program.stage(stage).gate
    found = next((one for one in (gate.criteria if gate else ()) if one.id == criterion_id and one.waive), None)
    if found is None:
        raise Http404
    return found


def _number_of(comment_id: int) -> str:
    number = Comment.objects.filter(pk=comment_id).values_list("order__number", flat=True).first()
    if number is None:
        raise Http404
    return number


def _do(request: HttpRequest, number: str, act: Callable[[Actor, datetime], object]) -> HttpResponse:
    try:
        act(acting.actor_of(request), acting.now())
    except Refusal as refusal:
        return order_pages.page(request, number, refusal)
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect(f"{reverse('order', args=[number])}#comments")


urlpatterns = [
    path("orders/<str:number>/comments", post, name="comment_post"),
    path("comments/<int:comment_id>/edit", edit, name="comment_edit"),
    path("comments/<int:comment_id>/withdraw", withdraw, name="comment_withdraw"),
    path("tasks/<int:item_id>/ask-waiver", ask_waiver, name="task_ask_waiver"),
]
