"""The pages of supply orders: the list, and one with what it brings for whom, its goods receipts and what can be done with it.

Decides nothing; acts do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Mistake, Refusal
from orderway.orders import asking
from orderway.orders.actor import Actor
from orderway.pages import fields, lists, refusing
from orderway.pages.guarding import needs
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.navigation import tabs_of
from orderway.pages.templatetags.ow import day
from orderway.stages.supply import actions, queries
from orderway.stages.supply.models import SupplyOrder, SupplyReceipt

RECEIVE = "supply.receive"
BADGES = {SupplyOrder.Status.OPEN: "blue", SupplyOrder.Status.RECEIVED: "green", SupplyOrder.Status.CLOSED: "secondary"}


class NoReason(Mistake):
    """A supply order that is closed without a word."""

    code = "supply_close_needs_reason"
    message = "Closing needs a reason."
    remedy = "Say why nothing more will come; whoever waited is supplied anew."


@needs("supply.read")
@require_safe
def supply_orders(request: HttpRequest) -> HttpResponseBase:
    """Everything that is made or bought."""
    return lists.show(request, _listing())


def _listing() -> Listing:
    kinds = (("", _("all")), *SupplyOrder.Kind.choices)
    states = (("open", _("open")), ("received", _("received")), ("closed", _("closed")), ("all", _("all")))
    return Listing(
        "supply-orders",
        _("Supply orders"),
        queries.supply_orders().prefetch_related("lines__item"),
        (
            Column(
                _("Number"), lambda row: Cell(row.number, reverse("supply_order", args=[row.number])), lambda row: row.number, whole=True
            ),
            Column(_("Kind"), lambda row: row.get_kind_display()),
            Column(_("Supplier"), lambda row: row.supplier.name if row.supplier else ""),
            Column(_("What"), _carries),
            Column(_("Due"), lambda row: day(row.due_on), lambda row: row.due_on, whole=True),
            Column(_("Sent out"), lambda row: day(row.released_at) or _("not yet"), lambda row: row.released_at, phone=False, whole=True),
            Column(_("Warehouse"), lambda row: row.warehouse.name, phone=False),
            Column(_("State"), lambda row: Cell(row.get_status_display(), badge=BADGES[row.status]), lambda row: row.get_status_display()),
        ),
        {
            "due": Sort(_("due first"), ("due_on", "pk")),
            "newest": Sort(_("newest first"), ("-pk",)),
            "supplier": Sort(_("supplier"), ("supplier__name", "due_on", "pk")),
        },
        (_("Nothing was ordered yet."), _("Supply orders are made at the stages of an order that find something short.")),
        search=("number", "supplier__name", "supplier__key"),
        search_words=_("Number or supplier"),
        choices=(
            Choice("state", _("State"), states, lambda rows, state: rows if state == "all" else rows.filter(status=state)),
            Choice("kind", _("Kind"), kinds, lambda rows, kind: rows.filter(kind=kind) if kind else rows),
        ),
        tabs=tabs_of("stock"),
    )


def _carries(row: Any) -> str:
    return ", ".join(f"{line.quantity.normalize():f} × {line.item.sku}" for line in row.lines.all())


@needs("supply.read")
@require_safe
def supply_order(request: HttpRequest, number: str) -> HttpResponse:
    """One supply order."""
    return _page(request, number)


def _page(request: HttpRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    found = SupplyOrder.objects.select_related("supplier", "warehouse").filter(number=number).first()
    if found is None:
        raise Http404
    receipts = SupplyReceipt.objects.filter(supply_line__supply_order=found).select_related("supply_line__item").order_by("-at", "-id")
    context = {
        "order": found,
        "badge": BADGES[SupplyOrder.Status(found.status)],
        "lines": queries.lines_with_pegs(number),
        "receipts": receipts,
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
    }
    return render(request, "supply/order.html", context, status=refusing.status(refusal) if refusal else 200)


@needs(RECEIVE)
@require_POST
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Book what arrived; the stages whose goods are all there are completed."""

    def act(actor: Actor, now: datetime) -> str:
        typed = fields.numbers(request.POST, "arrived.")
        arrivals = None if request.POST.get("everything") == "yes" else [actions.Arrival(*one) for one in typed.items()]
        if arrivals == []:
            raise fields.NotANumber(field="arrived", text=gettext("nothing"))
        paper = request.POST.get("paper", "").strip()[:64]
        received = actions.receive(number, arrivals, paper=paper, actor=actor, now=now)
        return gettext("Booked. Stages completed: %(number)d.") % {"number": len(received.completed)}

    return _doing(request, number, act)


@needs(RECEIVE)
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """It has gone out to the supplier or to production."""

    def act(actor: Actor, now: datetime) -> str:
        actions.release(number, actor=actor, now=now)
        return gettext("Noted: it has gone out.")

    return _doing(request, number, act)


@needs(RECEIVE)
@require_POST
def reconfirm(request: HttpRequest, number: str) -> HttpResponse:
    """A new date for what is still to come."""

    def act(actor: Actor, now: datetime) -> str:
        actions.reconfirm(number, fields.day(request.POST.get("due_on", ""), "due_on"), actor=actor, now=now)
        return gettext("The new date counts from now on.")

    return _doing(request, number, act)


@needs(RECEIVE)
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing more is expected of it."""

    def act(actor: Actor, now: datetime) -> str:
        reason = request.POST.get("reason", "").strip()[:200]
        if not reason:
            raise NoReason(field="reason")
        actions.close(number, reason=reason, actor=actor, now=now)
        return gettext("Closed. Whoever waited for it is supplied anew.")

    return _doing(request, number, act)


def _doing(request: HttpRequest, number: str, act: Callable[[Actor, datetime], str]) -> HttpResponse:
    try:
        said = act(asking.actor_of(request), asking.now())
    except Refusal as refusal:
        return _page(request, number, refusal)
    messages.success(request, said)
    return redirect("supply_order", number)


urlpatterns = [
    path("", supply_orders, name="supply_orders"),
    path("<str:number>/", supply_order, name="supply_order"),
    path("<str:number>/receive", receive, name="supply_receive"),
    path("<str:number>/release", release, name="supply_release"),
    path("<str:number>/reconfirm", reconfirm, name="supply_reconfirm"),
    path("<str:number>/close", close, name="supply_close"),
]
