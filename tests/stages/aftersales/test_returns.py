"""Goods that come back: announced, received, credited when the stage resolves."""

from __future__ import annotations

import re
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.engine.refusals import TooEarly
from orderway.orders.actor import SYSTEM
from orderway.orders.models import Correction, Order
from orderway.stages.aftersales import actions
from orderway.stages.aftersales.actions import ReturnsAwaited, UnknownErrorKind, UnknownLine, UnknownReturn
from orderway.stages.aftersales.models import Complaint, Return, ReturnReceipt
from orderway.stages.aftersales.rules import MoreThanAnnounced, MoreThanDelivered
from orderway.stages.stock.models import StockMove
from stages.billing import broken


def test_what_came_back_lies_in_stock_again_and_is_credited_when_the_stage_resolves(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.comes_back(number, {1: 3})

    assert not shop.resolves(number)

    assert shop.stock_of(shop.rail) == 3
    note = shop.credit_note(number)
    assert (note.number, note.net, note.tax, note.total) == ("CN-2026-000001", D("300"), D("39"), D("339"))
    assert shop.sums(number).billable == 0
    assert shop.exposure().total == shop.exposure().receivables == D("791.00")
    assert shop.open_stages(number) == []
    assert broken(3, 4, 5, 11) == []


def test_returns_of_five_then_three_then_one_of_five_delivered_allow_only_the_first(shop):
    number = shop.sold((shop.rail, 5, "100"))

    answers = [shop.announces(number, {1: quantity}) for quantity in (5, 3, 1)]

    assert answers[0].numbers == {0: 1}
    for refused in (answers[1].refused[0], answers[2].refused[0]):
        assert isinstance(refused, MoreThanDelivered)
    assert Return.objects.count() == 1


def test_two_announcements_in_one_act_share_the_limit(shop):
    number = shop.sold((shop.rail, 5, "100"))
    wishes = [actions.Announcement(number, {1: D(quantity)}) for quantity in (3, 3, 2)]

    answer = actions.announce_return(wishes, actor=shop.actor("sue"), now=shop.now)

    assert answer.numbers == {0: 1, 2: 2}
    assert isinstance(answer.refused[1], MoreThanDelivered)


def test_damaged_goods_are_lost_and_not_put_back_on_the_shelf(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.announces(number, {1: 2})

    assert not shop.takes_back(number, condition="damaged")

    move = StockMove.objects.get(reason="returned")
    assert (move.source.kind, move.target.kind, move.quantity) == ("customer", "loss", 2)
    assert shop.stock_of(shop.rail) == 0


def test_a_service_comes_back_without_a_stock_move(shop):
    number = shop.sold((shop.book, 2, "10"))
    shop.comes_back(number, {1: 1})

    assert not StockMove.objects.exists()
    assert shop.sums(number).quantity("returned") == 1


def test_a_return_arrives_in_parts_and_closes_with_the_last(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.announces(number, {1: 3})

    assert not shop.takes_back(number, quantities={1: 2})
    too_many = shop.takes_back(number, quantities={1: 2})
    assert isinstance(too_many[0], MoreThanAnnounced)
    assert not shop.takes_back(number, quantities={1: 1})

    assert Return.objects.get().closed_at == shop.now
    assert list(ReturnReceipt.objects.values_list("quantity", flat=True)) == [2, 1]
    assert isinstance(shop.takes_back(number)[0], UnknownReturn)


def test_the_stage_stays_open_while_announced_goods_are_awaited(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.announces(number, {1: 3})

    refused = shop.resolves(number)
    assert isinstance(refused[number], ReturnsAwaited)

    actions.close_return(number, 1, actor=shop.actor("sue"), now=shop.now)
    assert not shop.resolves(number)
    assert shop.announces(number, {1: 10}).numbers == {0: 2}  # what does not come no longer counts


def test_a_return_years_later_opens_after_sales_again(shop):
    number = shop.sold()
    shop.resolves(number)
    assert Order.objects.get(number=number).status == "ended"

    shop.comes_back(number, {1: 1})

    assert shop.open_stages(number) == ["after_sales"]
    assert not shop.resolves(f"{number}/complaint")
    assert shop.credit_note(number).total == D("113.00")
    assert Order.objects.get(number=number).status == "ended"


def test_a_return_before_the_stage_is_reached_waits_for_it(shop):
    (number,) = shop.sells()

    shop.comes_back(number, {1: 4})  # complaints are possible after billing only

    assert "after_sales" not in shop.open_stages(number)
    shop.bills(f"{number}/1")
    assert shop.invoice(number).total == D("678.00")


def test_who_has_no_right_announces_and_receives_nothing(shop):
    number = shop.sold()
    assert set(shop.announces(number, {1: 1}, who="eve").refused) == {0}
    shop.announces(number, {1: 1})

    arrival = actions.Arrival(number, 1)
    assert set(actions.receive_return([arrival], actor=shop.actor("eve"), now=shop.now)) == {0}
    assert not ReturnReceipt.objects.exists()


def test_a_position_that_the_order_does_not_have_is_named(shop):
    number = shop.sold()

    refused = shop.announces(number, {7: 1}).refused[0]

    assert isinstance(refused, UnknownLine)
    assert "7" in str(refused)


# --- returns of an import -----------------------------------------------------------------------------------------------------------


def test_an_imported_return_is_booked_by_itself_once_the_line_is_shipped(shop):
    (number,) = shop.sells(people=False, ship=False)
    shop.announces(number, {1: 4}, who="system", before_shipping=True, external_reference="C536379")
    assert actions.book_announced(shop.now) == "returns of 0 orders booked"

    shop.ships(number, {1: 10})
    shop.runs(number)

    assert shop.invoice(number).total == D("1130.00")
    assert shop.sums(number).quantity("returned") == 4
    assert shop.credit_note(number).total == D("452.00")
    assert Return.objects.get().closed_at == shop.now
    assert Order.objects.get(number=number).status == "ended"
    assert broken(3, 4, 5, 11) == []


def test_an_imported_return_of_an_order_that_has_ended_is_booked_by_the_job(shop):
    (number,) = shop.sells(people=False)
    shop.runs(number)
    shop.announces(number, {1: 4}, who="system", before_shipping=True)
    assert Order.objects.get(number=number).status == "ended"

    assert actions.book_announced(shop.now) == "returns of 1 orders booked"

    assert shop.credit_note(number).total == D("452.00")
    assert shop.stock_of(shop.rail) == 4
    assert actions.book_announced(shop.now) == "returns of 0 orders booked"
    assert broken(3, 4, 5) == []


def test_the_same_import_again_announces_nothing(shop):
    (number,) = shop.sells()
    first = shop.announces(number, {1: 4}, who="system", before_shipping=True, external_reference="C1")

    again = shop.announces(number, {1: 4}, who="system", before_shipping=True, external_reference="C1")

    assert (first.numbers, again.numbers, again.unchanged) == ({0: 1}, {}, {0: 1})
    assert Return.objects.count() == 1


def test_an_imported_return_is_limited_by_what_was_ordered(shop):
    (number,) = shop.sells(people=False, ship=False)

    refused = shop.announces(number, {1: 11}, who="system", before_shipping=True).refused[0]

    assert isinstance(refused, MoreThanDelivered)


def test_the_number_of_statements_does_not_grow_with_the_orders(shop):
    counts = []
    for count in (1, 2, 30):  # the first one also makes series and locations
        numbers = shop.sells((shop.rail, 10, "100"), (shop.book, 1, "5"), count=count, people=False)
        with CaptureQueriesContext(connection) as statements:
            wishes = [actions.Announcement(number, {1: D(2), 2: D(1)}, before_shipping=True) for number in numbers]
            assert not actions.announce_return(wishes, actor=SYSTEM, now=shop.now).refused
        announced = len(statements)
        from orderway.stages.invoicing.actions import issue

        issue([f"{number}/1" for number in numbers], actor=SYSTEM, now=shop.now)
        with CaptureQueriesContext(connection) as statements:
            assert not actions.resolve(numbers, actor=SYSTEM, now=shop.now)
        counts.append((announced, len(statements)))

    assert counts[1] == counts[2]
    assert shop.stock_of(shop.rail) == 66


# --- complaints ---------------------------------------------------------------------------------------------------------------------


def test_a_complaint_opens_after_sales_and_is_closed_with_what_was_done(shop):
    number = shop.sold()
    shop.resolves(number)

    complaint = actions.complain(number, kind="damage", text="two rails are bent", actor=shop.actor("sue"), now=shop.now)

    assert shop.open_stages(number) == ["after_sales"]
    assert Correction.objects.get().kind == "damage"
    assert not shop.resolves(f"{number}/complaint", text="sent new ones")
    complaint.refresh_from_db()
    assert (complaint.resolution, complaint.resolved_by, complaint.resolved_at) == ("sent new ones", "sue", shop.now)


def test_a_complaint_of_a_kind_that_the_standard_does_not_know_is_refused(shop):
    number = shop.sold()

    with pytest.raises(UnknownErrorKind, match="damage, quantity"):
        actions.complain(number, kind="colour", text="too blue", actor=shop.actor("sue"), now=shop.now)


def test_a_complaint_before_anything_was_billed_leaves_nothing_behind(shop):
    (number,) = shop.sells(ship=False)

    with pytest.raises(TooEarly):
        actions.complain(number, kind="damage", text="what is it", actor=shop.actor("sue"), now=shop.now)

    assert not Complaint.objects.exists()


def test_invariants_see_a_return_that_is_not_in_the_ledger(shop):
    number = shop.sold()
    shop.comes_back(number, {1: 3})
    assert broken(3) == []

    ReturnReceipt.objects.update(quantity=2)
    assert re.search(r"2(\.0+)? returned on record, the ledger says 3", broken(3)[0])

    ReturnReceipt.objects.update(quantity=4)
    assert re.search(r"4(\.0+)? arrived of 3", broken(3)[0])
