"""What the columns of a foreign file mean and what an import may do with them: a small YAML document, shipped or a company's own."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, fields
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FORMAT = "order-mapping/1"
REQUIRED = ("order", "sku", "quantity")
FIELDS = (*REQUIRED, "price", "customer", "ordered_at", "item_name", "customer_name", "country", "requested_on", "discount_percent", "note")
DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d", "%d.%m.%Y")
PREFIX_MEANINGS = ("return", "not_an_order")
SHAPES = (
    *((key, list, "a list, such as [a, b]") for key in ("create", "dates", "whole_numbers", "services")),
    ("prefixes", dict, "a table, such as {C: return}"),
    *((key, str, "a text") for key in ("standard", "channel", "currency", "zone", "query", "sheet", "walk_in")),
)


class MappingMistake(Exception):
    """A mapping that cannot be used; the sentence names the key and what would do."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping. `columns`: our field -> their column. `prefixes`: start of an order number -> return or not_an_order."""

    name: str
    standard: str
    channel: str
    currency: str
    zone: ZoneInfo
    columns: MappingType[str, str]
    as_history: bool = False
    create: frozenset[str] = frozenset()
    opening_stock: str = "none"
    duplicates: str = "refuse"
    walk_in: str | None = None
    dates: tuple[str, ...] = DATES
    whole_numbers: frozenset[str] = frozenset()
    prefixes: MappingType[str, str] = field(default_factory=dict)
    services: frozenset[str] = frozenset()
    query: str | None = None
    sheet: str | None = None
    tax_category: str = "EXEMPT"
    discount_is_share: bool = False


KEYS = ("format", "title", *(entry.name for entry in fields(Mapping) if entry.name != "name"))


def shipped() -> list[str]:
    """The names of the mappings that come with the product."""
    folder = resources.files("orderway.connect.csv_excel") / "mappings"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load(which: str) -> Mapping:
    """A shipped mapping by name, or one of your own by path; raises MappingMistake, or OSError for a path that is not there."""
    if which in shipped():
        source = (resources.files("orderway.connect.csv_excel") / "mappings" / f"{which}.yaml").read_text(encoding="utf-8")
    elif "/" in which or which.endswith((".yaml", ".yml")):
        source = _text_of(Path(which))
    else:
        raise MappingMistake(f"There is no mapping {which!r}. Shipped: {', '.join(shipped())}; or give the path of your own .yaml.")
    return read(source, name=Path(which).stem)


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise MappingMistake(f"The mapping {path.name} is not UTF-8 (byte {problem.start}). Save it as UTF-8.") from problem


def read(source: str, *, name: str) -> Mapping:
    """Check a mapping's text."""
    try:
        data = YAML(typ="safe", pure=True).load(source)
    except YAMLError as problem:
        raise MappingMistake(f"The mapping {name} is no YAML: {problem}") from problem
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise MappingMistake(f"The mapping {name} does not begin with `format: {FORMAT}`. Add that line.")
    for key in data:
        if key not in KEYS:
            raise MappingMistake(f"The mapping {name} has the key {key!r}, which is none. Keys are: {', '.join(KEYS)}.")
    for key, kind, said in SHAPES:
        if not isinstance(data.get(key, kind()), kind):
            raise MappingMistake(f"The mapping {name} has {key}: {data[key]!r}. Write {said}.")
    columns = _columns(data.get("columns"), name)
    zone = str(data.get("zone", "Asia/Shanghai"))
    if zone not in available_timezones():
        raise MappingMistake(f"The mapping {name} has the zone {zone!r}. Use one such as Europe/London.")
    prefixes = {str(prefix): str(meaning) for prefix, meaning in (data.get("prefixes") or {}).items()}
    _one_of(name, "create", data.get("create") or [], ("customers", "items"))
    _one_of(name, "opening_stock", [data.get("opening_stock", "none")], ("none", "demand"))
    _one_of(name, "duplicates", [data.get("duplicates", "refuse")], ("refuse", "merge"))
    _one_of(name, "prefixes", list(prefixes.values()), PREFIX_MEANINGS)
    return Mapping(
        name=name,
        standard=str(data.get("standard", "trade")),
        channel=str(data.get("channel", name))[:32],
        currency=str(data.get("currency", "CNY")),
        zone=ZoneInfo(zone),
        columns=columns,
        as_history=bool(data.get("as_history", False)),
        create=frozenset(data.get("create") or []),
        opening_stock=str(data.get("opening_stock", "none")),
        duplicates=str(data.get("duplicates", "refuse")),
        walk_in=str(data["walk_in"]) if data.get("walk_in") else None,
        dates=tuple(data.get("dates") or DATES),
        whole_numbers=frozenset(data.get("whole_numbers") or []),
        prefixes=prefixes,
        services=frozenset(str(sku) for sku in data.get("services") or []),
        query=data.get("query"),
        sheet=data.get("sheet"),
        tax_category=str(data.get("tax_category", "EXEMPT")),
        discount_is_share=bool(data.get("discount_is_share", False)),
    )


def _columns(columns: object, name: str) -> dict[str, str]:
    if not isinstance(columns, dict):
        raise MappingMistake(f"The mapping {name} has no `columns:`. Say which of your columns is {', '.join(REQUIRED)}.")
    for ours in columns:
        if ours not in FIELDS:
            raise MappingMistake(f"The mapping {name} maps {ours!r}, which is no field. Fields are: {', '.join(FIELDS)}.")
    missing = [ours for ours in REQUIRED if ours not in columns]
    if missing:
        raise MappingMistake(
            f"The mapping {name} does not say which column is {missing[0]}. Add `{missing[0]}: YOUR COLUMN` under columns."
        )
    return {str(ours): str(theirs) for ours, theirs in columns.items()}


def _one_of(name: str, key: str, values: list[str], choices: tuple[str, ...]) -> None:
    for value in values:
        if value not in choices:
            raise MappingMistake(f"The mapping {name} has {key}: {value!r}. Use: {', '.join(choices)}.")
