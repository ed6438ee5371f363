"""A statement that fails, and everything the database holds: what an interrupted act must leave exactly as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from unittest import mock

from django.db import OperationalError, connection, transaction

from orderway.stages.stock import waking
from scenarios import company

T = TypeVar("T")
MOST_STATEMENTS = 120  # no act makes more; one that does is a loop of single statements


class PowerCut(OperationalError):
    """The injected failure, of the kind that a lost connection or a full disk raises."""


class FailsAt:
    """Lets n statements pass and fails the next one; a COMMIT counts as a statement."""

    def __init__(self, passing: int) -> None:
        self.left, self.hit, self.told = passing, "", False
        self._commit = connection._commit

    def __call__(self, execute, sql, params, many, context):
        self._count(sql)
        return execute(sql, params, many, context)

    def tell(self, *_words):
        """The program says that it could not tell those who wait for goods: what freed the goods stands all the same."""
        self.told = True

    @contextmanager
    def at_work(self):
        """What runs inside fails at the statement, or at the COMMIT."""
        with (
            connection.execute_wrapper(self),
            mock.patch.object(connection, "_commit", self.commit),
            mock.patch.object(waking.log, "warning", self.tell),
        ):
            yield

    def commit(self):
        """COMMIT, which no wrapper sees."""
        self._count("COMMIT")
        self._commit()

    def _count(self, sql):
        if self.left == 0 and not self.hit:
            self.hit = sql
            raise PowerCut(f"power cut at: {sql[:80]}")
        self.left = max(0, self.left - 1)


@cache
def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return tuple(name for name in names if not name.startswith(("sqlite_", "django_migrations")))


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    held: dict[str, list[tuple[object, ...]]] = {table: [] for table in _tables()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # one question instead of one per table
            cursor.execute(" UNION ALL ".join(f"SELECT '{table}', row::text FROM \"{table}\" AS row" for table in held))
            for table, row in cursor.fetchall():
                held[table].append((row,))
        else:
            for table in held:
                cursor.execute(f'SELECT * FROM "{table}"')
                held[table] = cursor.fetchall()
    return {table: sorted(rows, key=repr) for table, rows in held.items()}


@dataclass
class Interruptions:
    """Acts interrupted at every statement, one after the other, and how often that hit."""

    hits: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str, act: Callable[[], T]) -> T:
        """Do the act; before it succeeds, let it fail at its first, second, ... statement, and look that nothing of it stayed.

        Once it has committed it may tell others; that this fails is not its failure, so the act must succeed.
        """
        assert not transaction.get_connection().in_atomic_block, "inside another transaction a rollback proves nothing"
        before = everything()
        for passing in range(MOST_STATEMENTS):
            fault = FailsAt(passing)
            try:
                with fault.at_work():
                    result = act()
            except PowerCut:
                self.hits[name] = self.hits.get(name, 0) + 1
                assert everything() == before, f"{name} left something behind; it failed at: {fault.hit}"
                continue
            assert fault.told or not fault.hit, f"{name} went on after a statement that failed: {fault.hit}"
            assert everything() != before, f"{name} did nothing"
            return result
        raise AssertionError(f"{name} makes more than {MOST_STATEMENTS} statements")

    def of_many(self, name: str, work: Callable[[], T]) -> T:
        """Work that makes many acts, each its own transaction: what was committed before it failed stays, whole, and it goes on."""
        for passing in range(MOST_STATEMENTS * 10):
            fault = FailsAt(passing)
            try:
                with fault.at_work():
                    result = work()
            except PowerCut:
                self.hits[name] = self.hits.get(name, 0) + 1
                assert company.broken() == [], f"{name} left something broken; it failed at: {fault.hit}"
                continue
            if fault.told:
                continue
            assert not fault.hit, f"{name} went on after a statement that failed: {fault.hit}"
            return result
        raise AssertionError(f"{name} never ends")
