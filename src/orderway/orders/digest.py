"""The digest: one mail per person and day with what they have not read. Rows first, then the mail, outside of every transaction.

Sends nothing without a mail server in the settings, and nothing in somebody's quiet hours.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils import timezone, translation

from orderway.masterdata.models import Person
from orderway.orders.models import Digest, Notification

BEGINS = time(7, 0)  # of the company's zone: the mail lies there when work begins
MOST_LINES = 40
MOST_ATTEMPTS = 5
TRIED_AGAIN_AFTER = timedelta(minutes=30)
BATCH = 200

Words = Callable[[Sequence[Notification]], tuple[str, str]]  # subject and body in the language that is active
_words: list[Words] = []


def register_words(words: Words) -> None:
    """How a digest is worded; the layer with pages knows the titles of stages and the addresses."""
    _words[:] = [words]


def run(now: datetime) -> str:
    """Plan today's digests and send what is planned; a sentence for the health page."""
    if not settings.MAIL_IS_SET:
        return "no mail server is set"
    planned, sent = plan(now), send(now)
    return f"{planned} planned, {sent} sent"


def plan(now: datetime) -> int:
    """A row for everybody who has something unread, has an address, is not in quiet hours and has had none today."""
    local = timezone.localtime(now)
    if local.time() < BEGINS:
        return 0
    unread = Notification.objects.filter(read_at__isnull=True, at__gt=now - timedelta(days=1))
    people = Person.objects.filter(is_active=True, pk__in=unread.values("person")).exclude(email="")
    people = people.exclude(pk__in=Digest.objects.filter(day=local.date()).values("person"))
    rows = [Digest(person=person, day=local.date()) for person in people if not is_quiet(person, local.time())]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def is_quiet(person: Person, at: time) -> bool:
    """Whether the person wants no mail at that time of day; the hours may run past midnight."""
    begins, ends = person.quiet_from, person.quiet_until
    if begins is None or ends is None or begins == ends:
        return False
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def send(now: datetime) -> int:
    """Send what waits. Each row is taken by a counted UPDATE, so that of two workers one sends it; a mail that fails is tried again."""
    sent = 0
    untried = Q(state=Digest.State.WAITING)
    again = Q(state__in=(Digest.State.FAILED, Digest.State.SENDING), last_try_at__lt=now - TRIED_AGAIN_AFTER, attempts__lt=MOST_ATTEMPTS)
    open_ = Digest.objects.filter(untried | again, day=timezone.localdate(now))
    for digest in open_.select_related("person").order_by("id")[:BATCH]:
        if is_quiet(digest.person, timezone.localtime(now).time()):
            continue
        taken = open_.filter(pk=digest.pk).update(state=Digest.State.SENDING, attempts=F("attempts") + 1, last_try_at=now)
        if taken:
            sent += _send(digest, now)
    return sent


def _send(digest: Digest, now: datetime) -> int:
    unread = Notification.objects.filter(person=digest.person, read_at__isnull=True).order_by("-id")[:MOST_LINES]
    with translation.override(digest.person.language):
        subject, body = _words[0](list(unread))
    # The same mail has the same id: a receiver who got it although we did not hear so shows it once.
    headers = {"Message-ID": f"<digest-{digest.person_id}-{digest.day}@orderway>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, to=[digest.person.email], headers=headers).send()
    except (OSError, smtplib.SMTPException) as error:
        Digest.objects.filter(pk=digest.pk).update(state=Digest.State.FAILED, error=f"{type(error).__name__}: {error}"[:200])
        return 0
    Digest.objects.filter(pk=digest.pk).update(state=Digest.State.SENT, error="")
    return 1
