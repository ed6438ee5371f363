"""The bytes of a file, unpacked if it is packed. A packed file that breaks off is read as far as it goes, and that is said."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orderway.mining.log import Finding, Unreadable, gettext_noop

LARGEST_BYTES = 6_000_000_000  # unpacked; ten million events are 0.7 GB as CSV
LARGEST_RATIO = 300  # logs pack 10 to 60 times; a bomb packs a thousand times
FREE_BYTES = 100_000_000  # below this nothing is a bomb
PIECE = 4 << 20
Progress = Callable[[str, float], None]


def silent(_step: str, _share: float) -> None:
    """Progress that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The content of a file and what was wrong with its packing."""

    content: bytes
    findings: tuple[Finding, ...] = ()


def unpack(path: Path, progress: Progress = silent) -> Unpacked:
    """All bytes of the file."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            if path.stat().st_size > LARGEST_BYTES:
                raise _too_large(path)
            progress("reading", 0.0)
            return Unpacked(path.read_bytes())
    return _gunzip(path, progress)


def _gunzip(path: Path, progress: Progress) -> Unpacked:
    size, pieces, unpacked = path.stat().st_size, [], 0
    unpacker = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            while piece:
                try:
                    pieces.append(unpacker.decompress(piece))
                except zlib.error:
                    return Unpacked(b"".join(pieces), (Finding("damaged_gzip", 1, f"{unpacked:,} bytes"),))
                unpacked += len(pieces[-1])
                if unpacked > LARGEST_BYTES or unpacked > max(FREE_BYTES, LARGEST_RATIO * size):
                    raise _too_large(path)
                piece = unpacker.unused_data
                if unpacker.eof:  # several members end to end are one file
                    unpacker = zlib.decompressobj(wbits=31) if piece.startswith(b"\x1f\x8b") else unpacker
                    piece = piece if piece.startswith(b"\x1f\x8b") else b""
            progress("reading", file.tell() / size)
    broken = () if unpacker.eof else (Finding("truncated_gzip", 1, f"{unpacked:,} bytes"),)
    return Unpacked(b"".join(pieces), broken)


def _too_large(path: Path) -> Unreadable:
    return Unreadable(
        "too_large", gettext_noop("{name} is too large unpacked, or packed far more than a log can be. Split it by year."), name=path.name
    )
