"""Refusals, mistakes and outages as replies: one shape for every error, and which status each becomes. Decides nothing."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from orderway.engine.refusals import Mistake, Refusal

NOT_FOUND = frozenset({"order_unknown", "not_found"})
FORBIDDEN = frozenset({"not_allowed", "out_of_scope"})


class Problem(Schema):
    """Why a request was not carried out: a stable code, what happened, what to do, and the field where there is one."""

    code: str
    message: str
    remedy: str = ""
    field: str = ""
    details: list[dict[str, Any]] = []


ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 503), Problem)


class TooManyRequests(Exception):
    """A token used up its requests of this minute."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


def status_of(refusal: Refusal) -> int:
    """404 for what is not there, 403 for what one may not do, 422 for a mistake in the input, 409 for a no of the standard or a rule."""
    if refusal.code in NOT_FOUND:
        return 404
    if refusal.code in FORBIDDEN:
        return 403
    return 422 if isinstance(refusal, Mistake) else 409


def problem_of(refusal: Refusal) -> Problem:
    """The reply to a refusal: what happened and what to do."""
    return Problem(code=refusal.code, message=str(refusal), field=refusal.field if isinstance(refusal, Mistake) else "")


def install(api: NinjaAPI) -> None:
    """Let this API answer errors in our one shape."""

    def reply(request: HttpRequest, problem: Problem, status: int, **headers: str) -> HttpResponse:
        response = api.create_response(request, problem.dict(), status=status)
        for name, value in headers.items():
            response[name.replace("_", "-")] = value
        return response

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return reply(request, problem_of(refusal), status_of(refusal))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        details = [{"field": ".".join(str(part) for part in entry["loc"]), "message": entry["msg"]} for entry in error.errors]
        first = details[0] if details else {"field": "", "message": ""}
        problem = Problem(code="invalid", message=f"{first['field']}: {first['message']}.", remedy="Correct the field.", details=details)
        problem.field = str(first["field"])
        return reply(request, problem, 422)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        problem = Problem(
            code="no_token", message="No valid token came with the request.", remedy="Send it as Authorization: Bearer ow_...."
        )
        return reply(request, problem, 401, WWW_Authenticate="Bearer")

    @api.exception_handler(TooManyRequests)
    def too_many(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
        problem = Problem(code="too_many_requests", message="This token made too many requests.", remedy="Wait as Retry-After says.")
        return reply(request, problem, 429, Retry_After=str(error.retry_after_seconds))

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        return reply(request, Problem(code="bad_request", message=str(error)), error.status_code)

    for away in (OperationalError, InterfaceError):
        api.add_exception_handler(away, lambda request, _error: reply(request, AWAY, 503, Retry_After="5"))


AWAY = Problem(code="database_away", message="The database is not available.", remedy="Try again in a few seconds; nothing was done.")
