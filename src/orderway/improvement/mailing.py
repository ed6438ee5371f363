"""Mails the question to customers, and reminds once where the standard says so. Rows first, then the mail, outside of every transaction.

Sends nothing without a mail server: the link then stands on the order's page for whoever talks to the customer.
"""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from orderway.improvement import questions
from orderway.improvement.models import Question
from orderway.masterdata.models import Company
from orderway.pages import languages
from orderway.releases.publishing import program_of
from orderway.standard.document import Duration

TRIED_AGAIN_AFTER = timedelta(hours=1)
BATCH = 200
CALENDAR_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def address_of(question: Question) -> str:
    """The whole address of the link."""
    return f"{settings.CONFIGURATION.address}{reverse('question', args=[questions.token_of(question)])}"


def send(now: datetime) -> str:
    """Send what is to be sent; a sentence for the health page. A row is taken by a counted UPDATE, so of two workers one sends it."""
    if not settings.MAIL_IS_SET:
        return "no mail server is set"
    sent = sum(_send(question, now) for question in _to_send(now) if _taken(question, now))
    return f"{sent} sent"


def _to_send(now: datetime) -> list[Question]:
    rows = _unanswered(now).exclude(order__customer__email="").select_related("order__customer", "order__version")
    return [row for row in rows.order_by("id")[:BATCH] if row.mails == 0 or _to_be_reminded(row, now)]


def _unanswered(now: datetime) -> QuerySet[Question]:
    tried = Q(mail_tried_at__isnull=True) | Q(mail_tried_at__lt=now - TRIED_AGAIN_AFTER)
    return Question.objects.filter(tried, answer__isnull=True, revoked_at__isnull=True, expires_at__gt=now, mails__lte=1)


def _to_be_reminded(question: Question, now: datetime) -> bool:
    version = question.order.version
    rule = questions.rule_of(program_of(version.pk, version.content_hash))
    after = _elapsed(rule.remind) if rule and rule.remind else None
    return after is not None and question.asked_at + after <= now


def _elapsed(duration: Duration) -> timedelta | None:
    """A reminder is for people who do not share our calendar: days are calendar days."""
    unit = CALENDAR_UNITS.get(duration.unit)
    return unit * float(duration.amount) if unit else None


def _taken(question: Question, now: datetime) -> bool:
    free = _unanswered(now).filter(pk=question.pk, mails=question.mails)
    return free.update(mail_tried_at=now) == 1


def _send(question: Question, now: datetime) -> int:
    customer = question.order.customer
    with translation.override(languages.known(customer.language) or settings.LANGUAGE_CODE):
        subject, body = words(question)
    # The same mail has the same id: a receiver who got it although we did not hear so shows it once.
    headers = {"Message-ID": f"<question-{question.pk}-{question.mails}@orderway>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, to=[customer.email], headers=headers).send()
    except (OSError, smtplib.SMTPException) as error:
        Question.objects.filter(pk=question.pk).update(mail_error=f"{type(error).__name__}: {error}"[:200])
        return 0
    Question.objects.filter(pk=question.pk).update(mails=F("mails") + 1, mail_error="")
    return 1


def words(question: Question) -> tuple[str, str]:
    """Subject and text of the mail in the language in use."""
    company = Company.objects.first()
    ours = company.names.get(languages.tag(), company.name) if company else ""
    said = {"order": question.order.customer_po or question.order.number, "company": ours, "address": address_of(question)}
    lines = (
        _("Your order %(order)s was delivered.") % said,
        _("How content are you? One click is enough; you need no password:") % said,
        said["address"],
        _("The link is for you alone. It stays good for 60 days.") % said,
        ours,
    )
    subject = _("How was your order %(order)s?") % said
    return f"{ours}: {subject}" if ours else subject, "\n\n".join(line for line in lines if line)
