"""Databases of earlier versions: one that stood at the end of a replaced history goes on, one that stands inside it is refused in words."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from orderway.project.history import is_behind


@pytest.fixture
def recorded(db):
    """What the database says was done to it."""
    return MigrationRecorder.Migration.objects


def test_a_database_at_the_end_of_the_replaced_history_goes_on(recorded):
    recorded.filter(name="0001_tables").delete()

    assert not is_behind(connection)


def test_a_database_that_lacks_the_last_step_of_a_first_migration_is_behind(recorded):
    recorded.filter(app="journal", name="0002_append_only").delete()

    assert is_behind(connection)


@pytest.mark.parametrize("words", [("init",), ("verify",)])
def test_a_database_inside_the_replaced_history_is_refused_with_the_way_out(recorded, orderway, words):
    recorded.filter(app="orders", name__in=["0001_tables", "0004_work_that_is_held"]).delete()

    answer = orderway(*words)

    assert answer.code == 3
    assert answer.err.startswith("This database was left between two early versions (orders)")
    assert "Run orderway init on it with" in answer.err
    assert "with this one" in answer.err
