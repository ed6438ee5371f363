"""Acts on chosen items of the work list and of My work: take, give, hand back, finish; what is refused is said item by item."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Person
from orderway.orders import bulk
from orderway.orders.models import WorkItem
from orderway.orders.work import run_open
from orderway.pages import refusing
from orderway.pages.act_forms import form_of
from orderway.pages.guarding import needs
from orderway.releases import catalogue
from orderway.web import acting
from orderway.web.words import words_of

MOST = 200
SAID_AT_MOST = 5


@needs("item.claim")
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Take over what is chosen."""
    items = _chosen(request)
    refused = bulk.claim(items, actor=acting.actor_of(request), now=acting.now())
    return _told(request, items, refused, _("Taken over: %(number)d."))


@needs("item.delegate")
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Give what is chosen to somebody."""
    items, to = _chosen(request), Person.objects.filter(key=request.POST.get("to", "")).first()
    if to is None:
        messages.error(request, _("Choose a person to whom the tasks go."))
        return _back(request)
    reason = request.POST.get("reason", "").strip()[:500]
    return _told(request, items, bulk.give(items, to, reason=reason, actor=acting.actor_of(request), now=acting.now()))


@needs("item.release")
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Hand what is chosen back to the role."""
    items, reason = _chosen(request), request.POST.get("reason", "").strip()[:500]
    return _told(request, items, bulk.release(items, reason=reason, actor=acting.actor_of(request), now=acting.now()))


@needs("stage.work")
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """Finish what is chosen, as far as it needs no eyes; the system goes on with what follows."""
    items, now = _chosen(request), acting.now()
    refused = bulk.finish(items, asks_inputs=_asks_inputs, actor=acting.actor_of(request), now=now)
    run_open(sorted({item.order.number for item in items if item.place not in refused}), now=now)
    return _told(request, items, refused)


def _asks_inputs(act: str) -> bool:
    form, registered = form_of(act), catalogue.act(act)
    return bool(form and form.template) or registered is None or registered.run is None


def _chosen(request: HttpRequest) -> list[WorkItem]:
    ids = [int(text) for text in request.POST.getlist("item") if text.isdecimal()][:MOST]
    items = WorkItem.objects.filter(pk__in=ids, state=WorkItem.State.OPEN).select_related("order__version")
    return list(items.defer("order__version__document", "order__version__source").order_by("order_id", "id"))


def _told(request: HttpRequest, items: list[WorkItem], refused: Mapping[str, Refusal], sentence: str = "") -> HttpResponse:
    done = sum(item.place not in refused for item in items)
    if done:
        sentence = sentence or ngettext("%(number)d task done.", "%(number)d tasks done.", done)
        messages.success(request, sentence % {"number": done})
    for item in [item for item in items if item.place in refused][:SAID_AT_MOST]:
        messages.error(request, f"{item.place}: {refusing.sentence(refused[item.place], words_of(item))}")
    if len(refused) > SAID_AT_MOST:
        messages.error(request, _("%(number)d more were refused; open them to see why.") % {"number": len(refused) - SAID_AT_MOST})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list from which the choice came."""
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("my_work"))


urlpatterns = [
    path("claim", claim, name="claim_chosen"),
    path("give", give, name="give_chosen"),
    path("release", release, name="release_chosen"),
    path("finish", finish, name="finish_chosen"),
]
