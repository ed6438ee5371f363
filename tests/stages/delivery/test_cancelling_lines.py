"""Cancelling lines of orders on their way (RULES 20): what ends now, what must be put back, what goes on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.journal.models import Entry
from orderway.orders import blast_radius, changes, line_ledger
from orderway.orders.models import Amendment, Order
from orderway.orders.ordered import OrderChange
from orderway.stages.delivery import actions as delivery
from orderway.stages.delivery.rules import DeliveryNumber, LineId, Packed, stranding
from orderway.stages.supply import actions as supply
from stages.deliveries import D
from stages.house import findings


def cancels(dispatch, number, quantities, who="mary", **more):
    """Mary cancels so much of these lines ({position: quantity})."""
    lines = {number: {dispatch.line(number, position).pk: D(str(quantity)) for position, quantity in quantities.items()}}
    return changes.cancel([number], lines=lines, reason="Dan wants less", actor=dispatch.actor(who), now=dispatch.now, **more)


def changed(dispatch, number, quantities, who="alice", **more):
    """Alice changes quantities of lines ({position: quantity})."""
    wish = OrderChange({dispatch.line(number, position).pk: D(str(quantity)) for position, quantity in quantities.items()})
    return changes.change({number: wish}, reason="Dan called", actor=dispatch.actor(who), now=dispatch.now, **more)


def order_of(number):
    return Order.objects.select_related("version").get(number=number)


def sums(dispatch, number, position=1):
    line = dispatch.line(number, position).pk
    return line_ledger.sums([line])[line]


def test_of_ten_ordered_three_shipped_and_four_picked_seven_are_cancelled_three_now_and_four_after_they_were_put_back(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 1))
    dispatch.picks(f"{number}/1", found={1: 7})
    dispatch.hands_over(f"{number}/1", kept={1: 3})
    four = next(key for key, (_, lines) in dispatch.deliveries(number).items() if ("M8-BOLT", 4, "stock") in lines)
    dispatch.picks(f"{number}/{four}")
    assert (sums(dispatch, number).quantity("shipped"), sums(dispatch, number).open, dispatch.level(dispatch.bolt)) == (3, 7, (7, 7))

    preview = blast_radius.of_cancel(order_of(number), {dispatch.line(number).pk: D(7)})
    now_and_later = [(one.quantity, one.reversible) for one in preview.consequences if one.act == "stock.reserve"]
    assert (preview.refusal, now_and_later) == (None, [(3, True), (4, False)])
    assert cancels(dispatch, number, {1: 7}, seen={number: preview.stamp}) == {}

    assert (sums(dispatch, number).quantity("cancelled"), sums(dispatch, number).open) == (7, 0)
    assert dispatch.level(dispatch.bolt) == (7, 4)
    assert Order.objects.get(number=number).status == "open"
    assert dispatch.open_items(number)[""] == ["picking"]
    assert delivery.put_back([number], actor=dispatch.actor("carol"), now=dispatch.now) == {}
    assert dispatch.level(dispatch.bolt) == (7, 0)
    assert findings() == []


def test_a_packed_delivery_ends_as_a_whole_and_its_goods_are_put_back_by_the_warehouse(dispatch):
    dispatch.on_hand(dispatch.bolt, 4)
    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 2))
    dispatch.picks(f"{number}/1")
    line = dispatch.line(number).pk

    preview = blast_radius.of_cancel(order_of(number), {line: D(10)})
    assert [(one.text, one.quantity, one.reversible) for one in preview.leftovers] == [
        ("4 of M8-BOLT (line 1) is picked and has to be put back.", 4, False),
        ("4 x M8-BOLT of delivery 1 must be put back", 4, False),
    ]
    assert cancels(dispatch, number, {1: 10}, seen={number: preview.stamp}) == {}

    assert (sums(dispatch, number).quantity("cancelled"), sums(dispatch, number).open) == (10, 0)
    assert dispatch.deliveries(number)[1][0] == "withdrawn"
    assert dispatch.open_items(number)[""] == ["picking"]
    assert dispatch.level(dispatch.bolt) == (4, 4)
    assert Entry.objects.filter(subject_key=number, payload__contains="Put back 4 x M8-BOLT of delivery 1").exists()
    assert findings() == []
    assert delivery.put_back([number], actor=dispatch.actor("carol"), now=dispatch.now) == {}
    assert dispatch.level(dispatch.bolt) == (4, 0)
    assert Order.objects.get(number=number).status == "open"  # the rails are still to come
    assert findings() == []


def test_goods_packed_with_others_cannot_be_cancelled_from_a_desk_and_both_names_are_on_the_record(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    dispatch.on_hand(dispatch.nut, 5)
    number = dispatch.planned(("M8-BOLT", 10), ("M8-NUT", 5))
    dispatch.picks(f"{number}/1")

    refused = cancels(dispatch, number, {1: 10})

    assert refused[number].code == "packed_together"
    assert "Carol packed it" in str(refused[number])
    filed = Amendment.objects.get(order__number=number)
    assert (filed.revision, filed.made_by, filed.met) == (None, "mary", "Carol")
    assert sums(dispatch, number).quantity("cancelled") == 0
    assert findings() == []


def test_supply_that_nobody_needs_any_more_is_closed_or_flagged_with_an_owner(dispatch):
    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 3))
    (place,) = [place for place, stages in dispatch.open_items(number).items() if stages == ["buying"]]
    dispatch.purchases(f"{number}{place}")
    supply.release("PO-2026-00001", actor=dispatch.actor("carol"), now=dispatch.now)

    preview = blast_radius.of_cancel(order_of(number), {dispatch.line(number).pk: D(10)})
    assert [(one.reference, one.amount, one.reversible) for one in preview.consequences if one.act == "supply.purchase"] == [
        ("PO-2026-00001", D("1.10"), False)
    ]
    assert cancels(dispatch, number, {1: 10}) == {}

    assert dispatch.open_items(number)[""] == ["buying"]
    assert Entry.objects.filter(subject_key=number, payload__contains="Supply without demand: 10 x M8-BOLT on PO-2026-00001").exists()
    assert findings() == []


def test_a_smaller_line_gives_back_at_once_what_it_does_not_need_and_the_rest_is_planned_again(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))

    assert changed(dispatch, number, {1: 6}) == {}

    assert dispatch.level(dispatch.bolt) == (10, 6)
    dispatch.runs(number)
    dispatch.plans(number)
    assert dispatch.deliveries(number)[1] == ("open", [("M8-BOLT", 6, "stock")])
    assert findings() == []


def test_the_preview_of_a_change_tells_every_part_with_its_money_and_the_document_keeps_it(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/2")
    line = dispatch.line(number)

    preview = blast_radius.of_change(order_of(number), OrderChange({line.pk: D(4)}))

    assert [(one.act, one.text, one.line_id) for one in preview.consequences if one.act != "review.decide"] == [
        ("stock.reserve", "2 of M8-BOLT (line 1) would be free for others.", line.pk),
        ("delivery.plan", "Delivery 1, planned for 2026-03-02, becomes smaller or ends: 2 x M8-BOLT less", line.pk),
        ("delivery.plan", "Delivery 2, planned for 2026-03-09, becomes smaller or ends: 4 x M8-BOLT less", line.pk),
        ("supply.purchase", "PO-2026-00001 brings 4 x M8-BOLT for it", line.pk),
    ]
    assert preview.goes_back_to == ("review",)
    assert changed(dispatch, number, {1: 4}, requested_by="Dan, by telephone", seen={number: preview.stamp}) == {}
    filed = Amendment.objects.get(order__number=number)
    assert (filed.revision, filed.kind, filed.requested_by, filed.reason) == (1, "change", "Dan, by telephone", "Dan called")
    assert filed.differences == [{"position": 1, "sku": "M8-BOLT", "what": "quantity", "before": "10", "after": "4"}]
    assert len(filed.effects) == len(preview.consequences)
    assert dispatch.supply_orders()["PO-2026-00001"][0] == "closed"
    assert findings() == []


def test_a_preview_takes_the_same_statements_for_one_line_and_for_many(dispatch):
    counted = []
    for lines in (1, 12):
        dispatch.on_hand(dispatch.bolt, 6)
        number = dispatch.planned(*[("M8-BOLT", 10)] * lines)
        order = order_of(number)
        wish = OrderChange({line.pk: D(4) for line in order.lines.all()})
        with CaptureQueriesContext(connection) as log:
            preview = blast_radius.of_change(order, wish)
        assert len(preview.consequences) >= lines
        counted.append(len(log))

    assert counted[0] == counted[1] <= 30


def test_a_change_decided_on_an_older_state_is_refused_with_both_names(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.planned(("M8-BOLT", 10))
    line = dispatch.line(number).pk
    seen = blast_radius.of_change(order_of(number), OrderChange({line: D(6)})).stamp
    dispatch.hire("ann", "clerk")
    assert changed(dispatch, number, {1: 8}, who="ann") == {}

    refused = changed(dispatch, number, {1: 6}, seen={number: seen})

    assert str(refused[number]).startswith("Ann changed this order while you were looking at it (revision 1).")
    assert list(Amendment.objects.order_by("id").values_list("revision", "made_by", "met")) == [(1, "ann", ""), (None, "alice", "Ann")]
    assert findings() == []


def test_a_change_that_would_touch_something_else_by_now_is_refused_with_who_moved_it(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    number = dispatch.planned(("M8-BOLT", 10))
    line = dispatch.line(number).pk
    seen = blast_radius.of_change(order_of(number), OrderChange({line: D(6)})).stamp
    dispatch.purchases(f"{number}/2")

    refused = changed(dispatch, number, {1: 6}, seen={number: seen})

    assert refused[number].code == "moved_meanwhile"
    assert "Alice was the last to work on this order" in str(refused[number])
    assert Amendment.objects.get().met == "Alice"


@pytest.mark.parametrize(
    ("lost", "unpacked", "packed", "ended", "line"),
    [
        ({1: 7}, {1: 3}, [(3, 1, 4)], (3,), None),  # ordered 10, shipped 3, picked 4, free 3
        ({1: 3}, {1: 3}, [(3, 1, 4)], (), None),
        ({1: 5}, {1: 3}, [(3, 1, 4)], (), 1),
        ({1: 7}, {1: 3}, [(3, 1, 4), (3, 2, 5)], (), 1),
        ({1: 7, 2: 5}, {1: 3}, [(3, 1, 4), (3, 2, 5)], (3,), None),
        ({1: 4}, {}, [(2, 1, 4), (3, 1, 4)], (3,), None),
    ],
)
def test_what_is_packed_comes_out_as_a_whole_delivery_or_not_at_all(lost, unpacked, packed, ended, line):
    rows = [Packed(DeliveryNumber(number), LineId(of), D(quantity)) for number, of, quantity in packed]

    verdict = stranding({LineId(k): D(v) for k, v in lost.items()}, {LineId(k): D(v) for k, v in unpacked.items()}, rows)

    assert (verdict.deliveries, verdict.line) == (ended, line)
