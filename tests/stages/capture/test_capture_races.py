"""Eight processes with the same purchase orders place each of them once."""

import pytest

from orderway.orders.models import Order
from stages import house as houses
from stages import racing
from stages.house import findings

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_eight_processes_with_the_same_purchase_orders_place_each_once(transactional_db):
    houses.House().open()
    numbers = [f"PO-{number}" for number in range(12)]

    told = racing.added_up(racing.race(racing.place, [[numbers]] * 8))

    assert told == {"tried": 96, "placed": 12, "unchanged": 84, "amendment": 0}
    assert Order.objects.count() == 12
    assert findings() == []
