"""The pages of deliveries: what goes out when, and one with what it carries and what became of it. Reads only; the order's page acts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orderway.orders.models import Delivery, StoredDocument
from orderway.pages import lists
from orderway.pages.guarding import needs
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.navigation import tabs_of
from orderway.pages.templatetags.ow import day
from orderway.stages.delivery import queries

READ = "delivery.read"
BADGES = {Delivery.State.OPEN: "blue", Delivery.State.DONE: "green", Delivery.State.WITHDRAWN: "secondary"}


@needs(READ)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """Everything that goes out."""
    return lists.show(request, _listing())


def _listing() -> Listing:
    states = (("open", _("open")), ("done", _("done")), ("withdrawn", _("withdrawn")), ("all", _("all")))
    return Listing(
        "deliveries",
        _("Deliveries"),
        queries.deliveries(),
        (
            Column(
                _("Delivery"), lambda row: Cell(_place(row), reverse("delivery", args=[row.order.number, row.number])), _place, whole=True
            ),
            Column(_("Customer"), lambda row: row.order.customer.name),
            Column(_("Planned"), lambda row: day(row.planned_on), lambda row: row.planned_on, whole=True),
            Column(_("What"), _carries),
            Column(_("Carrier"), _carrier),
            Column(_("State"), lambda row: Cell(_outcome(row), badge=BADGES[row.state]), _outcome),
        ),
        {
            "planned": Sort(_("planned first"), ("planned_on", "order_id", "number")),
            "newest": Sort(_("newest first"), ("-pk",)),
            "customer": Sort(_("customer"), ("order__customer__name", "planned_on", "pk")),
        },
        (_("No delivery yet."), _("Deliveries are planned at the stage of an order that does so; they stand here from then on.")),
        search=("order__number", "order__customer__name", "order__customer__key", "order__customer_po"),
        search_words=_("Order, PO or customer"),
        choices=(Choice("state", _("State"), states, lambda rows, state: rows if state == "all" else rows.filter(state=state)),),
        tabs=tabs_of("stock"),
    )


def _place(row: Any) -> str:
    return f"{row.order.number}/{row.number}"


def _carries(row: Any) -> str:
    return ", ".join(f"{line.quantity.normalize():f} × {line.line.item.sku}" for line in row.lines.all())


def _carrier(row: Any) -> str:
    trips = list(row.trips.all())
    return max(trips, key=lambda trip: trip.pk).carrier if trips else ""


def _outcome(row: Any) -> object:
    proof = getattr(row, "hand_over", None)
    return proof.get_outcome_display() if proof else row.get_state_display()


@needs(READ)
@require_safe
def delivery(request: HttpRequest, number: str, delivery_number: int) -> HttpResponse:
    """One delivery."""
    found = queries.deliveries(order=number).filter(number=delivery_number).first()
    if found is None:
        raise Http404
    place = _place(found)
    context = {
        "delivery": found,
        "place": place,
        "outcome": _outcome(found),
        "badge": BADGES[Delivery.State(found.state)],
        "proof": getattr(found, "hand_over", None),
        "papers": StoredDocument.objects.filter(order=found.order, place=place, erased_at__isnull=True).order_by("id").only("id", "name"),
    }
    return render(request, "delivery/one.html", context)


urlpatterns = [
    path("", deliveries, name="deliveries"),
    path("<str:number>/<int:delivery_number>/", delivery, name="delivery"),
]
