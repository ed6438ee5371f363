"""How long the statements of acts take by themselves: what is left if nothing but the database worked. Shows how much of an act is ours.

Unlike the control, which writes bare rows, these are the real tables with their keys, checks and indexes, and what the acts read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection, transaction

from orderway.sets import running

PASSED_OVER = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "ANALYZE")  # what opens, closes, or is done once for many acts


class Sent(NamedTuple):
    """A statement as it was sent; `ours`: by `sets`, else by the ORM."""

    sql: str
    parameters: Any
    many: bool
    ours: bool


def per_second(acts: Sequence[Callable[[], object]], *, orders_per_act: int = 1) -> float:
    """Orders per second: each act is done and its statements noted, all is taken back, and they are sent again, one commit per act."""
    noted: list[list[Sent]] = []
    with transaction.atomic():
        for act in acts:
            with _noting() as statements:
                act()
            noted.append(statements)
        transaction.set_rollback(True)
    started = time.perf_counter()
    for statements in noted:
        with transaction.atomic():
            for sent in statements:
                _send(sent)
    return len(acts) * orders_per_act / (time.perf_counter() - started)


@contextmanager
def _noting() -> Iterator[list[Sent]]:
    statements: list[Sent] = []

    def note(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith(PASSED_OVER):
            statements.append(Sent(sql, parameters, many, not hasattr(context["cursor"], "db")))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _send(sent: Sent) -> None:
    if not sent.ours:
        with connection.cursor() as cursor:
            cursor.execute(sent.sql, sent.parameters)
            if cursor.description:
                cursor.fetchall()
    elif sent.many:
        running.run_rows(sent.sql, sent.parameters)
    else:
        running.run(sent.sql, sent.parameters)
