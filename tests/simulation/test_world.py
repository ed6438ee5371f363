"""A simulated run keeps the rules of the engine and the laws of queues, and one seed gives one run."""

from __future__ import annotations

from datetime import date
from statistics import fmean

import pytest

from orderway.engine.assignment import Absence
from orderway.simulation.parameters import Arrivals, Batch, Kind, StageWork, Worker
from orderway.simulation.refusals import NobodyInRole, NobodyMay, NotStable
from orderway.simulation.running import simulate
from orderway.simulation.spreads import Share, assumed
from simulation.small import BEGIN, HOUR, minutes, program, run, world_of

CLERKS = (Worker("alice", ("clerk",)), Worker("bob", ("checker",)), Worker("carol", ("boss",)))
NEVER = {"take": StageWork(), "check": StageWork(), "ship": StageWork()}


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    again = [run(world_of(), seed=seed).orders for seed in (7, 7, 8)]

    assert again[0] == again[1] != again[2]


def test_every_order_goes_through_every_stage_and_ends():
    outcome = run(world_of(), orders=100)

    assert len(outcome.orders) == 120  # with warm-up and tail
    assert all(order.ended > order.arrived and order.passages == 3 for order in outcome.orders)
    assert sum(order.counted for order in outcome.orders) == 100


@pytest.mark.parametrize("load", [0.3, 0.6])
def test_waiting_for_one_person_is_what_queueing_theory_says(load):
    """M/D/1: the mean wait is load x work / (2 (1 - load)); 5,000 orders come within a tenth."""
    parameters = world_of(arrivals=Arrivals((load * 12,) * 168), stages={**NEVER, "take": StageWork(minutes(5))})

    waits = run(parameters, orders=5_000).stages["take"].waiting

    assert fmean(waits) == pytest.approx(load * 300 / (2 * (1 - load)), rel=0.1)


def test_waiting_for_skewed_work_is_longer_as_pollaczek_and_khinchine_say():
    """M/G/1 with variation 1: twice the wait of even work."""
    parameters = world_of(arrivals=Arrivals((6.0,) * 168), stages={**NEVER, "take": StageWork(assumed(300, 1.0))})

    waits = run(parameters, orders=4_000).stages["take"].waiting

    assert fmean(waits) == pytest.approx(0.5 * 300 * 2 / (2 * 0.5), rel=0.15)


def test_nobody_checks_what_they_took_in_and_nobody_signs_what_they_checked():
    both = ("clerk", "checker", "boss")
    people = tuple(Worker(key, both) for key in ("alice", "bob", "carol", "dan"))
    outcome = run(world_of(people=people, kinds=(Kind(signers={"signing": ("boss",)}),)), orders=150)

    by_order = {}
    for passage in outcome.passages:
        by_order.setdefault(passage.order, {})[passage.stage, passage.kind] = passage.person
    assert len(by_order) == 179
    for people_of in by_order.values():
        assert people_of["take", "stage"] != people_of["check", "stage"] != people_of["check", "approval"]


def test_a_failed_gate_sends_back_and_too_many_failures_go_to_the_boss():
    stages = {**world_of().stages, "check": StageWork(minutes(5), fails=Share(1.0))}
    outcome = run(world_of(stages=stages), orders=20)

    kinds = [(p.stage, p.kind, p.how) for p in outcome.passages if p.order == 3]
    assert kinds.count(("check", "stage", "failed")) == 3
    assert kinds.count(("check", "decision", "passed")) == 1
    assert all(order.error for order in outcome.orders)


def test_a_gate_finds_errors_that_an_earlier_stage_left_and_what_it_misses_becomes_a_complaint():
    def rates(detects):
        stages = {
            "take": StageWork(minutes(5), defects=Share(0.2)),
            "check": StageWork(minutes(5), detects=Share(detects)),
            "ship": StageWork(minutes(5)),
        }
        outcome = run(world_of(stages=stages, complaint_delay=minutes(60)), orders=600)
        return fmean(order.complained for order in outcome.orders), fmean(order.error for order in outcome.orders)

    assert rates(0.0)[0] == pytest.approx(0.2, abs=0.03)
    complaints, errors = rates(1.0)
    assert complaints < 0.02  # 0.2 ^ 3: three times wrong, and the boss lets it pass
    assert errors == pytest.approx(0.2, abs=0.03)


def test_a_complaint_opens_the_stage_that_the_standard_names():
    outcome = run(world_of(complains=Share(1.0), complaint_delay=minutes(60)), orders=10)

    assert sum(passage.kind == "complaint" for passage in outcome.passages) == len(outcome.orders)


def test_people_work_by_their_calendar_only():
    office = '{zone: Asia/Shanghai, hours: {mon-fri: ["09:00-17:00"]}, holidays: CN}'
    outcome = run(world_of(arrivals=Arrivals((0.5,) * 168)), orders=60, calendar=office)

    hours = {int((passage.started / HOUR + 8) % 24) for passage in outcome.passages}
    assert min(hours) >= 9
    assert max(hours) <= 16


def test_who_is_away_gets_nothing_and_who_has_no_certificate_gets_nothing_of_that_stage():
    people = (*CLERKS, Worker("dan", ("clerk",), absences=(Absence(date(2026, 1, 1), date(2027, 1, 1)),)))
    eve = Worker("eve", ("clerk",), unqualified=frozenset({"take"}))
    outcome = run(world_of(people=(*people, eve)), orders=100)

    done = {(passage.person, passage.stage) for passage in outcome.passages}
    assert "dan" not in {person for person, _ in done}
    assert ("eve", "take") not in done
    assert ("eve", "ship") in done


def test_urgent_orders_overtake():
    busy = world_of(arrivals=Arrivals((11.0,) * 168), stages={**NEVER, "take": StageWork(minutes(5))}, urgent=Share(0.2))
    outcome = run(busy, orders=800)

    def mean(urgent):
        return fmean(order.lead for order in outcome.orders if order.urgent == urgent)

    assert mean(True) < mean(False) / 2


def test_two_items_in_hand_at_once_halve_the_load():
    def busy(capacity):
        people = (Worker("alice", ("clerk",), capacity=capacity), *CLERKS[1:])
        person = next(person for person in run(world_of(people=people), orders=400).people if person.key == "alice")
        return person.busy / person.present

    assert busy(2) == pytest.approx(busy(1) / 2, rel=0.02)


def test_work_that_is_collected_waits_for_the_batch_or_for_its_patience():
    stages = {**NEVER, "ship": StageWork(minutes(5), batch=Batch(4, 3 * HOUR))}
    outcome = run(world_of(stages=stages), orders=400)

    ends = {}
    for passage in outcome.passages:
        if passage.stage == "ship":
            ends.setdefault(passage.ended, []).append(passage)
    assert max(len(together) for together in ends.values()) == 4
    assert max(passage.started - passage.opened for passage in outcome.passages) <= 3 * HOUR + 10 * 60


def test_a_delay_keeps_nobody_busy():
    stages = {**world_of().stages, "ship": StageWork(minutes(5), delay=minutes(24 * 60))}
    slow, quick = run(world_of(stages=stages)), run(world_of())

    assert fmean(order.lead for order in slow.orders) > fmean(order.lead for order in quick.orders) + 23 * HOUR
    assert slow.people[0].busy == pytest.approx(quick.people[0].busy, rel=0.1)


def test_a_role_without_people_is_refused_with_what_would_never_be_done():
    with pytest.raises(NobodyInRole, match="Nobody has the role checker, so check would never be done"):
        simulate(program(), world_of(people=CLERKS[:1]), orders=10, replications=1, seed=1, begin=BEGIN)


def test_more_work_than_people_can_do_is_refused_instead_of_measured():
    with pytest.raises(NotStable, match="clerk"):
        simulate(program(), world_of(arrivals=Arrivals((13.0,) * 168)), orders=10, replications=1, seed=1, begin=BEGIN)


def test_when_everybody_is_barred_for_good_the_simulation_says_so():
    alone = (Worker("alice", ("clerk", "checker", "boss")),)

    with pytest.raises(NobodyMay, match="all_barred"):
        run(world_of(people=alone), orders=10)


def test_more_replications_make_the_interval_narrower_and_one_has_none():
    def lead(replications):
        return simulate(program(), world_of(), orders=100, replications=replications, seed=1, begin=BEGIN).lead_mean

    assert lead(1).low is None
    few, many = lead(3), lead(12)
    assert few.high - few.low > many.high - many.low
