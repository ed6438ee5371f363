"""Documents of changes: what somebody decided, on what they looked when they did, and what met what. Changes no order.

A change names the stamp of the preview it was decided on; if the order has moved since, it is refused in words, with both names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.db.models import Max

from orderway.engine.refusals import Refusal
from orderway.journal.models import Entry
from orderway.masterdata.models import Person
from orderway.orders import as_ordered, stages
from orderway.orders.as_ordered import Stood
from orderway.orders.corrections import Fault
from orderway.orders.models import Amendment
from orderway.orders.ordered import Ordered, differences
from orderway.orders.stages import Consequence, LineChange

Kind = Amendment.Kind
MET = frozenset(
    {"changed_meanwhile", "moved_meanwhile", "change_waits", "too_late", "below_shipped", "not_open_to_cancel", "packed_together"}
)


class ChangedMeanwhile(Refusal):
    """Somebody changed the order since the preview."""

    code = "changed_meanwhile"
    message = "{by} changed this order while you were looking at it (revision {revision})."
    remedy = "Look at what it says now and decide again."


class MovedMeanwhile(Refusal):
    """The order moved since the preview, and the change would touch something else."""

    code = "moved_meanwhile"
    message = "What this would touch is no longer what you saw; {by} was the last to work on this order."
    remedy = "Look at what it would touch now and decide again."


class ChangeWaits(Refusal):
    """Another change of the order waits for a decision."""

    code = "change_waits"
    message = "Another change of this order waits for a decision; {by} sent it on {at}."
    remedy = "Accept or reject that one first."


@dataclass(frozen=True, slots=True)
class Asked:
    """Why, who wants it (in their words), and by place the stamp of the preview that was decided on ("" if nobody looked).

    `settles`: the change is itself the answer to the one that waits. `fault`: the error that it corrects, if it is one.
    """

    reason: str
    requested_by: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)
    settles: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a change finds: the last revision, what it would touch, and the stamp that a preview shows for both."""

    revision: int
    consequences: tuple[Consequence, ...]

    @property
    def stamp(self) -> str:
        """The same as long as nobody changed the order and the change would touch the same."""
        parts = [
            f"{one.act}|{one.said}|{one.reference}|{one.line_id}|{one.quantity.normalize():f}|{one.reversible}" for one in self.consequences
        ]
        return f"{self.revision}-{sha256(chr(10).join(sorted(parts)).encode()).hexdigest()[:16]}"


def look(standing: Sequence[Stood], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Found]:
    """What a change of these lines would touch, by order id."""
    order_ids = [one.order_id for one in standing]
    touched: dict[int, list[Consequence]] = {order: [] for order in order_ids}
    for one in as_ordered.consequences(standing, lines):
        touched[one.order_id].append(one)
    revisions = last_revisions(order_ids)
    return {order: Found(revisions.get(order, 0), tuple(touched[order])) for order in order_ids}


def last_revisions(order_ids: Sequence[int]) -> dict[int, int]:
    """The newest revision of each order that has one."""
    rows = Amendment.objects.filter(order_id__in=order_ids, revision__isnull=False)
    return dict(rows.values_list("order_id").annotate(last=Max("revision")).order_by())


# --- what met what ----------------------------------------------------------------------------------------------------------------


def met(orders: Mapping[str, int], found: Mapping[int, Found], asked: Asked) -> dict[str, Refusal]:
    """Which of these places (with their order ids) somebody else has been at, or has another change waiting; nobody if all is as seen."""
    waiting = {} if asked.settles else stages.waiting_changes(list(orders.values()))
    refused: dict[str, Refusal] = {}
    for place, order in orders.items():
        seen = asked.seen.get(place, "")
        if order in waiting:
            waits = waiting[order]
            refused[place] = ChangeWaits(by=_name(waits.by), at=waits.at.date().isoformat())
        elif seen and seen.partition("-")[0] != str(found[order].revision):
            by = Amendment.objects.filter(order_id=order, revision=found[order].revision).values_list("made_by", flat=True).first()
            refused[place] = ChangedMeanwhile(by=_name(by or ""), revision=found[order].revision)
        elif seen and seen != found[order].stamp:
            refused[place] = MovedMeanwhile(by=_name(_last_actors([place])[place]))
    return refused


def _last_actors(numbers: Sequence[str]) -> dict[str, str]:
    """Who did the last thing on each of these orders."""
    entries = Entry.objects.filter(subject_kind="order", subject_key__in=numbers).order_by("subject_key", "sequence")
    return dict(entries.values_list("subject_key", "actor"))


def _name(key: str) -> str:
    return Person.objects.filter(key=key).values_list("name", flat=True).first() or key


# --- writing ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made: the order before and after, and what it found."""

    kind: Kind
    before: Ordered
    after: Ordered
    found: Found
    total_after: Decimal
    other_id: int | None = None


def file(documents: Iterable[Done], asked: Asked, *, actor: str, now: datetime) -> list[Amendment]:
    """Keep what was done as the next revision of each order; the orders are locked."""
    return Amendment.objects.bulk_create([_document(one, asked, actor, now) for one in documents])


def file_parts(parts: Iterable[tuple[Ordered, int]], asked: Asked, *, actor: str, now: datetime) -> None:
    """Keep on each part which order (by id) it was divided from."""
    nothing = Found(0, ())
    documents = [Done(Kind.DIVIDE, part, part, nothing, part.total, whole) for part, whole in parts]
    file(documents, asked, actor=actor, now=now)
    stages.revised([stages.Revised(one.after.order_id, 0) for one in documents], actor=actor, now=now)


def _document(one: Done, asked: Asked, actor: str, now: datetime) -> Amendment:
    return Amendment(
        order_id=one.before.order_id,
        revision=one.found.revision + 1,
        kind=one.kind,
        reason=asked.reason[:500],
        requested_by=asked.requested_by.strip()[:120],
        made_by=actor,
        made_at=now,
        differences=[
            {"position": each.position, "sku": each.sku, "what": each.what, "before": each.before, "after": each.after}
            for each in differences(one.before, one.after)
        ],
        effects=[_effect(each) for each in one.found.consequences],
        total_before=one.before.head.total,
        total_after=one.total_after,
        other_id=one.other_id,
    )


def _effect(one: Consequence) -> dict[str, object]:
    said: dict[str, object] = {"act": one.act, "said": one.said, "params": dict(one.params)}
    return said | {"amount": f"{one.amount:f}", "reversible": one.reversible}


def file_refused(kind: Kind, orders: Mapping[str, int], refused: Mapping[str, Refusal], asked: Asked, *, actor: str, now: datetime) -> None:
    """Keep that somebody wanted a change and met somebody else, both by name; other refusals leave nothing behind."""
    concerned = {place: refusal for place, refusal in refused.items() if refusal.code in MET and place in orders}
    if not concerned:
        return
    last = _last_actors(list(concerned))
    rows = [
        Amendment(
            order_id=orders[place],
            kind=kind,
            reason=asked.reason[:500],
            requested_by=asked.requested_by.strip()[:120],
            made_by=actor,
            made_at=now,
            total_before=0,
            total_after=0,
            met=str(refusal.params.get("by") or _name(last.get(place, "")))[:96],
            refused_because=str(refusal)[:500],
        )
        for place, refusal in concerned.items()
    ]
    Amendment.objects.bulk_create(rows)


# --- reading ----------------------------------------------------------------------------------------------------------------------


def of_order(order_id: int) -> list[Amendment]:
    """The documents of an order, newest first; one statement."""
    return list(Amendment.objects.filter(order_id=order_id).select_related("other").order_by("-id"))
