"""The pages of stock: what lies where, one item with its moves and reservations, and bookings by hand. Decides nothing; acts do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata.models import Item, Warehouse
from orderway.orders import asking
from orderway.orders.actor import Actor
from orderway.pages import fields, languages, lists, refusing, units
from orderway.pages.guarding import needs
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.navigation import tabs_of
from orderway.pages.paging import page_of
from orderway.pages.templatetags.ow import quantity
from orderway.stages.stock import booking, counting, queries
from orderway.stages.stock.counting import BOOK
from orderway.stages.stock.models import StockMove
from orderway.stages.stock.rules import ZERO

COUNT = "count"
WAYS = (
    (StockMove.Reason.OPENING.value, _("Opening stock: lay here when the system began")),
    (COUNT, _("Count: lies here now, without what is picked")),
    (StockMove.Reason.SCRAPPED.value, _("Write off: is here no more")),
    (StockMove.Reason.TRANSFERRED.value, _("Carry to another warehouse")),
)


class NoSuchPlace(Mistake):
    """An item or warehouse that does not exist."""

    code = "no_such_place"
    message = "There is no {what} {key}."
    remedy = "Choose one that exists, or enter it among the masters first."


@needs("stock.read")
@require_safe
def stock(request: HttpRequest) -> HttpResponseBase:
    """Every item in every warehouse: on hand, reserved, free, expected."""
    new = (reverse("stock_book"), _("Book stock")) if counting.may_book(asking.actor_of(request)) else None
    return lists.show(request, _listing(), new=new)


def _listing() -> Listing:
    houses = (("", _("all")), *Warehouse.objects.values_list("key", "name"))
    free = (("", _("all")), ("none", _("nothing free")), ("short", _("nothing free, nothing expected")), ("some", _("something free")))
    return Listing(
        "stock",
        _("Stock"),
        queries.places(),
        (
            Column(
                _("Item"),
                lambda row: Cell(row.item.sku, reverse("stock_item", args=[row.item.sku]), small=_name(row.item)),
                lambda row: row.item.sku,
            ),
            Column(_("Warehouse"), lambda row: row.location.warehouse.name),
            Column(_("Unit"), lambda row: units.name(row.item.unit), phone=False),
            Column(_("On hand"), lambda row: quantity(row.on_hand), lambda row: row.on_hand, numeric=True),
            Column(_("Reserved"), lambda row: quantity(row.reserved), lambda row: row.reserved, numeric=True),
            Column(_("Free"), _free, lambda row: row.on_hand - row.reserved, numeric=True),
            Column(_("Expected"), lambda row: quantity(row.expected), lambda row: row.expected, numeric=True),
        ),
        {
            "item": Sort(_("item"), ("item__sku", "location__warehouse__rank", "pk")),
            "free": Sort(_("least free first"), ("free", "item__sku", "pk")),
            "most": Sort(_("most on hand first"), ("-on_hand", "item__sku", "pk")),
        },
        (
            _("No stock yet."),
            _("Book what lies in your warehouses now as opening stock; goods receipts and shipments change it from then on."),
        ),
        search=("item__sku", "item__name"),
        search_words=_("Item number or name"),
        choices=(
            Choice("warehouse", _("Warehouse"), houses, lambda rows, key: rows.filter(location__warehouse__key=key) if key else rows),
            Choice("free", _("Free"), free, _by_free),
        ),
        tabs=tabs_of("stock"),
    )


def _by_free(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    if wanted == "some":
        return rows.filter(on_hand__gt=F("reserved"))
    rows = rows.filter(on_hand__lte=F("reserved")) if wanted else rows
    return rows.filter(expected__lte=0) if wanted == "short" else rows


def _free(row: Any) -> Cell:
    free = row.on_hand - row.reserved
    return Cell(quantity(free)) if free > ZERO else Cell(quantity(free), badge="yellow")


def _name(item: Item) -> str:
    return item.names.get(languages.tag()) or item.name


@needs("stock.read")
@require_safe
def item(request: HttpRequest, sku: str) -> HttpResponse:
    """One item: where it lies, who has it reserved, what is to come, every move."""
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise Http404
    context = {
        "item": found,
        "name": _name(found),
        "levels": queries.places().filter(item=found).order_by("location__warehouse__rank", "pk"),
        "reservations": queries.reservations_of(sku),
        "expected": queries.expected_of(sku),
        "page": page_of(queries.moves_of(sku), request),
        "may_book": counting.may_book(asking.actor_of(request)) and found.stocked,
    }
    return render(request, "stock/item.html", context)


@needs(BOOK)
@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """The empty form, for the item that the address names."""
    if not counting.may_book(asking.actor_of(request)):
        return _refused(request)
    return _form(request, {"sku": request.GET.get("sku", "")[:64], "warehouse": request.GET.get("warehouse", "")[:32]})


@needs(BOOK)
@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book it; what cannot be is said beside the form, with everything that was typed."""
    sent = request.POST
    try:
        said = _book(sent, actor=asking.actor_of(request), now=asking.now())
    except Refusal as refusal:
        return _form(request, sent.dict(), refusal)
    messages.success(request, said)
    return redirect("stock_item", sent["sku"].strip())


def _book(sent: Mapping[str, str], *, actor: Actor, now: datetime) -> str:
    counting.require_right(actor)
    found, house = _item(sent.get("sku", "").strip()), _warehouse(sent.get("warehouse", ""))
    amount, reason, what = fields.number(sent.get("quantity", ""), "quantity"), sent.get("reason", "").strip()[:200], sent.get("what", "")
    if what == COUNT:
        if not reason:
            raise booking.NoReason(field="reason")
        counted = counting.count(
            [counting.Count(found.pk, house.pk, amount)], actor=actor, now=now, reference=reason[: booking.NOTE_LENGTH]
        )
        return _told(counted)
    if what not in booking.WHAT:
        raise NoSuchPlace(field="what", what="booking", key=what)
    to = _warehouse(sent.get("to", "")) if what == StockMove.Reason.TRANSFERRED else None
    booking.book(booking.Booking(what, found, house, amount, reason, to), actor=actor, now=now)
    return gettext("Booked.")


def _told(counted: counting.Counted) -> str:
    """What a count did, those who lost goods included."""
    ((_count, verdict),) = counted.verdicts
    said = [gettext("Counted: the difference is %(difference)s.") % {"difference": quantity(verdict.difference)}]
    for lost in counted.lost:
        words = gettext("Order %(order)s, line %(line)s gave up %(released)s and got %(replaced)s from another warehouse.")
        parts = {"order": lost.order, "line": lost.position, "released": quantity(lost.released), "replaced": quantity(lost.replaced)}
        said.append(words % parts)
    return " ".join(said)


def _item(sku: str) -> Item:
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise NoSuchPlace(field="sku", what="item", key=sku)
    return found


def _warehouse(key: str) -> Warehouse:
    found = Warehouse.objects.filter(key=key, active=True).first()
    if found is None:
        raise NoSuchPlace(field="warehouse", what="warehouse", key=key)
    return found


def _form(request: HttpRequest, sent: Mapping[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "sent": sent,
        "refused": refusing.sentence(refusal) if refusal else "",
        "wrong": refusal.field if isinstance(refusal, Mistake) else "",
        "ways": WAYS,
        "warehouses": Warehouse.objects.filter(active=True),
        "tabs": tabs_of("stock"),
    }
    return render(request, "stock/book.html", context, status=refusing.status(refusal) if refusal else 200)


def _refused(request: HttpRequest) -> HttpResponse:
    try:
        counting.require_right(asking.actor_of(request))
    except Refusal as refusal:
        return refusing.response(request, refusal)
    raise AssertionError("whoever may book is not refused")


urlpatterns = [
    path("", stock, name="stock"),
    path("book", form, name="stock_book"),
    path("book/now", book, name="stock_book_now"),
    path("items/<path:sku>", item, name="stock_item"),
]
