"""Stock, supply orders, deliveries, invoices and credit notes on pages: what lies where, what is booked by hand, what a number leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from journeys import company, orders
from orderway.journal import reading
from orderway.journal.verify import verify
from orderway.masterdata.models import Item, Person, Warehouse
from orderway.orders.completion import Completion
from orderway.orders.models import WorkItem
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing import pages
from orderway.stages.invoicing.models import Invoice
from orderway.stages.stock.models import StockLevel, StockMove
from orderway.stages.supply.models import SupplyOrder

BOTH = (("GX-2040", 40), ("BS-1605", 24))


@pytest.fixture
def people(db):
    """The company's people."""
    return company.found()


@pytest.fixture
def at(people):
    """``at("carol")`` is a browser in which Carol is signed in."""

    def sign_in(key: str) -> Client:
        client = Client()
        client.force_login(Person.objects.get(key=key))
        return client

    return sign_in


def words(answer):
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def book(client, **sent):
    return client.post(
        "/stock/book/now",
        {"what": "opening", "sku": "GX-2040", "warehouse": "MAIN", "quantity": "5", "reason": "found", **sent},
        follow=True,
    )


def lies(sku, warehouse="MAIN"):
    level = StockLevel.objects.filter(item__sku=sku, location__warehouse__key=warehouse).first()
    return (level.on_hand, level.reserved) if level else (Decimal(0), Decimal(0))


def test_a_new_item_gets_its_opening_stock_on_a_page(at):
    admin = at("admin")
    Item.objects.create(sku="NEW-1", name="New", tax=Item.objects.all()[0].tax)
    assert "Nothing was ever booked of this item" in words(admin.get("/stock/items/NEW-1"))

    told = words(book(admin, sku="NEW-1", quantity="12.5", reason="lay here in January"))

    assert "Booked." in told
    assert "lay here in January" in told
    assert lies("NEW-1") == (Decimal("12.5"), 0)
    move = StockMove.objects.get(item__sku="NEW-1")
    assert (move.source.kind, move.target.kind, move.reason, move.actor) == ("loss", "storage", "opening", "admin")
    assert reading.of_subject("item", "NEW-1").get().act == "stock.book"
    assert [row.first for row in verify() if row.broken] == []


def test_free_goods_are_written_off_and_carried_and_reserved_ones_stay(people, at):
    number = orders.at_planning(people)  # 40 of the 500 are reserved
    admin = at("admin")
    Warehouse.objects.create(key="EAST", name="East", rank=2)

    refused = book(admin, what="scrapped", quantity="461")
    book(admin, what="scrapped", quantity="10", reason="rust")
    book(admin, what="transferred", quantity="50", to="EAST", reason="nearer to the line")

    assert refused.status_code == 409
    assert "There is not enough free stock of GX-2040" in words(refused)
    assert 'value="461"' in words(refused)
    assert (lies("GX-2040"), lies("GX-2040", "EAST")) == ((Decimal(440), Decimal(40)), (Decimal(50), 0))
    page = words(admin.get("/stock/items/GX-2040"))
    assert f'href="/orders/{number}/"' in page
    assert "rust" in page


def test_a_count_below_what_is_reserved_says_who_gave_up_what(people, at):
    number = orders.at_planning(people)

    told = words(book(at("admin"), what="count", quantity="30", reason="yearly count"))

    assert "Counted: the difference is -470." in told
    assert f"Order {number}, line 1 gave up 10 and got 0 from another warehouse." in told
    assert lies("GX-2040") == (30, 30)


CANNOT_BE_BOOKED = (
    ({"sku": "NOTHING"}, "There is no item NOTHING."),
    ({"warehouse": "MOON"}, "There is no warehouse MOON."),
    ({"quantity": "-1"}, "-1 cannot be booked."),
    ({"quantity": "0.0000001"}, "cannot be booked."),
    ({"quantity": "many"}, "many is no number."),
    ({"reason": " "}, "The booking has no reason."),
    ({"what": "count", "reason": ""}, "The booking has no reason."),
    ({"what": "count", "quantity": "-2"}, "A count is negative."),
    ({"what": "transferred", "to": "MAIN"}, "The goods lie in Main warehouse already."),
    ({"what": "magic"}, "There is no booking magic."),
)


def test_what_cannot_be_booked_is_said_and_nothing_moves(at):
    before, admin = StockMove.objects.count(), at("admin")

    for sent, told in CANNOT_BE_BOOKED:
        answer = book(admin, **sent)
        assert answer.status_code == 422, sent
        assert told in words(answer)

    assert StockMove.objects.count() == before


def test_whose_work_the_shelves_are_books_and_the_others_are_told_who_may(at):
    assert "Booked." in words(book(at("carol")))  # owns the reservation of stock and the picking

    refused = book(at("bob"))

    assert refused.status_code == 409
    assert "role warehouse" in words(refused)
    assert at("bob").get("/stock/book").status_code == 409
    assert "Book stock" not in words(at("bob").get("/stock/"))
    assert lies("GX-2040") == (505, 0)


def test_the_list_of_stock_finds_what_is_short(people, at):
    orders.at_planning(people, lines=BOTH)  # takes all 10 of the screws
    bob = at("bob")

    assert "BS-1605" in words(bob.get("/stock/?free=none"))
    assert "GX-2040" not in words(bob.get("/stock/?free=none"))
    assert "GX-2040" in words(bob.get("/stock/?free=some"))
    assert "BS-1605" in words(bob.get("/stock/?free=short"))
    lines = b"".join(bob.get("/stock/?as=csv&q=BS-1605").streaming_content).decode().splitlines()
    assert lines[1] == "BS-1605,Main warehouse,pcs,10,10,0,0"


def test_from_a_supply_order_goods_are_received_and_it_is_closed_for_the_rest(people, at, django_assert_max_num_queries):
    number = orders.with_deliveries(people, lines=BOTH)
    frank = at("frank")
    item = orders.item_at(number, "purchasing")
    frank.post(f"/tasks/{item.pk}/finish", {"from": "order"})
    supply = SupplyOrder.objects.get()
    page = f"/supply/{supply.number}/"
    with django_assert_max_num_queries(14):
        assert supply.number in words(frank.get("/supply/"))
    assert f'href="/orders/{number}/"' in words(frank.get(page))

    assert "nothing is no number" in words(frank.post(f"{page}receive", {}))
    frank.post(f"{page}release")
    frank.post(f"{page}reconfirm", {"due_on": "2027-01-15"})
    told = words(frank.post(f"{page}receive", {"arrived.1": "4", "paper": "LS-1"}, follow=True))
    again = frank.post(f"{page}receive", {"arrived.1": "4", "paper": "LS-1"})
    nobody = at("bob").post(f"{page}close", {"reason": "because"})
    frank.post(f"{page}close", {"reason": "The supplier has no more."})

    assert "Booked. Stages completed: 0." in told
    assert (again.status_code, nobody.status_code) == (409, 409)
    assert "LS-1 is booked" in words(again)
    supply.refresh_from_db()
    assert (supply.status, str(supply.due_on)) == ("closed", "2027-01-15")
    assert lies("BS-1605") == (14, 14)


@pytest.fixture
def billed(people):
    """The number of an order whose goods were handed over and invoiced."""
    number = orders.handed_over(people)
    place = WorkItem.objects.get(order__number=number, act="invoicing.issue", state="open").place
    bob = orders.actor_of(people["bob"])
    steps = {"issue": "yes"}
    refused = invoicing.issue([place], actor=bob, now=datetime.now(UTC), brings={place: Completion(evidence=steps)})
    assert not refused, refused
    return number


def test_a_delivery_and_its_invoice_are_found_and_the_payment_is_booked_on_its_page(billed, at, monkeypatch, django_assert_max_num_queries):
    bob, invoice = at("bob"), Invoice.objects.get()
    assert f"{billed}/1" in words(bob.get("/delivery/?state=done"))
    assert "Signed by Dan" in words(bob.get(f"/delivery/{billed}/1/"))
    with django_assert_max_num_queries(14):
        listed = words(bob.get("/invoicing/?state=open"))
    assert invoice.number in listed
    assert "Open, CNY" in listed
    assert invoice.number not in words(bob.get("/invoicing/?state=overdue"))
    monkeypatch.setattr(pages, "_today", lambda: invoice.due_on + timedelta(days=1))
    assert invoice.number in words(bob.get("/invoicing/?state=overdue"))
    page = words(bob.get(f"/invoicing/{invoice.number}/"))
    assert "Invoice as PDF" in page
    assert f'href="/invoicing/{invoice.number}/"' in words(bob.get(f"/orders/{billed}/"))

    sent = {"amount": str(invoice.total), "received_on": "2026-11-28", "reference": "BANK-1", "from": "invoice"}
    paid = bob.post(f"/invoicing/{invoice.number}/pay", sent)

    assert paid["Location"] == f"/invoicing/{invoice.number}/"
    assert "BANK-1" in words(bob.get(paid["Location"]))
    assert invoice.number in words(bob.get("/invoicing/?state=paid"))
    assert invoice.number not in words(bob.get("/invoicing/?state=open"))


def test_lists_without_rows_say_how_rows_come_about(at):
    bob = at("bob")

    for page, told in (
        ("/supply/", "Nothing was ordered yet."),
        ("/delivery/", "No delivery yet."),
        ("/invoicing/", "No invoice yet."),
        ("/aftersales/credit-notes/", "No credit note yet."),
    ):
        assert told in words(bob.get(page)), page
