"""Corrects orders that have not been completed yet, or that a review has sent back: lines and head, by a person who is then an editor.

Later changes are `orders.changes`. An editor counts as having worked on the stage, so that four eyes see the order afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from orderway import sets
from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers
from orderway.engine.case import Case, OpenItem
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import changes, corrections, line_ledger
from orderway.orders.actor import Actor
from orderway.orders.amounts import total_of
from orderway.orders.corrections import Fault
from orderway.orders.line_ledger import Booking
from orderway.orders.locking import at_act
from orderway.orders.models import LineMove, Order, OrderLine
from orderway.orders.session import Decide, Entrance, Work, door
from orderway.stages.capture import queries, rules
from orderway.stages.capture.actions import ACT, DraftRefused
from orderway.stages.capture.rules import LineDraft, LineNow, Masters, OrderEdit

LINE_COLUMNS = (
    "order",
    "position",
    "item",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_rate",
    "amount",
    "requested_on",
    "external_reference",
)
LINE_SET = ("quantity", "unit_price", "discount_percent", "amount", "requested_on")
HEAD_SET = ("total", "discount_percent", "requested_on", "note", "edited_by", "edited_at")


@dataclass(frozen=True, slots=True)
class _Head:
    """An order's head as it stands, as far as an edit may change it."""

    customer: str
    currency: str
    discount_percent: Decimal
    requested_on: date | None
    note: str


@dataclass(slots=True)
class _Rows:
    """What an act is going to write, over all orders."""

    heads: list[tuple[object, ...]]
    lines: list[tuple[object, ...]]
    added: list[tuple[object, ...]]
    bookings: list[Booking]


def edit(
    edits: Mapping[str, OrderEdit], *, faults: Mapping[str, Fault] | None = None, actor: Actor, now: datetime
) -> Mapping[str, Refusal]:
    """Correct orders ({place: edit}) whose receipt is open. Allowed on hold; nothing of an order with a problem is changed.

    `faults`: by place, the error that is corrected, put on record with it.
    """
    found = faults or {}
    with door(list(edits), Entrance("capture.edit", "order.edit", at_act(ACT)), actor=actor, now=now) as work:
        lines = queries.lines_now(work.order_ids)
        heads = _heads(work.order_ids)
        skus = {line.sku for each in edits.values() for line in each.added}
        masters = queries.masters_of({head.customer for head in heads.values()}, skus, standards=(), now=now)
        rows = _Rows([], [], [], [])
        gone = _gone(work)
        for place in work.places:
            order_id = work.opened(place).order.id
            problems = rules.edit_problems(edits[place], lines[order_id], heads[order_id].customer, masters)
            misfit = corrections.misfit(work.opened(place).program, found[place]) if place in found else None
            below = misfit or _below_what_is_gone(edits[place], lines[order_id], gone)
            if problems:
                work.refuse(place, DraftRefused(problems=problems))
            elif below is not None:
                work.refuse(place, below)
            elif work.move(place, _noted(edits[place], lines[order_id])):
                _gather(rows, work, place, edits[place], lines[order_id], heads[order_id], masters)
                if place in found:
                    work.also_fault(place, found[place])
        _write(rows, now=now)
    return work.refused


def _gone(work: Work) -> Mapping[int, Decimal]:
    """By line, what has left or is on its way: an order that came back by a change may have deliveries that go on."""
    begun = [work.opened(place).order.id for place in work.places if work.opened(place).case.each_runs]
    going = changes.on_its_way(work)
    shipped = [sums for lines in line_ledger.sums_of_orders(begun).values() for sums in lines.items()] if begun else []
    return {line: sums.net_shipped + going.get(line, Decimal(0)) for line, sums in shipped}


def _below_what_is_gone(edit: OrderEdit, lines: Mapping[int, LineNow], gone: Mapping[int, Decimal]) -> Refusal | None:
    for each in edit.lines:
        line = lines.get(each.position)
        if line is not None and each.quantity is not None and each.quantity < gone.get(line.id, Decimal(0)):
            return changes.BelowShipped(field="lines", line=each.position, quantity=each.quantity, fixed=gone[line.id])
    return None


def _heads(order_ids: Sequence[int]) -> dict[int, _Head]:
    rows = Order.objects.filter(pk__in=order_ids)
    values = rows.values_list("pk", "customer__key", "currency", "discount_percent", "requested_on", "note")
    return {row[0]: _Head(*row[1:]) for row in values}


def _noted(change: OrderEdit, lines: Mapping[int, LineNow]) -> Decide:
    """The journal's entry: who corrected what; the editor counts as having worked on the stage."""
    said = "; ".join(_sentences(change, lines))

    def decide(program: Program, case: Case, item: OpenItem | None, _answers: Answers, editor: EngineActor) -> Move:
        assert item is not None, "an edit is made at a stage"
        return replace(advance.enter_evidence(program, case, item.key, (), actor=editor), outcome=said[:500])

    return decide


def _sentences(change: OrderEdit, lines: Mapping[int, LineNow]) -> list[str]:
    said = []
    for each in change.lines:
        before, after = lines[each.position], rules.edited(lines[each.position], each)
        parts = [
            f"{name} {old} -> {new}"
            for name, old, new in (
                ("quantity", before.wanted, after.wanted),
                ("price", before.unit_price, after.unit_price),
                ("discount", before.discount_percent, after.discount_percent),
                ("requested", before.requested_on, after.requested_on),
            )
            if old != new
        ]
        said += [f"line {each.position}: {', '.join(parts)}"] if parts else []
    said += [f"added {line.quantity} {line.sku}" for line in change.added]
    named = {"discount": change.discount_percent, "requested": change.requested_on, "note": change.note}
    return said + [f"{name} {value}" for name, value in named.items() if value is not None]


def _gather(rows: _Rows, work: Work, place: str, change: OrderEdit, lines: Mapping[int, LineNow], head: _Head, masters: Masters) -> None:
    order = work.opened(place).order
    after = dict(lines)
    for each in change.lines:
        before, line = lines[each.position], rules.edited(lines[each.position], each)
        after[each.position] = line
        rows.bookings += _bookings(before, line, place)
        rows.lines.append((line.id, line.ordered, line.unit_price, line.discount_percent, _ordered(line), line.requested_on))
    for line in after.values():
        if change.requested_on and line.requested_on == head.requested_on and all(each.position != line.position for each in change.lines):
            rows.lines.append((line.id, line.ordered, line.unit_price, line.discount_percent, _ordered(line), change.requested_on))
    amounts = [line.amount for line in after.values()]
    for position, added in enumerate(change.added, start=max(lines, default=0) + 1):
        amounts.append(_add(rows, order.id, position, added, head, masters))
    discount = head.discount_percent if change.discount_percent is None else change.discount_percent
    total = total_of(amounts, discount, head.currency, masters.rounding)
    requested = change.requested_on or head.requested_on
    note = head.note if change.note is None else change.note
    rows.heads.append((order.id, total, discount, requested, note, work.actor.key, work.now))


def _bookings(before: LineNow, line: LineNow, place: str) -> list[Booking]:
    """More or less of a line is ordered more or less, a line that is taken off is cancelled; what was cancelled before stays cancelled."""
    found = [Booking(line.id, LineMove.Kind.ORDERED, line.ordered - before.ordered, _ordered(line) - _ordered(before), place, "edit")]
    if not line.wanted:
        found.append(
            Booking(
                line.id,
                LineMove.Kind.CANCELLED,
                before.wanted,
                rules.amount_of(before.wanted, line.unit_price, line.discount_percent),
                place,
                "edit",
            )
        )
    return found


def _ordered(line: LineNow) -> Decimal:
    """What all that was ordered of it comes to."""
    return rules.amount_of(line.ordered, line.unit_price, line.discount_percent)


def _add(rows: _Rows, order_id: int, position: int, added: LineDraft, head: _Head, masters: Masters) -> Decimal:
    item, price = masters.items[added.sku], rules.price_of(added, masters.customers[head.customer], masters)
    assert price is not None, "a line without a price is a problem"
    amount = rules.amount_of(added.quantity, price, added.discount_percent)
    wanted = added.requested_on or head.requested_on
    rows.added.append(
        (order_id, position, item.id, added.quantity, price, added.discount_percent, item.tax_rate, amount, wanted, added.reference)
    )
    return amount


def _write(rows: _Rows, *, now: datetime) -> None:
    """At once, apart from the act's own store: that one writes the same orders' positions."""
    sets.store(
        [
            sets.Update(Order, ("id",), HEAD_SET, rows.heads),
            sets.Update(OrderLine, ("id",), LINE_SET, rows.lines),
            sets.Insert(OrderLine, LINE_COLUMNS, rows.added),
        ]
    )
    new = {(row[0], row[1]): row for row in rows.added}
    fresh = OrderLine.objects.filter(order_id__in={order_id for order_id, _ in new}).select_related("order") if new else []
    added = [
        Booking(line.pk, LineMove.Kind.ORDERED, line.quantity, line.amount, line.order.number, "edit")
        for line in fresh
        if (line.order_id, line.position) in new
    ]
    line_ledger.book([*rows.bookings, *added], now=now)
