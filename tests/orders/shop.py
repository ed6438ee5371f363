"""A small company for tests: Alice enters, Bob reviews, Carol is the warehouse, Eve has no rights; a tiny standard of plain work.

Registers facts and acts of its own (`test.*`), so that the layer of orders is tested without any stage of the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Q

from orderway.masterdata.models import Customer, Item, Person, RoleMember, TaxCategory
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.models import Order, OrderLine, WorkItem
from orderway.orders.work import Completion, LineDraft, OrderDraft, place_orders, working_on
from orderway.releases import catalogue, publishing
from orderway.releases.models import Version
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import FactType

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai

HEAD = """
format: order-standard/1
id: {id}
version: {version}
title: {{en: A small way}}
owner: process_owner
approved_by: [manager]
effective: "2026-01-01"
review_every: 12mo
languages: [en]
calendar: office
calendars:
  office: {{zone: UTC, hours: {{mon-fri: ["08:00-16:00"]}}}}
roles:
  clerk: {{en: Clerk}}
  reviewer: {{en: Reviewer}}
  warehouse: {{en: Warehouse}}
  manager: {{en: Manager}}
  process_owner: {{en: Process owner}}
"""

PLAIN = (
    HEAD
    + """
facts:
  test.total: money
  test.boxes: [{{number: text, heavy: bool}}]
tables:
  authority:
    inputs: [test.total]
    output: role
    hit: first
    rows:
      - ["< 1000", none]
      - ["-", [manager]]
flow:
  - enter
  - check
  - reserve
  - each: box in test.boxes
    do:
      - pack
  - thank
exceptions:
  cancel: {{by: [manager], until: pack, reason: required, do: {{end: cancelled, undo: [reserve]}}}}
  change: {{by: [clerk], until: pack, reason: required, do: {{back_to: check}}}}
  hold: {{reason: required, types: {{credit: {{by: [reviewer], expires: 5d}}, customer: {{by: [clerk]}}}}}}
  complaint: {{by: [clerk, customer], after: pack, do: {{open: thank}}}}
stages:
  enter:
    title: {{en: Enter}}
    owner: clerk
    limit: 4h
    steps:
      - {{id: type, do: {{en: Type it in}}, evidence: tick}}
  check:
    title: {{en: Check}}
    owner: reviewer
    limit: 1d
    steps:
      - {{id: compare, do: {{en: Compare}}, evidence: tick}}
    gate:
      not_by: [enter]
      criteria:
        - {{id: right, ask: {{en: Is it right}}}}
        - {{id: affordable, auto: test.total < 5000, waive: [manager]}}
      approve: authority
      fail: {{back_to: enter, at_most: 2, then: manager}}
  reserve:
    title: {{en: Reserve}}
    owner: warehouse
    does: test.reserve
    runs: system
    limit: 2h
    steps:
      - {{id: take, do: {{en: Take it}}, evidence: system}}
  pack:
    title: {{en: Pack}}
    owner: warehouse
    does: test.pack
    limit: 1d
    steps:
      - {{id: close, do: {{en: Close the box}}, evidence: tick}}
  thank:
    title: {{en: Thank}}
    owner: clerk
    does: test.thank
    runs: system
    limit: 1d
    steps:
      - {{id: write, do: {{en: Write}}, evidence: system}}
"""
)

AUTOMATIC = (
    HEAD
    + """
flow: [first, second, third]
stages:
"""
    + "".join(
        f"""
  {name}:
    title: {{{{en: {name}}}}}
    owner: {owner}
    does: test.{act}
    runs: system
    limit: 1d
    steps: [{{{{id: do, do: {{{{en: Do it}}}}, evidence: system}}}}]
"""
        for name, act, owner in (("first", "reserve", "warehouse"), ("second", "thank", "clerk"), ("third", "reserve", "reviewer"))
    )
)

BOXES: dict[int, list[str]] = {}  # order id -> numbers of its boxes, else one box
UNKNOWN_TOTALS: set[int] = set()  # orders whose total nobody knows


def _totals(order_ids):
    """As the product's `order.total`: with everything that was divided from the same order."""
    families = {pk: whole or pk for pk, whole in Order.objects.filter(pk__in=order_ids).values_list("pk", "divided_from_id")}
    members = Order.objects.filter(Q(pk__in=families.values()) | Q(divided_from_id__in=families.values()))
    totals: dict[int, Decimal] = dict.fromkeys(families.values(), Decimal(0))
    for pk, whole, total in members.exclude(status="cancelled").values_list("pk", "divided_from_id", "total"):
        totals[whole or pk] += total
    return {pk: totals[family] for pk, family in families.items() if pk not in UNKNOWN_TOTALS}


def _boxes(order_ids):
    return {pk: {number: {"number": number, "heavy": False} for number in BOXES.get(pk, ["1"])} for pk in order_ids}


def _work(act):
    def run(places, *, actor, now):
        with working_on(places, act, actor=actor, now=now) as work:
            work.complete()
        return work.refused

    return run


def register() -> None:
    """Fill the lists of the product with the acts and facts of the tests."""
    if catalogue.act("test.reserve") is not None:
        return
    for name in ("test.reserve", "test.thank"):
        catalogue.register_act(CatalogueAct(name), _work(name))
    catalogue.register_act(CatalogueAct("test.pack", by_system=False))
    catalogue.register_fact("test.total", FactType("money"), load=_totals)
    boxes = FactType("list", record=(("number", FactType("text")), ("heavy", FactType("bool"))))
    catalogue.register_fact("test.boxes", boxes, load=_boxes)


def in_place_of_reserve(monkeypatch, run: Callable[..., object]) -> None:
    """Let the system do something else where a standard says ``test.reserve``, for one test."""
    act = catalogue.RegisteredAct(CatalogueAct("test.reserve"), run)
    monkeypatch.setattr("orderway.releases.catalogue._acts", {**catalogue._acts, "test.reserve": act})


@dataclass
class Shop:
    """The small company, with its people and one released version of each tiny standard."""

    now: datetime = MONDAY
    people: dict[str, Person] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)

    def open(self) -> Shop:
        """Hire the people, set up masters, release the standards."""
        register()
        roles = {"alice": "clerk", "bob": "reviewer", "carol": "warehouse", "mary": "manager", "eve": ""}
        for key, role in roles.items():
            self.hire(key, role)
        self.administrator = Person.objects.create(key="admin", name="Admin", is_administrator=True)
        self.customer = Customer.objects.create(key="DAN", name="Dan", currency="CNY")
        tax = TaxCategory.objects.create(key="STD", rate_percent=Decimal(13))
        self.bolt = Item.objects.create(sku="M8-BOLT", name="Bolt", tax=tax, list_price=Decimal("0.40"))
        self.version = self.released(PLAIN.format(id="plain", version="1.0.0"))
        self.automatic = self.released(AUTOMATIC.format(id="automatic", version="1.0.0"))
        return self

    def hire(self, key: str, *roles: str) -> Person:
        """A person with these roles."""
        person = Person.objects.create(key=key, name=key.title())
        self.people[key] = person
        self.roles[key] = frozenset(role for role in roles if role)
        RoleMember.objects.bulk_create([RoleMember(person=person, role=role) for role in self.roles[key]])
        return person

    def released(self, source: str) -> Version:
        """A standard in force, written by Alice's company and approved by the administrator."""
        version = publishing.draft(source, author="author", now=self.now)
        publishing.approve(version, by=self.administrator, now=self.now, accept="a test")
        return publishing.release(version, by=self.administrator, now=self.now)

    def actor(self, key: str, via: str = "form") -> Actor:
        """Somebody who acts."""
        return Actor(key, self.people[key].pk, roles=self.roles[key], via=via)

    def draft(self, *, version: Version | None = None, total: str = "100.00", po: str = "", quantity: str = "10") -> OrderDraft:
        """An order of one line of bolts."""
        price = Decimal(total) / Decimal(quantity)
        return OrderDraft(
            version=version or self.version,
            customer_id=self.customer.pk,
            currency="CNY",
            lines=(LineDraft(self.bolt.pk, Decimal(quantity), price),),
            ordered_at=self.now,
            customer_po=po,
            owner_id=self.people["mary"].pk,
        )

    def orders(self, count: int, **draft: object) -> list[str]:
        """Numbers of n new orders, placed by Alice."""
        placed = place_orders([self.draft(**draft) for _ in range(count)], actor=self.actor("alice"), now=self.now)
        assert not placed.refused
        return list(placed.numbers.values())

    def an_order(self, **draft: object) -> str:
        """The number of a new order."""
        return self.orders(1, **draft)[0]

    def entered(self, *numbers: str) -> None:
        """Alice completes the entry."""
        self.complete("alice", "enter", numbers, {"type": "yes"})

    def checked(self, *numbers: str, right: bool = True) -> None:
        """Bob checks and answers."""
        self.complete("bob", "check", numbers, {"compare": "yes"}, {"right": right})

    def complete(self, who: str, stage: str, numbers, evidence=None, findings=None) -> None:
        """Somebody completes plain work; nothing may be refused."""
        from orderway.orders import acts

        completion = Completion(findings=findings or {}, evidence=evidence or {})
        refused = acts.complete(dict.fromkeys(numbers, completion), stage=stage, actor=self.actor(who), now=self.now)
        assert not refused, refused

    def runs(self, *numbers: str):
        """The system works what it may."""
        from orderway.orders.work import run_open

        return run_open(list(numbers) or None, now=self.now)

    def open_stages(self, number: str) -> list[str]:
        """The stages of the order's open work items."""
        return sorted(WorkItem.objects.filter(order__number=number, state="open").values_list("stage", flat=True))

    def item(self, number: str, stage: str) -> WorkItem:
        """The open work item of a stage."""
        return WorkItem.objects.get(order__number=number, stage=stage, state="open")

    def line(self, number: str) -> OrderLine:
        """The first line of an order."""
        return OrderLine.objects.get(order__number=number, position=1)


__all__ = ["BOXES", "MONDAY", "SYSTEM", "UNKNOWN_TOTALS", "Shop", "register"]
