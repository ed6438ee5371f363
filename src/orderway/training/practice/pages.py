"""Practice orders on pages: begin, the task as on a real order, every act judged, and what came of it. Shows only one's own."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role as role_title
from orderway.releases.models import Version
from orderway.training import asking
from orderway.training.models import PracticeOrder
from orderway.training.practice import practising, showing
from orderway.training.practice.playing import Act, Given
from orderway.training.refusals import PracticeMovedOn, PracticeOver
from orderway.training.standings import standard_of

EVIDENCE, FIELD, FINDING, PAPER, WAIVE = "evidence.", "field.", "finding.", "paper.", "waive."
ACTS = ("finish", "sign", "refuse", "stop", "send_back", "waive", "decide")
MAX_REASON = 500
MAX_FIELD = 120


@needs("training.take")
@require_safe
def practice(request: HttpRequest, item_id: int) -> HttpResponse:
    """The task that is to be done now, or what came of a practice order that is over."""
    return _page(request, _mine(request, item_id))


@needs("training.take")
@require_POST
def act(request: HttpRequest, item_id: int) -> HttpResponse:
    """One act; the verdict stands on the page that follows."""
    found = _mine(request, item_id)
    seen = request.POST.get("seen", "")
    try:
        practising.do(found, _given(request), seen=int(seen) if seen.isdecimal() else -1, now=asking.now())
    except (PracticeMovedOn, PracticeOver) as refusal:
        return _page(request, _mine(request, item_id), refusal)
    except Refusal as refusal:
        return _page(request, found, refusal, sent=True)
    return redirect("practice", item_id)


@needs("training.take")
@require_POST
def give_up(request: HttpRequest, item_id: int) -> HttpResponse:
    """End it; it is not passed."""
    found = _mine(request, item_id)
    try:
        practising.give_up(found, now=asking.now())
    except Refusal as refusal:
        return _page(request, _mine(request, item_id), refusal)
    return redirect("practice", item_id)


def _mine(request: HttpRequest, item_id: int) -> PracticeOrder:
    found = PracticeOrder.objects.select_related("version", "person").defer("version__document", "version__source")
    practice = found.filter(pk=item_id, person=asking.person_of(request)).first()
    if practice is None:
        raise Http404
    return practice


def _given(request: HttpRequest) -> Given:
    sent = request.POST
    wanted, _colon, criterion = sent.get("act", "finish").partition(":")  # each button says which criterion it would waive
    typed = {name.removeprefix(EVIDENCE): sent.get(name, "").strip() for name in sent if name.startswith(EVIDENCE)}
    entered = {name.removeprefix(FIELD): sent.get(name, "").strip()[:MAX_FIELD] for name in sent if name.startswith(FIELD)}
    return Given(
        act=cast(Act, wanted if wanted in ACTS else "finish"),
        evidence={step: value for step, value in typed.items() if value},
        entered=entered,
        papers=frozenset(name.removeprefix(PAPER) for name in sent if name.startswith(PAPER)),
        findings={name.removeprefix(FINDING): sent.get(name) == "yes" for name in sent if name.startswith(FINDING)},
        found=sent.get("found", ""),
        reason=sent.get(f"{WAIVE}{criterion}" if wanted == "waive" else "reason", "").strip()[:MAX_REASON],
        criterion=criterion,
    )


def _page(request: HttpRequest, found: PracticeOrder, refusal: Refusal | None = None, *, sent: bool = False) -> HttpResponse:
    standard = standard_of(found.version)
    steps = list(found.steps.defer("move"))
    play = practising.play_of(found)
    scene = practising.scene_of(found)
    told = showing.entries(found, steps)
    context = {
        "practice": found,
        "version": found.version,
        "standard": standard,
        "role_title": role_title(standard, found.role),
        "scene": scene,
        "seen": len(steps),
        "entries": told,
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST if sent else {},
        "over": found.version.status not in (Version.Status.EFFECTIVE, Version.Status.APPROVED),
    }
    if found.finished_at is not None:
        wrong = [entry for entry in told if entry.wrong]
        mark, minutes = practising.mark_of(found), round((found.finished_at - found.begun_at).total_seconds() / 60)
        more = {"mark": mark, "minutes": minutes, "wrong": wrong, "given_up": play.task is not None}
        planted = showing.planted(found, steps, scene)
        context |= {**more, "mistakes": showing.mistakes(steps), "planted": planted}
        return render(request, "training/practised.html", context, status=refusing.status(refusal) if refusal else 200)
    judged = [entry for entry in told if entry.verdict]
    context |= {"task": showing.task_of(found, play, scene, request.POST.dict() if sent else None), "last": judged[-1] if judged else None}
    return render(request, "training/practice.html", context, status=refusing.status(refusal) if refusal else 200)


urlpatterns = [
    path("practice/<int:item_id>/", practice, name="practice"),
    path("practice/<int:item_id>/act", act, name="practice_act"),
    path("practice/<int:item_id>/give-up", give_up, name="practice_give_up"),
]
