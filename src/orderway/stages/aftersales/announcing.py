"""Announcing that goods will come back: limits over all returns of a line, and the after-sales stage opens. Books no goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine import advance
from orderway.engine.case import Case
from orderway.engine.interrupting import reopen
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import NotAllowedByStandard, Refusal, TooEarly
from orderway.orders import corrections
from orderway.orders.actor import Actor
from orderway.orders.corrections import Fault
from orderway.orders.numbers import take_ids
from orderway.orders.session import Entrance, Work, door
from orderway.stages.aftersales import queries, rules
from orderway.stages.aftersales.models import Return, ReturnLine
from orderway.stages.aftersales.naming import announcers, wanted_lines
from orderway.stages.aftersales.queries import Line


@dataclass(frozen=True, slots=True)
class Announcement:
    """Goods that will come back to an order: quantity by position. `before_shipping`: of an import, may precede the shipment. `fault`:
    which error makes them come back, if it is one."""

    order: str
    lines: Mapping[int, Decimal]
    reason: str = ""
    external_reference: str = ""
    before_shipping: bool = False
    fault: Fault | None = None


@dataclass(slots=True)
class Announced:
    """What became of announcements, by their index: the return's number within its order, known ones, and refusals."""

    numbers: dict[int, int] = field(default_factory=dict)
    unchanged: dict[int, int] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


def announce_return(announcements: Sequence[Announcement], *, actor: Actor, now: datetime) -> Announced:
    """Announce that goods come back, up to what was delivered over all returns (RULES 14); the order's after-sales stage opens.

    An announcement whose external reference the order knows already changes nothing.
    """
    answer = Announced()
    entrance = Entrance("aftersales.announce_return", "return.announce", None, announcers)
    with door(sorted({one.order for one in announcements}), entrance, actor=actor, now=now) as work:
        accepted = _accepted(announcements, work, answer)
        _store_returns(accepted, answer, actor=actor, now=now)
        work.also(*corrections.writes(_faults(work, accepted), actor=actor.key, now=now))
        for place in sorted({one.order for _, one, _ in accepted}):
            reason = next(one.reason for _, one, _ in accepted if one.order == place) or "return announced"
            by_itself = all(one.before_shipping for _, one, _ in accepted if one.order == place)
            work.move(place, _opening(reason, by_itself))
    return answer


Accepted = tuple[int, Announcement, list[tuple[Line, Decimal]]]


def _accepted(announcements: Sequence[Announcement], work: Work, answer: Announced) -> list[Accepted]:
    lines = queries.lines(work.order_ids)
    known = _known_references(work.order_ids)
    accepted: list[Accepted] = []
    for index, one in enumerate(announcements):
        if one.order in work.refused:
            answer.refused[index] = work.refused[one.order]
            continue
        order_id = work.opened(one.order).order.id
        if one.external_reference and (order_id, one.external_reference) in known:
            answer.unchanged[index] = known[order_id, one.external_reference]
            continue
        try:
            wanted = wanted_lines(lines[order_id], one.lines)
            _check_fault(work.opened(one.order).program, one.fault)
            checked = [(line, rules.check_return(line.facts, quantity, before_shipping=one.before_shipping)) for line, quantity in wanted]
        except Refusal as refusal:
            answer.refused[index] = refusal
            continue
        accepted.append((index, one, checked))
        _count_announced(lines[order_id], checked)
    return accepted


def _check_fault(program: Program, fault: Fault | None) -> None:
    misfit = corrections.misfit(program, fault) if fault else None
    if misfit is not None:
        raise misfit


def _faults(work: Work, accepted: Sequence[Accepted]) -> Iterator[tuple[int, str, Fault]]:
    """Errors that goods come back for; they come to light in the stage that complaints open."""
    for _, one, _ in accepted:
        opened = work.opened(one.order)
        rule = opened.program.standard.exceptions.complaint
        if one.fault is not None and rule is not None:
            yield opened.order.id, rule.opens, one.fault


def _known_references(order_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    rows = Return.objects.filter(order_id__in=order_ids).exclude(external_reference="")
    return {(order, reference): number for order, reference, number in rows.values_list("order_id", "external_reference", "number")}


def _count_announced(lines: list[Line], announced: Sequence[tuple[Line, Decimal]]) -> None:
    """The next announcement of the same act sees what this one took."""
    quantities = {line.id: quantity for line, quantity in announced}
    for index, line in enumerate(lines):
        if line.id in quantities:
            facts = replace(line.facts, announced=line.facts.announced + quantities[line.id])
            lines[index] = replace(line, facts=facts)


def _store_returns(accepted: Sequence[Accepted], answer: Announced, *, actor: Actor, now: datetime) -> None:
    if not accepted:
        return
    ids = take_ids(Return, len(accepted))
    last = queries.last_numbers(checked[0][0].order_id for _, _, checked in accepted)
    returns, rows = [], []
    for return_id, (index, one, checked) in zip(ids, accepted, strict=True):
        order_id = checked[0][0].order_id
        answer.numbers[index] = last[order_id] = last.get(order_id, 0) + 1
        head = (return_id, order_id, last[order_id], one.reason[:200], one.external_reference, one.before_shipping)
        returns.append((*head, actor.key, now))
        rows += [(return_id, line.id, quantity, one.external_reference) for line, quantity in checked]
    columns = ("id", "order", "number", "reason", "external_reference", "before_shipping", "announced_by", "announced_at")
    sets.store([sets.Insert(Return, columns, returns), sets.Insert(ReturnLine, ("of", "line", "quantity", "external_reference"), rows)])


def _opening(reason: str, by_itself: bool):  # type: ignore[no-untyped-def]
    """Opens after-sales where the order has passed the stage after which complaints are possible; else the return is on record only."""

    def decide(program: Program, case: Case, _item: object, _answers: object, who: object) -> Move:
        rule = program.standard.exceptions.complaint
        standing = rule is not None and any(item.stage == rule.opens for item in case.items)
        try:
            if not by_itself and not standing:
                return reopen(program, case, reason=reason, actor=who)  # type: ignore[arg-type]
        except (TooEarly, NotAllowedByStandard):
            pass  # the stage is still to come, or the standard has none: whoever receives the goods settles it
        return advance.record(program, case, ("order.returned",), actor=who)  # type: ignore[arg-type]

    return decide
