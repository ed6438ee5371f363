"""Every route x every duty, generated from the routes and the one table: who has the duty gets in, who has another is told 403.

A route without a request here fails, and so does a right that an act asks and the table does not have.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import transaction
from pydantic import BaseModel

import orderway
from api.office import NOW
from orderway.api.root import MADE, api
from orderway.masterdata import rights
from orderway.masterdata.models import Absence, Person, Supplier
from orderway.masterdata.rights import RIGHTS, Duty
from orderway.orders.models import Comment, Order, WorkItem
from orderway.orders.routes.routing import ENTRANCE_DUTIES
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.supply.models import SupplyLine, SupplyOrder
from orderway.standard.templates import shipped

READS_TO_ALL = {Duty.READER, Duty.TOKEN}  # whoever comes with a token has these two


@dataclass(frozen=True)
class Asked:
    """How to ask a route about an order: the stage it must stand at, who has which duty there, address and body."""

    stage: str
    address: Callable[[object, str], str]
    body: object = None
    owner: str = ""  # somebody whose role owns the stage, and nothing else
    named: str = ""  # somebody whose role the standard names for this act, and nothing else


def at(path: str) -> Callable[[object, str], str]:
    return lambda _office, number: path.format(number=number)


def item(act: str) -> Callable[[object, str], str]:
    return lambda _office, number: f"/work-items/{number}/{act}"


def supply_order(office, number: str) -> str:
    supplier = Supplier.objects.get_or_create(key="SMITH", defaults={"name": "Smith"})[0]
    head = {"kind": "buy", "supplier": supplier, "warehouse": office.warehouse, "due_on": NOW.date(), "created_by": "x", "created_at": NOW}
    found, new = SupplyOrder.objects.get_or_create(number=f"PO-{number}", defaults=head)
    if new:
        SupplyLine.objects.create(supply_order=found, position=1, item=office.items[0], quantity=5)
    return f"/supply-orders/{found.number}/receive"


def comment(act: str) -> Callable[[object, str], str]:
    def address(_office, number: str) -> str:
        order = Order.objects.get(number=number)
        return f"/comments/{Comment.objects.get_or_create(order=order, text='hm', author='x', at=NOW)[0].pk}/{act}"

    return address


def proposal(act: str) -> Callable[[object, str], str]:
    def address(_office, number: str) -> str:
        line = {"sku": "RAIL-1", "quantity": "7", "unit_price": None, "discount_percent": "0", "requested_on": None}
        draft = {"lines": [line], "requested_on": None, "discount_percent": "0"}
        head = {"draft": draft, "channel": "api", "proposed_by": "x", "proposed_at": NOW}
        order = Order.objects.get(number=number)
        return f"/proposals/{AmendmentProposal.objects.get_or_create(order=order, content_hash='other', defaults=head)[0].pk}/{act}"

    return address


def payment(office, number: str) -> dict[str, object]:
    (invoice,) = office.get("eve", "/invoices", order=number).json()["rows"]
    head = {"customer": "DAN", "amount": "1.00", "currency": "CNY", "reference": "B", "received_on": "2026-03-09"}
    return {**head, "invoices": [{"invoice": invoice["number"]}]}


def whoever_holds(_office, number: str) -> str:
    """The key of whoever has the order's work: a person records the own absence."""
    return WorkItem.objects.filter(order__number=number, state="open").values_list("responsible__key", flat=True)[0]


def an_absence(office, number: str) -> dict[str, str]:
    return {"person": whoever_holds(office, number), "first": "2030-01-01", "last": "2030-01-02"}


def absence(act: str) -> Callable[[object, str], str]:
    def address(office, number: str) -> str:
        person = Person.objects.get(key=whoever_holds(office, number))
        days = {"first_day": NOW.date() + timedelta(days=900), "last_day": NOW.date() + timedelta(days=901)}
        return f"/absences/{Absence.objects.get_or_create(person=person, **days)[0].pk}/{act}"

    return address


def chosen(stage: str = "review", **more: str) -> Callable[[object, str], dict[str, object]]:
    return lambda office, number: {"items": [office.item(number, stage).pk], **more}


REVIEWED = {"evidence": {"compare": "yes"}, "findings": {"accuracy": True, "price_terms": True}, "act": "review.decide"}
REASON = {"reason": "a test"}
OTHER = {"source": "1.0.0"}
FEWER = {"lines": [{"position": 1, "quantity": "1"}]}
READ = {
    "/stock": "/stock",
    "/stock/{sku}": "/stock/RAIL-1",
    "/supply-orders": "/supply-orders",
    "/supply-orders/{number}": "/supply-orders/PO-none",
    "/deliveries": "/deliveries",
    "/deliveries/{order}/{number}": "/deliveries/{number}/1",
    "/invoices": "/invoices",
    "/invoices/{number}": "/invoices/none",
    "/orders": "/orders",
    "/orders/{number}": "/orders/{number}",
    "/orders/{number}/journal": "/orders/{number}/journal",
    "/orders/{number}/returns": "/orders/{number}/returns",
    "/orders/{number}/comments": "/orders/{number}/comments",
    "/orders/{number}/amendments": "/orders/{number}/amendments",
    "/proposals": "/proposals",
    "/work-items": "/work-items",
    "/work-items/{int:item}": "/work-items/1",
    "/standards": "/standards",
    "/standards/{standard}/{version}": "/standards/make-to-stock/1.0.0",
    "/health": "/health",
    "/people": "/people",
    "/absences": "/absences",
    "/messages": "/messages",
    "/board": "/board",
    "/scorecard": "/scorecard",
    "/courses": "/courses",
    "/certificates": "/certificates",
    "/certificates/{number}/verify": "/certificates/TC-000001/verify?code=00000000000000000000000000000000",
    "/skills": "/skills",
}
REQUESTS: dict[tuple[str, str], Asked] = {
    **{("GET", path): Asked("receipt", at(address)) for path, address in READ.items()},
    ("POST", "/orders"): Asked("receipt", at("/orders"), {"customer": "DAN", "lines": [{"sku": "RAIL-1", "quantity": "1"}]}),
    ("POST", "/supply-orders/{number}/receive"): Asked("receipt", supply_order, {}, owner="bert"),
    ("POST", "/payments"): Asked("after_sales", at("/payments"), payment, named="bob"),
    ("POST", "/orders/{number}/complain"): Asked("end", at("/orders/{number}/complain"), {"kind": "item", "text": "bent"}, named="sam"),
    ("POST", "/orders/{number}/returns"): Asked(
        "end", at("/orders/{number}/returns"), {"lines": [{"position": 1, "quantity": "1"}]}, named="sam"
    ),
    ("POST", "/orders/{number}/returns/{return_number}/receive"): Asked("end", at("/orders/{number}/returns/1/receive"), {}, named="sam"),
    ("POST", "/orders/{number}/hold"): Asked("receipt", at("/orders/{number}/hold"), {"type": "credit", **REASON}, named="bob"),
    ("POST", "/orders/{number}/lift"): Asked("receipt", at("/orders/{number}/lift"), {"type": "credit", **REASON}, named="bob"),
    ("POST", "/orders/{number}/cancel"): Asked("receipt", at("/orders/{number}/cancel"), REASON, named="mary"),
    ("POST", "/orders/{number}/cancel/preview"): Asked("receipt", at("/orders/{number}/cancel/preview"), {}),
    ("POST", "/orders/{number}/change/preview"): Asked("receipt", at("/orders/{number}/change/preview"), FEWER),
    ("POST", "/orders/{number}/change"): Asked("receipt", at("/orders/{number}/change"), {**FEWER, **REASON}, named="alice"),
    ("POST", "/orders/{number}/divide/preview"): Asked("receipt", at("/orders/{number}/divide/preview"), FEWER),
    ("POST", "/orders/{number}/divide"): Asked("receipt", at("/orders/{number}/divide"), {**FEWER, **REASON}, named="alice"),
    ("POST", "/orders/{number}/comments"): Asked("receipt", at("/orders/{number}/comments"), {"text": "a test"}),
    ("POST", "/comments/{comment_id}/edit"): Asked("receipt", comment("edit"), {"text": "a test"}),
    ("POST", "/comments/{comment_id}/withdraw"): Asked("receipt", comment("withdraw"), {}),
    ("POST", "/proposals/{proposal}/accept"): Asked("receipt", proposal("accept"), REASON, named="alice"),
    ("POST", "/proposals/{proposal}/reject"): Asked("receipt", proposal("reject"), REASON, named="alice"),
    ("POST", "/absences"): Asked("receipt", at("/absences"), an_absence),
    ("POST", "/absences/{absence_id}/change"): Asked("receipt", absence("change"), {"last": "2031-01-01"}),
    ("POST", "/absences/{absence_id}/withdraw"): Asked("receipt", absence("withdraw"), {}),
    ("POST", "/standards/{standard}/{version}/migrate/preview"): Asked(
        "receipt", at("/standards/make-to-stock/1.0.0/migrate/preview"), OTHER
    ),
    ("POST", "/standards/{standard}/{version}/migrate"): Asked(
        "receipt", at("/standards/make-to-stock/1.0.0/migrate"), {**OTHER, **REASON}
    ),
    ("POST", "/messages/read"): Asked("receipt", at("/messages/read"), {}),
    ("POST", "/bulk/claim"): Asked("review", at("/bulk/claim"), chosen(), owner="bob"),
    ("POST", "/bulk/release"): Asked("review", at("/bulk/release"), chosen(reason="a test"), owner="bob"),
    ("POST", "/bulk/delegate"): Asked("review", at("/bulk/delegate"), chosen(to="alice"), owner="bob"),
    ("POST", "/bulk/finish"): Asked("receipt", at("/bulk/finish"), chosen("receipt"), owner="alice"),
    ("POST", "/work-items/{path:item}/act"): Asked("review", item("act"), REVIEWED, owner="bob"),
    ("POST", "/work-items/{path:item}/evidence"): Asked("review", item("evidence"), {"evidence": {"compare": "yes"}}, owner="bob"),
    ("POST", "/work-items/{path:item}/claim"): Asked("review", item("claim"), {}, owner="bob"),
    ("POST", "/work-items/{path:item}/release"): Asked("review", item("release"), REASON, owner="bob"),
    ("POST", "/work-items/{path:item}/delegate"): Asked("review", item("delegate"), {"to": "alice"}, owner="bob"),
    ("POST", "/work-items/{path:item}/send-back"): Asked("review", item("send-back"), REASON, owner="bob"),
    ("POST", "/work-items/{path:item}/waive"): Asked(
        "review", item("waive"), {"criterion": "credit", **REASON}, owner="bob", named="grace"
    ),
    ("POST", "/work-items/{path:item}/decide"): Asked("too often", item("decide"), REASON, owner="bob", named="mary"),
    ("POST", "/work-items/{path:item}/sign"): Asked("signature", item("sign"), {"approve": True}, owner="bob", named="mary"),
}
ROUTES = {(made.method, made.path): made for made in MADE}
PAPER = {"kind": "customer_po", "name": "po.pdf", "content": "JVBERi0="}


@pytest.fixture
def company(office):
    """With Holly and Otto, who have no role at all: they become holder and owner of one order."""
    for key in ("holly", "otto"):
        office.hire(key)
    return office


def somebody(duty: Duty, asked: Asked) -> str:
    """Somebody with this duty and no other; empty where nobody can have it: customers have no token, and a token never leads."""
    return {
        Duty.HOLDER: "holly",
        Duty.ORDER_OWNER: "otto",
        Duty.OWNER: asked.owner,
        Duty.NAMED: asked.named,
        Duty.STANDARD_OWNER: "olga",
        Duty.READER: "eve",
        Duty.TOKEN: "eve",
        Duty.ADMINISTRATOR: "admin",
        Duty.CUSTOMER: "",
        Duty.LEAD: "",
    }[duty]


def order_at(company, stage: str) -> str:
    """An order at a stage; "signature" and "too often" are what becomes of a review."""
    if stage == "signature":
        return awaiting_signature(company)
    number = company.advanced(company.placed(), "review" if stage == "too often" else stage)
    while stage == "too often" and not WorkItem.objects.filter(order__number=number, kind="decision", state="open").exists():
        if company.open_stages(number) == ["receipt"]:
            company.advanced(number, "review")
        company.post("bob", f"/work-items/{number}/send-back", REASON)
    return number


def awaiting_signature(company) -> str:
    """A first order of a customer: the shipped make-to-order standard wants the sales manager's signature."""
    company.released(shipped()["make-to-order"])
    number = company.placed(standard="make-to-order", attachments=[PAPER], evidence={"confirm": "yes"})
    findings = dict.fromkeys(("accuracy", "price_terms", "feasible"), True)
    decided = company.post("bob", f"/work-items/{number}/act", {"evidence": {"compare": "yes"}, "findings": findings})
    assert decided.status_code == 200, decided.content
    return number


def status(company, who: str, made, asked: Asked, number: str) -> int:
    """What somebody is told; what they did is taken back."""
    address = asked.address(company, number).format(number=number)
    body = asked.body(company, number) if callable(asked.body) else asked.body
    mark = transaction.savepoint()
    answer = company.get(who, address) if made.method == "GET" else company.post(who, address, body)
    transaction.savepoint_rollback(mark)
    return answer.status_code


def test_every_route_has_a_request_here():
    assert REQUESTS.keys() == ROUTES.keys()
    assert all(made.right in RIGHTS for made in MADE)


def test_every_operation_of_the_api_is_a_route_that_names_its_right():
    described = api.get_openapi_schema(path_prefix="")["paths"]

    assert sum(len(methods) for methods in described.values()) == len(MADE)


@pytest.mark.parametrize("key", ROUTES, ids=lambda key: f"{key[0]} {key[1]}")
def test_whoever_has_the_duty_gets_in_and_whoever_has_another_does_not(company, key):
    made, asked = ROUTES[key], REQUESTS[key]
    number = order_at(company, asked.stage)
    of_an_item = made.path.startswith(("/work-items/{path:item}", "/bulk/", "/absences"))
    tried = 0

    foreign = {who: status(company, who, made, asked, number) for who in ("holly", "otto")}
    WorkItem.objects.filter(order__number=number, state="open").update(responsible=company.people["holly"])
    Order.objects.filter(number=number).update(owner=company.people["otto"])
    for duty in Duty:
        who = somebody(duty, asked)
        if who:
            has = {duty} if of_an_item or duty is not Duty.HOLDER else set()  # nobody holds an order as a whole
            allowed = rights.allows(has | READS_TO_ALL, made.right)
            told = status(company, who, made, asked, number)
            assert (told != 403, told != 401) == (allowed, True), f"{duty} was told {told}"
            tried += 1

    by_reading = rights.allows(READS_TO_ALL, made.right)
    assert {told != 403 for told in foreign.values()} == {by_reading}, f"strangers were told {foreign}"
    assert tried >= 6
    assert status(company, "", made, asked, number) == 401


def test_every_right_that_an_act_asks_stands_in_the_table():
    """Default deny would hide a slip of the pen: nobody could do that act."""
    asked = set()
    for path in Path(orderway.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Entrance" and len(node.args) > 1:
                asked |= {node.args[1].value} if isinstance(node.args[1], ast.Constant) else set()

    assert len(asked) >= 10
    assert asked - RIGHTS.keys() == set()


def test_what_the_table_does_not_know_nobody_may_do():
    assert not rights.allows(Duty, "order.burn")
    assert rights.needed("order.burn") == frozenset()


def test_the_route_decides_itself_only_what_hangs_on_no_object():
    here = {made.right for made in MADE if rights.needed(made.right) <= ENTRANCE_DUTIES}

    assert here >= {"order.list", "order.read", "order.place", "health.read"}
    assert here.isdisjoint({"stage.work", "order.cancel", "item.sign", "supply.receive"})


def test_no_two_answers_of_the_api_share_a_name():
    """The schema has one place for a name: the second one would describe the first."""
    modules = [import_module(f"orderway.api.{found.name}") for found in pkgutil.iter_modules(orderway.api.__path__)]
    classes = {
        one
        for module in modules
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, BaseModel) and one.__module__.startswith("orderway.api")
    }
    names = Counter(one.__name__ for one in classes if one.__name__ != "Filter")

    assert len(names) > 50
    assert [name for name, count in names.items() if count > 1] == []
