"""An order as a paper says it, made up for practice: its lines, its total. Reads and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderway.standard.vocabulary import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a made-up order."""

    sku: str
    name: Text
    quantity: int
    price: Decimal
    route: str

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Paper:
    """An order as a paper says it: the customer's own, or ours."""

    number: str
    customer: Text
    place: Text
    wished_on: date
    terms_days: int
    discount: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The sum of its lines less the discount."""
        gross = sum((line.amount for line in self.lines), Decimal(0))
        return (gross * (100 - self.discount) / 100).quantize(Decimal("0.01"))
