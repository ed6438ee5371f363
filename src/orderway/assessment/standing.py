"""How people stand to the standards in use: sections of the manual they have read, stages they are certified for. Reads only.

A fixed number of statements per standard in use, however many people.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from orderway.releases import acknowledging
from orderway.releases.models import Version
from orderway.standard.document import StageId
from orderway.training.standings import people_by_role, standard_of, standards_to_learn, standings


@dataclass(slots=True)
class Standing:
    """Sections to read and those read; stages owned and those certified for."""

    sections: int = 0
    read: int = 0
    stages: int = 0
    certified: int = 0


def of_people(people: Collection[int], today: date) -> dict[int, Standing]:
    """Every one of these people, over all standards in use."""
    found = {person: Standing() for person in people}
    for version in standards_to_learn():
        _read(found, version)
        _certified(found, version, today)
    return found


def _read(found: dict[int, Standing], version: Version) -> None:
    for section in acknowledging.who_has_read(version):
        for person, at in section.readers.items():
            if person.pk in found:
                found[person.pk].sections += 1
                found[person.pk].read += at is not None


def _certified(found: dict[int, Standing], version: Version, today: date) -> None:
    standard = standard_of(version)
    owned: dict[int, list[StageId]] = {}
    for role, members in people_by_role(standard.roles, today).items():
        stages_of_role = [stage.id for stage in standard.stages.values() if stage.owner == role]
        for person in members:
            if person.pk in found:
                owned.setdefault(person.pk, []).extend(stages_of_role)
    known = standings(version, list(owned), list(standard.stages_in_flow()), today) if owned else {}
    for key, stages in owned.items():
        found[key].stages += len(stages)
        found[key].certified += sum(known[key][stage].standing.counts for stage in stages)
