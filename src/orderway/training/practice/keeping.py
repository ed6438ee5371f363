"""A scene and a position as they are stored with the practice order, and back: all of it, so that the record outlives the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from orderway.engine import freezing
from orderway.engine.case import Case
from orderway.engine.move import Json
from orderway.standard.document import Standard
from orderway.standard.values import Value
from orderway.standard.vocabulary import Text
from orderway.training.models import Kept
from orderway.training.practice.fields import Field, Kind
from orderway.training.practice.paper import Line, Paper
from orderway.training.practice.playing import Position
from orderway.training.practice.scene import Fault, How, Scene, Where

Read = Mapping[str, object]


def written_scene(scene: Scene) -> Kept:
    """What is stored of a scene."""
    return {
        "order": _paper(scene.order),
        "facts": _facts(scene.facts),
        "faults": [
            {
                "where": list(fault.where),
                "how": fault.how,
                "what": fault.what,
                "paper": _paper(fault.paper) if fault.paper else None,
                "facts": _facts(fault.facts),
            }
            for fault in scene.faults
        ],
        "readings": [[stage, step, value] for (stage, step), value in scene.readings.items()],
        "fields": [[stage, *_field(one)] for stage, fields in scene.fields.items() for one in fields],
    }


def read_scene(kept: Read, standard: Standard) -> Scene:
    """The scene again; facts by the types that the standard declares."""
    return Scene(
        order=_read_paper(kept["order"]),
        facts=_read_facts(kept["facts"], standard),
        faults=tuple(_read_fault(one, standard) for one in cast("Sequence[Read]", kept["faults"])),
        readings={(stage, step): value for stage, step, value in cast("Sequence[tuple[str, str, str]]", kept["readings"])},
        fields=_read_fields(cast("Sequence[Sequence[str]]", kept.get("fields", ()))),  # one begun before there were any has none
    )


def written_position(position: Position) -> Kept:
    """What is stored of where a practice order stands."""
    return {
        "case": position.case.to_text(),
        "settled": sorted([stage, kind] for stage, kind in position.settled),
        "papers": sorted(position.papers),
        "proven": dict(position.proven),
        "proven_at": position.proven_at,
        "entered": dict(position.entered),
    }


def read_position(kept: Read) -> Position:
    """The position again."""
    return Position(
        case=Case.from_text(str(kept["case"])),
        settled=frozenset(_where(one) for one in cast("Iterable[Sequence[str]]", kept["settled"])),
        papers=frozenset(cast("Iterable[str]", kept["papers"])),
        proven=cast("Mapping[str, str]", kept["proven"]),
        proven_at=str(kept["proven_at"]),
        entered=cast("Mapping[str, str]", kept.get("entered", {})),
    )


# --- parts --------------------------------------------------------------------------------------------------------------


def _paper(paper: Paper) -> Kept:
    return {
        "number": paper.number,
        "customer": dict(paper.customer.values),
        "place": dict(paper.place.values),
        "wished_on": paper.wished_on.isoformat(),
        "terms_days": paper.terms_days,
        "discount": paper.discount,
        "lines": [[line.sku, dict(line.name.values), line.quantity, str(line.price), line.route] for line in paper.lines],
    }


def _read_paper(kept: object) -> Paper:
    one = cast("Read", kept)
    lines = cast("Sequence[tuple[str, Mapping[str, str], int, str, str]]", one["lines"])
    return Paper(
        number=str(one["number"]),
        customer=_text(one["customer"]),
        place=_text(one["place"]),
        wished_on=date.fromisoformat(str(one["wished_on"])),
        terms_days=cast(int, one["terms_days"]),
        discount=cast(int, one["discount"]),
        lines=tuple(Line(sku, _text(name), quantity, Decimal(price), route) for sku, name, quantity, price, route in lines),
    )


def _field(one: Field) -> list[str]:
    return [one.name, one.kind, one.wanted, one.sku, one.usual]


def _read_fields(rows: Sequence[Sequence[str]]) -> dict[str, tuple[Field, ...]]:
    found: dict[str, tuple[Field, ...]] = {}
    for stage, name, kind, wanted, sku, usual in rows:
        found[stage] = (*found.get(stage, ()), Field(name, cast(Kind, kind), wanted, sku, usual))
    return found


def _read_fault(one: Read, standard: Standard) -> Fault:
    return Fault(
        where=_where(cast("Sequence[str]", one["where"])),
        how=cast(How, one["how"]),
        what=str(one["what"]),
        paper=_read_paper(one["paper"]) if one["paper"] else None,
        facts=_read_facts(one["facts"], standard),
    )


def _facts(facts: Mapping[str, Value]) -> dict[str, Json]:
    return {name: _fact(value) for name, value in facts.items()}


def _fact(value: Value) -> Json:
    if isinstance(value, tuple):
        return [{name: _fact(inner) for name, inner in record.items()} for record in value]
    return freezing.freeze(value, {})


def _read_facts(kept: object, standard: Standard) -> dict[str, Value]:
    return {name: freezing.thaw(cast(Json, value), standard.facts[name].type) for name, value in cast("Read", kept).items()}


def _text(values: object) -> Text:
    return Text(tuple(cast("Mapping[str, str]", values).items()))


def _where(parts: Sequence[str]) -> Where:
    return parts[0], parts[1]
