"""Columns that are gathered value by value, most rows having no value: what the readers of XML and JSON write into."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from orderway.mining.log import MISSING, Codes, Unreadable, gettext_noop
from orderway.mining.logs.column import Column

MOST_COLUMNS = 2_000
Words: TypeAlias = list[str] | pa.StringArray


class _Gathered:
    """The values of one column: rows and codes, and the words."""

    __slots__ = ("codes", "rows", "words")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.codes: list[int] = []
        self.words: dict[str, int] = {}


class Sparse:
    """Values by column and row."""

    def __init__(self) -> None:
        self._columns: dict[str, _Gathered] = {}

    def put(self, name: str, row: int, value: str) -> None:
        """Row `row` of column `name` is `value`; the last one put holds."""
        column = self._columns.get(name)
        if column is None:
            if len(self._columns) >= MOST_COLUMNS:
                raise Unreadable(
                    "too_wide", gettext_noop("The file has more than {most} different attributes. This is no event log."), most=MOST_COLUMNS
                )
            column = self._columns[name] = _Gathered()
        column.rows.append(row)
        column.codes.append(column.words.setdefault(value, len(column.words)))

    def columns(self, rows: int) -> dict[str, tuple[Codes, list[str]]]:
        """Every column as codes and words, `rows` long; what was put behind that is dropped by the caller's own decision."""
        filled = {}
        for name, gathered in self._columns.items():
            codes = np.full(rows, MISSING, dtype=np.int32)
            places, values = np.array(gathered.rows, dtype=np.int64), np.array(gathered.codes, dtype=np.int32)
            inside = places < rows
            codes[places[inside]] = values[inside]
            filled[name] = (codes, list(gathered.words))
        return filled


def as_column(codes: Codes, words: Words) -> Column:
    """Codes and words as a column."""
    return Column.of_codes(codes, words)
