"""People at the same moment: two take the same work, somebody goes away while their work is being finished, two absences at once."""

from __future__ import annotations

import json
from datetime import date

import pytest

from orderway.journal import verify
from orderway.journal.models import Entry
from orderway.masterdata.models import Absence, Person
from orderway.masterdata.refusals import AbsencesOverlap
from orderway.orders import absences, acts, notifying
from orderway.orders.models import Notification, WorkItem
from orderway.orders.work import Completion

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


def nothing_broken():
    broken = [row for row in verify.verify() if row.broken]
    assert not broken, broken


def test_two_people_take_the_same_item_and_whoever_the_record_names_last_has_it(shop, at_once):
    for key in ("rita", "ruth"):
        shop.hire(key, "clerk")
    number = shop.an_order()

    results = at_once(2, lambda index: acts.claim([number], actor=shop.actor(("rita", "ruth")[index]), now=shop.now))

    assert [dict(refused) for refused in results] == [{}, {}]
    claims = Entry.objects.filter(subject_key=number, act="claim").order_by("sequence")
    assert claims.count() == 2
    assert shop.item(number, "enter").responsible.key == json.loads(claims.last().payload)["assigned"][0][1]
    nothing_broken()


def test_an_absence_begins_while_the_work_is_being_finished_and_each_item_is_done_once_or_moved(shop, at_once):
    deputy = shop.hire("rita")
    numbers = shop.orders(10)

    def act(index):
        if index:
            done = {number: Completion(evidence={"type": "yes"}) for number in numbers}
            return acts.complete(done, stage="enter", actor=shop.actor("alice"), now=shop.now)
        alice = shop.people["alice"]
        return absences.record_absence(alice, first=FIRST, last=LAST, deputy=deputy, actor=shop.actor("alice"), now=shop.now)

    finished, (_absence, handed_over) = reversed(at_once(2, act))

    assert not finished
    assert len(handed_over.moved) in (0, 10)
    assert not handed_over.stayed
    assert WorkItem.objects.filter(stage="check", state="open").count() == 10
    assert not WorkItem.objects.filter(stage="enter", state="open").exists()
    nothing_broken()


def test_of_two_overlapping_absences_at_once_one_is_refused(shop, at_once):
    alice = Person.objects.get(key="alice")

    results = at_once(
        2, lambda _: absences.record_absence(alice, first=FIRST, last=LAST, deputy=None, actor=shop.actor("alice"), now=shop.now)
    )

    assert sum(isinstance(result, AbsencesOverlap) for result in results) == 1
    assert Absence.objects.count() == 1


def test_two_workers_hand_over_an_absence_once_and_tell_the_deputy_once(shop, at_once, in_the_end):
    number = shop.an_order()
    notifying.begin(shop.now)
    Absence.objects.create(person=shop.people["alice"], first_day=FIRST, last_day=LAST, deputy=shop.hire("rita"))

    results = at_once(2, lambda _: absences.hand_over(shop.now))
    read = at_once(2, lambda _: notifying.follow(shop.now))
    in_the_end(lambda: notifying.follow(shop.now), Notification.objects.filter(person__key="rita").exists)

    assert sorted(len(done.moved) for done in results) == [0, 1]
    assert not [result for result in read if isinstance(result, Exception)]
    assert Entry.objects.filter(subject_key=number, act="assign").count() == 1
    assert Notification.objects.filter(person__key="rita", kind="given").count() == 1
