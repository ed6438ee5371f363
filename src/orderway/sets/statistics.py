"""What the database knows of the sizes of its tables. Changes no row."""

from __future__ import annotations

from django.db import connection


def count_again() -> None:
    """Let PostgreSQL look at its tables again: after many new rows at once it plans as if there were few, until its own daemon comes by."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
