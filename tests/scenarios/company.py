"""A small maker for the scenarios: Alice enters, Bob reviews, Carol is the warehouse, Dan the customer, Eve has no rights.

Mary and Grace manage sales and the house. It runs the standards that the product ships, with their real acts; nothing is simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from orderway.engine.refusals import Refusal
from orderway.journal import reading, verify
from orderway.masterdata.models import BillLine, Company, Customer, Item, Person, RoleMember, Supplier, SupplierTerm, TaxCategory, Warehouse
from orderway.orders import acts, clock, line_ledger
from orderway.orders import changes as order_changes
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Delivery, Order, OrderLine, WorkItem
from orderway.orders.work import run_open
from orderway.releases import publishing
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.aftersales import settlements
from orderway.stages.capture import actions as capture
from orderway.stages.capture import editing
from orderway.stages.capture.rules import LineDraft, LineEdit, OrderDraft, OrderEdit
from orderway.stages.delivery import actions as delivery
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing import payments
from orderway.stages.invoicing.models import Invoice
from orderway.stages.review import actions as review
from orderway.stages.stock import actions as stock
from orderway.stages.stock import counting
from orderway.stages.stock.models import Reservation, StockLevel
from orderway.stages.stock.rules import GoodsIn
from orderway.stages.supply import actions as supply
from orderway.stages.supply.models import SupplyOrder

D = Decimal
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PAPER = b"%PDF-1.4 paper"
ROLES = {
    "alice": ("sales", "service"),
    "bob": ("finance",),
    "carol": ("planner", "production", "buyer", "warehouse", "logistics"),
    "mary": ("sales_manager",),
    "grace": ("general_manager",),
    "eve": (),
}
Refused = Mapping[str, Refusal]


@dataclass
class Shop:
    """The company, its clock, and what people in it do."""

    now: datetime = MONDAY
    people: dict[str, Person] = field(default_factory=dict)

    def open(self) -> Shop:
        """Hire the people, set up masters, install the shipped standards."""
        for key, roles in ROLES.items():
            self.people[key] = Person.objects.create(key=key, name=key.title())
            RoleMember.objects.bulk_create(RoleMember(person=self.people[key], role=role) for role in roles)
        admin = self.administrator = Person.objects.create(key="admin", name="Admin", is_administrator=True)
        publishing.install_shipped(admin, self.now)
        Company.objects.create(name="Shop", currency="CNY", zone="Asia/Shanghai")
        self.tax = TaxCategory.objects.create(key="VAT13", rate_percent=D(13))
        self.dan = Customer.objects.create(key="DAN", name="Dan", currency="CNY", credit_limit=D(100_000), payment_days=30)
        self.house = Warehouse.objects.create(key="MAIN", name="Main", rank=1)
        self.rail = self.an_item("RAIL", "100", route="make", lead_time_days=4)
        self.screw = self.an_item("SCREW", "50", route="buy", lead_time_days=6)
        self.steel = self.an_item("STEEL", "10", unit="kg", route="buy")
        BillLine.objects.create(item=self.rail, component=self.steel, quantity=D(2))
        supplier = Supplier.objects.create(key="S1", name="Steel and screws")
        SupplierTerm.objects.create(supplier=supplier, item=self.screw, price=D(30), lead_time_days=6, preferred=True)
        self.on_hand("STEEL", 1000)
        self.alice, self.bob, self.carol = Clerk(self, "alice"), Reviewer(self, "bob"), Warehouser(self, "carol")
        self.mary, self.grace, self.eve = Manager(self, "mary"), Manager(self, "grace"), Clerk(self, "eve")
        return self

    def an_item(self, sku: str, price: str, **fields: object) -> Item:
        """An item."""
        return Item.objects.create(sku=sku, name=sku.title(), tax=self.tax, list_price=D(price), **fields)

    def an_order(self, lines=(("RAIL", 10),), standard: str = "make-to-order", by: str = "alice", **fields: object) -> AnOrder:
        """A new order of Dan, entered by Alice."""
        drafts = tuple(LineDraft(sku, D(quantity)) for sku, quantity in lines)
        draft = OrderDraft(customer="DAN", lines=drafts, standard=standard, **fields)
        (outcome,) = capture.place([draft], actor=Someone(self, by).actor, now=self.now)
        assert outcome.state == "placed", outcome
        return AnOrder(self, outcome.number)

    def on_hand(self, sku: str, quantity: object) -> None:
        """Opening stock."""
        item = Item.objects.get(sku=sku)
        counting.open_stock([GoodsIn(item.pk, self.house.pk, D(str(quantity)), "opening")], actor=SYSTEM, now=self.now)

    def level(self, sku: str) -> tuple[Decimal, Decimal]:
        """On hand and reserved."""
        level = StockLevel.objects.get(item__sku=sku)
        return level.on_hand, level.reserved

    def system_works(self) -> None:
        """The worker does what it may."""
        run_open(now=self.now)

    def time_is(self, moment: datetime) -> None:
        """The clock moves on, and deadlines are swept."""
        self.now = moment
        clock.sweep(moment)

    def supply_orders(self) -> list[str]:
        """The open production and purchase orders."""
        return list(SupplyOrder.objects.filter(status=SupplyOrder.Status.OPEN).order_by("id").values_list("number", flat=True))


# --- people -----------------------------------------------------------------------------------------------------------------


@dataclass
class Someone:
    """A person of the shop. What they do gives the refusal, or None if it was done."""

    shop: Shop
    key: str

    @property
    def actor(self) -> Actor:
        """As whom they act."""
        return Actor(self.key, self.shop.people[self.key].pk, roles=frozenset(ROLES[self.key]))

    @property
    def doing(self) -> dict[str, object]:
        """Who and when."""
        return {"actor": self.actor, "now": self.shop.now}

    def _said(self, order: AnOrder, refused: Refused) -> Refusal | None:
        if not refused:
            self.shop.system_works()
            return None
        (refusal,) = refused.values()
        return refusal

    def holds(self, order: AnOrder, kind: str) -> Refusal | None:
        """Put the order on hold."""
        return self._said(order, acts.hold([order.number], kind, reason="a test", **self.doing))

    def lifts(self, order: AnOrder, kind: str) -> Refusal | None:
        """Lift the hold."""
        return self._said(order, acts.lift([order.number], kind, reason="a test", **self.doing))

    def cancels(self, order: AnOrder) -> Refusal | None:
        """Cancel what is open of the order."""
        return self._said(order, order_changes.cancel([order.number], reason="Dan stopped his project", **self.doing))

    def settles(self, order: AnOrder, stage: str) -> Refusal | None:
        """Deal with a leftover."""
        return self._said(order, acts.settle([order.number], stage=stage, outcome="dealt with", **self.doing))


class Clerk(Someone):
    """Enters orders, changes them, and answers for after-sales."""

    def enters(self, order: AnOrder) -> Refusal | None:
        """Complete the receipt with Dan's paper."""
        paper = {order.number: [acts.Attachment("customer_po", "po.pdf", "application/pdf", PAPER)]}
        refused = acts.attach(paper, **self.doing) if order.standard == "make-to-order" else {}
        evidence = {"confirm": "yes"} if order.standard == "make-to-order" else {"enter": "yes", "confirm": "yes"}
        return self._said(
            order, {**refused, **capture.enter([order.number], brings={order.number: Completion(evidence=evidence)}, **self.doing)}
        )

    def corrects(self, order: AnOrder, position: int, quantity: object) -> Refusal | None:
        """Correct a line while the receipt is open."""
        edit = OrderEdit(lines=(LineEdit(position, quantity=D(str(quantity))),))
        return self._said(order, editing.edit({order.number: edit}, **self.doing))

    def changes(self, order: AnOrder, position: int, quantity: object) -> Refusal | None:
        """Dan wants another quantity."""
        change = order_changes.OrderChange({order.line(position).pk: D(str(quantity))})
        return self._said(order, order_changes.change({order.number: change}, reason="Dan called", **self.doing))

    def takes_a_complaint(self, order: AnOrder, kind: str = "item") -> None:
        """Dan complains."""
        aftersales.complain(order.number, kind=kind, text="It arrived dented", **self.doing)

    def announces_a_return(self, order: AnOrder, lines: dict[int, int]) -> Refusal | None:
        """Goods will come back."""
        wanted = aftersales.Announcement(order.number, {position: D(quantity) for position, quantity in lines.items()}, "dented")
        return next(iter(aftersales.announce_return([wanted], **self.doing).refused.values()), None)

    def receives_the_return(self, order: AnOrder, number: int = 1, condition: str = "good") -> Refusal | None:
        """Goods have come back."""
        arrived = aftersales.Arrival(order.number, number, condition=condition)
        return next(iter(aftersales.receive_return([arrived], **self.doing).values()), None)

    def resolves(self, order: AnOrder) -> Refusal | None:
        """Settle what there is to settle."""
        evidence = {"call": "damage"} if order.standard == "make-to-order" else {"call": "yes"}
        return self._said(order, aftersales.resolve([order.number], brings={order.number: Completion(evidence=evidence)}, **self.doing))

    def sends_again(self, order: AnOrder, lines: dict[int, int]) -> None:
        """Replace what came back."""
        quantities = {position: D(quantity) for position, quantity in lines.items()}
        settlements.replace_goods(order.number, quantities, reason="dented", **self.doing)


class Reviewer(Someone):
    """Reviews orders, bills them and books payments."""

    def reviews(self, order: AnOrder, **answers: bool) -> Refusal | None:
        """Answer the questions of the gate: yes, but for those given."""
        asked = ["accuracy", "price_terms", "feasible"] if order.standard == "make-to-order" else ["accuracy", "price_terms"]
        findings = dict.fromkeys(asked, True) | answers
        reason = "" if all(findings.values()) else "it differs from the purchase order"
        brings = {order.number: Completion(findings=findings, evidence={"compare": "yes"}, reason=reason)}
        return self._said(order, review.decide([order.number], brings=brings, **self.doing))

    def bills(self, order: AnOrder) -> Refusal | None:
        """Issue the invoice of the delivery that waits for one."""
        place = order.place("invoicing")
        acts.add_evidence({place: {"issue": "yes"}}, **self.doing)
        return self._said(order, invoicing.issue([place], **self.doing))

    def books_payment(self, order: AnOrder, amount: str) -> None:
        """Dan has paid so much on the order's invoices."""
        numbers = Invoice.objects.filter(order__number=order.number).values_list("number", flat=True)
        today = self.shop.now.date()
        payments.pay(payments.Received("DAN", D(amount), "CNY", f"BANK {amount}", today, dict.fromkeys(numbers)), **self.doing)


class Warehouser(Someone):
    """Reserves, plans, makes, buys, picks and hands over."""

    def reserves(self, order: AnOrder) -> Refusal | None:
        """Reserve what is in stock."""
        brings = {order.number: Completion(evidence={"reserve": "yes"})}
        return self._said(order, stock.reserve([order.number], brings=brings, **self.doing))

    def plans(self, order: AnOrder) -> Refusal | None:
        """Plan the deliveries."""
        acts.add_evidence({order.number: {"split": "yes"}}, **self.doing)
        return self._said(order, delivery.plan([order.number], **self.doing))

    def has_made(self, order: AnOrder) -> Refusal | None:
        """Have production make what is missing; refused until it has come."""
        place = order.place("production")
        if order.standard == "make-to-order":
            acts.add_evidence({place: {"prepare": "yes"}}, **self.doing)
        return self._said(order, supply.produce([place], **self.doing))

    def has_bought(self, order: AnOrder) -> Refusal | None:
        """Have suppliers deliver what is missing; refused until it has come."""
        return self._said(order, supply.purchase([order.place("purchasing")], **self.doing))

    def receives(self, number: str, *parts: int) -> supply.Received:
        """Goods of a supply order have come: all that is open, or so many of each position."""
        arrivals = [supply.Arrival(position, D(quantity)) for position, quantity in enumerate(parts, 1)] or None
        received = supply.receive(number, arrivals, **self.doing)
        self.shop.system_works()
        return received

    def picks(self, order: AnOrder, found: dict[int, int] | None = None, *, missing: bool = False, place: str = "") -> Refusal | None:
        """Pick a delivery."""
        place = place or order.place("picking")
        evidence = {"scan": "X", "photo": "p.jpg"} if order.standard == "make-to-order" else {"pick": "yes", "pack": "yes"}
        report = delivery.PickReport(found={position: D(quantity) for position, quantity in (found or {}).items()}, missing=missing)
        brings = {place: Completion(evidence=evidence)}
        return self._said(order, delivery.pick([place], {place: report}, brings=brings, **self.doing))

    def hands_over(self, order: AnOrder, *, place: str = "", **proof: object) -> Refusal | None:
        """Hand a delivery over against a signature."""
        place = place or order.place("delivery")
        if order.standard == "make-to-order":
            acts.attach({place: [acts.Attachment("delivery_note", "note.pdf", "application/pdf", PAPER)]}, **self.doing)
        return self._said(order, delivery.hand_over([place], {place: delivery.Proof(signed_by="Dan", **proof)}, **self.doing))


class Manager(Someone):
    """Signs, waives, decides."""

    def signs(self, order: AnOrder, *, approve: bool = True) -> Refusal | None:
        """Sign, or refuse to."""
        reason = "" if approve else "too cheap"
        return self._said(order, acts.sign([order.number], approve=approve, reason=reason, **self.doing))

    def waives(self, order: AnOrder, criterion: str) -> Refusal | None:
        """Let a criterion pass."""
        return self._said(order, acts.waive([order.number], criterion, reason="an old customer", **self.doing))

    def decides(self, order: AnOrder) -> Refusal | None:
        """Pass a gate that failed too often."""
        findings = dict.fromkeys(("accuracy", "price_terms", "feasible"), True)
        completion = Completion(findings=findings, evidence={"compare": "yes"}, reason="settled by telephone")
        return self._said(order, acts.decide({order.number: completion}, **self.doing))


# --- an order ---------------------------------------------------------------------------------------------------------------


@dataclass
class AnOrder:
    """An order as the scenarios look at it."""

    shop: Shop
    number: str

    @property
    def row(self) -> Order:
        """The stored order."""
        return Order.objects.select_related("version").get(number=self.number)

    @property
    def standard(self) -> str:
        """The id of its standard."""
        return self.row.version.standard_id

    @property
    def status(self) -> str:
        """Whether it is open, ended or cancelled."""
        return self.row.status

    @property
    def open_stages(self) -> list[str]:
        """The stages of its open items."""
        return sorted(self._items().values_list("stage", flat=True))

    @property
    def open_work(self) -> list[tuple[str, str, str | None]]:
        """Its open items: stage, kind, person responsible."""
        return sorted(self._items().values_list("stage", "kind", "responsible__key"))

    def item(self, stage: str, kind: str = "stage") -> WorkItem:
        """The open item of a stage."""
        return self._items().get(stage=stage, kind=kind)

    def place(self, stage: str) -> str:
        """The first place that is open at a stage."""
        place = self._items().filter(stage=stage).order_by("place").values_list("place", flat=True).first()
        assert place is not None, f"{self.number} is not at {stage} but at {self.open_stages}"
        return place

    def line(self, position: int = 1) -> OrderLine:
        """A line."""
        return OrderLine.objects.get(order__number=self.number, position=position)

    def sums(self, position: int = 1) -> line_ledger.Sums:
        """What the ledger says of a line."""
        line = self.line(position)
        return line_ledger.sums([line.pk])[line.pk]

    @property
    def reserved(self) -> Decimal:
        """What is reserved for it."""
        return sum(Reservation.objects.filter(line__order__number=self.number).values_list("quantity", flat=True), D(0))

    @property
    def deliveries(self) -> list[tuple[int, str, Decimal]]:
        """Its deliveries: number, state, pieces."""
        rows = Delivery.objects.filter(order__number=self.number).order_by("number").prefetch_related("lines")
        return [(one.number, one.state, sum((line.quantity for line in one.lines.all()), D(0))) for one in rows]

    @property
    def invoices(self) -> list[tuple[str, Decimal]]:
        """Its invoices: place billed and total with tax."""
        return list(Invoice.objects.filter(order__number=self.number).order_by("id").values_list("place", "total"))

    @property
    def journal(self) -> list[str]:
        """What happened: act and actor."""
        return [f"{entry.act} by {entry.actor}" for entry in reading.of_subject("order", self.number)]

    def at(self, stage: str) -> AnOrder:
        """Walk the order there: everybody does the usual thing."""
        for _ in range(60):
            if self._items().filter(stage=stage, kind__in=["stage", "complaint"]).exists():
                return self
            self._one_step()
        raise AssertionError(f"{self.number} never comes to {stage}: {self.open_work}")

    def to_its_end(self) -> AnOrder:
        """Walk the order until nothing is open."""
        for _ in range(80):
            if self.status != "open":
                return self
            self._one_step()
        raise AssertionError(f"{self.number} never ends: {self.open_work}")

    def _one_step(self) -> None:
        if self._items().filter(kind="approval").exists():
            signatory = self.shop.mary if self._items().get(kind="approval").role == "sales_manager" else self.shop.grace
            assert signatory.signs(self) is None
            return
        for stage, step in self._steps().items():
            if stage in self.open_stages:
                refusal = step(self)
                assert refusal is None or refusal.code == "goods_on_order", refusal
                if refusal is not None:
                    for number in self.shop.supply_orders():
                        self.shop.carol.receives(number)
                return
        raise AssertionError(f"nobody knows how to go on from {self.open_work}")

    def _steps(self) -> dict[str, Callable[[AnOrder], Refusal | None]]:
        shop = self.shop
        return {
            "receipt": shop.alice.enters,
            "review": shop.bob.reviews,
            "stock_check": shop.carol.reserves,
            "delivery_planning": shop.carol.plans,
            "production": shop.carol.has_made,
            "purchasing": shop.carol.has_bought,
            "picking": shop.carol.picks,
            "delivery": shop.carol.hands_over,
            "invoicing": shop.bob.bills,
            "after_sales": shop.alice.resolves,
        }

    def _items(self):
        return WorkItem.objects.filter(order__number=self.number, state="open")


def broken() -> list[verify.Row]:
    """What verify finds broken."""
    return [row for row in verify.verify() if row.broken]
