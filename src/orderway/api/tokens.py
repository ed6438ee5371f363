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
from django.utils import timezone

from orderway import sets
from orderway.api.models import Token
from orderway.masterdata.models import Person
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.idempotency import Kept
from orderway.orders.routes import Caller
from orderway.sets.columns import moment_from_sqlite

PREFIX = "ow_"
SECRET_BYTES = 32
READ, WRITE = "read", "read write"
LONGEST_NAME = 80


def make(person: Person, *, name: str, now: datetime, scopes: str = WRITE, expires_at: datetime | None = None) -> str:
    """A new token; gives the whole secret, which is never stored."""
    prefix = PREFIX + secrets.token_hex(4)
    secret = f"{prefix}.{secrets.token_urlsafe(SECRET_BYTES)}"
    Token.objects.create(
        prefix=prefix, digest=_digest(secret), name=name, person=person, scopes=scopes, created_at=now, expires_at=expires_at
    )
    return secret


class Found(NamedTuple):
    """A valid token: who calls through it, and what it may be used for."""

    caller: Caller
    scopes: frozenset[str]


def find(secret: str, *, now: datetime, route: str = "", key: str = "") -> Found | None:
    """The valid token with this secret and its active person with the roles of today; None if there is none (any more).

    With `route` and `key` also the reply that was kept for them: one statement for everything that a request needs before its act.
    """
    prefix = secret.partition(".")[0]
    if not secret.isascii() or "\0" in secret:
        return None
    rows = sets.select("requests.caller", prefix=prefix, today=timezone.localdate(now), route=route, key=key)
    if not rows:
        return None
    _, digest, scopes, expires, person_id, person, administrator, _, request_hash, status, kept = rows[0]
    expires_at = moment_from_sqlite(expires)
    if not hmac.compare_digest(digest, _digest(secret)) or (expires_at is not None and expires_at <= now):
        return None
    duties = frozenset({Duty.READER, Duty.TOKEN, *((Duty.ADMINISTRATOR,) if administrator else ())})
    roles = frozenset(row[7] for row in rows if row[7])
    actor = Actor(key=person, person_id=person_id, duties=duties, roles=roles, via="api")
    before = Kept(request_hash, status, kept) if request_hash is not None else None
    return Found(Caller(prefix, actor, now, before), frozenset(scopes.split()))


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
