"""What people type about masters: fields, their words, and what is no value at all. Rules about masters are in `masterdata`."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderway.masterdata import keeping
from orderway.masterdata.models import Company, Customer, Item, PriceList, Supplier, TaxCategory, Warehouse
from orderway.orders.models import Order
from orderway.pages import languages

NAMES = {f"name_{code.replace('-', '_')}": tag for code, tag in languages.TAGS.items()}


@cache
def zones() -> list[tuple[str, str]]:
    """The zones of the world, for a choice."""
    return [(zone, zone) for zone in sorted(available_timezones())]


if TYPE_CHECKING:
    _Form = forms.ModelForm[Any]
else:
    _Form = forms.ModelForm  # takes no parameters when it runs


class MasterForm(_Form):
    """A form about one master. What somebody may not change is shown and not taken."""

    kind: ClassVar[keeping.Kind]
    apart: ClassVar[frozenset[str]] = frozenset()  # fields that another right keeps

    def __init__(self, data: QueryDict | None = None, *, row: Model | None = None, closed: frozenset[str] = frozenset()) -> None:
        super().__init__(data, instance=copy(row) if row else None, initial=self.standing(row), label_suffix="")
        for name, part in self.fields.items():
            tick, choice = isinstance(part.widget, forms.CheckboxInput), isinstance(part.widget, forms.Select)
            part.widget.attrs["class"] = "form-check-input" if tick else "form-select" if choice else "form-control"
            part.widget.attrs.setdefault("autocomplete", "off")
            part.disabled = part.disabled or name in closed
        if row is not None and self.kind.key:
            self.fields[self.kind.key].disabled = True  # it stands on papers and in the journal

    def standing(self, row: Model | None) -> dict[str, object]:
        """The values of a row as people write them: numbers without trailing zeros, what is referred to as such."""
        values = {name: getattr(row, name) for name in self.base_fields if row is not None and hasattr(row, name)}
        return {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in values.items()}

    def values(self) -> dict[str, object]:
        """What was typed, by the names of the model's fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in NAMES}

    def title_of(self, name: str) -> str:
        """A field in words, for the history."""
        return str(self.fields[name].label) if name in self.fields else name.replace("_", " ")

    def clean_currency(self) -> str:
        """A currency that exists."""
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if currency not in list_currencies():
            raise ValidationError(
                gettext("No currency is called %(code)s. Use its three letters, such as CNY or EUR.") % {"code": currency}
            )
        return currency

    def clean_country(self) -> str:
        """Two letters, or nothing."""
        country = str(self.cleaned_data["country"]).strip().upper()
        if country and not (country.isascii() and country.isalpha() and len(country) == 2):
            raise ValidationError(gettext("Use the two letters of the country, such as CN or DE."))
        return country

    def validate_unique(self) -> None:
        """Nothing here: the act finds out under its lock, with a sentence of its own."""

    validate_constraints = validate_unique


class NamedForm(MasterForm):
    """A master whose name is kept in every language, besides the one that counts where a language has none."""

    def standing(self, row: Model | None) -> dict[str, object]:
        """The names stand in fields of their own."""
        names = getattr(row, "names", None) or {}
        return {**super().standing(row), **{field: names.get(tag, "") for field, tag in NAMES.items()}}

    def values(self) -> dict[str, object]:
        """The names of the languages together."""
        names = {tag: self.cleaned_data[field] for field, tag in NAMES.items() if self.cleaned_data[field]}
        others = getattr(self.instance, "names", None) or {}
        return {**super().values(), "names": {**{tag: name for tag, name in others.items() if tag not in NAMES.values()}, **names}}

    def title_of(self, name: str) -> str:
        """The names share one field."""
        return gettext("Names in other languages") if name == "names" else super().title_of(name)


def _name(words: object) -> forms.CharField:
    return forms.CharField(label=str(words) if isinstance(words, str) else words, required=False, max_length=200)  # type: ignore[arg-type]


class CustomerForm(MasterForm):
    """A customer: who they are, and how far we trust them."""

    kind = keeping.CUSTOMER
    apart = frozenset({"price_list", "credit_limit", "payment_days", "blocked", "blocked_reason"})
    language = forms.ChoiceField(label=_("Language of papers and messages"), choices=languages.OWN_NAMES.items())
    price_list = forms.ModelChoiceField(
        PriceList.objects.order_by("key"), label=_("Price list"), to_field_name="key", required=False, empty_label=_("list prices")
    )

    class Meta:
        model = Customer
        fields = (
            *("key", "name", "tax_number", "address", "city", "country", "email", "language", "currency"),
            *("price_list", "payment_days", "credit_limit", "active", "blocked", "blocked_reason"),
        )
        labels: ClassVar = {
            "key": _("Customer number"),
            "name": _("Name"),
            "tax_number": _("Tax number"),
            "address": _("Address"),
            "city": _("City"),
            "country": _("Country"),
            "email": _("E-mail"),
            "currency": _("Currency"),
            "payment_days": _("Days to pay"),
            "credit_limit": _("Credit limit"),
            "active": _("active: may be chosen for new orders"),
            "blocked": _("blocked: orders wait at the review"),
            "blocked_reason": _("Why blocked"),
        }
        help_texts: ClassVar = {"credit_limit": _("Empty: no limit was set."), "country": _("Two letters, such as CN.")}

    def clean(self) -> dict[str, Any]:
        """A block without a reason helps nobody who has to answer the customer."""
        found = super().clean() or self.cleaned_data
        if found.get("blocked") and not found.get("blocked_reason") and not self.fields["blocked"].disabled:
            self.add_error("blocked_reason", gettext("Say why, so that whoever talks to the customer knows."))
        if (found.get("credit_limit") or 0) < 0:
            self.add_error("credit_limit", gettext("A limit is not negative; 0 means that nothing goes out on credit."))
        return found


class ItemForm(NamedForm):
    """An item: what it is, where a shortage is covered from, what it costs."""

    kind = keeping.ITEM
    name_en = _name(_("Name in English"))
    name_zh_hans = _name(_("Name in simplified Chinese"))
    name_zh_hant = _name(_("Name in traditional Chinese"))
    tax = forms.ModelChoiceField(TaxCategory.objects.order_by("key"), label=_("Tax category"), to_field_name="key", empty_label=None)

    class Meta:
        model = Item
        fields = (
            *("sku", "name", "unit", "route", "list_price", "tax", "weight_kg", "lead_time_days", "return_days"),
            *("stocked", "active"),
        )
        labels: ClassVar = {
            "sku": _("Item number"),
            "name": _("Name"),
            "unit": _("Unit"),
            "route": _("What is short is covered by"),
            "list_price": _("List price"),
            "weight_kg": _("Weight of one unit (kg)"),
            "lead_time_days": _("Lead time (working days)"),
            "return_days": _("Days to return"),
            "stocked": _("kept in stock (not a service)"),
            "active": _("active: may be ordered"),
        }
        help_texts: ClassVar = {"list_price": _("Orders that exist keep the price they were placed with.")}

    def clean(self) -> dict[str, Any]:
        """Neither prices nor weights are negative."""
        found = super().clean() or self.cleaned_data
        for name in ("list_price", "weight_kg"):
            if (found.get(name) or 0) < 0:
                self.add_error(name, gettext("This is not negative."))
        return found


class SupplierForm(MasterForm):
    """A supplier; only approved and active ones are ordered from."""

    kind = keeping.SUPPLIER

    class Meta:
        model = Supplier
        fields = ("key", "name", "city", "country", "email", "approved", "active")
        labels: ClassVar = {
            "key": _("Supplier number"),
            "name": _("Name"),
            "city": _("City"),
            "country": _("Country"),
            "email": _("E-mail"),
            "approved": _("approved: may be ordered from"),
            "active": _("active"),
        }
        help_texts: ClassVar = {"country": _("Two letters, such as CN.")}


class WarehouseForm(MasterForm):
    """A warehouse and its turn when goods are sought."""

    kind = keeping.WAREHOUSE

    class Meta:
        model = Warehouse
        fields = ("key", "name", "rank", "active")
        labels: ClassVar = {"key": _("Short name"), "name": _("Name"), "rank": _("Turn"), "active": _("active")}
        help_texts: ClassVar = {"rank": _("Reservations look in the warehouse with the lowest turn first; goods on order arrive there.")}


class PriceListForm(MasterForm):
    """A price list; its currency is that of the customers who have it."""

    kind = keeping.PRICE_LIST

    class Meta:
        model = PriceList
        fields = ("key", "currency")
        labels: ClassVar = {"key": _("Short name"), "currency": _("Currency")}


class TaxCategoryForm(MasterForm):
    """A tax category and its rate."""

    kind = keeping.TAX_CATEGORY

    class Meta:
        model = TaxCategory
        fields = ("key", "rate_percent")
        labels: ClassVar = {"key": _("Short name"), "rate_percent": _("Rate in percent")}
        help_texts: ClassVar = {
            "rate_percent": _("Orders that exist keep the rate they were placed with; the new one is for those that follow.")
        }

    def clean_rate_percent(self) -> object:
        """A rate is not negative."""
        rate = self.cleaned_data["rate_percent"]
        if rate < 0:
            raise ValidationError(gettext("This is not negative."))
        return rate


class CompanyForm(NamedForm):
    """We, as papers print it."""

    kind = keeping.COMPANY
    name_en = _name(_("Name in English"))
    name_zh_hans = _name(_("Name in simplified Chinese"))
    name_zh_hant = _name(_("Name in traditional Chinese"))
    zone = forms.ChoiceField(label=_("Time zone of document dates"), choices=zones)

    class Meta:
        model = Company
        fields = ("name", "address", "tax_number", "currency", "zone", "rounding", "prices_include_tax")
        labels: ClassVar = {
            "name": _("Name on papers"),
            "address": _("Address"),
            "tax_number": _("Tax number"),
            "currency": _("Currency"),
            "rounding": _("Rounding of amounts"),
            "prices_include_tax": _("our prices include tax"),
        }
        help_texts: ClassVar = {"prices_include_tax": _("Can be changed only while no order is open, as open ones are invoiced by it.")}

    def clean(self) -> dict[str, Any]:
        """What open orders are reckoned with stays while there are any."""
        found = super().clean() or self.cleaned_data
        if "prices_include_tax" in self.changed_data and Order.objects.filter(status=Order.Status.OPEN).exists():
            self.add_error("prices_include_tax", gettext("Orders are open that are invoiced by this. Change it when none is."))
        return found
