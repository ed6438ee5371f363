"""Where the tables of a database stand: up to date, behind this version, or on a way that this version no longer knows. Changes nothing."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

REMEDY = (
    "This database was left between two early versions ({apps}) and cannot be brought on from there. "
    "Run orderway init on it with the version of 29 November 2026 (commit 17f9151), then with this one; or take a new --database."
)


class LeftBetween(Exception):
    """A database that stands somewhere inside the migrations which a first migration has replaced."""


def refuse_left_between(connection: BaseDatabaseWrapper) -> None:
    """A first migration stands for all those that it replaced or for none: with some of them Django would count the tables as made."""
    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    done = MigrationRecorder(connection).applied_migrations()
    between = [
        key[0] for key, first in loader.disk_migrations.items() if 0 < sum(old in done for old in first.replaces) < len(first.replaces)
    ]
    if between:
        raise LeftBetween(REMEDY.format(apps=", ".join(sorted(between))))


def is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Whether `orderway init` has something to do to the tables."""
    refuse_left_between(connection)
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
