"""The act of review: answers to the gate's questions, under a lock on the customers whose credit is judged.

What is enough credit is the standard's word. What is confirmed here counts in the exposure from then on (RULES 33, 34).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.refusals import CriterionBlocks, Refusal
from orderway.orders import exposure
from orderway.orders.actor import Actor
from orderway.orders.models import ExposureMove
from orderway.orders.work import DONE, Completion, Work, working_on
from orderway.stages.review import queries, rules
from orderway.stages.review.models import ReviewDecision
from orderway.stages.review.rules import Judged
from orderway.standard.values import UNKNOWN

ACT = queries.ACT
SEEN = ("order.total", "order.total_with_tax", "customer.credit_left", "customer.credit_limit", "customer.overdue", "customer.blocked")
DECISION = ("order", "place", "stage", "run", "verdict", "answers", "facts", "reason", "decided_by", "decided_at")


def decide(places: Sequence[str], *, actor: Actor, now: datetime, brings: Mapping[str, Completion] | None = None) -> Mapping[str, Refusal]:
    """Decide the gates of these reviews. `brings`: answers, evidence and reason by place; a no sends the order back.

    Orders of one customer use its credit one after the other, in the sequence of their age, also within one call; reviews of the same
    customer at the same time wait for each other.
    """
    given = brings or {}
    with working_on(places, ACT, actor=actor, now=now, brings=given) as work:
        credit, judged = _judged(work, work.places)
        work.facts.give("order.total", lambda order_id: credit[order_id].total)
        work.facts.give("customer.blocked", lambda order_id: credit[order_id].blocked)
        work.facts.give("customer.credit_limit", lambda order_id: credit[order_id].limit)
        work.facts.give("customer.credit_left", _left_in_turn(work, judged, given))
        work.facts.give("order.total_with_tax", lambda order_id: judged[order_id].gross)
        work.complete()
        _book(work, judged, given)
        _write_down(work, given)
    return work.refused


def book_decided(work: Work, places: Sequence[str]) -> None:
    """Somebody passed these reviews by decision, credit or not: what is confirmed counts in the exposure all the same (RULES 33)."""
    _, judged = _judged(work, places)
    each_of = {place: judged[work.opened(place).order.id] for place in places}
    confirmed = ExposureMove.Kind.CONFIRMED
    amounts = [
        exposure.Amount(each.customer_id, confirmed, rules.to_confirm(each, passed=True), each.order_id, place)
        for place, each in each_of.items()
    ]
    work.also(*exposure.writes(amounts, now=work.now))


def _judged(work: Work, places: Sequence[str]) -> tuple[Mapping[int, queries.Credit], dict[int, Judged]]:
    """Lock the customers, then look: what others have used by now is seen."""
    orders = [work.opened(place).order for place in places]
    exposure.lock_customers(sorted({order.customer_id for order in orders}))
    ids = list(dict.fromkeys(order.id for order in orders))
    credit, owed = queries.credit_of(ids), exposure.gross(ids)
    return credit, {
        order: Judged(order, known.customer_id, owed[order], known.left, known.confirmed, known.delivered)
        for order, known in sorted(credit.items())
    }


def _left_in_turn(work: Work, judged: Mapping[int, Judged], given: Mapping[str, Completion]) -> Callable[[int], Decimal]:
    place_of = {work.opened(place).order.id: place for place in work.places}

    def passed(order_id: int) -> bool:
        place = place_of[order_id]
        return place not in work.refused and _answered_yes(given, place)

    return rules.left_in_turn(list(judged.values()), passed)


def _answered_yes(given: Mapping[str, Completion], place: str) -> bool:
    return all(given.get(place, DONE).findings.values())


def _book(work: Work, judged: Mapping[int, Judged], given: Mapping[str, Completion]) -> None:
    """Bring what is confirmed of each order to its gross total, or back to what has gone out if it was sent back."""
    amounts = []
    for place in work.places:
        each = judged[work.opened(place).order.id]
        amount = rules.to_confirm(each, passed=_answered_yes(given, place))
        amounts.append(exposure.Amount(each.customer_id, ExposureMove.Kind.CONFIRMED, amount, each.order_id, place))
    work.also(*exposure.writes(amounts, now=work.now))


def _write_down(work: Work, given: Mapping[str, Completion]) -> None:
    """What people decided, and what stood against it; what the system could not finish stands on its work item."""
    rows = []
    for place, refusal in [*((place, None) for place in work.places), *work.refused.items()]:
        if refusal is None or (isinstance(refusal, CriterionBlocks) and not work.actor.is_system):
            rows.append(_decision(work, place, given.get(place, DONE), blocked=refusal is not None))
    work.also(sets.Insert(ReviewDecision, DECISION, rows))


def _decision(work: Work, place: str, completion: Completion, *, blocked: bool) -> tuple[object, ...]:
    opened = work.opened(place)
    assert opened.item is not None, "a review is done at a stage"
    declared = opened.program.standard.facts
    values = {name: work.fact(place, name) for name in SEEN if name in declared or not work.actor.is_system}
    facts = {name: _text(value) for name, value in values.items() if value is not UNKNOWN}
    verdict = rules.verdict(completion.findings, blocked=blocked)
    answers = dict(completion.findings)
    said = (completion.reason[:500], work.actor.key, work.now)
    return (opened.order.id, place, opened.item.stage, opened.item.run, verdict, answers, facts, *said)


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value).lower() if isinstance(value, bool) else str(value)
