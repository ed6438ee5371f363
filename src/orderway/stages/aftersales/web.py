"""How people settle what went wrong: complaints, returns that are announced and arrive, what was done. Judges nothing; acts do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from orderway.engine.refusals import Refusal
from orderway.orders import asking
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.corrections import Fault
from orderway.orders.stages import Panel, register_panel
from orderway.pages import fields, refusing
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.guarding import needs
from orderway.pages.navigation import Tab, register_tab
from orderway.stages.aftersales import actions, pages, queries
from orderway.stages.aftersales.models import CreditNote, ReturnReceipt
from orderway.stages.invoicing.money import ZERO


def resolve(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Settle what the customer complained about."""
    done = sent.fields.get("resolution", "").strip()[:500]
    return actions.resolve([place], resolutions={place: done}, brings={place: completion}, actor=actor, now=now)


@needs("return.announce")
@require_POST
def announce(request: HttpRequest, number: str) -> HttpResponse:
    """Announce that goods come back."""
    try:
        wanted = {position: quantity for position, quantity in fields.numbers(request.POST, "back.").items() if quantity}
        reason = request.POST.get("reason", "").strip()[:200]
        announcement = actions.Announcement(number, wanted, reason, fault=_fault(request, reason))
        refused = actions.announce_return([announcement], actor=asking.actor_of(request), now=asking.now()).refused
    except Refusal as refusal:
        return refusing.response(request, refusal)
    return _answer(request, number, refused, gettext("The return was announced."))


@needs("return.receive")
@require_POST
def receive(request: HttpRequest, number: str, return_number: int) -> HttpResponse:
    """Take goods of an announced return back; fields left empty mean everything that is awaited."""
    condition = request.POST.get("condition", ReturnReceipt.Condition.GOOD)
    if condition not in ReturnReceipt.Condition.values:
        condition = ReturnReceipt.Condition.GOOD
    try:
        arrival = actions.Arrival(number, return_number, fields.numbers(request.POST, "came."), condition)
        refused = actions.receive_return([arrival], actor=asking.actor_of(request), now=asking.now())
    except Refusal as refusal:
        return refusing.response(request, refusal)
    return _answer(request, number, refused, gettext("The goods were taken back."))


def panel(order_ids: Sequence[int]) -> Mapping[int, object]:
    """Complaints, returns, credit notes and what may still come back, of each order."""
    lines = queries.lines(order_ids)
    awaited: dict[int, list[queries.Awaited]] = {}
    for one in queries.awaited(order_ids):
        awaited.setdefault(one.return_id, []).append(one)
    found: dict[int, object] = {}
    for order_id in order_ids:
        names = {line.id: line for line in lines.get(order_id, ())}
        returns = [
            {"return": each, "awaited": [(names[one.line_id], one.quantity) for one in awaited.get(each.pk, ())]}
            for each in queries.returns_of(order_id)
        ]
        content = {
            "complaints": queries.complaints_of(order_id),
            "returns": returns,
            "credit_notes": list(CreditNote.objects.filter(order_id=order_id).order_by("id")),
            "returnable": [line for line in names.values() if line.facts.shipped - line.facts.returned > ZERO],
            "conditions": ReturnReceipt.Condition.choices,
        }
        found[order_id] = content if any(content[key] for key in ("complaints", "returns", "credit_notes", "returnable")) else None
    return found


def _fault(request: HttpRequest, note: str) -> Fault | None:
    """Which error makes goods come back, if somebody called it one."""
    kind = request.POST.get("error_kind", "").strip()[:64]
    return Fault(kind, request.POST.get("caught_at", "").strip()[:64], note) if kind else None


def _answer(request: HttpRequest, number: str, refused: Mapping[int, Refusal], said: str) -> HttpResponse:
    for refusal in refused.values():
        return refusing.response(request, refusal)
    messages.success(request, said)
    return redirect("order", number)


def register() -> None:
    """Fill the lists of forms, panels and tabs."""
    register_tab("invoices", Tab("credit_notes", _("Credit notes"), 20, ("credit_note",)))
    register_form(ActForm("aftersales.resolve", resolve, _("Settle"), template="aftersales/resolve.html"))
    register_panel(Panel("aftersales", "order", _("Complaints and returns"), "aftersales/panel.html", panel, rank=70))


urlpatterns = [
    *pages.urlpatterns,
    path("<str:number>/announce", announce, name="return_announce"),
    path("<str:number>/returns/<int:return_number>/receive", receive, name="return_receive"),
]
