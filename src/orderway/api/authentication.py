"""Finds the caller of an API request from its token: the person the token belongs to, acting through a program. Grants nothing itself."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from orderway.api import tokens
from orderway.api.problems import TooManyRequests
from orderway.engine.refusals import Refusal
from orderway.orders.routes.routing import KEY_HEADER, LONGEST_KEY, Caller, route_of, utc_now

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class OutOfScope(Refusal):
    """The token may only read."""

    code = "out_of_scope"
    message = "This token may only read."
    remedy = "Use a token with the scope write."


class BearerToken(HttpBearer):
    """`Authorization: Bearer ow_...`; judges scope and allowance before anything else happens."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None, which becomes 401."""
        reads = request.method in READING
        key = "" if reads else request.headers.get(KEY_HEADER, "")
        known = tokens.find(token, now=utc_now(), route=route_of(request), key=key if _may_stand_in_a_table(key) else "")
        if known is None:
            return None
        allowance = tokens.bucket.take(known.caller.token)
        if not allowance.granted:
            raise TooManyRequests(allowance.retry_after_seconds)
        if not reads and "write" not in known.scopes:
            raise OutOfScope
        return known.caller


def _may_stand_in_a_table(key: str) -> bool:
    return key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY
