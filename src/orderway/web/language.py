"""Switching the language of the pages and staying where one is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from orderway.pages import languages
from orderway.pages.guarding import OWN, needs

YEAR_SECONDS = 365 * 24 * 3600


@needs(OWN)
@require_POST
@login_not_required
def switch(request: HttpRequest) -> HttpResponse:
    """Remember the language for the person (or, before sign-in, for the browser) and show the same page again."""
    code = languages.known(request.POST.get("language", ""))
    if code is None:
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer
