"""What a standard asks of a person today: sections to read, reviews to make, drafts to approve, copies to fetch back. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.manual import copies
from orderway.masterdata.models import Person
from orderway.pages.notices import Notice
from orderway.pages.templatetags.ow import day, said
from orderway.releases import control
from orderway.releases.acknowledging import sections_due
from orderway.releases.models import Version
from orderway.releases.publishing import SHIPPED_BY, program_of
from orderway.releases.reviewing import due_on
from orderway.standard.document import Standard


def waiting(person_id: int, now: datetime) -> list[Notice]:
    """The notices of the manual."""
    person = Person.objects.get(pk=person_id)
    alive = Version.objects.exclude(status=Version.Status.RETIRED).defer("document", "source").order_by("standard_id", "pk")
    roles = control.roles_today(person)
    found: list[Notice] = []
    for version in alive:
        standard = program_of(version.pk, version.content_hash).standard
        found.extend(_of_version(version, standard, person, roles, now))
    return found


def _of_version(version: Version, standard: Standard, person: Person, roles: frozenset[str], now: datetime) -> Iterator[Notice]:
    words = {"standard": said(standard.title), "version": version.version}
    where = (version.standard_id, version.version)
    if version.status == Version.Status.DRAFT:
        if version.author != person.key and control.may(standard, person, "standard.approve", roles):
            yield Notice(_("%(standard)s %(version)s waits for approval.") % words, reverse("standard_control", args=where))
        return
    if version.status != Version.Status.EFFECTIVE:
        return
    unread = len(sections_due(version, person, roles)) if _is_the_companys_own(version) else 0
    if unread:
        text = ngettext(
            "%(standard)s %(version)s: %(number)d section to read.", "%(standard)s %(version)s: %(number)d sections to read.", unread
        )
        yield Notice(text % {**words, "number": unread}, reverse("standard_read", args=where))
    if standard.owner not in roles:
        return
    review = due_on(version, standard)
    if review is not None and review <= localdate(now):
        text = _("%(standard)s %(version)s has been due for review since %(day)s.") % {**words, "day": day(review)}
        yield Notice(text, reverse("standard_control", args=where), late=review < localdate(now))
    for copy in copies.outdated(version.standard_id):
        text = _("Controlled copy no. %(number)d (%(holder)s) is of a version that is no longer in force.")
        yield Notice(text % {"number": copy.number, "holder": copy.holder}, reverse("standard_print", args=where))


def _is_the_companys_own(version: Version) -> bool:
    """People are asked to read what their company wrote; what an installation brings along they read when they like."""
    return version.author != SHIPPED_BY
