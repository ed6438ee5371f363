"""What a change would do: simulated in the worker from our own journal, with its interval and its n; or said in words why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orderway.improvement import answering, cycles, own_log, predicting, staffing, what_if_pages
from orderway.improvement.cycles import Plan
from orderway.improvement.models import WhatIf
from orderway.improvement.predicting import NothingToCompare
from orderway.orders import acts
from orderway.orders.completion import Completion
from orderway.orders.work import working_on
from orderway.releases.effects import effects
from orderway.releases.publishing import program_of
from orderway.simulation.refusals import BadSetting, UnknownSetting

DAYS, A_DAY = 8, 5


def a_week_of_orders(shop):
    """Five orders a day go their way: checked an hour after they came, packed two hours later; the second of each day comes back once."""
    for day in range(DAYS):
        shop.now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC) + timedelta(days=day + day // 5 * 2)
        numbers = shop.orders(A_DAY)
        shop.now += timedelta(minutes=30)
        shop.entered(*numbers)
        shop.now += timedelta(hours=1)
        back = {numbers[1]: Completion(findings={"right": False}, evidence={"compare": "yes"}, reason="wrong price")}
        acts.complete(back, stage="check", actor=shop.actor("bob"), now=shop.now)
        shop.checked(*(number for number in numbers if number != numbers[1]))
        shop.entered(numbers[1])
        shop.checked(numbers[1])
        shop.runs()
        shop.now += timedelta(hours=2)
        brings = {number: Completion(evidence={"close": "yes"}) for number in numbers}
        with working_on(numbers, "test.pack", actor=shop.actor("carol"), now=shop.now, brings=brings) as work:
            work.complete()
        assert not work.refused
        shop.runs()
    return shop


def asked(shop, given, **more):
    row = predicting.ask("What if", shop.version, given, by=shop.people["bob"], now=shop.now, **more)
    WhatIf.objects.filter(pk=row.pk).update(replications=2)
    answering.work_off(shop.now)
    row.refresh_from_db()
    return row


def test_our_own_journal_says_how_often_gates_failed_how_long_things_took_and_which_way_orders_went(shop):
    a_week_of_orders(shop)
    program = program_of(shop.version.pk, shop.version.content_hash)

    log = own_log.own_log(program).observed

    checks = [one for one in log.passages if one.stage == "check"]
    packs = [one for one in log.passages if one.stage == "pack"]
    assert len(log.arrivals) == len(log.kinds) == DAYS * A_DAY
    assert (len(checks), sum(one.how == "failed" for one in checks)) == (DAYS * (A_DAY + 1), DAYS)
    assert {round(one.ended - one.opened) for one in packs} == {7200}
    assert {one.person for one in packs} == {"carol"}
    assert {kind.runs["test.boxes"] for kind in log.kinds} == {1}
    assert own_log.people(program, shop.now)[0].roles == ("clerk",)


def test_a_question_is_answered_by_the_worker_with_an_interval_and_what_it_stands_on(shop, signed_in):
    a_week_of_orders(shop)
    form = {"version": shop.version.pk, "people.reviewer": "3", "limit.check": "2d", "more": "delay.pack=x0.1"}

    made = signed_in("bob").post("/improve/what-if/ask", form)
    waiting = signed_in("bob").get(made["Location"]).content.decode()
    WhatIf.objects.update(replications=2)
    answering.work_off(shop.now)
    refreshed = signed_in("bob").get(made["Location"], headers={"HX-Request": "true"})
    page = signed_in("bob").get(made["Location"]).content.decode()

    row = WhatIf.objects.get()
    found = predicting.result_of(row)
    assert row.given == {"people.reviewer": "3", "limit.check": "2d", "delay.pack": "x0.1"}
    said = what_if_pages._changes(row)
    assert said == ["Reviewer: 3", "Check: 2d", "delay.pack=x0.1"]
    assert 'hx-trigger="every 2s"' in waiting
    assert refreshed["HX-Refresh"] == "true"
    assert found.lead_mean.value < -0.1
    assert (found.orders_seen, dict(found.people_before)["reviewer"], dict(found.people_after)["reviewer"]) == (40, 1, 3)
    assert "from 40 orders" in page
    assert "delay.pack=x0.1" in page


def test_what_cannot_be_simulated_is_said_in_words(shop, signed_in):
    bob = signed_in("bob")
    with pytest.raises(NothingToCompare):
        asked(shop, {})
    with pytest.raises(UnknownSetting):
        asked(shop, {"people.nobody": "3"})
    with pytest.raises(BadSetting):
        asked(shop, {"people.reviewer": "many"})
    wrong = bob.post("/improve/what-if/ask", {"version": shop.version.pk, "people.reviewer": "many"})

    small = asked(shop, {"people.reviewer": "3"})
    page = bob.get(f"/improve/what-if/{small.pk}").content.decode()

    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    assert "This log has 0 finished cases" in page
    assert "About 30 finished cases would do." in page


def test_nobody_in_a_role_is_said_in_words(shop, signed_in):
    a_week_of_orders(shop)

    row = asked(shop, {"people.reviewer": "0"})

    assert (row.state, "Nobody has the role reviewer" in row.problem) == ("failed", True)
    assert "Nobody has the role reviewer" in signed_in("bob").get(f"/improve/what-if/{row.pk}").content.decode()


def test_working_hours_are_a_lever_and_errors_are_predicted(shop, signed_in):
    a_week_of_orders(shop)
    (calendar,) = shop_standard(shop).calendars

    row = asked(shop, {f"calendar.{calendar}": "mon-fri 08:00-10:00"})

    found = predicting.result_of(row)
    page = signed_in("bob").get(f"/improve/what-if/{row.pk}").content.decode()
    assert found.lead_mean.value > 0.2
    assert found.before.error_rate.value > 0  # one order of each day came back
    assert abs(found.error_points.value) < 5
    assert "Orders with an error (%)" in page
    with pytest.raises(BadSetting, match="working hours are days and spans"):
        asked(shop, {f"calendar.{calendar}": "always"})


def test_a_question_may_begin_with_the_orders_that_are_open_now(shop, signed_in):
    a_week_of_orders(shop)
    shop.entered(*shop.orders(4))
    form = {"version": shop.version.pk, "people.reviewer": "2", "from_now": "1"}

    made = signed_in("bob").post("/improve/what-if/ask", form)
    WhatIf.objects.update(replications=2)
    answering.work_off(shop.now)

    row = WhatIf.objects.get()
    page = signed_in("bob").get(made["Location"]).content.decode()
    assert (row.from_now, row.problem) == (True, "")
    assert predicting.result_of(row).backlog == 4
    assert "Both ways begin with the 4 orders that were open." in page
    with pytest.raises(predicting.OpenOrdersStay):
        asked(shop, {}, draft=replace(shop_standard(shop), version="1.1.0"), from_now=True)


def shop_standard(shop):
    return program_of(shop.version.pk, shop.version.content_hash).standard


def test_how_many_people_keep_the_limits_is_searched_by_the_worker_and_shown_by_role_shift_and_cost(shop, signed_in):
    a_week_of_orders(shop)
    bob = signed_in("bob")

    made = bob.post("/improve/people/ask", {"version": shop.version.pk, "cost.clerk": "30", "cost.reviewer": "40", "title": "Enough?"})
    waiting = bob.get(made["Location"]).content.decode()
    WhatIf.objects.update(replications=2)
    answering.work_off(shop.now)

    row = WhatIf.objects.get()
    found = staffing.result_of(row)
    page = " ".join(bob.get(made["Location"]).content.decode().split())
    roles = {one.role: one for one in found.roles}
    assert 'hx-trigger="every 2s"' in waiting
    assert (row.state, row.problem, row.percent) == ("done", "", 100)
    assert roles["clerk"].now == roles["clerk"].needed == 1
    assert found.cost_now > 0
    assert "People by role and shift" in page
    assert f"{found.plans} plans simulated, 2 replications" in page
    assert "Enough?" in bob.get("/improve/people/").content.decode()
    assert "Enough?" not in bob.get("/improve/what-if/").content.decode()


def test_a_search_that_cannot_be_is_said_in_words(shop, signed_in):
    bob = signed_in("bob")
    wrong = bob.post("/improve/people/ask", {"version": shop.version.pk, "cost.clerk": "dear"})

    made = bob.post("/improve/people/ask", {"version": shop.version.pk})
    answering.work_off(shop.now)

    assert wrong.status_code == 422
    assert 'value="dear"' in wrong.content.decode()
    assert "About 30 finished cases would do." in bob.get(made["Location"]).content.decode()


def test_the_editor_and_the_plan_say_the_predicted_effect(shop, signed_in):
    a_week_of_orders(shop)
    old = program_of(shop.version.pk, shop.version.content_hash).standard
    draft = replace(old, version="1.1.0")
    olga = shop.hire("olga", "process_owner")
    cycle = cycles.begin(Plan("t", "plain", "", "lead_time", 30, "p"), by=olga, now=shop.now)
    before = [one.text for one in effects(old, draft, now=shop.now)]

    row = asked(shop, {"delay.pack": "x0.1"}, draft=draft, draft_name="draft", cycle=cycle)

    assert row.problem == ""
    assert any("Nobody has simulated it yet" in text for text in before)
    assert any(
        "Simulated lead time" in one.text and one.address == f"/improve/what-if/{row.pk}" for one in effects(old, draft, now=shop.now)
    )
    assert "Simulated lead time" in signed_in("olga").get(f"/improve/cycles/{cycle.pk}").content.decode()
