"""How people plan, pick and hand over: quantities by line, vehicle and time window, who signed. Judges nothing; rules and acts do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Order
from orderway.pages import fields
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.navigation import Tab, register_tab
from orderway.stages.delivery import actions, pages, queries
from orderway.stages.delivery.queries import StandingDelivery
from orderway.stages.delivery.rules import ZERO

FOUND, KEPT = "found.", "kept."
urlpatterns = pages.urlpatterns


def plan(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Plan the deliveries; a carrier that is named is booked for the first."""
    carrier = sent.fields.get("carrier", "").strip()
    trips = {}
    if carrier:
        window = [fields.moment(sent.fields.get(name, ""), name) for name in ("window_from", "window_until")]
        trips[place] = actions.TripWish(carrier[:120], sent.fields.get("vehicle", "").strip()[:60], *window)
    return actions.plan([place], trips=trips, actor=actor, now=now)


def pick(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Pick what was found; a field left as it was means that everything was there."""
    tracking = tuple(word[:60] for word in sent.fields.get("tracking_numbers", "").split())
    report = actions.PickReport(fields.numbers(sent.fields, FOUND), sent.fields.get("missing") == "yes", tracking)
    return actions.pick([place], {place: report}, brings={place: completion}, actor=actor, now=now)


def hand_over(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Hand over what the customer kept, with the proof of it."""
    proof = actions.Proof(
        signed_by=sent.fields.get("signed_by", "").strip()[:120],
        damaged=sent.fields.get("damaged") == "yes",
        note=sent.fields.get("note", "").strip()[:500],
        kept=fields.numbers(sent.fields, KEPT) or None,
    )
    return actions.hand_over([place], {place: proof}, brings={place: completion}, actor=actor, now=now)


def to_pick(place: str) -> Mapping[str, object]:
    """The lines of the deliveries at this place that are not picked yet."""
    lines: dict[int, dict[str, object]] = {}
    for delivery in _deliveries(place):
        for line in delivery.lines if not delivery.picked else ():
            row = lines.setdefault(line.position, {"position": line.position, "sku": line.sku, "quantity": ZERO})
            row["quantity"] += line.quantity  # type: ignore[operator]
    return {"lines": list(lines.values())}


def to_hand_over(place: str) -> Mapping[str, object]:
    """What was picked for the deliveries at this place."""
    rows = [
        {"position": line.position, "sku": line.sku, "quantity": line.picked}
        for delivery in _deliveries(place)
        for line in {line.line: line for line in delivery.lines}.values()
        if line.picked
    ]
    return {"lines": rows}


def _deliveries(place: str) -> list[StandingDelivery]:
    """The open deliveries of the order, inside a run that of the run."""
    number, _slash, key = place.partition("/")
    order_id = Order.objects.values_list("pk", flat=True).get(number=number)
    last = key.rpartition("/")[2]
    wanted = int(last) if last.isdecimal() else None
    return [delivery for delivery in queries.deliveries_of([order_id])[order_id] if delivery.is_open and wanted in (None, delivery.number)]


def register() -> None:
    """Fill the lists of forms and tabs."""
    register_tab("stock", Tab("deliveries", _("Deliveries"), 30, ("delivery",)))
    register_form(ActForm("delivery.plan", plan, _("Plan the deliveries"), template="delivery/plan.html", load=lambda place: {}))
    register_form(ActForm("delivery.pick", pick, _("Picked and packed"), template="delivery/pick.html", load=to_pick))
    register_form(ActForm("delivery.hand_over", hand_over, _("Handed over"), template="delivery/hand_over.html", load=to_hand_over))
