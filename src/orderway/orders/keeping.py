"""Lets the last store of an act wait for the reply that is kept with it, so that both go in one statement.

Knows no route, no act and no key. What waits is stored before any other statement, so nobody can look past it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from orderway import sets
from orderway.engine.case import Case
from orderway.engine.program import Program
from orderway.engine.replay import WITH_RUN
from orderway.sets.writing import Write


class Keeping:
    """A request at work whose reply will be kept: what its last act has not stored yet, and whether the system may go on."""

    def __init__(self) -> None:
        self._depth = len(connection.savepoint_ids)
        self._waiting: list[Write] = []
        self._goes_on: dict[str, bool] = {}

    @property
    def is_around(self) -> bool:
        """Whether what fails now takes back the whole request: no savepoint lies between."""
        return all(savepoint is None for savepoint in connection.savepoint_ids[self._depth :])

    def wait(self, writes: Sequence[Write]) -> None:
        """Store these with the reply, or before the next statement of the request."""
        self.store()
        self._waiting = [write for write in writes if write.rows]

    def store(self, *more: Write) -> None:
        """Store what waits, and `more` beside it, in one statement on PostgreSQL."""
        waiting, self._waiting = self._waiting, []
        sets.store([*waiting, *more])

    def leaves(self, number: str, program: Program, case: Case) -> None:
        """An act leaves an order with this case: there may be something that the system works by itself."""
        self._goes_on[number] = any(_may_be_worked(program, case, at) for at in range(len(case.items)))

    def goes_on(self, numbers: Iterable[str]) -> bool:
        """Whether the system has to be asked to go on with one of these orders; it looks itself what it may do."""
        return any(self._goes_on.get(number, True) for number in numbers)

    def __call__(self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        """Django's wrapper of every statement."""
        if self._waiting:
            self.store()
        return execute(sql, parameters, many, context)


def _may_be_worked(program: Program, case: Case, at: int) -> bool:
    """What the standard gives the system, and gates that all have signed."""
    item = case.items[at]
    return item.kind in WITH_RUN and (program.stage(item.stage).runs == "system" or case.decision(item) is not None)


_current: ContextVar[Keeping | None] = ContextVar("keeping", default=None)


@contextmanager
def keeping() -> Iterator[Keeping]:
    """A request whose reply is kept, from here on; inside its transaction."""
    request = Keeping()
    token = _current.set(request)
    try:
        with connection.execute_wrapper(request):
            yield request
    finally:
        _current.reset(token)


def around() -> Keeping | None:
    """The request that the act at work belongs to; None if there is none, or the act may fail without taking it back."""
    request = _current.get()
    return request if request is not None and request.is_around else None


def act_transaction() -> transaction.Atomic:
    """The transaction of an act. Directly inside a request it needs no savepoint: a failed act takes back all that the request did."""
    return transaction.atomic(savepoint=around() is None)


def store_last(writes: Sequence[Write]) -> None:
    """Make the last store of an act: at once, or with the reply of its request."""
    request = around()
    if request is None:
        sets.store(writes)
    else:
        request.wait(writes)
