from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from orderway.journal import following, reading, verify, writing
from orderway.journal.chain import Head, NewEntry, link
from orderway.journal.models import Cursor, Entry
from orderway.sets.running import on_postgresql

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


def entry(key="A", act="made", payload="{}"):
    return NewEntry("thing", key, NOW, act, "alice", payload)


@pytest.mark.django_db
def test_entries_of_a_subject_are_gapless_and_chained():
    writing.append([entry("A"), entry("B"), entry("A", "changed", '{"to":"ü"}')])
    writing.append([entry("A", "closed")])

    found = list(reading.of_subject("thing", "A"))

    assert [(one.sequence, one.act) for one in found] == [(1, "made"), (2, "changed"), (3, "closed")]
    assert [one.previous_hash for one in found] == ["", found[0].hash, found[1].hash]
    assert verify.check_chain() == verify.Finding(4, 0, "")


@pytest.mark.django_db
def test_what_is_read_back_has_the_hash_that_was_written():
    berlin = timezone(timedelta(hours=1))
    chained = link(NewEntry("thing", "A", NOW.astimezone(berlin), "made", "alice", "{}"), Head())
    writing.append([entry()])

    assert Entry.objects.get().hash == chained.hash


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "value"), [("payload", '{"x":1}'), ("actor", "eve"), ("act", "x"), ("at", NOW + timedelta(seconds=1))])
def test_a_changed_entry_breaks_the_chain(column, value):
    writing.append([entry(), entry(act="closed")])
    without_trigger(lambda: Entry.objects.filter(sequence=1).update(**{column: value}))

    found = verify.check_chain()

    assert found.broken == 1
    assert "its content was changed" in found.first


@pytest.mark.django_db
def test_a_missing_entry_breaks_the_chain():
    writing.append([entry(), entry(act="changed"), entry(act="closed")])
    without_trigger(lambda: Entry.objects.filter(sequence=2).delete())

    assert "entry 2 is missing" in verify.check_chain().first


@pytest.mark.django_db
def test_the_database_refuses_to_change_history():
    writing.append([entry()])

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Entry.objects.update(actor="eve")


@pytest.mark.django_db
def test_two_writers_of_one_head_cannot_both_win():
    chained = link(entry(), Head())
    with transaction.atomic():
        writing.append_chained([chained])

    with pytest.raises(IntegrityError), transaction.atomic():
        writing.append_chained([chained])


@pytest.mark.django_db(transaction=True)
def test_a_follower_takes_what_is_new_and_begins_where_it_stopped():
    taken = []
    with transaction.atomic():
        writing.append([entry(key) for key in "ABC"])

    assert following.follow("mail", lambda entries: taken.extend(entries), now=NOW, limit=2) == 2
    assert following.follow("mail", lambda entries: taken.extend(entries), now=NOW) == 1
    assert following.follow("mail", lambda entries: taken.extend(entries), now=NOW) == 0

    assert [one.subject_key for one in taken] == ["A", "B", "C"]
    assert Cursor.objects.get(follower="mail").entry_id == taken[-1].id


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_fails_gets_the_same_entries_again():
    with transaction.atomic():
        writing.append([entry()])

    def fails(entries):
        raise RuntimeError("no mail today")

    with pytest.raises(RuntimeError):
        following.follow("mail", fails, now=NOW)

    assert following.follow("mail", lambda entries: None, now=NOW) == 1


def test_every_invariant_has_a_row_also_when_nothing_was_checked(db):
    rows = verify.verify()

    assert [row.invariant for row in rows] == list(range(1, 13))
    assert all(row.broken == 0 for row in rows)


def without_trigger(change):
    """Change history behind the back of the program, as somebody with the database password might."""
    drop = "ALTER TABLE journal_entry DISABLE TRIGGER USER" if on_postgresql() else "DROP TRIGGER journal_entry_stands"
    with connection.cursor() as cursor:
        cursor.execute(drop)
    change()
