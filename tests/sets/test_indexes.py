"""No index is kept beside another one that begins with its columns: each write would pay for both, and readers need only one."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

# An index that is not unique, and another one of the same table, over the same rows, whose columns begin with all of its own.
DOUBLES = """
WITH keys AS (
    SELECT indrelid, indexrelid, indisunique, indnkeyatts AS width, coalesce(pg_get_expr(indpred, indrelid), '') AS only_where,
           (indkey::int[])[0:indnkeyatts - 1] AS columns, (indclass::oid[])[0:indnkeyatts - 1] AS classes,
           (indoption::int[])[0:indnkeyatts - 1] AS directions
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = current_schema()::regnamespace AND indexprs IS NULL
)
SELECT DISTINCT double.indexrelid::regclass::text
FROM keys AS double JOIN keys AS other ON other.indrelid = double.indrelid AND other.indexrelid <> double.indexrelid
WHERE NOT double.indisunique AND other.only_where = double.only_where AND other.width >= double.width
  AND other.columns[1:double.width] = double.columns AND other.classes[1:double.width] = double.classes
  AND (double.width = 1 OR other.directions[1:double.width] = double.directions)
ORDER BY 1
"""
NOT_OURS = ("auth_", "account_", "diagnosis_diagnosis_readers_")  # tables that Django and allauth make as they like


def doubles():
    with connection.cursor() as cursor:
        cursor.execute(DOUBLES)
        return [name for (name,) in cursor.fetchall() if not name.startswith(NOT_OURS)]


def test_no_index_begins_another():
    assert doubles() == []  # give the foreign key db_index=False


def test_an_index_that_begins_another_is_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX a_double ON invoicing_invoiceline (invoice_id)")

    assert doubles() == ["a_double"]
