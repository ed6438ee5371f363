"""The one page that customers open: a question about one order behind a signed link, in three languages. Shows nothing else of the order.

Whoever has the link may answer; there is no session and no cookie that could be abused, so the form needs no token of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from orderway.engine.refusals import Mistake, Refusal
from orderway.improvement import limiting, questions
from orderway.improvement.models import Question
from orderway.improvement.refusals import LinkNotOurs
from orderway.improvement.suggestions import reply_to_customer
from orderway.masterdata.models import Company
from orderway.orders.feedback import MOST_LETTERS
from orderway.pages import languages, refusing

FACES = (
    (5, gettext_lazy("Very content")),
    (4, gettext_lazy("Content")),
    (3, gettext_lazy("So-so")),
    (2, gettext_lazy("Not content")),
    (1, gettext_lazy("Not content at all")),
)
TOO_MANY, GONE = 429, 410


@login_not_required
@csrf_exempt  # without a session there is nothing to ride on; and a page without referrer sends no origin that could be compared
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or keep the answer."""
    now = datetime.now(UTC)
    with translation.override(_language(request, None)):
        wait = limiting.seconds_to_wait(request.META.get("REMOTE_ADDR", ""), token, now)
        if wait:
            return _quiet(_too_many(request, wait))
    try:
        asked = questions.found(token)
    except LinkNotOurs as refusal:
        limiting.note_forgery(request.META.get("REMOTE_ADDR", ""), now)
        with translation.override(_language(request, None)):
            return _quiet(_page(request, None, refused=refusing.sentence(refusal), status=404))
    with translation.override(_language(request, asked)):
        return _quiet(_answered(request, asked, token, now) if request.method == "POST" else _shown(request, asked, now))


def _shown(request: HttpRequest, asked: Question, now: datetime) -> HttpResponse:
    """The question; what came of it, once it was answered; else why it cannot be answered any more."""
    try:
        questions.require_open(asked, now)
    except Refusal as refusal:
        if asked.answer is not None and asked.revoked_at is None:
            return _page(request, asked, thanks=True)
        return _page(request, asked, refused=refusing.sentence(refusal), status=GONE)
    return _page(request, asked, asks=True)


def _answered(request: HttpRequest, asked: Question, token: str, now: datetime) -> HttpResponse:
    score, comment = request.POST.get("score", ""), request.POST.get("comment", "")
    try:
        questions.answer(token, int(score) if score.isascii() and score.isdigit() and len(score) < 3 else None, comment, now=now)
    except Mistake as mistake:
        return _page(request, asked, asks=True, refused=refusing.sentence(mistake), status=refusing.UNPROCESSABLE)
    except Refusal as refusal:
        return _page(request, asked, refused=refusing.sentence(refusal), status=refusing.CONFLICT)
    return redirect(f"{reverse('question', args=[token])}?language={translation.get_language()}")


def _page(
    request: HttpRequest, asked: Question | None, *, asks: bool = False, thanks: bool = False, refused: str = "", status: int = 200
) -> HttpResponse:
    company = Company.objects.first() if asked else None
    context = {
        "asked": asked,
        "order_name": (asked.order.customer_po or asked.order.number) if asked else "",
        "company": company.names.get(languages.tag(), company.name) if company else "",
        "asks": asks,
        "thanks": thanks,
        "refused": refused,
        "reply": reply_to_customer(asked.answer_id) if asked and thanks and asked.answer_id else "",
        "faces": FACES,
        "chosen": request.POST.get("score", ""),
        "comment": request.POST.get("comment", ""),
        "most": MOST_LETTERS,
        "tongues": [(code, languages.OWN_NAMES[code], languages.tag(code)) for code, _name in settings.LANGUAGES],
        "language_tag": languages.tag(),
        "here": translation.get_language(),
    }
    return render(request, "improvement/question.html", context, status=status)


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    words = _("There were too many attempts. Try again in %(minutes)s minutes.") % {"minutes": max(1, -(-wait // 60))}
    answer = _page(request, None, refused=words, status=TOO_MANY)
    answer["Retry-After"] = str(wait)
    return answer


def _language(request: HttpRequest, asked: Question | None) -> str:
    """The one that was chosen on the page, else the browser's where it was set or understood, else the customer's."""
    chosen = languages.known(request.GET.get("language", ""))
    if chosen:
        return chosen
    said = request.headers.get("Accept-Language") or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    own = languages.known(asked.order.customer.language) if asked else None
    return (translation.get_language_from_request(request) if said else own) or settings.LANGUAGE_CODE


def _quiet(answer: HttpResponse) -> HttpResponse:
    """In no index, and no other site hears of the address."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


urlpatterns = [path("<str:token>", question, name="question")]
