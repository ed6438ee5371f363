"""Who asks for a page of training, when, and for which course, paper or certificate. Grants nothing."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from orderway.orders.asking import now, person_of
from orderway.releases.models import Version
from orderway.standard.document import Stage, StageId, Standard
from orderway.training import rules
from orderway.training.courses import Course, courses
from orderway.training.models import Attempt
from orderway.training.standings import standard_of

__all__ = ["course_of", "now", "paper_of", "person_of", "stage_of", "version_of"]


def version_of(standard_id: str, version: str) -> tuple[Version, Standard]:
    """The version that the address names, with its document; 404 if there is none."""
    found = Version.objects.defer("document", "source").filter(standard_id=standard_id, version=version).first()
    if found is None:
        raise Http404
    return found, standard_of(found)


def course_of(request: HttpRequest, standard_id: str, version: str, role: str) -> Course:
    """The course that the address names, as the signed-in person stands to it; 404 if there is none."""
    found, standard = version_of(standard_id, version)
    if not rules.course_stages(standard, role):
        raise Http404
    return courses(person_of(request), [(found, role)], now=now())[0]


def stage_of(standard: Standard, stage: str) -> Stage:
    """The stage that the address names; 404 if there is none."""
    if stage not in standard.stages:
        raise Http404
    return standard.stages[StageId(stage)]


def paper_of(request: HttpRequest, item_id: int) -> Attempt:
    """A paper of the signed-in person; 404 for anybody else's."""
    found = Attempt.objects.select_related("version", "person").defer("version__document", "version__source")
    attempt = found.filter(pk=item_id, person=person_of(request)).first()
    if attempt is None:
        raise Http404
    return attempt
