"""The same key gives the same reply and at most one effect; the reply is stored in the act's own transaction.

Knows no route and no act. Keys are per token and route; a key that comes again with another request is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, connection, transaction

from orderway import sets
from orderway.engine.refusals import Mistake
from orderway.orders.keeping import Keeping, keeping
from orderway.orders.models import Idempotency

KEPT_DAYS = 30
COLUMNS = ("token", "route", "key", "request_hash", "status", "reply", "at")


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

    Effect and reply stand or fall together: the reply is stored with the last rows of the act, in one statement on PostgreSQL. An act
    that failed on its way takes back all that the request did; its refusal is kept alone. Of two requests at the same moment the second
    to get there finds the first's reply, undoes its own work and gives that one. A reply of 500 and above is not kept: the caller may
    try again.
    """
    if kept is not None:
        return _again(request, kept)
    try:
        return _attempt(request, do, now=now)
    except IntegrityError:
        found = _find(request)
    if found is not None:
        return _again(request, found)
    return _attempt(request, do, now=now)  # a race for something else was lost (the same purchase order): what won it is now found


def _attempt(request: Request, do: Callable[[], Reply], *, now: datetime) -> Reply:
    try:
        try:
            return _done(request, do, now=now)
        except _TakenBack as failed:
            refusal = failed.reply
        return _done(request, lambda: refusal, now=now)
    except _NotKept as failed:
        return failed.reply


def _done(request: Request, do: Callable[[], Reply], *, now: datetime) -> Reply:
    with transaction.atomic(), keeping() as effect:
        reply = do()
        if reply.status >= 500:
            raise _NotKept(reply)
        if connection.needs_rollback:
            raise _TakenBack(reply)
        return _kept(request, reply, effect, now=now)


def _kept(request: Request, reply: Reply, effect: Keeping, *, now: datetime) -> Reply:
    row = (request.token, request.route, request.key, request.hash, reply.status, reply.body, now)
    effect.store(sets.Insert(Idempotency, COLUMNS, [row]))
    return replace(reply, goes_on=effect.goes_on(reply.orders))


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


class _TakenBack(_NotKept):
    """An act failed and took back what the request did so far: its refusal is kept in a transaction of its own."""
