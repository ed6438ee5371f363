"""Which roles own the stages that do an act, in the standards in force: who answers for work that hangs on no single order. Reads only."""

from __future__ import annotations

from orderway.releases.models import Version
from orderway.releases.publishing import program_of


def owners_of(*acts: str) -> frozenset[str]:
    """The roles that own a stage doing one of these acts in a standard in force; one statement."""
    versions = Version.objects.filter(status=Version.Status.EFFECTIVE).values_list("id", "content_hash")
    programs = [program_of(pk, content_hash) for pk, content_hash in versions]
    return frozenset(stage.owner for program in programs for stage in program.standard.stages.values() if stage.does in acts)
