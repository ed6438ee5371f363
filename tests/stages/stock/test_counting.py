"""Counts and opening stock: RULES 38 and 39 in the books, who may book, and what verify finds when the books are broken."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from orderway.journal.models import Entry
from orderway.orders.actor import Actor
from orderway.orders.models import LineMove
from orderway.orders.refusals import NotAllowed
from orderway.stages.stock import actions, counting, queries
from orderway.stages.stock.models import ExpectedReceipt, Location, Reservation, StockLevel, StockMove
from orderway.stages.stock.rules import Draw, GoodsIn, Transfer
from stages.house import SYSTEM, findings

D = Decimal


def test_a_count_while_ten_are_picked_books_five_more_than_was_thought(house):
    house.on_hand(house.bolt, 100)
    number = house.an_order(("M8-BOLT", 10))
    house.runs(number)
    house.asks_stock(actions.pick, Draw(house.line(number).pk, D(10)))

    counted = house.counts(house.bolt, 95)

    assert counted.verdicts[0][1].difference == 5
    assert house.level(house.bolt) == (105, 10)
    house.asks_stock(actions.ship_reserved, Draw(house.line(number).pk, D(10)))
    assert house.level(house.bolt) == (95, 0)
    assert findings() == []


def test_a_count_below_reservations_takes_three_from_the_newest_order_and_looks_elsewhere(house):
    house.on_hand(house.bolt, 100, house.near)
    house.on_hand(house.bolt, 2, house.far)
    first, second = house.an_order(("M8-BOLT", 90)), house.an_order(("M8-BOLT", 8))
    house.runs()

    counted = house.counts(house.bolt, 95)

    (lost,) = counted.lost
    assert (lost.order, lost.released, lost.replaced) == (second, 3, 2)
    assert house.reserved(first) == {"NEAR": 90}
    assert house.reserved(second) == {"NEAR": 5, "FAR": 2}
    assert house.level(house.bolt) == (95, 95)
    assert findings() == []


def test_a_count_is_written_in_the_journal_of_its_item(house):
    house.on_hand(house.bolt, 100)
    house.counts(house.bolt, 97)
    entry = Entry.objects.get(subject_kind="item", subject_key="M8-BOLT")
    assert entry.act == "stock.count"
    assert '"difference":"-3' in entry.payload
    assert StockMove.objects.get(reason="counted").target.kind == Location.Kind.LOSS


def test_a_count_that_finds_what_was_expected_moves_nothing(house):
    house.on_hand(house.bolt, 100)
    house.counts(house.bolt, 100)
    assert not StockMove.objects.filter(reason="counted").exists()


def test_a_count_names_an_item_once_and_nothing_negative(house):
    twice = [counting.Count(house.bolt.pk, house.near.pk, D(1)), counting.Count(house.bolt.pk, house.near.pk, D(2))]
    with pytest.raises(counting.CountedTwice):
        counting.count(twice, actor=SYSTEM, now=house.now)
    with pytest.raises(counting.NegativeCount):
        house.counts(house.bolt, -1)


def test_who_has_no_duty_may_not_book_stock(house):
    goods = [GoodsIn(house.bolt.pk, house.near.pk, D(1), "opening")]
    with pytest.raises(NotAllowed):
        counting.open_stock(goods, actor=house.actor("eve"), now=house.now)
    administrator = Actor("admin", house.administrator.pk, duties=frozenset({"administrator"}))
    counting.open_stock(goods, actor=administrator, now=house.now)
    assert house.level(house.bolt) == (1, 0)


# --- moves -----------------------------------------------------------------------------------------------------------------


def locations(house):
    storage = Location.objects.get(warehouse=house.near)
    return storage.pk, Location.objects.get(kind="production").pk


def test_every_move_is_double_entry_also_from_and_to_virtual_locations(house):
    house.on_hand(house.bolt, 5)
    house.asks_stock(actions.receive, GoodsIn(house.bolt.pk, house.near.pk, D(3), "produced", "MO-1"))
    moves = StockMove.objects.order_by("pk").values_list("source__kind", "target__kind", "quantity", "reason")
    assert list(moves) == [("loss", "storage", 5, "opening"), ("production", "storage", 3, "produced")]
    assert sum(queries.balances_of_moves().values()) == 0


def test_components_and_product_move_in_one_act_or_not_at_all(house):
    house.on_hand(house.nut, 4)
    storage, production = locations(house)
    used = Transfer(house.nut.pk, storage, production, D(5), "consumed", "MO-1")
    made = Transfer(house.bolt.pk, production, storage, D(1), "produced", "MO-1")

    with pytest.raises(actions.NotEnoughStock, match="M8-NUT"):
        house.asks_stock(actions.move, used, made)

    assert house.level(house.nut) == (4, 0)
    assert not StockMove.objects.filter(reason="produced").exists()


def test_what_is_reserved_for_somebody_does_not_leave_for_another_purpose(house):
    house.on_hand(house.bolt, 10)
    house.runs(house.an_order(("M8-BOLT", 8)))
    storage, production = locations(house)
    with pytest.raises(actions.NotEnoughStock):
        house.asks_stock(actions.move, Transfer(house.bolt.pk, storage, production, D(3), "consumed"))
    house.asks_stock(actions.move, Transfer(house.bolt.pk, storage, production, D(2), "consumed"))
    assert house.level(house.bolt) == (8, 8)


def test_only_a_warehouse_that_says_so_goes_below_zero(house):
    house.far.allows_negative = True
    house.far.save()
    house.on_hand(house.bolt, 1, house.far)
    storage = Location.objects.get(warehouse=house.far).pk
    production = Location.objects.get(kind="production").pk
    house.asks_stock(actions.move, Transfer(house.bolt.pk, storage, production, D(3), "consumed"))
    assert house.level(house.bolt, house.far) == (-2, 0)
    assert findings(1, 2) == []


def test_a_goods_receipt_settles_what_was_expected(house):
    coming = actions.Coming(house.bolt.pk, house.near.pk, D(40), house.now.date(), "PO-7")
    with transaction.atomic():
        (expected,) = actions.expect([coming])
    house.asks_stock(actions.receive, GoodsIn(house.bolt.pk, house.near.pk, D(25), "received", "PO-7", expected_id=expected))
    assert ExpectedReceipt.objects.get().quantity == 15
    house.asks_stock(actions.receive, GoodsIn(house.bolt.pk, house.near.pk, D(20), "received", "PO-7", expected_id=expected))
    assert ExpectedReceipt.objects.get().quantity == 0


def test_what_can_be_promised_counts_stock_reservations_and_receipts_that_are_pegged_to_nobody(house):
    house.on_hand(house.bolt, 20)
    number = house.an_order(("M8-BOLT", 5))
    house.runs(number)
    today = house.now.date()
    day = today.replace(day=9)
    with transaction.atomic():
        actions.expect(
            [
                actions.Coming(house.bolt.pk, house.near.pk, D(40), day, "PO-1"),
                actions.Coming(house.bolt.pk, house.near.pk, D(30), day, "PO-2", line_id=house.line(number).pk),
                actions.Coming(house.bolt.pk, house.near.pk, D(7), today.replace(day=1), "PO-3"),
            ]
        )
    promising = queries.promising([house.bolt.pk, house.nut.pk])
    bolt = promising[house.bolt.pk]
    assert (bolt.on(today, today=today), bolt.on(day, today=today)) == (15, 55)
    assert (bolt.earliest(D(16), today=today), bolt.earliest(D(56), today=today)) == (day, None)
    assert bolt.at_risk(D(20), today, today=today) == 5
    assert promising[house.nut.pk].on(today, today=today) == 0
    actions.reconfirm("PO-3", today)
    assert queries.promising([house.bolt.pk])[house.bolt.pk].on(today, today=today) == 22


# --- verify --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def books(house):
    """Twenty bolts, eight of them reserved."""
    house.on_hand(house.bolt, 20)
    number = house.an_order(("M8-BOLT", 8))
    house.runs(number)
    assert findings(1, 2, 3) == []
    return number


def broken(number):
    (row,) = findings(number)
    return row.first


def test_verify_finds_stock_that_no_move_explains(house, books):
    StockLevel.objects.update(on_hand=21)
    assert "21.000000 on hand, its moves say 20" in broken(1)


def test_verify_finds_moves_that_went_to_no_level(house, books):
    storage = Location.objects.create(key="X", kind="quarantine", warehouse=house.far)
    loss = Location.objects.get(kind="loss")
    StockMove.objects.create(item=house.nut, source=loss, target=storage, quantity=1, reason="opening", actor="x", at=house.now)
    assert "there is no level" in broken(1)


def test_verify_finds_a_level_whose_reserved_quantity_nobody_has(house, books):
    StockLevel.objects.update(reserved=9)
    assert "9.000000 reserved, its reservations say 8" in broken(2)


def test_verify_finds_a_reservation_that_the_ledger_does_not_know(house, books):
    LineMove.objects.filter(kind="reserved").delete()
    assert "8.000000 reserved, its ledger says 0" in broken(2)


def test_verify_finds_a_reservation_of_another_item(house, books):
    other = StockLevel.objects.create(item=house.nut, location=Location.objects.get(warehouse=house.near), on_hand=8, reserved=8)
    StockLevel.objects.exclude(pk=other.pk).update(reserved=0)
    Reservation.objects.update(level=other)
    assert "another item" in broken(2)


def test_the_database_itself_refuses_more_reserved_than_is_there(house, books):
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.update(reserved=21)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.update(picked=9)
    assert connection.is_usable()
