"""Frozen dataclasses and named tuples as JSON and back, by their annotations: what is stored is read as the same types or not at all.

A field of a dataclass that was not stored yet takes its default; one that is stored and no longer known is left out.
"""

from __future__ import annotations

import dataclasses
import json
import types
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Json = Any  # JSON of any shape; what does not fit the annotations raises


def dumped(value: object) -> str:
    """The value as JSON; tuples become lists."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def loaded(kind: type[T], text: str) -> T:
    """The value again."""
    return cast(T, _read(kind, json.loads(text)))


def _plain(value: object) -> Json:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _read(kind: Any, value: Json) -> object:
    origin, parts = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        there = (field.name for field in dataclasses.fields(kind) if field.name in value)
        return cast(Any, kind)(**{name: _read(hints[name], value[name]) for name in there})
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):  # a NamedTuple
        hints = get_type_hints(kind)
        return cast(Any, kind)(*(_read(hints[name], one) for name, one in zip(kind._fields, value, strict=True)))
    if origin is tuple:
        kinds = [parts[0]] * len(value) if parts[1:] == (...,) else parts
        return tuple(_read(part, one) for part, one in zip(kinds, value, strict=True))
    if origin in (Union, types.UnionType):
        return None if value is None else _read(next(part for part in parts if part is not type(None)), value)
    if origin is Literal or kind is Any:
        return value
    return float(value) if kind is float else value
