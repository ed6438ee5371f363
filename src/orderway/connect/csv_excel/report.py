"""What became of every row of a file: counts and exact amounts that add up to the file. Knows no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from orderway.connect.csv_excel.judging import Line, Refused

KEPT_REFUSALS = 200  # shown to people; the counts say the rest


@dataclass(slots=True)
class Report:
    """rows = imported + merged + unchanged + all refused; the amounts likewise."""

    imported: int = 0
    merged: int = 0
    unchanged: int = 0
    orders: int = 0
    returns: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(("imported", "merged", "unchanged", "refused"), Decimal(0)))
    refused_amounts: dict[str, Decimal] = field(default_factory=dict)
    first_refusals: list[Refused] = field(default_factory=list)
    note: str = ""

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return self.imported + self.merged + self.unchanged + sum(self.refused.values())

    def add_imported(self, lines: Iterable[Line]) -> None:
        """These rows made something new."""
        for line in lines:
            self.imported += 1
            self.amounts["imported"] += line.amount

    def add_merged(self, lines: Iterable[Line]) -> None:
        """These rows were added to equal ones of the same order."""
        for line in lines:
            self.merged += 1
            self.amounts["merged"] += line.amount

    def add_unchanged(self, lines: Iterable[Line]) -> None:
        """These rows were imported before."""
        for line in lines:
            self.unchanged += 1
            self.amounts["unchanged"] += line.amount

    def add_refused(self, refused: Refused) -> None:
        """This row was not taken."""
        self.refused[refused.code] += 1
        self.amounts["refused"] += refused.amount
        self.refused_amounts[refused.code] = self.refused_amounts.get(refused.code, Decimal(0)) + refused.amount
        if len(self.first_refusals) < KEPT_REFUSALS:
            self.first_refusals.append(refused)

    def as_json(self) -> dict[str, object]:
        """The report for machines; amounts as exact decimal strings."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "merged": self.merged,
            "unchanged": self.unchanged,
            "refused": dict(sorted(self.refused.items())),
            "orders": self.orders,
            "amount": {name: f"{amount.normalize():f}" for name, amount in self.amounts.items()},
        }
