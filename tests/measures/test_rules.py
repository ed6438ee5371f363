"""What a chart and a verdict may say, as tables of cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.measures.rules.charts import LEAST_POINTS, Point, xmr
from orderway.measures.rules.definitions import BY_ID, DEFINITIONS, Dimensions, Measured, Part, cells
from orderway.measures.rules.targets import Interval, quantile, quantile_ranks, read_target, share_interval, verdict

MONDAY = date(2026, 1, 5)


def points(*values: float, number: int = 5) -> list[Point]:
    return [Point(MONDAY + timedelta(weeks=week), value, number) for week, value in enumerate(values)]


def fired(*values: float) -> dict[int, str]:
    return {signal.point: f"{signal.rule} {signal.side}" for signal in xmr(points(*values)).signals}


def test_limits_are_the_mean_and_2_66_times_the_mean_moving_range():
    (phase,) = xmr(points(10, 12, 10, 12, 10, 12)).phases

    assert (phase.centre, phase.low, phase.high) == (11, pytest.approx(11 - 5.32), pytest.approx(11 + 5.32))


def test_a_limit_never_lies_where_no_value_can():
    (phase,) = xmr(points(1, 9, 1, 9, 1, 9), ceiling=10).phases

    assert (phase.low, phase.high) == (0, 10)


STEADY = (10, 12, 10, 12, 10, 12, 10, 12)


@pytest.mark.parametrize(
    ("values", "point", "said"),
    [
        ((*STEADY, 30), 8, "beyond_limits up"),
        ((*STEADY, 11, 11, 0), 10, "beyond_limits down"),
        ((10, 9, 10, 9, 10, 9, 10, 9, 11, 12, 11, 12, 11, 12, 11, 12), 15, "run_of_eight up"),
        ((10, 10, 11, 10, 10, 11, 10, 10, 11, 10, 12, 12), 11, "two_of_three_far up"),
    ],
)
def test_a_run_rule_fires_where_it_must(values, point, said):
    assert fired(*values).get(point) == said


def test_steady_work_fires_nothing_and_shows_no_arrow():
    chart = xmr(points(*STEADY))

    assert chart.signals == ()
    assert chart.enough
    assert chart.arrow == ""


def test_an_arrow_appears_only_when_the_newest_point_fires():
    assert xmr(points(*STEADY, 30)).arrow == "up"
    assert xmr(points(*STEADY, 30, 11)).arrow == ""


def test_below_twenty_orders_nothing_is_judged():
    few = xmr(points(*STEADY, 30, number=2))

    assert sum(point.number for point in few.points) == 18
    assert not few.enough
    assert few.arrow == ""


def test_a_new_version_begins_a_phase_with_limits_of_its_own():
    values = (*STEADY, 2, 4, 2, 4, 2, 4)
    chart = xmr(points(*values), [MONDAY + timedelta(weeks=8)])

    assert [(phase.first, phase.last, phase.centre) for phase in chart.phases] == [(0, 7, 11), (8, 13, 3)]
    assert chart.signals == ()
    assert fired(*values)  # as one phase the same values cry out


def test_a_phase_with_few_points_has_no_limits():
    (phase,) = xmr(points(*range(LEAST_POINTS - 1))).phases

    assert (phase.low, phase.high) == (None, None)


@given(st.lists(st.floats(0, 1000), max_size=40), st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 1)), max_size=3))
def test_every_point_is_in_exactly_one_phase(values, changes):
    chart = xmr(points(*values), changes)

    assert [place for phase in chart.phases for place in range(phase.first, phase.last + 1)] == list(range(len(values)))


@pytest.mark.parametrize(
    ("value", "number", "target", "interval", "said"),
    [
        ("1.9", 19, "<= 2d", None, "too_few"),
        ("2", 20, "<= 2d", None, "met"),
        ("2.1", 20, "<= 2d", None, "missed"),
        ("2.1", 20, None, None, "none"),
        ("4.0", 40, "<= 5%", Interval(1, 9), "close"),
        ("4.0", 4000, "<= 5%", Interval(3.4, 4.7), "met"),
        ("94", 400, ">= 95%", Interval(90, 94.9), "missed"),
    ],
)
def test_a_verdict_needs_twenty_orders_and_says_when_chance_may_have_decided(value, number, target, interval, said):
    assert verdict(Decimal(value), number, read_target(target), interval) == said


def test_the_interval_of_a_share_is_wilsons():
    interval = share_interval(8, 400)  # reference: R, binom::binom.wilson(8, 400)

    assert (interval.low, interval.high) == (pytest.approx(1.0168, abs=1e-3), pytest.approx(3.8959, abs=1e-3))


def test_a_percentile_is_a_value_that_was_measured():
    values = list(range(1, 11))

    assert [quantile(values, percent) for percent in (50, 80, 95)] == [5, 8, 10]
    assert quantile_ranks(80, 100) == (71, 88)


def test_every_figure_has_a_whole_definition_and_products_name_figures():
    assert len(BY_ID) == len(DEFINITIONS)
    for one in DEFINITIONS:
        assert one.title
        assert one.numerator
        assert one.denominator
        assert one.scope
        assert set(one.product) <= set(BY_ID)
    assert all(BY_ID[name].promise for name in ("on_time", "otif_requested", "otif_confirmed", "perfect_order"))


def test_an_order_counts_in_every_group_of_its_items_and_once_in_all():
    parts = (Part("fill_rate", "2026-03-02", 1, 2), Part("waiting", "2026-03-02", 30, 1, "check", "reviewer"))

    found = cells(Measured("2026-03-02", parts), Dimensions("EAST", "form", ("buy", "stock")))

    assert found["fill_rate", "", "", "2026-03-02"] == (1, 2)
    assert found["fill_rate", "item_group", "buy", "2026-03-02"] == (1, 2)
    assert found["waiting", "stage", "check", "2026-03-02"] == (30, 1)
    assert found["waiting", "person_group", "reviewer", "2026-03-02"] == (30, 1)
    assert len(found) == 5 + 7
