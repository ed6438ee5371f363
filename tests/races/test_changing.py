"""A change and the warehouse at the same moment, two people on one change, two orders on one credit: one effect each, nobody overlooked."""

from __future__ import annotations

import threading

import pytest

from orderway.orders import amendments, blast_radius, change_desk, changes, line_ledger
from orderway.orders.changes import OrderChange
from orderway.orders.models import Amendment, Order
from orderway.sets import WrongCount
from races.test_goods import without_the_lock_of_orders
from stages import deliveries
from stages.deliveries import D
from stages.house import findings

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dispatch(transactional_db):
    """The trading house that delivers, committed, so that every thread sees it."""
    return deliveries.Dispatch().open()


def changed(dispatch, number, quantity, who="alice", **more):
    wish = OrderChange({dispatch.line(number).pk: D(quantity)})
    return changes.change({number: wish}, reason="Dan called", actor=dispatch.actor(who), now=dispatch.now, **more)


def cancelled(dispatch, number, quantity):
    lines = {number: {dispatch.line(number).pk: D(quantity)}}
    return changes.cancel([number], lines=lines, reason="less", actor=dispatch.actor("mary"), now=dispatch.now)


def sums(dispatch, number):
    line = dispatch.line(number).pk
    return line_ledger.sums([line])[line]


def test_a_hand_over_and_a_change_at_once_one_of_them_finds_the_other(dispatch, at_once):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1")

    results = at_once(2, lambda index: changed(dispatch, number, 6) if index else dispatch.hands_over(f"{number}/1"))

    assert not any(isinstance(result, Exception) for result in results), results
    assert results[0] == {}  # what is picked is past changing: the goods leave
    assert results[1][number].code in ("too_late", "below_shipped", "nothing_to_change", "case_ended")
    assert (sums(dispatch, number).quantity("shipped"), sums(dispatch, number).quantity("cancelled")) == (10, 0)
    assert findings() == []


def test_a_pick_and_a_cancellation_of_a_part_at_once_never_pick_what_is_cancelled(dispatch, at_once):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 1))
    place = next(place for place, stages in dispatch.open_items(number).items() if stages == ["picking"])

    results = at_once(2, lambda index: cancelled(dispatch, number, 10) if index else dispatch.picks(f"{number}{place}"))

    assert not any(isinstance(result, Exception) for result in results), results
    assert results[1] == {}
    assert (sums(dispatch, number).quantity("cancelled"), sums(dispatch, number).open) == (10, 0)
    put_back = "picking" in dispatch.open_items(number).get("", [])
    assert put_back == (results[0] == {})  # picked before: it must be put back; cancelled before: nothing was picked
    assert findings() == []


def test_two_who_decided_on_the_same_preview_make_one_change_and_the_second_hears_of_the_first(dispatch, at_once):
    dispatch.hire("ann", "clerk")
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    order = Order.objects.select_related("version").get(number=number)
    stamps = {quantity: blast_radius.of_change(order, OrderChange({dispatch.line(number).pk: D(quantity)})).stamp for quantity in (6, 8)}

    def decide(index):
        who, quantity = (("alice", 6), ("ann", 8))[index]
        return changed(dispatch, number, quantity, who, seen={number: stamps[quantity]})

    results = at_once(2, decide)

    refused = [result[number] for result in results if result]
    assert [refusal.code for refusal in refused] == ["changed_meanwhile"]
    done, met = Amendment.objects.get(revision=1), Amendment.objects.get(revision=None)
    assert {done.made_by, met.made_by} == {"alice", "ann"}
    assert met.met == done.made_by.title()
    assert findings() == []


@pytest.mark.postgresql
def test_the_control_without_the_lock_of_the_order_both_believe_that_they_changed_it(dispatch, at_once, monkeypatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    without_the_lock_of_orders(monkeypatch)
    both_looked = threading.Barrier(2)
    met = amendments.met
    monkeypatch.setattr(amendments, "met", lambda *given: (met(*given), both_looked.wait(timeout=60))[0])
    monkeypatch.setattr(change_desk.exposure, "lock_customers", lambda customer_ids: None)

    results = at_once(2, lambda index: changed(dispatch, number, 6 + index))

    died = [result for result in results if isinstance(result, Exception)]
    assert len(died) == 1, results  # both went through; only the last guard stopped the second
    assert isinstance(died[0], WrongCount | AssertionError) or "once" in str(died[0])
