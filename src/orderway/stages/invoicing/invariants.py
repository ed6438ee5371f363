"""What must never be false of invoices and payments; `orderway verify` runs it. Reads only, in chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import Any, TypeVar

from django.db.models import Count, Max, Min, QuerySet

from orderway.journal import verify
from orderway.journal.verify import Finding, tally
from orderway.orders.models import ExposureMove, LineMove, NumberSeries
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.invoicing import money, queries
from orderway.stages.invoicing.models import Invoice, InvoiceLine, Payment
from orderway.stages.invoicing.money import ZERO, Taxable

CHUNK = 1_000
T = TypeVar("T")


def check_totals() -> Finding:
    """An invoice's totals are those of its lines, tax per category at the stated rounding (RULES 1-4)."""
    return tally(_total_faults())


def _total_faults() -> Iterator[str | None]:
    for invoice in Invoice.objects.prefetch_related("lines", "taxes").order_by("id").iterator(CHUNK):
        step = money.minor_unit(invoice.currency)
        taxable = [Taxable(line.tax_category, line.tax_rate, line.amount - line.discount) for line in invoice.lines.all()]
        totals = money.totals(taxable, prices_include_tax=invoice.prices_include_tax, step=step, rounding=money.ROUNDINGS[invoice.rounding])
        said = [(row.category, row.rate_percent, row.net, row.tax) for row in invoice.taxes.all()]
        due = [(row.category, row.rate_percent, row.net, row.tax) for row in totals.rows]
        if (invoice.net, invoice.tax, invoice.total) != (totals.net, totals.tax, totals.gross):
            yield f"{invoice}: says {invoice.net} + {invoice.tax} = {invoice.total}, its lines give {totals.net} + {totals.tax}"
        elif said != due:
            yield f"{invoice}: its tax rows are not those of its lines"
        else:
            yield None


def check_quantities() -> Finding:
    """What invoices bill of a line is what its ledger says, and never more than was shipped."""
    return tally(_quantity_faults())


def _quantity_faults() -> Iterator[str | None]:
    lines = (
        InvoiceLine.objects.values("line_id")
        .order_by("line_id")
        .annotate(quantities=Total("quantity"), billed=Total("amount"), off=Total("discount"))
    )
    for chunk in chunks(lines.iterator(CHUNK)):
        ledger: dict[int, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
        moves = LineMove.objects.filter(line_id__in=[row["line_id"] for row in chunk]).values("line_id", "kind").order_by()
        for move in moves.annotate(quantities=Total("quantity"), amounts=Total("amount")):
            ledger[move["line_id"]][move["kind"]] = summed(move["quantities"], move["amounts"])
        for row in chunk:
            yield _line_fault(row["line_id"], *summed(row["quantities"], row["billed"] - row["off"]), ledger[row["line_id"]])


def summed(quantity: Decimal, amount: Decimal) -> tuple[Decimal, Decimal]:
    """Sums as the database gave them, to their places (SQLite adds floats)."""
    return exact(quantity, queries.QUANTITY_PLACES), exact(amount, queries.AMOUNT_PLACES)


def _line_fault(line: int, quantity: Decimal, charged: Decimal, kinds: dict[str, tuple[Decimal, Decimal]]) -> str | None:
    nothing = (ZERO, ZERO)
    booked = kinds.get("invoiced", nothing)
    if booked != (quantity, charged):
        return f"line {line}: invoices bill {charged} for {quantity}, the ledger says {booked[1]} for {booked[0]}"
    shipped, credited = kinds.get("shipped", nothing)[0], kinds.get("credited", nothing)[0]
    if quantity - credited > shipped:
        return f"line {line}: {quantity} invoiced and {credited} credited, but only {shipped} shipped"
    return None


def check_payments() -> Finding:
    """No invoice is settled beyond its total, no payment allocates more than it brought, and what customers paid is in their exposure."""
    return tally(chain(_overpaid_invoices(), _overspent_payments(), _unbooked_payments()))


def _overpaid_invoices() -> Iterator[str | None]:
    for invoice in queries.with_settled(Invoice.objects.filter(allocations__isnull=False).distinct()).order_by("id").iterator(CHUNK):
        settled = exact(invoice.settled, queries.AMOUNT_PLACES)
        yield f"{invoice}: {settled} settled of {invoice.total}" if settled > invoice.total else None


def _overspent_payments() -> Iterator[str | None]:
    for payment in Payment.objects.annotate(allocated=Total("allocations__amount")).order_by("id").iterator(CHUNK):
        allocated = exact(payment.allocated or ZERO, queries.AMOUNT_PLACES)
        yield f"payment {payment}: {allocated} allocated of {payment.amount}" if allocated > payment.amount else None


def _unbooked_payments() -> Iterator[str | None]:
    paid = dict(Payment.objects.values("customer_id").annotate(amounts=Total("amount")).order_by().values_list("customer_id", "amounts"))
    moves = ExposureMove.objects.filter(kind__in=["paid", "deposited"]).values("customer_id").annotate(amounts=Total("amount")).order_by()
    booked = dict(moves.values_list("customer_id", "amounts"))
    for customer in sorted(paid.keys() | booked.keys()):
        came, said = (exact(sums.get(customer, ZERO), queries.AMOUNT_PLACES) for sums in (paid, booked))
        yield None if came == said else f"customer {customer}: paid {came}, exposure says {said}"


def check_numbers() -> Finding:
    """Invoice numbers are unique and gapless from 1 in each series, and the series knows its last one."""
    return tally(number_faults(Invoice.objects.all()))


def number_faults(documents: QuerySet[Any]) -> Iterator[str | None]:
    """For each document: None, or what is wrong with the numbers of its series (said once per series)."""
    known = dict(NumberSeries.objects.values_list("key", "last"))
    series = documents.order_by("series").values("series").annotate(
        count=Count("id"), different=Count("series_number", distinct=True), first=Min("series_number"), last=Max("series_number"),
    )  # fmt: skip
    for row in series:
        gapless = row["first"] == 1 and row["last"] == row["count"] == row["different"] == known.get(row["series"])
        yield None if gapless else f"series {row['series']}: {row['count']} documents, numbers {row['first']} to {row['last']}"
        yield from (None for _ in range(row["count"] - 1))


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows, at most a chunk of them at a time."""
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def register() -> None:
    """Let verify run these."""
    verify.register_invariant(4, "invoice totals", check_totals)
    verify.register_invariant(4, "invoiced quantities", check_quantities)
    verify.register_invariant(4, "payments", check_payments)
    verify.register_invariant(11, "invoice numbers", check_numbers)
