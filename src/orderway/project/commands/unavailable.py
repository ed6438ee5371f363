"""Which problems mean "the database or a file is not there", and the sentence for each. Bugs are not among them: they crash."""

from __future__ import annotations

import errno

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)  # the disk, whatever was written to it
DAMAGED = ("file is not a database", "disk image is malformed")  # SQLite says these by its most general error


def sentence(problem: BaseException) -> str | None:
    """What to tell the user, or None if the problem is a bug."""
    if isinstance(problem, OSError) and problem.filename is not None:
        return f"{problem.filename}: {problem.strerror}. Check the name and the rights of the file."
    if isinstance(problem, OSError) and problem.errno in FULL:
        return f"The disk does not take it: {problem.strerror}. Make room and do it again."
    return _of_database(problem)


def _of_database(problem: BaseException) -> str | None:
    try:
        from django.db import DatabaseError, InterfaceError, OperationalError, connection
    except ImportError:
        return None
    from orderway.project.history import LeftBetween

    if isinstance(problem, LeftBetween):
        return str(problem)
    said = " ".join(str(problem).split()).rstrip("?.")
    damaged = isinstance(problem, DatabaseError) and any(words in said for words in DAMAGED)
    if damaged or isinstance(problem, (OperationalError, InterfaceError)):
        return f"The database {connection.settings_dict.get('NAME')} is not available: {said}. Check --database and whether it runs."
    return None
