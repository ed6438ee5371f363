"""What `orderway run` does beyond the automatic stages: books announced returns, says for whom the rest waits. Has no rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from orderway.orders import work
from orderway.orders.models import WorkItem
from orderway.orders.work import Passed, Progress
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.stages.aftersales import actions as aftersales


class UnknownStage(Exception):
    """No stored standard has this stage; the sentence names those that there are."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did: one row per stage in the sequence of the work, and a sentence about returns (empty if none was looked for)."""

    stages: list[Passed]
    returns: str = ""


def run_everything(*, until: str | None, now: datetime, progress: Progress | None = None) -> Ran:
    """Run system stages until nothing moves, then book announced returns. Raises UnknownStage before anything is done."""
    if until is not None:
        _check_stage(until)
    rows = {row.stage: row for row in work.run_open(now=now, until=until, progress=progress, retry=True)}
    returns = aftersales.book_announced(now=now) if until is None else ""
    for stage, reason, count in _not_tried(until):
        row = rows.setdefault(stage, Passed(stage))
        row.waiting += count
        row.reasons[reason] += count
    return Ran(list(rows.values()), returns)


def _check_stage(stage: str) -> None:
    known: set[str] = set()
    for pk, content_hash in Version.objects.exclude(status=Version.Status.DRAFT).values_list("pk", "content_hash"):
        known.update(publishing.program_of(pk, content_hash).standard.stages)
    if stage not in known:
        raise UnknownStage(f"No standard has a stage {stage}. The stages are: {', '.join(sorted(known))}.")


def _not_tried(until: str | None) -> Iterator[tuple[str, str, int]]:
    """Stage, reason and number of the open items that were not the system's to try; one statement."""
    untried = WorkItem.objects.filter(state=WorkItem.State.OPEN, waiting="")
    asked = untried.annotate(held=ExpressionWrapper(Q(held_since__isnull=False), output_field=BooleanField()))
    counted = asked.values_list("stage", "kind", "role", "by_system", "held").annotate(Count("pk"))
    for stage, kind, role, by_system, held, count in counted.order_by("stage", "kind", "role"):
        yield stage, _reason(stage == until, kind, role, by_system=by_system, held=held), count


def _reason(stops_here: bool, kind: str, role: str, *, by_system: bool, held: bool) -> str:
    if held:
        return "on hold"
    if by_system:
        return "stopped here by --until" if stops_here else "not tried yet; run again"
    return f"work of {role}" if kind == "stage" else f"{kind} by {role}"
