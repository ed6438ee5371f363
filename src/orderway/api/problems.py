"""Makes every error of the API one shape: refusals, mistakes in the input, missing tokens, outages. Decides nothing."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from orderway.engine.refusals import Refusal
from orderway.orders.routes.problems import Detail, Problem, problem_of, status_of
from orderway.orders.routes.routing import reply

LONGEST_NAME = 200
RETRY_AFTER_SECONDS = "5"
WHICH = ("<one>", "<many>")  # how a choice between two forms of a request shows in the place of a mistake


class TooManyRequests(Exception):
    """A token used up its requests of this minute."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


def install(api: NinjaAPI) -> None:
    """Let this API answer errors in our one shape."""
    handlers: list[tuple[type[Exception], Any]] = [
        (Refusal, _refused),
        (ValidationError, _invalid),
        (AuthenticationError, _no_token),
        (TooManyRequests, _too_many),
        (HttpError, _plain),
        (Http404, _nothing_here),
        (OperationalError, _away),
        (InterfaceError, _away),
    ]
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def _answer(problem: Problem, status: int, **headers: str) -> HttpResponse:
    return reply(problem.model_dump(), status, {name.replace("_", "-"): value for name, value in headers.items()})


def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _answer(problem_of(refusal), status_of(refusal))


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    remedy = _("Correct the field; the OpenAPI document says what it takes.")
    details = [Detail(field=_place(entry["loc"]), code=entry["type"], message=_said(entry), remedy=remedy) for entry in error.errors]
    first = details[0] if details else Detail()
    message = _("{field} cannot be used: {why}.").format(field=first.field, why=first.message)
    return _answer(Problem(code="invalid", message=message, remedy=remedy, field=first.field, details=details), 422)


def _place(location: tuple[object, ...]) -> str:
    """``('body', 'order', 'lines', 0, 'quantity')`` as lines[0].quantity; where it came (body, query) and the parameter's name are ours."""
    parts = list(location)[1:] if location and location[0] in ("body", "query", "path", "header") else list(location)
    if location and location[0] == "body" and len(parts) > 1:
        parts = parts[1:]
    parts = [part for part in parts if part not in WHICH]
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return said.lstrip(".")[:LONGEST_NAME]


def _said(entry: dict[str, Any]) -> str:
    """What is wrong, for people: our own words where the checker's are for programmers."""
    if entry["type"] == "string_pattern_mismatch":
        return _("it has characters or a form that do not belong there")
    if entry["type"] == "extra_forbidden":
        return _("nobody knows this field")
    return str(entry["msg"]).removeprefix("Value error, ")


def _no_token(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    message, remedy = _("No valid token came with the request."), _("Send one as Authorization: Bearer ow_....")
    return _answer(Problem(code="no_token", message=message, remedy=remedy), 401, WWW_Authenticate="Bearer")


def _too_many(_request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    message, remedy = _("This token made too many requests."), _("Wait as long as Retry-After says.")
    return _answer(Problem(code="too_many_requests", message=message, remedy=remedy), 429, Retry_After=str(error.retry_after_seconds))


def _plain(_request: HttpRequest, error: HttpError) -> HttpResponse:
    remedy = _("Send JSON as the OpenAPI document describes it.")
    return _answer(Problem(code="bad_request", message=str(error), remedy=remedy), error.status_code)


def _nothing_here(_request: HttpRequest, _error: Http404) -> HttpResponse:
    message, remedy = _("There is nothing at this address."), _("Look into the OpenAPI document for the addresses.")
    return _answer(Problem(code="not_found", message=message, remedy=remedy), 404)


def _away(_request: HttpRequest, error: OperationalError | InterfaceError) -> HttpResponse:
    if "no such" in str(error):
        raise error  # a missing table or column is a bug of ours, not the absence of the database
    message, remedy = _("The database is not available."), _("Try again in a few seconds; nothing was done.")
    return _answer(Problem(code="database_away", message=message, remedy=remedy), 503, Retry_After=RETRY_AFTER_SECONDS)
