"""Two reviews at the same time cannot both use the same credit; without the lock on the customer they do."""

from decimal import Decimal

import pytest

from orderway.masterdata.models import Customer
from orderway.orders import exposure
from orderway.orders.work import run_open
from stages import house as houses
from stages import racing
from stages.house import findings
from standing import standing

D = Decimal
PROCESSES = 8
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db):
    """The trading house, for real; Dan may owe as much as five of his forty orders come to."""
    house = standing("house", lambda: houses.House().open())
    Customer.objects.filter(pk=house.dan.pk).update(credit_limit=D("56.50"))
    return house


def race(house, racer):
    numbers = house.orders(40, ("M8-BOLT", 10, "1.00"))
    run_open(numbers, now=house.now, until="review")
    told = racing.added_up(racing.race(racer, [[numbers[start::PROCESSES]] for start in range(PROCESSES)]))
    return told, exposure.of_customers([house.dan.pk])[house.dan.pk].total


def test_reviews_at_the_same_time_use_the_credit_once(house):
    told, exposed = race(house, racing.review)
    assert told == {"tried": 40, "refused": 35}
    assert exposed == D("56.50")
    assert findings() == []


@pytest.mark.postgresql
def test_without_the_lock_on_the_customer_the_same_credit_is_used_more_than_once(house):
    told, exposed = race(house, racing.review_without_lock)
    assert told["tried"] == 40
    assert exposed > D("56.50"), "without the lock the race must show, else the test beside this one proves nothing"
