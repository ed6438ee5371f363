"""Columns as PostgreSQL arrays in binary: psycopg's own array dumper was 70 % of the CPU of a batch (ARCHITECTURE).

Encodes only; never sends anything.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from psycopg import adapt, pq

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(2000, 1, 1).toordinal()
_length, _eight, _four = struct.Struct("!i").pack, struct.Struct("!iq").pack, struct.Struct("!ii").pack
NULL = _length(-1)

Encode = Callable[[Any], bytes]


class Array:
    """A column ready to be sent: the bytes of a one-dimensional array, the oid of its type, and how many elements it has."""

    __slots__ = ("count", "data", "oid")

    def __init__(self, oid: int, data: bytes, count: int) -> None:
        self.oid = oid
        self.data = data
        self.count = count


class ArrayDumper(adapt.Dumper):
    """Hands an `Array` to psycopg as it is."""

    format = pq.Format.BINARY

    def get_key(self, obj: Array, format: Any) -> Any:
        """One dumper per array type: the type of the column decides, not the Python class."""
        return (Array, obj.oid)

    def upgrade(self, obj: Array, format: Any) -> ArrayDumper:
        """The dumper that announces this array's type."""
        dumper = ArrayDumper(Array)
        dumper.oid = obj.oid
        return dumper

    def dump(self, obj: Array) -> bytes:
        """The bytes as they are."""
        return obj.data


def _text(value: Any) -> bytes:
    data = (value if type(value) is str else str(value)).encode()
    return _length(len(data)) + data


def _binary(value: Any) -> bytes:
    data = bytes(value)
    return _length(len(data)) + data


def _integer(value: Any) -> bytes:
    return _eight(8, value)


def _moment(value: datetime) -> bytes:
    since = value - EPOCH
    return _eight(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _day(value: date) -> bytes:
    return _four(4, value.toordinal() - EPOCH_DAY)


def _truth(value: Any) -> bytes:
    return b"\0\0\0\1\1" if value else b"\0\0\0\1\0"


# kind -> (oid of the element, oid of the array, encoder). Decimals and JSON travel as text and are cast by the statement.
KINDS: dict[str, tuple[int, int, Encode]] = {
    "int8": (20, 1016, _integer),
    "text": (25, 1009, _text),
    "timestamptz": (1184, 1185, _moment),
    "date": (1082, 1182, _day),
    "bool": (16, 1000, _truth),
    "bytea": (17, 1001, _binary),
}


def _alone(element: int, array: int, encode: Encode) -> Callable[[Any], Array]:
    """What makes an array of one value; an act on one order sends a hundred of them."""
    head = struct.pack("!iiIii", 1, 0, element, 1, 1)
    null = Array(array, struct.pack("!iiIii", 1, 1, element, 1, 1) + NULL, 1)
    return lambda value: null if value is None else Array(array, head + encode(value), 1)


ALONE: dict[str, Callable[[Any], Array]] = {kind: _alone(*how) for kind, how in KINDS.items()}


def encoded(kind: str, values: Sequence[Any]) -> Array:
    """The array of these values; None is NULL."""
    element, array, encode = KINDS[kind]
    if len(values) == 1:
        return ALONE[kind](values[0])
    has_null = None in values
    head = struct.pack("!iiIii", 1, int(has_null), element, len(values), 1) if values else struct.pack("!iiI", 0, 0, element)
    if kind == "int8" and not has_null:
        flat = [8] * (2 * len(values))
        flat[1::2] = values
        return Array(array, head + struct.pack("!" + "iq" * len(values), *flat), len(values))
    if kind in ("timestamptz", "text") and not has_null:
        known = {value: encode(value) for value in set(values)}  # columns of a batch repeat themselves: one `now`, few texts
        return Array(array, head + b"".join([known[value] for value in values]), len(values))
    return Array(array, head + b"".join([NULL if value is None else encode(value) for value in values]), len(values))
