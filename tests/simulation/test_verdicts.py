"""A verdict says better only when it is: neighbours alike, mixes that shift and too few orders do not fool it."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from orderway.simulation.verdicts import FEWEST, Seen, judged, judged_trial, likeness, made_equal, signal


def orders(seed, n, *, factor=1.0, rho=0.0):
    random, state = Random(seed), 0.0
    for _ in range(n):
        state = rho * state + (1 - rho * rho) ** 0.5 * random.gauss(0, 1)
        yield Seen(10 * factor * exp(0.5 * state))


def test_a_third_less_time_is_better_and_the_interval_holds_it():
    verdict = judged(list(orders(1, 200)), list(orders(2, 200, factor=0.67)), seed=1)

    assert verdict.word == "better"
    assert verdict.low < -0.33 < verdict.high < 0
    assert (verdict.n_before, verdict.n_after) == (200, 200)


def test_the_same_change_is_worse_where_more_is_better():
    assert judged(list(orders(1, 200)), list(orders(2, 200, factor=0.67)), seed=1, lower_is_better=False).word == "worse"


def test_no_change_is_no_difference_yet_with_the_orders_still_needed():
    verdict = judged(list(orders(1, 100)), list(orders(2, 100)), seed=1, looked_for=0.05)

    assert verdict.word == "no_difference_yet"
    assert verdict.low < 0 < verdict.high
    assert verdict.needed > 300


@pytest.mark.parametrize("n", [0, 1, FEWEST - 1])
def test_too_few_orders_give_no_interval_but_a_number_that_would_do(n):
    verdict = judged(list(orders(1, 200)), list(orders(2, n)), seed=1)

    assert (verdict.word, verdict.low, verdict.high) == ("too_few", 0.0, 0.0)
    assert verdict.needed >= FEWEST


def test_neighbours_that_are_alike_count_for_less():
    alike = [one.value for one in orders(1, 4_000, rho=0.6)]

    assert likeness([one.value for one in orders(1, 4_000)]) == pytest.approx(1, abs=0.2)
    assert 2.5 < likeness(alike) < 5


def test_false_alarms_stay_rare_where_a_plain_test_cries_wolf():
    """The full experiment is bench/verdicts.py; a plain test is wrong in a third of these cases."""
    words = [judged(list(orders(f"a{n}", 120, rho=0.6)), list(orders(f"b{n}", 120, rho=0.6)), seed=n).word for n in range(40)]

    assert words.count("better") <= 4


def test_more_small_orders_than_before_are_no_improvement():
    def mixed(seed, small):
        random = Random(seed)
        return [Seen(random.gauss(5, 1), "small") if random.random() < small else Seen(random.gauss(20, 3), "large") for _ in range(300)]

    assert judged(mixed(1, 0.3), mixed(2, 0.7), seed=1).word == "no_difference_yet"


def test_a_kind_that_only_one_side_has_is_left_out_of_both():
    first, second = made_equal([Seen(1, "a"), Seen(9, "old")], [Seen(2, "a"), Seen(2, "a"), Seen(8, "new")])

    assert (first, second) == ([1], [2, 2])


def test_in_a_trial_what_happened_to_all_is_no_difference():
    """The second half is twice as slow for everybody; before and after would say worse, side by side says nothing."""
    random = Random(5)
    slow = [one.value for one in orders(1, 200)] + [2 * one.value for one in orders(2, 200)]
    sides = [(random.random() < 0.5, Seen(value)) for value in slow]

    assert judged([Seen(value) for value in slow[:200]], [Seen(value) for value in slow[200:]], seed=1).word == "worse"
    assert judged_trial(sides, seed=1).word == "no_difference_yet"
    assert judged_trial([(new, Seen(one.value * (0.6 if new else 1))) for new, one in sides], seed=1).word == "better"


def test_one_seed_gives_one_verdict():
    first, second = list(orders(1, 80)), list(orders(2, 80))

    assert judged(first, second, seed=3) == judged(first, second, seed=3)


def test_the_control_chart_speaks_when_the_mean_moves():
    before = [one.value for one in orders(1, 200)]

    assert not signal(before, [one.value for one in orders(2, 60)])
    assert signal(before, [one.value for one in orders(2, 100, factor=0.4)])
