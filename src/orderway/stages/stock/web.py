"""How a person has stock reserved: what each line needs, has and could get stands beside the button. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Order
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.navigation import Door, Tab, register_door, register_tab
from orderway.stages.stock import actions, pages, queries
from orderway.stages.stock.rules import ZERO

urlpatterns = pages.urlpatterns


def coverage(place: str) -> Mapping[str, object]:
    """Per line what it needs, what is reserved for it and what lies free."""
    order_id = Order.objects.values_list("pk", flat=True).get(number=place.partition("/")[0])
    lines = queries.lines_of([order_id])
    free = queries.free_of(line.item_id for line in lines)
    rows = []
    for line in lines:
        lies_free = sum(free.get(line.item_id, {}).values(), ZERO)
        short = max(ZERO, line.need - line.reserved - lies_free) if line.stocked else ZERO
        rows.append({"line": line, "free": lies_free, "short": short})
    return {"rows": rows}


def reserve(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Reserve what lies there; what is short is planned by the stages after this one."""
    return actions.reserve([place], actor=actor, now=now, brings={place: completion})


def register() -> None:
    """Fill the lists of forms, doors and tabs."""
    register_door(Door("stock", _("Stock"), "box", "l", rank=33))
    register_tab("stock", Tab("stock", _("Stock"), 10, ("stock_item", "stock_book", "stock_book_now")))
    register_form(ActForm("stock.reserve", reserve, _("Reserve the stock"), template="stock/reserve.html", load=coverage))
