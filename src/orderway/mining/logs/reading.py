"""Any file -> an EventLog. A file is what it contains, not what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orderway.mining import ocel
from orderway.mining.log import EventLog, Unreadable, gettext_noop
from orderway.mining.logs.building import build
from orderway.mining.logs.delimited import read_delimited
from orderway.mining.logs.ocel_files import read_ocel_csv, read_ocel_json, read_ocel_sqlite, read_ocel_xml
from orderway.mining.logs.packed import Progress, Unpacked, silent, unpack
from orderway.mining.logs.recognising import recognise
from orderway.mining.logs.table import Table
from orderway.mining.logs.workbook import read_workbook
from orderway.mining.logs.xes import read_xes

HEAD = 1 << 16
OBJECT = "object"  # the part of a mapping that names the type of objects whose way is looked at


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log, and the object-centric one that it was flattened from, if it was."""

    log: EventLog
    objects: ocel.ObjectLog | None = None
    object_type: str = ""


def read_log(path: Path, mapping: Mapping[str, str] | None = None, progress: Progress = silent) -> LogFile:
    """Read the file; raises Unreadable, or OSError if it is not there."""
    unpacked = unpack(path, progress)
    return read_content(path.name, unpacked, mapping or {}, progress)


def read_content(name: str, unpacked: Unpacked, mapping: Mapping[str, str], progress: Progress = silent) -> LogFile:
    """Read what was unpacked."""
    if not unpacked.content.strip(b"\0 \r\n\t"):
        raise Unreadable("file_empty", gettext_noop("The file is empty. Export it again."))
    progress("parsing", 0.0)
    read = _parsed(unpacked)
    parts = {part: column for part, column in mapping.items() if part != OBJECT}
    title = name.removesuffix(".gz").rsplit(".", 1)[0]
    if isinstance(read, Table):
        progress("arranging", 0.0)
        return LogFile(build(title, read, recognise(read, parts)))
    kind = ocel.chosen_type(read, mapping.get(OBJECT))
    table = ocel.flattened(read, kind)
    return LogFile(build(title, table, recognise(table, parts)), read, kind)


def _parsed(unpacked: Unpacked) -> Table | ocel.ObjectLog:
    content, findings = unpacked.content, unpacked.findings
    head = content[:HEAD]
    if head.startswith(b"SQLite format 3\0"):
        return read_ocel_sqlite(content, findings)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return read_workbook(content)
    opening = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if opening.startswith(b"<"):
        return read_ocel_xml(content, findings) if b"<object-types" in head or b"<event-types" in head else read_xes(content, findings)
    if opening.startswith((b"{", b"[")):
        return read_ocel_json(content, findings)
    if b"ocel:activity" in head.split(b"\n", 1)[0]:
        return read_ocel_csv(content, findings)
    return read_delimited(content, findings)
