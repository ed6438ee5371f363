"""An act that fails at any of its statements has left nothing behind, and done again it succeeds."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from orderway.connect.csv_excel import importing
from orderway.connect.csv_excel import mapping as mappings
from orderway.orders import acts, clock
from orderway.orders import changes as order_changes
from orderway.orders.actor import SYSTEM
from orderway.orders.completion import Completion
from orderway.orders.models import Order
from orderway.orders.work import run_open
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.aftersales import settlements
from orderway.stages.capture import actions as capture
from orderway.stages.capture import editing
from orderway.stages.capture.rules import LineDraft, LineEdit, OrderDraft, OrderEdit
from orderway.stages.delivery import actions as delivery
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.review import actions as review
from orderway.stages.stock import actions as stock
from orderway.stages.stock import counting
from orderway.stages.stock.models import StockMove
from orderway.stages.stock.rules import GoodsIn
from orderway.stages.supply import actions as supply
from scenarios import company

D = Decimal
MAPPING = """
format: order-mapping/1
standard: trade
channel: cut
create: [customers, items]
opening_stock: demand
columns: {order: po, customer: customer, sku: item, quantity: quantity, price: price}
"""


class Life:
    """One order whose every act is interrupted; between the acts the system works undisturbed."""

    def __init__(self, shop, interrupted):
        self.shop, self.interrupted = shop, interrupted

    def refused_nothing(self, name, act):
        """An act on orders: interrupted, then done, and not refused."""
        refused = self.interrupted(name, act)
        assert not refused, (name, refused)
        self.shop.system_works()

    def place(self, *lines, standard="make-to-stock"):
        """Two orders at once; gives the first."""
        drafts = [
            OrderDraft("DAN", tuple(LineDraft(sku, D(n)) for sku, n in lines), standard=standard, customer_po=po) for po in ("1", "2")
        ]
        outcomes = self.interrupted("place", lambda: capture.place(drafts, **self.shop.alice.doing))
        assert [outcome.state for outcome in outcomes] == ["placed", "placed"]
        return company.AnOrder(self.shop, outcomes[0].number)


@pytest.fixture
def life(shop, interrupted):
    """The interrupted life."""
    return Life(shop, interrupted)


def test_every_act_of_an_order_from_stock(shop, life, interrupted):
    alice, bob, carol = shop.alice.doing, shop.bob.doing, shop.carol.doing
    goods = [GoodsIn(shop.rail.pk, shop.house.pk, D(50), "opening")]
    interrupted("open stock", lambda: counting.open_stock(goods, actor=SYSTEM, now=shop.now))
    assert shop.level("RAIL") == (50, 0)
    order = life.place(("RAIL", 10))
    number = order.number

    said = {number: Completion(evidence={"enter": "yes", "confirm": "yes"})}
    life.refused_nothing("enter", lambda: capture.enter([number], brings=said, **alice))
    found = {number: Completion(findings={"accuracy": True, "price_terms": True}, evidence={"compare": "yes"})}
    life.refused_nothing("decide", lambda: review.decide([number], brings=found, **bob))
    life.refused_nothing("reserve", lambda: stock.reserve([number], brings={number: Completion(evidence={"reserve": "yes"})}, **carol))
    life.refused_nothing("evidence", lambda: acts.add_evidence({number: {"split": "yes"}}, **carol))
    life.refused_nothing("plan", lambda: delivery.plan([number], **carol))
    place = order.place("picking")
    packed = {place: Completion(evidence={"pick": "yes", "pack": "yes"})}
    life.refused_nothing("pick", lambda: delivery.pick([place], {place: delivery.PickReport()}, brings=packed, **carol))
    proof = {place: delivery.Proof(signed_by="Dan")}
    life.refused_nothing("hand over", lambda: delivery.hand_over([place], proof, **carol))
    acts.add_evidence({place: {"issue": "yes"}}, **bob)
    life.refused_nothing("issue", lambda: invoicing.issue([place], **bob))
    interrupted("pay", lambda: shop.bob.books_payment(order, "1130.00"))
    called = {number: Completion(evidence={"call": "yes"})}
    life.refused_nothing("resolve", lambda: aftersales.resolve([number], brings=called, **alice))

    assert order.status == "ended"
    assert order.sums(1).quantity("shipped") == 10
    assert [total for _, total in order.invoices] == [D("1130.00")]
    assert shop.level("RAIL") == (40, 0)
    assert len(interrupted.hits) == 12
    assert min(interrupted.hits.values()) >= 3
    assert sum(interrupted.hits.values()) >= 80


def test_every_act_of_supply_and_approval(shop, life, interrupted):
    alice, carol = shop.alice.doing, shop.carol.doing
    order = shop.an_order(lines=[("RAIL", 10), ("SCREW", 900)])
    number = order.number
    paper = {number: [acts.Attachment("customer_po", "po.pdf", "application/pdf", company.PAPER)]}

    life.refused_nothing("attach", lambda: acts.attach(paper, **alice))
    order.at("review")
    assert shop.bob.reviews(order) is None
    while "approval" in {kind for _, kind, _ in order.open_work}:
        signatory = shop.mary if order._items().get(kind="approval").role == "sales_manager" else shop.grace
        life.refused_nothing("sign", lambda signatory=signatory: acts.sign([number], approve=True, **signatory.doing))
    order.at("production")
    making = order.place("production")
    acts.add_evidence({making: {"prepare": "yes"}}, **carol)
    if not shop.supply_orders():
        interrupted("produce", lambda: supply.produce([making], **carol))
    for supplied in shop.supply_orders():
        interrupted("receive goods", lambda supplied=supplied: supply.receive(supplied, None, **carol))
    order.at("picking")

    assert {"attach", "sign", "receive goods"} <= set(interrupted.hits)
    assert min(interrupted.hits.values()) >= 3
    assert sum(interrupted.hits.values()) >= 50


def test_every_act_that_leaves_the_usual_way_before_delivery(shop, life, interrupted):
    alice, bob, mary = shop.alice.doing, shop.bob.doing, shop.mary.doing
    shop.on_hand("RAIL", 50)
    order = shop.an_order(lines=[("RAIL", 10)], standard="make-to-stock")
    number = order.number

    edit = {number: OrderEdit(lines=(LineEdit(1, quantity=D(11)),))}
    interrupted("edit", lambda: editing.edit(edit, **alice))
    life.refused_nothing("claim", lambda: acts.claim([number], **alice))
    order.at("review")
    wrong = Completion(findings={"accuracy": False, "price_terms": True}, evidence={"compare": "yes"}, reason="it differs")
    life.refused_nothing("decide: no", lambda: review.decide([number], brings={number: wrong}, **bob))
    order.at("stock_check")
    life.refused_nothing("hold", lambda: acts.hold([number], "credit", reason="late", **bob))
    life.refused_nothing("lift", lambda: acts.lift([number], "credit", reason="paid", **bob))
    order.at("picking")
    line = order.line(1).pk
    life.refused_nothing("change", lambda: order_changes.change({number: order_changes.OrderChange({line: D(12)})}, reason="more", **alice))
    order.at("picking")
    counted = [counting.Count(item.pk, shop.house.pk, D(found)) for item, found in ((shop.rail, 48), (shop.steel, 1001))]
    interrupted("count", lambda: counting.count(counted, actor=SYSTEM, now=shop.now))
    assert shop.level("STEEL") == (1001, 0)
    life.refused_nothing("cancel", lambda: order_changes.cancel([number], reason="stopped", **mary))

    assert order.status == "cancelled"
    assert shop.level("RAIL") == (48, 0)
    assert len(interrupted.hits) == 8
    assert min(interrupted.hits.values()) >= 3
    assert sum(interrupted.hits.values()) >= 45


def test_every_act_after_delivery(shop, life, interrupted):
    alice = shop.alice.doing
    shop.on_hand("RAIL", 50)
    order = shop.an_order(lines=[("RAIL", 10)], standard="make-to-stock").at("after_sales")
    number = order.number

    interrupted("complain", lambda: aftersales.complain(number, kind="item", text="dented", **alice))
    wanted = aftersales.Announcement(number, {1: D(3)}, "dented")
    announced = interrupted("announce", lambda: aftersales.announce_return([wanted], **alice))
    assert not announced.refused
    life.refused_nothing("receive return", lambda: aftersales.receive_return([aftersales.Arrival(number, 1, condition="good")], **alice))
    interrupted("replace", lambda: settlements.replace_goods(number, {1: D(2)}, reason="dented", **alice))
    shop.system_works()

    assert order.sums(1).quantity("returned") == 3
    assert order.sums(1).quantity("replaced") == 2
    assert len(interrupted.hits) == 4
    assert min(interrupted.hits.values()) >= 3
    assert sum(interrupted.hits.values()) >= 35


def test_what_the_system_does_by_itself_goes_on_where_it_was_cut_off(shop, interrupted):
    shop.on_hand("SCREW", 50)
    orders = [shop.an_order(lines=[("SCREW", 5)], standard="trade") for _ in range(3)]

    interrupted.of_many("run", lambda: run_open(now=shop.now, retry=True))

    assert [order.status for order in orders] == ["ended"] * 3
    assert shop.level("SCREW") == (35, 0)
    assert [total for order in orders for _, total in order.invoices] == [D("282.50")] * 3
    assert interrupted.hits["run"] >= 15  # what failed begins again where it was cut off, not at the first statement


def test_a_sweep_goes_on_where_it_was_cut_off_and_fires_every_alarm_once(shop, interrupted):
    orders = [shop.an_order(standard="make-to-stock") for _ in range(3)]
    late = shop.now + timedelta(days=30)

    interrupted.of_many("sweep", lambda: clock.sweep(late))

    assert all(item.alarms_fired == len(json.loads(item.alarms)) for order in orders for item in order._items())
    assert interrupted.hits["sweep"] >= 6
    assert clock.sweep(late).alarms == 0


def test_an_import_goes_on_where_it_was_cut_off_and_imports_nothing_twice(shop, interrupted, tmp_path):
    file = tmp_path / "orders.csv"
    rows = "".join(f"{number},C{number % 3},PART{number % 2},{number % 5 + 1},1.25\n" for number in range(1, 8))
    file.write_text(f"po,customer,item,quantity,price\n{rows}")
    mapping = mappings.read(MAPPING, name="cut")

    interrupted.of_many("import", lambda: importing.import_orders(file, mapping, now=shop.now))

    report = importing.import_orders(file, mapping, now=shop.now)
    assert (report.imported, report.unchanged, report.orders) == (0, 7, 0)
    assert Order.objects.filter(channel="cut").count() == 7
    assert StockMove.objects.filter(reference="opening cut").count() == 2
    assert interrupted.hits["import"] >= 20


def test_the_injector_finds_an_act_that_does_half(shop, interrupted):
    """The proof of the proof: an act in two transactions is caught."""
    alice, number = shop.alice.doing, shop.an_order(standard="make-to-stock").number

    def half():
        acts.claim([number], **alice)
        return acts.add_evidence({number: {"enter": "yes"}}, **alice)

    with pytest.raises(AssertionError, match="half left something behind"):
        interrupted("half", half)


def test_the_injector_finds_an_act_that_goes_on(shop, interrupted):
    from django.db import OperationalError

    alice, number = shop.alice.doing, shop.an_order(standard="make-to-stock").number

    def careless():
        try:
            acts.claim([number], **alice)
        except OperationalError:
            return

    with pytest.raises(AssertionError, match="careless went on after a statement that failed"):
        interrupted("careless", careless)
