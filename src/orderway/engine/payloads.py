"""Moves as JSON and back: what the journal stores. Never decides anything.

Every part that is empty is left out, and keys come in the order of the fields, so that equal moves have equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from orderway.engine.case import EachRun, GateDecision, ItemKey, OpenItem, Waiver
from orderway.engine.move import (
    Assigned,
    Closed,
    Entered,
    Evidence,
    Json,
    Judged,
    Leftover,
    Move,
    RunChange,
    Skipped,
    Timing,
    Turn,
)

_PLAIN = frozenset({str, int, bool, type(None)})
# `Any` here is JSON that this module wrote itself; a journal entry that does not fit raises at once and is a broken chain.
Read = Callable[[Any], Any]


def written(move: Move) -> dict[str, Json]:
    """The move as JSON, only what is not empty, keys in a fixed order."""
    before, after = around_facts(move)
    return {**before, "facts": _json(move.facts), **after} if move.facts else {**before, **after}


def around_facts(move: Move) -> tuple[dict[str, Json], dict[str, Json]]:
    """What is written before and after the facts, which are of one order alone."""
    turn = {name: _json(value) for name in _TURN if (value := getattr(move.turn, name))}
    before = {name: _json(value) for name in _BEFORE_FACTS if (value := getattr(move, name))}
    return {**turn, **before}, {name: _json(value) for name in _AFTER_FACTS if (value := getattr(move, name))}


def read(payload: Mapping[str, Json]) -> Move:
    """The move of a payload. Keys that are no part of a move are left alone."""
    turn: dict[str, Any] = {name: reader(payload[name]) for name, reader in _TURN.items() if name in payload}
    rest: dict[str, Any] = {name: reader(payload[name]) for name, reader in _MOVE.items() if name in payload}
    return Move(Turn(**turn), **rest)


def time_text(moment: datetime) -> str:
    """An aware time as ISO text in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(value: object) -> Json:
    if type(value) in _PLAIN or isinstance(value, bool | int | str):
        return value  # type: ignore[return-value]  # of one of the plain types
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Mapping):
        return {str(name): _json(part) for name, part in value.items()}
    if isinstance(value, Iterable):
        return [_json(part) for part in value]
    raise TypeError(f"{value!r} has no place in a journal entry")


def _each(reader: Read) -> Read:
    return lambda parts: tuple(reader(part) for part in parts)


def _as_is(value: Any) -> Any:
    return value


def _path(value: Any) -> tuple[str, ...]:
    return tuple(value)


def _key(value: Any) -> ItemKey:
    return ItemKey(value[0], tuple(value[1]), value[2], value[3])


def _item(value: Any) -> OpenItem:
    return OpenItem(value[0], tuple(value[1]), *value[2:])


def _time(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _timing(value: Any) -> Timing:
    calls = tuple((percent, datetime.fromisoformat(at)) for percent, at in value[3])
    return Timing(_key(value[0]), _time(value[1]), value[2], calls)


def _decision(value: Any) -> GateDecision:
    stage, path, run, decided_by, roles, signed, linked = value
    return GateDecision(stage, tuple(path), run, tuple(decided_by), tuple(roles), tuple(tuple(people) for people in signed), tuple(linked))


def _run(value: Any) -> RunChange:
    (name, path, key), state = value
    return RunChange(EachRun(name, tuple(path), key), state)


_TURN: Mapping[str, Read] = {
    "act": _as_is,
    "item": _key,
    "closed": _each(lambda part: Closed(_key(part[0]), part[1])),
    "opened": _each(_item),
    "skipped": _each(lambda part: Skipped(part[0], tuple(part[1]), part[2])),
    "entered": _each(lambda part: Entered(part[0], part[1], tuple(part[2]), tuple(part[3]))),
    "each_runs": _each(_run),
    "waiting": _each(lambda part: (_key(part[0]), part[1])),
    "held": _path,
    "lifted": _path,
    "failed": _each(lambda part: (part[0], tuple(part[1]), part[2])),
    "passed": _each(lambda part: (part[0], tuple(part[1]))),
    "worked": _each(_path),
    "decisions": _each(_decision),
    "dropped": _each(lambda part: (part[0], tuple(part[1]), part[2])),
    "waived": _each(lambda part: Waiver(part[0], tuple(part[1]), *part[2:])),
    "judged": _each(lambda part: Judged(*part)),
    "undo": _path,
    "ends_as": _as_is,
    "status": _as_is,
    "reopened": _as_is,
    "renamed": _each(_path),
    "roles": _each(lambda part: (_key(part[0]), part[1])),
}
_MOVE: Mapping[str, Read] = {
    "actor": _as_is,
    "acting_for": _as_is,
    "outcome": _as_is,
    "reason": _as_is,
    "facts": _as_is,
    "evidence": _each(lambda part: Evidence(*part)),
    "documents": _path,
    "leftovers": _each(lambda part: Leftover(part[0], tuple(part[1]), part[2])),
    "timing": _each(_timing),
    "assigned": _each(lambda part: Assigned(_key(part[0]), *part[1:])),
    "hold_until": _time,
    "level": _as_is,
    "told": _as_is,
    "recorded": _path,
    "migrated": _path,
    "unpassed": _path,
    "lifts_when": _as_is,
}
_BEFORE_FACTS = tuple(_MOVE)[: tuple(_MOVE).index("facts")]
_AFTER_FACTS = tuple(_MOVE)[len(_BEFORE_FACTS) + 1 :]
