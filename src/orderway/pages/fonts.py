"""Which characters can be printed on this machine: the fonts that papers use and what they cover.

Reads font files, never fetches one. Typst prints an empty box where a glyph is missing, so somebody has to look before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import typst

# Sans first; each language prefers the shapes of its own region. The last one comes inside typst.
FAMILIES = {
    "zh-hans": ("Noto Sans CJK SC", "Noto Sans CJK TC", "DejaVu Sans", "Libertinus Serif"),
    "zh-hant": ("Noto Sans CJK TC", "Noto Sans CJK SC", "DejaVu Sans", "Libertinus Serif"),
    "en": ("Noto Sans CJK SC", "Noto Sans CJK TC", "DejaVu Sans", "Libertinus Serif"),
}
# What Libertinus Serif certainly has (its file is inside typst and cannot be read): Latin with Extended-A, punctuation, currency.
EMBEDDED = frozenset([*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x2030, 0x20AC, 0x2212])
UNPRINTED = frozenset("\n\t")


@cache
def fonts() -> typst.Fonts:
    """All fonts of this machine; looked up once, which takes longer than a page."""
    import typst  # loaded where something is printed: most web processes never do

    return typst.Fonts()


def families(language: str) -> tuple[str, ...]:
    """The families to print a language with, as far as this machine has them."""
    present = set(fonts().families())
    return tuple(family for family in FAMILIES[language] if family in present)


def without_glyph(texts: Iterable[str], language: str) -> str:
    """The characters of these texts that none of the language's fonts can print, each once."""
    wanted = set().union(*texts) - UNPRINTED
    covered = frozenset().union(*(_coverage(family) for family in families(language)))
    return "".join(sorted(character for character in wanted if ord(character) not in covered))


@cache
def _coverage(family: str) -> frozenset[int]:
    """What every regular and bold font of the family covers."""
    covered = [
        EMBEDDED if font.path is None else _characters(Path(font.path), font.index)
        for font in fonts().fonts()
        if font.family == family and font.style == "normal"
    ]
    return frozenset.intersection(*covered) if covered else frozenset()


# --- the character map of an OpenType font (specification: "cmap" table, formats 4 and 12) -------------------------------------


def _characters(path: Path, index: int) -> frozenset[int]:
    with path.open("rb") as file:
        start = _font_start(file, index)
        table = _table(file, start, b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", table, 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        if platform in (0, 3):
            found |= _subtable(table[offset:])
    return frozenset(found)


def _font_start(file: BinaryIO, index: int) -> int:
    """A collection (ttc) lists where each of its fonts starts; a single font starts at 0."""
    head = file.read(12)
    if head[:4] != b"ttcf":
        return 0
    file.seek(12 + 4 * index)
    return int(struct.unpack(">I", file.read(4))[0])


def _table(file: BinaryIO, start: int, tag: bytes) -> bytes:
    file.seek(start + 4)
    count = struct.unpack(">H", file.read(2))[0]
    file.seek(start + 12)
    for _ in range(count):
        name, _, offset, length = struct.unpack(">4sIII", file.read(16))
        if name == tag:
            file.seek(offset)
            return file.read(length)
    raise AssertionError(f"{file.name} has no table {tag.decode()}; it is no font")


def _subtable(data: bytes) -> set[int]:
    form = struct.unpack_from(">H", data)[0]
    if form == 12:
        groups = struct.unpack_from(">I", data, 12)[0]
        ranges = [struct.unpack_from(">II", data, 16 + 12 * group) for group in range(groups)]
        return {code for first, last in ranges for code in range(first, last + 1)}
    return _segments(data) if form == 4 else set()


def _segments(data: bytes) -> set[int]:
    """Format 4: segments of codes, each mapped by a shift or through a list of glyphs; glyph 0 is the empty box."""
    count = struct.unpack_from(">H", data, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, 14)
    firsts = struct.unpack_from(f">{count}H", data, 16 + 2 * count)
    shifts = struct.unpack_from(f">{count}H", data, 16 + 4 * count)
    lists = 16 + 6 * count
    found: set[int] = set()
    for segment in range(count):
        offset = struct.unpack_from(">H", data, lists + 2 * segment)[0]
        for code in range(firsts[segment], min(ends[segment], 0xFFFE) + 1):
            place = lists + 2 * segment + offset + 2 * (code - firsts[segment])
            glyph = struct.unpack_from(">H", data, place)[0] if offset else code + shifts[segment]
            if glyph & 0xFFFF:
                found.add(code)
    return found
