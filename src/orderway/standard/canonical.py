"""The one text of a standard that is hashed and stored: canonical JSON without marks, and back. Never reads YAML.

What equals its default is left out, so that a key which a later program version adds does not change the hash of an old standard.
A map is written as a list of pairs, because the order of the document is part of what it says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from orderway.standard import document
from orderway.standard.conditions_lexer import tokens
from orderway.standard.conditions_scope import RuleError
from orderway.standard.document import FORMAT, Expression, Fact, Stage, StageId, Standard

_UNWRITTEN = ("mark", "marks")
_NUMERIC = ("money", "number", "percent")

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None


def canonical(standard: Standard) -> str:
    """Canonical JSON: sorted keys, decimals as strings, no marks, nothing that equals its default; equal standards give equal text."""
    return _dumped({"format": FORMAT, "standard": _written(standard)})


def content_hash(standard: Standard) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return _hash(canonical(standard))


def stage_hash(standard: Standard, stage_id: StageId) -> str:
    """SHA-256 of what somebody working in this stage must know: the stage and the tables its gate and conditions name."""
    stage = standard.stages[stage_id]
    tables = [_written(standard.tables[id]) for id in sorted(_tables_of(stage)) if id in standard.tables]
    return _hash(_dumped({"format": FORMAT, "stage": _written(stage), "tables": list(tables)}))


def from_canonical(text: str) -> Standard:
    """The standard of a canonical text (exact inverse of `canonical`; marks are empty). Raises ValueError for any other text."""
    try:
        body = json.loads(text)
        if body["format"] != FORMAT:
            raise ValueError(f"not a standard in {FORMAT}")
        standard = _reader(Standard)(body["standard"])
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a canonical standard: {error!r}") from error
    if not isinstance(standard, Standard) or canonical(standard) != text:
        raise ValueError("not the canonical text of a standard")
    return standard


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _dumped(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _tables_of(stage: Stage) -> set[str]:
    criteria = stage.gate.criteria if stage.gate else ()
    rules = [stage.skip_when, *(criterion.auto for criterion in criteria)]
    named = {stage.gate.approve} if stage.gate and stage.gate.approve else set()
    return named.union(*(_tables_in(rule) for rule in rules if rule))


def _tables_in(rule: Expression) -> set[str]:
    try:
        words = [token.text for token in tokens(rule.source)]
    except RuleError:  # such a standard is never released; its hash must exist all the same
        return set()
    return {words[at + 2] for at in range(len(words) - 2) if words[at] == "table" and words[at + 1] == "."}


# --- writing --------------------------------------------------------------------------------------------------------


def _written(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        body = {field.name: _written(part) for field in fields(value) if not _left_out(field, part := getattr(value, field.name))}
        return {"is": type(value).__name__, **body} if type(value).__name__ in _NODES else body
    if isinstance(value, Mapping):
        return [[str(key), _written(part)] for key, part in value.items()]
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a standard holds no {type(value).__name__}")


def _left_out(field: Field[Any], value: object) -> bool:
    if field.name in _UNWRITTEN:
        return True
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and type(value) is type(field.default) and bool(value == field.default)


# --- reading --------------------------------------------------------------------------------------------------------

_NODES = ("StageRef", "Sequence", "Block", "Each")
_Read = Callable[[Any], Any]


@cache
def _reader(hint: Any) -> _Read:
    """How a value of this type is read back."""
    origin = get_origin(hint)
    if isinstance(hint, NewType):
        return _reader(hint.__supertype__)
    if is_dataclass(hint):
        return _dataclass_reader(hint)
    if origin is tuple:
        return _tuple_reader(get_args(hint))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        value = _reader(get_args(hint)[1])
        return lambda pairs: {key: value(part) for key, part in pairs}
    if origin in (Union, UnionType):
        return _union_reader(get_args(hint))
    if origin is Literal:
        return _checked(lambda value: value in get_args(hint), hint)
    if hint is Decimal:
        return Decimal
    return _checked(lambda value: type(value) is hint, hint)


def _checked(fits: Callable[[Any], bool], hint: Any) -> _Read:
    def read(value: Any) -> Any:
        if not fits(value):
            raise TypeError(f"{value!r} is no {hint}")
        return value

    return read


def _tuple_reader(parts: tuple[Any, ...]) -> _Read:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return lambda values: tuple(_reader(parts[0])(value) for value in values)
    return lambda values: tuple(_reader(part)(value) for part, value in zip(parts, values, strict=True))


def _union_reader(options: tuple[Any, ...]) -> _Read:
    own = [option for option in options if option is not NoneType]
    if all(is_dataclass(option) for option in own) and len(own) > 1:
        return lambda value: _reader(getattr(document, _node_name(value["is"])))(value)
    if len(own) == 1:
        read = _reader(own[0])
        return lambda value: None if value is None and NoneType in options else read(value)
    return _checked(lambda value: value is None or isinstance(value, str | bool), options)


def _node_name(said: str) -> str:
    if said not in _NODES:
        raise TypeError(f"{said!r} is no part of a flow")
    return said


def _dataclass_reader(kind: Any) -> _Read:
    hints = get_type_hints(kind)

    def read(body: Any) -> Any:
        values = {name: _reader(hints[name])(part) for name, part in body.items() if name != "is"}
        return _with_decimal_default(kind(**values))

    return read


def _with_decimal_default(value: Any) -> Any:
    """A fact's default is text in JSON; what it means hangs on the type of the fact."""
    if isinstance(value, Fact) and value.type.kind in _NUMERIC and isinstance(value.default, str):
        return Fact(value.name, value.type, Decimal(value.default), value.has_default, value.source)
    return value
