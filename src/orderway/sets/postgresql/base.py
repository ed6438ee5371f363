"""Django's PostgreSQL backend, but that a connection proves its health without asking the server. Changes nothing else."""

from __future__ import annotations

import selectors

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ended a connection has said so: its socket can be read. Only then, or after an error, it is asked.

    Django asks with a `SELECT 1` in every request, a seventh of all statements in the life of an order.
    """

    def is_usable(self) -> bool:
        """Whether the connection may be used again."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or _has_word(self.connection.fileno()):
            return bool(super().is_usable())
        return True


def _has_word(socket: int) -> bool:
    """Whether something waits to be read, be it the end of the connection."""
    with selectors.DefaultSelector() as selector:
        selector.register(socket, selectors.EVENT_READ)
        return bool(selector.select(0))
