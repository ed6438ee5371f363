"""A small company that ships in boxes, bills every box and settles what comes back: Fay bills, Sue looks after complaints.

Packing is plain work; goods are said to have left by a move in the line ledger. Invoicing and after-sales are the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from orders.shop import HEAD, Shop
from orderway.journal import verify
from orderway.masterdata.models import Company, Customer, Item, TaxCategory, Warehouse
from orderway.orders import acts, exposure, line_ledger
from orderway.orders.actor import SYSTEM, Actor
from orderway.orders.models import Order, OrderLine, WorkItem
from orderway.orders.work import Completion, LineDraft, OrderDraft, place_orders, run_open
from orderway.releases import catalogue
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.aftersales import settlements
from orderway.stages.aftersales.models import CreditNote
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing.models import Invoice
from orderway.stages.stock import counting
from orderway.stages.stock.models import StockLevel
from orderway.stages.stock.rules import GoodsIn
from orderway.standard.vocabulary import FactType

D = Decimal

STANDARD = (
    HEAD.replace("  clerk: {{en: Clerk}}\n  reviewer: {{en: Reviewer}}\n", "  finance: {{en: Finance}}\n  service: {{en: Service}}\n")
    + """
documents:
  invoice: {{title: {{en: Invoice}}, keep: 10y, template: invoice}}
facts:
  test.parts: [{{number: text}}]
errors:
  damage: {{en: Damaged}}
  quantity: {{en: Wrong quantity}}
flow:
  - each: box in test.parts
    do: [pack, billing]
  - after_sales
exceptions:
  complaint: {{by: [service, customer], after: billing, do: {{open: after_sales}}}}
  hold: {{reason: required, types: {{customer: {{by: [service]}}}}}}
stages:
  pack:
    title: {{en: Pack}}
    owner: warehouse
    limit: 1d
    steps:
      - {{id: close, do: {{en: Close the box}}, evidence: tick}}
  billing:
    title: {{en: Billing}}
    owner: finance
    does: invoicing.issue
    runs: {runs}
    limit: 1d
    makes: [invoice]
    steps:
      - {{id: issue, do: {{en: Issue the invoice}}, evidence: system}}
  after_sales:
    title: {{en: After-sales}}
    owner: service
    does: aftersales.resolve
    runs: {runs}
    limit: 3d
    steps:
      - {{id: call, do: {{en: Call the customer}}, evidence: {proof}}}
"""
)


def _parts(order_ids):
    """An order's note says in how many boxes it goes."""
    rows = Order.objects.filter(pk__in=order_ids).values_list("pk", "note")
    return {pk: {str(key): {"number": str(key)} for key in range(1, int(note) + 1)} for pk, note in rows if note}


def register() -> None:
    """The fact of these tests."""
    if catalogue.fact("test.parts") is None:
        catalogue.register_fact("test.parts", FactType("list", record=(("number", FactType("text")),)), load=_parts)


@dataclass
class Billing(Shop):
    """The company, with both versions of its standard."""

    def open(self) -> Billing:
        """Hire the people, set up masters, release the standards."""
        register()
        super().open()
        self.hire("fay", "finance")
        self.hire("sue", "service")
        self.company = Company.objects.create(
            name="Guides Ltd", address="1 Rail Road", tax_number="T-1", currency="CNY", zone="Asia/Shanghai"
        )
        Customer.objects.filter(pk=self.customer.pk).update(address="2 Shaft Street", city="Wuxi", tax_number="T-2")
        self.reduced = TaxCategory.objects.create(key="RED", rate_percent=D(6))
        self.rail = Item.objects.create(sku="RAIL", name="Rail", tax=self.bolt.tax, list_price=D(100))
        self.book = Item.objects.create(sku="BOOK", name="Manual", tax=self.reduced, list_price=D(10), stocked=False)
        self.near = Warehouse.objects.create(key="NEAR", name="Near", rank=1)
        by_people = STANDARD.format(id="people", version="1.0.0", runs="person", proof="tick")
        self.by_people = self.released(by_people.replace("{en: Issue the invoice}, evidence: system", "{en: Issue it}, evidence: tick"))
        self.by_system = self.released(STANDARD.format(id="system", version="1.0.0", runs="system", proof="system"))
        return self

    # --- orders ------------------------------------------------------------------------------------------------------------

    def sells(
        self, *lines: tuple, boxes: int = 1, count: int = 1, people: bool = True, discount: str = "0", ship: bool = True
    ) -> list[str]:
        """Numbers of n orders of lines (item, quantity, price[, discount %]) whose boxes are packed; all goods leave with box 1."""
        made = tuple(
            LineDraft(item.pk, D(str(quantity)), D(str(price)), D(str(rest[0] if rest else 0)), item.tax.rate_percent)
            for item, quantity, price, *rest in lines or ((self.rail, 10, 100),)
        )
        version = self.by_people if people else self.by_system
        draft = OrderDraft(version, self.customer.pk, "CNY", made, self.now, discount_percent=D(discount), note=str(boxes))
        placed = place_orders([draft] * count, actor=SYSTEM, now=self.now)
        numbers = list(placed.numbers.values())
        assert not placed.refused, placed.refused
        for number in numbers:
            self.confirms(number)
            if ship:
                self.ships(number, {line.position: line.quantity for line in OrderLine.objects.filter(order__number=number)})
        self.packs(*[f"{number}/{key}" for number in numbers for key in range(1, boxes + 1)])
        return numbers

    def packs(self, *places: str) -> None:
        """Carol packs."""
        done = Completion(evidence={"close": "yes"})
        refused = acts.complete(dict.fromkeys(places, done), stage="pack", actor=self.actor("carol"), now=self.now)
        assert not refused, refused

    def confirms(self, number: str, gross: str | None = None) -> None:
        """The order counts in the customer's exposure, tax included."""
        order = Order.objects.get(number=number)
        lines = [line.amount * (100 + line.tax_rate) / 100 for line in order.lines.all()]
        amount = D(gross) if gross else sum(lines, D(0)).quantize(D("0.01"))
        exposure.book([exposure.Amount(order.customer_id, "confirmed", amount, order.pk)], now=self.now)

    def ships(self, number: str, quantities: dict, *, box: int = 1) -> None:
        """Goods leave with a box: quantity by position."""
        moves = [line_ledger.Booking(self.line(number, position).pk, "shipped", D(str(quantity)), place=f"{number}/{box}")
                 for position, quantity in quantities.items()]  # fmt: skip
        with transaction.atomic():
            line_ledger.book(moves, now=self.now)

    # --- billing -----------------------------------------------------------------------------------------------------------

    def bills(self, *places: str, who: str = "fay"):
        """Somebody issues invoices; gives what was refused."""
        done = Completion(evidence={"issue": "yes"})
        return invoicing.issue(list(places), brings=dict.fromkeys(places, done), actor=self.actor(who), now=self.now)

    def sold(self, *lines: tuple, **more) -> str:
        """The number of an order that was shipped and billed."""
        (number,) = self.sells(*lines, **more)
        assert not self.bills(f"{number}/1")
        return number

    def invoice(self, number: str) -> Invoice:
        """The only invoice of an order."""
        return Invoice.objects.get(order__number=number)

    def exposure(self):
        """What the customer owes, in its parts."""
        return exposure.of_customers([self.customer.pk])[self.customer.pk]

    def sums(self, number: str, position: int = 1) -> line_ledger.Sums:
        """What stands in the ledger of a line."""
        line = self.line(number, position)
        return line_ledger.sums([line.pk])[line.pk]

    # --- after-sales -------------------------------------------------------------------------------------------------------

    def announces(self, number: str, quantities: dict, who: str = "sue", **more) -> aftersales.Announced:
        """Somebody announces a return."""
        lines = {position: D(str(quantity)) for position, quantity in quantities.items()}
        actor = SYSTEM if who == "system" else self.actor(who)
        return aftersales.announce_return([aftersales.Announcement(number, lines, **more)], actor=actor, now=self.now)

    def takes_back(self, number: str, return_number: int = 1, quantities: dict | None = None, **more):
        """Sue receives a return; gives what was refused."""
        lines = {position: D(str(quantity)) for position, quantity in (quantities or {}).items()}
        arrival = aftersales.Arrival(number, return_number, lines, **more)
        return aftersales.receive_return([arrival], actor=self.actor("sue"), now=self.now)

    def comes_back(self, number: str, quantities: dict) -> None:
        """A return is announced and received."""
        announced = self.announces(number, quantities)
        assert not announced.refused, announced.refused
        assert not self.takes_back(number, announced.numbers[0])

    def resolves(self, *places: str, who: str = "sue", text: str = "talked to them"):
        """Somebody completes after-sales; gives what was refused."""
        brings = dict.fromkeys(places, Completion(evidence={"call": "yes"}))
        resolutions = dict.fromkeys(places, text)
        return aftersales.resolve(list(places), resolutions=resolutions, brings=brings, actor=self.actor(who), now=self.now)

    def credits(self, number: str, *, pieces: dict | None = None, amounts: dict | None = None, who: str = "sue", fault=None):
        """Somebody issues a credit note; gives (its number or None, the refusal or None)."""
        wish = settlements.Wish(
            number,
            {position: D(str(quantity)) for position, quantity in (pieces or {}).items()},
            {position: D(str(amount)) for position, amount in (amounts or {}).items()},
            fault=fault,
        )
        numbers, refused = settlements.credit([wish], actor=self.actor(who), now=self.now)
        return numbers.get(number), refused.get(number)

    def credit_note(self, number: str) -> CreditNote:
        """The only credit note of an order."""
        return CreditNote.objects.get(order__number=number)

    def on_hand(self, item: Item, quantity: object) -> None:
        """Opening stock."""
        counting.open_stock([GoodsIn(item.pk, self.near.pk, D(str(quantity)), "opening")], actor=SYSTEM, now=self.now)

    def stock_of(self, item: Item) -> Decimal:
        """What lies in the warehouse."""
        level = StockLevel.objects.filter(item=item, location__warehouse=self.near).first()
        return level.on_hand if level else D(0)

    # --- looking -----------------------------------------------------------------------------------------------------------

    def line(self, number: str, position: int = 1) -> OrderLine:
        """A line of an order."""
        return OrderLine.objects.get(order__number=number, position=position)

    def runs(self, *numbers: str):
        """The system works what it may."""
        return run_open(list(numbers) or None, now=self.now)

    def waiting(self, number: str) -> list[str]:
        """Why open items wait."""
        return list(WorkItem.objects.filter(order__number=number, state="open").exclude(waiting="").values_list("waiting", flat=True))

    def actor(self, key: str, via: str = "form") -> Actor:
        """Somebody who acts."""
        return super().actor(key, via)


def broken(*numbers: int) -> list[str]:
    """The first sentence of each of these invariants that is broken; they must have looked at something."""
    rows = [row for row in verify.verify() if row.invariant in numbers]
    assert all(row.checked for row in rows), rows
    return [row.first for row in rows if row.broken]
