"""Every address of the masters. Shows nothing itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orderway.masterdata.models import Company
from orderway.pages.guarding import needs
from orderway.web.masters import forms, listings, parts, standing
from orderway.web.masters.screens import READ, Screen, edit

CUSTOMERS = Screen(
    "masters",
    "customers/",
    _("Customer"),
    _("New customer"),
    forms.CustomerForm,
    listings.customers,
    standing.CUSTOMER,
    standing.CREDIT,
    parts.of_customer,
)
ITEMS = Screen("items", "items/", _("Item"), _("New item"), forms.ItemForm, listings.items, cards=parts.of_item)
SUPPLIERS = Screen(
    "suppliers", "suppliers/", _("Supplier"), _("New supplier"), forms.SupplierForm, listings.suppliers, cards=parts.of_supplier
)
WAREHOUSES = Screen("warehouses", "warehouses/", _("Warehouse"), _("New warehouse"), forms.WarehouseForm, listings.warehouses)
PRICE_LISTS = Screen(
    "price_lists",
    "price-lists/",
    _("Price list"),
    _("New price list"),
    forms.PriceListForm,
    listings.price_lists,
    cards=parts.of_price_list,
)
TAX_CATEGORIES = Screen(
    "tax_categories", "tax-categories/", _("Tax category"), _("New tax category"), forms.TaxCategoryForm, listings.tax_categories
)
SCREENS = (CUSTOMERS, ITEMS, SUPPLIERS, WAREHOUSES, PRICE_LISTS, TAX_CATEGORIES)
COMPANY = Screen("company", "company/", _("Our company"), "", forms.CompanyForm, listings.customers)


@needs(READ)
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """We: one row, made by `orderway init`."""
    row = Company.objects.first()
    if row is None:
        raise Http404
    return edit(request, COMPANY, row)


urlpatterns = [*(one for screen in SCREENS for one in screen.urls()), path("company", company, name="company"), *parts.urlpatterns]
BEHIND = (*(f"{screen.name}{part}" for screen in SCREENS for part in ("", "_new", "_one")), "company")
