"""Sets of rows: the only hand-written SQL that writes. Inserts, updates, locks n rows in a number of statements that does not depend on n.

PostgreSQL takes whole columns as arrays (encoded here, in binary), SQLite takes rows; callers see no difference. Knows tables, no rules.
"""

from orderway.sets.reading import Many, change, select
from orderway.sets.writing import Add, Insert, Update, WrongCount, insert, store, update

__all__ = ["Add", "Insert", "Many", "Update", "WrongCount", "change", "insert", "select", "store", "update"]
