"""Pickers, goods receipts, hand-overs and cancellations at the same moment: one effect each, and what happens without the locks."""

from __future__ import annotations

import threading

import pytest

from orderway import sets
from orderway.orders import line_ledger
from orderway.sets import reading
from orderway.stages.delivery import picking
from orderway.stages.delivery.models import HandOver, Pick
from orderway.stages.stock.locations import locations
from orderway.stages.stock.models import Reservation
from orderway.stages.supply import actions as supply
from orderway.stages.supply import receiving
from orderway.stages.supply.models import SupplyLine, SupplyOrder, SupplyPeg, SupplyReceipt
from orderway.stages.supply.refusals import PaperBooked, SupplyOrderNotOpen
from stages import deliveries
from stages.deliveries import D
from stages.house import findings

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
SIX = 6


@pytest.fixture
def dispatch(transactional_db):
    """The trading house that delivers, committed, so that every thread sees it."""
    return deliveries.Dispatch().open()


def without_the_lock_of_orders(monkeypatch):
    """Read orders as if nobody else could change them."""
    unlocked = {name: text.replace("    FOR NO KEY UPDATE\n", "") for name, text in reading.queries("orders", "postgresql").items()}
    assert unlocked != reading.queries("orders", "postgresql"), "the control removes nothing"
    original = reading.queries
    monkeypatch.setattr(reading, "queries", lambda file, vendor: unlocked if file == "orders" else original(file, vendor))


def on_order(dispatch, quantity=10):
    """A purchase order that an order waits for, with the place that waits."""
    number = dispatch.planned(("M8-BOLT", quantity))
    dispatch.purchases(f"{number}/1")
    return SupplyOrder.objects.latest("id").number, f"{number}/1"


# --- picking ---------------------------------------------------------------------------------------------------------------


def test_six_pickers_on_one_delivery_pick_it_once(dispatch, at_once):
    dispatch.on_hand(dispatch.bolt, 10)
    place = f"{dispatch.planned(('M8-BOLT', 10))}/1"

    results = at_once(SIX, lambda _: dispatch.picks(place))

    assert sorted(len(refused) for refused in results) == [0, 1, 1, 1, 1, 1]
    assert {refusal.code for refused in results for refusal in refused.values()} == {"not_open"}
    assert Pick.objects.values_list("quantity", flat=True).get() == 10
    assert Reservation.objects.values_list("picked", flat=True).get() == 10
    assert findings() == []


@pytest.mark.postgresql
def test_the_control_without_the_lock_of_the_order_two_pickers_both_believe_that_they_picked(dispatch, at_once, monkeypatch):
    dispatch.on_hand(dispatch.bolt, 20)
    place = f"{dispatch.planned(('M8-BOLT', 10))}/1"
    without_the_lock_of_orders(monkeypatch)
    both_judged = threading.Barrier(2)
    judge = picking._Desk.judge
    monkeypatch.setattr(picking._Desk, "judge", lambda desk: (judge(desk), both_judged.wait(timeout=60)))

    results = at_once(2, lambda _: dispatch.picks(place))

    died = [result for result in results if isinstance(result, Exception)]
    assert len(died) == 1, results  # both went through the door; only the last guard stopped the second
    assert isinstance(died[0], sets.WrongCount | AssertionError) or "pick_once" in str(died[0])


# --- goods receipts ----------------------------------------------------------------------------------------------------------


def test_two_partial_receipts_at_once_both_count(dispatch, at_once):
    number, place = on_order(dispatch)

    results = at_once(2, lambda _: dispatch.receives(number, (1, 5)))

    assert sorted(received.completed for received in results) == [(), (place,)]
    assert SupplyLine.objects.values_list("received", flat=True).get() == 10
    assert SupplyPeg.objects.values_list("received", flat=True).get() == 10
    assert dispatch.level(dispatch.bolt) == (10, 10)
    assert findings() == []


def test_everything_that_is_open_arrives_once_however_many_say_so(dispatch, at_once):
    number, place = on_order(dispatch)

    results = at_once(SIX, lambda _: dispatch.receives(number))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == [SupplyOrderNotOpen] * (SIX - 1)
    assert [result.completed for result in results if not isinstance(result, Exception)] == [(place,)]
    assert dispatch.level(dispatch.bolt) == (10, 10)
    assert findings() == []


def test_one_despatch_note_is_booked_once_however_many_book_it(dispatch, at_once):
    number, _ = on_order(dispatch)

    results = at_once(SIX, lambda _: dispatch.receives(number, (1, 1), paper="LS-77"))

    assert sum(isinstance(result, PaperBooked) for result in results) == SIX - 1, results
    assert SupplyReceipt.objects.count() == 1
    assert findings() == []


def test_a_receipt_and_an_order_that_is_pegged_at_the_same_moment_lose_nothing(dispatch, at_once):
    number, place = on_order(dispatch)
    supply.release(number, actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.cancels(place.partition("/")[0])
    second = f"{dispatch.planned(('M8-BOLT', 10))}/1"

    at_once(2, lambda index: dispatch.receives(number) if index else dispatch.purchases(second))

    for open_ in SupplyOrder.objects.filter(status="open").values_list("number", flat=True):
        dispatch.receives(open_)
    pegged, arrived = SupplyPeg.objects.filter(quantity__gt=0).values_list("quantity", "received").get()
    assert (pegged, arrived) == (10, 10)
    assert dispatch.open_items(second.partition("/")[0])["/1"] == ["picking"]
    assert findings() == []


@pytest.mark.postgresql
def test_the_control_without_locks_two_receipts_lose_one(dispatch, at_once, monkeypatch):
    number, place = on_order(dispatch)
    supply.release(number, actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.cancels(place.partition("/")[0])  # nobody waits: only stock and supply order are locked
    both_read = threading.Barrier(2)

    def unlocked(found, _numbers):
        lines = list(found.lines.order_by("position"))
        both_read.wait(timeout=60)
        return found, lines, {line.pk: [] for line in lines}

    monkeypatch.setattr(receiving, "_lock_stock", lambda order: locations([order.warehouse_id]))
    monkeypatch.setattr(receiving, "locked", unlocked)

    results = at_once(2, lambda index: dispatch.receives(number, (1, 4), paper=f"LS-{index}"))

    kept = [result for result in results if not isinstance(result, Exception)]
    lost = SupplyLine.objects.values_list("received", flat=True).get()
    assert lost == 4
    # Either the journal of the supply order stops the second, or a receipt is lost and verify says so.
    assert len(kept) == 1 or "goods receipts say 8" in findings(1)[0].first


# --- handing over ----------------------------------------------------------------------------------------------------------------


def test_a_delivery_is_handed_over_once_however_many_say_so(dispatch, at_once):
    dispatch.on_hand(dispatch.bolt, 10)
    place = f"{dispatch.planned(('M8-BOLT', 10))}/1"
    dispatch.picks(place)

    results = at_once(SIX, lambda _: dispatch.hands_over(place))

    assert sorted(len(refused) for refused in results) == [0, 1, 1, 1, 1, 1]
    assert HandOver.objects.count() == 1
    assert dispatch.level(dispatch.bolt) == (0, 0)
    assert findings() == []


def test_handing_over_and_cancelling_at_the_same_moment_is_one_of_both(dispatch, at_once):
    dispatch.on_hand(dispatch.bolt, 40)
    numbers = dispatch.planned_orders(4, ("M8-BOLT", 10))
    dispatch.picks(*[f"{number}/1" for number in numbers])

    def act(index):
        number = numbers[index // 2]
        return dispatch.cancels(number) if index % 2 else dispatch.hands_over(f"{number}/1")

    results = at_once(2 * len(numbers), act)

    assert not [result for result in results if isinstance(result, Exception)], results
    for index, number in enumerate(numbers):
        sums = line_ledger.sums([dispatch.line(number).pk])[dispatch.line(number).pk]
        assert {sums.quantity("shipped"), sums.quantity("cancelled")} == {D(0), D(10)}
        assert [len(results[2 * index]), len(results[2 * index + 1])] == ([0, 1] if sums.quantity("shipped") else [1, 0])
    assert findings() == []


@pytest.mark.postgresql
def test_the_control_without_the_lock_of_the_order_goods_leave_for_a_cancelled_order_but_for_the_last_guard(dispatch, at_once, monkeypatch):
    from orderway.orders import changes
    from orderway.stages.delivery import handing_over

    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1")
    without_the_lock_of_orders(monkeypatch)
    both_read = threading.Barrier(2)
    judge, undo = handing_over._Counter.judge, changes.undo
    monkeypatch.setattr(handing_over._Counter, "judge", lambda counter: (judge(counter), both_read.wait(timeout=60)))
    monkeypatch.setattr(changes, "undo", lambda *given: (both_read.wait(timeout=60), undo(*given))[1])

    results = at_once(2, lambda index: dispatch.cancels(number) if index else dispatch.hands_over(f"{number}/1"))

    assert sum(isinstance(result, Exception) for result in results) == 1, results  # both were let through the door
