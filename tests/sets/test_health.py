"""A connection is used again without asking the server; one that the server ended is not."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def begin_a_request():
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled = True


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def ended(pid):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        time.sleep(0.2)  # until the end has reached us
    finally:
        other.close()


@pytest.fixture
def asked(monkeypatch):
    """How often Django's own question is asked."""
    calls = []
    own = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: calls.append(1) or own(self))
    return calls


def test_a_healthy_connection_is_used_again_without_a_question(asked):
    first = backend()
    begin_a_request()

    assert (backend(), asked) == (first, [])


def test_a_connection_that_the_server_ended_is_replaced_before_anything_fails(asked):
    first = backend()
    ended(first)
    begin_a_request()

    assert backend() != first
    assert asked == [1]


def test_after_an_error_the_server_is_asked():
    first = backend()
    connection.health_check_enabled = False
    ended(first)
    with pytest.raises(OperationalError):
        backend()
    assert connection.errors_occurred
    begin_a_request()

    assert backend() != first
