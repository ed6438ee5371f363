"""Acts on what hangs on an item: the lines of its bill of material, the terms of its suppliers, its prices on price lists.

Such a line is a value of its master: taking it off is a change, and the journal keeps what it was. Whoever changes or takes off says
what they saw (`seen`), so that nobody overwrites what another has just entered. Orders that exist keep what they were placed with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from orderway.masterdata import keeping
from orderway.masterdata.keeping import ITEM, PRICE_LIST
from orderway.masterdata.models import BillLine, Item, Price, PriceList, Supplier, SupplierTerm
from orderway.masterdata.refusals import BillCircle, MasterChanged, NotAbove

NEW = ""
"""What somebody saw who adds: nothing."""


@dataclass(frozen=True, slots=True)
class Start:
    """From which quantity and day on a price counts."""

    quantity: Decimal = Decimal(0)
    day: date | None = None


def set_component(item: Item, component: Item, quantity: Decimal | None, *, seen: str, by: str, now: datetime) -> None:
    """So much of a component goes into one piece of an item; None takes it off. Raises NotAbove, BillCircle, MasterChanged."""
    if quantity is not None and quantity <= 0:
        raise NotAbove(field="quantity", value=quantity)
    with transaction.atomic():
        list(Item.objects.select_for_update().filter(pk__in=(item.pk, component.pk)).order_by("pk"))
        found = BillLine.objects.filter(item=item, component=component).first()
        before = _text(found.quantity) if found else NEW
        _require_seen(before, seen, component.sku)
        if quantity is None:
            BillLine.objects.filter(item=item, component=component).delete()
        else:
            _refuse_circle(item, component)
            BillLine.objects.update_or_create(item=item, component=component, defaults={"quantity": quantity})
        _note(item, "bill", component.sku, before, _text(quantity), by, now)


def _refuse_circle(item: Item, component: Item) -> None:
    """Nothing is made of itself, by whatever way round."""
    below, seen = {component.pk}, set[int]()
    while below and item.pk not in below:
        seen |= below
        below = set(BillLine.objects.filter(item_id__in=below).values_list("component_id", flat=True)) - seen
    if item.pk in below:
        raise BillCircle(item=item.sku, component=component.sku)


def set_term(
    item: Item, supplier: Supplier, price: Decimal | None, days: int, *, preferred: bool, seen: str, by: str, now: datetime
) -> None:
    """At what price and lead time a supplier delivers an item; None takes it off. One supplier at most is preferred."""
    if price is not None and (price < 0 or days < 0):
        raise NotAbove(field="price", value=min(price, Decimal(days)))
    with transaction.atomic():
        keeping.locked(item)
        found = SupplierTerm.objects.filter(item=item, supplier=supplier).first()
        before = term_text(found) if found else NEW
        _require_seen(before, seen, supplier.key)
        after: SupplierTerm | None = None
        if price is None:
            SupplierTerm.objects.filter(item=item, supplier=supplier).delete()
        else:
            if preferred:
                SupplierTerm.objects.filter(item=item, preferred=True).exclude(supplier=supplier).update(preferred=False)
            values = {"price": price, "lead_time_days": days, "preferred": preferred}
            after = SupplierTerm.objects.update_or_create(item=item, supplier=supplier, defaults=values)[0]
        _note(item, "term", supplier.key, before, term_text(after) if after else NEW, by, now)


def term_text(term: SupplierTerm) -> str:
    """The terms in one text, to compare and to tell."""
    return f"{_text(term.price)} / {term.lead_time_days} d{' *' if term.preferred else ''}"


def set_price(price_list: PriceList, item: Item, price: Decimal | None, start: Start, *, seen: str, by: str, now: datetime) -> None:
    """The price of an item on a list, from a quantity and a day on; None takes it off. Raises NotAbove and MasterChanged."""
    if (price is not None and price < 0) or start.quantity < 0:
        raise NotAbove(field="price", value=price if price is not None and price < 0 else start.quantity)
    with transaction.atomic():
        keeping.locked(price_list)
        place = {"price_list": price_list, "item": item, "from_quantity": start.quantity, "valid_from": start.day}
        rows = Price.objects.filter(price_list=price_list, item=item, from_quantity=start.quantity)
        found = (rows.filter(valid_from=start.day) if start.day else rows.filter(valid_from__isnull=True)).first()
        before = _text(found.price) if found else NEW
        _require_seen(before, seen, item.sku)
        if found is None and price is not None:
            Price.objects.create(**place, price=price)
        elif found is not None and price is None:
            found.delete()
        elif found is not None and price is not None:
            found.price = price
            found.save(update_fields=["price"])
        what = f"{item.sku} ≥ {_text(start.quantity)}{f' {start.day}' if start.day else ''}"
        said = f"{what}: {before or '–'} → {_text(price) or '–'}"
        keeping.note(PRICE_LIST, price_list, "price", by, now, {"said": said})


def _require_seen(before: str, seen: str, what: str) -> None:
    if before != seen:
        raise MasterChanged(key=what)


def _note(item: Item, act: str, what: str, before: str, after: str, by: str, now: datetime) -> None:
    keeping.note(ITEM, item, act, by, now, {"said": f"{what}: {before or '–'} → {after or '–'}"})


def _text(value: Decimal | None) -> str:
    return NEW if value is None else f"{value.normalize():f}"
