"""CSV, in any usual encoding and with any usual delimiter. A row that does not have the columns of the heading is left out and counted."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.csv as pa_csv

from orderway.mining.log import Finding, Unreadable, gettext_noop
from orderway.mining.logs.column import Column
from orderway.mining.logs.table import Table

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "gb18030", "cp1252")  # the first that reads the sample
SAMPLE = 1 << 20
MOST_COLUMNS = 500


@dataclass
class _Broken:
    """Rows without the right number of columns."""

    count: int = 0
    example: str = ""
    rows: set[int] = field(default_factory=set)

    def judge(self, row: pa_csv.InvalidRow) -> str:
        self.count += 1
        self.example = self.example or (row.text or "")[:80]
        return "skip"


def read_delimited(content: bytes, findings: tuple[Finding, ...]) -> Table:
    """The columns of a CSV file."""
    content, encoding = _decoded(content)
    heading = content[: content.find(b"\n") if b"\n" in content else len(content)].decode("utf-8", "replace")
    delimiter = max(DELIMITERS, key=heading.count)
    broken = _Broken()
    names = _names(heading, delimiter)
    if findings and not content.endswith(b"\n"):  # cut off in the middle of a row
        content = content[: content.rfind(b"\n") + 1]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(content),
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1, block_size=16 << 20),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in content, invalid_row_handler=broken.judge),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as problem:
        if "empty" in str(problem).lower():
            raise Unreadable("file_empty", gettext_noop("The file has a heading but no rows. Export it again.")) from problem
        raise Unreadable("not_csv", gettext_noop("This is not CSV that can be read: {reason}"), reason=str(problem)[:200]) from problem
    columns = {name: Column(table.column(name)) for name in names}
    said = (Finding("broken_rows", broken.count, broken.example, left_out=True),) if broken.count else ()
    return Table("CSV", columns, (*findings, *said), (f"{encoding}, “{'tab' if delimiter == chr(9) else delimiter}”",))


def _decoded(content: bytes) -> tuple[bytes, str]:
    """The content as UTF-8, and the encoding it had."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode(), "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:], "utf-8"
    for encoding in ENCODINGS:
        try:
            _sample(content).decode(encoding)
            text = content if encoding == "utf-8" else content.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
        return text, encoding
    return content.decode("latin-1").encode(), "latin-1"


def _sample(content: bytes) -> bytes:
    """The first lines, whole ones, so that no character is cut."""
    return content if len(content) <= SAMPLE else content[: content.rfind(b"\n", 0, SAMPLE) + 1]


def _names(heading: str, delimiter: str) -> list[str]:
    import csv

    row = next(csv.reader(io.StringIO(heading.rstrip("\r")), delimiter=delimiter), [])
    if len(row) > MOST_COLUMNS or not any(name.strip() for name in row):
        raise Unreadable(
            "no_heading",
            gettext_noop("The first row must name the columns (at most {most}). Export the log with a heading."),
            most=MOST_COLUMNS,
        )
    names: list[str] = []
    for place, name in enumerate(row, start=1):
        wanted = name.strip() or f"column {place}"
        names.append(wanted if wanted not in names else f"{wanted} ({place})")
    return names
