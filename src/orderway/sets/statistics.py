"""What the database knows of the sizes of its tables. Changes no row."""

from __future__ import annotations

from django.db import connection

# Tables of more than eight pages that have at least doubled since PostgreSQL counted them, or whose count was rolled back: the number of
# pages stays then, what was counted does not.
GROWN = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
  AND pg_relation_size(oid) > 8 * current_setting('block_size')::bigint
  AND (pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint
       OR NOT EXISTS (SELECT FROM pg_stats WHERE schemaname = current_schema() AND tablename = relname))
ORDER BY relname
"""


def count_again() -> list[str]:
    """Let PostgreSQL look at the tables that have grown, and name them. None on SQLite, which looks at sizes itself.

    After many new rows at once PostgreSQL plans as if there were few, until its own daemon comes by.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(GROWN)
        grown = [table for (table,) in cursor.fetchall()]
        if grown:
            cursor.execute(f"ANALYZE {', '.join(grown)}")
    return grown
