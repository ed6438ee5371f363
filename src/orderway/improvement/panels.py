"""What improvement shows on the page of an order: the customer's answer, or the link behind which it is awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orderway.improvement import questions
from orderway.improvement.mailing import address_of
from orderway.orders.stages import Panel, register_panel


def register() -> None:
    """Fill the list of panels."""
    register_panel(Panel("question", "order", _("What the customer says"), "improvement/parts/asked.html", asked, rank=80))


def asked(order_ids: Sequence[int]) -> Mapping[int, object]:
    """The newest question of each order, with its link while it can be answered; one statement."""
    found = questions.standing_of(list(order_ids))
    return {
        order: {"question": question, "address": address_of(question), "mail_is_set": settings.MAIL_IS_SET}
        for order, question in found.items()
    }
