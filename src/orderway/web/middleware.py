"""What stands before every page: an answer when the database is away, and sign-in required unless a view says otherwise.

Decides no right: `masterdata.rights` does, asked by the acts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from orderway.masterdata import rights
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.pages.guarding import OWN, needed_by
from orderway.web import acting, errors

API = "/api/"
NOTHING = "default-src 'none'; frame-ancestors 'none'"
UNAUTHORIZED = 401


class DatabaseAway:
    """A dead connection, a full disk or a locked file is a 503 with Retry-After; the next request opens a new connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a database that cannot be asked; every other exception is a bug and goes on."""
        return errors.database_away(request) if is_away(exception) else None


def is_away(exception: BaseException | None) -> bool:
    """Whether the database could not be asked; a missing table or column is a bug of ours, not its absence."""
    if isinstance(exception, InterfaceError):
        return True
    return isinstance(exception, OperationalError) and "no such" not in str(exception)


def may_enter(person: Person, view: Callable[..., Any]) -> bool:
    """Whether a page lets this person in: default deny. Rights that depend on the order are asked by the act about that order."""
    right = needed_by(view)
    if right is None:
        return not getattr(view, "login_required", True)
    if right == OWN:
        return True
    entrance = {Duty.READER, Duty.ADMINISTRATOR} if person.is_administrator else {Duty.READER}
    asked_by_the_act = rights.needed(right) - {Duty.READER, Duty.ADMINISTRATOR, Duty.CUSTOMER, Duty.TOKEN}
    return rights.allows(entrance, right) or bool(asked_by_the_act)


class ContentSecurity(CSPMiddleware):
    """Pages get the policy of the settings; an answer to a program may load nothing at all, which needs no building."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        if not request.path_info.startswith(API):
            return super().process_response(request, response)
        response[HEADER] = NOTHING
        return response


class SignedInOnly(LoginRequiredMiddleware):
    """Everybody signs in first; programs prove themselves to the API with a token. Pages speak the person's own language."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse strangers, then take the language of the person."""
        if request.path.startswith(API):
            return None
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is None and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            if not may_enter(request.user, view_func):
                raise PermissionDenied
            request.actor = SimpleLazyObject(lambda: acting.actor_of(request))  # type: ignore[attr-defined]  # pages of the stages ask for it
        return refused

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        """To the sign-in page; a part of a page that asks for itself sends the whole page there."""
        answer: HttpResponseBase = super().handle_no_permission(request, view_func)
        if not request.headers.get("HX-Request"):
            return answer
        return HttpResponse(status=UNAUTHORIZED, headers={"HX-Redirect": answer["Location"]})
