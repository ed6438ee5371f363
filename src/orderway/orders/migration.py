"""Migration of running orders to another version of their standard: what would become of each (nothing is written), and the act.

An act of its own, n orders in one transaction with one journal entry each; what cannot move stays on its version, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from django.db.models import Case as Choice
from django.db.models import QuerySet, Value, When

from orderway.engine import migrating, scheduling
from orderway.engine.acting import SYSTEM
from orderway.engine.case import Case, OpenItem
from orderway.engine.migrating import Crossing, Past
from orderway.engine.move import Assigned, Move, Timing
from orderway.engine.refusals import AlreadyOnVersion, ReasonRequired, Refusal, StageNotInVersion
from orderway.engine.replay import WITH_RUN, apply
from orderway.masterdata.models import Person
from orderway.orders import histories
from orderway.orders.actor import Actor
from orderway.orders.assigning import work_minutes
from orderway.orders.keeping import act_transaction
from orderway.orders.locking import Opened
from orderway.orders.models import Evidence, Order, WorkItem
from orderway.orders.refusals import OnOtherVersion, OtherStandard, VersionNotInForce
from orderway.orders.session import Entrance, Work
from orderway.orders.standing import ItemState
from orderway.orders.storing import HOLIDAYS, Migration, times_of
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.stage_map import stage_map, strange_in

BATCH = 200
ACT = "migrate"

Outcome = Literal["kept", "again", "stays"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of an order, or became of it.

    `stands`: its open stages by the old version, `targets` by the new one; `again`: passed stages that lie ahead again; `unpassed`: new
    gates behind it; `refusal`: why it stays on its version.
    """

    order_id: int
    number: str
    stands: tuple[str, ...]
    targets: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    unpassed: tuple[str, ...] = ()
    refusal: Refusal | None = None

    @property
    def outcome(self) -> Outcome:
        """`kept`: goes on where it stands; `again`: so, but passes some stages once more; `stays`: cannot move."""
        if self.refusal is not None:
            return "stays"
        return "again" if self.again else "kept"


def crossing(source: Version, target: Version, by_hand: Mapping[str, str] | None = None) -> Crossing:
    """The way between two versions by the generated map, corrected by hand. Refused with OtherStandard or StageNotInVersion."""
    if source.standard_id != target.standard_id:
        raise OtherStandard(field="to", version=str(target), standard=source.standard_id)
    if source.pk == target.pk:
        raise AlreadyOnVersion(version=target.version)
    old, new = program_of(source.pk, source.content_hash), program_of(target.pk, target.content_hash)
    for stage, version in strange_in(old.standard, new.standard, by_hand or {}):
        raise StageNotInVersion(field="map", stage=stage, version=version)
    return Crossing(old, new, stage_map(old.standard, new.standard, by_hand).targets)


def running(source: Version) -> QuerySet[Order]:
    """The orders that run by a version, by id."""
    return Order.objects.filter(version=source, status=Order.Status.OPEN).order_by("pk")


def foresee(
    source: Version,
    target: Version,
    by_hand: Mapping[str, str] | None = None,
    *,
    numbers: Sequence[str] | None = None,
    after: int = 0,
    limit: int = BATCH,
) -> list[Outlook]:
    """What would become of the running orders of a version, of these numbers or of the next ones after an id; two statements.

    Looks at each as it stands now, without a lock: an order that moves meanwhile is looked at again by the act.
    """
    way = crossing(source, target, by_hand)
    found = running(source).filter(pk__gt=after) if numbers is None else running(source).filter(number__in=numbers)
    orders = list(found.only("pk", "number", "case_text", "divided_from")[: limit if numbers is None else None])
    journals = histories.moves_of([order.number for order in orders]) if orders else {}
    return [_foreseen(way, order, Case.from_text(order.case_text), migrating.past_of(journals[order.number])) for order in orders]


def migrate(
    numbers: Sequence[str],
    source: Version,
    target: Version,
    by_hand: Mapping[str, str] | None = None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[Outlook]:
    """Pin these orders to the version in force; each comes back with what became of it, in the sequence of their ids.

    Refused as a whole without a reason, for a map that names what is not there, or if the target is not in force. The statements do
    not grow with the orders. Done twice, the second time changes nothing: an order that runs by the target stays as it is.
    """
    if not reason.strip():
        raise ReasonRequired()
    way = crossing(source, target, by_hand)
    if Version.objects.values_list("status", flat=True).get(pk=target.pk) != Version.Status.EFFECTIVE:
        raise VersionNotInForce(version=str(target), status=target.status)
    with _door(numbers, actor=actor, now=now) as work:
        return work.migrate_all(way, source, target, reason)


def _foreseen(way: Crossing, order: Order, case: Case, past: Past) -> Outlook:
    divided = order.divided_from_id is not None
    try:
        move = migrating.migrate(way, case, past, divided=divided, actor=SYSTEM)
    except Refusal as refusal:
        return Outlook(order.pk, order.number, _stands(case), refusal=refusal)
    return _outlook(way, order.pk, order.number, case, past, move)


def _outlook(way: Crossing, order_id: int, number: str, case: Case, past: Past, move: Move) -> Outlook:
    stands = _stands(case)
    targets = tuple(way.targets[stage] for stage in stands)
    return Outlook(order_id, number, stands, targets, migrating.passed_again(way, case, past), move.unpassed)


def _stands(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.stage for item in case.items))


# --- the act --------------------------------------------------------------------------------------------------------------


@contextmanager
def _door(numbers: Sequence[str], *, actor: Actor, now: datetime) -> Iterator[_Migrating]:
    """The one door, whole orders at a time."""
    with act_transaction():
        work = _Migrating(Entrance(ACT, "standard.migrate", None), actor, now, {})
        work.enter(numbers)
        yield work
        work.leave()


class _Migrating(Work):
    """An act at work that pins orders to another version."""

    _keys: Mapping[int, str]  # of everybody who has an item of these orders

    def enter(self, numbers: Sequence[str]) -> None:
        """Lock the orders and turn away whom the actor may not migrate."""
        self._enter(numbers)

    def leave(self) -> None:
        """Make the one store."""
        self._store.flush(last=True)

    def migrate_all(self, way: Crossing, source: Version, target: Version, reason: str) -> list[Outlook]:
        """Move every order that can; the others come back with their reasons."""
        self._only_of(source, target)
        self._load_people(way)
        journals = histories.moves_of(self.places) if self.places else {}
        divided = set(Order.objects.filter(pk__in=self.order_ids, divided_from__isnull=False).values_list("number", flat=True))
        moved: list[Outlook] = []
        for place in self.places:
            opened, past = self.opened(place), migrating.past_of(journals[place])
            actor = self._engine_actor(opened)
            try:
                move = migrating.migrate(way, opened.case, past, divided=place in divided, reason=reason, actor=actor)
            except Refusal as refusal:
                self.refuse(place, refusal)
                continue
            self._pin(way, opened, target, move)
            moved.append(_outlook(way, opened.order.id, place, opened.case, past, move))
        self._rename(way, [one.order_id for one in moved])
        found = [*moved, *(self._turned_back(place, refusal) for place, refusal in self.refused.items())]
        return sorted(found, key=lambda one: (one.order_id, one.number))

    def _only_of(self, source: Version, target: Version) -> None:
        for place in self.places:
            pinned = self.opened(place).order.version_id
            if pinned == target.pk:
                self.refuse(place, AlreadyOnVersion(version=target.version))
            elif pinned != source.pk:
                self.refuse(place, OnOtherVersion(number=place, version=source.version))

    def _turned_back(self, place: str, refusal: Refusal) -> Outlook:
        opened = self._opened.get(place)
        return Outlook(opened.order.id if opened else 0, place, _stands(opened.case) if opened else (), refusal=refusal)

    def _pin(self, way: Crossing, opened: Opened, target: Version, move: Move) -> None:
        """Collect the move with times and people, and what becomes of the rows of its items."""
        states = self.items_of(opened.place)
        clocks = {key: state.clock for key, state in states.items()}
        move = move.timed(scheduling.migrated(way.old, way.new, clocks, way.targets, HOLIDAYS))
        after = apply(opened.case, move)
        timing, cleared = {one.item: one for one in move.timing}, {key for key, _ in move.turn.waiting}
        rows, given = {}, []
        for item in opened.case.items:
            moved = cast(OpenItem, after.item(item.key._replace(stage=way.targets[item.stage])))
            columns, assigned = self._columns(way, after, item, moved, states[item.key])
            columns |= {"waiting": "", "waiting_reason": ""} if moved.key in cleared else {}
            columns |= _times(timing[moved.key], states[item.key], held=after.held) if moved.key in timing else {}
            given += [assigned] if assigned else []
            if assigned and not assigned.responsible and not after.held:
                columns["next_alarm_at"] = self.now  # nobody found: the next sweep escalates
            rows[states[item.key].id] = columns
        known = self._store.begin(opened.order, opened.program, opened.case)
        self._store.migrate(known, way.new, Migration(target.pk, rows), move.given_to(tuple(given)))

    def _columns(
        self, way: Crossing, after: Case, before: OpenItem, item: OpenItem, state: ItemState
    ) -> tuple[dict[str, Any], Assigned | None]:
        """What the new version says of an item: what it is called, by which act and by whom it is done."""
        stage, works = way.new.stage(item.stage), item.kind in WITH_RUN
        by_system, was_by_system = (works and runs == "system" for runs in (stage.runs, way.old.stage(before.stage).runs))
        columns: dict[str, Any] = {
            "stage": item.stage,
            "act": (stage.does or "") if works else "",
            "by_system": by_system,
            "role": item.role,
            "work_minutes": work_minutes(stage),
        }
        if by_system and was_by_system:
            return columns, None
        holder = "" if by_system else self._keys.get(state.responsible_id or 0, "")
        given = self._people.hand_on(way.new, after, item, holder, other_role=before.role != item.role, now=self.now)
        if given is None or not (given.responsible or state.responsible_id or was_by_system):
            return columns, None  # whoever has it keeps it, or there is nobody as before
        return {**columns, **self._given(given)}, given

    def _given(self, given: Assigned) -> dict[str, Any]:
        responsible = self._people.id_of(given.responsible)
        because = {"stands_in_for": given.stands_in_for, "given_because": self._people.chosen.get(given.item, "")}
        return {"responsible": responsible, "unassigned_reason": "" if responsible else given.reason[:200], "claimed": False, **because}

    def _load_people(self, way: Crossing) -> None:
        """Who has what now, and everybody of the roles that will own it: two statements."""
        stages = {way.targets[item.stage] for place in self.places for item in self.opened(place).case.items if item.stage in way.targets}
        roles = {str(way.new.stage(stage).owner) for stage in stages}
        self._people.load(roles, self.now, {way.new.certified[stage] for stage in stages if stage in way.new.certified})
        states = [state for place in self.places for state in self.items_of(place).values()]
        holders = {state.responsible_id for state in states if state.responsible_id is not None}
        self._keys = dict(Person.objects.filter(pk__in=holders).values_list("pk", "key"))

    @staticmethod
    def _rename(way: Crossing, order_ids: Sequence[int]) -> None:
        """What is on record of a renamed stage stands under its new name, so that its proof counts and the way reads as one."""
        renamed = {stage: target for stage, target in way.targets.items() if stage != target}
        if not (renamed and order_ids):
            return
        name = Choice(*(When(stage=stage, then=Value(target)) for stage, target in renamed.items()))
        for rows in (WorkItem.objects.exclude(state=WorkItem.State.OPEN), Evidence.objects.all()):
            rows.filter(order_id__in=order_ids, stage__in=renamed).update(stage=name)


def _times(timing: Timing, state: ItemState, *, held: bool) -> dict[str, Any]:
    """Times that changed on the way; a share of the time that was told once is not told again."""
    told = state.clock.calls[: state.alarms_fired]
    fired = sum(percent <= told[-1][0] for percent, _ in timing.calls) if told else 0
    times = {**times_of(timing, fired), "alarms_fired": fired}
    return {**times, "next_alarm_at": None} if held else times
