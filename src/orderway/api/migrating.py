"""The routes that take running orders to another version of their standard: what would become of each, and the act, batch by batch.

Decides nothing: what can move and how is `orders.migration`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from pydantic import Field

from orderway.api.standards import STANDARD, VERSION
from orderway.masterdata.models import Person
from orderway.orders import migration
from orderway.orders.migration import Outlook
from orderway.orders.routes import Asked, Body, Done, NotFound, Routes, Shown, caller_of
from orderway.orders.routes.fields import Id, Line, Word
from orderway.orders.routes.problems import Problem, problem_of
from orderway.releases import control
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.stage_map import StageMap, stage_map

routes = Routes(tags=["standards"])
MOST_STAGES = 200


class MapIn(Body):
    """From which version to this one, and where the generated map of stages is corrected."""

    source: Word = Asked("The version that the orders run by, such as 1.0.0.")
    map: dict[Id, Id] = Field({}, description="Stage of the source -> stage of this version; empty for no place.", max_length=MOST_STAGES)
    after: int = Asked("Go on after the order with this id, as `last` of the reply before said; 0 for the first ones.", 0, ge=0, le=2**62)


class MigrateIn(MapIn):
    """Orders to take over now: those named, else the next ones."""

    reason: Line = Asked("Why, for the journal of each order.")
    orders: list[Word] = Asked("Only these orders; empty for the next ones after `after`.", [], max_length=migration.BATCH)


class MappedOut(Shown):
    """A stage of the source and where it leads."""

    stage: str = Asked("The stage's id in the source.")
    target: str | None = Asked("The stage's id in this version; nothing if it has no place.")
    kind: str = Asked("unchanged, changed (reworded), moved, renamed or removed.")
    origin: str = Asked(
        "Who said so: hand (the request), document (the map in the version), id (the same id) or alike (the same title or act)."
    )


class OutlookOut(Shown):
    """What becomes of an order."""

    order: str = Asked("The order's number.")
    outcome: str = Asked("kept (goes on where it stands), again (so, but passes some stages once more) or stays (on its version).")
    stands: list[str] = Asked("Its open stages in the source.")
    targets: list[str] = Asked("The same in this version; empty if it stays.")
    again: list[str] = Asked("Stages it has passed that lie ahead of it again.")
    unpassed: list[str] = Asked("Gates of this version that lie behind it and were never passed.")
    refusal: Problem | None = Asked("Why it stays.")


class MigrationOut(Shown):
    """The next orders, each with what becomes of it."""

    standard: str = Asked("The standard's id.")
    source: str = Asked("The version they run by.")
    target: str = Asked("The version they would run by.")
    rows: list[OutlookOut] = Asked("The orders of this batch, oldest first.")
    last: int = Asked("The id of the last order looked at: `after` of the next request.")
    left: int = Asked("How many orders run by the source behind it.")


class MigrationPreviewOut(MigrationOut):
    """What would become of the next running orders; nothing was written."""

    in_force: bool = Asked("Whether orders can be taken over: only to the version in force.")
    running: int = Asked("How many orders run by the source in all.")
    map: list[MappedOut] = Asked("Every stage of the source, in its order.")
    added: list[str] = Asked("Stages that only this version has.")


@dataclass(frozen=True, slots=True)
class Way:
    """From which version to which, with what was corrected in the map."""

    source: Version
    target: Version
    by_hand: Mapping[str, str]

    @property
    def map(self) -> StageMap:
        """Where every stage of the source leads."""
        old, new = (program_of(one.pk, one.content_hash).standard for one in (self.source, self.target))
        return stage_map(old, new, self.by_hand)


@routes.acts(
    "/standards/{standard}/{version}/migrate/preview",
    right="standard.read",
    gives=MigrationPreviewOut,
    summary="What would become of running orders",
)
def preview(request: HttpRequest, sent: MapIn, standard: str = STANDARD, version: str = VERSION) -> Done:
    """What would become of the next 200 orders that run by another version. Writes nothing."""
    way = _way(standard, version, sent)
    found = migration.foresee(way.source, way.target, way.by_hand, after=sent.after)
    mapped = way.map
    return Done(
        {
            **_shown(way, found, found[-1].order_id if found else sent.after),
            "in_force": way.target.status == Version.Status.EFFECTIVE,
            "running": migration.running(way.source).count(),
            "map": [{"stage": row.stage, "target": row.target, "kind": row.kind, "origin": row.origin} for row in mapped.rows],
            "added": list(mapped.added),
        }
    )


@routes.acts("/standards/{standard}/{version}/migrate", right="standard.migrate", gives=MigrationOut, summary="Migrate running orders")
def migrate(request: HttpRequest, sent: MigrateIn, standard: str = STANDARD, version: str = VERSION) -> Done:
    """Take the named orders, or the next 200, to this version, which must be in force. What cannot move stays, and says why."""
    way, caller = _way(standard, version, sent), caller_of(request)
    assert caller.actor.person_id is not None, "a token belongs to a person"
    document = program_of(way.target.pk, way.target.content_hash).standard
    control.require(document, Person.objects.get(pk=caller.actor.person_id), "standard.migrate")
    batch = _batch(way, sent)
    numbers = [number for _pk, number in batch]
    found = migration.migrate(numbers, way.source, way.target, way.by_hand, reason=sent.reason, actor=caller.actor, now=caller.now)
    moved = [one.number for one in found if one.refusal is None]
    return Done(_shown(way, found, batch[-1][0] if batch else sent.after), orders=moved)


def _way(standard: str, version: str, sent: MapIn) -> Way:
    """Raises NotFound for a version that is not there, and for a target that is a draft: nothing runs by one."""
    found = {one.version: one for one in Version.objects.filter(standard_id=standard, version__in=[version, sent.source]).defer("source")}
    target, source = found.get(version), found.get(sent.source)
    if target is None or target.status == Version.Status.DRAFT:
        raise NotFound(what="standard", key=f"{standard} {version}")
    if source is None:
        raise NotFound(what="standard", key=f"{standard} {sent.source}")
    return Way(source, target, dict(sent.map))


def _batch(way: Way, sent: MigrateIn) -> list[tuple[int, str]]:
    """Ids and numbers of the orders of this request."""
    running = migration.running(way.source)
    chosen = running.filter(number__in=sent.orders) if sent.orders else running.filter(pk__gt=sent.after)
    return list(chosen.values_list("pk", "number")[: migration.BATCH])


def _shown(way: Way, found: Sequence[Outlook], last: int) -> dict[str, object]:
    return {
        "standard": way.target.standard_id,
        "source": way.source.version,
        "target": way.target.version,
        "rows": [_row(one) for one in found],
        "last": last,
        "left": migration.running(way.source).filter(pk__gt=last).count(),
    }


def _row(one: Outlook) -> dict[str, object]:
    return {
        "order": one.number,
        "outcome": one.outcome,
        "stands": list(one.stands),
        "targets": list(one.targets),
        "again": list(one.again),
        "unpassed": list(one.unpassed),
        "refusal": problem_of(one.refusal).model_dump() if one.refusal is not None else None,
    }
