"""A scorecard is its person's first; the lead sees it after the days of grace or once it is released, and nobody else ever does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.conftest import went
from orderway.assessment import following, seeing
from orderway.assessment.refusals import NotAPeriod
from orderway.journal.models import Entry
from orderway.masterdata.models import Group, GroupMember

MARCH = "2026-03"


@pytest.fixture
def team(company, time_machine):
    """Mary leads Alice, Bob and Carol, who did twenty orders in March; today is the fifth of April."""
    group = Group.objects.create(key="office", name="Office", lead=company.people["mary"])
    for key in ("alice", "bob", "carol"):
        GroupMember.objects.create(group=group, person=company.people[key])
    for number in company.orders(20):
        went(company, number, hours=0)
    following.follow(company.now)
    time_machine.move_to("2026-04-05T10:00:00Z")
    return company


def address(team, who: str = "alice", of: str = MARCH) -> str:
    return f"/scorecard/people/{team.people[who].pk}/?of={of}"


def test_within_the_days_of_grace_the_lead_reads_until_when_it_is_theirs_alone(team, signed_in):
    answer = signed_in("mary").get(address(team))

    assert answer.status_code == 409
    assert "theirs alone until 2026-04-15" in answer.content.decode()
    page = signed_in("mary").get(f"/scorecard/team?of={MARCH}").content.decode()
    assert page.count("theirs alone until 2026-04-15") == 3
    assert "20 of 20" not in page


def test_after_them_the_lead_sees_it(team, signed_in, time_machine):
    time_machine.move_to("2026-04-15T10:00:00Z")

    assert "20 of 20" in signed_in("mary").get(address(team)).content.decode()
    page = signed_in("mary").get(f"/scorecard/team?of={MARCH}").content.decode()
    assert [page.index(name) for name in (">Alice<", ">Bob<", ">Carol<")] == sorted(
        page.index(name) for name in (">Alice<", ">Bob<", ">Carol<")
    )


def test_who_releases_a_month_lets_the_lead_see_that_month_sooner(team, signed_in):
    assert signed_in("alice").post("/scorecard/release", {"period": MARCH}).status_code == 302
    signed_in("alice").post("/scorecard/release", {"period": MARCH})

    assert signed_in("mary").get(address(team)).status_code == 200
    assert signed_in("mary").get(address(team, of="2026-Q1")).status_code == 409
    assert signed_in("mary").get(address(team, "bob")).status_code == 409
    assert Entry.objects.filter(subject_kind="person", subject_key="alice", act="release_scorecard").count() == 1


@pytest.mark.parametrize("who", ["bob", "eve"])
def test_colleagues_never_see_it(team, signed_in, time_machine, who):
    time_machine.move_to("2026-05-15T10:00:00Z")

    assert signed_in(who).get(address(team)).status_code == 409


def test_an_administrator_is_no_lead(team, client, time_machine):
    time_machine.move_to("2026-05-15T10:00:00Z")
    client.force_login(team.administrator)

    assert client.get(address(team)).status_code == 409


def test_who_left_the_group_is_no_longer_seen(team, signed_in, time_machine):
    time_machine.move_to("2026-05-15T10:00:00Z")
    GroupMember.objects.filter(person=team.people["alice"]).update(left_on=date(2026, 4, 30))

    assert signed_in("mary").get(address(team)).status_code == 409


@pytest.mark.parametrize("key", ["2026-04", "2026-Q2", "2026-13", "1999-01", "everything", "2026-Q5"])
def test_a_period_is_a_month_or_quarter_that_is_over(team, signed_in, key):
    with pytest.raises(NotAPeriod):
        seeing.whole(key, date(2026, 4, 30))
    assert signed_in("mary").get(f"/scorecard/team?of={key}").status_code == 422
    assert signed_in("alice").post("/scorecard/release", {"period": key}).status_code == 422


@given(st.dates(date(2001, 1, 1), date(2100, 12, 31)))
def test_every_period_that_is_offered_is_one_and_is_over(today):
    for one in seeing.shown(today):
        assert seeing.whole(one.key, today) == one
        assert one.since <= one.until < today
        assert one.opens_on - one.until == timedelta(days=seeing.GRACE_DAYS + 1)


def test_somebody_who_leads_nobody_reads_so(team, signed_in):
    assert "You lead no group." in signed_in("eve").get("/scorecard/team").content.decode()
