"""The facts of a set of orders, loaded for the whole set when the first of them is asked for. Decides nothing.

Product facts come from the registered loaders (one statement each), a company's own facts from the evidence that recorded them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from orderway.engine.program import Program
from orderway.orders.models import Evidence
from orderway.releases import catalogue
from orderway.standard.document import FactType
from orderway.standard.values import UNKNOWN, Record, Value

WORD = re.compile(r"[A-Za-z_]\w*")


class Facts:
    """Facts of these orders, by name. `before_load` runs before each statement: pending writes must be visible to it."""

    def __init__(self, order_ids: Sequence[int], before_load: Callable[[], None] | None = None) -> None:
        self._order_ids = list(order_ids)
        self._before_load = before_load
        self._loaded: dict[tuple[str, str], Mapping[int, Value]] = {}
        self.asked = 0  # how many questions there were: what was decided without one holds for every order at the same place
        self._given: dict[str, Callable[[int], Value]] = {}
        self._known: dict[object, object] = {}
        self._sources: dict[object, object] = {}

    def give(self, name: str, answer: Callable[[int], Value]) -> None:
        """Let the act answer for a product fact itself, order by order: what its earlier orders have used up stands in no table yet."""
        self._given[name] = answer

    def know(self, load: object, found: object) -> None:
        """What this loader (of a `Shared` one its source) would give after the act's writes: the act has it at hand, nobody need look."""
        self._known[load] = found

    def of(self, program: Program, order_id: int) -> Callable[[str], Value]:
        """The engine's question function for one order."""
        return lambda name: self.value(program, name, order_id)

    def value(self, program: Program, name: str, order_id: int) -> Value:
        """The value of a declared fact, its default, or UNKNOWN."""
        self.asked += 1
        if name in self._given:
            return self._given[name](order_id)
        declared = program.standard.facts.get(name)
        key = self._key(program, name)
        if key not in self._loaded:
            self._loaded[key] = self._load(program, name)
        value = self._loaded[key].get(order_id, UNKNOWN)
        if value is UNKNOWN and declared is not None and declared.has_default and declared.default is not None:
            return declared.default
        return value

    def _key(self, program: Program, name: str) -> tuple[str, str]:
        """Under what a fact is remembered: of a list, each standard reads the fields that its own rules mention."""
        registered = catalogue.fact(name)
        if registered is not None and (registered.fact.type.kind != "list" or (name, "") in self._loaded):
            return name, ""
        return name, program.hash

    def values(self, name: str) -> Mapping[int, Value]:
        """A product fact of the whole set, by order id; orders without a value are missing."""
        if (name, "") not in self._loaded:
            registered = catalogue.fact(name)
            assert registered is not None, f"{name} is no fact of the product"
            self._loaded[name, ""] = _with_fields(name, registered, self._read, None)
        return self._loaded[name, ""]

    def forget(self) -> None:
        """Ask again from now on: an act has written."""
        self._loaded.clear()
        self._sources.clear()

    def _load(self, program: Program, name: str) -> Mapping[int, Value]:
        registered = catalogue.fact(name)
        if registered is None:
            self._look()
            return _recorded(program, name, self._order_ids)
        return _with_fields(name, registered, self._read, _words(program))

    def _read(self, load: catalogue.LoadFact) -> Mapping[int, catalogue.Value]:
        """What a loader gives for the whole set; several facts of one statement are read by it once."""
        if not isinstance(load, catalogue.Shared):
            return self._known[load] if load in self._known else self._looked(load)  # type: ignore[return-value]
        if load.source in self._known:
            return load.part(self._known[load.source])
        if load.source not in self._sources:
            self._sources[load.source] = self._looked(load.source)
        return load.part(self._sources[load.source])

    def _looked(self, source: Callable[[Sequence[int]], object]) -> object:
        self._look()
        return source(self._order_ids)

    def _look(self) -> None:
        if self._before_load is not None:
            self._before_load()


Read = Callable[[catalogue.LoadFact], Mapping[int, catalogue.Value]]


def _with_fields(name: str, registered: catalogue.RegisteredFact, read: Read, words: frozenset[str] | None) -> Mapping[int, Value]:
    """A fact, for a list with those further fields of its records that some rule mentions (None: all)."""
    loaded = read(registered.load)
    if registered.fact.type.kind != "list":
        return {order: _scalar(value) for order, value in loaded.items() if value is not None}
    fields = {
        field: read(entry.load) for field, entry in catalogue.fields_of(name).items() if words is None or field.split(".")[0] in words
    }
    return {order: _records(order, records, fields) for order, records in loaded.items()}


def _records(order: int, records: object, fields: Mapping[str, Mapping[int, catalogue.Value]]) -> tuple[Record, ...]:
    assert isinstance(records, Mapping), "a list fact gives {record key: {field: value}}"
    found = []
    for key, record in records.items():
        extended = {field: _scalar(value) for field, value in record.items()}
        for field, by_order in fields.items():
            values = by_order.get(order)
            if isinstance(values, Mapping) and key in values:
                extended[field] = _scalar(values[key])
        found.append(extended)
    return tuple(found)


def _scalar(value: object) -> Value:
    """A loaded value as the rule language takes it: whole numbers become Decimal, lists become tuples of records."""
    match value:
        case None:
            return UNKNOWN
        case bool() | str() | Decimal() | date():
            return value
        case int():
            return Decimal(value)
        case Mapping():
            return {str(field): _scalar(part) for field, part in value.items()}
        case list() | tuple():
            return tuple({str(field): _scalar(part) for field, part in record.items()} for record in value)
        case _ if value is UNKNOWN:
            return UNKNOWN
    raise AssertionError(f"{value!r} is no value of a fact")


@lru_cache(maxsize=64)
def _words(program: Program) -> frozenset[str]:
    """Every word that a rule of the standard uses: fields that none mentions are not loaded."""
    rules = [*program.skips.values(), *program.criteria.values(), *program.lifts.values()]
    rules += [rule for node in program.nodes for rule in node.when if rule is not None]
    sources = [rule.compiled.source for rule in rules]
    sources += [column.source for table in program.standard.tables.values() for column in table.inputs]
    sources += [row_test for table in program.standard.tables.values() for row in table.rows for row_test in row.tests]
    return frozenset(word for source in sources for word in WORD.findall(source))


def _recorded(program: Program, name: str, order_ids: Sequence[int]) -> Mapping[int, Value]:
    """A company's own fact: the latest evidence of the step that records it."""
    steps = [
        (stage.id, step.id)
        for stage in program.standard.stages.values()
        for step in stage.steps
        if step.evidence and step.evidence.fact == name
    ]
    if not steps:
        return {}
    kind = program.standard.facts[name].type
    rows = Evidence.objects.filter(order_id__in=order_ids, stage__in=[stage for stage, _ in steps], step__in=[step for _, step in steps])
    found: dict[int, Value] = {}
    for order, stage, step, value in rows.order_by("id").values_list("order_id", "stage", "step", "value"):
        if (stage, step) in steps:
            found[order] = as_fact(value, kind)
    return found


def as_fact(text: str, kind: FactType) -> Value:
    """The text of evidence as a value of this type; UNKNOWN if it is none."""
    match kind.kind:
        case "money" | "number" | "percent":
            return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else UNKNOWN
        case "bool":
            return {"yes": True, "true": True, "no": False, "false": False}.get(text, UNKNOWN)
        case "date":
            return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else UNKNOWN
    return text
