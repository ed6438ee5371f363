"""What every reader hands over: columns of text by name, how the file was read, and what was wrong with it as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderway.mining.log import Finding
from orderway.mining.logs.column import Column


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, all of one length."""

    format: str
    columns: Mapping[str, Column]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    meaning: Mapping[str, str] = field(default_factory=dict)  # part -> column, where the format itself says so

    @property
    def rows(self) -> int:
        """The number of rows."""
        return next((len(column) for column in self.columns.values()), 0)
