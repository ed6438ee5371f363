"""A company on the shipped make-to-stock standard whose people's programs talk to the API: each person has the one role of their name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.test import Client

from orderway.api import tokens
from orderway.masterdata.models import Company, Customer, Item, Person, RoleMember, TaxCategory, Warehouse
from orderway.orders.actor import SYSTEM
from orderway.orders.models import WorkItem
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.stages.stock import counting
from orderway.stages.stock.rules import GoodsIn
from orderway.standard.templates import shipped

D = Decimal
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, 09:00 in Shanghai
PEOPLE = {
    "alice": "sales",
    "bob": "finance",
    "paul": "planner",
    "lena": "logistics",
    "carol": "warehouse",
    "sam": "service",
    "mary": "sales_manager",
    "grace": "general_manager",
    "piet": "production",
    "bert": "buyer",
    "olga": "process_owner",
    "eve": "",
}
WAY = (
    ("alice", "capture.enter", "receipt", {"evidence": {"enter": "yes", "confirm": "yes"}}),
    ("bob", "review.decide", "review", {"evidence": {"compare": "yes"}, "findings": {"accuracy": True, "price_terms": True}}),
    ("paul", "stock.reserve", "stock_check", {"evidence": {"reserve": "yes"}}),
    ("lena", "delivery.plan", "delivery_planning", {"evidence": {"split": "yes"}}),
    ("carol", "delivery.pick", "picking", {"evidence": {"pick": "yes", "pack": "yes"}}),
    ("lena", "delivery.hand_over", "delivery", {"hand_over": {"signed_by": "Dan"}}),
    ("bob", "invoicing.issue", "invoicing", {"evidence": {"issue": "yes"}}),
    ("sam", "aftersales.resolve", "after_sales", {"evidence": {"call": "yes"}}),
)
"""Who does what at which stage, with what it takes: the whole life of an order from stock."""


@dataclass
class Office:
    """The company, its people and their tokens."""

    people: dict[str, Person] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def open(self, standard: str = "make-to-stock") -> Office:
        """Set up masters and stock, release the standard, give everybody a token."""
        for key, role in PEOPLE.items():
            self.hire(key, *([role] if role else []))
        self.administrator = self.hire("admin")
        Person.objects.filter(key="admin").update(is_administrator=True)
        self.administrator.refresh_from_db()
        Company.objects.create(name="Rails Ltd", currency="CNY", zone="Asia/Shanghai")
        tax = TaxCategory.objects.create(key="STD", rate_percent=D(13))
        self.dan = Customer.objects.create(key="DAN", name="Dan", currency="CNY", credit_limit=D(1_000_000))
        self.items = [Item.objects.create(sku=f"RAIL-{n}", name=f"Rail {n}", tax=tax, list_price=D(n * 10)) for n in (1, 2, 3)]
        self.warehouse = Warehouse.objects.create(key="MAIN", name="Main", rank=1)
        goods = [GoodsIn(item.pk, self.warehouse.pk, D(1000), "opening") for item in self.items]
        counting.open_stock(goods, actor=SYSTEM, now=NOW)
        self.version = self.released(shipped()[standard])
        return self

    def hire(self, key: str, *roles: str) -> Person:
        """A person with these roles and a token."""
        person = self.people[key] = Person.objects.create(key=key, name=key.title())
        RoleMember.objects.bulk_create([RoleMember(person=person, role=role) for role in roles])
        self.secrets[key] = tokens.make(person, name="test", now=NOW)
        return person

    def released(self, source: str) -> Version:
        """A standard in force."""
        version = publishing.draft(source, author="author", now=NOW)
        publishing.approve(version, by=self.administrator, now=NOW, accept="a test")
        return publishing.release(version, by=self.administrator, now=NOW)

    # --- talking ---------------------------------------------------------------------------------------------------------

    def get(self, who: str, path: str, **query: object):
        """Somebody's program asks."""
        return Client().get(f"/api/v1{path}", query, headers=self.headers(who))

    def post(self, who: str, path: str, body: object, key: str | None = None):
        """Somebody's program does something."""
        headers = self.headers(who) | ({} if key is None else {"Idempotency-Key": key})
        return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    def headers(self, who: str) -> dict[str, str]:
        """What proves who calls."""
        return {"Authorization": f"Bearer {self.secrets[who]}"} if who else {}

    # --- orders ----------------------------------------------------------------------------------------------------------

    def an_order(self, quantity: str = "5", **more: object) -> dict[str, object]:
        """What a customer orders: three lines."""
        return {"customer": "DAN", "lines": [{"sku": item.sku, "quantity": quantity} for item in self.items], **more}

    def placed(self, **more: object) -> str:
        """The number of a new order, placed by Alice's program."""
        answer = self.post("alice", "/orders", self.an_order(**more))
        assert answer.status_code == 201, answer.content
        return answer.json()["number"]

    def advanced(self, number: str, until: str) -> str:
        """The order, worked until it stands at this stage."""
        for who, act, stage, body in WAY:
            if stage == until:
                return number
            answer = self.post(who, f"/work-items/{self.place_of(number, stage)}/act", {"act": act, **body})
            assert answer.status_code == 200, (stage, answer.content)
        return number

    def place_of(self, number: str, stage: str) -> str:
        """Where a stage of the order is open."""
        return self.item(number, stage).place

    def item(self, number: str, stage: str) -> WorkItem:
        """The open work item of a stage."""
        return WorkItem.objects.get(order__number=number, stage=stage, state="open")

    def open_stages(self, number: str) -> list[str]:
        """Where the order stands."""
        return sorted(WorkItem.objects.filter(order__number=number, state="open").values_list("stage", flat=True))
