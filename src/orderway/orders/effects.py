"""What a new version of a standard would mean for running orders, in a sentence for the editor. Moves none."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import ngettext

from orderway.orders.models import Order
from orderway.releases.effects import Effect, register_effects
from orderway.standard.document import Standard


def running_orders(old: Standard, new: Standard, now: datetime) -> list[Effect]:
    """How many orders run by versions of this standard; one statement."""
    count = Order.objects.filter(status=Order.Status.OPEN, version__standard_id=new.id).count()
    text = ngettext(
        "%(n)d running order: let it finish on its own version, or migrate it.",
        "%(n)d running orders: let them finish on their own versions, or migrate them.",
        count,
    )
    return [Effect(text % {"n": count})] if count else []


def register() -> None:
    """Fill the list."""
    register_effects("running orders", running_orders)
