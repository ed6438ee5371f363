"""What improvement shows on the page of an order: the customer's answer, or the link behind which it is awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orderway.improvement import promising, questions
from orderway.improvement.mailing import address_of
from orderway.orders.models import Order, Promise
from orderway.orders.stages import Panel, register_panel
from orderway.pages.standard_view import stage_title
from orderway.releases.publishing import program_of


def register() -> None:
    """Fill the list of panels."""
    register_panel(Panel("promise", "order", _("When it will be done"), "improvement/parts/promise.html", promised, rank=20))
    register_panel(Panel("question", "order", _("What the customer says"), "improvement/parts/asked.html", asked, rank=80))


def promised(order_ids: Sequence[int]) -> Mapping[int, object]:
    """The promise of each open order, beside the day that the customer was told; two statements."""
    found = promising.newest(order_ids)
    orders = Order.objects.filter(pk__in=found, status=Order.Status.OPEN).select_related("version")
    return {order.pk: _promised(order, found[order.pk]) for order in orders}


def _promised(order: Order, promise: Promise) -> dict[str, object]:
    day = order.promised_on or order.requested_on
    standard = program_of(order.version_id, order.version.content_hash).standard
    stage = stage_title(standard, promise.reason) if promise.reason else ""
    return {"promise": promise, "day": day, "late": day is not None and timezone.localdate(promise.p50) > day, "stage": stage}


def asked(order_ids: Sequence[int]) -> Mapping[int, object]:
    """The newest question of each order, with its link while it can be answered; one statement."""
    found = questions.standing_of(list(order_ids))
    return {
        order: {"question": question, "address": address_of(question), "mail_is_set": settings.MAIL_IS_SET}
        for order, question in found.items()
    }
