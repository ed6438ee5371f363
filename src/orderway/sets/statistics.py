"""What the database knows of the sizes of its tables. Changes no row."""

from __future__ import annotations

from django.db import connection

# Tables of at least half a megabyte that have at least doubled since PostgreSQL counted them.
GROWN = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
  AND pg_relation_size(oid) > greatest(64, 2 * relpages) * current_setting('block_size')::bigint
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
