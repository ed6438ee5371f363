"""What it costs to explain a gate: orders at review whose credit is used up, judged as the act judges them, and judged with their reasons.

Both read the facts of each order and its proofs; reasons are each condition with its value and what would change it, as page and API show
them. Measures only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from orderway.engine import gates
from orderway.engine.answers import FactAnswers
from orderway.masterdata.models import Customer
from orderway.orders import proofs
from orderway.orders.facts import Facts
from orderway.orders.locking import Opened
from orderway.orders.looking import opened_of
from orderway.orders.models import WorkItem

TIMES = 7
Look = Callable[[Opened, FactAnswers], object]


class Taken(NamedTuple):
    """Median milliseconds per gate: judged, judged and explained, and both again from facts that are known already (the engine alone)."""

    judged: float
    explained: float
    engine_judged: float
    engine_explained: float


def measured(numbers: Sequence[str]) -> Taken:
    """Judge and explain the open gates of these orders."""
    Customer.objects.update(credit_limit=1)  # nobody's credit is enough: reasons with what would change them are the longest
    items = list(WorkItem.objects.filter(order__number__in=numbers, state="open", kind="stage").select_related("order__version"))
    opened = [(item.order_id, one) for item in items if (one := opened_of(item.order, item)) is not None and one.stage.gate is not None]
    assert opened, "no order stands at a gate"
    return Taken(*(_per_gate(opened, look, known) for known in (False, True) for look in (judge, explain)))


def judge(opened: Opened, answers: FactAnswers) -> object:
    """The gate as it stands."""
    assert opened.item is not None
    return gates.check(opened.program, opened.case, opened.item, proofs.Proofs([opened.order.id]).proven(opened), answers)


def explain(opened: Opened, answers: FactAnswers) -> object:
    """The same with the reasons of every automatic criterion and of the row that says who signs."""
    judged, item = judge(opened, answers), opened.item
    assert item is not None
    gate = opened.stage.gate
    assert gate is not None
    rules = opened.program.criteria
    whys = [answers.why(rules[item.stage, one.id], item.path) for one in gate.criteria if one.auto is not None]
    return judged, whys, answers.fired(gate.approve) if gate.approve else None


def _per_gate(opened: Sequence[tuple[int, Opened]], look: Look, known: bool) -> float:
    """Milliseconds per gate, the median of some rounds. `known`: the facts of all of them are read before the clock starts."""
    facts = Facts([order for order, _ in opened]) if known else None
    rounds = []
    for number in range(TIMES + 1):
        started = time.perf_counter()
        for order, one in opened:
            look(one, FactAnswers(one.program, (facts or Facts([order])).of(one.program, order)))
        rounds.append((time.perf_counter() - started) * 1_000 / len(opened))
        if number == 0:
            rounds.clear()  # the first round reads the facts and prepares the statements
    return median(rounds)
