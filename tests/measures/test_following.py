"""The follower: what it adds up, and that it equals measuring everything again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.conftest import finished
from orderway.journal import following as journal
from orderway.measures import following, invariants, measuring
from orderway.measures.models import MeasuredOrder, MeasuredValue, RollUp
from orderway.orders import acts, changes, comments
from orderway.orders.models import Feedback, Order


def total(figure: str, dimension: str = "", value: str = "") -> tuple[int, int]:
    rows = RollUp.objects.filter(figure=figure, dimension=dimension, value=value).values_list("numerator", "denominator")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def everything() -> set[tuple[object, ...]]:
    kept = RollUp.objects.values_list("figure", "dimension", "value", "day", "numerator", "denominator")
    return {row for row in kept if row[4] or row[5]}


def test_an_order_that_went_its_way_counts_everywhere_it_should(company):
    good, bad = company.orders(2)
    finished(company, good, hours=1)
    finished(company, bad, hours=1, fails=1)

    following.follow(company.now)

    assert total("first_pass_yield") == (1, 2)
    assert total("error_rate") == (1, 2)
    assert total("measured:bad:%") == (1, 2)
    assert total("rework_rate", "stage", "check") == (1, 3)
    assert total("adherence") == (11, 11)
    assert total("repeat_orders") == (1, 2)
    assert total("messages") == (0, 2)
    assert set(MeasuredValue.objects.values_list("figure", flat=True)) == {"lead_time", "lead_time_net", "measured:quick:d"}


def test_times_are_kept_in_working_time_and_on_the_wall_clock(company):
    number = company.an_order()
    finished(company, number, hours=2)  # 09:00 to 15:00 of an eight-hour day

    following.follow(company.now)

    assert dict(MeasuredValue.objects.values_list("figure", "amount")) == {
        "lead_time": 360, "lead_time_net": 360, "measured:quick:d": 750,
    }  # fmt: skip
    assert total("waiting", "stage", "check") == (120, 1)


def test_a_hold_at_the_customers_wish_is_left_out_of_the_net_time(company):
    number = company.an_order()
    acts.hold([number], "customer", reason="not before noon", actor=company.actor("alice"), now=company.now)
    company.now += timedelta(hours=3)
    acts.lift([number], "customer", actor=company.actor("alice"), now=company.now)
    finished(company, number, hours=1)

    following.follow(company.now)

    assert dict(MeasuredValue.objects.filter(figure__startswith="lead").values_list("figure", "amount")) == {
        "lead_time": 360, "lead_time_net": 180,
    }  # fmt: skip
    assert total("waiting", "stage", "enter") == (60, 1)


def test_following_step_by_step_equals_measuring_everything_at_once(company):
    numbers = company.orders(3)
    following.follow(company.now)
    finished(company, numbers[0], hours=1, fails=2)
    following.follow(company.now)
    company.entered(numbers[1])
    following.follow(company.now)
    company.checked(numbers[1])
    acts.hold([numbers[1]], "credit", reason="late payer", actor=company.actor("bob"), now=company.now)
    comments.post(numbers[0], "well done", actor=company.actor("alice"), now=company.now)
    following.follow(company.now)
    step_by_step = everything()

    for model in (MeasuredValue, MeasuredOrder, RollUp):
        model.objects.all().delete()
    following.measure_orders(numbers)

    assert everything() == step_by_step
    assert total("messages") == (1, 1)
    assert invariants.measures_reconcile().broken == 0


def test_an_entry_costs_the_same_however_many_orders_there_are(company):
    def statements() -> int:
        number = company.an_order()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            following.follow(company.now)
        assert MeasuredOrder.objects.filter(order__number=number).exists()
        return len(queries)

    following.follow(company.now)
    statements()
    few = statements()
    company.orders(40)
    following.follow(company.now)

    assert statements() == few


def test_reading_the_same_entries_again_changes_nothing(company):
    number = company.an_order()
    finished(company, number)
    following.follow(company.now)
    before = everything()

    journal.Cursor.objects.filter(follower=following.FOLLOWER).delete()
    following.follow(company.now)

    assert everything() == before


def test_verify_finds_a_roll_up_that_somebody_changed(company):
    finished(company, company.an_order())
    following.follow(company.now)
    assert invariants.measures_reconcile().broken == 0

    row = RollUp.objects.filter(figure="error_rate", dimension="").get()
    RollUp.objects.filter(pk=row.pk).update(numerator=row.numerator + 1)

    found = invariants.measures_reconcile()
    assert found.broken == 1
    assert "error_rate" in found.first


def test_an_order_that_is_cancelled_counts_in_no_figure_of_ended_orders(company):
    number = company.an_order()
    changes.cancel([number], reason="no longer needed", actor=company.actor("mary"), now=company.now)

    following.follow(company.now)

    assert Order.objects.get(number=number).status == "cancelled"
    assert total("error_rate") == (0, 0)
    assert MeasuredOrder.objects.get().day is None


def test_an_order_says_on_its_page_where_it_left_its_standard(company, signed_in):
    straight, back = company.orders(2)
    finished(company, straight, hours=1)
    finished(company, back, hours=9, fails=1)
    following.follow(company.now)
    alice = signed_in("alice")

    kept, deviates = (alice.get(f"/orders/{number}/").content.decode() for number in (straight, back))

    assert "keeps to the standard" in kept
    assert "4 of 4 steps proven" in kept or "5 of 5 steps proven" in kept
    assert "deviates" in deviates
    assert "Check: sent back by its gate" in deviates
    assert "Enter: done after its limit" in deviates
    assert total("conforming") == (1, 2)


def test_what_a_customer_answers_counts_although_no_entry_tells_of_it(company):
    number = company.an_order()
    finished(company, number)
    following.follow(company.now)
    order = Order.objects.get(number=number)
    answer = {"kind": "answer", "order": order, "version": company.version, "name": "csat", "at": company.now, "actor": "customer"}
    Feedback.objects.create(score=Decimal(4), **answer)
    assert invariants.measures_reconcile().broken == 0  # it is only behind

    following.follow(company.now)

    assert total("satisfaction") == (4_000, 1)
    assert invariants.measures_reconcile().broken == 0
    following.follow(company.now + timedelta(days=1))
    assert total("satisfaction") == (4_000, 1)


def test_after_an_update_that_counts_something_else_every_order_is_measured_again(company):
    for number in company.orders(2):
        finished(company, number)
    following.follow(company.now)
    right = everything()
    RollUp.objects.filter(figure="touchless").delete()  # as if the figure were new
    for row in MeasuredOrder.objects.all():
        kept = measuring.unpacked(row.parts)
        row.parts = measuring.packed(replace(kept, parts=tuple(part for part in kept.parts if part.figure != "touchless")))
        row.save()
    journal.Cursor.objects.filter(follower=following.DEFINED).update(transaction_id=1)

    following.follow(company.now)

    assert everything() == right
    assert invariants.measures_reconcile().broken == 0
