"""Suggestions get an answer; a cycle goes from plan to act on one page and is closed with figures, which are frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orderway.improvement import cycles, figure_steps, suggestions
from orderway.improvement.cycles import Plan
from orderway.improvement.models import Cycle, Reply, Result
from orderway.improvement.refusals import (
    AimTooSmall,
    ChangedAlready,
    CycleClosed,
    MissingInPlan,
    NoDataYet,
    NothingAnswered,
    NothingChangedYet,
    WrongMoment,
)
from orderway.orders import feedback
from orderway.orders.feedback import Clause
from orderway.orders.models import Feedback, Notification, Order
from orderway.pages.next_steps import FigureSeen
from orderway.releases.refusals import NotTheirs

PLAN = Plan(
    "Fewer calls", "plain", "check", "lead_time", 30, "Orders lie at the check for days", "Nobody looks on Fridays\nThe price list is old"
)


def reader(shop, who):
    return replace(shop.actor(who), duties=frozenset({"reader"}))


def suggested(shop, text="Check before noon", who="alice"):
    return feedback.suggest(Clause(shop.version.pk, "check", "compare"), text, actor=reader(shop, who), now=shop.now)


def ended(shop, count, days, *, since, wrong=False):
    """So many orders that took so many days each, one after the other from then on; made by the acts, then dated."""
    numbers = shop.orders(count)
    for number, row in enumerate(Order.objects.filter(number__in=numbers).order_by("id")):
        row.ordered_at = since + timedelta(hours=2 * number)
        row.ended_at = row.ordered_at + timedelta(days=days + (number * 7 % 5) / 10)
        row.status = Order.Status.ENDED
        row.save()
    return numbers


def test_a_suggestion_of_staff_is_answered_by_the_owner_and_its_author_reads_it(shop, owner, signed_in):
    row = suggested(shop)
    address = f"/improve/suggestions/{row.pk}"

    refused = signed_in("bob").post(address, {"state": "declined", "text": "no"})
    empty = signed_in("olga").post(address, {"state": "declined", "text": " "})
    done = signed_in("olga").post(address, {"state": "declined", "text": "We check at eleven already"})
    inbox = signed_in("alice").get("/messages/").content.decode()

    assert (refused.status_code, empty.status_code, done.status_code) == (409, 422, 302)
    assert suggestions.suggestions().get().state == "declined"
    assert "Olga answered your suggestion." in inbox
    assert "We check at eleven already" in inbox
    told = Notification.objects.get(person=shop.people["alice"])
    assert signed_in("alice").post(f"/messages/{told.pk}")["Location"] == address


def test_the_list_shows_state_and_source_and_what_customers_wrote(shop, owner, signed_in):
    suggested(shop)
    suggestions.of_bottleneck(shop.version.pk, "check", "Orders wait longest here", actor=reader(shop, "bob"), now=shop.now)
    asked = feedback.Asked("csat", Order.objects.get(number=shop.an_order()).pk, shop.version.pk, "pack")
    feedback.answer(asked, 5, "", low=False, actor=shop.actor("alice"), now=shop.now)
    feedback.answer(asked, 2, "", low=True, actor=shop.actor("alice"), now=shop.now)

    page = signed_in("bob").get("/improve/suggestions/").content.decode()

    assert [suggestions.suggestions(source=one).count() for one in ("staff", "customer", "bottleneck", "")] == [1, 1, 1, 3]
    assert "Check before noon" in page
    assert "from a bottleneck" in page
    assert "Check · Compare" in page
    assert signed_in("bob").get("/improve/suggestions/?state=done").content.decode().count("None of these.") == 1


def test_a_cycle_begins_from_the_bottleneck_whose_figures_become_its_suggestion(shop, owner, signed_in):
    shop.entered(*shop.orders(20))
    olga = signed_in("olga")
    worst = suggestions.bottlenecks(shop.now - timedelta(days=90))[0]
    form = {"version": worst.version_id, "stage": worst.stage}

    first, again = (olga.post("/improve/cycles/bottleneck", form) for _ in range(2))
    page = olga.get(first["Location"]).content.decode()
    plan = {"title": "Less waiting", "standard": "plain", "measure": "lead_time", "aim": "30", "problem": "waits", "stage": worst.stage}
    begun = olga.post("/improve/cycles/new", {**plan, "about": Feedback.objects.get().pk})

    row = suggestions.suggestions().get()
    assert first["Location"] == again["Location"] == f"/improve/cycles/new?about={row.pk}"
    assert (row.name, row.stage, row.state) == ("bottleneck", worst.stage, "taken_up")
    assert f"{worst.n} passages in 90 days" in page
    assert begun.status_code == 302
    assert 'action="/improve/cycles/bottleneck"' in olga.get("/improve/").content.decode()
    assert olga.post("/improve/cycles/bottleneck", {"version": 0, "stage": "nowhere"}).status_code == 404


def test_a_cycle_begins_from_a_figure(shop, owner, signed_in):
    step = figure_steps.begin(FigureSeen("error_rate", "Error rate", "8.0 %", "n = 20"))

    page = signed_in("olga").get(step.address).content.decode()

    assert "Error rate: 8.0 % (n = 20)" in page
    assert '<option value="error_rate" selected>' in page
    assert figure_steps.begin(FigureSeen("fill_rate", "Fill rate", "80 %", "n = 20")) is None


def test_the_list_takes_a_fixed_number_of_statements(shop, signed_in, django_assert_max_num_queries):
    for number in range(6):
        suggested(shop, f"Number {number}")
    bob = signed_in("bob")
    bob.get("/improve/suggestions/")

    with django_assert_max_num_queries(12):
        bob.get("/improve/suggestions/")


def test_a_plan_without_its_parts_or_by_somebody_else_is_refused(shop, owner):
    with pytest.raises(NotTheirs):
        cycles.begin(PLAN, by=shop.people["bob"], now=shop.now)
    for wrong in ({"title": " "}, {"problem": ""}, {"measure": "luck"}, {"standard_id": "nothing"}):
        with pytest.raises(MissingInPlan):
            cycles.begin(Plan(**{**{name: getattr(PLAN, name) for name in PLAN.__slots__}, **wrong}), by=owner, now=shop.now)
    with pytest.raises(AimTooSmall):
        cycles.begin(Plan("t", "plain", "", "lead_time", 0, "p"), by=owner, now=shop.now)
    with pytest.raises(NothingAnswered):
        suggestions.reply([suggested(shop)], Reply.State.DONE, "", by=owner, now=shop.now)


def test_a_cycle_that_halves_the_time_says_better_with_its_numbers_and_the_author_reads_them(shop, owner, signed_in):
    row = suggested(shop)
    start = shop.now - timedelta(days=30)
    ended(shop, 80, 6, since=start - timedelta(days=20))
    cycle = cycles.begin(PLAN, by=owner, now=start, about=[row])
    cycles.prepare(cycle, None, "Bob checks before noon", by=owner)
    cycles.changed(cycle, start, by=owner, now=shop.now)
    ended(shop, 60, 3, since=start)

    cycles.close(cycle, Cycle.Outcome.RELEASE, "It holds", by=owner, now=shop.now)

    frozen = Result.objects.get()
    page = signed_in("alice").get(f"/improve/cycles/{cycle.pk}").content.decode()
    told = list(Notification.objects.filter(person=shop.people["alice"]).order_by("id").values_list("text", flat=True))
    assert cycles.check(cycle).verdict.word == "better"
    assert -0.6 < cycles.check(cycle).verdict.change < -0.3
    assert "Better: 6.2 days before, 3.2 days after" in page
    assert "80 orders the old way, 60 the new way" in page
    assert told[0] == "Fewer calls"
    assert "Better: 6.2 days before, 3.2 days after" in told[1]
    assert suggestions.suggestions().get().state == "done"
    assert cycles.is_whole(frozen)


def test_what_is_frozen_stays_whatever_happens_later(shop, owner):
    start = shop.now - timedelta(days=30)
    ended(shop, 50, 6, since=start - timedelta(days=20))
    cycle = cycles.begin(PLAN, by=owner, now=start)
    cycles.changed(cycle, start, by=owner, now=shop.now)
    ended(shop, 50, 5, since=start)
    cycles.close(cycle, Cycle.Outcome.NEXT, "More to do", by=owner, now=shop.now)
    before = cycles.check(cycle)

    Order.objects.update(ended_at=shop.now)

    assert cycles.check(Cycle.objects.get()) == before
    with pytest.raises(CycleClosed):
        cycles.close(cycle, Cycle.Outcome.DROP, "again", by=owner, now=shop.now)


def test_a_cycle_closed_without_data_is_refused_in_words(shop, owner, signed_in):
    cycle = cycles.begin(PLAN, by=owner, now=shop.now - timedelta(days=3))
    with pytest.raises(NothingChangedYet):
        cycles.close(cycle, Cycle.Outcome.RELEASE, "It feels better", by=owner, now=shop.now)
    with pytest.raises(WrongMoment):
        cycles.changed(cycle, shop.now + timedelta(days=1), by=owner, now=shop.now)
    cycles.changed(cycle, shop.now - timedelta(days=1), by=owner, now=shop.now)
    with pytest.raises(NoDataYet):
        cycles.close(cycle, Cycle.Outcome.DROP, "It feels worse", by=owner, now=shop.now)
    with pytest.raises(ChangedAlready):
        cycles.replan(cycle, PLAN, by=owner)

    answer = signed_in("olga").post(f"/improve/cycles/{cycle.pk}/close", {"outcome": "release", "reason": "It feels better"})

    assert answer.status_code == 409
    assert "40 on each side are the least that can be judged" in answer.content.decode()
    assert not Result.objects.exists()


def test_a_plan_that_nobody_tried_may_be_dropped(shop, owner):
    row = suggested(shop)
    cycle = cycles.begin(PLAN, by=owner, now=shop.now, about=[row])

    cycles.close(cycle, Cycle.Outcome.DROP, "The check will move anyway", by=owner, now=shop.now)

    assert suggestions.suggestions().get().state == "declined"
    assert "nothing was tried" in Reply.objects.order_by("-id")[0].text


def test_orders_with_an_error_are_counted_for_a_cycle_that_is_about_them(shop, owner):
    start = shop.now - timedelta(days=10)
    good, bad = ended(shop, 2, 1, since=start - timedelta(days=5))
    asked = feedback.Asked("csat", Order.objects.get(number=bad).pk, shop.version.pk, "pack")
    feedback.answer(asked, 1, "", low=True, actor=shop.actor("alice"), now=shop.now)
    cycle = cycles.begin(Plan("t", "plain", "", "error_rate", 50, "p"), by=owner, now=start)

    assert [(row.number, row.value) for row in cycles.check(cycle).rows] == [(good, 0.0), (bad, 1.0)]


def test_a_cycle_begins_from_the_page_and_its_plan_is_written_anew(shop, owner, signed_in):
    olga, row = signed_in("olga"), suggested(shop)
    form = {"title": "T", "standard": "plain", "stage": "check", "measure": "lead_time", "aim": "30", "problem": "P", "about": row.pk}

    empty = olga.get("/improve/").content.decode()
    prefilled = olga.get(f"/improve/cycles/new?about={row.pk}").content.decode()
    wrong = olga.post("/improve/cycles/new", {**form, "aim": "none"})
    made = olga.post("/improve/cycles/new", form)
    again = olga.post(f"{made['Location']}/plan", {**form, "causes": "A\nB"})
    page = olga.get(again["Location"]).content.decode()

    assert "No cycle yet." in empty
    assert "Check before noon" in prefilled
    assert wrong.status_code == 422
    assert made.status_code == again.status_code == 302
    assert '<li class="ow-wrap">B</li>' in page
    assert "No order has ended yet: there is no baseline." in page
    assert "P" in signed_in("bob").get("/improve/").content.decode()
