"""How many people are needed, who should learn what, and what may be promised for orders that are under way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderway.engine import advance
from orderway.engine.acting import SYSTEM
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case
from orderway.engine.replay import apply
from orderway.simulation.moves import KindAnswers
from orderway.simulation.parameters import Arrivals, Kind, StageWork, Worker
from orderway.simulation.promise import OpenOrder, brier, coverage, promised
from orderway.simulation.spreads import assumed
from orderway.simulation.staffing import Question, best_trainings, people_needed
from simulation.small import BEGIN, HOUR, minutes, program, world_of

ALICE, BOB = Worker("alice", ("clerk",), cost_per_hour=30), Worker("bob", ("checker",), cost_per_hour=40)
PEOPLE = (ALICE, BOB, Worker("carol", ("boss",), cost_per_hour=50))


def question(**changes):
    parameters = world_of(people=PEOPLE, **changes)
    return Question(program(), parameters, orders=80, replications=2, seed=1, begin=BEGIN, holidays=Holidays())


def test_a_role_with_twice_the_work_gets_more_people_and_the_plan_says_what_it_costs():
    plan = people_needed(question(stages={"take": StageWork(minutes(45)), "check": StageWork(minutes(10)), "ship": StageWork(minutes(5))}))

    assert plan.people["clerk"] >= 2
    assert plan.people["checker"] == plan.people["boss"] == 1
    assert plan.missed == ()
    assert plan.cost == (plan.people["clerk"] * 30 + 40 + 50) * 40


def test_a_limit_shorter_than_its_delay_is_not_met_by_hiring_for_ever():
    plan = people_needed(question(stages={**world_of().stages, "ship": StageWork(minutes(5), delay=minutes(60 * 40))}))

    assert [stage for stage, _ in plan.missed] == ["ship"]
    assert plan.people["clerk"] <= 5


def test_the_one_who_helps_most_learns_the_role_that_is_busiest():
    busy = question(
        arrivals=Arrivals((2.5,) * 168),
        stages={"take": StageWork(minutes(15)), "check": StageWork(minutes(2)), "ship": StageWork(minutes(7))},
    )

    best = best_trainings(busy, most=1)[0]

    assert (best.person, best.role) == ("carol", "clerk")  # not bob: nobody else could check what he took in
    assert best.change < -0.2


def an_open_order(number, hours_ago=1):
    standard = program()
    case = apply(Case(), advance.open_case(standard, KindAnswers(Kind()), actor=SYSTEM))
    opened = BEGIN.timestamp() - hours_ago * HOUR
    return OpenOrder(number, case, opened, {item.key: opened for item in case.items})


def test_open_orders_are_promised_with_less_and_more_certainty_and_the_stage_that_takes_longest():
    slow = world_of(stages={**world_of().stages, "ship": StageWork(minutes(5), delay=assumed(10 * HOUR))}, arrivals=Arrivals((0.2,) * 168))

    found = promised(program(), slow, [an_open_order("SO-1"), an_open_order("SO-2")], replications=20, seed=1, now=BEGIN)

    for promise in found:
        assert BEGIN.timestamp() < promise.p50 < promise.p80 < promise.p95
        assert promise.slowest == "ship"
        assert promise.chance_by(promise.p95) >= 0.95
    assert found == promised(program(), slow, [an_open_order("SO-1"), an_open_order("SO-2")], replications=20, seed=1, now=BEGIN)


def test_promises_of_a_world_that_stays_as_it_is_are_kept_as_often_as_they_say():
    slow = world_of(stages={**world_of().stages, "ship": StageWork(minutes(5), delay=assumed(10 * HOUR))}, arrivals=Arrivals((0.2,) * 168))
    orders = [an_open_order(f"SO-{number}") for number in range(40)]
    future = promised(program(), slow, orders, replications=40, seed=1, now=BEGIN)
    came = [promise.p50 for promise in promised(program(), slow, orders, replications=1, seed=9, now=BEGIN)]

    assert coverage([promise.p80 for promise in future], came) == pytest.approx(0.8, abs=0.17)  # 40 orders: 2.7 standard errors
    tomorrow = (BEGIN + timedelta(hours=12)).timestamp()
    assert brier([promise.chance_by(tomorrow) for promise in future], [end <= tomorrow for end in came]) < 0.25


def test_a_certain_chance_that_comes_true_costs_nothing_and_a_coin_a_quarter():
    assert brier([1.0, 0.0], [True, False]) == 0
    assert brier([0.5, 0.5], [True, False]) == 0.25
