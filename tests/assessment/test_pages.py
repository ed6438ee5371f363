"""The pages of scorecards: one's own figures, and the tasks they rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.conftest import went
from orderway.assessment import following, milestones, reading
from orderway.assessment.models import DoneTask
from orderway.improvement.models import Reply
from orderway.masterdata.models import Group, GroupMember
from orderway.orders.models import Feedback


@pytest.fixture
def busy(company):
    """Twenty-one orders went their way: one late at Alice's, two sent back."""
    for position, number in enumerate(company.orders(21)):
        went(company, number, hours=0, fails=1 if position in (2, 3) else 0)
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


def test_the_report_holds_every_task_it_rests_on(busy, signed_in):
    alice = signed_in("alice")
    answer = alice.get("/scorecard/report.csv?period=all")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 1 + 23  # twenty-one, two of which were done twice
    assert lines[0].startswith("Order,Task,Run,Done,Working minutes,Limit in minutes")
    assert sum("sent back: Is it right" in line for line in lines) == 2
    assert alice.get("/scorecard/report.pdf?period=all").content.startswith(b"%PDF")


def test_the_report_of_a_person_is_the_leads_only_when_the_scorecard_is(busy, signed_in):
    person = busy.people["alice"].pk

    assert signed_in("bob").get(f"/scorecard/people/{person}/report.csv?of=2026-Q1").status_code == 409
    assert signed_in("alice").get(f"/scorecard/people/{person}/report.csv?of=2026-Q1").status_code == 200
    assert signed_in("alice").get(f"/scorecard/people/{person}/report.csv").status_code == 422


def test_what_was_reached_is_shown_to_the_team_by_its_person_alone_and_taken_back(busy, signed_in):
    group = Group.objects.create(key="office", name="Office", lead=busy.people["mary"])
    for key in ("alice", "bob"):
        GroupMember.objects.create(group=group, person=busy.people[key])
    DoneTask.objects.filter(person=busy.people["alice"]).update(quality=1)
    busy_alice = busy.people["alice"]
    rows = list(DoneTask.objects.filter(person=busy_alice))
    DoneTask.objects.bulk_create([_copy(row, 1_000 * run + row.opened) for run in range(1, 5) for row in rows])
    alice, bob = signed_in("alice"), signed_in("bob")
    assert {one.key for one in milestones.reached(busy_alice)} == {"done-100", "row-100"}

    assert alice.post("/scorecard/milestones", {"milestone": "done-500", "do": "share"}).status_code == 409
    assert alice.post("/scorecard/milestones", {"milestone": "row-100", "do": "share"}).status_code == 302
    assert "Alice: 100 tasks in a row right the first time" in bob.get("/scorecard/").content.decode()
    assert "Alice: 100 tasks" in signed_in("mary").get("/scorecard/").content.decode()
    assert "Alice: 100 tasks" not in signed_in("carol").get("/scorecard/").content.decode()

    alice.post("/scorecard/milestones", {"milestone": "row-100", "do": "take_back"})
    assert "Alice: 100 tasks" not in bob.get("/scorecard/").content.decode()


def test_a_suggestion_that_was_taken_up_stands_on_its_authors_scorecard(company, signed_in):
    row = {"kind": "suggestion", "version": company.version, "stage": "enter", "actor": "alice", "at": company.now}
    kept = Feedback.objects.create(comment="Type less", **row)
    Feedback.objects.create(comment="Pay more", **row)
    Reply.objects.create(feedback=kept, state="taken_up", text="Yes", by=company.people["mary"], at=company.now)

    page = signed_in("alice").get("/scorecard/").content.decode()

    assert "Type less" in page
    assert "suggestions taken up: 1" in page
    assert "Pay more" not in page
    assert "Type less" not in signed_in("bob").get("/scorecard/").content.decode()


@pytest.mark.parametrize(("qualities", "longest"), [([], 0), ([1, 1, 1], 3), ([2], 0), ([1, 2, 1, 1, 3, 1], 2), ([2, 1, 1], 2)])
def test_a_row_of_right_tasks_ends_at_the_first_that_was_not(qualities, longest):
    assert milestones.longest_run(qualities) == longest


def _copy(row: DoneTask, opened: int) -> DoneTask:
    values = {field.attname: getattr(row, field.attname) for field in DoneTask._meta.concrete_fields if not field.primary_key}
    return DoneTask(**values | {"opened": opened})
