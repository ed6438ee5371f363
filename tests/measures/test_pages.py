"""The pages of measures: what they show, in which language, with how many queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from measures.conftest import finished
from orderway.measures import following, periods
from orderway.measures.rules.targets import ENOUGH


@pytest.fixture
def measured(company, signed_in):
    """Alice's browser, after twenty orders went their way, one of them sent back, in eight weeks."""
    start = company.now
    for number in range(ENOUGH):
        company.now = start + timedelta(weeks=number % 8)
        finished(company, company.an_order(), hours=1, fails=number == 0)
    following.follow(company.now)
    with time_machine.travel(start + timedelta(weeks=8), tick=False):
        yield signed_in("alice")


def test_every_figure_is_shown_with_its_number_target_and_verdict(measured, django_assert_max_num_queries):
    measured.get("/measures/")
    with django_assert_max_num_queries(60):
        page = measured.get("/measures/").content.decode()

    assert "20 orders ended in this period" in page
    assert "From desk to box" in page
    assert "A small way 1.0.0" in page
    assert "≤ 2.0 workdays" in page
    assert "target met" in page
    assert "too close to call" in page  # one of twenty sent back against at most 10 %
    assert "n = 20" in page


def test_a_figure_opens_its_definition_its_chart_and_its_breakdown(measured):
    page = measured.get("/measures/figure/first_pass_yield/?period=year").content.decode()

    assert "orders that passed every gate at the first time" in page
    assert "Orders that ended for the first time in the period" in page
    assert 'class="ms-chart"' in page
    assert page.count("<circle") == 8
    assert "By channel" in page
    assert 'style="' not in page


def test_a_figure_is_read_in_the_language_of_the_person(measured, company):
    alice = company.people["alice"]
    alice.language = "zh-hans"
    alice.save()

    page = measured.get("/measures/figure/first_pass_yield/?period=year", headers={"accept-language": "zh-hans"}).content.decode()

    assert "所有关卡一次通过的订单" in page


def test_roles_with_fewer_than_twenty_are_left_out(measured):
    page = measured.get("/measures/figure/waiting/?period=30d").content.decode()

    assert "By role" not in page
    assert "By stage" in page
    assert "too few to judge" in page


def test_an_empty_period_says_so_and_a_figure_that_nobody_defined_is_not_found(measured):
    assert "Nothing was measured in this period." in measured.get("/measures/?since=2025-01-01&until=2025-02-01").content.decode()
    assert measured.get("/measures/figure/nothing/").status_code == 404
    assert measured.get("/measures/?period=nonsense&since=x").status_code == 200


def test_periods_are_whole_months_and_quarters():
    today = date(2026, 5, 10)

    assert (periods.month_before(today).since, periods.month_before(today).until) == (date(2026, 4, 1), date(2026, 4, 30))
    assert (periods.quarter_before(today).since, periods.quarter_before(today).until) == (date(2026, 1, 1), date(2026, 3, 31))
    assert periods.quarter_before(date(2026, 2, 1)).since == date(2025, 10, 1)


def test_beside_a_figure_that_a_cycle_can_judge_stands_where_one_begins(measured):
    about_errors, about_lines = (measured.get(f"/measures/figure/{name}/").content.decode() for name in ("error_rate", "fill_rate"))

    assert "/improve/cycles/new?measure=error_rate" in about_errors
    assert "/improve/cycles/new" not in about_lines
