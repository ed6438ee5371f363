"""XES as programs write it, read by arrays instead of element by element: 8 times as fast as a parser that calls back.

Takes only what it is sure about: UTF-8, `<string key="…" value="…"/>` with the attributes in this order, nothing but elements below the
first trace. For anything else it answers None and `xes` reads the file with a parser. A test holds both against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orderway.mining.log import MISSING, Codes, Flags, Places
from orderway.mining.logs.sparse import MOST_COLUMNS

PIECE = 64 << 20  # bytes worked on at once, cut behind a trace
PADDING = b"\0" * 16
LESS, QUOTE, SLASH, GREATER, SPACE = b'<"/> '
NAMES = ("string", "date", "int", "float", "boolean", "id")
ENTITY = re.compile(r"&(#x?[0-9a-fA-F]+|\w+);")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
TRACE, EVENT = 1, 2
END = b"</trace>"

Bytes = NDArray[np.uint8]
Words: TypeAlias = pa.StringArray


class Irregular(Exception):
    """The file is not written as this reader expects; no fault of the file."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the file holds: columns of traces and of events by name, and the number of events of each trace."""

    of_traces: dict[str, tuple[Codes, Words]]
    of_events: dict[str, tuple[Codes, Words]]
    lengths: list[int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the file: its rows, and per column which row has which word."""

    traces: int
    lengths: Places
    of_traces: dict[str, tuple[Places, pa.DictionaryArray]]
    of_events: dict[str, tuple[Places, pa.DictionaryArray]]


def read_regular(content: bytes) -> Traces | None:
    """The traces, or None where a parser must look."""
    try:
        pieces = [_piece(content[begin:end]) for begin, end in _cuts(content)]
    except (Irregular, pa.ArrowInvalid, UnicodeDecodeError):
        return None
    lengths = np.concatenate([piece.lengths for piece in pieces])
    of_traces = _joined([piece.of_traces for piece in pieces], [piece.traces for piece in pieces])
    of_events = _joined([piece.of_events for piece in pieces], [int(piece.lengths.sum()) for piece in pieces])
    if len(of_traces) > MOST_COLUMNS or len(of_events) > MOST_COLUMNS:
        return None
    return Traces(of_traces, of_events, lengths.tolist())


def _cuts(content: bytes) -> Iterator[tuple[int, int]]:
    """Where pieces of whole traces begin and end."""
    begin, last = _first_trace(content), content.rfind(END) + len(END)
    if begin < 0 or last < begin or content[last:].split() != [b"</log>"]:
        raise Irregular
    while begin < last:
        end = content.rfind(END, begin, begin + PIECE)
        end = (end if end >= 0 else content.index(END, begin + PIECE - len(END))) + len(END)  # a trace may be longer than a piece
        yield begin, end
        begin = end


def _first_trace(content: bytes) -> int:
    """Where the first trace begins, if everything before it is sound and only the log is open there."""
    begin = content.find(b"<trace")
    head = content[:begin] if begin > 0 else b""
    encoding = re.search(rb"""encoding=["']([\w-]+)""", head[:200])
    if not head or b"<!DOCTYPE" in head or (encoding and encoding[1].lower() != b"utf-8") or head.startswith((b"\xff", b"\xfe")):
        raise Irregular
    depth: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: depth.append(name)
    parser.EndElementHandler = lambda _name: depth.pop()
    try:
        parser.Parse(head, False)
    except expat.ExpatError as problem:
        raise Irregular from problem
    if depth != ["log"] or head.rfind(b"<!--") > head.rfind(b"-->"):
        raise Irregular
    return begin


# --- one piece ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Elements:
    """Every tag of a piece: where it begins, whether it closes, opens or is whole, its first eight bytes."""

    begins: Places
    closes: Flags
    whole: Flags
    heads: NDArray[np.uint64]

    def called(self, name: bytes) -> Flags:
        """Tags of this name without attributes."""
        wide, mask = np.uint64(int.from_bytes(name[:8].ljust(8, b"\0"), "little")), np.uint64((1 << 8 * min(8, len(name))) - 1)
        found: Flags = (self.heads & mask) == wide
        return found


def _piece(content: bytes) -> _Piece:
    if b"<!" in content or b"<?" in content:
        raise Irregular  # comments, character data and instructions may hold anything
    text = np.frombuffer(content + PADDING, dtype=np.uint8)
    elements = _elements(text)
    events, traces, depth = _structure(elements)
    attributes, quotes = _attributes(text, elements, depth)
    level = depth[attributes]
    trace_of, event_of = np.cumsum(traces)[attributes] - 1, np.cumsum(events)[attributes] - 1
    lengths = np.bincount(np.cumsum(traces)[events] - 1, minlength=int(traces.sum()))
    slices = _Slices(content)
    keys = slices.encoded(quotes[:, 0] + 1, quotes[:, 1])
    values = quotes[:, 2] + 1, quotes[:, 3]
    return _Piece(
        int(traces.sum()),
        lengths,
        _by_key(slices, keys, values, level == TRACE, trace_of, "case:"),
        _by_key(slices, keys, values, level == EVENT, event_of, ""),
    )


def _elements(text: Bytes) -> _Elements:
    begins = np.flatnonzero(text == LESS)
    ends = np.flatnonzero(text == GREATER)
    last = ends[np.searchsorted(ends, np.append(begins[1:], len(text))) - 1]  # a value may hold “>”, but never “<”
    if (last < begins).any():
        raise Irregular
    closes = text[begins + 1] == SLASH
    return _Elements(begins, closes, ~closes & (text[last - 1] == SLASH), _eights(text)[begins])


def _eights(text: Bytes) -> NDArray[np.uint64]:
    """The eight bytes from each place on as one number."""
    return np.ndarray((len(text) - 7,), dtype="<u8", buffer=text.data, strides=(1,))


def _structure(elements: _Elements) -> tuple[Flags, Flags, Places]:
    """Which tags begin an event, which a trace, and how deep each stands: 0 a trace, 1 what is in it, 2 what is in an event."""
    opens = ~elements.closes & ~elements.whole
    step = opens.astype(np.int64) - elements.closes
    depth = np.cumsum(step) - opens  # of the tag itself
    traces = elements.called(b"<trace>") | elements.called(b"<trace/>")
    events = elements.called(b"<event>") | elements.called(b"<event/>")
    ended = elements.called(END)
    at_the_top = ~elements.closes & (depth == 0)
    if step.sum() or (depth < 0).any() or (at_the_top != traces).any() or (depth[events] != 1).any() or (depth[ended] != 0).any():
        raise Irregular
    if (_containers(elements, depth) != events).any():
        raise Irregular
    return events, traces, depth


def _containers(elements: _Elements, depth: Places) -> Flags:
    """Tags inside a trace that are called like an event; all of them must be plain events."""
    found: Flags = elements.called(b"<event") & (depth == 1)
    return found


def _attributes(text: Bytes, elements: _Elements, depth: Places) -> tuple[Places, NDArray[np.int64]]:
    """The tags with a key and a value right in a trace or an event, and where the four quotes of each stand."""
    within = _within_event(elements, depth)
    plain = ~elements.closes & ~elements.called(b"<event") & ((depth == TRACE) | ((depth == EVENT) & within))
    quotes = np.flatnonzero(text == QUOTE)
    first = np.searchsorted(quotes, elements.begins)
    number = np.diff(np.append(first, len(quotes)))
    named = np.flatnonzero(plain & (number == 4))
    if (plain & (number != 4) & ~_lists(elements)).any():
        raise Irregular
    four = quotes[first[named][:, None] + np.arange(4)]
    _require_form(text, elements.begins[named], four)
    return named, four


def _within_event(elements: _Elements, depth: Places) -> Flags:
    """Whether the tag that is open one level above is an event: the last tag at depth 1 before it."""
    places = np.arange(len(depth))
    latest = np.maximum.accumulate(np.where((depth == 1) & ~elements.closes, places, 0))  # the first tag is a trace, so none means no event
    found: Flags = elements.called(b"<event")[latest]
    return found


def _lists(elements: _Elements) -> Flags:
    """Attributes without a value of their own."""
    return elements.called(b"<list") | elements.called(b"<contain")


def _require_form(text: Bytes, begins: Places, four: NDArray[np.int64]) -> None:
    """Every one is `<NAME key="…" value="…"`, then `/>` or `>`: first and last eight bytes of the beginning are those of a known name."""
    eights, length = _eights(text), four[:, 0] - begins
    first, last = eights[begins], eights[np.maximum(0, four[:, 0] - 8)]
    known = np.zeros(len(begins), dtype=np.bool_)
    for name in NAMES:
        form = f"<{name} key=".encode()
        known |= (length == len(form)) & (first == _number(form[:8])) & (last == _number(form[-8:]))
    middle = (four[:, 2] - four[:, 1] == 8) & (eights[four[:, 1]] == _number(b'" value='))
    after = text[four[:, 3] + 1]
    if not (known & middle & ((after == SLASH) | (after == GREATER) | (after == SPACE))).all():
        raise Irregular


def _number(eight: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(eight, "little"))


# --- words ----------------------------------------------------------------------------------------------------------------


class _Slices:
    """Pieces of a text as columns of words, without walking over them."""

    def __init__(self, content: bytes) -> None:
        self._data = pa.py_buffer(content)

    def encoded(self, begins: Places, ends: Places) -> pa.DictionaryArray:
        """The words between these places, which follow each other. Gaps and words alternate in one array over the text itself."""
        if not len(begins):
            return pa.array([], pa.string()).dictionary_encode()
        borders = np.empty(2 * len(begins), dtype=np.int64)
        borders[0::2], borders[1::2] = begins, ends
        both = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(borders) - 1, [None, pa.py_buffer(borders), self._data])
        words = both.take(pa.array(np.arange(0, len(borders) - 1, 2)))
        return _unescaped(words.dictionary_encode())


def _unescaped(encoded: pa.DictionaryArray) -> pa.DictionaryArray:
    """Words as XML means them; two that come to the same become one."""
    words = encoded.dictionary.cast(pa.large_string()).cast(pa.string())
    if not len(words) or not pc.any(pc.match_substring_regex(words, "[&\t\n\r]")).as_py():
        return pa.DictionaryArray.from_arrays(encoded.indices, words)
    meant = pa.array([_meant(word) for word in words.to_pylist()], pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(meant.indices.take(encoded.indices), meant.dictionary)


def _meant(word: str) -> str:
    plain = word.replace("\r\n", " ").replace("\n", " ").replace("\t", " ").replace("\r", " ")
    if "&" in ENTITY.sub("", plain):
        raise Irregular
    return ENTITY.sub(_entity, plain)


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
            raise Irregular
        return chr(code)
    if name not in ENTITIES:
        raise Irregular
    return ENTITIES[name]


def _by_key(
    slices: _Slices, keys: pa.DictionaryArray, values: tuple[Places, Places], here: Flags, rows: Places, prefix: str
) -> dict[str, tuple[Places, pa.DictionaryArray]]:
    """Per key the rows that have it, and their words; in order of first appearance."""
    codes = keys.indices.to_numpy()
    names = keys.dictionary.to_pylist()
    found = {}
    for code in _in_order_of_appearance(codes[here]):
        chosen = here & (codes == code)
        found[prefix + names[code]] = rows[chosen], slices.encoded(values[0][chosen], values[1][chosen])
    return found


def _in_order_of_appearance(codes: NDArray[np.int32]) -> list[int]:
    distinct, first = np.unique(codes, return_index=True)
    return [int(code) for code in distinct[np.argsort(first)]]


def _joined(pieces: list[dict[str, tuple[Places, pa.DictionaryArray]]], rows: list[int]) -> dict[str, tuple[Codes, Words]]:
    """The columns of all pieces end to end."""
    names = dict.fromkeys(name for piece in pieces for name in piece)
    starts = np.concatenate(([0], np.cumsum(rows)))
    joined = {}
    for name in names:
        having = [number for number, piece in enumerate(pieces) if name in piece]
        words = pa.chunked_array([pieces[number][name][1] for number in having]).unify_dictionaries()
        codes = np.full(int(starts[-1]), MISSING, dtype=np.int32)
        for number, chunk in zip(having, words.chunks, strict=True):
            codes[starts[number] + pieces[number][name][0]] = chunk.indices.to_numpy()
        joined[name] = codes, words.chunk(0).dictionary
    return joined
