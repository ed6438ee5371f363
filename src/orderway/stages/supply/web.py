"""How people order and receive: the supply orders that serve a delivery, and what of them has arrived. Judges nothing; acts do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.stages import Panel, register_panel
from orderway.pages import fields
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.navigation import Tab, register_tab
from orderway.stages.supply import actions, pages
from orderway.stages.supply.models import SupplyLine, SupplyPeg

Order = Callable[..., Mapping[str, Refusal]]
urlpatterns = pages.urlpatterns


def serving(place: str) -> Mapping[str, object]:
    """The lines of open supply orders that somebody of this order waits for."""
    return {"orders": _lines_of(place.partition("/")[0], _run_of(place))}


def by(order: Order) -> Callable[..., Mapping[str, Refusal]]:
    """The form's act: bring what is on order to the need; book what arrived; say what is still awaited."""

    def perform(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
        arrived = _arrived(place, sent)
        if not arrived:
            return order([place], actor=actor, now=now)
        waiting: dict[str, Refusal] = {}
        completed: set[str] = set()
        for number, arrivals in arrived.items():
            received = actions.receive(number, arrivals, paper=sent.fields.get("paper", "").strip()[:64], actor=actor, now=now)
            completed.update(received.completed)
            waiting.update(received.waiting)
        return {place: waiting[place]} if place in waiting and place not in completed else {}

    return perform


def panel(order_ids: Sequence[int]) -> Mapping[int, object]:
    """The supply orders of each order: two statements for n orders."""
    pegs = SupplyPeg.objects.filter(order_line__order_id__in=order_ids, quantity__gt=0)
    rows: dict[int, dict[int, SupplyLine]] = {}
    for peg in pegs.select_related("order_line", "supply_line__supply_order__supplier", "supply_line__item").order_by("id"):
        rows.setdefault(peg.order_line.order_id, {})[peg.supply_line_id] = peg.supply_line
    return {order_id: list(lines.values()) for order_id, lines in rows.items()}


def _lines_of(number: str, delivery: int | None) -> list[SupplyLine]:
    pegs = SupplyPeg.objects.filter(order_line__order__number=number, quantity__gt=0, supply_line__supply_order__status="open")
    if delivery is not None:
        pegs = pegs.filter(delivery__number=delivery)
    pegs = pegs.select_related("supply_line__supply_order__supplier", "supply_line__item").order_by(
        "supply_line__supply_order__number", "id"
    )
    return list({peg.supply_line_id: peg.supply_line for peg in pegs}.values())


def _run_of(place: str) -> int | None:
    last = place.rpartition("/")[2] if "/" in place else ""
    return int(last) if last.isdecimal() else None


def _arrived(place: str, sent: Sent) -> dict[str, list[actions.Arrival]]:
    """What was typed as arrived, by supply order; the fields carry the key of the line."""
    typed = fields.numbers(sent.fields, "arrived.")
    found: dict[str, list[actions.Arrival]] = {}
    for line in _lines_of(place.partition("/")[0], _run_of(place)):
        if line.pk in typed:
            found.setdefault(line.supply_order.number, []).append(actions.Arrival(line.position, typed[line.pk]))
    return found


def register() -> None:
    """Fill the lists of forms, panels and tabs."""
    register_tab("stock", Tab("supply_orders", _("Supply orders"), 20, ("supply_order",)))
    words = _("Order, or book what arrived")
    register_form(ActForm("supply.produce", by(actions.produce), words, template="supply/receive.html", load=serving))
    register_form(ActForm("supply.purchase", by(actions.purchase), words, template="supply/receive.html", load=serving))
    register_panel(Panel("supply", "order", _("Made or bought for this order"), "supply/panel.html", panel, rank=40))
