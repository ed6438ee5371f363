"""Who is told what: from the journal, once, with nothing sent inside a transaction; one digest mail per person and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection

from orderway.masterdata.models import Person
from orderway.orders import absences, acts, clock, comments, digest, notifying
from orderway.orders.models import Digest, Notification, WorkItem

NINE_IN_SHANGHAI = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def told(shop):
    """What a person was told after the worker has read the journal: (kind, order or person)."""
    notifying.begin(shop.now)

    def read(key, now=None):
        notifying.follow(now or shop.now)
        return list(Notification.objects.filter(person__key=key).order_by("id").values_list("kind", "subject_key"))

    return read


@pytest.fixture
def mailing(settings, shop):
    """A mail server is set, and Alice and Bob have addresses."""
    settings.MAIL_IS_SET = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Person.objects.filter(key__in=["alice", "bob"]).update(email="somebody@example.com")


def test_who_is_given_work_by_somebody_else_is_told_and_what_the_way_brings_is_not(shop, told):
    rita = shop.hire("rita", "clerk")
    number = shop.an_order()
    assert told("alice") == []

    acts.delegate([number], rita, reason="I am at a fair.", actor=shop.actor("alice"), now=shop.now)

    assert told("rita") == [("given", number)]
    assert Notification.objects.get().text == "I am at a fair."


def test_reading_the_journal_twice_tells_nobody_twice(shop, told):
    rita = shop.hire("rita", "clerk")
    acts.delegate([shop.an_order()], rita, actor=shop.actor("alice"), now=shop.now)
    told("rita")
    from orderway.journal.models import Cursor

    Cursor.objects.filter(follower=notifying.FOLLOWER).update(entry_id=0, transaction_id=0)  # a copy was played back

    assert len(told("rita")) == 1


def test_reminders_go_to_the_responsible_and_escalations_to_whom_the_standard_names(shop, told):
    number = shop.an_order()
    item = shop.item(number, "enter")

    clock.sweep(item.due_at - timedelta(minutes=1))
    assert told("alice") == [("reminder", number)]
    clock.sweep(item.due_at + timedelta(days=5))

    assert ("escalation", number) in told("mary")  # the owner of the order


def test_a_deputy_is_told_for_whom_and_what_they_got(shop, told):
    rita = shop.hire("rita")
    number = shop.an_order()

    absences.record_absence(
        shop.people["alice"], first=date(2026, 3, 2), last=date(2026, 3, 6), deputy=rita, actor=shop.actor("alice"), now=shop.now
    )

    assert sorted(told("rita")) == [("absence", "alice"), ("given", number)]


def test_what_happened_before_anybody_could_be_told_is_told_to_nobody(shop):
    acts.delegate([shop.an_order()], shop.hire("rita", "clerk"), actor=shop.actor("alice"), now=shop.now)

    assert notifying.follow(shop.now) == 0
    assert not Notification.objects.exists()


def test_a_mention_tells_everybody_but_the_writer_once(shop):
    number = shop.an_order()
    people = [shop.people[key] for key in ("alice", "bob")]

    new = notifying.tell(people, subject=number, source="comment:7", actor="alice", text="Look at line 2", now=shop.now)
    again = notifying.tell(people, subject=number, source="comment:7", actor="alice", text="Look at line 2", now=shop.now)

    assert (new, again) == (1, 0)
    assert Notification.objects.get().person.key == "bob"


def test_who_is_mentioned_in_a_comment_is_told_once_and_the_text_stays_with_the_comment(shop, told):
    number = shop.an_order()

    alice = replace(shop.actor("alice"), duties=frozenset({"reader"}))
    written = comments.post(number, "Please look, @bob and @alice", actor=alice, now=shop.now)
    comments.edit(written.pk, "Please look, @bob and @carol", actor=alice, now=shop.now)

    assert [told(key) for key in ("bob", "carol", "alice")] == [[("mention", number)], [("mention", number)], []]
    assert set(Notification.objects.values_list("text", flat=True)) == {""}


def some_news(shop, *keys):
    number = shop.an_order()
    people = [shop.people[key] for key in keys]
    notifying.tell(people, subject=number, source=f"comment:{number}", actor="eve", text="Look", now=shop.now)
    return number


def test_everybody_gets_one_mail_a_day_with_what_they_have_not_read(shop, mailing):
    first, second = some_news(shop, "alice", "bob"), some_news(shop, "alice")

    assert digest.run(NINE_IN_SHANGHAI) == "2 planned, 2 sent"
    assert digest.run(NINE_IN_SHANGHAI + timedelta(hours=1)) == "0 planned, 0 sent"

    alice = next(message for message in mail.outbox if second in message.body)
    assert alice.subject == "Orderway: 2 messages"
    assert f"/orders/{first}/" in alice.body
    assert [digest.state for digest in Digest.objects.all()] == ["sent", "sent"]


def test_the_mail_speaks_the_language_of_its_reader(shop, mailing):
    Person.objects.filter(key="bob").update(language="zh-hans")
    some_news(shop, "bob")

    digest.run(NINE_IN_SHANGHAI)

    assert "提到了您" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        ("22:00", "08:00", "23:30", True),
        ("22:00", "08:00", "07:59", True),
        ("22:00", "08:00", "08:00", False),
        ("12:00", "13:00", "12:30", True),
        ("12:00", "13:00", "13:30", False),
        ("12:00", "12:00", "12:00", False),
    ],
)
def test_quiet_hours_may_run_past_midnight(begins, ends, at, quiet):
    person = Person(quiet_from=time.fromisoformat(begins), quiet_until=time.fromisoformat(ends))

    assert digest.is_quiet(person, time.fromisoformat(at)) is quiet


def test_in_quiet_hours_the_mail_waits_until_they_are_over(shop, mailing):
    some_news(shop, "alice")
    Person.objects.filter(key="alice").update(quiet_from=time(20), quiet_until=time(10))

    assert digest.run(NINE_IN_SHANGHAI) == "0 planned, 0 sent"
    assert digest.run(NINE_IN_SHANGHAI + timedelta(hours=2)) == "1 planned, 1 sent"


def test_a_mail_that_fails_is_tried_again_later_and_says_why(shop, mailing, settings):
    some_news(shop, "alice")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    assert digest.run(NINE_IN_SHANGHAI) == "1 planned, 0 sent"
    assert "Refused" in Digest.objects.get().error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert digest.run(NINE_IN_SHANGHAI + timedelta(minutes=10)) == "0 planned, 0 sent"
    assert digest.run(NINE_IN_SHANGHAI + timedelta(minutes=40)) == "0 planned, 1 sent"


def test_without_a_mail_server_nothing_is_planned(shop, settings):
    settings.MAIL_IS_SET = False
    some_news(shop, "alice")

    assert digest.run(NINE_IN_SHANGHAI) == "no mail server is set"
    assert not Digest.objects.exists()


def test_of_two_workers_one_sends_the_mail(shop, mailing, monkeypatch):
    some_news(shop, "alice")
    digest.plan(NINE_IN_SHANGHAI)
    sent = []

    def slow(one, now):
        sent.append(one.pk)
        if len(sent) == 1:
            digest.send(now)  # the other worker comes while the first one is sending
        return 1

    monkeypatch.setattr(digest, "_send", slow)
    digest.send(NINE_IN_SHANGHAI)

    assert len(sent) == 1


def test_telling_takes_the_same_statements_for_one_and_for_many(shop, told, django_assert_max_num_queries):
    rita = shop.hire("rita", "clerk")
    acts.delegate([shop.an_order()], rita, actor=shop.actor("alice"), now=shop.now)
    with django_assert_max_num_queries(25) as few:
        told("rita")
    acts.delegate(shop.orders(5), rita, actor=shop.actor("mary"), now=shop.now)

    with django_assert_max_num_queries(25) as many:
        assert len(told("rita")) > 1

    assert len(many) <= len(few)
    assert WorkItem.objects.filter(responsible=rita).count() >= 5


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_sent_outside_of_every_transaction(shop, mailing, monkeypatch):
    some_news(shop, "alice")
    inside = []
    monkeypatch.setattr(digest.EmailMessage, "send", lambda _message: inside.append(connection.in_atomic_block))

    digest.run(NINE_IN_SHANGHAI)

    assert inside == [False]
