"""What may be promised for orders that are under way, from what became of finished ones that stood at the same place."""

from __future__ import annotations

import numpy as np
import pytest

from orderway.engine.calendars import Holidays
from orderway.engine.case import ItemKey
from orderway.simulation import promise
from orderway.simulation.outcome import Passage
from orderway.simulation.parameters import Arrivals, StageWork
from orderway.simulation.precedents import OpenOrder, Precedents
from orderway.simulation.promise import brier, coverage, pools_of, promised, tried
from orderway.simulation.spreads import assumed
from orderway.simulation.timeline import timeline_of
from orderway.simulation.workload import days_from, jams_of, work_of
from simulation.small import BEGIN, HOUR, minutes, program, run, world_of

LINE = timeline_of(program().standard.calendars["open"], Holidays(), BEGIN.date())
START = BEGIN.timestamp()
NOW = START + 10_000 * HOUR


def passed(order, stage, opened, ended, kind="stage"):
    """A passage, in hours since the beginning; orders come a hundred hours after each other."""
    opened, ended = (START + (100 * order + hours) * HOUR for hours in (opened, ended))
    return Passage(order, stage, kind, "alice", opened, opened, ended, "passed", False)


def an_open_order(**hours_ago):
    opened = {ItemKey(stage, (), "stage", 1): NOW - hours * HOUR for stage, hours in hours_ago.items()}
    return OpenOrder("SO-1", min(opened.values()), opened)


def hours_left(passages, order, jams=None):
    precedents = Precedents(passages, LINE)
    (found,) = promised(precedents, pools_of(precedents, [order], NOW), NOW, jams)
    return tuple(round((moment - NOW) / HOUR, 6) for moment in (found.p50, found.p80, found.p95)), found


def quick_and_slow(orders=80):
    """Every other order is checked within ten hours, the others within fifty; all are shipped two hours later."""
    ends = [(number, 10 if number % 2 else 50) for number in range(orders)]
    return [one for n, end in ends for one in (passed(n, "take", -1, 0), passed(n, "check", 0, end), passed(n, "ship", end, end + 2))]


def test_an_order_is_promised_what_orders_of_its_place_and_age_needed():
    fresh, found = hours_left(quick_and_slow(), an_open_order(check=0))
    older, _ = hours_left(quick_and_slow(), an_open_order(check=20))
    shipping, _ = hours_left(quick_and_slow(), an_open_order(ship=0.5))

    assert fresh[1:] == (52, 52)
    assert 12 <= fresh[0] <= 52
    assert older == (32, 32, 32)  # the quick ones would be through
    assert shipping == (1.5, 1.5, 1.5)
    assert (found.slowest, found.n) == ("check", 40)


def test_an_order_older_than_all_is_compared_with_those_that_have_just_come():
    assert hours_left(quick_and_slow(), an_open_order(check=900))[0][1] == 52


def test_what_is_open_together_counts_not_each_item_alone():
    both = [one for n in range(40) for one in (passed(n, "check", 0, 5), passed(n, "take", 0, 30))]
    alone = [passed(n, "check", 0, 5) for n in range(40, 80)]

    assert hours_left(both + alone, an_open_order(check=1))[0] == (4, 4, 4)
    assert hours_left(both + alone, an_open_order(check=1, take=1))[0] == (29, 29, 29)


def test_a_complaint_weeks_later_does_not_move_the_first_end():
    complained = [one for n in range(40) for one in (passed(n, "ship", 0, 4), passed(n, "ship", 90, 95, kind="complaint"))]
    gap = [one for n in range(40) for one in (passed(n, "ship", 0, 4), passed(n, "take", 90, 95))]

    assert hours_left(complained, an_open_order(ship=1))[0] == (3, 3, 3)
    assert hours_left(gap, an_open_order(ship=1))[0] == (94, 94, 94)  # nothing ended there: something was open that the log does not say


def test_only_the_newest_count_so_that_an_improvement_is_seen():
    before, after = ([passed(n, "ship", 0, hours) for n in range(first, first + 40)] for first, hours in ((0, 30), (40, 6)))

    assert hours_left(before + after, an_open_order(ship=1))[0] == (5, 5, 5)


def test_twenty_nine_precedents_promise_nothing():
    precedents = Precedents([passed(n, "ship", 0, 4) for n in range(29)], LINE)

    assert pools_of(precedents, [an_open_order(ship=1)], NOW) == []
    assert Precedents([], LINE).whole.orders.size == 0


def test_hours_of_work_stand_on_the_day_on_which_they_begin_and_new_orders_bring_theirs():
    parameters = world_of(stages={"check": StageWork(minutes(30)), "ship": StageWork(minutes(60))}, arrivals=Arrivals((1 / 24,) * 168))
    precedents = Precedents(quick_and_slow(), LINE)
    days = days_from(LINE, NOW, 5)
    pools = [pool for _, pool in pools_of(precedents, [an_open_order(check=20)], NOW)]

    alone = work_of(program(), parameters, precedents, [], days, NOW).by_role()
    hours = work_of(program(), parameters, precedents, pools, days, NOW).by_role()

    shipped_on = days.dates[int(days.of(np.array([30 * HOUR]))[0])]
    assert hours["clerk", shipped_on] - alone["clerk", shipped_on] == pytest.approx(1.0)
    assert hours["checker", days.dates[0]] - alone["checker", days.dates[0]] == pytest.approx(0.5)  # in hand: still to be finished
    assert alone["checker", days.dates[2]] == pytest.approx(0.5)  # one new order a day


def test_work_that_people_cannot_do_makes_promises_later_and_only_where_its_time_was_measured():
    parameters = world_of(stages={"ship": StageWork(minutes(60))}, arrivals=Arrivals((2 / 24,) * 168))
    precedents = Precedents(quick_and_slow(), LINE)
    days = days_from(LINE, NOW, 8)
    waiting = [pool for _, pool in pools_of(precedents, [an_open_order(ship=0.5)] * 30, NOW)]
    work = work_of(program(), parameters, precedents, waiting, days, NOW)
    order, plain = an_open_order(check=20), (32, 32, 32)

    present = {"clerk": [8.0] * 8}  # for thirty hours of work today and two on other days
    jams = jams_of(work, present, np.array([True] * len(work.stages)))
    guessed = jams_of(work, present, np.array([False] * len(work.stages)))
    enough = jams_of(work, {"clerk": [40.0] * 8}, np.array([True] * len(work.stages)))

    assert all(late > hours for late, hours in zip(hours_left(quick_and_slow(), order, jams)[0], plain, strict=True))
    assert hours_left(quick_and_slow(), order, guessed)[0] == hours_left(quick_and_slow(), order, enough)[0] == plain


def test_promises_of_a_world_that_stays_as_it_is_are_kept_as_often_as_they_say(monkeypatch):
    monkeypatch.setattr(promise, "BETWEEN_TRIALS", 30 * HOUR)
    slow = world_of(stages={**world_of().stages, "ship": StageWork(minutes(5), delay=assumed(80 * HOUR))}, arrivals=Arrivals((1.0,) * 168))
    passages = run(slow, orders=700).passages

    found = tried(Precedents(passages, LINE))

    assert found is not None
    assert (found.orders, found.n) > (600, 1_500)
    assert 0.76 <= found.p80 <= 0.84
    assert found.p50 < found.p80 < found.p95


def test_who_looks_where_orders_stand_and_how_long_foretells_better_than_who_always_says_the_mean(monkeypatch):
    monkeypatch.setattr(promise, "BETWEEN_TRIALS", 11 * HOUR)

    found = tried(Precedents(quick_and_slow(120), LINE))

    assert found is not None
    assert found.brier < 0.9 * found.brier_blind
    assert found == tried(Precedents(quick_and_slow(120), LINE))


def test_a_certain_chance_that_comes_true_costs_nothing_and_a_coin_a_quarter():
    assert brier([1.0, 0.0], [True, False]) == 0
    assert brier([0.5, 0.5], [True, False]) == 0.25
    assert coverage([2.0, 2.0], [1.0, 3.0]) == 0.5


def slowing(orders=400):
    """A company in which every order takes a little longer than the one before, and now and then half as long again."""
    ends = [(number, (20 + number / 4) * (1 + (number * 7 % 10) / 20)) for number in range(orders)]
    return [one for n, end in ends for one in (passed(n, "take", -1, 0), passed(n, "ship", 0, end))]


def test_where_work_slows_down_promises_are_made_later_until_they_are_kept_again(monkeypatch):
    monkeypatch.setattr(promise, "BETWEEN_TRIALS", 11 * HOUR)
    precedents = Precedents(slowing(), LINE)
    adapting = promise.learned(precedents)
    monkeypatch.setattr(promise, "GAMMA", 0.0)
    rigid = promise.learned(precedents)

    assert rigid.levels == promise.SHARES
    assert adapting.levels[1] > 0.82
    assert adapting.tried is not None
    assert rigid.tried is not None
    assert abs(adapting.tried.p80 - 0.8) < abs(rigid.tried.p80 - 0.8)


def test_a_promise_is_made_by_the_levels_that_were_learned():
    precedents = Precedents(quick_and_slow(), LINE)
    pools = pools_of(precedents, [an_open_order(check=0)], NOW)

    (early,), (late,) = (promised(precedents, pools, NOW, None, levels) for levels in ((0.2, 0.3, 0.4), (0.6, 0.7, 0.9)))

    assert round((early.p95 - NOW) / HOUR) == 12
    assert round((late.p50 - NOW) / HOUR) == 52


def test_levels_never_cross_nor_leave_what_forty_precedents_can_say():
    broken, kept = np.array([False] * 3), np.array([True] * 3)
    high = low = np.array(promise.SHARES)
    for _ in range(2_000):
        high, low = promise._moved(high, broken), promise._moved(low, kept)

    assert promise._as_levels(high) == pytest.approx((0.65, 0.95, 0.975))
    assert promise._as_levels(low) == pytest.approx((0.35, 0.65, 0.8))
