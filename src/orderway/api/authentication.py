"""Finds the actor of an API request from its token: the person the token belongs to, acting through a program. Grants nothing itself."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from orderway.api.models import Token
from orderway.api.problems import TooManyRequests
from orderway.api.tokens import bucket, find
from orderway.engine.refusals import Refusal

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class OutOfScope(Refusal):
    """The token may only read."""

    code = "out_of_scope"
    message = "This token may only read."
    remedy = "Use a token with the scope write."


class BearerToken(HttpBearer):
    """`Authorization: Bearer ow_...`; judges scope and allowance before anything else happens."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token, or None, which becomes 401."""
        found = find(token, now=datetime.now(UTC))
        if found is None:
            return None
        allowance = bucket.take(found.prefix)
        if not allowance.granted:
            raise TooManyRequests(allowance.retry_after_seconds)
        if request.method not in READING and "write" not in found.scopes.split():
            raise OutOfScope
        return found
