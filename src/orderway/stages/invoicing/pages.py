"""The pages of invoices: the list with its sums, and one with lines, taxes and what settled it. Reckons nothing the paper does not say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orderway.orders.models import StoredDocument
from orderway.pages import lists
from orderway.pages.guarding import needs
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.navigation import tabs_of
from orderway.pages.templatetags.ow import day, money
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.invoicing import queries, rules
from orderway.stages.invoicing.models import Allocation, IssuedDocument
from orderway.stages.invoicing.money import ZERO

READ = "invoice.read"
PLACES = queries.AMOUNT_PLACES


@needs(READ)
@require_safe
def invoices(request: HttpRequest) -> HttpResponseBase:
    """Every invoice, with what is open of it and the sums of all that fit."""
    return lists.show(request, _listing(_today()), above=sums)


def _today() -> date:
    return rules.issue_date(datetime.now(UTC), queries.seller().zone)


def _listing(today: date) -> Listing:
    states = (("", _("all")), ("open", _("open")), ("overdue", _("overdue")), ("paid", _("paid")))
    return Listing(
        "invoices",
        _("Invoices"),
        queries.newest(),
        (
            Column(_("Invoice"), lambda row: Cell(row.number, reverse("invoice", args=[row.number])), lambda row: row.number, whole=True),
            Column(
                _("Order"),
                lambda row: Cell(row.order.number, reverse("order", args=[row.order.number])),
                lambda row: row.order.number,
                whole=True,
            ),
            Column(_("Customer"), lambda row: row.buyer_name),
            Column(_("Issued"), lambda row: day(row.issued_on), lambda row: row.issued_on, whole=True),
            Column(_("Due"), lambda row: day(row.due_on), lambda row: row.due_on, whole=True),
            Column(_("Total"), lambda row: money(row.total, row.currency), lambda row: row.total, numeric=True),
            Column(_("Open"), lambda row: _open_cell(row, today), _open, numeric=True),
        ),
        {
            "newest": Sort(_("newest first"), ("-issued_on", "-id")),
            "due": Sort(_("due first"), ("due_on", "id")),
            "total": Sort(_("highest total first"), ("-total", "-id")),
            "customer": Sort(_("customer"), ("buyer_name", "-id")),
        },
        (_("No invoice yet."), _("Invoices are issued at the stage of an order that does so; they stand here from then on.")),
        search=("number", "buyer_name", "order__number", "order__customer_po", "customer__key"),
        search_words=_("Invoice, order, PO or customer"),
        choices=(Choice("state", _("State"), states, lambda rows, state: _by_state(rows, state, today)),),
        tabs=tabs_of("invoices"),
        above="invoicing/sums.html",
    )


def _by_state(rows: QuerySet[Any], state: str, today: date) -> QuerySet[Any]:
    if state == "paid":
        return rows.filter(settled__gte=F("total"))
    if state == "overdue":
        return rows.filter(settled__lt=F("total"), due_on__lt=today)
    return rows.filter(settled__lt=F("total")) if state else rows


def _open(row: Any) -> Decimal:
    return Decimal(row.total) - exact(row.settled, PLACES)


def _open_cell(row: Any, today: date) -> Cell:
    left = _open(row)
    if left <= ZERO:
        return Cell(_("paid"), badge="green")
    return Cell(
        money(left, row.currency), small=_("overdue") if row.due_on < today else "", badge="red" if row.due_on < today else "yellow"
    )


def sums(rows: QuerySet[Any]) -> Mapping[str, object]:
    """What the invoices that fit come to and what is open of them, by currency; two statements."""
    billed = rows.order_by().values_list("currency").annotate(amount=Total("total"))
    settled = (
        Allocation.objects.filter(invoice__in=rows.order_by().values("pk"))
        .values_list("invoice__currency")
        .annotate(amount=Total("amount"))
    )
    paid = {currency: exact(amount, PLACES) for currency, amount in settled.order_by()}
    amounts = sorted((currency, exact(amount, PLACES)) for currency, amount in billed)
    return {"sums": [(currency, amount, amount - paid.get(currency, ZERO)) for currency, amount in amounts]}


@needs(READ)
@require_safe
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """One invoice as it was issued, and what has been paid of it."""
    found = queries.one(number)
    if found is None:
        raise Http404
    today = _today()
    left = _open(found)
    context = {
        "invoice": found,
        "open": left,
        "late": left > ZERO and found.due_on < today,
        "today": today,
        "paper": paper_of(found, "invoice"),
    }
    return render(request, "invoicing/one.html", context)


def paper_of(document: IssuedDocument, name: str) -> int | None:
    """The stored paper of an issued document: its data names the number."""
    found = StoredDocument.objects.filter(order_id=document.order_id, erased_at__isnull=True, **{f"data__{name}": document.number})
    return found.values_list("pk", flat=True).first()


urlpatterns = [
    path("", invoices, name="invoices"),
    path("<str:number>/", invoice, name="invoice"),
]
