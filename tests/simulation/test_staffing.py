"""How many people are needed, and who should learn what."""

from __future__ import annotations

from dataclasses import replace

from orderway.engine.calendars import Holidays
from orderway.simulation.parameters import Arrivals, StageWork, Worker
from orderway.simulation.staffing import Question, best_trainings, people_needed
from simulation.small import BEGIN, minutes, program, world_of

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
    assert plan.cost == (plan.people["clerk"] * 30 + 40 + 50) * 7 * 24  # its calendar is always open


def test_a_limit_shorter_than_its_delay_is_not_met_by_hiring_for_ever():
    plan = people_needed(question(stages={**world_of().stages, "ship": StageWork(minutes(5), delay=minutes(60 * 40))}))

    assert [stage for stage, _ in plan.missed] == ["ship"]
    assert plan.people["clerk"] <= 5


def test_the_one_who_helps_most_learns_the_role_that_is_busiest():
    busy = question(
        arrivals=Arrivals((2.5,) * 168),
        stages={"take": StageWork(minutes(15)), "check": StageWork(minutes(2)), "ship": StageWork(minutes(7))},
    )

    best = best_trainings(replace(busy, replications=4), most=1)[0]

    assert (best.person, best.role) == ("carol", "clerk")  # not bob: nobody else could check what he took in
    assert best.change.value < -0.2
    assert best.helps
