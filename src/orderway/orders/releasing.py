"""Lifts holds for which something has come: the condition of their kind, in the standard, is true by now. The clock asks it in every sweep.

Looks without a lock first, so that orders whose holds go on waiting are left alone; the door looks again. Places no hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from orderway.engine import advance
from orderway.engine.answers import FactAnswers
from orderway.engine.program import Program
from orderway.orders.actor import SYSTEM
from orderway.orders.facts import Facts
from orderway.orders.models import Hold
from orderway.orders.session import ASKED_ALREADY, Entrance, Work, door
from orderway.releases.publishing import program_of
from orderway.sets.kept import Kept, given

CAME = gettext_noop("What the hold waited for has come.")


def come(after: int, most: int) -> list[tuple[int, str]]:
    """Orders with a hold that waits for something, by ascending id; those for which nothing has come have no number."""
    ids = list(dict.fromkeys(_waiting_after.rows(after=after)))[:most]
    if not ids:
        return []
    waiting: dict[Program, list[Hold]] = {}
    for hold in Hold.objects.filter(order_id__in=ids, **_WAITS).select_related("order__version"):
        version = hold.order.version
        waiting.setdefault(program_of(version.pk, version.content_hash), []).append(hold)
    found = {hold.order_id: hold.order.number for program, rows in waiting.items() for hold in _come(program, rows)}
    return [(order, found.get(order, "")) for order in ids]


_WAITS = {"lifted_at__isnull": True, "lifts_when__gt": ""}
_waiting_after = Kept(
    lambda: Hold.objects.filter(order_id__gt=given("after"), **_WAITS).order_by("order_id").values_list("order_id", flat=True)
)


def _come(program: Program, holds: Sequence[Hold]) -> Iterator[Hold]:
    facts = Facts([hold.order_id for hold in holds])
    for hold in holds:
        rule = program.lifts.get(hold.type)
        if rule is not None and FactAnswers(program, facts.of(program, hold.order_id)).holds(rule, ()) is True:
            yield hold


def lift(numbers: Sequence[str], now: datetime) -> int:
    """Lift those holds of these orders for which something has come; gives how many."""
    lifted = 0
    with door(numbers, Entrance("lift", ASKED_ALREADY, None), actor=SYSTEM, now=now) as work:
        work.need_clocks()
        waiting = Hold.objects.filter(order__number__in=work.places, lifted_at__isnull=True, lifts_when__gt="")
        for number, sequence in waiting.order_by("order_id", "sequence").values_list("order__number", "sequence"):
            lifted += _lift_one(work, number, sequence)
    return lifted


def _lift_one(work: Work, number: str, sequence: int) -> int:
    return work.move(
        number,
        lambda program, case, _item, answers, actor: advance.release(program, case, sequence, answers, reason=CAME, actor=actor),
    )
