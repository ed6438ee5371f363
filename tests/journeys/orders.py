"""Orders that stand where a test needs them, brought there by the acts themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.stages.capture import actions as capture
from orderway.stages.capture.rules import LineDraft, OrderDraft


def actor_of(person) -> Actor:
    """A person as the acts know them."""
    roles = frozenset(person.roles.values_list("role", flat=True))
    return Actor(person.key, person.pk, duties=frozenset({"reader"}), roles=roles)


def at_review(people, *, sku: str = "GX-2040", quantity: int = 40) -> str:
    """The number of an order that Alice has entered and that waits for its review."""
    now = datetime.now(UTC)
    draft = OrderDraft("C001", (LineDraft(sku, Decimal(quantity)),), standard="make-to-stock")
    outcome = capture.place([draft], actor=actor_of(people["alice"]), now=now)[0]
    assert outcome.state == "placed", outcome.refusal
    brings = {outcome.number: Completion(evidence={"enter": "yes", "confirm": "yes"})}
    assert not capture.enter([outcome.number], actor=actor_of(people["alice"]), now=now, brings=brings)
    return outcome.number
