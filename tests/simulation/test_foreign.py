"""A world read from a foreign log gives cases like those of the log, and more people or fewer make a difference."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.simulation.accuracy import accuracy, cycle_time_distance, wasserstein
from orderway.simulation.foreign import Instance, Week, discovered, simulated
from orderway.simulation.refusals import LogTooSmall

MONDAY = 1_767_571_200.0  # 2026-01-05 00:00 UTC
HOUR = 3_600.0


def log(cases=80, seed=1):
    """Cases of two or three steps; the third is done by one person only."""
    random, moment, found = Random(seed), MONDAY + 9 * HOUR, []
    for _ in range(cases):
        moment += random.expovariate(1 / HOUR)
        first = Instance("take", "alice", moment, moment + 600)
        second = Instance("check", "bob", first.end + random.uniform(0, HOUR), 0.0)
        second = second._replace(end=second.start + random.uniform(300, 900))
        found.append((first, second) if random.random() < 0.5 else (first, second, Instance("ship", "carol", second.end, second.end + 900)))
    return found


def mean(traces):
    return fmean(trace[-1].end - trace[0].start for trace in traces)


def test_simulated_cases_take_the_routes_and_times_of_the_log():
    made = simulated(discovered(log()), 400, seed=1)

    assert {tuple(one.activity for one in trace) for trace in made} == {("take", "check"), ("take", "check", "ship")}
    assert mean(made) == pytest.approx(mean(log()), rel=0.1)


def test_one_seed_gives_one_log():
    model = discovered(log())

    assert simulated(model, 50, seed=3) == simulated(model, 50, seed=3) != simulated(model, 50, seed=4)


def test_work_that_overlaps_in_a_case_overlaps_again():
    both = (Instance("a", "x", MONDAY, MONDAY + HOUR), Instance("b", "y", MONDAY + 600, MONDAY + 2 * HOUR))
    made = simulated(
        discovered([tuple(one._replace(start=one.start + n * HOUR, end=one.end + n * HOUR) for one in both) for n in range(40)]), 5, seed=1
    )

    assert all(trace[1].start - trace[0].start == pytest.approx(600) for trace in made)


def test_nobody_has_more_in_hand_than_was_ever_seen():
    traces = [(Instance("a", "x", MONDAY + n * HOUR, MONDAY + n * HOUR + 3_000),) for n in range(40)]
    model = discovered(traces)
    crowded = simulated(type(model)(model.cases, (60.0,), model.first, model.in_hand, model.week), 30, seed=1)

    ends = sorted(one.end for trace in crowded for one in trace)
    assert all(later - earlier >= 3_000 - 1 for earlier, later in pairwise(ends))


def test_a_log_of_few_cases_is_refused():
    with pytest.raises(LogTooSmall, match="About 30"):
        discovered(log(10))


def test_the_accuracy_is_said_beside_the_noise_of_the_log_itself():
    found = accuracy(log(200), seeds=2)

    assert found.cases == 200
    assert found.ratio == pytest.approx(found.distance / found.floor)
    assert found.ratio < 3


def test_the_distance_of_a_log_from_itself_is_nothing_and_a_shift_is_its_length():
    later = [(*trace[:-1], trace[-1]._replace(end=trace[-1].end + 5 * HOUR)) for trace in log()]

    assert cycle_time_distance(log(), log()) == pytest.approx(0, abs=1e-9)
    assert cycle_time_distance(log(), later) == pytest.approx(5, abs=0.5)
    assert wasserstein([0, 0, 4], [1, 1, 1]) == pytest.approx(5 / 3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.booleans(), min_size=168, max_size=168).filter(any), st.floats(0, 4e5), st.floats(1, 3e5))
def test_so_much_open_time_later_is_so_much_open_time_later(hours, start, seconds):
    week = Week(hours)
    moment = week.after(MONDAY + start, seconds)

    assert week.worked(moment) - week.worked(MONDAY + start) == pytest.approx(seconds, abs=1)
