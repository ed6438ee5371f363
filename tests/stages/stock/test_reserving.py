"""Reserving for orders: what stands afterwards, when it is refused, and that the number of statements does not grow."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.orders import changes, line_ledger
from orderway.orders.models import LineMove
from orderway.orders.stages import LineChange
from orderway.stages.stock import actions, queries
from orderway.stages.stock.models import Reservation, StockMove
from orderway.stages.stock.rules import Draw, GoodsIn, Need
from stages.house import findings, statements

D = Decimal


def test_a_line_is_reserved_and_the_order_goes_on(house):
    house.on_hand(house.bolt, 100)
    number = house.an_order(("M8-BOLT", 10))

    house.runs(number)

    assert house.reserved(number) == {"NEAR": 10}
    assert house.level(house.bolt) == (100, 10)
    assert house.open_stages(number) == ["ship"]
    assert line_ledger.sums([house.line(number).pk])[house.line(number).pk].quantity("reserved") == 10
    assert findings() == []


def test_twelve_are_taken_as_eight_and_four_where_no_warehouse_has_enough(house):
    house.on_hand(house.bolt, 8, house.near)
    house.on_hand(house.bolt, 7, house.far)
    number = house.an_order(("M8-BOLT", 12))

    house.runs(number)

    assert house.reserved(number) == {"NEAR": 8, "FAR": 4}
    assert findings() == []


def test_of_two_buyers_of_the_last_piece_the_older_order_gets_it(house):
    house.on_hand(house.nut, 1)
    first, second = house.orders(2, ("M8-NUT", 1))
    house.runs_to_stock(first, second)

    refused = house.reserves(second, first)

    assert house.reserved(first) == {"NEAR": 1}
    assert house.reserved(second) == {}
    assert list(refused) == [second]
    assert "covered" in str(refused[second])


def test_what_is_short_is_made_or_bought_and_what_is_there_is_reserved_all_the_same(house):
    house.on_hand(house.bolt, 4)
    number = house.an_order(("M8-BOLT", 10))

    house.runs(number)

    coverage = queries.coverage_of([house.order(number).pk])[house.order(number).pk][1]
    assert (coverage.available, coverage.short, coverage.route) == (4, 6, "buy")
    assert house.open_stages(number) == ["ship"]


def test_an_item_that_is_neither_made_nor_bought_waits_with_its_owner_until_goods_arrive(house):
    house.on_hand(house.nut, 4)
    number = house.an_order(("M8-NUT", 10))
    house.runs(number)
    assert house.open_stages(number) == ["stock_check"]
    assert "covered" in house.item(number, "stock_check").waiting

    house.on_hand(house.nut, 6)
    house.runs(number)

    assert house.open_stages(number) == ["ship"]
    assert house.reserved(number) == {"NEAR": 10}


def test_a_service_needs_nothing_from_stock(house):
    number = house.an_order(("POSTAGE", 1))
    house.runs(number)
    assert house.open_stages(number) == ["ship"]
    assert not Reservation.objects.exists()


def test_fractions_of_a_unit_are_reserved_exactly(house):
    house.on_hand(house.nut, "0.3")
    first, second = house.an_order(("M8-NUT", "0.1")), house.an_order(("M8-NUT", "0.2"))

    house.runs()

    assert [house.open_stages(number) for number in (first, second)] == [["ship"], ["ship"]]
    assert house.level(house.nut) == (D("0.3"), D("0.3"))
    assert findings() == []


def test_passing_again_with_a_smaller_need_gives_back_from_the_farthest_warehouse(house):
    house.on_hand(house.bolt, 8, house.near)
    house.on_hand(house.bolt, 7, house.far)
    number = house.an_order(("M8-BOLT", 12))
    house.runs(number)

    change = changes.OrderChange(quantities={house.line(number).pk: D(9)})
    assert not changes.change({number: change}, reason="fewer", actor=house.actor("alice"), now=house.now)
    house.runs(number)

    assert house.open_stages(number) == ["ship"]
    assert house.reserved(number) == {"NEAR": 8, "FAR": 1}
    assert findings() == []


def test_passing_again_with_the_same_need_books_nothing(house):
    house.on_hand(house.bolt, 20)
    number = house.an_order(("M8-BOLT", 12))
    house.runs(number)
    moves = LineMove.objects.count()

    changes.change({number: changes.OrderChange()}, reason="asked again", actor=house.actor("alice"), now=house.now)
    house.runs(number)

    assert LineMove.objects.filter(kind="reserved").count() == 1
    assert LineMove.objects.count() == moves
    assert house.level(house.bolt) == (20, 12)


def test_the_second_of_two_lines_of_one_item_gets_what_the_first_left(house):
    house.on_hand(house.bolt, 10)
    number = house.an_order(("M8-BOLT", 8), ("M8-BOLT", 5))
    house.runs(number)
    held = Reservation.objects.order_by("line__position").values_list("line__position", "quantity")
    assert list(held) == [(1, 8), (2, 2)]
    assert findings() == []


def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(house):
    house.on_hand(house.bolt, 1000, house.near)
    house.on_hand(house.nut, 1000, house.far)
    counted = []
    for count in (1, 40):
        numbers = house.orders(count, ("M8-BOLT", 2), ("M8-NUT", 1))
        house.runs_to_stock(*numbers)
        with CaptureQueriesContext(connection) as queries_:
            assert not house.reserves(*numbers)
        counted.append(len(statements(queries_.captured_queries)))
    few, many = counted
    assert few == many
    assert many <= 16


# --- what later stages ask for ---------------------------------------------------------------------------------------------


@pytest.fixture
def reserved(house):
    """An order of ten bolts, reserved."""
    house.on_hand(house.bolt, 100)
    number = house.an_order(("M8-BOLT", 10))
    house.runs(number)
    return number


def test_shipping_takes_from_the_reservation_and_books_stock_and_ledger_at_once(house, reserved):
    line = house.line(reserved)
    draw = Draw(line.pk, D(4), place=f"{reserved}/1", reference="D1")

    assert house.asks_stock(actions.ship_reserved, draw) == {draw: 4}

    assert house.level(house.bolt) == (96, 6)
    sums = line_ledger.sums([line.pk])[line.pk]
    assert (sums.quantity("shipped"), sums.quantity("reserved"), sums.open) == (4, 6, 6)
    move = StockMove.objects.get(reason="shipped")
    assert (move.source.key, move.target.key, move.quantity, move.reference, move.line_id) == ("NEAR/storage", "customer", 4, "D1", line.pk)
    assert findings() == []


def test_what_is_not_reserved_cannot_be_shipped_and_is_told(house, reserved):
    draw = Draw(house.line(reserved).pk, D(15))
    assert house.asks_stock(actions.ship_reserved, draw) == {draw: 10}
    assert house.level(house.bolt) == (90, 0)


def test_an_over_delivered_line_needs_no_reservation(house, reserved):
    draw = Draw(house.line(reserved).pk, D(10))
    house.asks_stock(actions.ship_reserved, draw)
    line_ledger.book([line_ledger.Booking(draw.line_id, "shipped", D(5))], now=house.now)  # five more than ordered went out
    changes.change({reserved: changes.OrderChange()}, reason="again", actor=house.actor("alice"), now=house.now)
    house.runs(reserved)
    assert house.reserved(reserved) == {}


def test_picked_goods_are_shipped_first_and_not_given_back(house, reserved):
    line = house.line(reserved).pk
    assert house.asks_stock(actions.pick, Draw(line, D(4))) == {Draw(line, D(4)): 4}
    assert house.asks_stock(actions.release, Draw(line, D(10))) == {Draw(line, D(10)): 6}
    assert house.level(house.bolt) == (100, 4)
    house.asks_stock(actions.ship_reserved, Draw(line, D(4)))
    assert list(Reservation.objects.values_list("quantity", "picked")) == [(0, 0)]
    assert findings(1, 2) == []


def test_picked_goods_that_are_put_back_are_free_again_or_stay_with_the_line(house, reserved):
    line = house.line(reserved).pk
    house.asks_stock(actions.pick, Draw(line, D(4)))
    house.asks_stock(actions.put_back, Draw(line, D(1)), keep=True)
    assert list(Reservation.objects.values_list("quantity", "picked")) == [(10, 3)]
    house.asks_stock(actions.put_back, Draw(line, D(3)))
    assert list(Reservation.objects.values_list("quantity", "picked")) == [(7, 0)]
    assert house.level(house.bolt) == (100, 7)
    assert findings(1, 2) == []


def test_received_goods_can_be_set_aside_for_the_line_they_were_bought_for(house):
    house.on_hand(house.bolt, 4)
    number = house.an_order(("M8-BOLT", 10))
    house.runs(number)
    line = house.line(number)

    house.asks_stock(actions.receive, GoodsIn(house.bolt.pk, house.far.pk, D(6), "received", "PO-1"))
    need = Need(line.pk, house.bolt.pk, D(6), warehouse_id=house.far.pk)
    assert house.asks_stock(actions.reserve_for, need) == {need: 6}

    assert house.reserved(number) == {"NEAR": 4, "FAR": 6}
    assert findings() == []


def test_a_cancelled_order_gives_everything_back(house, reserved):
    refused = changes.cancel([reserved], reason="not needed", actor=house.actor("mary"), now=house.now)
    assert not refused
    assert house.level(house.bolt) == (100, 0)
    assert house.order(reserved).status == "cancelled"
    assert findings() == []


def test_of_seven_open_pieces_three_are_free_at_once_and_four_after_they_were_put_back(house, reserved):
    line = house.line(reserved).pk
    house.asks_stock(actions.ship_reserved, Draw(line, D(3)))
    house.asks_stock(actions.pick, Draw(line, D(4)))
    orders = [house.order(reserved).pk]
    cancelled = {orders[0]: [LineChange(line, D(7), D(0))]}

    told = [(each.text, each.reversible) for each in queries.consequences(orders, cancelled)]
    assert told == [
        ("3 of M8-BOLT (line 1) would be free for others.", True),
        ("4 of M8-BOLT (line 1) is picked and has to be put back.", False),
    ]
    house.asks_stock(lambda _, **by: actions.undo(orders, cancelled, **by))
    assert house.level(house.bolt) == (97, 4)
    house.asks_stock(actions.put_back, Draw(line, D(4)))
    assert house.level(house.bolt) == (97, 0)
