"""What hangs on a master, beside its form: bill of material and supplier terms of an item, prices of a list, items of a supplier.

Shows and takes what is typed; `masterdata.terms` changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata import terms
from orderway.masterdata.models import Customer, Item, PriceList, Supplier
from orderway.pages import fields, refusing
from orderway.pages.guarding import needs
from orderway.pages.paging import page_of
from orderway.web import acting
from orderway.web.masters import standing
from orderway.web.masters.screens import Card

TEMPLATES = "web/masters/parts"


class NoSuchMaster(Mistake):
    """A number that names nothing."""

    code = "no_such_master"
    message = "There is no {key} among the masters."
    remedy = "Check the number, or enter it first."


def of_item(row: Model, request: HttpRequest) -> Sequence[Card]:
    """What an item is made of, who delivers it, what it costs on price lists, and the way to its stock."""
    assert isinstance(row, Item)
    may = standing.may(request, standing.MASTER)
    bill = row.bill.select_related("component").order_by("component__sku")
    offers = [(term, terms.term_text(term)) for term in row.supplier_terms.select_related("supplier").order_by("-preferred", "price", "pk")]
    suppliers = Supplier.objects.filter(active=True).order_by("name")
    prices = row.prices.select_related("price_list").order_by("price_list__key", "from_quantity", "valid_from")
    return (
        Card(_("Bill of material, for one piece"), f"{TEMPLATES}/bill.html", {"item": row, "bill": bill, "may": may}),
        Card(_("Suppliers"), f"{TEMPLATES}/terms.html", {"item": row, "offers": offers, "suppliers": suppliers, "may": may}),
        Card(_("Prices"), f"{TEMPLATES}/prices_of_item.html", {"item": row, "prices": prices}),
    )


def of_price_list(row: Model, request: HttpRequest) -> Sequence[Card]:
    """The prices of a list, a page at a time."""
    assert isinstance(row, PriceList)
    page = page_of(row.prices.select_related("item").order_by("item__sku", "from_quantity", "valid_from", "pk"), request)
    return (Card(_("Prices"), f"{TEMPLATES}/prices.html", {"list": row, "page": page, "may": standing.may(request, standing.MASTER)}),)


def of_supplier(row: Model, request: HttpRequest) -> Sequence[Card]:
    """What a supplier delivers."""
    assert isinstance(row, Supplier)
    return (Card(_("Items"), f"{TEMPLATES}/supplied.html", {"terms": row.terms.select_related("item").order_by("item__sku")}),)


def of_customer(row: Model, request: HttpRequest) -> Sequence[Card]:
    """The ways to a customer's orders and invoices."""
    assert isinstance(row, Customer)
    return (Card(_("Orders and invoices"), f"{TEMPLATES}/ways.html", {"customer": row}),)


@needs(standing.MASTER)
@require_POST
def component(request: HttpRequest, key: str) -> HttpResponse:
    """A line of a bill of material: added, changed or taken off."""
    found, sent = _item(key), request.POST

    def act(by: str, now: datetime) -> None:
        amount = None if sent.get("off") == "yes" else fields.number(sent.get("quantity", ""), "quantity")
        terms.set_component(found, _item_typed(sent.get("component", "")), amount, seen=sent.get("seen", ""), by=by, now=now)

    return _doing(request, "items_one", key, act)


@needs(standing.MASTER)
@require_POST
def term(request: HttpRequest, key: str) -> HttpResponse:
    """Terms of a supplier: added, changed or taken off."""
    found, sent = _item(key), request.POST

    def act(by: str, now: datetime) -> None:
        supplier = Supplier.objects.filter(key=sent.get("supplier", "")).first()
        if supplier is None:
            raise NoSuchMaster(field="supplier", key=sent.get("supplier", ""))
        off = sent.get("off") == "yes"
        price = None if off else fields.number(sent.get("price", ""), "price")
        days = 0 if off else int(fields.number(sent.get("days", ""), "days"))
        preferred = sent.get("preferred") == "yes"
        terms.set_term(found, supplier, price, min(days, 3650), preferred=preferred, seen=sent.get("seen", ""), by=by, now=now)

    return _doing(request, "items_one", key, act)


@needs(standing.MASTER)
@require_POST
def price(request: HttpRequest, key: str) -> HttpResponse:
    """A price of a list: added, changed or taken off."""
    found = PriceList.objects.filter(key=key).first()
    if found is None:
        raise Http404
    sent = request.POST

    def act(by: str, now: datetime) -> None:
        amount = None if sent.get("off") == "yes" else fields.number(sent.get("price", ""), "price")
        since = fields.day(sent["since"], "since") if sent.get("since", "").strip() else None
        start = terms.Start(fields.number(sent.get("from", "") or "0", "from"), since)
        terms.set_price(found, _item_typed(sent.get("sku", "")), amount, start, seen=sent.get("seen", ""), by=by, now=now)

    return _doing(request, "price_lists_one", key, act)


def _doing(request: HttpRequest, page: str, key: str, act: Callable[[str, datetime], None]) -> HttpResponse:
    try:
        act(acting.person_of(request).key, acting.now())
    except Refusal as refusal:
        messages.error(request, refusing.sentence(refusal))
    else:
        messages.success(request, gettext("Saved."))
    return redirect(page, key)


def _item(sku: str) -> Item:
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise Http404
    return found


def _item_typed(sku: str) -> Item:
    found = Item.objects.filter(sku=sku.strip()).first()
    if found is None:
        raise NoSuchMaster(field="sku", key=sku.strip() or "–")
    return found


urlpatterns = [
    path("items/bill/<path:key>", component, name="item_bill"),
    path("items/terms/<path:key>", term, name="item_terms"),
    path("price-lists/prices/<path:key>", price, name="price_list_prices"),
]
