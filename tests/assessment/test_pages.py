"""The pages of scorecards: one's own figures, and the tasks they rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.conftest import went
from orderway.assessment import following, reading


@pytest.fixture
def busy(company):
    """Twenty-one orders went their way: one late at Alice's, two sent back."""
    for number in company.orders(21):
        went(company, number, hours=0, fails=1 if number.endswith(("03", "04")) else 0)
    following.follow(company.now)
    return company


def test_a_scorecard_shows_shares_with_number_and_interval(busy, signed_in):
    page = signed_in("alice").get("/scorecard/?period=all").content.decode()

    assert "19 of 21 · 71 % to 97 % (95 %)" in page
    assert "Enter: sent back, Is it right" in page
    assert "Hardly anybody else does this work" in page


def test_below_twenty_tasks_nothing_but_their_number_is_said(company, signed_in):
    went(company, company.an_order())
    following.follow(company.now)

    page = signed_in("alice").get("/scorecard/?period=all").content.decode()

    assert "1 task in this period: too few to judge." in page
    assert "100 %" not in page


def test_a_scorecard_of_somebody_without_tasks_says_so(company, signed_in):
    assert "0 tasks in this period" in signed_in("eve").get("/scorecard/").content.decode()
    assert "No task of yours was done" in signed_in("eve").get("/scorecard/tasks").content.decode()


def test_the_list_holds_one_s_own_tasks_only(busy, signed_in):
    page = signed_in("alice").get("/scorecard/tasks?period=all").content.decode()

    assert page.count("in time") >= 21
    assert "Pack" not in page
    assert "after work of one’s own had been sent back" in page


def test_scorecards_of_everybody_take_as_many_statements_as_one(busy):
    since, until = busy.now.date() - timedelta(days=30), busy.now.date() + timedelta(days=30)
    people = [person.pk for person in busy.people.values()]

    def statements(wanted):
        with CaptureQueriesContext(connection) as queries:
            reading.cards(since, until, wanted)
        return len(queries)

    assert statements(people) == statements(people[:1]) <= 4
