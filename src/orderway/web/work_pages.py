"""My work and the tasks on it: the list, the task in its pane, and the buttons of a task. Acts are asked through `doing`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.models import WorkItem
from orderway.pages import refusing
from orderway.pages.act_forms import Sent
from orderway.pages.guarding import needs
from orderway.pages.notices import notices
from orderway.pages.templatetags.ow import clock
from orderway.web import acting, doing, order_pages, queries
from orderway.web.my_work import bands_of, rows_of
from orderway.web.task_view import Task, task_of
from orderway.web.words import words_of

SOON = timedelta(hours=24)


@needs("item.list")
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """The list with the task that the address names, else the most urgent one."""
    return _page(request, request.GET.get("task", ""))


@needs("item.list")
@require_safe
def task(request: HttpRequest, item_id: int) -> HttpResponse:
    """The task alone for the pane; as a page of its own it is My work with this task open."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('my_work')}?task={item_id}")
    found = _task(item_id, acting.actor_of(request), acting.now())
    if found is None:
        return HttpResponse(f'<p class="card card-body">{_("This task is done or was withdrawn. Choose another one.")}</p>')
    return render(request, "web/parts/task.html", {"task": found, "from_page": "work"})


@needs("stage.work")
@require_POST
def finish(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record what came along and complete the task."""
    return _do(request, item_id, lambda item, actor, now: doing.finish(item, _sent(request), actor=actor, now=now))


@needs("stage.work")
@require_POST
def save(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record what is done so far."""
    return _do(request, item_id, lambda item, actor, now: doing.save(item, _sent(request), actor=actor, now=now), stay=True)


@needs("item.send_back")
@require_POST
def send_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Send the order back with a reason."""
    return _do(request, item_id, lambda item, actor, now: doing.send_back(item, _sent(request), actor=actor, now=now))


@needs("item.sign")
@require_POST
def sign(request: HttpRequest, item_id: int) -> HttpResponse:
    """Sign, or refuse to with a reason."""
    approve, reason = request.POST.get("sign") == "yes", request.POST.get("reason", "").strip()
    return _do(request, item_id, lambda item, actor, now: doing.sign(item, approve=approve, reason=reason, actor=actor, now=now))


@needs("item.decide")
@require_POST
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Pass a gate that failed too often."""
    reason = request.POST.get("reason", "").strip()
    return _do(request, item_id, lambda item, actor, now: doing.decide(item, reason, actor=actor, now=now))


@needs("item.waive")
@require_POST
def waive(request: HttpRequest, item_id: int) -> HttpResponse:
    """Let an automatic criterion pass, with a reason."""
    criterion = request.POST.get("criterion", "")
    reason = request.POST.get(f"waive_reason.{criterion}", "").strip()[:500]
    return _do(request, item_id, lambda item, actor, now: doing.waive(item, criterion, reason, actor=actor, now=now), stay=True)


@needs("item.claim")
@require_POST
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take the task over."""
    return _do(request, item_id, lambda item, actor, now: doing.claim(item, actor=actor, now=now), stay=True)


@needs("item.claim")
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Open the most urgent of my tasks; without any, take over the most urgent one of my team that I may."""
    person, actor, now = acting.person_of(request), acting.actor_of(request), acting.now()
    mine = rows_of(queries.work_of(person), person, now=now)
    if mine:
        return redirect(f"{reverse('my_work')}?task={mine[0].item.pk}")
    for row in rows_of(queries.work_of_team(person, actor.roles | actor.lent.keys()), person, now=now):
        if row.item.responsible_id is None and doing.claim(row.item, actor=actor, now=now) is None:
            return redirect(f"{reverse('my_work')}?task={row.item.pk}")
    messages.info(request, _("There is nothing that you could take."))
    return redirect("my_work")


def _page(request: HttpRequest, chosen: str, refusal: Refusal | None = None) -> HttpResponse:
    person, actor, now = acting.person_of(request), acting.actor_of(request), acting.now()
    listed = "team" if request.GET.get("list") == "team" else "mine"
    team = actor.roles | actor.lent.keys() | actor.leads
    items = queries.work_of_team(person, team) if listed == "team" else queries.work_of(person)
    more, items = len(items) > queries.SHOWN_WORK, items[: queries.SHOWN_WORK]
    rows = rows_of(items, person, now=now, names=queries.names_of({item.stands_in_for for item in items if item.stands_in_for}))
    item_id = int(chosen) if chosen.isdecimal() else rows[0].item.pk if rows else 0
    found = _task(item_id, actor, now) if item_id else None
    context = {
        "bands": bands_of(rows),
        "more": f"?person={person.key}" if more and listed == "mine" else "?" if more else "",
        "listed": listed,
        "chosen": item_id,
        "task": found,
        "gone": bool(item_id) and found is None,
        "from_page": "work",
        "refused": refusing.sentence(refusal, words_of(found.item)) if refusal and found else "",
        "failed_steps": order_pages.steps_of(refusal),
        "sent": request.POST,
        "notices": notices(person.pk, now),
        "coming": _coming(actor, now) if not rows else "",
        "away": queries.absences_of(person, actor.stands_in_for, today=timezone.localdate(now)),
        "may_give": listed == "mine" or bool(actor.leads),
        "everybody": queries.colleagues(person) if rows and (listed == "mine" or actor.leads) else [],
        "here_now": request.get_full_path() if request.method == "GET" else reverse("my_work"),
    }
    return render(request, "web/my_work.html", context, status=refusing.status(refusal) if refusal else 200)


def _do(
    request: HttpRequest, item_id: int, act: Callable[[WorkItem, Actor, datetime], Refusal | None], *, stay: bool = False
) -> HttpResponse:
    item = WorkItem.objects.filter(pk=item_id).select_related("order__version").first()
    if item is None:
        raise Http404
    refusal = act(item, acting.actor_of(request), acting.now())
    on_order = request.POST.get("from") == "order"
    if refusal is not None:
        return order_pages.page(request, item.order.number, refusal, item_id) if on_order else _page(request, str(item_id), refusal)
    if on_order:
        return redirect(f"{reverse('order', args=[item.order.number])}{f'?item={item_id}' if stay else ''}")
    if stay:
        return redirect(f"{reverse('my_work')}?task={item_id}")
    messages.success(request, _("%(place)s: done.") % {"place": item.place})
    return redirect("my_work")


def _task(item_id: int, actor: Actor, now: datetime) -> Task | None:
    item = (
        WorkItem.objects.filter(pk=item_id, state=WorkItem.State.OPEN)
        .select_related("order__customer", "order__version", "responsible")
        .defer("order__version__document", "order__version__source")
        .first()
    )
    return task_of(item.order, item, actor, now=now) if item else None


def _sent(request: HttpRequest) -> Sent:
    return Sent(request.POST, request.FILES)


def _coming(actor: Actor, now: datetime) -> str:
    """What the standard will bring to my roles next: stages before mine that are due today."""
    count, first = queries.on_the_way(actor.roles, until=now + SOON)
    if not count or first is None:
        return _("Nothing is on its way to your roles within a day. Look at your team's tasks or enter an order.")
    return _("%(count)d tasks stand one stage before yours; the first is due about %(time)s.") % {"count": count, "time": clock(first)}


urlpatterns = [
    path("", my_work, name="my_work"),
    path("tasks/next", take_next, name="take_next"),
    path("tasks/<int:item_id>", task, name="task"),
    path("tasks/<int:item_id>/finish", finish, name="task_finish"),
    path("tasks/<int:item_id>/save", save, name="task_save"),
    path("tasks/<int:item_id>/send-back", send_back, name="task_send_back"),
    path("tasks/<int:item_id>/sign", sign, name="task_sign"),
    path("tasks/<int:item_id>/decide", decide, name="task_decide"),
    path("tasks/<int:item_id>/waive", waive, name="task_waive"),
    path("tasks/<int:item_id>/claim", claim, name="task_claim"),
]
