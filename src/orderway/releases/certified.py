"""Whether anybody may work by a version whose training gate blocks: somebody with the role and a valid certificate at every stage."""

from __future__ import annotations

from datetime import date

from orderway.masterdata import presence
from orderway.masterdata.models import Qualification, RoleMember
from orderway.standard.canonical import stage_hash
from orderway.standard.document import StageId, Standard


def stages_without(standard: Standard, today: date) -> list[StageId]:
    """The stages that nobody could do today; none where the training gate does not block. Two statements."""
    if standard.training.gate != "block":
        return []
    stages = [stage for stage in standard.stages.values() if stage.runs == "person" and stage.id not in standard.advisory]
    hashes = {stage.id: stage_hash(standard, stage.id) for stage in stages}
    valid = Qualification.objects.filter(stage_hash__in=hashes.values(), valid_until__gte=today, person__is_active=True)
    certified = set(valid.values_list("person_id", "stage_hash"))
    held: dict[str, set[int]] = {}
    for role, person in RoleMember.objects.filter(presence.valid_on(today), role__in=standard.roles).values_list("role", "person_id"):
        held.setdefault(role, set()).add(person)
    return [stage.id for stage in stages if not any((person, hashes[stage.id]) in certified for person in held.get(stage.owner, ()))]
