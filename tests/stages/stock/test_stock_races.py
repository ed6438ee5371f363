"""Eight processes on one hot item sell exactly the stock; the same without the lock shows that the race is real."""

from decimal import Decimal

import pytest

from orderway.stages.stock import actions
from orderway.stages.stock.models import Reservation, StockLevel
from orderway.stages.stock.rules import Need
from stages import house as houses
from stages import racing
from stages.house import SYSTEM, findings
from standing import standing

D = Decimal
PROCESSES = 8
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db):
    """The trading house, for real: other processes see it."""
    return standing("house", lambda: houses.House().open())


def shared_out(numbers, processes=PROCESSES):
    return [[numbers[start::processes]] for start in range(processes)]


def test_eight_processes_on_a_hot_item_sell_exactly_the_stock(house):
    house.on_hand(house.nut, 30, house.near)
    house.on_hand(house.nut, 20, house.far)
    numbers = house.orders(80, ("M8-NUT", 1))
    house.runs_to_stock(*numbers)

    told = racing.added_up(racing.race(racing.reserve, shared_out(numbers)))

    assert told == {"tried": 80, "refused": 30}
    assert house.level(house.nut, house.near) == (30, 30)
    assert house.level(house.nut, house.far) == (20, 20)
    assert Reservation.objects.filter(quantity=1).count() == 50
    assert findings() == []


def test_a_naive_read_and_write_sells_the_same_piece_more_than_once(house):
    house.on_hand(house.bolt, 200)
    level = StockLevel.objects.get()

    told = racing.added_up(racing.race(racing.take_naively, [[level.pk, 60]] * PROCESSES))

    assert told["tried"] == PROCESSES * 60
    assert told["accepted"] > 200, "without a lock the race must show, else the test beside this one proves nothing"


def test_the_same_wishes_through_the_act_are_granted_as_far_as_stock_reaches(house):
    house.on_hand(house.bolt, 200)
    house.runs_to_stock(number := house.an_order(("M8-BOLT", 1200)))

    told = racing.added_up(racing.race(racing.take_locked, [[house.line(number).pk, house.bolt.pk, 60]] * PROCESSES))

    assert told == {"tried": PROCESSES * 60, "accepted": 200}
    assert house.level(house.bolt) == (200, 200)
    assert findings(1, 2) == []


@pytest.mark.postgresql
def test_without_the_lock_the_compare_and_set_still_refuses_to_oversell(house):
    house.on_hand(house.nut, 30)
    numbers = house.orders(64, ("M8-NUT", 1))
    house.runs_to_stock(*numbers)

    told = racing.added_up(racing.race(racing.reserve_without_lock, shared_out(numbers)))

    assert told["caught"] > 0, "without the lock the race must show"
    assert Reservation.objects.filter(quantity=1).count() <= 30
    assert findings(1, 2) == []


def test_an_act_outside_of_a_transaction_is_a_bug(house):
    with pytest.raises(AssertionError):
        actions.reserve_for([Need(1, house.bolt.pk, D(1))], actor=SYSTEM, now=house.now)
