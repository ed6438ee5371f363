"""Who asks for a page of the manual, when, and for which version. Grants nothing."""

from __future__ import annotations

from django.http import Http404

from orderway.orders.asking import actor_of, now, person_of
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.document import Stage, StageId, Standard

__all__ = ["actor_of", "before", "in_force", "now", "person_of", "stage_of", "version_of"]


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
