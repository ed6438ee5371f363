"""Pages on which an order is changed, cancelled or held: first what it would touch, then the act, which asks again who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.orders import acts, as_ordered, blast_radius, changes, dividing
from orderway.orders.actor import Actor
from orderway.orders.as_ordered import Stood
from orderway.orders.blast_radius import Preview
from orderway.orders.looking import opened_of
from orderway.orders.models import Order
from orderway.orders.ordered import OrderChange, Ordered
from orderway.orders.unfit import NothingChanges
from orderway.orders.work import run_open
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.releases.publishing import program_of
from orderway.stages.capture import amending
from orderway.stages.capture.actions import DraftRefused, ProposalSettled
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import OrderEdit
from orderway.web import acting, change_forms, change_view, order_view, queries
from orderway.web.faults import choices_of, fault_of
from orderway.web.task_view import may
from orderway.web.words import words_of_order

HOLD = "hold."
Refused = Mapping[str, Refusal]
Look = Callable[[Order, Ordered, QueryDict], Preview]
Act = Callable[[Order, Ordered, QueryDict, Actor, datetime], Refused]


# --- change -----------------------------------------------------------------------------------------------------------------------


@needs("order.change")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """The lines to be edited, what that would touch, and the act once that was looked at."""
    return _page(request, number, "web/change.html", _look_at_change, _do_change)


@needs("order.read")
@require_POST
def change_effects(request: HttpRequest, number: str) -> HttpResponse:
    """What the change would touch, while it is being entered."""
    return _effects(request, number, _look_at_change)


def _look_at_change(order: Order, ordered: Ordered, fields: QueryDict) -> Preview:
    edit = change_forms.edit_of(fields, ordered)
    return blast_radius.of_change(order, amending.change_of(order, edit, now=acting.now()))


def _do_change(order: Order, ordered: Ordered, fields: QueryDict, actor: Actor, now: datetime) -> Refused:
    wish = amending.change_of(order, change_forms.edit_of(fields, ordered), now=now)
    return changes.change(
        {order.number: wish},
        reason=_text(fields, "reason"),
        requested_by=_text(fields, "requested_by", 120),
        seen={order.number: fields.get("seen", "")},
        fault=fault_of(fields, _text(fields, "reason")),
        actor=actor,
        now=now,
    )


# --- cancel -----------------------------------------------------------------------------------------------------------------------


@needs("order.cancel")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """The whole order or parts of lines, what that would touch, and the act."""
    return _page(request, number, "web/cancel.html", _look_at_cancel, _do_cancel)


@needs("order.read")
@require_POST
def cancel_effects(request: HttpRequest, number: str) -> HttpResponse:
    """What the cancellation would touch, while it is being entered."""
    return _effects(request, number, _look_at_cancel)


def _look_at_cancel(order: Order, ordered: Ordered, fields: QueryDict) -> Preview:
    return blast_radius.of_cancel(order, None if _is_whole(fields) else change_forms.quantities_of(fields, ordered))


def _do_cancel(order: Order, ordered: Ordered, fields: QueryDict, actor: Actor, now: datetime) -> Refused:
    return changes.cancel(
        [order.number],
        lines=None if _is_whole(fields) else {order.number: change_forms.quantities_of(fields, ordered)},
        reason=_text(fields, "reason"),
        requested_by=_text(fields, "requested_by", 120),
        seen={order.number: fields.get("seen", "")},
        actor=actor,
        now=now,
    )


def _is_whole(fields: QueryDict) -> bool:
    return fields.get("scope", change_forms.WHOLE) == change_forms.WHOLE


# --- divide -----------------------------------------------------------------------------------------------------------------------


@needs("order.change")
@require_http_methods(["GET", "POST"])
def divide(request: HttpRequest, number: str) -> HttpResponse:
    """So much of some lines as an order of its own or on another day, what that would touch, and the act."""
    return _page(request, number, "web/divide.html", _look_at_division, _do_divide)


@needs("order.read")
@require_POST
def divide_effects(request: HttpRequest, number: str) -> HttpResponse:
    """What the division would touch, while it is being entered."""
    return _effects(request, number, _look_at_division)


def _look_at_division(order: Order, ordered: Ordered, fields: QueryDict) -> Preview:
    if change_forms.stays_in_order(fields):
        return blast_radius.of_change(order, _moving(order, ordered, fields, acting.now()))
    return dividing.of_division(order, change_forms.division_of(fields, ordered))


def _moving(order: Order, ordered: Ordered, fields: QueryDict, now: datetime) -> OrderChange:
    """The part stays in its order, on another day."""
    return amending.change_of(order, OrderEdit(), moved=change_forms.moved_of(fields, ordered), now=now)


def _do_divide(order: Order, ordered: Ordered, fields: QueryDict, actor: Actor, now: datetime) -> Refused:
    reason, by, seen = _text(fields, "reason"), _text(fields, "requested_by", 120), {order.number: fields.get("seen", "")}
    if change_forms.stays_in_order(fields):
        wish = _moving(order, ordered, fields, now)
        return changes.change({order.number: wish}, reason=reason, requested_by=by, seen=seen, actor=actor, now=now)
    division = change_forms.division_of(fields, ordered)
    divided = dividing.divide({order.number: division}, reason=reason, requested_by=by, seen=seen, actor=actor, now=now)
    run_open(list(divided.numbers.values()), now=now)
    return divided.refused


# --- what the pages do -----------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, number: str, template: str, look: Look, act: Act) -> HttpResponse:
    order, ordered = _found(number)
    if request.method != "POST":
        return _form(request, order, ordered, template, look)
    fields = request.POST
    if "look" in fields or ("seen" in fields and fields.get("looked", "") != change_forms.wish_text(fields)):
        return _form(request, order, ordered, template, look)
    try:
        refused = act(order, ordered, fields, acting.actor_of(request), acting.now())
    except Refusal as refusal:
        refused = {number: refusal}
    for reason in refused.values():
        return _form(request, order, ordered, template, look, reason)
    run_open([number], now=acting.now())
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect("order", number)


def _form(request: HttpRequest, order: Order, ordered: Ordered, template: str, look: Look, refusal: Refusal | None = None) -> HttpResponse:
    fields = request.POST
    sentence = _sentence(refusal, order) if refusal else ""
    rows = [
        {"line": line, "sent": {name: fields.get(f"{name}.{line.position}", "") for name in ("quantity", "price", "date")}}
        for line in ordered.lines.values()
    ]
    added = [n for n in range(500) if fields.get(f"lines[{n}].sku")]
    context = {
        "order": order,
        "head": ordered.head,
        "rows": rows,
        "sent": fields,
        "new_rows": [
            {
                "n": n,
                "cells": {cell: fields.get(f"lines[{n}].{cell}", "") for cell in ("sku", "quantity", "unit_price", "discount_percent")},
                "errors": {},
            }
            for n in added
        ],
        "refused": sentence,
        "may": _may(request, order),
        "faults": choices_of(program_of(order.version_id, order.version.content_hash)),
        **_looked(order, ordered, fields, look),
    }
    return render(request, template, context, status=refusing.status(refusal) if refusal else 200)


def _effects(request: HttpRequest, number: str, look: Look) -> HttpResponse:
    order, ordered = _found(number)
    return render(request, "web/parts/effects.html", {"order": order, **_looked(order, ordered, request.POST, look)})


def _looked(order: Order, ordered: Ordered, fields: QueryDict, look: Look) -> dict[str, object]:
    """The preview in words, or why there is none."""
    try:
        seen = change_view.effects_of(order, look(order, ordered, fields))
    except NothingChanges:
        return {"effects": None, "looked": ""}
    except Refusal as refusal:
        return {"effects": None, "unclear": _sentence(refusal, order), "looked": ""}
    nothing = seen.refused and not seen.differences and not fields
    return {"effects": None if nothing else seen, "looked": change_forms.wish_text(fields)}


def _sentence(refusal: Refusal, order: Order) -> str:
    if isinstance(refusal, DraftRefused):
        return " ".join(f"{problem.message} {problem.remedy}" for problem in refusal.problems)
    return refusing.sentence(refusal, words_of_order(order))


def _found(number: str) -> tuple[Order, Ordered]:
    order = queries.order_by_number(number)
    if order is None:
        raise Http404
    opened = opened_of(order, None)
    assert opened is not None, "the whole order is always there"
    return order, as_ordered.read([Stood(order.pk, opened.program, opened.case)])[order.pk]


def _may(request: HttpRequest, order: Order) -> frozenset[str]:
    opened = opened_of(order, None)
    return may(acting.actor_of(request), opened, None) if opened else frozenset()


def _text(fields: QueryDict, name: str, most: int = 500) -> str:
    return fields.get(name, "").strip()[:most]


# --- holds ------------------------------------------------------------------------------------------------------------------------


@needs("order.hold")
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """The holds that stand, and a further one."""
    if request.method != "POST":
        return _holds(request, number)
    kind, reason = request.POST.get("type", ""), _text(request.POST, "reason")
    try:
        until = change_forms.day_of(request.POST, "until")
    except DraftRefused as refusal:
        return _holds(request, number, refusal)
    refused = acts.hold([number], kind, reason=reason, until=until, actor=acting.actor_of(request), now=acting.now())
    return _held(request, number, refused)


@needs("order.lift")
@require_POST
def lift(request: HttpRequest, number: str) -> HttpResponse:
    """Lift a hold."""
    kind, reason = request.POST.get("type", ""), _text(request.POST, "reason")
    refused = acts.lift([number], kind, reason=reason, actor=acting.actor_of(request), now=acting.now())
    return _held(request, number, refused)


def _held(request: HttpRequest, number: str, refused: Refused) -> HttpResponse:
    for refusal in refused.values():
        return _holds(request, number, refusal)
    run_open([number], now=acting.now())
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect("order", number)


def _holds(request: HttpRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    order = queries.order_by_number(number)
    if order is None:
        raise Http404
    allowed = sorted(name.removeprefix(HOLD) for name in _may(request, order) if name.startswith(HOLD))
    context = {
        "order": order,
        "holds": order_view.holds_of(order),
        "hold_types": allowed,
        "sent": request.POST,
        "refused": _sentence(refusal, order) if refusal else "",
    }
    return render(request, "web/hold.html", context, status=refusing.status(refusal) if refusal else 200)


# --- what was changed before, and what waits ----------------------------------------------------------------------------------------


@needs("order.read")
@require_safe
def documents(request: HttpRequest, number: str) -> HttpResponse:
    """Every change of the order as a document."""
    order = queries.order_by_number(number)
    if order is None:
        raise Http404
    return render(request, "web/changes.html", {"order": order, "documents": change_view.documents_of(order)})


@needs("order.list")
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The changes that came again by file or API and wait for a decision."""
    return render(request, "web/proposals.html", {"proposals": amending.proposals()})


@needs("order.change")
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """What came, beside what the order says, and what accepting it would touch; accept or reject."""
    found = AmendmentProposal.objects.filter(pk=proposal_id).select_related("order__version", "order__customer").first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _proposal(request, found)
    reason, actor = _text(request.POST, "reason"), acting.actor_of(request)
    refusal: Refusal | None = None
    try:
        if "accept" in request.POST:
            refusal = amending.accept(found.pk, reason=reason, seen=request.POST.get("seen", ""), actor=actor, now=acting.now())
        else:
            amending.reject(found.pk, reason=reason, actor=actor, now=acting.now())
    except Refusal as raised:
        refusal = raised
    if refusal is not None:
        found.refresh_from_db()
        return _proposal(request, found, refusal)
    run_open([found.order.number], now=acting.now())
    messages.success(request, _("%(number)s: done.") % {"number": found.order.number})
    return redirect("order", found.order.number)


def _proposal(request: HttpRequest, found: AmendmentProposal, refusal: Refusal | None = None) -> HttpResponse:
    order = found.order
    context: dict[str, object] = {"proposal": found, "order": order, "may": _may(request, order), "sent": request.POST}
    context["refused"] = _sentence(refusal, order) if refusal and not isinstance(refusal, ProposalSettled) else ""
    if found.state == AmendmentProposal.State.WAITING:
        try:
            wish = amending.change_of(order, amending.edit_of(found), now=acting.now())
            context["effects"] = change_view.effects_of(order, blast_radius.of_change(order, wish, settles=True))
        except Refusal as unclear:
            context["unclear"] = _sentence(unclear, order)
    return render(request, "web/proposal.html", context, status=refusing.status(refusal) if refusal else 200)


urlpatterns = [
    path("orders/<str:number>/change", change, name="order_change"),
    path("orders/<str:number>/change/effects", change_effects, name="order_change_effects"),
    path("orders/<str:number>/cancel", cancel, name="order_cancel"),
    path("orders/<str:number>/cancel/effects", cancel_effects, name="order_cancel_effects"),
    path("orders/<str:number>/divide", divide, name="order_divide"),
    path("orders/<str:number>/divide/effects", divide_effects, name="order_divide_effects"),
    path("orders/<str:number>/hold", hold, name="order_hold"),
    path("orders/<str:number>/lift", lift, name="order_lift"),
    path("orders/<str:number>/changes", documents, name="order_changes"),
    path("proposals", proposals, name="proposals"),
    path("proposals/<int:proposal_id>", proposal, name="proposal"),
]
