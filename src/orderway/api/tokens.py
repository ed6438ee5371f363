"""Makes, checks and revokes API tokens. The secret is shown once; afterwards only its SHA-256 is known."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from django.conf import settings

from orderway.api.models import Token
from orderway.masterdata.models import Person

PREFIX = "ow_"
SECRET_BYTES = 32


def make(person: Person, *, name: str, now: datetime, scopes: str = "read write", expires_at: datetime | None = None) -> str:
    """A new token; gives the whole secret, which is never stored."""
    prefix = PREFIX + secrets.token_hex(4)
    secret = f"{prefix}.{secrets.token_urlsafe(SECRET_BYTES)}"
    Token.objects.create(
        prefix=prefix, digest=_digest(secret), name=name, person=person, scopes=scopes, created_at=now, expires_at=expires_at
    )
    return secret


def find(secret: str, *, now: datetime) -> Token | None:
    """The valid token with this secret, with its active person; None if there is none (any more)."""
    prefix = secret.partition(".")[0]
    token = Token.objects.select_related("person").filter(prefix=prefix, revoked_at=None).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    if (token.expires_at is not None and token.expires_at <= now) or not token.person.is_active:
        return None
    return token


def revoke(token: Token, *, now: datetime) -> None:
    """End a token at once."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Allowance(NamedTuple):
    """Whether a request may go on, else after how many seconds to come again."""

    granted: bool
    retry_after_seconds: int = 0


class Bucket:
    """A token bucket per API token in this process: `per_minute` requests, refilled evenly."""

    def __init__(self, per_minute: int) -> None:
        self._rate, self._size = per_minute / 60, float(per_minute)
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, key: str) -> Allowance:
        """Take one request out of the bucket of `key`."""
        moment = time.monotonic()
        with self._lock:
            left, since = self._left.get(key, (self._size, moment))
            left = min(self._size, left + (moment - since) * self._rate)
            granted = left >= 1
            self._left[key] = (left - 1 if granted else left, moment)
        return Allowance(granted, 0 if granted else max(1, round((1 - left) / self._rate)))


bucket = Bucket(settings.CONFIGURATION.requests_per_minute)
