"""The pages for what went wrong: who may not, what is not there, what broke, what cannot be reached. Asks the database nothing."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

RETRY_AFTER_SECONDS = 5


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": str(status), "message": f"{title} {text}"}, status=status)
    # Rendered without the request: a page about a database that is away must not look up who is signed in.
    return HttpResponse(render_to_string("web/error.html", {"status": status, "title": title, "text": text}), status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    reason = str(exception or "")
    return _page(
        request, 403, _("You may see this, but not do it."), reason or _("Ask somebody whose role allows it, or go back to your work.")
    )


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token is missing or old."""
    return _page(request, 403, _("This form is too old or came from elsewhere."), _("Go back, reload the page and send it again."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(request, 404, _("There is nothing here."), _("Check the address, or search for the order by its number."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, 400, _("This request could not be read."), _("Go back, reload the page and try again."))


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 if the database went away where no middleware could answer."""
    from orderway.web.middleware import is_away

    if is_away(sys.exc_info()[1]):
        return database_away(request)
    return _page(
        request, 500, _("Something broke on our side."), _("Nothing was half done. Try again; if it breaks again, tell your administrator.")
    )


def database_away(request: HttpRequest) -> HttpResponse:
    """503 with the time after which asking again makes sense."""
    answer = _page(request, 503, _("The database cannot be reached."), _("Nothing was lost. Try again in a few seconds."))
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
