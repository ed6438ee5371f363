"""Creates the customers and items that a file names and the mapping allows to create. Changes none that exist."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from functools import cache

from babel import Locale

from orderway.connect.csv_excel.judging import Line
from orderway.connect.csv_excel.mapping import Mapping
from orderway.masterdata.models import Customer, Item, TaxCategory

CHUNK = 1_000


def create_missing(lines: Iterable[Line], mapping: Mapping) -> None:
    """Create what is missing; of several spellings the first counts."""
    first_of_customer: dict[str, Line] = {}
    first_of_item: dict[str, Line] = {}
    for line in lines:
        first_of_customer.setdefault(line.customer, line)
        if line.sku not in first_of_item or (line.item_name and not first_of_item[line.sku].item_name):
            first_of_item[line.sku] = line
    if "customers" in mapping.create:
        _create_customers(first_of_customer, mapping)
    if "items" in mapping.create:
        _create_items(first_of_item, mapping)


def known_items(skus: Iterable[str]) -> set[str]:
    """Which of these items exist."""
    return _known(Item, "sku", list(skus))


def known_customers(keys: Iterable[str]) -> set[str]:
    """Which of these customers exist."""
    return _known(Customer, "key", list(keys))


def _known(model: type[Item] | type[Customer], field: str, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        found.update(model.objects.filter(**{f"{field}__in": keys[start : start + CHUNK]}).values_list(field, flat=True))
    return found


def _create_customers(firsts: MappingType[str, Line], mapping: Mapping) -> None:
    missing = firsts.keys() - known_customers(firsts)
    rows = [
        Customer(
            key=key[:32],
            name=(line.customer_name or f"Customer {key}")[:200],
            country=_country_code(line.country),
            currency=mapping.currency,
            walk_in=key == mapping.walk_in,
        )
        for key, line in firsts.items()
        if key in missing
    ]
    Customer.objects.bulk_create(rows, batch_size=CHUNK)


def _create_items(firsts: MappingType[str, Line], mapping: Mapping) -> None:
    missing = firsts.keys() - known_items(firsts)
    tax = TaxCategory.objects.get_or_create(key=mapping.tax_category, defaults={"rate_percent": 0})[0]
    rows = [
        Item(
            sku=sku[:64],
            name=(line.item_name or sku)[:200],
            route=Item.Route.BUY,
            stocked=sku not in mapping.services,
            list_price=line.price or 0,
            tax=tax,
        )
        for sku, line in firsts.items()
        if sku in missing
    ]
    Item.objects.bulk_create(rows, batch_size=CHUNK)


def _country_code(name: str) -> str:
    """The ISO code of an English country name; empty if nobody knows it ("Channel Islands", "Unspecified")."""
    return name.upper() if len(name) == 2 else _codes().get(name.casefold(), "")


@cache
def _codes() -> dict[str, str]:
    territories = Locale("en").territories
    codes = {name.casefold(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return codes | {"eire": "IE", "rsa": "ZA", "usa": "US", "uk": "GB", "korea": "KR", "czech republic": "CZ", "hong kong": "HK"}
