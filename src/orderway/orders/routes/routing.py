"""How a request of a program becomes one act: who calls, the right the route asks, the reply kept under its key, system stages afterwards.

Knows no route and no stage; every route says here which right it asks, and a route that says none cannot be made.
"""

from __future__ import annotations

import functools
import inspect
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata import rights
from orderway.masterdata.rights import Duty
from orderway.orders import idempotency
from orderway.orders.actor import Actor
from orderway.orders.refusals import NotAllowed
from orderway.orders.routes.problems import ERRORS, problem_of, status_of
from orderway.orders.work import run_open

log = logging.getLogger(__name__)

JSON = "application/json"
KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 120
ENTRANCE_DUTIES = frozenset({Duty.READER, Duty.TOKEN, Duty.ADMINISTRATOR, Duty.CUSTOMER})  # known without looking at any object
KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "A key of the caller's own. The same key with the same request gives the same reply and at most one effect.",
}

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token came with a request, who acts through it, and the reply that was given to its idempotency key before, if any."""

    token: str
    actor: Actor
    now: datetime
    kept: idempotency.Kept | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answers: plain data, its status, and the orders whose system stages may go on now."""

    body: Mapping[str, object]
    status: int = 200
    orders: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class BadKey(Mistake):
    """The idempotency key cannot be kept."""

    code = "bad_idempotency_key"
    message = "The idempotency key has 0 or over 120 characters, or others than visible ASCII."
    remedy = "Use a UUID or something like it."


class UnknownParameter(Mistake):
    """A parameter that the route does not have."""

    code = "unknown_parameter"
    message = "There is no parameter {field} here."
    remedy = "The parameters of this address are: {known}."


def caller_of(request: HttpRequest) -> Caller:
    """Who calls; every route is behind a token."""
    caller = request.auth  # type: ignore[attr-defined]
    assert isinstance(caller, Caller), "a route without a token was made"
    return caller


@dataclass(frozen=True, slots=True)
class Made:
    """A route that was made: where, which right it asks, and how it is described."""

    method: str
    path: str
    right: str
    answer: View
    described: Mapping[str, Any]


class Routes:
    """A stage's routes. `reads` and `acts` name the right; both declare every error, and nothing else makes a route.

    The API puts the routes of all stages together, so that several stages may have routes at one address.
    """

    def __init__(self, *, tags: Sequence[str]) -> None:
        self._tags = list(tags)
        self.made: list[Made] = []

    def reads(self, path: str, *, right: str, gives: Any, summary: str) -> Callable[[View], View]:
        """A route that only looks: the view gives plain data."""

        def decorate(view: View) -> View:
            known = _parameters(view)

            @functools.wraps(view)
            def answer(request: HttpRequest, **values: Any) -> HttpResponse:
                require(caller_of(request).actor, right)
                require_known(request, known)
                return reply(view(request, **values))

            return self._made("GET", path, view, answer, right, {200: gives}, summary, None)

        return decorate

    def acts(self, path: str, *, right: str, gives: Any, summary: str, status: int = 200) -> Callable[[View], View]:
        """A route that does something: the view gives `Done` or raises what refuses it."""

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def answer(request: HttpRequest, **values: Any) -> HttpResponse:
                require(caller_of(request).actor, right)
                require_known(request, frozenset())
                return _act(request, functools.partial(view, request, **values))

            gives_ = {status: gives} if status == 200 else {200: gives, status: gives}
            return self._made("POST", path, view, answer, right, gives_, summary, {"parameters": [dict(KEY_PARAMETER)]})

        return decorate

    def _made(
        self, method: str, path: str, view: View, answer: Any, right: str, gives: Mapping[int, Any], summary: str, extra: Any
    ) -> View:
        assert right in rights.RIGHTS, f"{path} asks a right that the table does not have: {right}"
        answer.__signature__ = inspect.signature(view, eval_str=True)
        described = {
            "response": {**gives, **ERRORS},
            "summary": summary,
            "openapi_extra": extra,
            "operation_id": f"{view.__module__.split('.')[-2]}_{view.__name__}",
            "tags": self._tags,
        }
        self.made.append(Made(method, path, right, answer, described))
        return view


def require(actor: Actor, right: str) -> None:
    """Refuse what no duty that comes with the entrance allows; rights that hang on the object are asked by the act, under its lock."""
    if rights.needed(right) <= ENTRANCE_DUTIES and not rights.allows(actor.duties, right):
        who = [str(duty) for duty in sorted(rights.needed(right))]
        raise NotAllowed(actor=actor.key, act=right, place="this installation", who=who)


def require_known(request: HttpRequest, known: frozenset[str]) -> None:
    """Refuse a parameter that nobody knows: a filter with a slip of the pen would otherwise filter nothing."""
    strange = sorted(request.GET.keys() - known)
    if strange:
        raise UnknownParameter(field=strange[0], known=sorted(known) or "none")


def _parameters(view: View) -> frozenset[str]:
    """What may stand behind the question mark: the view's parameters, and the fields of those that are models."""
    names: set[str] = set()
    for parameter in inspect.signature(view, eval_str=True).parameters.values():
        kind = getattr(parameter.annotation, "__origin__", parameter.annotation)  # of Query[Filter]
        fields = getattr(kind, "model_fields", None)
        names.update(fields if fields is not None else [parameter.name])
    return frozenset(names)


def reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Plain data as a response."""
    return HttpResponse(text_of(body), content_type=JSON, status=status, headers=headers)


def text_of(body: object) -> str:
    """Plain data as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- acts -------------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, do: Callable[[], Done]) -> HttpResponse:
    caller = caller_of(request)

    def act() -> idempotency.Reply:
        try:
            done = do()
        except Refusal as refusal:
            return idempotency.Reply(status_of(refusal), text_of(problem_of(refusal).model_dump()))
        return idempotency.Reply(done.status, text_of(done.body), orders=tuple(done.orders))

    key = request.headers.get(KEY_HEADER)
    given = act() if key is None else idempotency.keep(_request(request, key), act, kept=caller.kept, now=caller.now)
    if given.orders and (key is None or given.goes_on):
        run_system_stages(given.orders, now=caller.now)
    headers = {"Idempotent-Replayed": "true"} if given.repeated else None
    return HttpResponse(given.body, content_type=JSON, status=given.status, headers=headers)


def _request(request: HttpRequest, key: str) -> idempotency.Request:
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise BadKey(field=KEY_HEADER)
    return idempotency.Request(caller_of(request).token, route_of(request), key, f"{request.get_full_path()}\n".encode() + request.body)


def route_of(request: HttpRequest) -> str:
    """The route of a request, as keys are kept under it."""
    match = request.resolver_match
    assert match is not None, "a request that reached its view was resolved"
    return f"{request.method} {match.route}"[:120]


def run_system_stages(orders: Sequence[str], *, now: datetime) -> None:
    """Let the system work what an act has opened, each stage its own act and transaction; what fails here the worker finds."""
    try:
        run_open(list(orders), now=now)
    except (OperationalError, InterfaceError):
        log.warning("system stages of %s are left to the worker: the database went away", ", ".join(orders), exc_info=True)


def utc_now() -> datetime:
    """The moment of a request: routes are an outermost layer, where a clock may be asked."""
    return datetime.now(UTC)
