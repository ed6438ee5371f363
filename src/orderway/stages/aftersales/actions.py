"""The acts of after-sales: complain, announce and receive returns, credit, replace, resolve.

Limits are judged under the locks of the orders, over all paths together. Acts on several orders answer {index or place: Refusal}.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.interrupting import reopen
from orderway.engine.refusals import Refusal
from orderway.orders import corrections
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.corrections import Fault, UnknownErrorKind
from orderway.orders.locking import Opened
from orderway.orders.session import Entrance, Work, door
from orderway.orders.work import Completion, working_on
from orderway.stages.aftersales import crediting, queries, returning, rules
from orderway.stages.aftersales.announcing import Announced, Announcement, announce_return
from orderway.stages.aftersales.models import Complaint, Return
from orderway.stages.aftersales.naming import ACT, complainers, resolvers
from orderway.stages.aftersales.queries import Awaited, Line
from orderway.stages.aftersales.refusals import ReturnsAwaited, UnknownLine, UnknownReturn
from orderway.stages.aftersales.returning import Arrived, Condition
from orderway.stages.invoicing import money, settling
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import heads

__all__ = [
    "ACT",
    "Announced",
    "Announcement",
    "Arrival",
    "ReturnsAwaited",
    "UnknownErrorKind",
    "UnknownLine",
    "UnknownReturn",
    "announce_return",
    "book_announced",
    "close_return",
    "complain",
    "finished",
    "receive_return",
    "resolve",
]

BATCH = 500


# --- the stage ----------------------------------------------------------------------------------------------------------------------


def resolve(
    places: Sequence[str],
    *,
    resolutions: Mapping[str, str] | None = None,
    brings: Mapping[str, Completion] | None = None,
    actor: Actor,
    now: datetime,
) -> Mapping[str, Refusal]:
    """Settle what customers complained about: book returns that have come, credit what came back and was invoiced, close complaints.

    `resolutions`: what was done about it, by place. A place where announced goods are still awaited stays open.
    """
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        awaited = queries.awaited(work.order_ids)
        _refuse_awaited(work, awaited)
        standing = set(work.order_ids)
        credited = _book(work, [one for one in awaited if one.order_id in standing])
        said = {place: (resolutions or {}).get(place, "") for place in work.places}
        _close_complaints({work.opened(place).order.id: text for place, text in said.items()}, actor=actor, now=now)
        answers = {
            place: _answered((brings or {}).get(place), said[place], credited.get(work.opened(place).order.id, "")) for place in work.places
        }
        work.complete(answers)
    return work.refused


def _answered(brought: Completion | None, said: str, credit_note: str) -> Completion:
    outcome = "; ".join(text for text in (said[:200], credit_note) if text) or "nothing to settle"
    return replace(brought or Completion(), outcome=outcome)


def _refuse_awaited(work: Work, awaited: Sequence[Awaited]) -> None:
    returns: dict[int, set[int]] = defaultdict(set)
    for one in awaited:
        if not one.before_shipping:
            returns[one.order_id].add(one.return_number)
    for place, order in work.orders.items():
        if order.id in returns:
            work.refuse(place, ReturnsAwaited(numbers=sorted(returns[order.id])))


def _book(work: Work, awaited: Sequence[Awaited]) -> Mapping[int, str]:
    """Book returns that arrive by themselves and credit what came back, for all orders of the act; gives credit notes by order."""
    order_ids = work.order_ids
    lines = _by_id(queries.lines(order_ids))
    arrived = returning.bookable(awaited, lines)
    closed = returning.completed(awaited, arrived) | returning.in_vain(awaited, lines, arrived)
    returning.receive(arrived, lines, closed, actor=work.actor, now=work.now)
    kept = returning.after(arrived, lines)
    work.also(*settling.writes(finished(kept), {}, now=work.now))
    issued = crediting.issue(_return_credits(kept), actor=work.actor, now=work.now)
    work.also(*issued.writes)
    return issued.numbers


def finished(lines: Mapping[int, Line]) -> list[int]:
    """The orders of these lines of which nothing is left to ship or to bill."""
    unfinished = {line.order_id for line in lines.values() if not rules.finished(line.facts)}
    return sorted({line.order_id for line in lines.values()} - unfinished)


def _by_id(lines: Mapping[int, Sequence[Line]]) -> dict[int, Line]:
    return {line.id: line for of_order in lines.values() for line in of_order}


def _return_credits(lines: Mapping[int, Line]) -> list[crediting.Draft]:
    """Credits for everything of these lines that is invoiced beyond what the customer kept."""
    due: dict[int, list[Line]] = defaultdict(list)
    for line in lines.values():
        if rules.creditable(line.facts) > ZERO:
            due[line.order_id].append(line)
    drafts = []
    for order, head in sorted(heads(due).items()) if due else ():
        step = money.minor_unit(head.currency)
        credits = [(line, rules.return_credit(line.facts, rules.creditable(line.facts), step)) for line in due[order]]
        drafts.append(crediting.Draft(order, "return", credits))
    return drafts


def _close_complaints(resolutions: Mapping[int, str], *, actor: Actor, now: datetime) -> None:
    complained = queries.complained(resolutions)
    if not complained:
        return
    open_ = Complaint.objects.filter(order_id__in=complained, resolved_at__isnull=True).values_list("id", "order_id")
    rows = [(complaint, resolutions[order], actor.key, now) for complaint, order in open_]
    sets.update(Complaint, key=("id",), set=("resolution", "resolved_by", "resolved_at"), rows=rows)


def book_announced(now: datetime) -> str:
    """Book announced returns of imports whose lines have shipped meanwhile, and credit them; a job of the worker and of ``orderway run``.

    Answers with a sentence. Orders that somebody resolves at the same moment are theirs.
    """
    after, booked = 0, 0
    while batch := queries.to_book(after, BATCH):
        after = batch[-1][0]
        entrance = Entrance("aftersales.book_announced", "return.receive", None)
        with door([number for _, number in batch], entrance, actor=SYSTEM, now=now) as work:
            _book(work, queries.awaited(work.order_ids))
            for place in work.places:
                work.record(place, ["order.returned"])
            booked += len(work.places)
    return f"returns of {booked} orders booked"


# --- complaints ---------------------------------------------------------------------------------------------------------------------


def complain(number: str, *, kind: str, text: str, caught_at: str = "", actor: Actor, now: datetime) -> Complaint:
    """A customer says that something is wrong: opens the stage that the standard names, also years later. Refused by exception."""
    with door([number], Entrance("complain", "order.complain", None, complainers), actor=actor, now=now) as work:
        for refusal in work.refused.values():
            raise refusal
        opened = work.opened(number)
        fault = Fault(kind, caught_at, text)
        _check_fault(opened, fault)
        complaint = Complaint.objects.create(order_id=opened.order.id, kind=kind, text=text, made_by=actor.key, made_at=now)
        rule = opened.program.standard.exceptions.complaint
        if rule is not None:
            work.also(*corrections.writes([(opened.order.id, rule.opens, fault)], actor=actor.key, now=now))
        work.move(number, lambda program, case, _item, _answers, who: reopen(program, case, reason=text, actor=who))
        for refusal in work.refused.values():
            raise refusal
    return complaint


def _check_fault(opened: Opened, fault: Fault) -> None:
    misfit = corrections.misfit(opened.program, fault) if opened.program.standard.errors else None
    if misfit is not None:
        raise misfit


# --- returns ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods of an announced return that arrived: quantity by position (empty: all that is awaited), condition, warehouse."""

    order: str
    number: int
    lines: Mapping[int, Decimal] = field(default_factory=dict)
    condition: str = Condition.GOOD
    warehouse_id: int | None = None


def receive_return(arrivals: Sequence[Arrival], *, actor: Actor, now: datetime) -> Mapping[int, Refusal]:
    """Take back goods that were announced: into stock, or as a loss if damaged. Crediting them is `resolve` or `credit`."""
    refused: dict[int, Refusal] = {}
    entrance = Entrance("aftersales.receive_return", "return.receive", None, resolvers)
    with door(sorted({one.order for one in arrivals}), entrance, actor=actor, now=now) as work:
        awaited, lines = queries.awaited(work.order_ids), _by_id(queries.lines(work.order_ids))
        left = {one.return_line_id: one for one in awaited}
        arrived: list[Arrived] = []
        for index, one in enumerate(arrivals):
            try:
                arrived += _taken_in(one, work, left, lines)
            except Refusal as refusal:
                refused[index] = refusal
        returning.receive(arrived, lines, returning.completed(awaited, arrived), actor=actor, now=now)
        work.also(*settling.writes(finished(lines), {}, now=now))
        touched = {one.order for index, one in enumerate(arrivals) if index not in refused}
        for place in sorted(touched & set(work.places)):
            work.record(place, ["order.returned"])
    return refused


def _taken_in(one: Arrival, work: Work, left: dict[int, Awaited], lines: dict[int, Line]) -> list[Arrived]:
    if one.order in work.refused:
        raise work.refused[one.order]
    order_id = work.opened(one.order).order.id
    mine = [each for each in left.values() if (each.order_id, each.return_number) == (order_id, one.number)]
    if not mine:
        raise UnknownReturn(field="number", number=one.number)
    at = {lines[each.line_id].position: each for each in mine}
    strange = sorted(one.lines.keys() - at.keys())
    if strange:
        raise UnknownLine(field="lines", positions=strange)
    wanted = one.lines or {position: each.quantity for position, each in at.items()}
    taken = [
        Arrived(at[position], rules.check_arrival(lines[at[position].line_id].facts, quantity, at[position].quantity), one.condition,
                one.warehouse_id)
        for position, quantity in sorted(wanted.items())
    ]  # fmt: skip
    for each in taken:
        line = lines[each.awaited.line_id]
        lines[line.id] = replace(line, facts=replace(line.facts, returned=line.facts.returned + each.quantity))
        left[each.awaited.return_line_id] = replace(each.awaited, quantity=each.awaited.quantity - each.quantity)
    return taken


def close_return(number: str, return_number: int, *, actor: Actor, now: datetime) -> None:
    """Nothing more will come of an announced return; what was announced no longer counts against the limit. Refused by exception."""
    with door([number], Entrance("aftersales.close_return", "return.receive", None, resolvers), actor=actor, now=now) as work:
        for refusal in work.refused.values():
            raise refusal
        open_ = Return.objects.filter(order_id=work.opened(number).order.id, number=return_number, closed_at__isnull=True)
        if not open_.update(closed_at=now):
            raise UnknownReturn(field="number", number=return_number)
        work.record(number, ["order.returned"])
