"""A foreign file becomes orders, opening stock and announced returns, through the same acts that people use.

Importing a file again changes nothing: orders are known by channel, customer and number, returns by the row that announced them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import transaction

from orderway.connect.csv_excel import masters, returning
from orderway.connect.csv_excel.gathering import Gathered, gather
from orderway.connect.csv_excel.judging import Line, Refused
from orderway.connect.csv_excel.mapping import Mapping
from orderway.connect.csv_excel.reading import FileMistake, Opened, open_rows
from orderway.connect.csv_excel.report import Report
from orderway.masterdata.models import Warehouse
from orderway.orders.actor import Actor
from orderway.orders.models import OrderLine
from orderway.sets import statistics
from orderway.sets.totals import Total
from orderway.stages.capture import actions as capture
from orderway.stages.capture.rules import LineDraft, OrderDraft
from orderway.stages.stock import actions as stock
from orderway.stages.stock.models import StockMove

ORDERS_AT_ONCE = 1_000
Progress = Callable[[str, int, int | None], None]


class _DryRun(Exception):
    """Takes everything back that a dry run has done."""


def import_orders(
    path: Path,
    mapping: Mapping,
    *,
    now: datetime,
    actor: Actor | None = None,
    dry_run: bool = False,
    limit: int | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Import a file; raises FileMistake if it cannot be read as a whole. `dry_run` does everything and takes it back."""
    report = Report()
    actor = actor or Actor(key=f"import:{mapping.channel}", duties=frozenset({"token"}), via="import")
    with open_rows(path, query=mapping.query, sheet=mapping.sheet) as opened:
        _require_columns(opened.columns, mapping, path)
        report.note = opened.note
        tell = partial(_tell, opened, progress)
        gathered = gather(islice(opened.rows, limit), mapping, report, tell=tell)
    try:
        with transaction.atomic(durable=False) if dry_run else _each_act_for_itself():
            _import(gathered, mapping, report, actor=actor, now=now, progress=progress)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


class _each_act_for_itself:
    """No transaction around the acts: each batch stands by itself, so that others can work meanwhile."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_raised: object) -> None:
        return None


def _tell(opened: Opened, progress: Progress, _rows: int) -> None:
    progress("reading", opened.bytes_read(), opened.bytes_total)


def _require_columns(columns: Sequence[str], mapping: Mapping, path: Path) -> None:
    optional = {"price", "item_name", "customer_name", "country", "requested_on", "discount_percent", "note", "ordered_at"}
    for ours, theirs in mapping.columns.items():
        if theirs not in columns and ours not in optional:
            known = ", ".join(column for column in columns if column)
            raise FileMistake("column_missing", f"{path.name} has no column {theirs!r} ({ours}). It has: {known}. Use another --mapping.")


def _import(gathered: Gathered, mapping: Mapping, report: Report, *, actor: Actor, now: datetime, progress: Progress) -> None:
    with transaction.atomic():
        masters.create_missing((line for lines in (*gathered.orders.values(), gathered.returns) for line in lines), mapping)
    _refuse_unknown(gathered, mapping, report)
    drafts = [(number, lines, _draft(number, lines, mapping)) for number, lines in gathered.orders.items()]
    for start in range(0, len(drafts), ORDERS_AT_ONCE):
        progress("placing orders", start, len(drafts))
        _place(drafts[start : start + ORDERS_AT_ONCE], gathered, report, actor=actor, now=now)
    if len(drafts) > ORDERS_AT_ONCE:
        statistics.count_again()
    if mapping.opening_stock == "demand":
        progress("booking opening stock", 0, None)
        book_opening_stock(mapping.channel, actor=actor, now=now)
    progress("matching returns", 0, len(gathered.returns))
    returning.announce(gathered, mapping, report, actor=actor, now=now)


def _refuse_unknown(gathered: Gathered, mapping: Mapping, report: Report) -> None:
    """Rows whose item does not exist, where the mapping may not create it; the other rows of the order are imported."""
    if "items" in mapping.create:
        return
    known = masters.known_items({line.sku for lines in gathered.orders.values() for line in lines})
    for number, lines in list(gathered.orders.items()):
        for line in lines:
            if line.sku not in known:
                column, sentence = mapping.columns["sku"], f"There is no item {line.sku}. Correct it, or create the item first."
                report.add_refused(Refused(line.row, "unknown_item", column, sentence, line.amount))
        kept = [line for line in lines if line.sku in known]
        if kept:
            gathered.orders[number] = kept
        else:
            del gathered.orders[number]


def _draft(number: str, lines: Sequence[Line], mapping: Mapping) -> OrderDraft:
    times = [line.ordered_at for line in lines if line.ordered_at is not None]
    return OrderDraft(
        customer=lines[0].customer,
        lines=tuple(
            LineDraft(line.sku, line.quantity, line.price, line.discount_percent, line.requested_on, reference=str(line.row))
            for line in lines
        ),
        channel=mapping.channel,
        customer_po=number,
        standard=mapping.standard,
        currency=mapping.currency,
        ordered_at=min(times, default=None),
        requested_on=lines[0].requested_on,
        note=lines[0].note,
        as_history=mapping.as_history,
    )


def _place(batch: Sequence[tuple[str, list[Line], OrderDraft]], gathered: Gathered, report: Report, *, actor: Actor, now: datetime) -> None:
    outcomes = capture.place([draft for _number, _lines, draft in batch], actor=actor, now=now)
    for (number, lines, _), outcome in zip(batch, outcomes, strict=True):
        merged = gathered.merged.get(number, [])
        if outcome.state == "placed":
            report.orders += 1
            report.add_imported(lines)
            report.add_merged(merged)
        elif outcome.state == "unchanged":
            report.add_unchanged([*lines, *merged])
        else:
            code, sentence = _why(outcome)
            for line in (*lines, *merged):
                report.add_refused(Refused(line.row, code, "order", sentence, line.amount))


def _why(outcome: capture.Outcome) -> tuple[str, str]:
    if outcome.problems:
        first = outcome.problems[0]
        return first.code, str(first)
    assert outcome.refusal is not None, "an order that was not placed says why"
    return outcome.refusal.code, str(outcome.refusal)


def book_opening_stock(channel: str, *, actor: Actor, now: datetime) -> int:
    """Bring the opening stock booked for a channel to the demand of its orders: one move per item, none if nothing is missing."""
    reference = f"opening {channel}"
    booked = dict(
        StockMove.objects.filter(reference=reference, reason=StockMove.Reason.OPENING)
        .values_list("item")
        .annotate(Total("quantity"))
        .order_by()
    )
    demand: Counter[int] = Counter()
    lines = OrderLine.objects.filter(order__channel=channel, item__stocked=True)
    demand.update(dict(lines.values_list("item").annotate(total=Total("quantity")).order_by().values_list("item", "total")))
    warehouse = Warehouse.objects.filter(active=True).order_by("rank", "key").first()
    missing = {item: Decimal(wanted) - booked.get(item, Decimal(0)) for item, wanted in demand.items()}
    goods = [
        stock.GoodsIn(item, warehouse.pk, quantity, StockMove.Reason.OPENING, reference)
        for item, quantity in sorted(missing.items())
        if quantity > 0 and warehouse is not None
    ]
    if goods:
        with transaction.atomic():
            stock.receive(goods, actor=actor, now=now)
    return len(goods)
