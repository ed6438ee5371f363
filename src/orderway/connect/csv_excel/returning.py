"""Rows that take back an earlier one become announced returns: each meets the latest earlier line of its customer and item.

Books nothing: an announced return is received once its line has been shipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from orderway.connect.csv_excel.gathering import Gathered
from orderway.connect.csv_excel.judging import Line, Refused
from orderway.connect.csv_excel.mapping import Mapping
from orderway.connect.csv_excel.report import Report
from orderway.orders.actor import Actor
from orderway.orders.models import OrderLine
from orderway.sets.totals import Total
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.aftersales.models import ReturnLine

CHUNK = 500
RETURNS_AT_ONCE = 1_000
Bought = tuple[str, str]  # customer, item


@dataclass(slots=True)
class Sold:
    """An order line that may come back, and how much of it is not announced yet."""

    id: int
    order: str
    position: int
    at: datetime
    left: Decimal


def announce(gathered: Gathered, mapping: Mapping, report: Report, *, actor: Actor, now: datetime) -> None:
    """Announce the returns of a file; a row that finds no line it could take back is refused."""
    known = _known(gathered.returns, mapping.channel)
    fresh = []
    for line in gathered.returns:
        if _consume(known, line):
            report.add_unchanged([line, *_merged_into(line, gathered)])
        else:
            fresh.append(line)
    sold = _sold(fresh, mapping.channel)
    matched = [(line, list(_match(line, sold))) for line in sorted(fresh, key=lambda line: (line.ordered_at or now, line.row))]
    for line, found in matched:
        if not found:
            sentence = f"No earlier line of customer {line.customer} with item {line.sku} is left to cancel. Check the number."
            for row in (line, *_merged_into(line, gathered)):
                report.add_refused(Refused(row.row, "cancels_nothing", mapping.columns["order"], sentence, row.amount))
    _announce([pair for pair in matched if pair[1]], gathered, report, actor=actor, now=now)


def _merged_into(line: Line, gathered: Gathered) -> Iterator[Line]:
    """The rows that were merged into this one; taken out, so that they are counted once."""
    rows = gathered.merged.get(line.order, [])
    own = [row for row in rows if (row.sku, row.price, row.ordered_at) == (line.sku, line.price, line.ordered_at)]
    gathered.merged[line.order] = [row for row in rows if row not in own]
    yield from own


def _match(line: Line, sold: dict[Bought, list[Sold]]) -> Iterator[tuple[Sold, Decimal]]:
    """The latest earlier lines with something left, up to the quantity that is taken back."""
    wanted = -line.quantity
    for candidate in sold.get((line.customer, line.sku), []):
        if wanted <= 0:
            return
        if candidate.left <= 0 or (line.ordered_at is not None and candidate.at > line.ordered_at):
            continue
        taken = min(wanted, candidate.left)
        candidate.left -= taken
        wanted -= taken
        yield candidate, taken


def _announce(
    matched: Sequence[tuple[Line, list[tuple[Sold, Decimal]]]], gathered: Gathered, report: Report, *, actor: Actor, now: datetime
) -> None:
    wanted: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line, found in matched:
        for sold, quantity in found:
            wanted[sold.order, line.order][sold.position] += quantity
    announcements = [
        aftersales.Announcement(order, dict(lines), reason=f"cancelled by {number}", external_reference=number, before_shipping=True)
        for (order, number), lines in wanted.items()
    ]
    refused: dict[tuple[str, str], str] = {}
    for start in range(0, len(announcements), RETURNS_AT_ONCE):
        batch = announcements[start : start + RETURNS_AT_ONCE]
        # Who may import a file may announce what it returns.
        answer = aftersales.announce_return(batch, actor=replace(actor, via="system"), now=now)
        report.returns += len(answer.numbers)
        refused |= {(batch[index].order, batch[index].external_reference): str(why) for index, why in answer.refused.items()}
    for line, found in matched:
        rows = [line, *_merged_into(line, gathered)]
        reasons = [refused[sold.order, line.order] for sold, _quantity in found if (sold.order, line.order) in refused]
        if reasons:
            for row in rows:
                report.add_refused(Refused(row.row, "return_refused", "order", reasons[0], row.amount))
        else:
            report.add_imported(rows[:1])
            report.add_merged(rows[1:])


def _sold(lines: Iterable[Line], channel: str) -> dict[Bought, list[Sold]]:
    """The lines that could be taken back, latest first."""
    wanted = {(line.customer, line.sku) for line in lines}
    customers = sorted({customer for customer, _sku in wanted})
    sold: dict[Bought, list[Sold]] = defaultdict(list)
    for start in range(0, len(customers), CHUNK):
        some = OrderLine.objects.filter(order__channel=channel, order__customer__key__in=customers[start : start + CHUNK])
        announced = dict(
            ReturnLine.objects.filter(line__in=some)
            .order_by()
            .values_list("line")
            .annotate(total=Total("quantity"))
            .values_list("line", "total")
        )
        rows = some.order_by("-order__ordered_at", "-id").values_list(
            "id", "order__number", "position", "order__ordered_at", "quantity", "order__customer__key", "item__sku"
        )
        for line_id, number, position, at, quantity, customer, sku in rows.iterator(chunk_size=5_000):
            if (customer, sku) in wanted:
                sold[customer, sku].append(Sold(line_id, number, position, at, quantity - announced.get(line_id, Decimal(0))))
    return sold


def _known(lines: Sequence[Line], channel: str) -> dict[tuple[str, str], Decimal]:
    """What earlier imports announced, by their number and our item."""
    numbers = sorted({line.order for line in lines})
    known: dict[tuple[str, str], Decimal] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = ReturnLine.objects.filter(of__external_reference__in=numbers[start : start + CHUNK], line__order__channel=channel)
        for number, sku, total in rows.order_by().values_list("of__external_reference", "line__item__sku").annotate(Total("quantity")):
            known[number, sku] = total
    return known


def _consume(known: dict[tuple[str, str], Decimal], line: Line) -> bool:
    left = known.get((line.order, line.sku), Decimal(0))
    known[line.order, line.sku] = max(Decimal(0), left + line.quantity)
    return left > 0
