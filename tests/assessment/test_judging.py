"""What the journal says about who did what: in time by their own clock, right the first time, done again because of whom."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from assessment.conftest import judged, later, went
from orderway.assessment import following, invariants
from orderway.assessment.models import AssessedOrder, DoneTask
from orderway.journal.models import Cursor
from orderway.masterdata.models import Absence
from orderway.orders import absences, acts, changes
from orderway.orders.models import Correction, Order


def test_an_order_that_went_straight_is_in_time_and_right_for_everybody(company):
    number = company.an_order()
    went(company, number)

    assert judged(company, number) == [
        ("alice", "enter", 1, "KEPT", "NONE", "RIGHT", "NONE"),
        ("bob", "check", 1, "KEPT", "NONE", "RIGHT", "NONE"),
        ("carol", "pack", 1, "KEPT", "NONE", "NOT_JUDGED", "NONE"),
    ]


def test_who_exceeds_the_limit_by_their_own_clock_is_late(company):
    number = company.an_order()
    went(company, number, hours=5)  # of a limit of four, all in one working day

    assert judged(company, number)[0] == ("alice", "enter", 1, "LATE", "NONE", "RIGHT", "NONE")


def test_a_hold_stops_the_clock_of_the_person(company):
    number = company.an_order()
    later(company, 1)
    acts.hold([number], "customer", reason="wait", actor=company.actor("alice"), now=company.now)
    later(company, 5)
    acts.lift([number], "customer", actor=company.actor("alice"), now=company.now)
    later(company, 0.5)
    company.entered(number)

    assert judged(company, number) == [("alice", "enter", 1, "KEPT", "NONE", "RIGHT", "NONE")]
    assert DoneTask.objects.get().minutes == 90


def test_what_comes_late_to_somebody_is_not_late_through_them(company):
    number = company.an_order()
    company.hire("anna", "clerk")
    later(company, 5)
    acts.delegate([number], company.people["anna"], stage="enter", actor=company.actor("mary"), now=company.now)
    later(company, 1)
    company.complete("anna", "enter", [number], {"type": "yes"})

    assert judged(company, number) == [("anna", "enter", 1, "KEPT", "CAME_LATE", "RIGHT", "NONE")]


def test_what_is_done_for_a_colleague_is_not_timed(company):
    number = company.an_order()
    company.hire("anna", "clerk")
    later(company, 5)
    company.complete("anna", "enter", [number], {"type": "yes"})

    assert judged(company, number) == [("anna", "enter", 1, "OPEN_ENDED", "TAKEN", "RIGHT", "NONE")]


def test_days_on_which_the_person_was_away_are_left_out(company):
    number = company.an_order()
    first, last = date(2026, 3, 3), date(2026, 3, 5)
    Absence.objects.create(person=company.people["alice"], first_day=first, last_day=last)
    company.now += timedelta(days=4)
    company.entered(number)

    task = judged(company, number)[0]

    assert DoneTask.objects.get().minutes == 420 + 60  # Monday from nine to four and Friday from eight to nine
    assert task[3] == "LATE"


def test_an_absence_that_is_recorded_afterwards_is_left_out_too(company):
    number = company.an_order()
    company.now += timedelta(days=1)
    company.entered(number)
    judged(company, number)
    before = DoneTask.objects.get().minutes

    alice = company.people["alice"]
    absences.record_absence(
        alice, first=date(2026, 3, 2), last=date(2026, 3, 2), deputy=None, actor=company.actor("alice"), now=company.now
    )
    following.follow(company.now)

    assert DoneTask.objects.get().minutes < before
    assert invariants.scorecards_reconcile().broken == 0


def test_a_gate_that_sends_back_is_no_mistake_of_the_reviewer(company):
    number = company.an_order()
    went(company, number, fails=1)

    assert judged(company, number) == [
        ("alice", "enter", 1, "KEPT", "NONE", "SENT_BACK", "NONE"),
        ("bob", "check", 1, "KEPT", "NONE", "NOT_JUDGED", "NONE"),
        ("alice", "enter", 2, "KEPT", "NONE", "NOT_JUDGED", "OWN"),
        ("bob", "check", 2, "KEPT", "NONE", "NOT_JUDGED", "COLLEAGUE"),
        ("carol", "pack", 1, "KEPT", "NONE", "NOT_JUDGED", "NONE"),
    ]
    assert DoneTask.objects.get(quality=2).cause == "right"


def test_rework_that_a_customer_brings_is_nobodys(company):
    number = company.an_order()
    later(company, 1)
    company.entered(number)
    later(company, 1)
    company.checked(number)
    fewer = {number: changes.OrderChange({company.line(number).pk: Decimal(4)})}
    assert not changes.change(fewer, reason="fewer", actor=company.actor("alice"), now=company.now)
    later(company, 1)
    company.checked(number)

    assert judged(company, number)[-1] == ("bob", "check", 2, "KEPT", "NONE", "NOT_JUDGED", "CUSTOMER")


def test_the_reviewer_answers_for_their_own_part_and_the_signatory_for_the_rest(company):
    number = company.an_order(total="2000.00")
    later(company, 1)
    company.entered(number)
    later(company, 1)
    company.checked(number)
    later(company, 100)
    acts.sign([number], stage="check", approve=True, actor=company.actor("mary"), now=company.now)

    assert [row[:4] for row in judged(company, number)] == [
        ("alice", "enter", 1, "KEPT"),
        ("mary", "check", 1, "LATE"),
        ("bob", "check", 1, "KEPT"),
    ]


def test_an_error_found_later_counts_at_the_gate_that_should_have_caught_it(company):
    number = company.an_order()
    went(company, number)
    judged(company, number)
    order = Order.objects.get(number=number)
    Correction.objects.create(order=order, kind="price", found_at="thank", should_be_caught_at="check", actor="carol", at=company.now)

    assert judged(company, number)[1] == ("bob", "check", 1, "KEPT", "NONE", "MISSED", "NONE")
    assert DoneTask.objects.get(quality=3).cause == "price"


def test_an_error_that_was_there_before_the_gate_is_not_held_against_a_later_one(company):
    number = company.an_order()
    later(company, 1)
    order = Order.objects.get(number=number)
    Correction.objects.create(order=order, kind="price", found_at="enter", should_be_caught_at="check", actor="carol", at=company.now)
    went(company, number)

    assert judged(company, number)[1][5] == "RIGHT"


def test_what_the_system_does_is_on_nobodys_scorecard(company):
    (number,) = company.orders(1, version=company.automatic)
    company.runs(number)

    assert judged(company, number) == []


def test_following_step_by_step_equals_judging_everything_at_once(company):
    first, second = company.orders(2)
    following.follow(company.now)
    went(company, first, fails=2)
    following.follow(company.now)
    went(company, second, hours=9)
    following.follow(company.now)
    step_by_step = sorted(DoneTask.objects.values_list("order", "person", "alike", "opened", "time", "quality", "rework", "minutes"))

    Cursor.objects.filter(follower=following.FOLLOWER).delete()
    following.follow(company.now)

    assert step_by_step == sorted(
        DoneTask.objects.values_list("order", "person", "alike", "opened", "time", "quality", "rework", "minutes")
    )
    assert invariants.scorecards_reconcile().broken == 0


def test_verify_finds_a_task_that_somebody_changed(company):
    number = company.an_order()
    went(company, number)
    following.follow(company.now)
    assert invariants.scorecards_reconcile().checked == 1

    DoneTask.objects.filter(alike__stage="enter").update(time=2)

    found = invariants.scorecards_reconcile()
    assert (found.broken, number in found.first) == (1, True)


def test_rules_that_judge_otherwise_judge_every_order_anew(company):
    number = company.an_order()
    went(company, number)
    following.follow(company.now)
    DoneTask.objects.update(time=2)
    Cursor.objects.filter(follower=following.BESIDE).update(transaction_id=0)

    following.follow(company.now)

    assert AssessedOrder.objects.count() == 1
    assert not DoneTask.objects.filter(time=2).exists()
