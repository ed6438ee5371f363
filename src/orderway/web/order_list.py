"""The list of orders: filter, sort and page from the address, so that every state of it can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orderway.orders.models import Order, WorkItem
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.web import acting, queries
from orderway.web.my_work import item_title

SORT_WORDS = {
    "newest": _("newest first"),
    "oldest": _("oldest first"),
    "number": _("number"),
    "customer": _("customer"),
    "promised": _("promised date"),
    "total": _("highest total first"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for."""

    text: str
    status: str
    stage: str
    customer: str
    late: bool
    sort: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A stage at which an order stands."""

    title: str
    who: str
    late: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An order on the list with the stages at which it stands."""

    order: Order
    places: tuple[Standing, ...]


@needs("order.list")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The list."""
    now, wanted = acting.now(), _filter(request)
    found = queries.orders(
        status=wanted.status, stage=wanted.stage, customer=wanted.customer, late=wanted.late, text=wanted.text, sort=wanted.sort, now=now
    )
    page = page_of(found, request)
    open_items = queries.open_items_of([order.pk for order in page.rows])
    page.rows[:] = [Row(order, _standing(order, open_items.get(order.pk, ()), now)) for order in page.rows]
    context = {"page": page, "filter": wanted, "statuses": Order.Status.choices, "stages": _stages(), "sorts": SORT_WORDS.items()}
    return render(request, "web/orders.html", context)


@needs("order.list")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Straight to the order if the words are its number or the customer's, else the list."""
    text = request.GET.get("q", "").strip()
    exact = list(Order.objects.filter(Q(number__iexact=text) | Q(customer_po=text)).values_list("number", flat=True)[:2]) if text else []
    if len(exact) == 1:
        return redirect("order", exact[0])
    return redirect(f"{reverse('orders')}?{urlencode({'q': text})}")


def _filter(request: HttpRequest) -> Filter:
    given = request.GET
    return Filter(
        text=given.get("q", "").strip()[:80],
        status=given.get("status", ""),
        stage=given.get("stage", ""),
        customer=given.get("customer", ""),
        late=given.get("late") == "yes",
        sort=given.get("sort", "newest"),
    )


def _standing(order: Order, items: Iterable[WorkItem], now: datetime) -> tuple[Standing, ...]:
    standard = program_of(order.version_id, order.version.content_hash).standard
    return tuple(
        Standing(
            title=item_title(item, standard),
            who=item.responsible.name if item.responsible else "",
            late=item.due_at is not None and item.due_at < now and item.held_since is None,
        )
        for item in items
    )


def _stages() -> list[tuple[str, str]]:
    """The stages of every standard in force, each id once."""
    found: dict[str, str] = {}
    for version in Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash"):
        standard = program_of(version.pk, version.content_hash).standard
        for stage in standard.stages_in_flow():
            found.setdefault(stage, said(standard.stages[stage].title))
    return list(found.items())
