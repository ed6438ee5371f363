"""Excel: the first sheet with rows. Sizes are judged before it is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from orderway.mining.log import Finding, Unreadable, gettext_noop
from orderway.mining.logs.column import Column
from orderway.mining.logs.table import Table

LARGEST_BYTES = 300_000_000  # unpacked; the whole sheet is held in memory


def read_workbook(content: bytes) -> Table:
    """The columns of the first sheet that has rows."""
    _judge_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if len(rows) > 1:
                return _table(name, rows)
    except (CalamineError, ValueError, OSError) as problem:
        raise Unreadable(
            "not_excel", gettext_noop("This workbook cannot be opened: {reason}. Save it again as .xlsx."), reason=str(problem)[:200]
        ) from problem
    raise Unreadable("file_empty", gettext_noop("No sheet of this workbook has rows below a heading. Export it again."))


def _judge_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) <= LARGEST_BYTES:
                return
    except zipfile.BadZipFile as problem:
        raise Unreadable(
            "not_excel", gettext_noop("This workbook is damaged: {reason}. Save it again as .xlsx."), reason=str(problem)
        ) from problem
    raise Unreadable(
        "too_large",
        gettext_noop("{name} is too large unpacked, or packed far more than a log can be. Split it by year."),
        name="The workbook",
    )


def _table(sheet: str, rows: Sequence[Sequence[object]]) -> Table:
    width = max(len(rows[0]), 1)
    names: list[str] = []
    for place, cell in enumerate(rows[0], start=1):
        wanted = _text(cell) or f"column {place}"
        names.append(wanted if wanted not in names else f"{wanted} ({place})")
    body = [row for row in rows[1:] if any(cell not in ("", None) for cell in row)]
    columns = {
        name: Column.of([_text(row[place]) if place < len(row) else None for row in body]) for place, name in enumerate(names[:width])
    }
    empty = len(rows) - 1 - len(body)
    return Table("Excel", columns, (Finding("empty_rows", empty, left_out=True),) if empty else (), (sheet,))


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
