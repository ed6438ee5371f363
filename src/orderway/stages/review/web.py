"""How a person decides a review: the answers of the task are brought to the act. Judges nothing; rules and acts do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.stages.review import actions

urlpatterns: list[URLPattern] = []


def decide(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Decide the gate with the answers that came along."""
    return actions.decide([place], actor=actor, now=now, brings={place: completion})


def register() -> None:
    """Fill the list of forms."""
    register_form(ActForm("review.decide", decide, _("Decide")))
