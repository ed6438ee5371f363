"""How people invoice and book payments: the invoices of an order with what is still open. Judges nothing; rules and acts do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from orderway.engine.refusals import Refusal
from orderway.orders import asking
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.stages import Panel, register_panel
from orderway.pages import fields, refusing
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.guarding import needs
from orderway.pages.navigation import Door, Tab, register_door, register_tab
from orderway.stages.invoicing import actions, pages, payments, queries


def issue(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Invoice what was delivered."""
    return actions.issue([place], brings={place: completion}, actor=actor, now=now)


@needs("invoice.pay")
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Book a payment of the customer for this invoice."""
    invoice = queries.one(number)
    if invoice is None:
        raise Http404
    try:
        amount = fields.number(request.POST.get("amount", ""), "amount")
        received_on = fields.day(request.POST.get("received_on", ""), "received_on")
        reference = request.POST.get("reference", "").strip()[:80]
        received = payments.Received(invoice.customer.key, amount, invoice.currency, reference, received_on, {number: None})
        payments.pay(received, actor=asking.actor_of(request), now=asking.now())
    except Refusal as refusal:
        return refusing.response(request, refusal)
    messages.success(request, gettext("The payment for %(number)s was booked.") % {"number": number})
    return redirect("invoice", number) if request.POST.get("from") == "invoice" else redirect("order", invoice.order.number)


def panel(order_ids: Sequence[int]) -> Mapping[int, object]:
    """The invoices of each order."""
    rows = {}
    for order_id in order_ids:
        rows[order_id] = [{"invoice": invoice, "open": invoice.total - invoice.settled} for invoice in queries.of_order(order_id)]
    return rows


def register() -> None:
    """Fill the lists of forms, panels, doors and tabs."""
    register_door(Door("invoices", _("Invoices"), "file", "v", rank=36))
    register_tab("invoices", Tab("invoices", _("Invoices"), 10, ("invoice",)))
    register_form(ActForm("invoicing.issue", issue, _("Issue the invoice")))
    register_panel(Panel("invoices", "order", _("Invoices"), "invoicing/panel.html", panel, rank=60))


urlpatterns = [*pages.urlpatterns, path("<str:number>/pay", pay, name="invoice_pay")]
