"""Rows of a foreign file: CSV (also gzipped, any usual encoding), Excel, or a SQLite query. Says what cannot be read, never what it means.

Sizes are judged before anything is unpacked or parsed: a bomb is refused, not survived.
"""

from __future__ import annotations

import csv
import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

LARGEST_UNPACKED_BYTES = 2_000_000_000  # a year of a large shop is 45 MB
LARGEST_WORKBOOK_BYTES = 300_000_000  # calamine holds a sheet in memory
LARGEST_RATIO = 200  # plain CSV packs 10 to 20 times; a bomb packs a thousand times
MOST_COLUMNS = 500
EMPTY_ROWS_AT_THE_END = 1_000  # after so many empty rows in a sheet nothing is expected any more
DELIMITERS = ",;\t|"


class FileMistake(Exception):
    """The file as a whole cannot be read; the sentence says why and what to do. `code` is stable."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """A row as text by column. `number` counts as a spreadsheet shows it: the heading is row 1. `problem` names a row that is broken."""

    number: int
    values: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that could be opened: its columns, how it was read, and its rows, once. Leaving its block closes it."""

    columns: tuple[str, ...]
    note: str
    rows: Iterator[Row]
    bytes_total: int
    close: Callable[[], None]
    bytes_read: Callable[[], int] = int

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


def open_rows(path: Path, *, query: str | None = None, sheet: str | None = None) -> Opened:
    """Open a file by what it is, not by what it is called; raises FileMistake, or OSError if it is not there."""
    head = _head(path)
    if head.startswith(b"SQLite format 3\0"):
        return _open_sqlite(path, query)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path, head, sheet)
    return _open_text(path, packed=head.startswith(b"\x1f\x8b"))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise FileMistake("file_empty", f"{path.name} is empty. Export it again.")
    return head


# --- text -----------------------------------------------------------------------------------------------------------------


def _open_text(path: Path, *, packed: bool) -> Opened:
    encoding = _encoding(path, packed=packed)
    raw = path.open("rb")
    unpacked: IO[bytes] = _Capped(raw, path) if packed else raw  # type: ignore[assignment]
    text = io.TextIOWrapper(unpacked, encoding=encoding, newline="")

    def close() -> None:
        text.close()
        raw.close()

    try:
        delimiter, reader, columns = _heading(text, path)
    except BaseException:
        close()
        raise
    note = f"CSV, {encoding}, separated by {delimiter!r}{', gzip' if packed else ''}"
    return Opened(columns, note, _text_rows(reader, columns), path.stat().st_size, close, raw.tell)


def _heading(text: io.TextIOWrapper, path: Path) -> tuple[str, Iterator[list[str]], tuple[str, ...]]:
    sample = text.read(65_536)
    delimiter = max(DELIMITERS, key=sample.split("\n", 1)[0].count)
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        return delimiter, reader, _columns(next(reader, []), path)
    except csv.Error as problem:
        raise FileMistake("broken_quoting", f"{path.name}, row 1: {problem}. A quotation mark is not closed.") from problem


def _text_rows(reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    number, width = 1, len(columns)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            yield Row(number, {}, f"broken quoting ({broken})")
            return  # after an unclosed quotation mark nothing that follows can be trusted
        except UnicodeDecodeError as broken:
            yield Row(number, {}, f"bytes that are no text in {broken.encoding}")
            return
        if not any(cells):
            continue
        problem = "" if len(cells) == width else f"{len(cells)} cells where the heading has {width}"
        yield Row(number, dict(zip(columns, cells, strict=False)), problem)


def _encoding(path: Path, *, packed: bool) -> str:
    with path.open("rb") as raw:
        file: io.BufferedReader = io.BufferedReader(_Capped(raw, path)) if packed else raw  # type: ignore[arg-type]
        start = file.read(4096)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if b"\0" in start:
            raise FileMistake("not_a_table", f"{path.name} is neither CSV nor Excel nor SQLite. Export it as CSV or Excel.")
        if start.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        file.seek(0)
        if _decodes(file, "utf-8"):
            return "utf-8"
        file.seek(0)
        return "gb18030" if _is_chinese(file) else "latin-1"


def _decodes(file: io.BufferedReader, encoding: str) -> bool:
    text = io.TextIOWrapper(file, encoding=encoding)
    try:
        while text.read(1 << 20):
            pass
    except UnicodeDecodeError:
        return False
    finally:
        text.detach()
    return True


def _is_chinese(file: io.BufferedReader) -> bool:
    """GB18030 decodes most Western text too, to rare characters; Chinese text is made of common ones."""
    try:
        text = file.read(1 << 20).decode("gb18030", errors="strict" if file.read(1) == b"" else "ignore")
    except UnicodeDecodeError:
        return False
    foreign = [character for character in text if ord(character) > 127]
    common = sum(
        "\u4e00" <= character <= "\u9fff" or character in "，。、；：（）【】“”％￥" or "\uff01" <= character <= "\uff5e"
        for character in foreign
    )
    gb2312 = sum(_in_gb2312(character) for character in foreign)
    return bool(foreign) and common / len(foreign) > 0.9 and gb2312 / len(foreign) > 0.9


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


class _Capped(io.RawIOBase):
    """A gzip stream that stops at a ratio or size no honest file reaches."""

    def __init__(self, raw: IO[bytes], path: Path) -> None:
        self._file, self._path, self._size = gzip.GzipFile(fileobj=raw), path, path.stat().st_size
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._unpacked = 0
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            chunk = self._file.read(len(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
            raise FileMistake("broken_archive", f"{self._path.name} is damaged: {problem}. Fetch or export it again.") from problem
        self._unpacked += len(chunk)
        if self._unpacked > min(LARGEST_UNPACKED_BYTES, max(10_000_000, self._size * LARGEST_RATIO)):
            raise FileMistake("too_large", f"{self._path.name} unpacks to more than {self._unpacked:,} bytes. Split it into smaller files.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _columns(heading: Sequence[str], path: Path) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in heading)
    if not any(columns):
        raise FileMistake("no_heading", f"{path.name} has no heading in its first row. Put the names of the columns there.")
    if len(columns) > MOST_COLUMNS:
        raise FileMistake("too_many_columns", f"{path.name} has {len(columns)} columns. At most {MOST_COLUMNS} are read.")
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise FileMistake("column_twice", f"{path.name} has the column {twice[0]!r} twice. Rename one of them.")
    return columns


# --- Excel ----------------------------------------------------------------------------------------------------------------


def _open_workbook(path: Path, head: bytes, sheet: str | None) -> Opened:
    from python_calamine import CalamineError, CalamineWorkbook

    if head.startswith(b"PK"):
        _refuse_bomb(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name = sheet or workbook.sheet_names[0]
        cells = workbook.get_sheet_by_name(name).iter_rows()
    except (CalamineError, OSError, IndexError) as problem:
        raise FileMistake("broken_workbook", f"{path.name} cannot be read as Excel: {problem}. Save it again as .xlsx or CSV.") from problem
    heading = next(cells, [])
    columns = _columns([_text(cell) for cell in heading], path)
    return Opened(columns, f"Excel, sheet {name!r}", _workbook_rows(cells, columns), path.stat().st_size, workbook.close)


def _workbook_rows(cells: Iterator[Sequence[object]], columns: Sequence[str]) -> Iterator[Row]:
    empty = 0
    for number, row in enumerate(cells, start=2):
        values = [_text(cell) for cell in row]
        if not any(values):
            empty += 1
            if empty >= EMPTY_ROWS_AT_THE_END:
                return
            continue
        empty = 0
        yield Row(number, dict(zip(columns, values, strict=False)))


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile as problem:
        raise FileMistake("broken_archive", f"{path.name} is damaged: {problem}. Save it again.") from problem
    if "[Content_Types].xml" not in names and "mimetype" not in names:
        raise FileMistake("not_a_table", f"{path.name} is a ZIP archive, not a table. Unpack it and import the file inside.")
    size = path.stat().st_size
    if unpacked > LARGEST_WORKBOOK_BYTES or (unpacked > 20_000_000 and unpacked > size * LARGEST_RATIO):
        raise FileMistake("too_large", f"{path.name} ({size:,} bytes) unpacks to {unpacked:,} bytes. Export it as CSV or split it.")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.15g}" if not cell.is_integer() else str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell).strip()


# --- SQLite ---------------------------------------------------------------------------------------------------------------


def _open_sqlite(path: Path, query: str | None) -> Opened:
    if query is None:
        raise FileMistake("no_query", f"{path.name} is a SQLite database. Use a mapping with a `query:` that says which rows are meant.")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        cursor = connection.execute(query)
    except sqlite3.Error as problem:
        connection.close()
        raise FileMistake("bad_query", f"{path.name}: the mapping's query fails: {problem}.") from problem
    if cursor.description is None:
        connection.close()
        raise FileMistake("bad_query", f"{path.name}: the mapping's query gives no rows. Write a select.")
    columns = tuple(column[0] for column in cursor.description)
    return Opened(columns, "SQLite query", _sqlite_rows(cursor, columns, path), path.stat().st_size, connection.close)


def _sqlite_rows(cursor: sqlite3.Cursor, columns: Sequence[str], path: Path) -> Iterator[Row]:
    try:
        for number, row in enumerate(cursor, start=2):
            yield Row(number, dict(zip(columns, map(_text, row), strict=True)))
    except sqlite3.Error as problem:
        raise FileMistake("broken_database", f"{path.name} is damaged: {problem}. Fetch it again.") from problem
