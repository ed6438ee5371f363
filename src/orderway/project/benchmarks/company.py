"""The company that is measured: many customers, items with endless stock, one person who may do everything. Measures nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from django.core.management import call_command
from django.db import transaction

from orderway.api import tokens
from orderway.masterdata.models import Customer, Item, Person, RoleMember, TaxCategory, Warehouse
from orderway.orders.actor import Actor
from orderway.orders.work import SYSTEM
from orderway.releases import publishing
from orderway.stages.capture.rules import LineDraft, OrderDraft
from orderway.stages.stock import actions as stock
from orderway.standard.templates import shipped

CUSTOMERS, ITEMS, LINES = 2_000, 300, 3
ROLES = ("sales", "sales_manager", "finance", "planner", "production", "buyer", "warehouse", "logistics", "service")

AUTOMATIC = """
format: order-standard/1
id: automatic
version: 1.0.0
title: Automatic
owner: process_owner
approved_by: [general_manager]
effective: "2026-01-01"
review_every: 12mo
languages: [en]
calendar: office
calendars:
  office: {zone: Asia/Shanghai, hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}, holidays: CN}
roles: {sales: Sales, sales_manager: Manager, process_owner: Process owner, general_manager: General manager}
documents: {}
facts: {order.total: money, order.discount: percent}
flow:
  - check
  - choose:
      - {when: "order.total >= 0 && order.discount < 100", do: [look]}
      - {do: [refuse]}
exceptions: {}
stages:
  check:
    title: Check
    owner: sales
    does: capture.enter
    runs: system
    limit: 4h
    steps: [{id: check, do: Check the order, evidence: system}]
  look:
    title: Look
    owner: sales
    limit: 2d
    steps: [{id: look, do: Look at the order, evidence: tick}]
  refuse:
    title: Refuse
    owner: sales_manager
    limit: 2d
    steps: [{id: refuse, do: Tell the customer, evidence: tick}]
"""


class Bench:
    """The masters and a source of drafts."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
        call_command("migrate", interactive=False, verbosity=0)
        admin = Person.objects.create_superuser("admin", name="Admin")
        self.person = Person.objects.create_user("bench", None, name="Bench")
        colleagues = [Person(key=f"p{number:02d}", name=f"Person {number}") for number in range(17)]
        Person.objects.bulk_create(colleagues)
        RoleMember.objects.bulk_create([RoleMember(person=person, role=role) for person in (self.person, *colleagues) for role in ROLES])
        publishing.install_shipped(admin, self.now)
        self._release(AUTOMATIC, admin)
        tax = TaxCategory.objects.create(key="VAT13", rate_percent=13)
        customers = [Customer(key=f"C{n:05d}", name=f"Customer {n}", currency="CNY") for n in range(CUSTOMERS)]
        self.customers = [customer.key for customer in Customer.objects.bulk_create(customers)]
        items = [Item(sku=f"I{n:04d}", name=f"Item {n}", tax=tax, route="stock", list_price=Decimal(n % 90 + 10)) for n in range(ITEMS)]
        made = Item.objects.bulk_create(items)
        self.items = [item.sku for item in made]
        house = Warehouse.objects.create(key="MAIN", name="Main")
        with transaction.atomic():
            stock.receive([stock.GoodsIn(item.pk, house.pk, Decimal(10**9), "opening") for item in made], actor=SYSTEM, now=self.now)
        self.actor = Actor(key="bench", person_id=self.person.pk, roles=frozenset(ROLES), via="api")
        self.token = tokens.make(self.person, name="bench", now=datetime.now(UTC))
        self._counter = count()

    def _release(self, source: str, admin: Person) -> None:
        version = publishing.draft(source, author="orderway", now=self.now)
        version = publishing.approve(version, by=admin, accept="measuring", now=self.now)
        publishing.release(version, by=admin, now=self.now)

    def draft(self, standard: str = "make-to-stock") -> OrderDraft:
        """The next order: three lines, a customer of its own turn, a purchase order number nobody had."""
        number = next(self._counter)
        lines = tuple(LineDraft(self.items[(number * 7 + line * 13) % ITEMS], Decimal(line + 1), Decimal("12.50")) for line in range(LINES))
        return OrderDraft(self.customers[number % CUSTOMERS], lines, channel="api", customer_po=f"B{number}", standard=standard)

    def drafts(self, number: int, standard: str = "make-to-stock") -> list[OrderDraft]:
        """The next n orders."""
        return [self.draft(standard) for _ in range(number)]


assert "make-to-stock" in shipped(), "the measured standard is one that is shipped"
