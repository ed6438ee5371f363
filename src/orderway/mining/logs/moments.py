"""Texts -> moments in microseconds UTC, by arrays: rows that are written alike are read together.

A row is *alike* another if digits stand in the same places and everything else is equal; each such form is read once by a grammar and then
for all its rows at once. Text without a zone is read as UTC and counted; what is no time stays NONE and is counted by the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orderway.mining.log import Micros, Places
from orderway.mining.logs.column import Bytes, Column

NONE = np.int64(np.iinfo(np.int64).min)  # no time
BLOCK = 1_000_000  # rows at a time, so that the matrix of characters stays small
LONGEST = 40  # characters of a time; nobody writes longer ones
MOST_FORMS = 400  # different forms of one block; after that rows are read one by one
DAY_MICROS = 86_400_000_000
CLOCK = r"(?:[T ](?P<h>0{1,2}):(?P<min>00)(?::(?P<s>00)(?:[.,](?P<f>0{1,9}))?)?(?P<zone>Z| ?[+-]00(?::?00)?)?)?"
YEAR_FIRST = re.compile(r"(?P<y>0000)[-/.](?P<m>0{1,2})[-/.](?P<d>0{1,2})" + CLOCK)
YEAR_LAST = re.compile(r"(?P<a>0{1,2})[-/.](?P<b>0{1,2})[-/.](?P<y>0000)" + CLOCK)
STANDARD = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?")
OFFSET = re.compile(r"[+-]\d\d:\d\d")
WORDED = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%b %d, %Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p")


@dataclass(frozen=True, slots=True)
class Moments:
    """Microseconds per row (NONE: no time), how many rows name no zone, and the offsets that the others name (in minutes)."""

    micros: Micros
    without_zone: int
    zones: frozenset[int]
    day_first_guessed: int = 0

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Rows that are a time."""
        return np.not_equal(self.micros, NONE)


class _Reading:
    """What is gathered over the blocks of a column."""

    def __init__(self, day_first: bool | None) -> None:
        self.day_first = day_first
        self.zones: set[int] = set()
        self.zoneless: list[Places] = []
        self.guessed = 0


def moments(column: Column) -> Moments:
    """Every row of the column as a moment."""
    return _of_standard(column) or _of_any_form(column)


def _of_standard(column: Column) -> Moments | None:
    """A column that is written as ISO 8601 throughout, all with a zone or all without: ten times as fast. None if it is not."""
    texts, codes = column.distinct()
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)
    first = next((text for text in column.sample() if text), "")
    zones = _zones(texts, first)
    if zones is None:
        return None
    try:
        stamps = texts.cast(pa.timestamp("us", "UTC" if zones else None))
    except pa.ArrowInvalid:
        return None
    micros = pc.fill_null(stamps.cast(pa.int64()), int(NONE)).to_numpy()
    micros = micros if codes is None else np.append(micros, NONE)[codes]  # MISSING is -1: the last, which is no time
    return Moments(micros, 0 if zones else int((micros != NONE).sum()), frozenset(zones))


def _zones(texts: pa.ChunkedArray, first: str) -> set[int] | None:
    """The offsets in minutes that the texts name, empty where the first names none; None where they are written in other ways."""
    if not STANDARD.fullmatch(first):
        return None
    if first.endswith("Z"):
        return {0} if pc.all(pc.ends_with(texts, "Z")).as_py() else None
    if not OFFSET.fullmatch(first[-6:]):
        return set()
    tails = [tail for tail in pc.unique(pc.utf8_slice_codeunits(texts, -6)).to_pylist() if tail is not None]
    if not all(OFFSET.fullmatch(tail) for tail in tails):
        return None
    return {(-1 if tail[0] == "-" else 1) * (60 * int(tail[1:3]) + int(tail[4:])) for tail in tails}


def _of_any_form(column: Column) -> Moments:
    data, offsets, codes = column.bytes_and_offsets()
    reading = _Reading(_day_first(column.sample()))
    micros = np.full(len(offsets) - 1, NONE, dtype=np.int64)
    for begin in range(0, len(micros), BLOCK):
        _read_block(data, offsets[begin : begin + BLOCK + 1], micros[begin : begin + BLOCK], begin, reading)
    zoneless = np.concatenate(reading.zoneless) if reading.zoneless else np.zeros(0, np.int64)
    if codes is None:
        return Moments(micros, len(zoneless), frozenset(reading.zones), reading.guessed)
    flags = np.zeros(len(micros) + 1, dtype=np.bool_)
    flags[zoneless] = True
    spread = np.append(micros, NONE)[codes]  # MISSING is -1: the last, which is no time
    return Moments(spread, int(flags[codes].sum()), frozenset(reading.zones), reading.guessed)


def _day_first(sample: list[str]) -> bool | None:
    """Whether 03/04/2026 is the third of April, as the other rows say; None if they do not."""
    pairs = [tuple(map(int, re.findall(r"\d+", text)[:2])) for text in sample if re.match(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", text)]
    if any(pair[0] > 12 for pair in pairs):
        return True
    if any(pair[1] > 12 for pair in pairs):
        return False
    return True if any("." in text for text in sample) else None


def _read_block(data: Bytes, offsets: Places, out: Micros, begin: int, reading: _Reading) -> None:
    lengths = np.diff(offsets)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        if not 8 <= length <= LONGEST:
            continue
        characters = data[offsets[rows][:, None] + np.arange(length)]
        _read_alike(characters, rows, out, begin, reading)


def _read_alike(characters: Bytes, rows: Places, out: Micros, begin: int, reading: _Reading) -> None:
    digits = (characters >= 48) & (characters <= 57)
    form = np.where(digits, np.uint8(48), characters)
    left = np.arange(len(rows))
    for _attempt in range(MOST_FORMS):
        if not len(left):
            return
        alike = (form[left] == form[left[0]]).all(axis=1)
        chosen, left = left[alike], left[~alike]
        text = bytes(form[chosen[0]]).decode("utf-8", "replace")
        part = characters if len(chosen) == len(characters) else characters[chosen]
        out[rows[chosen]] = _of_form(text, part, rows[chosen] + begin, reading)
    out[rows[left]] = [_worded(bytes(characters[row]).decode("utf-8", "replace")) for row in left]


def _of_form(form: str, characters: Bytes, rows: Places, reading: _Reading) -> Micros:
    found = YEAR_FIRST.fullmatch(form) or YEAR_LAST.fullmatch(form)
    if found is None:
        return np.array([_worded(bytes(row).decode("utf-8", "replace")) for row in characters], dtype=np.int64)
    parts = {name: _number(characters, *found.span(name)) for name in found.re.groupindex if name != "zone" and found[name]}
    if "a" in parts:
        day_first = reading.day_first if reading.day_first is not None else True
        parts["d"], parts["m"] = (parts["a"], parts["b"]) if day_first else (parts["b"], parts["a"])
        reading.guessed += len(rows) if reading.day_first is None else 0
    fraction = parts.get("f", np.zeros(1, np.int64)) * 10 ** max(0, 6 - len(found["f"] or "")) // 10 ** max(0, len(found["f"] or "") - 6)
    micros = _micros(parts, fraction)
    minutes = _offset(found, characters)
    if minutes is None:
        reading.zoneless.append(rows)
        return micros
    reading.zones.update(np.unique(minutes).tolist())
    return np.where(micros == NONE, NONE, micros - minutes * 60_000_000)


def _number(characters: Bytes, begin: int, end: int) -> NDArray[np.int64]:
    number = np.zeros(len(characters), dtype=np.int64)
    for place in range(begin, end):
        number = number * 10 + (characters[:, place] - np.uint8(48))
    return number


def _micros(parts: dict[str, NDArray[np.int64]], fraction: NDArray[np.int64]) -> Micros:
    nothing = np.zeros(1, np.int64)
    hours, minutes, seconds = (parts.get(name, nothing) for name in ("h", "min", "s"))
    months = (parts["y"] - 1970) * 12 + parts["m"] - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    real = (parts["m"] >= 1) & (parts["m"] <= 12) & (parts["d"] >= 1) & (parts["d"] <= following - first)
    real &= (hours <= 23) & (minutes <= 59) & (seconds <= 59) & (parts["y"] >= 1)
    micros = (first + parts["d"] - 1) * DAY_MICROS + ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
    return np.where(real, micros, NONE)


def _offset(found: re.Match[str], characters: Bytes) -> NDArray[np.int64] | None:
    """Minutes that the named zone is ahead of UTC; None if no zone is named."""
    zone = found["zone"]
    if not zone:
        return None
    if zone == "Z":
        return np.zeros(len(characters), dtype=np.int64)
    begin = found.start("zone") + zone.index("0")
    minutes = _number(characters, begin, begin + 2) * 60
    if zone.count("0") == 4:
        minutes = minutes + _number(characters, found.end("zone") - 2, found.end("zone"))
    return np.where(characters[:, begin - 1] == ord("-"), -minutes, minutes)


def _worded(text: str) -> int:
    """Forms with the month as a word or a half day, one by one."""
    for form in WORDED:
        try:
            return round(datetime.strptime(text.strip(), form).replace(tzinfo=UTC).timestamp() * 1_000_000)
        except ValueError:
            continue
    return int(NONE)
