"""The arithmetic of scorecards: nothing below twenty, intervals that keep what they promise, like compared with like, overload."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.assessment.rules import shares
from orderway.assessment.rules.shares import FEWEST, Cells, Table

pytestmark = pytest.mark.pure

COVERED = 0.925  # of a 95 % interval, in 2,000 seeded runs of a discrete thing
RUNS = 2_000


@given(st.integers(0, FEWEST - 1), st.integers(0, FEWEST - 1))
def test_below_twenty_there_is_no_number_at_all(n, hits):
    found = shares.share(min(hits, n), n)

    assert not found.shown
    assert (found.n, found.hits, found.value, found.low, found.high) == (n, None, None, None, None)


@given(st.integers(FEWEST, 5_000), st.data())
def test_a_share_lies_within_its_interval_and_the_interval_between_nothing_and_all(n, data):
    found = shares.share(data.draw(st.integers(0, n)), n)

    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@pytest.mark.parametrize(("share", "n"), [(0.5, 20), (0.9, 40), (0.97, 60), (0.7, 400)])
def test_the_interval_of_a_share_holds_the_truth_as_often_as_it_says(share, n):
    random = np.random.default_rng(20_260_301)
    held = sum(low <= share <= high for low, high in (shares.wilson(k / n, n) for k in random.binomial(n, share, RUNS)))

    assert held / RUNS >= COVERED


def company(random, *, people: int = 8, tasks: int = 90, better: float = 0.0) -> Cells:
    """People with mixes of their own over two stages and six cells of very different difficulty; the first is better by so much."""
    rates = np.array([0.95, 0.9, 0.8, 0.7, 0.55, 0.4])
    person, cell, hit = [], [], []
    for one in range(people):
        mix = random.dirichlet(np.full(6, 0.8))
        cells = random.choice(6, tasks, p=mix)
        person += [one] * tasks
        cell += cells.tolist()
        hit += (random.random(tasks) < rates[cells] + (better if one == 0 else 0)).tolist()
    cells = np.array(cell)
    return Cells(np.array(person), cells, cells // 3, np.array(hit))


def test_people_without_a_difference_are_shown_with_one_in_at_most_one_of_twenty_cases():
    random = np.random.default_rng(7)
    different = judged = 0
    for _ in range(120):
        found = shares.compared(shares.summed(company(random)), range(8))
        verdicts = [one.verdict for one in found.values() if one.verdict in ("better", "same", "worse")]
        judged += len(verdicts)
        different += sum(verdict != "same" for verdict in verdicts)

    assert judged > 900
    assert different / judged <= 0.06


def test_somebody_who_is_better_by_a_sixth_with_enough_work_is_seen():
    random = np.random.default_rng(11)
    seen = sum(
        shares.compared(shares.summed(company(random, tasks=300, better=0.16)), [0])[0].verdict in ("better", "same") for _ in range(40)
    )
    better = sum(shares.compared(shares.summed(company(random, tasks=300, better=0.16)), [0])[0].verdict == "better" for _ in range(40))

    assert seen == 40
    assert better >= 30


def test_who_has_the_hard_work_is_not_compared_with_who_has_the_easy_work():
    # Three people: one has only work at which half fails, the others have both kinds.
    person = np.repeat([0, 1, 2, 1, 2], 40)
    cell = np.repeat([1, 1, 1, 0, 0], 40)
    hit = np.array(([True, False] * 20) * 3 + [True] * 80)
    found = shares.compared(shares.summed(Cells(person, cell, cell, hit)), [0, 1])

    assert (found[0].own, found[0].expected, found[0].verdict) == (0.5, 0.5, "same")
    assert found[1].expected == pytest.approx(0.75)


def test_nobody_is_compared_with_one_single_colleague():
    person = np.repeat([0, 1], 60)
    cell = np.zeros(120, dtype=np.int64)
    found = shares.compared(shares.summed(Cells(person, cell, cell, np.ones(120, dtype=bool))), [0, 1])

    assert [one.verdict for one in found.values()] == ["alone", "alone"]
    assert found[0].expected is None


def test_kinds_of_orders_that_hardly_anybody_has_are_compared_with_their_stage():
    person = np.concatenate((np.zeros(30, dtype=np.int64), np.repeat([1, 2], 50)))
    cell = np.concatenate((np.full(30, 7), np.full(100, 3)))  # the first has a kind of order of their own
    stage = np.zeros(130, dtype=np.int64)
    hit = np.concatenate((np.ones(30, dtype=bool), np.tile([True, True, True, True, False], 20)))
    found = shares.compared(shares.summed(Cells(person, cell, stage, hit)), [0])[0]

    assert (found.n, found.others, found.expected) == (30, 2, 0.8)


def test_nothing_is_compared_where_there_is_nothing():
    empty = np.zeros(0, dtype=np.int64)
    table = shares.summed(Cells(empty, empty, empty, np.zeros(0, dtype=bool)))

    assert isinstance(table, Table)
    assert shares.compared(table, [5])[5].verdict == "too_few"
    assert not len(shares.overloaded(empty, empty, empty, empty))


tasks = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=60)


@given(tasks)
def test_what_lies_on_a_desk_is_what_counting_one_by_one_finds(rows):
    person, stage, came, lasted = (np.array(column) for column in zip(*rows, strict=True))
    done = came + lasted
    found = shares.lying(person, stage, came, done)

    for one in range(len(rows)):
        same = (person == person[one]) & (stage == stage[one])
        others = same & (came <= came[one]) & (done > came[one])
        others[one] = False
        assert found[one] == others.sum()


def test_a_task_that_comes_when_far_more_than_usual_lies_there_came_under_overload():
    came = np.concatenate((np.arange(95) * 10, np.full(5, 5_000)))
    done = came + np.concatenate((np.full(95, 5), np.full(5, 400)))
    one = np.zeros(100, dtype=np.int64)

    found = shares.overloaded(one, one, came, done)

    assert found.tolist() == [False] * 95 + [True] * 5


def test_in_a_stage_with_few_tasks_nobody_can_say_what_is_usual():
    came = np.zeros(FEWEST - 1, dtype=np.int64)

    assert not shares.overloaded(came, came, came, came + 100).any()
