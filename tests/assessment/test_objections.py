"""Objections: made by whom they concern, decided by somebody else, on the record; the task counts nowhere while it is open or upheld."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from assessment.conftest import went
from orderway.assessment import following, objecting, reading
from orderway.assessment.models import DoneTask, Objection
from orderway.assessment.refusals import DecidedAlready, NotForThem, NotYourTask, ObjectedAlready, ObjectionIncomplete
from orderway.journal.models import Entry
from orderway.masterdata.models import Group, GroupMember
from orderway.orders.models import Notification


@pytest.fixture
def objected(company):
    """Alice objects to one of twenty-one tasks; Mary leads her group and approves standards, Bob worked on the same order."""
    group = Group.objects.create(key="office", name="Office", lead=company.people["mary"])
    GroupMember.objects.create(group=group, person=company.people["alice"])
    for number in company.orders(21):
        went(company, number, hours=0)
    following.follow(company.now)
    alice = company.people["alice"]
    return objecting.object_to(_task(alice), "The system was down.", by=alice, now=company.now)


def _task(person) -> DoneTask:
    return DoneTask.objects.filter(person=person).order_by("pk").first()


def card(company, who: str = "alice"):
    day = company.now.date()
    person = company.people[who].pk
    return reading.cards(day - timedelta(days=9), day + timedelta(days=9), [person])[person]


def test_a_task_under_objection_counts_nowhere_until_it_is_decided(company, objected):
    assert (card(company).tasks, card(company).left_out) == (20, 1)

    objecting.decide(objected.pk, upheld=False, answer="It was not down.", by=company.people["mary"], now=company.now)
    assert (card(company).tasks, card(company).left_out) == (21, 0)


def test_an_objection_that_is_upheld_leaves_the_task_out_also_after_its_order_moves_on(company, objected):
    objecting.decide(objected.pk, upheld=True, answer="True.", by=company.people["mary"], now=company.now)
    following.judge([objected.order.number])

    assert (card(company).tasks, card(company).left_out) == (20, 1)
    assert Notification.objects.get(subject_kind="objection").person == company.people["alice"]


def test_the_journal_says_that_and_not_what(company, objected):
    objecting.decide(objected.pk, upheld=True, answer="True, it was.", by=company.people["mary"], now=company.now)
    entries = Entry.objects.filter(subject_kind="objection", subject_key=str(objected.pk)).order_by("sequence")

    assert [(entry.act, entry.actor) for entry in entries] == [("object", "alice"), ("decide", "mary")]
    assert not any("down" in entry.payload or "True," in entry.payload for entry in entries)


@pytest.mark.parametrize("who", ["alice", "bob", "eve"])
def test_neither_who_objected_nor_who_worked_on_the_order_nor_a_stranger_decides(company, objected, who):
    with pytest.raises(NotForThem):
        objecting.decide(objected.pk, upheld=True, answer="Yes.", by=company.people[who], now=company.now)


def test_even_the_database_lets_nobody_decide_their_own(company, objected):
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objected.pk).update(decided_by=objected.person, decided_at=company.now, upheld=True)


def test_a_decision_stands_and_a_task_has_one_objection(company, objected):
    mary, alice = company.people["mary"], company.people["alice"]
    objecting.decide(objected.pk, upheld=False, answer="No.", by=mary, now=company.now)

    with pytest.raises(DecidedAlready):
        objecting.decide(objected.pk, upheld=True, answer="Yes.", by=mary, now=company.now)
    with pytest.raises(ObjectedAlready):
        objecting.object_to(_task(alice), "Again.", by=alice, now=company.now)


def test_nobody_objects_for_somebody_else_or_without_words(company, objected):
    alice, bob = company.people["alice"], company.people["bob"]
    with pytest.raises(NotYourTask):
        objecting.object_to(_task(alice), "Not hers.", by=bob, now=company.now)
    for words in ("", "   ", "x" * 1_001):
        with pytest.raises(ObjectionIncomplete):
            objecting.object_to(_task(bob), words, by=bob, now=company.now)


def test_who_may_decide_is_told_above_their_work_and_decides_on_the_page(company, objected, signed_in):
    mary = signed_in("mary")
    assert [one.text for one in objecting.waiting(company.people["mary"].pk, company.now)] == [
        "1 objection to a scorecard waits for your decision."
    ]
    assert objecting.waiting(company.people["bob"].pk, company.now) == []
    assert "The system was down." in mary.get("/scorecard/objections/").content.decode()
    assert "The system was down." not in signed_in("bob").get("/scorecard/objections/").content.decode()

    empty = mary.post(f"/scorecard/objections/{objected.pk}/decide", {"verdict": "uphold", "answer": " "})
    assert (empty.status_code, "The reason is missing" in empty.content.decode()) == (422, True)
    assert signed_in("bob").post(f"/scorecard/objections/{objected.pk}/decide", {"verdict": "uphold", "answer": "x"}).status_code == 409

    assert mary.post(f"/scorecard/objections/{objected.pk}/decide", {"verdict": "uphold", "answer": "It was."}).status_code == 302
    page = signed_in("alice").get("/scorecard/objections/").content.decode()
    assert "upheld: the task is left out" in page
    assert "Mary: It was." in page


def test_a_person_objects_on_the_page(company, objected, signed_in):
    bob, task = signed_in("bob"), _task(company.people["bob"])
    address = f"/scorecard/tasks/{task.pk}/object"

    assert bob.post(address, {"reason": ""}).status_code == 422
    assert signed_in("alice").get(address).status_code == 302  # not hers: she is sent to her own tasks
    assert bob.post(address, {"reason": "A colleague did it."}).status_code == 302
    assert Objection.objects.filter(person=company.people["bob"], decided_at=None).count() == 1
    assert "Left out: an objection." in bob.get("/scorecard/tasks?period=all").content.decode()
