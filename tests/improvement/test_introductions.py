"""Introducing a standard stage by stage: planned by one, approved by another, switched on by day or click, seen in figures."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from improvement.test_cycles import reader
from orders import shop as shops
from orderway.improvement import introducing, introduction_reading
from orderway.improvement.introducing import Step
from orderway.improvement.models import Introduction
from orderway.improvement.refusals import (
    DaysOutOfOrder,
    IntroductionOver,
    IntroductionRuns,
    NotWhole,
    OneStep,
    StageNotInPlan,
    StageTwiceInPlan,
    StepBeforeOpen,
    StepWithoutStages,
)
from orderway.journal import reading
from orderway.orders import acts, comments, feedback
from orderway.orders.completion import DONE, Completion
from orderway.orders.feedback import Clause
from orderway.releases import publishing, trials
from orderway.releases.models import Version
from orderway.releases.publishing import Coming, program_of
from orderway.releases.refusals import AnotherTrialRuns, AuthorMayNotApprove, InThePast, NoReason, NotTheirs
from orderway.standard.canonical import canonical

FIRST, SECOND, THIRD = ("enter", "reserve"), ("check",), ("pack", "thank")


def the_plan(shop, *days):
    today = localdate(shop.now)
    on = [today + timedelta(days=day) if day else None for day in (*days, *(0,) * (3 - len(days)))]
    return [Step(FIRST, on[0]), Step(SECOND, on[1]), Step(THIRD, on[2])]


@pytest.fixture
def planned(shop, owner):
    """Olga plans: entry at once by a click, the check in a week, the rest in two."""
    return introducing.plan(shop.version, the_plan(shop, 0, 7, 14), "One after the other", by=owner, now=shop.now)


@pytest.fixture
def approved(shop, planned):
    """The administrator approves all of it."""
    return introducing.approve(planned, by=shop.administrator, now=shop.now, accept="a test")


def versions_of(made):
    return [step.version for step in made.steps.select_related("version").order_by("number")]


def in_force():
    return Version.objects.get(standard_id="plain", status="effective")


def test_every_step_is_a_version_in_which_the_stages_of_later_steps_advise(planned, shop):
    documents = [program_of(version.pk).standard for version in versions_of(planned)]

    assert [document.version for document in documents] == ["1.1.0", "1.2.0", "1.3.0"]
    assert [document.advisory for document in documents] == [("check", "pack", "thank"), ("pack", "thank"), ()]
    assert documents[1].changes[0].reason.in_language("en") == "Introduction, step 2 of 3: Check switched on"
    assert in_force() == shop.version


def test_the_last_step_says_what_the_document_said_and_nothing_else(planned, shop):
    from dataclasses import replace

    last, base = program_of(versions_of(planned)[-1].pk).standard, program_of(shop.version.pk).standard
    head = {"version": base.version, "changes": (), "effective": base.effective}
    assert canonical(replace(last, **head)) == canonical(replace(base, **head))


def test_the_journal_of_each_step_says_what_it_switches_on_and_why(planned):
    (entry,) = [one for one in reading.of_subject("release", "plain 1.2.0") if one.act == "introduce"]
    told = json.loads(entry.payload)
    assert (entry.actor, told["on"], told["advisory"], told["reason"]) == ("olga", ["check"], ["pack", "thank"], "One after the other")


def test_somebody_else_approves_all_steps_at_once_and_their_days_are_planned(planned, shop, owner):
    with pytest.raises(AuthorMayNotApprove):
        introducing.approve(planned, by=owner, now=shop.now, accept="mine")
    introducing.approve(planned, by=shop.administrator, now=shop.now, accept="a test")

    first, second, third = versions_of(planned)
    assert {version.status for version in (first, second, third)} == {"approved"}
    assert first.planned_on is None
    assert (third.planned_on - second.planned_on).days == 7


def test_a_day_that_passed_before_approval_is_left_to_a_click(planned, shop):
    introducing.approve(planned, by=shop.administrator, now=shop.now + timedelta(days=8), accept="late")
    assert [version.planned_on is not None for version in versions_of(planned)] == [False, False, True]


def test_steps_come_by_click_or_by_the_worker_on_their_day_and_orders_keep_what_they_began_with(approved, shop, owner):
    steps = list(approved.steps.order_by("number"))
    introducing.switch_on(steps[0], by=owner, now=shop.now)
    early = publishing.version_for(Coming("early"), "plain", now=shop.now)

    publishing.release_planned(shop.now + timedelta(days=6))
    assert in_force().version == "1.1.0"
    publishing.release_planned(shop.now + timedelta(days=7))
    assert in_force().version == "1.2.0"
    publishing.release_planned(shop.now + timedelta(days=20))
    assert in_force().version == "1.3.0"

    assert early.version == "1.1.0"
    assert Introduction.objects.get().ended == "complete"


def test_a_worker_that_slept_over_several_days_ends_with_the_last_step(approved, shop, owner):
    introducing.switch_on(approved.steps.get(number=1), by=owner, now=shop.now)
    publishing.release_planned(shop.now + timedelta(days=30))
    assert in_force().version == "1.3.0"


def test_a_step_waits_for_the_one_before(approved, shop, owner):
    with pytest.raises(StepBeforeOpen, match="1"):
        introducing.switch_on(approved.steps.get(number=2), by=owner, now=shop.now)


def test_another_version_in_force_ends_the_plan_and_no_forgotten_step_loosens_it(approved, shop, owner):
    source = shops.PLAIN.format(id="plain", version="2.0.0") + "\nchanges:\n  - {version: 2.0.0, reason: {en: All anew}}\n"
    shop.released(source)

    assert publishing.release_planned(shop.now + timedelta(days=30)) == []
    assert in_force().version == "2.0.0"
    made = Introduction.objects.get()
    assert (made.ended, made.ended_by) == ("replaced", "admin")
    with pytest.raises(IntroductionOver):
        introducing.switch_on(approved.steps.get(number=1), by=owner, now=shop.now)


def test_a_step_that_was_passed_over_comes_no_more_by_itself(approved, shop, owner):
    publishing.release(versions_of(approved)[2], by=owner, now=shop.now)  # on the page of document control
    assert publishing.release_planned(shop.now + timedelta(days=30)) == []
    assert Introduction.objects.get().ended == "complete"


def test_stopping_leaves_on_what_is_on_and_takes_the_days_back(approved, shop, owner):
    introducing.switch_on(approved.steps.get(number=1), by=owner, now=shop.now)
    with pytest.raises(NoReason):
        introducing.stop(approved, " ", by=owner, now=shop.now)
    with pytest.raises(NotTheirs):
        introducing.stop(approved, "no", by=shop.people["eve"], now=shop.now)

    introducing.stop(approved, "Too fast", by=owner, now=shop.now)

    assert publishing.release_planned(shop.now + timedelta(days=30)) == []
    assert in_force().version == "1.1.0"
    assert Introduction.objects.get().end_reason == "Too fast"


def test_an_approved_step_gets_another_day_between_its_neighbours(approved, shop, owner):
    third, today = approved.steps.get(number=3), localdate(shop.now)
    with pytest.raises(DaysOutOfOrder):
        introducing.replan(third, today + timedelta(days=7), by=owner, now=shop.now)
    assert introducing.replan(third, today + timedelta(days=8), by=owner, now=shop.now).planned_on == today + timedelta(days=8)
    assert introducing.replan(third, None, by=owner, now=shop.now).planned_on is None


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        (lambda shop: [Step((*FIRST, *SECOND, *THIRD))], OneStep),
        (lambda shop: [Step((*FIRST, *SECOND, *THIRD)), Step((), localdate(shop.now) + timedelta(days=1))], StepWithoutStages),
        (lambda shop: [Step(FIRST), Step((*SECOND, "enter")), Step(THIRD)], StageTwiceInPlan),
        (lambda shop: [Step(FIRST), Step(THIRD)], StageNotInPlan),
        (lambda shop: [Step(FIRST), Step((*SECOND, "dance")), Step(THIRD)], StageNotInPlan),
        (lambda shop: the_plan(shop, 7, 7), DaysOutOfOrder),
        (lambda shop: [Step(FIRST, localdate(shop.now)), Step(SECOND), Step(THIRD)], InThePast),
    ],
)
def test_what_is_no_plan_is_refused_in_words_and_leaves_no_draft(shop, owner, steps, refusal):
    with pytest.raises(refusal):
        introducing.plan(shop.version, steps(shop), "why", by=owner, now=shop.now)
    assert not Version.objects.filter(status="draft").exists()


def test_who_may_not_and_what_runs_already_is_refused(planned, shop, owner):
    def again(by=owner, base=shop.version, reason="again"):
        return introducing.plan(base, the_plan(shop), reason, by=by, now=shop.now)

    for refusal, given in (
        (IntroductionRuns, {}),
        (NotTheirs, {"by": shop.people["eve"]}),
        (NoReason, {"reason": ""}),
    ):
        with pytest.raises(refusal):
            again(**given)
    introducing.stop(planned, "anew", by=owner, now=shop.now)
    loose = versions_of(planned)[0]
    publishing.approve(loose, by=shop.administrator, now=shop.now, accept="a test")
    loose.refresh_from_db()
    with pytest.raises(NotWhole):
        again(base=loose)
    trials.start(loose, 30, "try", by=owner, now=shop.now)
    with pytest.raises(AnotherTrialRuns):
        again()


def passed(shop, version, *, proven):
    """An order of this version through entry and check; Bob proves what he compared, or does not care."""
    number = shop.an_order(version=version, total="500.00")
    shop.entered(number)
    brings = Completion(findings={"right": True}, evidence={"compare": "yes"}) if proven else DONE
    refused = acts.complete({number: brings}, stage="check", actor=shop.actor("bob"), now=shop.now)
    assert refused == {}
    return number


def test_the_page_counts_adoption_where_people_get_stuck_and_what_they_say(approved, shop, owner):
    one, two, _ = list(approved.steps.select_related("introduction").order_by("number"))
    introducing.switch_on(one, by=owner, now=shop.now)
    first = in_force()
    passed(shop, first, proven=True)
    number = passed(shop, first, proven=False)
    shop.an_order(version=first)  # stays at its entry
    introducing.switch_on(two, by=owner, now=shop.now)
    passed(shop, in_force(), proven=True)
    feedback.suggest(Clause(first.pk, "check"), "Show the price list", actor=reader(shop, "bob"), now=shop.now)
    comments.post(number, "What is checked here?", stage="check", actor=shop.actor("bob"), now=shop.now)

    steps, stages = introduction_reading.of(approved, shop.now + timedelta(days=10))

    found = {one.stage.id: one for one in stages}
    check, entry = found["check"], found["enter"]
    assert [one.stage.id for one in stages] == ["enter", "check", "reserve", "pack", "thank"]
    assert (check.advised.proven, check.advised.provable, check.on.proven, check.on.provable) == (1, 2, 1, 1)
    assert check.on.adoption is None  # too few for a share
    assert (entry.stuck, entry.on.done, entry.advised.done) == (1, 3, 0)
    assert (check.suggestions, check.comments, entry.words) == (1, 1, 0)
    assert check.on_since is not None
    assert found["pack"].planned is not None
    assert [row.comment for row in introduction_reading.said(steps)] == ["Show the price list"]


def test_the_figures_take_the_same_statements_however_many_orders(approved, shop, owner, django_assert_max_num_queries):
    introducing.switch_on(approved.steps.get(number=1), by=owner, now=shop.now)
    for _ in range(4):
        passed(shop, in_force(), proven=True)
    introduction_reading.of(approved, shop.now)
    with django_assert_max_num_queries(6):
        introduction_reading.of(approved, shop.now)


# --- pages ------------------------------------------------------------------------------------------------------------------


def test_olga_plans_the_administrator_approves_and_olga_switches_on_through_the_pages(shop, owner, signed_in):
    olga, admin = signed_in("olga"), signed_in("admin")
    form = {"base": shop.version.pk, "reason": "Slowly", "day.2": (localdate(shop.now) + timedelta(days=7)).isoformat()}
    form |= {f"step.{stage}": str(number) for number, stages in enumerate((FIRST, SECOND, THIRD), 1) for stage in stages}

    page = olga.post("/improve/introductions/plan", form, follow=True)
    made = Introduction.objects.get()
    assert "somebody else approves them" in page.content.decode()
    assert olga.post(f"/improve/introductions/{made.pk}/approve").status_code == 409
    page = admin.post(f"/improve/introductions/{made.pk}/approve", {"accept": "ready enough"}, follow=True)
    assert "waits for a click" in page.content.decode()
    olga.post(f"/improve/introductions/{made.pk}/steps/1/on", follow=True)
    page = olga.get(f"/improve/introductions/{made.pk}")

    assert in_force().version == "1.1.0"
    assert "on since" in page.content.decode()
    olga.post(f"/improve/introductions/{made.pk}/stop", {"reason": "Enough"})
    assert Introduction.objects.get().ended == "stopped"


def test_a_plan_that_is_refused_comes_back_as_it_was_written(shop, owner, signed_in):
    form = {"base": shop.version.pk, "reason": "All at once"} | {f"step.{stage}": "1" for stage in (*FIRST, *SECOND, *THIRD)}
    page = signed_in("olga").post("/improve/introductions/plan", form)
    assert page.status_code == 422
    assert "An introduction has at least two steps" in page.content.decode()
    assert "All at once" in page.content.decode()


def test_eve_reads_the_plan_and_can_do_nothing_about_it(approved, shop, signed_in):
    eve = signed_in("eve")
    page = eve.get(f"/improve/introductions/{approved.pk}").content.decode()
    assert "Switch on now" not in page
    assert eve.post(f"/improve/introductions/{approved.pk}/stop", {"reason": "no"}).status_code == 409
    assert eve.post(f"/improve/introductions/{approved.pk}/steps/1/on").status_code == 409
    assert "Whoever owns or approves" in eve.get("/improve/introductions/").content.decode()
