"""What invoicing reads: what is to be billed of n orders, what is open on invoices. One statement per question, however many orders.

Judges nothing; `rules` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from orderway import sets
from orderway.masterdata.models import Company
from orderway.sets.kept import Kept, each_of
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.invoicing.models import AMOUNT, Allocation, Invoice
from orderway.stages.invoicing.money import ROUNDINGS, ZERO, Rounding
from orderway.stages.invoicing.rules import Moved

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Sums(TypedDict):
        settled: Decimal

    SettledInvoice = WithAnnotations[Invoice, _Sums]

QUANTITY_PLACES = Decimal("0.000001")
PRICE_PLACES = Decimal("0.00000001")
AMOUNT_PLACES = Decimal("0.0001")
PERCENT_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Seller:
    """We, as documents print it."""

    name: str
    address: str
    tax_number: str
    zone: str
    prices_include_tax: bool
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order as a document needs it."""

    id: int
    number: str
    currency: str
    discount_percent: Decimal
    customer_id: int
    buyer_name: str
    buyer_address: str
    buyer_tax_number: str
    payment_days: int


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """An order line as a document prints it."""

    order_id: int
    id: int
    position: int
    ordered: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_rate: Decimal
    tax_category: str
    sku: str
    description: str
    unit: str


@dataclass(slots=True)
class Billed:
    """What invoices billed of a line so far: pieces, amount, part of the order's discount."""

    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    discount: Decimal = ZERO


@dataclass(slots=True)
class Standing:
    """Everything that billing n orders asks about: by order, by line, by place."""

    heads: Mapping[int, OrderHead]
    lines: Mapping[int, Sequence[OrderedLine]]
    seller: Seller
    at_place: dict[tuple[int, str], Moved]  # (line, place); place "" sums over all
    billed: dict[int, dict[tuple[Decimal, Decimal], Billed]] = field(default_factory=dict)  # line -> (price, discount %)

    def finished(self) -> list[int]:
        """The orders of which nothing is left to ship or to bill."""
        nothing = Moved()
        return [order for order, lines in self.lines.items() if all(self.at_place.get((line.id, ""), nothing).finished for line in lines)]


def seller() -> Seller:
    """Us; an installation without a company row has none of these on its papers."""
    return _seller(Company.objects.first() or Company(name=""))


def _seller(company: Company) -> Seller:
    return Seller(company.name, company.address, company.tax_number, company.zone, company.prices_include_tax, ROUNDINGS[company.rounding])


def standing(order_ids: Iterable[int]) -> Standing:
    """What is to be billed of these orders, and us: three statements, four where something was billed before."""
    orders = sets.Many("int8", sorted(set(order_ids)))
    heads_, seller_ = _heads(orders)
    at_place, billed_before = _moves(orders)
    return Standing(heads_, _lines(orders), seller_, at_place, _billed(orders) if billed_before else {})


def heads(order_ids: Iterable[int]) -> dict[int, OrderHead]:
    """What a document needs of these orders, by id."""
    return _heads(sets.Many("int8", sorted(set(order_ids))))[0]


def _heads(orders: sets.Many) -> tuple[dict[int, OrderHead], Seller]:
    rows = sets.select("invoicing.orders", orders=orders)
    us = next(((*row[11:15], bool(row[15]), ROUNDINGS[row[16]]) if row[11] is not None else None for row in rows), None)
    found = {
        row[0]: OrderHead(
            id=row[0],
            number=row[1],
            currency=row[2],
            discount_percent=exact(row[3], PERCENT_PLACES),
            customer_id=row[4],
            buyer_name=row[5],
            buyer_address=", ".join(part for part in row[6:9] if part),
            buyer_tax_number=row[9],
            payment_days=row[10],
        )
        for row in rows
    }
    return found, Seller(*us) if us else _seller(Company(name=""))


def _lines(orders: sets.Many) -> dict[int, list[OrderedLine]]:
    lines: dict[int, list[OrderedLine]] = defaultdict(list)
    for order, line, position, quantity, price, discount, rate, category, sku, name, unit in sets.select("invoicing.lines", orders=orders):
        lines[order].append(
            OrderedLine(
                order,
                line,
                position,
                exact(quantity, QUANTITY_PLACES),
                exact(price, PRICE_PLACES),
                exact(discount, PERCENT_PLACES),
                exact(rate, Decimal("0.001")),
                category,
                sku,
                name,
                unit,
            )
        )
    return lines


def _moves(orders: sets.Many) -> tuple[dict[tuple[int, str], Moved], bool]:
    """What moved, by line and place; and whether something was invoiced before (every invoice line has its move)."""
    sums: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line, place, kind, quantity in sets.select("invoicing.moves", orders=orders):
        for where in {place, ""}:
            sums[line, where][kind] += exact(quantity, QUANTITY_PLACES)
    return {key: Moved(**kinds) for key, kinds in sums.items()}, any("invoiced" in kinds for kinds in sums.values())


def _billed(orders: sets.Many) -> dict[int, dict[tuple[Decimal, Decimal], Billed]]:
    billed: dict[int, dict[tuple[Decimal, Decimal], Billed]] = defaultdict(dict)
    for line, price, percent, quantity, amount, discount in sets.select("invoicing.billed_before", orders=orders):
        sums = Billed(exact(quantity, QUANTITY_PLACES), exact(amount, AMOUNT_PLACES), exact(discount, AMOUNT_PLACES))
        billed[line][exact(price, PRICE_PLACES), exact(percent, PERCENT_PLACES)] = sums
    return billed


# --- what is open --------------------------------------------------------------------------------------------------------------


def with_settled(invoices: QuerySet[Invoice]) -> QuerySet[SettledInvoice]:
    """The invoices with `settled`: what payments and credits have settled of them."""
    sums = Allocation.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice").annotate(amounts=Total("amount"))
    settled = Coalesce(Subquery(sums.values("amounts")), Value(ZERO), output_field=DecimalField(**AMOUNT))
    return invoices.annotate(settled=settled)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An issued invoice and what is open on it."""

    id: int
    number: str
    order_id: int
    customer_id: int
    currency: str
    open: Decimal


def open_invoices(*, order_ids: Iterable[int] = (), numbers: Iterable[str] = ()) -> list[OpenInvoice]:
    """The invoices of these orders, or of these numbers, oldest first; one statement. Settled ones are included, open 0."""
    rows = _open_invoices.rows(orders=set(order_ids), numbers=set(numbers))
    return [
        OpenInvoice(id_, number, order, customer, currency, exact(total, AMOUNT_PLACES) - exact(settled, AMOUNT_PLACES))
        for id_, number, order, customer, currency, total, settled in rows
    ]


@Kept
def _open_invoices() -> QuerySet[Invoice, tuple[int, str, int, int, str, Decimal, Decimal]]:
    chosen = Invoice.objects.filter(Q(order_id__in=each_of("int8", "orders")) | Q(number__in=each_of("text", "numbers")))
    return with_settled(chosen).order_by("id").values_list("id", "number", "order_id", "customer_id", "currency", "total", "settled")


def newest() -> QuerySet[SettledInvoice]:
    """All invoices, newest first, with customer and order and what settled them: the list of invoices."""
    return with_settled(Invoice.objects.select_related("customer", "order").order_by("-issued_on", "-id"))


def of_order(order_id: int) -> list[SettledInvoice]:
    """The invoices of an order with their lines and taxes, oldest first: the order page; three statements."""
    return list(with_settled(Invoice.objects.filter(order_id=order_id)).prefetch_related("lines", "taxes").order_by("id"))


def one(number: str) -> SettledInvoice | None:
    """One invoice with its lines, taxes and settlements; four statements."""
    invoices = with_settled(Invoice.objects.select_related("customer", "order").filter(number=number))
    return invoices.prefetch_related("lines", "taxes", "allocations__payment").first()


def overbilled(order_ids: Iterable[int]) -> list[tuple[int, int, Decimal]]:
    """Lines of these orders that are invoiced beyond what the customer kept: (order id, position, pieces)."""
    standing_ = standing(order_ids)
    found = []
    for order, lines in standing_.lines.items():
        for line in lines:
            moved = standing_.at_place.get((line.id, ""), Moved())
            over = (moved.invoiced - moved.credited) - (moved.shipped - moved.returned)
            if over > ZERO:
                found.append((order, line.position, over.normalize()))
    return found
