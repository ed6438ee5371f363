"""What must never change is kept by triggers. SQLite forgets those of a table when a migration adds a column to it."""

from __future__ import annotations

import pytest
from django.db import connection

STANDING = {
    *("journal_entry", "releases_version"),
    *("invoicing_invoice", "invoicing_invoiceline", "invoicing_invoicetax"),
    *("aftersales_creditnote", "aftersales_creditnoteline", "aftersales_creditnotetax"),
}
ASK = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal",
}


@pytest.mark.django_db
def test_no_migration_loses_the_triggers_of_tables_that_stand():
    with connection.cursor() as cursor:
        cursor.execute(ASK[connection.vendor])
        assert {table for (table,) in cursor.fetchall()} >= STANDING
