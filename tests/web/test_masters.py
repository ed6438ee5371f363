"""A company keeps its masters on pages: types them in, changes them, closes them; nothing is lost silently and everything is on record."""

from __future__ import annotations

import re
from decimal import Decimal
from json import loads

import pytest

from orderway.journal import reading
from orderway.masterdata.models import Company, Customer, Item, PriceList, Supplier, TaxCategory, Warehouse
from orderway.orders.models import OrderLine

pytestmark = pytest.mark.usefixtures("monday")

CUSTOMER = {"key": "C-9", "name": "Northern Rail", "currency": "EUR", "language": "en", "payment_days": "14", "active": "on"}


def words(answer):
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def stamp(client, path):
    return re.search(r'name="stamp" value="(\w+)"', client.get(path).content.decode())[1]


def filled(client, path):
    """What a browser would send of the form as it stands."""
    form = client.get(path).context["form"]
    told = {name: form.fields[name].prepare_value(form[name].value()) for name in form.fields if not form.fields[name].disabled}
    sent = {name: "on" if value is True else value for name, value in told.items() if value not in (None, False)}
    return sent | {"stamp": stamp(client, path)}


def test_a_customer_is_typed_in_changed_and_closed_and_all_of_it_is_on_record(admin):
    created = admin.post("/masters/customers/new", CUSTOMER)
    page = "/masters/customers/of/C-9"
    assert created["Location"] == page

    admin.post(page, filled(admin, page) | {"credit_limit": "5000", "city": "Hamburg"})
    closed = filled(admin, page)
    closed.pop("active")
    admin.post(page, closed)

    customer = Customer.objects.get(key="C-9")
    assert (customer.credit_limit, customer.city, customer.active) == (Decimal(5000), "Hamburg", False)
    entries = [loads(entry.payload) for entry in reading.of_subject("customer", "C-9")]
    assert entries[1] == {"changed": {"city": ["", "…"], "credit_limit": [None, "5000"]}}  # of a person's words only that they changed
    assert entries[2] == {"changed": {"active": [True, False]}}
    told = words(admin.get(page))
    assert "Credit limit: – → 5000" in told
    assert "C-9" not in words(admin.get("/masters/customers/"))
    assert "C-9" in words(admin.get("/masters/customers/?state=closed"))


def test_of_two_who_edit_the_same_customer_the_later_one_is_told_and_loses_nothing(admin):
    admin.post("/masters/customers/new", CUSTOMER)
    page = "/masters/customers/of/C-9"
    mine, theirs = filled(admin, page) | {"credit_limit": "100"}, filled(admin, page) | {"credit_limit": "900", "city": "Bremen"}
    admin.post(page, theirs)

    answer = admin.post(page, mine)

    told = words(answer)
    assert answer.status_code == 409
    assert "Somebody else has changed C-9" in told
    assert "Credit limit is now: 900" in told
    assert 'name="credit_limit" value="100"' in told  # what I typed still stands in the form
    assert Customer.objects.get(key="C-9").credit_limit == 900
    again = mine | {"stamp": re.search(r'name="stamp" value="(\w+)"', answer.content.decode())[1]}
    assert admin.post(page, again).status_code == 302
    assert Customer.objects.get(key="C-9").credit_limit == 100


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"key": "C-9 "}, "is no number that can be kept"),
        ({"key": ""}, "This field is required."),
        ({"currency": "EURO"}, "at most 3"),
        ({"currency": "XQX"}, "No currency is called XQX"),
        ({"country": "D1"}, "Use the two letters of the country"),
        ({"email": "nobody"}, "valid email"),
        ({"credit_limit": "-1"}, "A limit is not negative"),
        ({"credit_limit": "much"}, "Enter a number."),
        ({"blocked": "on"}, "Say why, so that whoever talks to the customer knows."),
        ({"payment_days": "-3"}, "greater than or equal to 0"),
    ],
)
def test_what_is_no_customer_is_said_beside_its_field_and_nothing_is_saved(admin, sent, told):
    before = Customer.objects.count()

    answer = admin.post("/masters/customers/new", CUSTOMER | sent)

    if sent == {"key": "C-9 "}:  # blanks around a number are taken away
        assert answer.status_code == 302
        answer = admin.post("/masters/customers/new", CUSTOMER | {"key": "C\u30009"})
        before += 1
    assert answer.status_code == 422
    assert told in words(answer)
    assert Customer.objects.count() == before


def test_a_number_that_is_taken_is_said(admin):
    admin.post("/masters/customers/new", CUSTOMER)

    answer = admin.post("/masters/customers/new", CUSTOMER | {"name": "Another"})

    assert answer.status_code == 422
    assert "C-9 exists already" in words(answer)
    assert Customer.objects.get(key="C-9").name == "Northern Rail"


def test_changing_a_price_or_a_rate_touches_no_order_that_exists(admin, shop):
    number = shop.an_order()
    line = OrderLine.objects.select_related("item__tax").get(order__number=number)
    before = (line.unit_price, line.tax_rate, line.amount)

    for page, change in (
        (f"/masters/items/of/{line.item.sku}", {"list_price": "999"}),
        (f"/masters/tax-categories/of/{line.item.tax.key}", {"rate_percent": "19"}),
    ):
        assert admin.post(page, filled(admin, page) | change).status_code == 302

    line.refresh_from_db()
    assert (line.unit_price, line.tax_rate, line.amount) == before
    assert Item.objects.get(pk=line.item_id).list_price == 999
    assert TaxCategory.objects.get(pk=line.item.tax_id).rate_percent == 19


def test_an_item_has_a_name_in_every_language_and_those_of_other_languages_stay(admin):
    tax = TaxCategory.objects.create(key="VAT9", rate_percent=9)
    sent = {
        "key": "",
        "sku": "M8/20 A",
        "name": "Bolt",
        "unit": "pcs",
        "route": "buy",
        "list_price": "0.12",
        "tax": tax.key,
        "weight_kg": "0.01",
    }
    sent |= {"lead_time_days": "3", "return_days": "30", "stocked": "on", "active": "on", "name_zh_hans": "螺栓"}
    assert admin.post("/masters/items/new", sent)["Location"] == "/masters/items/of/M8/20%20A"
    Item.objects.filter(sku="M8/20 A").update(names={"zh-Hans": "螺栓", "de": "Bolzen"})
    page = "/masters/items/of/M8/20 A"

    assert f'<option value="{tax.key}" selected>VAT9 (9 %)</option>' in words(admin.get(page))

    admin.post(page, filled(admin, page) | {"name_zh_hant": "螺栓件"})

    assert Item.objects.get(sku="M8/20 A").names == {"de": "Bolzen", "zh-Hans": "螺栓", "zh-Hant": "螺栓件"}


def test_our_company_says_its_name_and_its_prices_change_their_meaning_only_while_no_order_is_open(admin, shop):
    company = Company.objects.first() or Company.objects.create(pk=1, name="Our company")
    page = "/masters/company"
    admin.post(page, filled(admin, page) | {"name": "Taihu Motion", "address": "Wuxi", "zone": "Europe/Berlin"})
    shop.an_order()

    answer = admin.post(page, filled(admin, page) | {"prices_include_tax": "on"})

    assert answer.status_code == 422
    assert "Orders are open that are invoiced by this" in words(answer)
    company.refresh_from_db()
    assert (company.name, company.zone, company.prices_include_tax) == ("Taihu Motion", "Europe/Berlin", False)


def test_suppliers_warehouses_price_lists_and_tax_categories_are_kept_too(admin):
    admin.post("/masters/suppliers/new", {"key": "S-1", "name": "Nordwind", "approved": "on", "active": "on"})
    admin.post("/masters/warehouses/new", {"key": "EAST", "name": "East", "rank": "2", "active": "on"})
    admin.post("/masters/price-lists/new", {"key": "GOLD", "currency": "CNY"})
    admin.post("/masters/tax-categories/new", {"key": "VAT6", "rate_percent": "6"})

    assert Supplier.objects.get(key="S-1").approved
    assert Warehouse.objects.get(key="EAST").rank == 2
    assert PriceList.objects.get(key="GOLD").currency == "CNY"
    assert TaxCategory.objects.get(key="VAT6").rate_percent == 6
    for page, told in (("suppliers", "Nordwind"), ("warehouses", "EAST"), ("price-lists", "GOLD"), ("tax-categories", "VAT6")):
        assert told in words(admin.get(f"/masters/{page}/"))


def test_everybody_reads_the_masters_and_only_who_has_the_right_changes_them(signed_in, shop):
    alice = signed_in("alice")
    key = Customer.objects.values_list("key", flat=True)[0]
    page = f"/masters/customers/of/{key}"

    assert alice.get("/masters/customers/").status_code == 200
    told = words(alice.get(page))

    assert "You may look at this" in told
    assert "disabled" in told
    assert alice.get("/masters/items/new").status_code == 403
    refused = alice.post(page, {"name": "Mine", "credit_limit": "1", "stamp": stamp(alice, page)})
    assert refused.status_code == 409
    assert "may not change this" in words(refused)
    assert alice.post("/masters/customers/new", CUSTOMER).status_code == 409
    assert Customer.objects.filter(name="Mine").count() == 0


def test_who_enters_orders_keeps_customers_but_not_their_credit(signed_in, shop, monkeypatch):
    monkeypatch.setattr(
        "orderway.web.masters.standing.owners_of", lambda *acts: frozenset({"clerk"} if "capture.enter" in acts else {"judge"})
    )
    alice = signed_in("alice")

    assert alice.post("/masters/customers/new", CUSTOMER | {"credit_limit": "9999999", "blocked": "on"}).status_code == 302

    customer = Customer.objects.get(key="C-9")
    assert (customer.name, customer.credit_limit, customer.blocked) == ("Northern Rail", None, False)


def test_a_list_becomes_a_file_in_which_no_text_is_a_formula(admin):
    admin.post("/masters/customers/new", CUSTOMER | {"name": '=HYPERLINK("http://x")', "credit_limit": "12.5"})

    answer = admin.get("/masters/customers/?as=csv&q=C-9")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert lines[0].startswith("\ufeffCustomer number,Name")
    assert lines[1].startswith("""C-9,"'=HYPERLINK""")
    assert ",12.5," in lines[1]
    assert len(lines) == 2


def test_lists_are_sought_sorted_and_paged(admin, django_assert_max_num_queries):
    Customer.objects.bulk_create(Customer(key=f"K{number:03}", name=f"Firm {number}", currency="CNY") for number in range(60))

    with django_assert_max_num_queries(14):
        first = words(admin.get("/masters/customers/?q=Firm&sort=name"))

    assert "1 to 50 of 60" in first
    assert "51 to 60 of 60" in words(admin.get("/masters/customers/?q=Firm&sort=name&page=2"))
    assert "Nothing fits." in words(admin.get("/masters/customers/?q=nobody"))
    assert "No price list yet." in words(admin.get("/masters/price-lists/"))


def test_an_item_gets_a_bill_of_material_and_no_circle(admin, shop):
    tax = TaxCategory.objects.all()[0]
    table, leg = (Item.objects.create(sku=sku, name=sku, tax=tax) for sku in ("TABLE", "LEG"))
    page = "/masters/items/bill/TABLE"

    admin.post(page, {"component": "LEG", "quantity": "3"})
    told = words(admin.post(page, {"component": "LEG", "quantity": "4", "seen": "3"}, follow=True))
    late = words(admin.post(page, {"component": "LEG", "quantity": "5", "seen": "3"}, follow=True))
    circle = words(admin.post("/masters/items/bill/LEG", {"component": "TABLE", "quantity": "1"}, follow=True))
    itself = words(admin.post(page, {"component": "TABLE", "quantity": "1"}, follow=True))
    unknown = words(admin.post(page, {"component": "ARM", "quantity": "1"}, follow=True))

    assert "Saved." in told
    assert "LEG: 3 → 4" in told
    assert "Somebody else has changed LEG" in late
    assert "LEG goes into TABLE already" in circle
    assert "TABLE goes into TABLE already" in itself
    assert "There is no ARM among the masters." in unknown
    assert [(line.component, line.quantity) for line in table.bill.select_related("component")] == [(leg, 4)]
    admin.post(page, {"component": "LEG", "off": "yes", "seen": "4"})
    assert not table.bill.exists()


def test_of_the_suppliers_of_an_item_one_is_preferred_and_no_price_is_below_nothing(admin):
    item = Item.objects.create(sku="SCREW", name="Screw", tax=TaxCategory.objects.all()[0])
    for key in ("S-1", "S-2"):
        Supplier.objects.create(key=key, name=f"Firm {key}")
    page = "/masters/items/terms/SCREW"

    admin.post(page, {"supplier": "S-1", "price": "2.5", "days": "4", "preferred": "yes"})
    admin.post(page, {"supplier": "S-2", "price": "2.4", "days": "9", "preferred": "yes"})
    refused = words(admin.post(page, {"supplier": "S-2", "price": "-1", "days": "9", "seen": "2.4 / 9 d *"}, follow=True))

    assert "-1 cannot stand here." in refused
    assert [(term.supplier.key, term.price, term.preferred) for term in item.supplier_terms.order_by("supplier__key")] == [
        ("S-1", Decimal("2.5"), False),
        ("S-2", Decimal("2.4"), True),
    ]
    assert "Firm S-2" in words(admin.get("/masters/items/of/SCREW"))
    assert "SCREW" in words(admin.get("/masters/suppliers/of/S-2"))


def test_a_price_list_has_prices_from_a_quantity_and_a_day_on(admin):
    agreed = PriceList.objects.create(key="EAST", currency="CNY")
    sku = Item.objects.values_list("sku", flat=True)[0]
    page = "/masters/price-lists/prices/EAST"

    admin.post(page, {"sku": sku, "price": "10"})
    admin.post(page, {"sku": sku, "price": "9", "from": "100", "since": "2027-01-01"})
    twice = words(admin.post(page, {"sku": sku, "price": "8"}, follow=True))
    admin.post(page, {"sku": sku, "price": "9.5", "seen": "10"})
    admin.post(page, {"sku": sku, "off": "yes", "from": "100", "since": "2027-01-01", "seen": "9"})

    assert f"Somebody else has changed {sku}" in twice
    assert [(each.from_quantity, each.price) for each in agreed.prices.all()] == [(0, Decimal("9.5"))]
    assert "≥ 100 2027-01-01: 9 → –" in words(admin.get("/masters/price-lists/of/EAST"))


def test_only_who_keeps_the_masters_changes_what_hangs_on_them(signed_in, shop):
    sku = Item.objects.values_list("sku", flat=True)[0]

    assert signed_in("alice").post(f"/masters/items/bill/{sku}", {"component": "X", "quantity": "1"}).status_code == 403
