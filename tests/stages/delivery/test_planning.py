"""Planning deliveries: what goes when, what planning again changes, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.orders.models import Delivery
from orderway.stages.delivery import actions as delivery
from orderway.stages.delivery.models import Trip
from stages.house import findings, statements


def test_what_lies_in_stock_goes_now_and_what_is_short_goes_with_a_later_delivery(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)

    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 3), ("POSTAGE", 1))

    assert dispatch.deliveries(number) == {
        1: ("open", [("M8-BOLT", 6, "stock"), ("POSTAGE", 1, "stock")]),
        2: ("open", [("RAIL", 3, "make")]),
        3: ("open", [("M8-BOLT", 4, "buy")]),
    }
    assert dispatch.open_items(number) == {"/1": ["picking"], "/2": ["making"], "/3": ["buying"]}
    assert findings() == []
