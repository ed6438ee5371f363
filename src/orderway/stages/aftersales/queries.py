"""What after-sales reads: where the lines of n orders stand, which returns are awaited, what was charged and given back.

One statement per question, however many orders. Judges nothing; `rules` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from orderway import sets
from orderway.sets.numbers import exact
from orderway.stages.aftersales.models import Complaint, CreditNote, Return
from orderway.stages.aftersales.rules import LineFacts
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import AMOUNT_PLACES, PRICE_PLACES, QUANTITY_PLACES

RATE_PLACES = Decimal("0.001")
Category = tuple[str, Decimal]  # tax category and its rate in percent


@dataclass(frozen=True, slots=True)
class Line:
    """An order line: what it is, and what stands of it."""

    order_id: int
    item_id: int
    stocked: bool
    sku: str
    description: str
    unit: str
    facts: LineFacts

    @property
    def id(self) -> int:
        """The order line."""
        return self.facts.line_id

    @property
    def position(self) -> int:
        """Its position in the order."""
        return self.facts.position


@dataclass(frozen=True, slots=True)
class Awaited:
    """A line of an announced return, and how many of its pieces have not arrived."""

    order_id: int
    return_id: int
    return_number: int
    before_shipping: bool
    return_line_id: int
    line_id: int
    quantity: Decimal


@dataclass(slots=True)
class Charged:
    """What was charged and given back of one tax category of an order: amounts of lines, and tax."""

    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    tax_invoiced: Decimal = ZERO
    tax_credited: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax categories of the lines of n orders and what stands of each category per order."""

    category_of: Mapping[int, Category]
    charged: Mapping[tuple[int, Category], Charged] = field(default_factory=dict)


def _many(ids: Iterable[int]) -> sets.Many:
    return sets.Many("int8", sorted(set(ids)))


def lines(order_ids: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of these orders in their positions, by order; one statement. Read under the locks of the orders."""
    found: dict[int, list[Line]] = defaultdict(list)
    for order, line, position, item, stocked, sku, name, unit, *numbers in sets.select("aftersales.lines", orders=_many(order_ids)):
        found[order].append(Line(order, item, bool(stocked), sku, name, unit, _facts(line, position, numbers)))
    return found


def _facts(line: int, position: int, numbers: list[object]) -> LineFacts:
    quantities = [exact(number, QUANTITY_PLACES) for number in (*numbers[:7], numbers[10])]
    amounts = [exact(number, PRICE_PLACES) for number in numbers[7:10]]
    ordered, cancelled, shipped, returned, replaced, invoiced, credited, announced = quantities
    return LineFacts(line, position, ordered, cancelled, shipped, returned, replaced, announced, invoiced, credited, *amounts)


def awaited(order_ids: Iterable[int]) -> list[Awaited]:
    """What is announced on these orders and has not arrived, oldest first; one statement."""
    return [
        Awaited(order, return_id, number, bool(before), return_line, line, exact(quantity, QUANTITY_PLACES))
        for order, return_id, number, before, return_line, line, quantity in sets.select("aftersales.open_returns", orders=_many(order_ids))
        if exact(quantity, QUANTITY_PLACES) > ZERO
    ]


def last_numbers(order_ids: Iterable[int]) -> dict[int, int]:
    """The last return number of each order that has one; one statement."""
    return {row[0]: row[1] for row in sets.select("aftersales.last_numbers", orders=_many(order_ids))}


def taxed(order_ids: Iterable[int]) -> Taxed:
    """By which tax category the lines of these orders were charged, and what stands of each; two statements."""
    categories: dict[int, Category] = {}
    charged: dict[tuple[int, Category], Charged] = defaultdict(Charged)
    for order, line, name, rate, amount, kind in sets.select("aftersales.charged", orders=_many(order_ids)):
        category = (name, exact(rate, RATE_PLACES))
        sums = charged[order, category]
        setattr(sums, kind, getattr(sums, kind) + exact(amount, AMOUNT_PLACES))
        if kind == "invoiced":
            categories[line] = category
    for order, name, rate, tax, kind in sets.select("aftersales.taxes", orders=_many(order_ids)):
        sums = charged[order, (name, exact(rate, RATE_PLACES))]
        setattr(sums, f"tax_{kind}", getattr(sums, f"tax_{kind}") + exact(tax, AMOUNT_PLACES))
    return Taxed(categories, charged)


def to_book(after: int, batch: int) -> list[tuple[int, str]]:
    """The next orders (id, number) with an announced return that can be booked by itself now."""
    return [(row[0], row[1]) for row in sets.select("aftersales.to_book", after=after, batch=batch)]


# --- facts ------------------------------------------------------------------------------------------------------------------------


def moved(order_ids: Iterable[int], kind: str) -> dict[int, Decimal]:
    """How many pieces of each order came back or were replaced (a kind of the line ledger); orders without any are missing."""
    rows = sets.select("aftersales.moved", orders=_many(order_ids), kind=kind)
    return {order: exact(quantity, QUANTITY_PLACES) for order, quantity in rows}


def credited(order_ids: Iterable[int]) -> dict[int, Decimal]:
    """What credit notes gave back on each order, tax included; orders without one are missing."""
    return {order: exact(total, AMOUNT_PLACES) for order, total in sets.select("aftersales.credited", orders=_many(order_ids))}


def complained(order_ids: Iterable[int]) -> set[int]:
    """Which of these orders have an open complaint."""
    return {order for (order,) in sets.select("aftersales.complained", orders=_many(order_ids))}


def low_feedback(order_ids: Iterable[int]) -> set[int]:
    """Which of these orders got a low score."""
    return {order for (order,) in sets.select("aftersales.low_feedback", orders=_many(order_ids))}


# --- pages ------------------------------------------------------------------------------------------------------------------------


def complaints_of(order_id: int) -> list[Complaint]:
    """The complaints about an order, oldest first."""
    return list(Complaint.objects.filter(order_id=order_id).order_by("id"))


def returns_of(order_id: int) -> list[Return]:
    """The returns of an order with their lines and receipts, oldest first; four statements."""
    return list(Return.objects.filter(order_id=order_id).prefetch_related("lines__line__item", "lines__receipts").order_by("number"))


def credit_notes() -> QuerySet[CreditNote]:
    """All credit notes, newest first, with customer and order."""
    return CreditNote.objects.select_related("customer", "order").order_by("-issued_on", "-id")


def credit_note(number: str) -> CreditNote | None:
    """One credit note with its lines and taxes; three statements."""
    return credit_notes().prefetch_related("lines", "taxes").filter(number=number).first()
