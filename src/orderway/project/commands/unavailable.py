"""Which problems mean "the database or a file is not there", and the sentence for each. Bugs are not among them: they crash."""

from __future__ import annotations


def sentence(problem: BaseException) -> str | None:
    """What to tell the user, or None if the problem is a bug."""
    if isinstance(problem, OSError) and problem.filename is not None:
        return f"{problem.filename}: {problem.strerror}. Check the name and the rights of the file."
    try:
        from django.db import DatabaseError, InterfaceError, OperationalError, connection
    except ImportError:
        return None
    if isinstance(problem, (OperationalError, InterfaceError)):
        name = connection.settings_dict.get("NAME")
        return f"The database {name} is not available: {str(problem).strip()}. Check --database and whether it runs."
    if isinstance(problem, DatabaseError) and "no such table" in str(problem):
        return "This database has no Orderway tables. Run: orderway init"
    return None
