"""Acts on masters that people type in: customers, items, suppliers, warehouses, price lists, tax categories, our company.

Every act stands in the journal of the master; nothing is deleted, it is closed. Orders that exist keep the prices and rates they were
placed with. Grants no right: the page or program that asks has asked `rights`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, models, transaction

from orderway.engine.refusals import Refusal
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Company, Customer, Item, PriceList, Supplier, TaxCategory, Warehouse
from orderway.masterdata.refusals import MasterChanged, MasterKeyTaken, NotAMasterKey

OURS = "us"  # the key of the one company row in the journal


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of master: its subject in the journal, its table, the field that names a row, and the fields that may speak of a person.

    Of those the journal says that they changed, not to what.
    """

    subject: str
    model: type[models.Model]
    key: str = "key"
    personal: frozenset[str] = frozenset()


CUSTOMER = Kind("customer", Customer, personal=frozenset({"name", "city", "address", "tax_number", "email"}))
SUPPLIER = Kind("supplier", Supplier, personal=frozenset({"name", "city", "email"}))
ITEM = Kind("item", Item, key="sku")
WAREHOUSE = Kind("warehouse", Warehouse)
PRICE_LIST = Kind("price_list", PriceList)
TAX_CATEGORY = Kind("tax_category", TaxCategory)
COMPANY = Kind("company", Company, key="")


def create(kind: Kind, given: Mapping[str, object], *, by: str, now: datetime) -> models.Model:
    """A new master. Raises NotAMasterKey and MasterKeyTaken."""
    key = str(given[kind.key])
    _check(kind, key)
    row = kind.model(**given)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            note(kind, row, "create", by, now, {"values": _told(kind, values_of(row), values_of(row).keys())})
    except IntegrityError:
        if not kind.model._default_manager.filter(**{kind.key: key}).exists():
            raise  # another constraint: a mistake of the program, as forms check what people type
        raise MasterKeyTaken(field=kind.key, key=key) from None
    return row


def edit(kind: Kind, row: models.Model, given: Mapping[str, object], *, seen: str, by: str, now: datetime) -> list[str]:
    """Other values; gives the fields that changed. `seen` is the stamp of the row as it was shown.

    Raises MasterChanged if somebody else saved in between: nothing of theirs is overwritten unseen. What is to be closed and is still
    needed is refused by who needs it (`register_closing`).
    """
    with transaction.atomic():
        found = locked(row)
        if seen != stamp(found):
            raise MasterChanged(key=key_of(kind, found))
        before = values_of(found)
        for name, value in given.items():
            setattr(found, name, value)
        after = values_of(found)
        changed = [name for name in after if after[name] != before[name]]
        if "active" in changed and not after["active"]:
            _require_nothing_open(kind, found)
        if changed:
            found.save(update_fields=changed)
            payload = {name: [_told_one(kind, name, before[name]), _told_one(kind, name, after[name])] for name in changed}
            note(kind, found, "edit", by, now, {"changed": payload})
    return changed


StillNeeded = Callable[[models.Model], Refusal | None]
_closing: dict[str, list[StillNeeded]] = {}


def register_closing(kind: Kind, find: StillNeeded) -> None:
    """Ask `find` before a master of this kind is closed: what is still open on it, as a refusal that says what to do first."""
    _closing.setdefault(kind.subject, []).append(find)


def _require_nothing_open(kind: Kind, row: models.Model) -> None:
    for find in _closing.get(kind.subject, ()):
        refusal = find(row)
        if refusal is not None:
            raise refusal


def note(kind: Kind, row: models.Model, act: str, by: str, now: datetime, payload: Mapping[str, object]) -> None:
    """One entry in the journal of a master; the act holds the row's lock."""
    writing.append([NewEntry(kind.subject, key_of(kind, row), now, act, by, writing.canonical(dict(payload)))])


def key_of(kind: Kind, row: models.Model) -> str:
    """What names this master, in addresses and in the journal."""
    return str(getattr(row, kind.key)) if kind.key else OURS


def locked(row: models.Model) -> models.Model:
    """The row as it is now, under lock."""
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def stamp(row: models.Model, *more: object) -> str:
    """The same as long as nobody saves the row; a form brings it back with what was typed."""
    return sha256(writing.canonical([values_of(row), [str(each) for each in more]]).encode()).hexdigest()[:16]


def values_of(row: models.Model) -> dict[str, object]:
    """Every value of a row by the name of its field, as texts that compare; what is referred to stands by its key."""
    return {each.name: _plain(getattr(row, each.name)) for each in row._meta.concrete_fields if not each.primary_key}


def _plain(value: Any) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, models.Model):
        return str(getattr(value, "key", value.pk))
    if isinstance(value, date):
        return value.isoformat()
    return value


def _told(kind: Kind, values: Mapping[str, object], names: Sequence[str] | Any) -> dict[str, object]:
    return {name: _told_one(kind, name, values[name]) for name in names}


def _told_one(kind: Kind, name: str, value: object) -> object:
    return "…" if name in kind.personal and value else value


def _check(kind: Kind, key: str) -> None:
    """A key stands in addresses, files and papers: no blanks at its ends, no control characters, spelt in one way only."""
    sound = key == unicodedata.normalize("NFKC", key).strip() and key.isprintable() and "  " not in key
    if not key or not sound:
        raise NotAMasterKey(field=kind.key, key=key)
