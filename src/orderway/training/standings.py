"""How people stand to the stages of a version: certified, expiring, expired, to read, to learn anew, never certified. Reads only.

A person's standing comes from qualifications for this version of a stage or for older ones, and from what the versions in between ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q

from orderway.masterdata.models import Person, Qualification, RoleMember
from orderway.orders.models import Order
from orderway.releases.models import Version
from orderway.releases.publishing import SHIPPED_BY, program_of
from orderway.standard.document import StageId, Standard
from orderway.training import rules
from orderway.training.rules import Ask, Standing

LOOKED_BACK = 12  # versions; a certificate that is older than so many releases is a new start

Lineage = Mapping[StageId, tuple[tuple[str, Ask], ...]]
"""Per stage, its content hash in this version and in those before it, newest first, each with what the steps since then ask."""


@dataclass(frozen=True, slots=True)
class StageStanding:
    """How one person stands to one stage; `until`: the last day of the certificate that counts, or that did. `supervised`: until then."""

    stage: StageId
    standing: Standing
    until: date | None = None
    supervised: date | None = None


def standards_to_learn(*, coming: bool = False) -> list[Version]:
    """The versions that people are trained for: in force, and the company's own or with orders of its own; one statement.

    `coming`: approved ones with a day of coming into force, too: people may learn them before.
    """
    orders = Order.objects.filter(version__standard_id=OuterRef("standard_id"))
    wanted = Q(status=Version.Status.EFFECTIVE) & (Q(used=True) | ~Q(author=SHIPPED_BY))
    if coming:
        wanted |= Q(status=Version.Status.APPROVED, planned_on__isnull=False)
    found = Version.objects.annotate(used=Exists(orders)).filter(wanted)
    return list(found.defer("document", "source").order_by("standard_id", "pk"))


def standard_of(version: Version) -> Standard:
    """The document of a version."""
    return program_of(version.pk, version.content_hash).standard


def lineages(versions: Sequence[Version]) -> dict[int, Lineage]:
    """The lineage of every stage of these versions, by version; one statement."""
    return {version: _lineage(chain) for version, chain in _chains(versions).items()}


def version_before(version: Version) -> Standard | None:
    """The document that was in force before this version; None for the first."""
    chain = _chains([version])[version.pk]
    return program_of(*chain[1]).standard if len(chain) > 1 else None


def _chains(versions: Sequence[Version]) -> dict[int, tuple[tuple[int, str], ...]]:
    """Each version with those that were in force before it, newest first, as (key, content hash)."""
    rows = Version.objects.filter(standard_id__in={one.standard_id for one in versions}, effective_at__isnull=False)
    past = list(rows.order_by("-effective_at", "-pk").values_list("pk", "standard_id", "content_hash", "effective_at"))
    found = {}
    for one in versions:
        own = [row for row in past if row[1] == one.standard_id and row[0] != one.pk]
        earlier = [(pk, hash_) for pk, _, hash_, since in own if one.effective_at is None or (since, pk) < (one.effective_at, one.pk)]
        found[one.pk] = ((one.pk, one.content_hash), *earlier[:LOOKED_BACK])
    return found


@lru_cache(maxsize=64)
def _lineage(chain: tuple[tuple[int, str], ...]) -> Lineage:
    """`chain`: the version and those before it, newest first; versions that were in force never change."""
    standards = [program_of(pk, hash_).standard for pk, hash_ in chain]
    hashes = [rules.hashes(standard) for standard in standards]
    found: dict[StageId, list[tuple[str, Ask]]] = {stage: [(hash_, Ask.NOTHING)] for stage, hash_ in hashes[0].items()}
    alive = dict.fromkeys(found, Ask.NOTHING)
    for at in range(1, len(standards)):
        step = rules.asked(standards[at], standards[at - 1])
        alive = {stage: max(ask, step[stage]) for stage, ask in alive.items() if stage in step}
        for stage, ask in alive.items():
            found[stage].append((hashes[at][stage], ask))
    return {stage: tuple(rows) for stage, rows in found.items()}


def standings(version: Version, people: Sequence[int], stages: Iterable[StageId], today: date) -> dict[int, dict[StageId, StageStanding]]:
    """How these people stand to these stages of a version; two statements, however many people."""
    found = standings_in([version], people, {version.pk: list(stages)}, today)
    return {person: {stage: found[person][version.pk, stage] for stage in stages} for person in people}


def standings_in(
    versions: Sequence[Version], people: Sequence[int], stages: Mapping[int, Sequence[StageId]], today: date
) -> dict[int, dict[tuple[int, StageId], StageStanding]]:
    """The same for several versions at once, by (version, stage); still two statements."""
    known = lineages(versions)
    wanted = [(version.pk, stage) for version in versions for stage in stages[version.pk]]
    hashes = {hash_ for version, stage in wanted for hash_, _ in known[version][stage]}
    held: dict[int, dict[str, date]] = {person: {} for person in people}
    watched: dict[int, dict[str, date]] = {person: {} for person in people}
    rows = Qualification.objects.filter(person__in=people, stage_hash__in=hashes).values_list("person", "stage_hash", "valid_until", "how")
    for person, hash_, until, how in rows:
        by_hash = (watched if how == Qualification.How.SUPERVISED else held)[person]
        by_hash[hash_] = max(until, by_hash.get(hash_, until))
    return {
        person: {place: _standing(place[1], known[place[0]][place[1]], held[person], watched[person], today) for place in wanted}
        for person in people
    }


def people_by_role(roles: Iterable[str], today: date) -> dict[str, list[Person]]:
    """Who has which of these roles on that day, by name; one statement."""
    members = RoleMember.objects.filter(person__is_active=True, role__in=list(roles)).select_related("person").order_by("person__name")
    members = members.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today), Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    found: dict[str, list[Person]] = {}
    for member in members:
        if member.person not in found.setdefault(member.role, []):
            found[member.role].append(member.person)
    return found


def _standing(
    stage: StageId, lineage: Sequence[tuple[str, Ask]], held: Mapping[str, date], watched: Mapping[str, date], today: date
) -> StageStanding:
    supervised = watched.get(lineage[0][0])
    shown = supervised if supervised and supervised >= today else None
    known = [(held[hash_], ask) for hash_, ask in lineage if hash_ in held]
    if not known:
        return StageStanding(stage, Standing.MISSING, None, shown)
    until, ask = next((one for one in known if one[0] >= today), None) or max(known)
    return StageStanding(stage, rules.standing(until, ask, today), until, shown)
