"""Triggers that keep tables as they are, for migrations. Sets none by itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps


def set_again(statements: Sequence[str]) -> RunPython:
    """What follows a change of such a table's columns: SQLite makes the table anew and forgets its triggers. PostgreSQL keeps them."""

    def again(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "sqlite":
            for statement in statements:
                editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))

    return RunPython(again, RunPython.noop)
