"""Divides orders: so much of some lines becomes an order of its own, with its own date, under the same standard, prices and eyes.

The part is checked again from where a change goes back to; what stays goes on where it stands. Approval limits look at the whole family
(`divided_from`), who worked on the whole counts as having worked on the part, and the customer's exposure stays the same (RULES 35).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from orderway import sets
from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers
from orderway.engine.case import EachRun
from orderway.engine.move import Leftover, Move
from orderway.engine.refusals import Mistake, Refusal
from orderway.orders import amendments, as_ordered, change_desk, exposure, line_ledger, ordered
from orderway.orders.actor import Actor
from orderway.orders.amendments import Asked, Kind
from orderway.orders.assigning import People
from orderway.orders.blast_radius import Preview, preview_of_part
from orderway.orders.locking import LockedOrder
from orderway.orders.models import LineMove, Order, OrderLine, StoredDocument
from orderway.orders.ordered import Ordered
from orderway.orders.placing import take_ids
from orderway.orders.rewriting import NEW_LINE
from orderway.orders.session import Decide, Entrance, Work, door

ZERO = Decimal(0)
Refused = Mapping[str, Refusal]


class NothingStays(Mistake):
    """Everything that is open would go."""

    code = "nothing_stays"
    message = "Nothing would stay in the order."
    remedy = "Change the date of the order instead."


@dataclass(frozen=True, slots=True)
class Division:
    """So much of these lines, by line id, becomes an order of its own, wanted on `requested_on` (None: as before)."""

    quantities: Mapping[int, Decimal]
    requested_on: date | None = None


@dataclass(slots=True)
class Divided:
    """The numbers of the new orders by the number that they were divided from, and what was refused."""

    numbers: dict[str, str] = field(default_factory=dict)
    refused: Refused = field(default_factory=dict)


def divide(
    divisions: Mapping[str, Division],
    *,
    reason: str,
    requested_by: str = "",
    seen: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> Divided:
    """Divide these orders ({number: division}); one transaction, a fixed number of statements."""
    asked = Asked(reason, requested_by, seen or {})
    done = Divided()
    with door(list(divisions), Entrance("divide", "order.change", None, change_desk.changers), actor=actor, now=now) as work:
        everybody = {place: work.opened(place).order.id for place in work.places}
        foreseen = change_desk.foreseen_moves(work, change_desk.going_back(reason))
        before = as_ordered.read(change_desk.standing(work, foreseen))
        change_desk.refuse(work, {place: misfit(before[everybody[place]], divisions[place]) for place in foreseen})
        wished = {place: ordered.without(before[everybody[place]], divisions[place].quantities) for place in work.places}
        change = change_desk.Changing(work, asked, Kind.DIVIDE, before, wished)
        change.refuse_what_stages_object_to(work.places)
        change.refuse_what_met_another()
        change.lock_credit()
        change.withdraw_emptied()
        leftovers = change_desk.undo(work, {place: change_desk.behind(work.opened(place)) for place in work.places}, change.lines)
        done.numbers = _open_parts(work, change, divisions, reason)
        work.facts.forget()
        empty = change_desk.emptied(work, work.places)
        for place in work.places:
            left = tuple(leftovers.get(everybody[place], ()))
            assert work.move(place, _dividing(empty[place], left, reason)), f"{place} was divided: {work.refused.get(place)}"
        amendments.file_refused(Kind.DIVIDE, everybody, work.refused, asked, actor=actor.key, now=now)
    done.refused = work.refused
    return done


def misfit(order: Ordered, division: Division) -> Refusal | None:
    """Why the order cannot be divided so; None if it can."""
    refusal = ordered.cancel_misfit(order, division.quantities)
    if refusal is None and ordered.takes_all(order, division.quantities) and not any(line.fixed for line in order.lines.values()):
        return NothingStays(field="lines")
    return refusal


def _dividing(empty: tuple[EachRun, ...], leftovers: tuple[Leftover, ...], reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.divide(program, case, answers, empty, leftovers, reason=reason, actor=actor)


def of_division(order: Order, division: Division) -> Preview:
    """What dividing the order so would touch."""
    return preview_of_part(order, lambda before: misfit(before, division), division.quantities)


# --- the new orders -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A new order: the whole it comes from, as it was and as it will be, and the lines that go."""

    whole: Order
    before: Ordered
    after: Ordered
    division: Division
    order_id: int
    line_ids: Mapping[int, int]  # the whole's line id -> the part's

    @property
    def number(self) -> str:
        return f"SO-{self.whole.ordered_at.year}-{self.order_id:05d}"

    @property
    def as_ordered(self) -> Ordered:
        """The part's own lines."""
        lines = {}
        for position, (line_id, quantity) in enumerate(sorted(self.division.quantities.items()), start=1):
            line = self.before.lines[line_id]
            lines[self.line_ids[line_id]] = ordered.part_line(line, self.line_ids[line_id], position, quantity, self.division.requested_on)
        head = ordered.head_of_part(self.before.head, self.number, self.division.requested_on)
        return Ordered(self.order_id, head, lines)


def _open_parts(work: Work, change: change_desk.Changing, divisions: Mapping[str, Division], reason: str) -> dict[str, str]:
    """Insert the parts and open their cases; write what became of the wholes."""
    parts = _numbered(work, change, divisions)
    rows = {place: part.as_ordered for place, part in parts.items()}
    _insert(work, parts, rows)
    change.write(others={place: part.order_id for place, part in parts.items()})
    _move_exposure(work, parts)
    amendments.file_parts([(rows[place], part.whole.pk) for place, part in parts.items()], change.asked, actor=work.actor.key, now=work.now)
    work.open_new([(_locked(work, part), work.opened(place).program, _opening(work, place, reason)) for place, part in parts.items()])
    return {place: part.number for place, part in parts.items()}


def _numbered(work: Work, change: change_desk.Changing, divisions: Mapping[str, Division]) -> dict[str, _Part]:
    wholes = Order.objects.in_bulk(work.order_ids)
    chosen = {place: divisions[place] for place in work.places}
    order_ids, line_ids = _ids(work, chosen) if chosen else ([], [])
    taken = iter(line_ids)
    parts = {}
    for (place, division), order_id in zip(chosen.items(), order_ids, strict=True):
        whole = wholes[work.opened(place).order.id]
        lines = {line: next(taken) for line in sorted(division.quantities)}
        parts[place] = _Part(whole, change.before[whole.pk], change.after[whole.pk], division, order_id, lines)
    return parts


def _ids(work: Work, chosen: Mapping[str, Division]) -> tuple[list[int], list[int]]:
    return take_ids(len(chosen), sum(len(one.quantities) for one in chosen.values()), People("divide"), work.now)


def _insert(work: Work, parts: Mapping[str, _Part], rows: Mapping[str, Ordered]) -> None:
    orders = [_order_row(work, part, rows[place]) for place, part in parts.items()]
    lines, bookings = [], []
    for place, part in parts.items():
        for line in rows[place].lines.values():
            figures = (line.quantity, line.unit_price, line.discount_percent, line.tax_rate, line.amount, line.requested_on)
            lines.append((line.line_id, part.order_id, line.position, line.item_id, *figures, line.reference))
            bookings.append(line_ledger.Booking(line.line_id, LineMove.Kind.ORDERED, line.quantity, line.amount, part.number, place))
    sets.store([sets.Insert(Order, ORDER, orders), sets.Insert(OrderLine, LINE, lines)])
    line_ledger.book(bookings, now=work.now)
    _copy_papers(parts)


def _copy_papers(parts: Mapping[str, _Part]) -> None:
    """The papers of the whole count for its part: the customer sends no second purchase order."""
    numbers = {part.whole.pk: part for part in parts.values()}
    papers = list(
        StoredDocument.objects.filter(order_id__in=numbers, place__in=[part.whole.number for part in parts.values()]).order_by("pk")
    )
    for paper in papers:
        part = numbers[paper.order_id]
        paper.pk, paper.order_id, paper.place = None, part.order_id, part.number
    StoredDocument.objects.bulk_create(papers)


ORDER = (
    *("id", "number", "version", "customer", "channel", "customer_po", "owner", "ordered_at", "requested_on", "currency", "total"),
    *("discount_percent", "note", "divided_from", "as_history", "status", "case_text", "journal_sequence", "journal_hash", "created_by"),
    *("created_at", "po_key", "content_hash", "edited_by"),
)
LINE = ("id", *NEW_LINE)


def _order_row(work: Work, part: _Part, rows: Ordered) -> tuple[object, ...]:
    whole = part.whole
    return (
        *(
            part.order_id,
            part.number,
            whole.version_id,
            whole.customer_id,
            whole.channel,
            whole.customer_po,
            whole.owner_id,
            whole.ordered_at,
        ),
        *(rows.head.requested_on, whole.currency, rows.total, whole.discount_percent, whole.note, whole.divided_from_id or whole.pk),
        *(whole.as_history, "open", "", 0, "", work.actor.key, work.now, "", "", ""),
    )


def _locked(work: Work, part: _Part) -> LockedOrder:
    whole = part.whole
    row = (part.order_id, part.number, whole.version_id, work.orders[whole.number].content_hash, whole.customer_id, whole.owner_id)
    return LockedOrder(*row, "open", "", 0, "", work.actor.key, "", whole.as_history, None)


def _opening(work: Work, place: str, reason: str) -> Callable[[Answers, EngineActor], Move]:
    opened = work.opened(place)

    def open_part(answers: Answers, actor: EngineActor) -> Move:
        return advance.open_divided(opened.program, opened.case, answers, reason=reason, actor=actor)

    return open_part


def _move_exposure(work: Work, parts: Mapping[str, _Part]) -> None:
    """What the whole no longer has confirmed, its part has: the customer owes neither more nor less."""
    known = exposure.confirmed_and_delivered([part.whole.pk for part in parts.values()])
    amounts = []
    for place, part in parts.items():
        confirmed, delivered = known[part.whole.pk]
        share = min(part.before.gross - part.after.gross, max(ZERO, confirmed - delivered))
        amounts += [
            exposure.Amount(part.whole.customer_id, "confirmed", -share, part.whole.pk, place),
            exposure.Amount(part.whole.customer_id, "confirmed", share, part.order_id, place),
        ]
    exposure.book(amounts, now=work.now)
