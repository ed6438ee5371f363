"""The page of one order, and complaints about it. Changes, cancellations and holds have pages of their own (`change_pages`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import acts, deliveries, stages
from orderway.orders.actor import Actor
from orderway.orders.corrections import Fault
from orderway.orders.looking import opened_of
from orderway.orders.models import Order, WorkItem
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.releases.publishing import program_of
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.capture import queries as capture
from orderway.web import acting, change_view, comment_rows, order_view, queries
from orderway.web.faults import choices_of, fault_of, faults_of
from orderway.web.my_work import item_title
from orderway.web.order_list import orders, search
from orderway.web.papers import document
from orderway.web.standard_view import stage_title
from orderway.web.task_view import may, task_of
from orderway.web.words import words_of_order

SHOWN_TASKS = 1  # one task is open on the page, the others stand in a list beside it: one thing at a time
SHOWN_CHANGES = 3
HOLD = "hold."


@needs("order.read")
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """The page."""
    return page(request, number)


def page(request: HttpRequest, number: str, refusal: Refusal | None = None, item_id: int = 0, opened_act: str = "") -> HttpResponse:
    """The page, with a refusal in its place: at the task `item_id`, or above everything."""
    found = queries.order_by_number(number)
    if found is None:
        raise Http404
    now, actor = acting.now(), acting.actor_of(request)
    program = program_of(found.version_id, found.version.content_hash)
    items = queries.items_of(found)
    for item in items:
        item.order = found
    context = {
        "order": found,
        "standard_title": program.standard.title,
        "ribbon": order_view.ribbon_of(found, program, items, now, order_view.skipped_stages(found, program, items)),
        "lines": order_view.lines_of(found),
        "deliveries": order_view.delivery_rows(deliveries.of_orders([found.pk])[found.pk]),
        "waivers": order_view.waivers_of(found, program),
        "papers": order_view.papers_of(found, program),
        "panels": _panels(found),
        "found_faults": faults_of(found, program),
        "comments": comment_rows.rows_of(found, program, actor, now),
        "abouts": comment_rows.abouts(program, items),
        "refused": refusing.sentence(refusal, words_of_order(found)) if refusal else "",
        "refused_item": item_id,
        "failed_steps": steps_of(refusal),
        "opened_act": opened_act,
        **_tasks(request, found, program, items, actor, now, refusal, item_id),
        **_standing(found, actor, program),
    }
    context["changes"] = change_view.documents_of(found, most=SHOWN_CHANGES)
    context["proposals"] = capture.waiting_proposals([found.pk]).get(found.pk, [])
    context["history"], context["more_history"] = order_view.history_of(found, program, whole=request.GET.get("history") == "all")
    return render(request, "web/order.html", context, status=refusing.status(refusal) if refusal else 200)


def steps_of(refusal: Refusal | None) -> frozenset[str]:
    """The steps that a refusal names: their key point and reason are said where they failed."""
    named = refusal.params.get("steps", ()) if refusal else ()
    return frozenset(str(step) for step in named) if isinstance(named, (list, tuple)) else frozenset()


@needs("order.complain")
@require_POST
def complain(request: HttpRequest, number: str) -> HttpResponse:
    """Record what the customer says is wrong."""
    kind, caught_at, text = request.POST.get("kind", ""), request.POST.get("caught_at", "")[:64], _reason(request)

    def act(actor: Actor, now: datetime) -> Mapping[str, Refusal]:
        aftersales.complain(number, kind=kind, text=text, caught_at=caught_at, actor=actor, now=now)
        return {}

    return _do(request, number, "complain", act)


@needs("order.comment")
@require_POST
def fault(request: HttpRequest, number: str) -> HttpResponse:
    """Put an error on record that was found and corrected beside any gate."""
    found = fault_of(request.POST, _reason(request)) or Fault("")
    stage = request.POST.get("found_at", "")
    return _do(request, number, "fault", lambda actor, now: acts.note_fault([number], found, found_at=stage, actor=actor, now=now))


def _do(request: HttpRequest, number: str, name: str, act: Callable[[Actor, datetime], Mapping[str, Refusal]]) -> HttpResponse:
    try:
        refused = act(acting.actor_of(request), acting.now())
    except Refusal as refusal:
        return page(request, number, refusal, opened_act=name)
    for reason in refused.values():
        return page(request, number, reason, opened_act=name)
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect("order", number)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:500]


def _tasks(
    request: HttpRequest,
    found: Order,
    program: Program,
    items: Sequence[WorkItem],
    actor: Actor,
    now: datetime,
    refusal: Refusal | None,
    item_id: int,
) -> dict[str, object]:
    still_open = [item for item in items if item.state == WorkItem.State.OPEN]
    wanted = item_id or _number(request.GET.get("item", ""))
    still_open.sort(key=lambda item: (item.pk != wanted, item.responsible_id != actor.person_id, item.pk))
    tasks = []
    for item in still_open[:SHOWN_TASKS]:
        shown = task_of(found, item, actor, now=now)
        if shown is not None:
            sentence = refusing.sentence(refusal, words_of_order(found)) if refusal and item.pk == item_id else ""
            tasks.append((shown, sentence))
    return {
        "tasks": tasks,
        "main_task": tasks[0][0] if tasks else None,
        "other_items": [(item, item_title(item, program.standard)) for item in still_open[SHOWN_TASKS:]],
        "standing": list(dict.fromkeys(item_title(item, program.standard) for item in still_open)) or [found.get_status_display()],
    }


def _standing(found: Order, actor: Actor, program: Program) -> dict[str, object]:
    opened = opened_of(found, None)
    allowed = may(actor, opened, None) if opened else frozenset()
    hold_types = sorted(name.removeprefix(HOLD) for name in allowed if name.startswith(HOLD))
    holds = order_view.holds_of(found)
    is_open = found.status == Order.Status.OPEN
    offers = {name: name in allowed and is_open for name in ("change", "cancel")}
    offers |= {"hold": bool(hold_types) and is_open, "complain": "complain" in allowed}
    exceptions = [name for name, offered in offers.items() if offered]
    return {
        "holds": holds,
        "faults": choices_of(program),
        "exceptions": exceptions,
        "may": allowed,
        "stage_titles": [(stage.id, stage_title(program.standard, stage.id)) for stage in program.standard.stages.values()],
    }


def _panels(found: Order) -> list[dict[str, object]]:
    shown = []
    for panel in stages.panels("order"):
        content = panel.load([found.pk]).get(found.pk)
        if content:
            shown.append({"title": panel.title, "template": panel.template, "content": content})
    return shown


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


urlpatterns = [
    path("orders/", orders, name="orders"),
    path("search", search, name="search"),
    path("orders/<str:number>/", order, name="order"),
    path("orders/<str:number>/complain", complain, name="order_complain"),
    path("orders/<str:number>/fault", fault, name="order_fault"),
    path("documents/<int:document_id>", document, name="document"),
]
