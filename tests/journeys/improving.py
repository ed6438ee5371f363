"""Something to improve: a question to a customer, a suggestion, a cycle in its check with figures, an answered what-if, an outlook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from journeys.orders import actor_of
from orderway.improvement import cycles, introducing, predicting, promising, questions, staffing
from orderway.improvement.cycles import Plan
from orderway.improvement.introducing import Step
from orderway.improvement.models import Cycle, Outlook, Question, WhatIf
from orderway.improvement.predicting import Basis, Prediction
from orderway.improvement.promising import Foreseen, Load
from orderway.improvement.staffing import RoleNeeded, Staffing
from orderway.masterdata.models import Person
from orderway.mining.plain import dumped
from orderway.orders import feedback
from orderway.orders.feedback import Clause
from orderway.orders.models import Order, Promise
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation.promise import Tried
from orderway.simulation.staffing import Training
from orderway.simulation.summary import Figure, StageFigures, Summary

NOW = datetime.now(UTC)
DAYS = tuple((NOW + timedelta(days=number)).date().isoformat() for number in range(14))


@dataclass(frozen=True)
class Improved:
    """Where it is to be seen."""

    suggestion: int
    cycle: int
    what_if: int
    staffing: int
    introduction: int
    link: str


def improved(people: dict[str, Person], delivered: str) -> Improved:
    """All of it, on the standard for selling from stock."""
    version = Version.objects.get(standard_id="make-to-stock")
    admin = Person.objects.get(key="admin")
    questions.ask([delivered], datetime.now(UTC))
    said = feedback.suggest(
        Clause(version.pk, "picking"), "Sort the pick list by shelf\n" + "x" * 60, actor=actor_of(people["carol"]), now=NOW
    )
    plan = Plan("Shorter ways in the warehouse", "make-to-stock", "picking", "lead_time", 30, "Long ways", "Shelves\nLists")
    cycle = cycles.begin(plan, by=admin, now=NOW, about=[said])
    Cycle.objects.filter(pk=cycle.pk).update(changed_at=NOW, doing="Sort the list")
    row = predicting.ask("One more in the warehouse", version, {"people.warehouse": "2"}, by=admin, now=NOW, cycle=cycle)
    WhatIf.objects.filter(pk=row.pk).update(state=WhatIf.State.DONE, result=dumped(_prediction()))
    search = staffing.ask("Enough people?", version, {"cost.warehouse": "30"}, by=admin, now=NOW)
    WhatIf.objects.filter(pk=search.pk).update(state=WhatIf.State.DONE, result=dumped(_staffing()))
    loads = (Load("warehouse", 1, (3.0,) * 13 + (30.0,), (8.0,) * 14),)
    content = dumped(Foreseen(version.pk, DAYS, loads, 3, 40, Tried(81, 238, 0.496, 0.761, 0.916, 0.151, 0.249)))
    Outlook.objects.create(standard_id="make-to-stock", content=content, at=NOW)
    order = Order.objects.filter(status="open").order_by("-id").first()
    Order.objects.filter(pk=order.pk).update(promised_on=NOW.date() - timedelta(days=3))
    Promise.objects.create(order=order, p50=NOW, p80=NOW + timedelta(days=1), p95=NOW + timedelta(days=2), reason="picking", at=NOW)
    assert promising.likely_late(NOW)
    return Improved(said.pk, cycle.pk, row.pk, search.pk, _introduced(people, version), questions.token_of(Question.objects.get()))


def _introduced(people: dict[str, Person], version: Version) -> int:
    """A plan in two steps: the first is on, the second is planned; one order goes that way, and somebody wonders about it."""
    admin = Person.objects.get(key="admin")
    first, *rest = program_of(version.pk).standard.stages_in_flow()
    steps = [Step((first,)), Step(tuple(rest), NOW.date() + timedelta(days=30))]
    made = introducing.plan(version, steps, "One after the other", by=admin, now=NOW)
    introducing.approve(made, by=people["gus"], now=NOW, accept="a small company")
    introducing.switch_on(made.steps.get(number=1), by=admin, now=NOW)
    said = Clause(made.steps.get(number=1).version_id, "review")
    feedback.suggest(said, "What is checked here?\n" + "x" * 60, actor=actor_of(people["bob"]), now=NOW)
    return made.pk


def _staffing() -> Staffing:
    roles = (RoleNeeded("warehouse", "warehouse", "mon-sat 08:00-20:00", 3, 2), RoleNeeded("sales", "office", "mon-fri 09:00-18:00", 1, 2))
    trainings = (Training("bob", "warehouse", Figure(-0.2, -0.3, -0.1, 5)),)
    return Staffing(roles, (("delivery", 0.82),), (("review", 0.7),), 4_200.0, 3_900.0, 0.9, 17, 120, 5, 40, 30.0, trainings)


def _prediction() -> Prediction:
    figure = Figure(-0.2, -0.3, -0.1, 30)
    stage = StageFigures("picking", 100, Figure(5.0, 4.0, 6.0, 30), Figure(0.2, 0.1, 0.3, 30), *(Figure(0.1, 0.05, 0.15, 30),) * 2)
    summary = Summary(130, 30, *(Figure(8.0, 7.0, 9.0, 30),) * 4, *(Figure(0.1, 0.05, 0.15, 30),) * 4, (stage,), (("warehouse", figure),))
    heads = (("warehouse", 1),)
    return Prediction(summary, summary, figure, figure, figure, 30.0, 40, (Basis("picking", 0.2, 0, 5.0, 100),), heads, heads)
