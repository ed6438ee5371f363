"""Exports our history into a file whose ending says the format. The file appears whole or not at all. Changes nothing."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orderway.connect.eventlog import ocel, tables
from orderway.connect.eventlog.history import History, Progress, history
from orderway.engine.refusals import Mistake

Write = Callable[[History, Path], None]
FORMATS: Mapping[str, Write] = {
    "ocel-json": ocel.write_json,
    "ocel-xml": ocel.write_xml,
    "ocel-sqlite": ocel.write_sqlite,
    "xes": tables.write_xes,
    "csv": tables.write_csv,
    "parquet": tables.write_parquet,
}
ENDINGS: Mapping[str, str] = {
    ".json": "ocel-json",
    ".jsonocel": "ocel-json",
    ".xml": "ocel-xml",
    ".xmlocel": "ocel-xml",
    ".sqlite": "ocel-sqlite",
    ".xes": "xes",
    ".csv": "csv",
    ".parquet": "parquet",
}


class UnknownFormat(Mistake):
    """A file whose ending says no format that we write."""

    code = "unknown_format"
    message = "“{name}” says no format that can be written."
    remedy = "Use one of these endings, also followed by .gz: {endings}; or name the format."


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    format: str
    events: int
    objects: int
    orders: int
    left_out: int


def format_of(path: Path, wanted: str = "") -> str:
    """The format that is named, else the one of the file's ending. Raises UnknownFormat."""
    known = wanted or ENDINGS.get(Path(path.name.removesuffix(".gz")).suffix.lower(), "")
    if known not in FORMATS:
        raise UnknownFormat(field="file", name=wanted or path.name, endings=", ".join(ENDINGS))
    return known


def export(path: Path, *, wanted: str = "", also_open: bool = False, people: bool = True, progress: Progress | None = None) -> Exported:
    """Write our history to `path`; packed if it ends with .gz. Raises UnknownFormat, or OSError."""
    chosen = format_of(path, wanted)
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch()  # what cannot be written is said before anything is read
        found = history(also_open=also_open, people=people, progress=progress)
        if progress is not None:
            progress("writing", 0, None)
        FORMATS[chosen](found, part)
        if path.suffix.lower() == ".gz":
            _pack(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return Exported(chosen, len(found.events), len(found.things), found.orders, found.left_out)


def _pack(path: Path) -> None:
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as plain, gzip.open(packed, "wb") as out:
        shutil.copyfileobj(plain, out)
    os.replace(packed, path)
