"""Fixtures of the office whose programs talk to the API through the server's own entry point."""

from __future__ import annotations

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from api import office as offices
from standing import standing

SIGNALS = (request_started, request_finished)


@pytest.fixture
def office(db):
    """The company on the shipped make-to-stock standard."""
    return standing("office", lambda: offices.Office().open())


@pytest.fixture
def same_connection(known):
    """From here on requests keep the test's connection, as they do in Django's own test client."""
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)
    yield
    for signal in SIGNALS:
        signal.connect(close_old_connections)
