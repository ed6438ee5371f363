"""The lists of masters: what a row shows, how it is sought, sorted and narrowed. Reads only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orderway.masterdata.models import Customer, Item, PriceList, Supplier, TaxCategory, Warehouse
from orderway.pages import languages
from orderway.pages.lists import Cell, Choice, Column, Listing, Sort
from orderway.pages.templatetags.ow import money, price, quantity
from orderway.web.masters.screens import TABS

ACTIVE, CLOSED = "active", "closed"


def _by_active(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    return rows if wanted == "all" else rows.filter(active=wanted == ACTIVE)


STATE = Choice("state", _("State"), ((ACTIVE, _("active")), (CLOSED, _("closed")), ("all", _("all"))), _by_active)


def _state(row: Any) -> Cell | str:
    return "" if row.active else Cell(_("closed"), badge="secondary")


def _state_word(row: Any) -> object:
    return _("active") if row.active else _("closed")


def customers() -> Listing:
    """All customers."""
    blocked = Choice(
        "blocked",
        _("Blocked"),
        (("", _("all")), ("yes", _("blocked only"))),
        lambda rows, wanted: rows.filter(blocked=True) if wanted else rows,
    )
    return Listing(
        "customers",
        _("Customers"),
        Customer.objects.select_related("price_list"),
        (
            Column(
                _("Customer number"), lambda row: Cell(row.key, reverse("masters_one", args=[row.key])), lambda row: row.key, whole=True
            ),
            Column(_("Name"), lambda row: Cell(row.name, small=row.city), lambda row: row.name),
            Column(_("Country"), lambda row: row.country, phone=False),
            Column(_("Currency"), lambda row: row.currency, phone=False),
            Column(_("Price list"), lambda row: row.price_list.key if row.price_list else ""),
            Column(_("Credit limit"), lambda row: money(row.credit_limit, row.currency), lambda row: row.credit_limit, numeric=True),
            Column(_("Days to pay"), lambda row: row.payment_days, numeric=True, phone=False),
            Column(
                _("State"),
                lambda row: Cell(_("blocked"), small=row.blocked_reason, badge="red") if row.blocked else _state(row),
                lambda row: _("blocked") if row.blocked else _state_word(row),
            ),
        ),
        {
            "number": Sort(_("number"), ("key",)),
            "name": Sort(_("name"), ("name", "key")),
            "limit": Sort(_("highest credit limit"), (F("credit_limit").desc(nulls_last=True), "key")),  # type: ignore[arg-type]
        },
        (_("No customer yet."), _("Enter your first one here, or import a file of orders that names them.")),
        search=("key", "name", "city", "tax_number"),
        search_words=_("Number, name, city or tax number"),
        choices=(STATE, blocked),
        tabs=TABS,
    )


def items() -> Listing:
    """All items."""
    routes = (("", _("all")), *Item.Route.choices)
    route = Choice("route", _("What is short is covered by"), routes, lambda rows, wanted: rows.filter(route=wanted) if wanted else rows)
    return Listing(
        "items",
        _("Items"),
        Item.objects.select_related("tax"),
        (
            Column(_("Item number"), lambda row: Cell(row.sku, reverse("items_one", args=[row.sku])), lambda row: row.sku, whole=True),
            Column(_("Name"), lambda row: row.names.get(languages.tag()) or row.name),
            Column(_("Unit"), lambda row: row.unit, phone=False),
            Column(_("What is short is covered by"), lambda row: row.get_route_display()),
            Column(_("List price"), lambda row: price(row.list_price), lambda row: row.list_price, numeric=True),
            Column(_("Tax category"), lambda row: row.tax.key, phone=False),
            Column(_("Lead time (working days)"), lambda row: row.lead_time_days, numeric=True, phone=False),
            Column(_("State"), _state, _state_word),
        ),
        {
            "number": Sort(_("number"), ("sku",)),
            "name": Sort(_("name"), ("name", "sku")),
            "price": Sort(_("highest price first"), ("-list_price", "sku")),
        },
        (_("No item yet."), _("Enter what you sell, make or buy; the stock of it is booked afterwards.")),
        search=("sku", "name"),
        search_words=_("Number or name"),
        choices=(STATE, route),
        tabs=TABS,
    )


def suppliers() -> Listing:
    """All suppliers."""
    return Listing(
        "suppliers",
        _("Suppliers"),
        Supplier.objects.annotate(number_of_items=Count("terms")),
        (
            Column(
                _("Supplier number"), lambda row: Cell(row.key, reverse("suppliers_one", args=[row.key])), lambda row: row.key, whole=True
            ),
            Column(_("Name"), lambda row: Cell(row.name, small=row.city), lambda row: row.name),
            Column(_("Country"), lambda row: row.country, phone=False),
            Column(_("Items"), lambda row: row.number_of_items, numeric=True),
            Column(_("Approved"), lambda row: _("approved") if row.approved else Cell(_("not approved"), badge="yellow")),
            Column(_("State"), _state, _state_word),
        ),
        {"number": Sort(_("number"), ("key",)), "name": Sort(_("name"), ("name", "key"))},
        (_("No supplier yet."), _("Enter whom you buy from; what they deliver at which price stands on the item's page.")),
        search=("key", "name", "city"),
        search_words=_("Number, name or city"),
        choices=(STATE,),
        tabs=TABS,
    )


def warehouses() -> Listing:
    """All warehouses."""
    return Listing(
        "warehouses",
        _("Warehouses"),
        Warehouse.objects.all(),
        (
            Column(_("Short name"), lambda row: Cell(row.key, reverse("warehouses_one", args=[row.key])), lambda row: row.key),
            Column(_("Name"), lambda row: row.name),
            Column(_("Turn"), lambda row: row.rank, numeric=True),
            Column(_("State"), _state, _state_word),
        ),
        {"turn": Sort(_("turn"), ("rank", "key")), "name": Sort(_("name"), ("name", "key"))},
        (_("No warehouse yet."), _("Goods need a place: enter your first warehouse.")),
        search=("key", "name"),
        search_words=_("Name"),
        choices=(STATE,),
        tabs=TABS,
    )


def price_lists() -> Listing:
    """All price lists."""
    return Listing(
        "price-lists",
        _("Price lists"),
        PriceList.objects.annotate(
            number_of_prices=Count("prices", distinct=True),
            number_of_customers=Count("customer", distinct=True, filter=Q(customer__active=True)),
        ),
        (
            Column(_("Short name"), lambda row: Cell(row.key, reverse("price_lists_one", args=[row.key])), lambda row: row.key),
            Column(_("Currency"), lambda row: row.currency),
            Column(_("Prices"), lambda row: quantity(row.number_of_prices), lambda row: row.number_of_prices, numeric=True),
            Column(_("Customers"), lambda row: quantity(row.number_of_customers), lambda row: row.number_of_customers, numeric=True),
        ),
        {"name": Sort(_("name"), ("key",))},
        (_("No price list yet."), _("Without one, orders take the list price of the item.")),
        search=("key",),
        search_words=_("Name"),
        tabs=TABS,
    )


def tax_categories() -> Listing:
    """All tax categories."""
    return Listing(
        "tax-categories",
        _("Tax categories"),
        TaxCategory.objects.annotate(number_of_items=Count("item")),
        (
            Column(_("Short name"), lambda row: Cell(row.key, reverse("tax_categories_one", args=[row.key])), lambda row: row.key),
            Column(_("Rate in percent"), lambda row: quantity(row.rate_percent), lambda row: row.rate_percent, numeric=True),
            Column(_("Items"), lambda row: quantity(row.number_of_items), lambda row: row.number_of_items, numeric=True),
        ),
        {"name": Sort(_("name"), ("key",)), "rate": Sort(_("rate"), ("rate_percent", "key"))},
        (_("No tax category yet."), _("Every item needs one: enter the rates that you charge.")),
        search=("key",),
        search_words=_("Name"),
        tabs=TABS,
    )
