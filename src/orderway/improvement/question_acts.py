"""Taking a customer's link back and making another, from the page of the order."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.engine.refusals import Refusal
from orderway.improvement import questions
from orderway.orders import asking
from orderway.orders.models import Order
from orderway.pages import refusing
from orderway.pages.guarding import needs


@needs("feedback.ask")
@require_POST
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """The link leads nowhere any more."""
    return _do(request, number, questions.revoke, _("The link was taken back."))


@needs("feedback.ask")
@require_POST
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Another link."""
    return _do(request, number, questions.ask_again, _("A new link stands on this page."))


def _do(request: HttpRequest, number: str, act: Callable[..., object], said: str) -> HttpResponse:
    actor = asking.actor_of(request)
    try:
        act(number, actor=actor, now=asking.now())
    except Order.DoesNotExist as missing:
        raise Http404 from missing
    except Refusal as refusal:
        return refusing.response(request, refusal)
    messages.success(request, said)
    return redirect("order", number)
