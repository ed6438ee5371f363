"""How many people per role and shift keep the limits, from our own journal: the search as the worker does it, and its answer.

The shift of a role is the calendar its stages run by. Only orders of one standard are simulated; people who do other work besides have less
time than it thinks. Never says who, and hires nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from orderway.engine.program import Program, compile_standard
from orderway.engine.refusals import Refusal
from orderway.improvement import own_log
from orderway.improvement.models import WhatIf
from orderway.masterdata.models import Person
from orderway.mining.plain import loaded
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation import settings, shifts
from orderway.simulation.assumptions import parameters_of
from orderway.simulation.crew import calendar_of
from orderway.simulation.parameters import Parameters, Worker
from orderway.simulation.running import require_people
from orderway.simulation.staffing import KEPT_SHARE, Plan, Question, Training, best_trainings, people_needed, weekly_cost

ORDERS, FEWEST_ORDERS = 200, 40  # per replication: a month, within these
WEEKS = 52 / 12
SEARCHED_SHARE = 0.7  # of the progress; the rest are trainings


@dataclass(frozen=True, slots=True)
class RoleNeeded:
    """People of a role now and needed, and the hours of its shift."""

    role: str
    shift: str
    hours: str
    now: int
    needed: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer. `missed`: stages whose limit is kept too seldom with the people needed and how often, `missed_now` with those there are.

    `problem_now`: why the people there are cannot be simulated, as a refusal's English sentence: then `missed_now` says nothing.
    """

    roles: tuple[RoleNeeded, ...]
    missed: tuple[tuple[str, float], ...]
    missed_now: tuple[tuple[str, float], ...]
    cost_now: float
    cost: float
    share: float
    plans: int
    orders: int
    replications: int
    orders_seen: int
    per_week: float
    trainings: tuple[Training, ...]
    problem_now: str = ""


def ask(title: str, version: Version, given: Mapping[str, str], *, by: Person, now: datetime) -> WhatIf:
    """Queue a search. Refused with UnknownSetting or BadSetting."""
    program = program_of(version.pk, version.content_hash)
    settings.apply(program.standard, parameters_of(program), given)
    return WhatIf.objects.create(
        kind=WhatIf.Kind.STAFF, title=title[:160], version=version, given=dict(given), replications=5, asked_by=by, asked_at=now
    )


def searched(row: WhatIf, now: datetime, progress: Callable[[float], None]) -> Staffing:
    """The answer. Refused with LogTooSmall or NobodyInRole; too few people now is what it is for."""
    known = program_of(row.version_id, row.version.content_hash)
    measured = own_log.parameters(known, own_log.own_log(known), now)
    standard, parameters = settings.apply(known.standard, measured, row.given)
    program = compile_standard(standard)
    orders = max(FEWEST_ORDERS, min(ORDERS, round(parameters.arrivals.per_week * WEEKS)))
    question = Question(program, parameters, orders, row.replications, row.seed, now, own_log.HOLIDAYS)
    require_people(program, parameters)
    now_kept, problem_now = _now(question)
    plan = people_needed(question, progress=lambda done, total: progress(SEARCHED_SHARE * min(1.0, done / total)))
    found: tuple[Training, ...] = ()
    if not problem_now:
        found = best_trainings(question, progress=lambda done, total: progress(SEARCHED_SHARE + (1 - SEARCHED_SHARE) * done / total))
    answer = _answer(question, plan, found)
    return replace(answer, missed_now=now_kept, problem_now=problem_now, orders_seen=measured.arrivals.n)


def _now(question: Question) -> tuple[tuple[tuple[str, float], ...], str]:
    """The stages that miss their limits with the people there are; else why that cannot be said."""
    try:
        summary = question.asked(question.parameters)
    except Refusal as refusal:
        return (), str(refusal)
    kept = ((stage.stage, 1 - stage.late.value) for stage in summary.stages if stage.passages)
    return tuple(one for one in kept if one[1] < KEPT_SHARE), ""


def _answer(question: Question, plan: Plan, trainings: tuple[Training, ...]) -> Staffing:
    program, parameters = question.program, question.parameters
    return Staffing(
        roles=tuple(_role(program, parameters, role, needed) for role, needed in plan.people.items()),
        missed=plan.missed,
        missed_now=(),
        cost_now=weekly_cost(program, parameters),
        cost=plan.cost,
        share=KEPT_SHARE,
        plans=plan.simulated,
        orders=question.orders,
        replications=question.replications,
        orders_seen=parameters.arrivals.n,
        per_week=parameters.arrivals.per_week,
        trainings=tuple(one for one in trainings if one.helps),
    )


def _role(program: Program, parameters: Parameters, role: str, needed: int) -> RoleNeeded:
    calendar = calendar_of(program, Worker("", (role,)))
    return RoleNeeded(role, str(calendar.id), shifts.said(calendar.hours), sum(role in one.roles for one in parameters.people), needed)


def result_of(row: WhatIf) -> Staffing:
    """The answer of a finished search."""
    return loaded(Staffing, row.result)
