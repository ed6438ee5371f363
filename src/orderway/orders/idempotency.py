"""The same key gives the same reply and at most one effect; the reply is stored in the act's own transaction.

Knows no route and no act. Keys are per token and route; a key that comes again with another request is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction

from orderway import sets
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
    """What went out: status and body; `repeated` if it was given before.

    `orders`: the numbers of the orders that the act moved; `goes_on` says of a reply that was kept whether the system may work one of
    them now.
    """

    status: int
    body: str
    repeated: bool = False
    orders: tuple[str, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it stands in the table, with the hash of the request that it was given to."""

    request_hash: str
    status: int
    reply: str


class KeyUsedDifferently(Mistake):
    """The key came before with another request."""

    code = "idempotency_key_reused"
    message = "The idempotency key {key} was used before with another request."
    remedy = "Use a new key for a new request."


def once(request: Request, do: Callable[[], Reply], *, now: datetime) -> Reply:
    """Do it, or give the reply that was given to this key before; as `keep` for a caller that has not looked."""
    return keep(request, do, kept=_find(request), now=now)


def keep(request: Request, do: Callable[[], Reply], *, kept: Kept | None, now: datetime) -> Reply:
    """Do it, or give the reply that was given to this key before (`kept`, None if there was none a moment ago).

    Effect and reply stand or fall together: the reply is the last row of the act's transaction. Of two requests at the same moment the
    second to get there finds the first's reply, undoes its own work and gives that one. A reply of 500 and above is not kept: the caller
    may try again.
    """
    if kept is not None:
        return _again(request, kept)
    try:
        with transaction.atomic():
            reply = do()
            if reply.status >= 500:
                raise _NotKept(reply)
            return _kept(request, reply, now=now)
    except _NotKept as failed:
        return failed.reply
    except IntegrityError:
        found = _find(request)
        if found is None:
            raise
        return _again(request, found)


def _kept(request: Request, reply: Reply, *, now: datetime) -> Reply:
    """Keep it; the same statement looks whether the system may go on, which spares every request a question of its own."""
    rows = sets.select(
        "requests.keep",
        token=request.token,
        route=request.route,
        key=request.key,
        request_hash=request.hash,
        status=reply.status,
        reply=reply.body,
        at=now,
        orders=sets.Many("text", reply.orders),
    )
    return replace(reply, goes_on=bool(rows[0][0]))


def find(request: Request) -> Reply | None:
    """The reply given to this key; raises KeyUsedDifferently for another request."""
    kept = _find(request)
    return _again(request, kept) if kept else None


def _find(request: Request) -> Kept | None:
    rows = Idempotency.objects.filter(token=request.token, route=request.route, key=request.key)
    row = rows.values_list("request_hash", "status", "reply").first()
    return Kept(*row) if row else None


def _again(request: Request, kept: Kept) -> Reply:
    if kept.request_hash != request.hash:
        raise KeyUsedDifferently(field="Idempotency-Key", key=request.key)
    return Reply(kept.status, kept.reply, repeated=True)


def forget(*, now: datetime) -> int:
    """Delete replies older than 30 days; gives their number."""
    return Idempotency.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]


class _NotKept(Exception):
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__()
