"""Picking: what is taken, what a short pick leaves, and that nothing is picked twice."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.orders.models import StoredDocument
from orderway.stages.delivery import actions as delivery
from orderway.stages.delivery import rules
from orderway.stages.delivery.models import Parcel, Pick
from orderway.stages.stock.models import Reservation
from stages.deliveries import D
from stages.house import findings, statements


def picked(number):
    """What is marked as picked in stock for an order."""
    return sum(Reservation.objects.filter(line__order__number=number).values_list("picked", flat=True))


def test_a_pick_takes_what_lies_reserved_and_the_delivery_can_be_handed_over(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10), ("POSTAGE", 1))

    refused = dispatch.picks(f"{number}/1", tracking_numbers=("SF-1", "SF-2"))

    assert refused == {}
    assert picked(number) == 10
    assert dispatch.level(dispatch.bolt) == (10, 10)
    assert sorted(Pick.objects.values_list("line__item__sku", "quantity")) == [("M8-BOLT", 10), ("POSTAGE", 1)]
    assert list(Parcel.objects.values_list("number", "tracking_number")) == [(1, "SF-1"), (2, "SF-2")]
    assert dispatch.open_items(number) == {"/1": ["handing"]}
    assert findings() == []


def test_the_pick_list_says_what_to_take_from_where(dispatch):
    dispatch.on_hand(dispatch.bolt, 10, dispatch.far)
    number = dispatch.planned(("M8-BOLT", 10))

    dispatch.picks(f"{number}/1")

    paper = StoredDocument.objects.get(kind="pick_list")
    assert paper.place == f"{number}/1"
    assert paper.data["lines"] == [[1, "M8-BOLT", "10", dispatch.far.pk]]


def test_a_short_pick_begins_the_next_delivery_for_the_rest_in_the_same_act(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    dispatch.picks(f"{number}/1", found={1: 7})

    assert dispatch.deliveries(number) == {1: ("open", [("M8-BOLT", 7, "stock")]), 2: ("open", [("M8-BOLT", 3, "stock")])}
    assert dispatch.open_items(number) == {"/1": ["handing"], "/2": ["picking"]}
    assert dispatch.reserved(number) is not None
    assert dispatch.level(dispatch.bolt) == (10, 10)
    assert findings() == []

    assert dispatch.picks(f"{number}/2") == {}
    assert picked(number) == 10
    assert findings() == []


def test_what_the_shelf_did_not_hold_is_reserved_no_longer_and_bought(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    dispatch.picks(f"{number}/1", found={1: 7}, missing=True)

    assert dispatch.deliveries(number)[2] == ("open", [("M8-BOLT", 3, "buy")])
    assert dispatch.open_items(number) == {"/1": ["handing"], "/2": ["buying"]}
    assert dispatch.level(dispatch.bolt) == (10, 7)
    assert findings() == []


def test_the_system_picks_what_is_there_and_the_rest_waits_in_a_delivery_of_its_own(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)

    number = dispatch.planned(("M8-BOLT", 10), standard="way")

    assert dispatch.deliveries(number) == {1: ("done", [("M8-BOLT", 6, "stock")]), 2: ("open", [("M8-BOLT", 4, "buy")])}
    assert dispatch.open_items(number) == {"/2": ["buying"]}
    assert findings() == []


def test_a_delivery_of_which_nothing_lies_in_stock_is_refused_with_its_items(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.asks_stock(dispatch_release, dispatch.line(number).pk)

    refusal = dispatch.picks(f"{number}/1")[f"{number}/1"]

    assert refusal.code == "nothing_reserved"
    assert "M8-BOLT" in str(refusal)
    assert Pick.objects.count() == 0


def dispatch_release(line_ids, *, actor, now):
    """Take the reservations of lines away and sell their stock to somebody else."""
    from orderway.stages.stock import actions as stock
    from orderway.stages.stock.models import StockLevel

    stock.release([stock.Draw(line, D(10)) for line in line_ids], actor=actor, now=now)
    level = StockLevel.objects.get()
    from orderway.stages.stock.locations import locations

    stock.move([stock.Transfer(level.item_id, level.location_id, locations().virtual["loss"], D(10), "scrapped")], actor=actor, now=now)


def test_more_than_lies_there_cannot_have_been_picked(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    refusal = dispatch.picks(f"{number}/1", found={1: 11})[f"{number}/1"]

    assert (refusal.code, refusal.field) == ("more_picked_than_possible", "found")
    assert Pick.objects.count() == 0


def test_more_than_ordered_is_picked_only_within_the_agreed_tolerance(dispatch, settings):
    settings.ORDERWAY_DELIVERY_POLICY = rules.DeliveryPolicy(over_percent=D(20))
    dispatch.on_hand(dispatch.bolt, 20)
    number = dispatch.planned(("M8-BOLT", 10))

    assert dispatch.picks(f"{number}/1", found={1: 13})[f"{number}/1"].code == "more_picked_than_possible"
    assert dispatch.picks(f"{number}/1", found={1: 12}) == {}
    assert picked(number) == 12
    assert findings() == []


def test_a_count_of_a_line_that_the_delivery_does_not_carry_is_a_mistake(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    assert dispatch.picks(f"{number}/1", found={2: 1})[f"{number}/1"].code == "unknown_line"
    assert dispatch.picks(f"{number}/1", found={1: -1})[f"{number}/1"].code == "negative_quantity"


def test_a_pick_without_its_scan_is_refused_and_books_nothing(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    refused = delivery.pick([f"{number}/1"], actor=dispatch.actor("carol"), now=dispatch.now)

    assert refused[f"{number}/1"].code == "evidence_missing"
    assert picked(number) == 0


def test_a_number_alone_is_refused_with_the_deliveries_if_there_are_several(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.picks(f"{number}/1", found={1: 5})
    dispatch.hands_over(f"{number}/1", kept={1: 2})

    refusal = dispatch.picks(number)[number]

    assert refusal.code == "several_places"
    assert f"{number}/2" in str(refusal)
    assert f"{number}/3" in str(refusal)


def test_the_statements_of_a_pick_do_not_grow_with_the_deliveries(dispatch):
    dispatch.on_hand(dispatch.bolt, 100)
    counted = []
    for count in (2, 6):
        places = [f"{number}/1" for number in dispatch.planned_orders(count, ("M8-BOLT", 7))]
        with CaptureQueriesContext(connection) as queries:
            assert dispatch.picks(*places) == {}
        counted.append(len(statements(queries)))

    assert counted[0] == counted[1]
    assert counted[0] <= 17  # on SQLite, where each table is stored by a statement of its own
