"""Facts as JSON and back: only the fields that were used, decimals as text. Never looks a fact up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from orderway.engine.move import Json
from orderway.standard.document import FactType
from orderway.standard.values import UNKNOWN, Value

Fields = Mapping[str, "Fields"]


@lru_cache(maxsize=2_000)
def fields_of(name: str, used: tuple[str, ...]) -> Fields:
    """The fields of `name` among the dotted names, as a tree: ``order.lines.qty`` gives ``{"qty": {}}`` of ``order.lines``."""
    tree: dict[str, Fields] = {}
    start = f"{name}."
    for dotted in used:
        if dotted.startswith(start):
            tree = dict(merge(tree, _branch(dotted[len(start) :].split("."))))
    return tree


def merge(one: Fields, other: Fields) -> Fields:
    """Both trees in one."""
    if not one or one == other:
        return other
    merged = dict(one)
    for name, fields in other.items():
        merged[name] = merge(merged[name], fields) if name in merged else fields
    return merged


def freeze(value: Value, fields: Fields) -> Json:
    """A known value as JSON; of records only the given fields, and of these only the known ones."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: freeze(value[name], inner) for name, inner in sorted(fields.items()) if value.get(name, UNKNOWN) is not UNKNOWN}
    if not isinstance(value, tuple):
        raise TypeError(f"{value!r} is no known value of a fact")
    return [freeze(record, fields) for record in value]


def thaw(frozen: Json, kind: FactType) -> Value:
    """The value again, by its declared type."""
    if kind.kind == "list":
        return tuple(thaw_record(record, kind) for record in (frozen if isinstance(frozen, list) else []))
    if kind.kind in ("money", "number", "percent"):
        return Decimal(str(frozen))
    if kind.kind == "date":
        return date.fromisoformat(str(frozen))
    return frozen if isinstance(frozen, bool) else str(frozen)


def thaw_record(frozen: Json, kind: FactType) -> Mapping[str, Value]:
    """One record of a list of this type."""
    types = dict(kind.record)
    return {name: thaw(value, types[name]) for name, value in (frozen if isinstance(frozen, dict) else {}).items()}


def _branch(names: list[str]) -> Fields:
    tree: Fields = {}
    for name in reversed(names):
        tree = {name: tree}
    return tree
