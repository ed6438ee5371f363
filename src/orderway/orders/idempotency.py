"""The same key gives the same reply and at most one effect; the reply is stored in the act's own transaction.

Knows no route and no act. Keys are per token and route; a key that comes again with another request is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction

from orderway.engine.refusals import Mistake
from orderway.orders.models import Idempotency

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Request:
    """What came in: whose token, which route, under which key, and the body as bytes."""

    token: str
    route: str
    key: str
    body: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the body."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """What went out: status and body; `repeated` if it was given before."""

    status: int
    body: str
    repeated: bool = False


class KeyUsedDifferently(Mistake):
    """The key came before with another request."""

    code = "idempotency_key_reused"
    message = "The idempotency key {key} was used before with another request."
    remedy = "Use a new key for a new request."


def once(request: Request, do: Callable[[], Reply], *, now: datetime) -> Reply:
    """Do it, or give the reply that was given to this key before.

    Effect and reply stand or fall together. Of two requests at the same moment the second waits for the first and gets its reply. A
    reply of 500 and above is not kept: the caller may try again.
    """
    known = find(request)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row = Idempotency.objects.create(
                token=request.token, route=request.route, key=request.key, request_hash=request.hash, status=0, reply="", at=now
            )
            reply = do()
            if reply.status >= 500:
                raise _NotKept(reply)
            Idempotency.objects.filter(pk=row.pk).update(status=reply.status, reply=reply.body)
            return reply
    except _NotKept as failed:
        return failed.reply
    except IntegrityError:
        known = find(request)
        if known is None:
            raise
        return known


def find(request: Request) -> Reply | None:
    """The reply given to this key; raises KeyUsedDifferently for another request."""
    row = Idempotency.objects.filter(token=request.token, route=request.route, key=request.key).first()
    if row is None:
        return None
    if row.request_hash != request.hash:
        raise KeyUsedDifferently(field="Idempotency-Key", key=request.key)
    return Reply(row.status, row.reply, repeated=True)


def forget(*, now: datetime) -> int:
    """Delete replies older than 30 days; gives their number."""
    return Idempotency.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]


class _NotKept(Exception):  # noqa: N818
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__()
