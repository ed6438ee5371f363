"""What the routes show and do: lists, single things, acts on orders and work items, and how errors look."""

from __future__ import annotations

import base64
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection

from api.office import WAY
from orderway.journal.models import Entry
from orderway.orders.models import Order, StoredDocument, WorkItem
from orderway.releases.models import Version
from orderway.stages.stock.models import ExpectedReceipt, StockLevel


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["rows"]]


# --- placing ------------------------------------------------------------------------------------------------------------------------


def test_one_order_answers_with_its_number_and_many_with_a_result_each(office):
    one = office.post("alice", "/orders", office.an_order())
    many = office.post("alice", "/orders", [office.an_order(), office.an_order(customer="NOBODY"), office.an_order(customer_po="PO-1")])

    assert (one.status_code, one.json()["state"]) == (201, "placed")
    assert many.status_code == 200
    assert [result["state"] for result in many.json()["results"]] == ["placed", "refused", "placed"]
    assert many.json()["results"][1]["problem"]["details"][0] == {
        "field": "customer",
        "code": "unknown_customer",
        "message": "There is no customer NOBODY.",
        "remedy": "Choose one of the list, or have the customer entered first.",
    }


def test_the_same_purchase_order_is_the_same_order_and_another_content_is_a_proposal(office):
    first = office.post("alice", "/orders", office.an_order(customer_po="PO-1"))
    same = office.post("alice", "/orders", office.an_order(customer_po="PO-1"))
    other = office.post("alice", "/orders", office.an_order(customer_po="PO-1", quantity="6"))

    assert (same.status_code, same.json()["state"], same.json()["number"]) == (200, "unchanged", first.json()["number"])
    assert (other.status_code, other.json()["code"]) == (409, "purchase_order_exists")
    assert first.json()["number"] in other.json()["message"]


def test_evidence_and_papers_that_come_along_complete_the_receipt(office):
    paper = {"kind": "order_form", "name": "po.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()}

    number = office.placed(evidence={"enter": "yes", "confirm": "yes"}, attachments=[paper])

    assert office.open_stages(number) == ["review"]
    assert bytes(StoredDocument.objects.filter(order__number=number, name="po.pdf").get().body) == b"%PDF-1.4"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"customer": "NOBODY"}, 422, "customer"),
        ({"customer": 7}, 422, "customer"),
        ({"customer": "DAN\u0000"}, 422, "customer"),
        ({"lines": []}, 422, "lines"),
        ({"lines": [{"sku": "NOTHING", "quantity": "1"}]}, 422, "lines[0].sku"),
        ({"lines": [{"sku": "RAIL-1", "quantity": "-5"}]}, 422, "lines[0].quantity"),
        ({"lines": [{"sku": "RAIL-1", "quantity": 5}]}, 422, "lines[0].quantity"),
        ({"lines": [{"sku": "RAIL-1", "quantity": "1e9"}]}, 422, "lines[0].quantity"),
        ({"lines": [{"sku": "RAIL-1", "quantity": "999999999999"}]}, 422, "lines[0].quantity"),
        ({"lines": [{"sku": "RAIL-1", "quantity": "NaN"}]}, 422, "lines[0].quantity"),
        ({"lines": [{"sku": "RAIL-1", "quantity": "1"}], "requested_on": "2026-02-31"}, 422, "requested_on"),
        ({"ordered_at": "2026-03-02T08:00:00"}, 422, "ordered_at"),
        ({"ordered_at": "2999-03-02T08:00:00+08:00"}, 422, "ordered_at"),
        ({"colour": "red"}, 422, "colour"),
        ({"attachments": [{"kind": "x", "name": "x", "content": "no base64!"}]}, 422, "attachments[0].content"),
    ],
)
def test_bad_input_is_named_by_its_field_and_places_nothing(office, change, status, field):
    answer = office.post("alice", "/orders", office.an_order(**change))

    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.content
    assert answer.json()["remedy"]
    assert Order.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", "{'a': 1}".encode("utf-16")])
def test_what_is_no_json_is_a_bad_request(office, client, body):
    answer = client.post("/api/v1/orders", body, content_type="application/json", headers=office.headers("alice"))

    assert answer.status_code in (400, 422), answer.content
    assert answer.json()["code"] in ("bad_request", "invalid")


# --- looking ------------------------------------------------------------------------------------------------------------------------


def test_orders_are_found_by_filter_and_paged(office):
    first, second, third = (office.placed(customer_po=f"PO-{n}", channel=channel) for n, channel in enumerate(("api", "edi", "api")))
    office.advanced(second, "review")
    WorkItem.objects.filter(order__number=third).update(due_at=Order.objects.get(number=third).ordered_at - timedelta(days=1))

    assert numbers(office.get("eve", "/orders")) == [third, second, first]
    assert numbers(office.get("eve", "/orders", stage="review")) == [second]
    assert numbers(office.get("eve", "/orders", channel="edi")) == [second]
    assert numbers(office.get("eve", "/orders", late="true")) == [third]
    assert numbers(office.get("eve", "/orders", late="false", sort="number")) == [first, second]
    assert numbers(office.get("eve", "/orders", text="po-0")) == [first]
    assert numbers(office.get("eve", "/orders", customer="DAN", status="ended")) == []
    assert numbers(office.get("eve", "/orders", ordered_from="2999-01-01T00:00:00Z")) == []
    assert numbers(office.get("eve", "/orders", ordered_to="2999-01-01T00:00:00Z", sort="oldest", size=2, page=2)) == [third]
    assert office.get("eve", "/orders", size=1).json()["total"] == 3


def test_a_filter_that_nobody_knows_is_a_mistake(office):
    answer = office.get("eve", "/orders", costumer="DAN")

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "unknown_parameter", "costumer")


def test_the_number_of_statements_of_a_list_does_not_depend_on_its_length(office, django_assert_num_queries):
    office.placed()
    with django_assert_num_queries(4):
        office.get("eve", "/orders")
    for _ in range(5):
        office.placed()
    with django_assert_num_queries(4):
        office.get("eve", "/orders")


def test_an_order_shows_where_it_stands_and_what_happened_to_each_line(office):
    number = office.advanced(office.placed(), "delivery_planning")

    shown = office.get("eve", f"/orders/{number}").json()

    assert (shown["customer"], shown["total"], shown["owner"], shown["standard"]) == ("DAN", "300.00", "alice", str(office.version))
    assert [(row["stage"], row["role"], row["responsible"]) for row in shown["open"]] == [("delivery_planning", "logistics", "lena")]
    assert shown["lines"][0] | {"requested_on": None} == {
        "position": 1,
        "sku": "RAIL-1",
        "name": "Rail 1",
        "unit": "pcs",
        "unit_price": "10",
        "discount_percent": "0",
        "tax_rate": "13",
        "amount": "50",
        "requested_on": None,
        "reference": "",
        "ordered": "5",
        "cancelled": "0",
        "reserved": "5",
        "shipped": "0",
        "returned": "0",
        "invoiced": "0",
        "credited": "0",
    }


def test_the_journal_is_shown_as_it_is_chained(office):
    number = office.advanced(office.placed(), "review")

    shown = office.get("eve", f"/orders/{number}/journal").json()

    assert shown["total"] == Entry.objects.filter(subject_key=number).count()
    assert [row["sequence"] for row in shown["rows"]] == list(range(1, shown["total"] + 1))
    assert all(later["previous_hash"] == earlier["hash"] for earlier, later in zip(shown["rows"], shown["rows"][1:], strict=False))


def test_stock_is_shown_with_what_can_be_promised(office):
    office.advanced(office.placed(), "delivery_planning")
    storage = StockLevel.objects.get(item=office.items[0]).location
    due = Order.objects.get().ordered_at.date() + timedelta(days=7)
    ExpectedReceipt.objects.create(item=office.items[0], location=storage, quantity=Decimal(50), due_on=due, reference="PO-1")

    shown = office.get("eve", "/stock/RAIL-1").json()
    levels = office.get("eve", "/stock", sku="RAIL").json()

    assert (shown["on_hand"], shown["reserved"], shown["available"]) == ("1000", "5", "995")
    assert [promise["quantity"] for promise in shown["promises"]] == ["995", "1045"]
    assert shown["promises"][1]["day"] == due.isoformat()
    assert [row["reserved"] for row in levels["rows"]] == ["5", "5", "5"]
    assert office.get("eve", "/stock/NOTHING").status_code == 404


def test_deliveries_and_invoices_of_an_order(office):
    number = office.advanced(office.placed(), "after_sales")

    (delivery,) = office.get("eve", "/deliveries", order=number).json()["rows"]
    (invoice,) = office.get("eve", "/invoices", order=number, state="open").json()["rows"]
    whole = office.get("eve", f"/invoices/{invoice['number']}").json()

    assert (delivery["place"], delivery["state"], delivery["signed_by"]) == (f"{number}/1", "done", "Dan")
    assert office.get("eve", f"/deliveries/{number}/1").json() == delivery
    assert (invoice["net"], invoice["tax"], invoice["total"], invoice["open"]) == ("300.00", "39.00", "339.00", "339.00")
    assert [(line["sku"], line["amount"]) for line in whole["lines"]] == [("RAIL-1", "50.00"), ("RAIL-2", "100.00"), ("RAIL-3", "150.00")]
    assert (office.get("eve", f"/deliveries/{number}/2").status_code, office.get("eve", "/invoices/INV-0").status_code) == (404, 404)


def test_a_payment_settles_its_invoice_once(office):
    number = office.advanced(office.placed(), "after_sales")
    invoice = office.get("bob", "/invoices", order=number).json()["rows"][0]["number"]
    payment = {
        "customer": "DAN",
        "amount": "400.00",
        "currency": "CNY",
        "reference": "B-1",
        "received_on": "2026-03-09",
        "invoices": [{"invoice": invoice}],
    }

    booked = office.post("bob", "/payments", payment)
    again = office.post("bob", "/payments", payment)

    assert (booked.status_code, booked.json()) == (201, {"reference": "B-1", "amount": "400.00", "settled": "339.00"})
    assert (again.status_code, again.json()["code"]) == (409, "payment_known")
    assert office.get("bob", "/invoices", state="settled").json()["total"] == 1


def test_standards_are_shown_as_they_run(office):
    version = Version.objects.get()

    assert [row["status"] for row in office.get("eve", "/standards").json()["rows"]] == ["effective"]
    shown = office.get("eve", f"/standards/{version.standard_id}/{version.version}").json()
    assert (shown["content_hash"], shown["source"]) == (version.content_hash, version.source)
    assert office.get("eve", f"/standards/{version.standard_id}/9.9.9").status_code == 404


def test_health_is_for_administrators(office):
    shown = office.get("admin", "/health")

    assert (shown.status_code, shown.json()["database"], shown.json()["worker"]) == (200, connection.vendor, "never")
    assert (shown.json()["broken"], office.get("alice", "/health").status_code) == ([], 403)


# --- work items ----------------------------------------------------------------------------------------------------------------------


def test_my_work_is_what_the_person_of_the_token_has_to_do(office):
    number = office.placed()

    mine = office.get("alice", "/work-items", mine="true").json()["rows"]

    assert [(row["order"], row["stage"], row["late"]) for row in mine] == [(number, "receipt", False)]
    assert office.get("bob", "/work-items", mine="true").json()["rows"] == []
    assert office.get("bob", "/work-items", role="sales").json()["total"] == 1


def test_a_work_item_says_what_it_takes(office):
    number = office.advanced(office.placed(), "review")

    shown = office.get("bob", f"/work-items/{office.item(number, 'review').pk}").json()

    assert (shown["title"], shown["act"]) == ("Order review", "review.decide")
    assert [(step["id"], step["evidence"]) for step in shown["steps"]] == [("compare", "tick")]
    assert [(each["id"], bool(each["ask"]), each["automatic"]) for each in shown["criteria"]] == [
        ("accuracy", True, ""),
        ("price_terms", True, ""),
        ("credit", False, "table.credit == 'ok'"),
    ]
    assert office.get("bob", "/work-items/999999").status_code == 404


def test_an_item_is_done_by_id_by_place_or_by_place_and_act(office):
    by_id, by_place, by_act = (office.placed() for _ in range(3))
    evidence = {"evidence": {"enter": "yes", "confirm": "yes"}}

    for name, body in ((office.item(by_id, "receipt").pk, evidence), (by_place, evidence), (by_act, evidence | {"act": "capture.enter"})):
        answer = office.post("alice", f"/work-items/{name}/act", body)
        assert (answer.status_code, answer.json()["stage"] or "receipt") == (200, "receipt"), answer.content

    assert [office.open_stages(number) for number in (by_id, by_place, by_act)] == [["review"]] * 3


def test_what_is_not_open_says_what_is(office):
    number = office.placed()

    answer = office.post("bob", f"/work-items/{number}/act", {"act": "review.decide"})
    done = office.item(number, "receipt").pk
    office.advanced(number, "review")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    assert "receipt" in answer.json()["message"]
    assert office.post("alice", f"/work-items/{done}/act", {}).status_code == 409
    assert office.post("alice", "/work-items/SO-1999-00001/act", {}).status_code == 404
    assert office.post("alice", "/work-items/999999/act", {}).status_code == 404


def test_the_input_of_another_act_is_a_mistake(office):
    number = office.placed()

    answer = office.post("alice", f"/work-items/{number}/act", {"pick": {"missing": True}})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "input_of_another_act", "pick")


def test_a_refused_act_says_who_may_do_it(office):
    number = office.placed()

    answer = office.post("eve", f"/work-items/{number}/act", {"act": "capture.enter", "evidence": {"enter": "yes", "confirm": "yes"}})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "role sales" in answer.json()["remedy"]


def test_papers_and_the_act_that_needs_them_stand_or_fall_together(office):
    number = office.placed()
    paper = {"kind": "order_form", "name": "po.pdf", "content": base64.b64encode(b"x").decode()}

    refused = office.post("alice", f"/work-items/{number}/act", {"documents": [paper]})
    unknown = office.post(
        "alice", f"/work-items/{number}/evidence", {"documents": [paper | {"kind": "poem"}], "evidence": {"enter": "yes"}}
    )
    kept = office.post("alice", f"/work-items/{number}/evidence", {"documents": [paper], "evidence": {"enter": "yes"}})

    assert (refused.status_code, unknown.status_code, kept.status_code) == (409, 409, 200)
    assert StoredDocument.objects.count() == 1


def test_work_is_claimed_delegated_and_given_back(office):
    office.hire("amy", "sales")
    number = office.placed()

    def holder():
        return office.get("amy", "/work-items", order=number).json()["rows"][0]["responsible"]

    assert office.post("amy", f"/work-items/{number}/claim", {}).status_code == 200
    assert holder() == "amy"
    assert office.post("amy", f"/work-items/{number}/delegate", {"to": "alice"}).status_code == 200
    assert holder() == "alice"
    assert office.post("alice", f"/work-items/{number}/release", {"reason": "ill"}).status_code == 200
    assert holder() == ""
    assert office.post("amy", f"/work-items/{number}/delegate", {"to": "nobody"}).status_code == 404


def test_a_review_sends_back_waives_and_after_too_many_the_manager_decides(office):
    number = office.advanced(office.placed(), "review")
    office.dan.__class__.objects.filter(key="DAN").update(blocked=True)
    body = {"act": "review.decide", "evidence": {"compare": "yes"}, "findings": {"accuracy": True, "price_terms": True}}

    blocked = office.post("bob", f"/work-items/{number}/act", body)
    not_his = office.post("bob", f"/work-items/{number}/waive", {"criterion": "credit", "reason": "old friend"})
    waived = office.post("grace", f"/work-items/{number}/waive", {"criterion": "credit", "reason": "old friend"})
    back = office.post("bob", f"/work-items/{number}/send-back", {"reason": "wrong address"})

    assert (blocked.status_code, blocked.json()["code"]) == (409, "criterion_blocks")
    assert (not_his.status_code, waived.status_code, back.status_code) == (403, 200, 200)
    assert office.open_stages(number) == ["receipt"]


# --- the order as a whole -------------------------------------------------------------------------------------------------------------


def test_a_hold_stops_an_order_until_it_is_lifted(office):
    number = office.placed()

    assert office.post("bob", f"/orders/{number}/hold", {"type": "credit", "reason": "late payer"}).status_code == 200
    assert [hold["type"] for hold in office.get("bob", f"/orders/{number}").json()["holds"]] == ["credit"]
    assert office.post("alice", f"/work-items/{number}/act", {"evidence": {"enter": "yes", "confirm": "yes"}}).json()["code"] == "held"
    assert office.post("alice", f"/orders/{number}/lift", {"type": "credit"}).status_code == 403
    assert office.post("bob", f"/orders/{number}/lift", {"type": "credit", "reason": "paid"}).status_code == 200
    assert office.post("bob", f"/orders/{number}/hold", {"type": "moon"}).status_code in (403, 422)


def test_an_order_is_cancelled_by_those_whom_the_standard_names(office):
    number = office.placed()

    assert office.post("alice", f"/orders/{number}/cancel", {"reason": "wish"}).status_code == 403
    assert office.post("mary", f"/orders/{number}/cancel", {}).json()["code"] == "reason_required"
    assert office.post("mary", f"/orders/{number}/cancel", {"reason": "wish"}).status_code == 200
    assert office.get("mary", f"/orders/{number}").json()["status"] == "cancelled"
    assert office.post("mary", "/orders/SO-1999-00001/cancel", {"reason": "wish"}).status_code == 404


def test_a_complaint_opens_an_ended_order_and_goods_come_back(office):
    number = office.advanced(office.placed(), "end")

    complaint = office.post("sam", f"/orders/{number}/complain", {"kind": "quantity", "text": "One rail is bent"})
    announced = office.post("sam", f"/orders/{number}/returns", {"lines": [{"position": 1, "quantity": "1"}], "reference": "R-1"})
    again = office.post("sam", f"/orders/{number}/returns", {"lines": [{"position": 1, "quantity": "1"}], "reference": "R-1"})
    too_much = office.post("sam", f"/orders/{number}/returns", {"lines": [{"position": 1, "quantity": "5"}]})
    received = office.post("sam", f"/orders/{number}/returns/1/receive", {"condition": "damaged"})
    nowhere = office.post("sam", f"/orders/{number}/returns/1/receive", {"warehouse": "MOON"})

    assert [answer.status_code for answer in (complaint, announced, again, too_much, received, nowhere)] == [201, 201, 200, 409, 200, 404]
    (shown,) = office.get("sam", f"/orders/{number}/returns").json()["rows"]
    assert (shown["closed"], shown["lines"]) == (True, [{"position": 1, "quantity": "1", "received": "1"}])
    assert office.open_stages(number) == ["after_sales"]
    resolved = office.post(
        "sam", f"/work-items/{office.place_of(number, 'after_sales')}/act", {**WAY[-1][3], "resolution": {"said": "credited"}}
    )
    assert resolved.status_code == 200, resolved.content


# --- errors ----------------------------------------------------------------------------------------------------------------------------


def test_when_the_database_is_away_the_answer_says_when_to_come_again(office):
    def away(*_arguments):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        answer = office.get("alice", "/orders")

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "database_away")


def test_a_missing_table_is_a_bug_and_not_the_database_being_away(office):
    def broken(*_arguments):
        raise OperationalError("no such table: orders_order")

    with connection.execute_wrapper(broken), pytest.raises(OperationalError, match="no such table"):
        office.get("alice", "/orders")


def test_refusals_are_told_in_the_language_of_the_request(office, client):
    headers = office.headers("eve") | {"Accept-Language": "zh-Hans"}

    answer = client.get("/api/v1/orders/SO-1999-00001", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")
    assert not answer.json()["message"].startswith("There is no order")


# --- changing -------------------------------------------------------------------------------------------------------------------------


def test_a_change_is_looked_at_and_then_made_once(office):
    number = office.placed(quantity="5")
    wish = {"lines": [{"position": 1, "quantity": "2"}], "added": [{"sku": "RAIL-3", "quantity": "1"}]}

    seen = office.post("alice", f"/orders/{number}/change/preview", wish).json()
    assert (seen["possible"], seen["total_before"], seen["total_after"]) == (True, "300.00", "300.00")
    assert [(one["position"], one["what"], one["after"]) for one in seen["differences"]] == [(1, "quantity", "2"), (4, "added", "1 x 30")]
    body = {**wish, "reason": "Dan called", "requested_by": "Dan", "seen": seen["seen"]}
    answers = [office.post("alice", f"/orders/{number}/change", body, key="c-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    (document,) = office.get("alice", f"/orders/{number}/amendments").json()["rows"]
    assert (document["revision"], document["requested_by"], document["kind"]) == (1, "Dan", "change")
    again = office.post("alice", f"/orders/{number}/change", {**body, "lines": [{"position": 1, "quantity": "1"}], "added": []})
    assert (again.status_code, again.json()["code"]) == (409, "changed_meanwhile")
    assert "Alice" in again.json()["message"]


def test_a_part_is_cancelled_or_divided_off_and_mistakes_name_their_field(office):
    number = office.placed(quantity="5")
    part = {"lines": [{"position": 1, "quantity": "2"}]}

    assert office.post("mary", f"/orders/{number}/cancel", {**part, "reason": "less"}).status_code == 200
    divided = office.post("alice", f"/orders/{number}/divide", {**part, "requested_on": "2026-04-01", "reason": "later"})

    assert divided.status_code == 200, divided.content
    line = office.get("alice", f"/orders/{divided.json()['part']}").json()["lines"][0]
    assert (line["ordered"], line["unit_price"]) == ("2", "10")
    assert office.get("alice", f"/orders/{number}").json()["lines"][0]["cancelled"] == "4"
    wrong = office.post("alice", f"/orders/{number}/divide", {"lines": [{"position": 9, "quantity": "1"}], "reason": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_such_line")
    more = office.post("mary", f"/orders/{number}/cancel/preview", {"lines": [{"position": 1, "quantity": "2"}]}).json()
    assert (more["possible"], more["problem"]["code"], more["seen"]) == (False, "not_open_to_cancel", more["seen"])


def test_a_part_of_a_line_goes_to_another_day_and_mistakes_name_their_field(office):
    number = office.placed(quantity="5")
    part = {"moved": [{"position": 1, "quantity": "2", "requested_on": "2026-04-01"}]}
    preview = office.post("alice", f"/orders/{number}/change/preview", part).json()
    assert (preview["possible"], [one["what"] for one in preview["differences"]]) == (True, ["quantity", "part"])

    assert office.post("alice", f"/orders/{number}/change", {**part, "seen": preview["seen"], "reason": "later"}).status_code == 200

    lines = office.get("alice", f"/orders/{number}").json()["lines"]
    days = [(one["position"], one["ordered"], one["unit_price"], one["requested_on"]) for one in lines]
    assert [days[0], days[-1]] == [(1, "3", "10", None), (4, "2", "10", "2026-04-01")]
    wrong = {"moved": [{"position": 9, "quantity": "1", "requested_on": "2026-04-01"}], "reason": "x"}
    assert "moved[0].position" in office.post("alice", f"/orders/{number}/change", wrong).content.decode()
    all_of_it = {"moved": [{"position": 1, "quantity": "3", "requested_on": "2026-04-01"}], "reason": "x"}
    assert office.post("alice", f"/orders/{number}/change", all_of_it).json()["code"] == "whole_line_moves"
    assert office.post("alice", f"/orders/{number}/change", {"moved": [{"position": 1, "quantity": "1"}]}).status_code == 422


def test_a_proposal_is_accepted_or_rejected_by_those_whom_the_standard_names(office):
    first = office.post("alice", "/orders", office.an_order(customer_po="PO-1")).json()["number"]
    assert office.post("alice", "/orders", office.an_order("7", customer_po="PO-1")).json()["code"] == "purchase_order_exists"
    (waiting,) = office.get("bob", "/proposals").json()["rows"]

    assert office.post("bob", f"/proposals/{waiting['id']}/accept", {"reason": "x"}).status_code == 403
    assert office.post("alice", f"/proposals/{waiting['id']}/reject", {"reason": " "}).status_code == 422
    assert office.post("alice", f"/proposals/{waiting['id']}/accept", {"reason": "Dan confirmed"}).status_code == 200

    assert waiting["order"] == first
    assert office.get("alice", f"/orders/{first}").json()["lines"][0]["ordered"] == "7"
    assert office.post("alice", f"/proposals/{waiting['id']}/accept", {"reason": "again"}).status_code in (409, 422)
    assert office.post("alice", "/proposals/999999/accept", {"reason": "x"}).status_code == 404
