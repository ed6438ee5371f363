"""Who asks for a page of the manual, when, and for which version. Grants nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest

from orderway.masterdata.models import Person
from orderway.orders.actor import Actor
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Stage, StageId, Standard


def now() -> datetime:
    """The moment of this request."""
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; the middleware lets nobody else through."""
    assert isinstance(request.user, Person), "pages are for people who signed in"
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The person with the roles of today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the middleware puts it there
    return actor


def version_of(standard_id: str, version: str) -> tuple[Version, Standard]:
    """The version that the address names, with its document; 404 if there is none."""
    found = Version.objects.defer("document", "source").select_related("approved_by")
    one = found.filter(standard_id=standard_id, version=version).first()
    if one is None:
        raise Http404
    return one, program_of(one.pk, one.content_hash).standard


def stage_of(document: Standard, stage: str) -> Stage:
    """The stage that the address names; 404 if there is none."""
    if stage not in document.stages:
        raise Http404
    return document.stages[StageId(stage)]


def before(version: Version) -> Version | None:
    """The version of the same standard that came before, drafts left out."""
    earlier = Version.objects.filter(standard_id=version.standard_id, pk__lt=version.pk).exclude(status=Version.Status.DRAFT)
    return earlier.defer("document", "source").order_by("-pk").first()


def in_force(standard_id: str) -> Version | None:
    """The version that is in force today."""
    effective = Version.objects.filter(standard_id=standard_id, status=Version.Status.EFFECTIVE)
    return effective.defer("document", "source").first()
