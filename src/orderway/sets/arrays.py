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
NULL = struct.pack("!i", -1)

Encode = Callable[[Any], bytes]


class Array:
    """A column ready to be sent: the bytes of a one-dimensional array and the oid of its type."""

    __slots__ = ("data", "oid")

    def __init__(self, oid: int, data: bytes) -> None:
        self.oid = oid
        self.data = data

    def __len__(self) -> int:
        """How many elements it has; its fourth word says so, an empty array has none."""
        return int.from_bytes(self.data[12:16], "big")


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
    data = value.encode() if isinstance(value, str) else str(value).encode()
    return struct.pack("!i", len(data)) + data


def _binary(value: Any) -> bytes:
    data = bytes(value)
    return struct.pack("!i", len(data)) + data


def _integer(value: Any) -> bytes:
    return struct.pack("!iq", 8, value)


def _moment(value: datetime) -> bytes:
    since = value - EPOCH
    return struct.pack("!iq", 8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _day(value: date) -> bytes:
    return struct.pack("!ii", 4, value.toordinal() - EPOCH_DAY)


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


ONE = {kind: struct.pack("!iiIii", 1, 0, element, 1, 1) for kind, (element, _, _) in KINDS.items()}
ONE_NULL = {kind: struct.pack("!iiIii", 1, 1, element, 1, 1) + NULL for kind, (element, _, _) in KINDS.items()}


def encoded(kind: str, values: Sequence[Any]) -> Array:
    """The array of these values; None is NULL."""
    element, array, encode = KINDS[kind]
    if len(values) == 1:  # an act on one order sends a hundred such columns
        (value,) = values
        return Array(array, ONE_NULL[kind] if value is None else ONE[kind] + encode(value))
    has_null = None in values
    head = struct.pack("!iiIii", 1, int(has_null), element, len(values), 1) if values else struct.pack("!iiI", 0, 0, element)
    if kind == "int8" and not has_null:
        flat = [8] * (2 * len(values))
        flat[1::2] = values
        return Array(array, head + struct.pack("!" + "iq" * len(values), *flat))
    if kind in ("timestamptz", "text") and not has_null:
        known = {value: encode(value) for value in set(values)}  # columns of a batch repeat themselves: one `now`, few texts
        return Array(array, head + b"".join([known[value] for value in values]))
    return Array(array, head + b"".join([NULL if value is None else encode(value) for value in values]))
