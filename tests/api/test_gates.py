"""A program reads of a gate what a page shows: why, what would change it, who must sign by which row."""

from __future__ import annotations

from orderway.masterdata.models import Customer
from orderway.orders.models import WorkItem


def test_a_work_item_says_why_its_gate_blocks_and_what_would_let_it_pass(office):
    number = office.placed()
    office.advanced(number, "review")
    Customer.objects.update(credit_limit=1)
    item = WorkItem.objects.get(order__number=number, stage="review", state="open")

    gate = office.get("bob", f"/work-items/{item.pk}").json()["gate"]

    states = {criterion["id"]: criterion for criterion in gate["criteria"]}
    blocked = next(criterion for criterion in states.values() if criterion["holds"] == "no")
    assert any(need["fact"] == "customer.credit_left" for way in blocked["would_pass_if"] for need in way)
    assert any(part["rule"].startswith("table.credit row") for part in blocked["why"])
    assert all(criterion["holds"] == "" for criterion in states.values() if not criterion["why"])
