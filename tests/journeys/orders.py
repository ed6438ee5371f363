"""Orders that stand where a test needs them, brought there by the acts themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from orderway.orders import acts
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import WorkItem
from orderway.stages.capture import actions as capture
from orderway.stages.capture.rules import LineDraft, OrderDraft
from orderway.stages.delivery import actions as delivery
from orderway.stages.review import actions as review
from orderway.stages.stock import actions as stock


def actor_of(person) -> Actor:
    """A person as the acts know them."""
    roles = frozenset(person.roles.values_list("role", flat=True))
    return Actor(person.key, person.pk, duties=frozenset({"reader"}), roles=roles)


def at_review(people, *, lines=(("GX-2040", 40),), po: str = "") -> str:
    """The number of an order that Alice has entered and that waits for its review."""
    now = datetime.now(UTC)
    drafts = tuple(LineDraft(sku, Decimal(quantity)) for sku, quantity in lines)
    draft = OrderDraft("C001", drafts, standard="make-to-stock", customer_po=po)
    outcome = capture.place([draft], actor=actor_of(people["alice"]), now=now)[0]
    assert outcome.state == "placed", outcome.refusal
    brings = {outcome.number: Completion(evidence={"enter": "yes", "confirm": "yes"})}
    assert not capture.enter([outcome.number], actor=actor_of(people["alice"]), now=now, brings=brings)
    return outcome.number


def at_stock(people, **order) -> str:
    """... that Bob has reviewed."""
    number = at_review(people, **order)
    passed = Completion(findings={"accuracy": True, "price_terms": True}, evidence={"compare": "yes"})
    assert not review.decide([number], actor=actor_of(people["bob"]), now=datetime.now(UTC), brings={number: passed})
    return number


def at_planning(people, **order) -> str:
    """... whose stock is reserved."""
    number = at_stock(people, **order)
    brings = {number: Completion(evidence={"reserve": "yes"})}
    assert not stock.reserve([number], actor=actor_of(people["carol"]), now=datetime.now(UTC), brings=brings)
    return number


def with_deliveries(people, **order) -> str:
    """... whose deliveries are planned: what lies in stock waits to be picked, the rest to be bought."""
    number = at_planning(people, **order)
    carol, now = actor_of(people["carol"]), datetime.now(UTC)
    assert not acts.add_evidence({number: {"split": "yes"}}, actor=carol, now=now)
    assert not delivery.plan([number], actor=carol, now=now)
    return number


def handed_over(people, **order) -> str:
    """... whose goods the customer has signed for."""
    number = with_deliveries(people, **order)
    carol, now, place = actor_of(people["carol"]), datetime.now(UTC), f"{number}/1"
    assert not delivery.pick([place], brings={place: Completion(evidence={"pick": "yes", "pack": "yes"})}, actor=carol, now=now)
    assert not delivery.hand_over([place], {place: delivery.Proof(signed_by="Dan")}, actor=carol, now=now)
    return number


def item_at(number: str, stage: str) -> WorkItem:
    """The open work item of a stage of the shipped standard."""
    return WorkItem.objects.filter(order__number=number, stage=stage, state="open").first()
