"""What must never be false of returns and credit notes; `orderway verify` runs it. Reads only, in chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from orderway.journal import verify
from orderway.journal.verify import Finding, tally
from orderway.orders.models import LineMove
from orderway.sets.numbers import exact
from orderway.sets.totals import Total
from orderway.stages.aftersales import queries
from orderway.stages.aftersales.models import CreditNote, CreditNoteLine, Replacement, ReturnLine, ReturnReceipt
from orderway.stages.invoicing import money
from orderway.stages.invoicing.invariants import CHUNK, chunks, number_faults, summed
from orderway.stages.invoicing.models import Allocation
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import AMOUNT_PLACES, QUANTITY_PLACES


def check_returns() -> Finding:
    """What came back of a line is what its receipts say, nothing arrives beyond its announcement, replacements are those on record."""
    return tally(_return_faults())


def _return_faults() -> Iterator[str | None]:
    announced = ReturnLine.objects.annotate(arrived=Total("receipts__quantity")).order_by("id")
    for line in announced.iterator(CHUNK):
        arrived = exact(line.arrived or ZERO, QUANTITY_PLACES)
        yield f"return line {line.pk}: {arrived} arrived of {line.quantity}" if arrived > line.quantity else None
    received = ReturnReceipt.objects.values("return_line__line_id").annotate(quantities=Total("quantity")).order_by()
    yield from _differences("returned", dict(received.values_list("return_line__line_id", "quantities")))
    replaced = Replacement.objects.values("line_id").annotate(quantities=Total("quantity")).order_by()
    yield from _differences("replaced", dict(replaced.values_list("line_id", "quantities")))


def _differences(kind: str, recorded: dict[int, Decimal]) -> Iterator[str | None]:
    moves = LineMove.objects.filter(kind=kind).values("line_id").annotate(quantities=Total("quantity")).order_by()
    ledger = dict(moves.values_list("line_id", "quantities"))
    for line in sorted(recorded.keys() | ledger.keys()):
        said, booked = (exact(sums.get(line, ZERO), QUANTITY_PLACES) for sums in (recorded, ledger))
        yield None if said == booked else f"line {line}: {said} {kind} on record, the ledger says {booked}"


def check_credits() -> Finding:
    """No line is credited beyond what was invoiced, by pieces and by amount over all paths; the ledger says the same."""
    return tally(_credit_faults())


def _credit_faults() -> Iterator[str | None]:
    credited = CreditNoteLine.objects.values("line_id").order_by("line_id").annotate(pieces=Total("quantity"), given=Total("amount"))
    for chunk in chunks(credited.iterator(CHUNK)):
        sums: dict[int, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
        moves = LineMove.objects.filter(line_id__in=[row["line_id"] for row in chunk], kind__in=["invoiced", "credited"])
        for move in moves.values("line_id", "kind").annotate(pieces=Total("quantity"), amounts=Total("amount")).order_by():
            sums[move["line_id"]][move["kind"]] = summed(move["pieces"], move["amounts"])
        yield from (_credit_fault(row["line_id"], *summed(row["pieces"], row["given"]), sums[row["line_id"]]) for row in chunk)


def _credit_fault(line: int, pieces: Decimal, given: Decimal, sums: dict[str, tuple[Decimal, Decimal]]) -> str | None:
    invoiced = sums.get("invoiced", (ZERO, ZERO))
    if (pieces, given) != sums.get("credited", (ZERO, ZERO)):
        return f"line {line}: credit notes give {given} for {pieces}, the ledger says otherwise"
    if pieces > invoiced[0] or given > invoiced[1]:
        return f"line {line}: {given} for {pieces} credited of {invoiced[1]} for {invoiced[0]} invoiced"
    return None


def check_credit_totals() -> Finding:
    """A credit note's totals are those of its lines and tax rows; it settles at most its total; tax credited is at most tax charged."""
    return tally(_credit_total_faults())


def _credit_total_faults() -> Iterator[str | None]:
    notes = CreditNote.objects.prefetch_related("lines", "taxes").order_by("id")
    settled = dict(
        Allocation.objects.exclude(credit_note="").values("credit_note").annotate(amounts=Total("amount")).order_by()
        .values_list("credit_note", "amounts")
    )  # fmt: skip
    for note in notes.iterator(CHUNK):
        yield _note_fault(note, exact(settled.get(note.number, ZERO), AMOUNT_PLACES))
    orders = CreditNote.objects.order_by("order_id").values_list("order_id", flat=True).distinct()
    for chunk in chunks(orders.iterator(CHUNK)):
        for (order, category), charged in queries.taxed(chunk).charged.items():
            over = charged.tax_credited > charged.tax_invoiced
            yield f"order {order}: more tax {category[0]} credited than charged" if over else None


def _note_fault(note: CreditNote, settled: Decimal) -> str | None:
    lines = sum((line.amount for line in note.lines.all()), ZERO)
    net = sum((tax.net for tax in note.taxes.all()), ZERO)
    tax = sum((tax.tax for tax in note.taxes.all()), ZERO)
    step = money.minor_unit(note.currency)
    if (note.net, note.tax, note.total) != (net, tax, net + tax) or lines != (note.total if note.prices_include_tax else note.net):
        return f"{note}: says {note.net} + {note.tax} = {note.total}, its lines give {lines}"
    if note.total != money.HALF_UP(note.total, step):
        return f"{note}: {note.total} is no amount of {note.currency}"
    return f"{note}: {settled} settled of {note.total}" if settled > note.total else None


def check_numbers() -> Finding:
    """Credit note numbers are unique and gapless from 1 in each series, and the series knows its last one."""
    return tally(number_faults(CreditNote.objects.all()))


def register() -> None:
    """Let verify run these."""
    verify.register_invariant(3, "returns", check_returns)
    verify.register_invariant(4, "credits", check_credits)
    verify.register_invariant(4, "credit note totals", check_credit_totals)
    verify.register_invariant(11, "credit note numbers", check_numbers)
