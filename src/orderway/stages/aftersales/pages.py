"""The pages of credit notes: the list with its sums, and one as it was issued. Reads only; the order's page acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orderway.pages import lists
from orderway.pages.guarding import needs
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.navigation import tabs_of
from orderway.pages.templatetags.ow import day, money
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.aftersales import queries
from orderway.stages.aftersales.models import CreditNote
from orderway.stages.invoicing.models import Allocation
from orderway.stages.invoicing.pages import READ, paper_of
from orderway.stages.invoicing.queries import AMOUNT_PLACES


@needs(READ)
@require_safe
def credit_notes(request: HttpRequest) -> HttpResponseBase:
    """Every credit note, and what those that fit come to."""
    return lists.show(request, _listing(), above=sums)


def _listing() -> Listing:
    reasons = (("", _("all")), *CreditNote.Reason.choices)
    return Listing(
        "credit-notes",
        _("Credit notes"),
        queries.credit_notes(),
        (
            Column(
                _("Credit note"),
                lambda row: Cell(row.number, reverse("credit_note", args=[row.number])),
                lambda row: row.number,
                whole=True,
            ),
            Column(
                _("Order"),
                lambda row: Cell(row.order.number, reverse("order", args=[row.order.number])),
                lambda row: row.order.number,
                whole=True,
            ),
            Column(_("Customer"), lambda row: row.buyer_name),
            Column(_("Issued"), lambda row: day(row.issued_on), lambda row: row.issued_on, whole=True),
            Column(_("Reason"), lambda row: Cell(row.get_reason_display(), small=row.text), lambda row: row.get_reason_display()),
            Column(_("Total"), lambda row: money(row.total, row.currency), lambda row: row.total, numeric=True),
        ),
        {
            "newest": Sort(_("newest first"), ("-issued_on", "-id")),
            "total": Sort(_("highest total first"), ("-total", "-id")),
            "customer": Sort(_("customer"), ("buyer_name", "-id")),
        },
        (_("No credit note yet."), _("They are issued when goods come back, or as an allowance where an order is settled.")),
        search=("number", "buyer_name", "order__number", "customer__key", "text"),
        search_words=_("Credit note, order or customer"),
        choices=(Choice("reason", _("Reason"), reasons, lambda rows, reason: rows.filter(reason=reason) if reason else rows),),
        tabs=tabs_of("invoices"),
        above="aftersales/sums.html",
    )


def sums(rows: QuerySet[Any]) -> Mapping[str, object]:
    """What the credit notes that fit come to, by currency; one statement."""
    amounts = rows.order_by().values_list("currency").annotate(amount=Total("total"))
    return {"sums": sorted((currency, exact(amount, AMOUNT_PLACES)) for currency, amount in amounts)}


@needs(READ)
@require_safe
def credit_note(request: HttpRequest, number: str) -> HttpResponse:
    """One credit note as it was issued, and the invoices that it corrects."""
    found = queries.credit_note(number)
    if found is None:
        raise Http404
    corrected = Allocation.objects.filter(credit_note=number).order_by("id").values_list("invoice__number", "amount")
    return render(request, "aftersales/credit_note.html", {"note": found, "corrected": corrected, "paper": paper_of(found, "credit_note")})


urlpatterns = [
    path("credit-notes/", credit_notes, name="credit_notes"),
    path("credit-notes/<str:number>/", credit_note, name="credit_note"),
]
