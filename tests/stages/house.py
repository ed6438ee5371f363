"""A small trading house for the tests of capture, review and stock: Alice enters, Bob reviews, Carol is the warehouse, Eve has no rights.

Its standard runs the real acts of these stages; what comes after them is plain work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction
from django.test import TestCase

from orderway.journal import verify
from orderway.masterdata.models import Company, Customer, Item, Person, RoleMember, TaxCategory, Warehouse
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.models import Order, OrderLine, WorkItem
from orderway.orders.work import Completion, run_open
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.stages.capture import actions as capture
from orderway.stages.capture.rules import LineDraft, OrderDraft
from orderway.stages.review import actions as review
from orderway.stages.stock import actions as stock
from orderway.stages.stock import counting
from orderway.stages.stock.models import Reservation, StockLevel
from orderway.stages.stock.rules import GoodsIn

D = Decimal
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai

STANDARD = """
format: order-standard/1
id: {id}
version: 1.0.0
title: {{en: A trading house}}
owner: process_owner
approved_by: [manager]
effective: "2026-01-01"
review_every: 12mo
languages: [en]
calendar: office
calendars:
  office: {{zone: Asia/Shanghai, hours: {{mon-fri: ["09:00-17:00"]}}}}
roles:
  clerk: {{en: Clerk}}
  reviewer: {{en: Reviewer}}
  warehouse: {{en: Warehouse}}
  manager: {{en: Manager}}
  process_owner: {{en: Process owner}}
documents:
  {customer_po}
  order_form: {{title: {{en: Order confirmation}}, keep: 10y, template: order_form}}
facts:
  order.total: money
  order.total_with_tax: money
  order.lines: [{{sku: text, qty: number, available: number, route: {{one_of: [stock, make, buy]}}}}]
  customer.credit_left: money
  customer.blocked: bool
tables:
  credit:
    inputs: [customer.blocked, customer.credit_left - order.total_with_tax]
    output: text
    hit: first
    rows:
      - ["true", "-", blocked]
      - ["-", "< 0", over_limit]
      - ["-", "-", ok]
flow:
  - receipt
  - review
  - stock_check
  - ship
exceptions:
  cancel: {{by: [manager], until: ship, reason: required, do: {{end: cancelled, undo: [stock_check]}}}}
  change: {{by: [clerk], until: ship, reason: required, do: {{back_to: review}}}}
  hold: {{reason: required, types: {{customer: {{by: [clerk]}}}}}}
stages:
  receipt:
    title: {{en: Receipt}}
    owner: clerk
    does: capture.enter
    runs: {receipt}
    limit: 4h
    {needs}
    makes: [order_form]
    steps:
      - {{id: enter, do: {{en: Enter it}}, evidence: {receipt_evidence}}}
  review:
    title: {{en: Review}}
    owner: reviewer
    does: review.decide
    runs: {review}
    limit: 4h
    steps:
      - {{id: compare, do: {{en: Compare}}, evidence: {review_evidence}}}
    gate:
      {not_by}criteria:
        {ask}- {{id: credit, auto: table.credit == 'ok', waive: [manager]}}
      fail: {{back_to: receipt, at_most: 3, then: manager}}
  stock_check:
    title: {{en: Stock check}}
    owner: warehouse
    does: stock.reserve
    runs: system
    limit: 2h
    steps:
      - {{id: reserve, do: {{en: Reserve}}, evidence: system}}
    gate:
      criteria:
        - {{id: covered, auto: "order.lines.all(l, l.available >= l.qty || l.route != 'stock')"}}
      fail: {{back_to: review, at_most: 2, then: manager}}
  ship:
    title: {{en: Ship}}
    owner: warehouse
    limit: 1d
    steps:
      - {{id: load, do: {{en: Load}}, evidence: tick}}
"""
BY_PEOPLE = {
    "id": "people",
    "customer_po": "customer_po: {from: customer, title: {en: Purchase order}, keep: 10y}",
    "needs": "needs: [customer_po]",
    "receipt": "person",
    "receipt_evidence": "{document: customer_po}",
    "review": "person",
    "review_evidence": "tick",
    "not_by": "not_by: [receipt]\n      ",
    "ask": "- {id: right, ask: {en: Is it right}}\n        ",
}
BY_ITSELF = {
    "id": "itself",
    "customer_po": "",
    "needs": "",
    "receipt": "system",
    "receipt_evidence": "system",
    "review": "system",
    "review_evidence": "system",
    "not_by": "",
    "ask": "",
}


@dataclass
class House:
    """The trading house with its people, masters and both versions of its standard: worked by people, and by itself."""

    now: datetime = MONDAY
    people: dict[str, Person] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)

    def open(self) -> House:
        """Hire the people, set up masters, release the standards."""
        for key, role in {"alice": "clerk", "bob": "reviewer", "carol": "warehouse", "mary": "manager", "eve": ""}.items():
            self.hire(key, role)
        self.administrator = Person.objects.create(key="admin", name="Admin", is_administrator=True)
        Company.objects.create(name="House", currency="CNY", zone="Asia/Shanghai")
        self.tax = TaxCategory.objects.create(key="STD", rate_percent=D(13))
        self.dan = Customer.objects.create(key="DAN", name="Dan", currency="CNY")
        self.bolt = self.an_item("M8-BOLT", "0.40")
        self.nut = self.an_item("M8-NUT", "0.10", route="stock")
        self.postage = self.an_item("POSTAGE", "12.00", stocked=False)
        self.near = Warehouse.objects.create(key="NEAR", name="Near", rank=1)
        self.far = Warehouse.objects.create(key="FAR", name="Far", rank=2)
        self.version = self.released(STANDARD.format(**BY_PEOPLE))
        self.automatic = self.released(STANDARD.format(**BY_ITSELF))
        return self

    # --- masters ---------------------------------------------------------------------------------------------------------

    def hire(self, key: str, *roles: str) -> Person:
        """A person with these roles."""
        person = Person.objects.create(key=key, name=key.title())
        self.people[key] = person
        self.roles[key] = frozenset(role for role in roles if role)
        RoleMember.objects.bulk_create([RoleMember(person=person, role=role) for role in self.roles[key]])
        return person

    def an_item(self, sku: str, price: str, **fields: object) -> Item:
        """An item."""
        return Item.objects.create(sku=sku, name=sku.title(), tax=self.tax, list_price=D(price), **fields)

    def released(self, source: str) -> Version:
        """A standard in force."""
        version = publishing.draft(source, author="author", now=self.now)
        publishing.approve(version, by=self.administrator, now=self.now, accept="a test")
        return publishing.release(version, by=self.administrator, now=self.now)

    def drafted(self, version: Version, number: str) -> Version:
        """Another version of a standard, approved and not in force."""
        source = version.source.replace(f"version: {version.version}", f"version: {number}").replace(
            "title: {en: A trading", "title: {en: Our trading"
        )
        changed = f"changes: [{{version: {number}, reason: {{en: a trial}}, running_orders: finish}}]"
        draft = publishing.draft(source.replace("languages: [en]", f"languages: [en]\n{changed}"), author="author", now=self.now)
        return publishing.approve(draft, by=self.administrator, now=self.now, accept="a test")

    def actor(self, key: str, via: str = "form") -> Actor:
        """Somebody who acts."""
        return Actor(key, self.people[key].pk, roles=self.roles[key], via=via)  # type: ignore[arg-type]

    # --- orders ----------------------------------------------------------------------------------------------------------

    def draft(self, *lines: tuple, customer: str = "DAN", standard: str = "itself", **fields: object) -> OrderDraft:
        """A draft of lines (item number, quantity[, price])."""
        made = tuple(LineDraft(line[0], D(line[1]), D(line[2]) if len(line) > 2 else None) for line in lines or (("M8-BOLT", 10),))
        return OrderDraft(customer=customer, lines=made, standard=standard, **fields)  # type: ignore[arg-type]

    def places(self, *drafts: OrderDraft, who: str = "alice") -> list[capture.Outcome]:
        """Somebody places orders."""
        return capture.place(drafts, actor=self.actor(who), now=self.now)

    def an_order(self, *lines: tuple, **fields: object) -> str:
        """The number of a new order."""
        (outcome,) = self.places(self.draft(*lines, **fields))
        assert outcome.state == "placed", outcome
        return outcome.number

    def orders(self, count: int, *lines: tuple, **fields: object) -> list[str]:
        """The numbers of n new orders."""
        return [outcome.number for outcome in self.places(*[self.draft(*lines, **fields) for _ in range(count)])]

    def enters(self, *numbers: str, who: str = "alice"):
        """Somebody completes the receipt, with the customer's paper."""
        from orderway.orders import acts

        papers = {number: [acts.Attachment("customer_po", "po.pdf", "application/pdf", b"%PDF-1.4")] for number in numbers}
        refused = acts.attach(papers, actor=self.actor(who), now=self.now)
        return dict(refused) | dict(capture.enter(list(numbers), actor=self.actor(who), now=self.now))

    def reviews(self, *numbers: str, right: bool = True, who: str = "bob", reason: str = ""):
        """Somebody reviews and answers; gives what was refused."""
        brings = {number: Completion(findings={"right": right}, evidence={"compare": "yes"}, reason=reason) for number in numbers}
        return review.decide(list(numbers), actor=self.actor(who), now=self.now, brings=brings)

    def reserves(self, *numbers: str):
        """The system reserves; gives what was refused."""
        return stock.reserve(list(numbers), actor=SYSTEM, now=self.now)

    def runs(self, *numbers: str):
        """The system works what it may."""
        return run_open(list(numbers) or None, now=self.now)

    def runs_to_stock(self, *numbers: str) -> None:
        """The system works until the orders have entered the stock check."""
        run_open(list(numbers), now=self.now, until="stock_check")

    # --- stock -----------------------------------------------------------------------------------------------------------

    def on_hand(self, item: Item, quantity: object, warehouse: Warehouse | None = None) -> None:
        """Opening stock, committed: who waits for it is told."""
        goods = [GoodsIn(item.pk, (warehouse or self.near).pk, D(str(quantity)), "opening")]
        with TestCase.captureOnCommitCallbacks(execute=True):
            counting.open_stock(goods, actor=SYSTEM, now=self.now)

    def counts(self, item: Item, quantity: object, warehouse: Warehouse | None = None) -> counting.Counted:
        """Somebody counts a shelf."""
        count = counting.Count(item.pk, (warehouse or self.near).pk, D(str(quantity)))
        return counting.count([count], actor=SYSTEM, now=self.now, reference="count 1")

    def level(self, item: Item, warehouse: Warehouse | None = None) -> tuple[Decimal, Decimal]:
        """On hand and reserved."""
        level = StockLevel.objects.get(item=item, location__warehouse=warehouse or self.near)
        return level.on_hand, level.reserved

    def reserved(self, number: str) -> dict[str, Decimal]:
        """What is reserved for an order, by warehouse."""
        rows = Reservation.objects.filter(line__order__number=number, quantity__gt=0)
        return dict(rows.values_list("level__location__warehouse__key", "quantity"))

    def asks_stock(self, act, *requests: object, **more: object):
        """A later stage asks the stock stage for something, in its own transaction."""
        with transaction.atomic():
            return act(list(requests), actor=SYSTEM, now=self.now, **more)

    # --- looking ---------------------------------------------------------------------------------------------------------

    def open_stages(self, number: str) -> list[str]:
        """The stages of the order's open work items."""
        return sorted(WorkItem.objects.filter(order__number=number, state="open").values_list("stage", flat=True))

    def item(self, number: str, stage: str) -> WorkItem:
        """The open work item of a stage."""
        return WorkItem.objects.get(order__number=number, stage=stage, state="open")

    def order(self, number: str) -> Order:
        """The order's row."""
        return Order.objects.get(number=number)

    def line(self, number: str, position: int = 1) -> OrderLine:
        """A line of an order."""
        return OrderLine.objects.get(order__number=number, position=position)


def findings(*numbers: int) -> list[verify.Row]:
    """What verify finds broken, of these invariants or of all."""
    return [row for row in verify.verify() if row.broken and (not numbers or row.invariant in numbers)]


def statements(queries) -> list[str]:
    """The statements of a captured log, without transaction control."""
    control = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return [query["sql"] for query in queries if not query["sql"].startswith(control)]
