"""An act at work: the places that were let through, their facts and proofs, and the moves it has made so far.

`door` locks, checks rights and what must be true before an act writes, hands out a `Work`, and makes one store at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db.models import Model

from orderway import sets
from orderway.engine import advance, checks, gates
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers, FactAnswers
from orderway.engine.case import UNOPENED, Case, ItemKey, OpenItem, Path
from orderway.engine.move import Assigned, Json, Move
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import corrections, duties, proofs
from orderway.orders.actor import Actor
from orderway.orders.assigning import People
from orderway.orders.certified import Certificates
from orderway.orders.completion import DONE, Completion
from orderway.orders.corrections import Fault
from orderway.orders.facts import Facts
from orderway.orders.keeping import act_transaction, around
from orderway.orders.locking import Choose, LockedOrder, Opened, find, lock
from orderway.orders.models import Correction, Evidence
from orderway.orders.standing import ItemState, Standing
from orderway.orders.storing import Moved, Store
from orderway.releases import catalogue
from orderway.sets.writing import Write
from orderway.standard.document import Stage
from orderway.standard.values import UNKNOWN, Value

ASKED_ALREADY = ""  # the right of an entrance whose caller has asked: an act that tells other orders what it did

# The item is the one that the place means; acts on whole orders have none and do not look at it.
Decide = Callable[[Program, Case, OpenItem, Answers, EngineActor], Move | None]
Alike = tuple[str, str, OpenItem]
Named = Callable[[Opened], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Entrance:
    """What an act asks of a place before it is let through.

    `right`: the act as the table of rights knows it. `choose`: which open item a place means (None: the whole order). `named`: the
    roles that the standard names for this act here. `completes`: the act ends items, so holds, pending signatures, segregation and
    missing proof turn a place away before anything is written.
    """

    act: str
    right: str
    choose: Choose | None
    named: Named | None = None
    completes: bool = False


class Work:
    """What `working_on` gives: places that were let through, everything about them, and `complete`."""

    def __init__(self, entrance: Entrance, actor: Actor, now: datetime, brings: Mapping[str, Completion]) -> None:
        self.act = entrance.act
        self.actor = actor
        self.now = now
        self.refused: dict[str, Refusal] = {}
        self._as_engine_knows = EngineActor(actor.key, actor.acting_for or "")
        self._entrance = entrance
        self._brings = brings
        self._opened: dict[str, Opened] = {}
        self._also: list[Write] = []
        self._let_in: set[Alike] = set()
        self._decided: dict[Alike, Move] = {}
        self._people = People(entrance.act)
        self.certificates = Certificates(now)
        self._store = Store(now=now, people=self._people)
        self._stands_in_for: tuple[str, ...] | None = None
        self.facts = Facts((), self._write_pending)
        self._standing = Standing(())
        self.proofs = proofs.Proofs(self._standing)

    # --- looking --------------------------------------------------------------------------------------------------------

    @property
    def places(self) -> list[str]:
        """The places that were let through and not refused since, by ascending order."""
        return [place for place in self._opened if place not in self.refused]

    @property
    def orders(self) -> dict[str, LockedOrder]:
        """The locked row of each place's order."""
        return {place: self._opened[place].order for place in self.places}

    @property
    def order_ids(self) -> list[int]:
        """The ids of the orders, each once."""
        return list(dict.fromkeys(self._opened[place].order.id for place in self.places))

    def opened(self, place: str) -> Opened:
        """Order, case, program and item of a place, as they were when the door opened."""
        return self._opened[place]

    def item(self, place: str) -> OpenItem:
        """The open item of a place."""
        item = self._opened[place].item
        assert item is not None, f"{self.act} works on whole orders"
        return item

    def stage(self, place: str) -> Stage:
        """The stage that a place stands at, as its pinned standard says it."""
        return self._opened[place].stage

    def run_key(self, place: str) -> str:
        """The key of the innermost run of a place (the delivery's number), "" outside of every `each`."""
        path = self.item(place).path
        return path[-1] if path else ""

    def fact(self, place: str, name: str) -> Value:
        """A fact of a place's order; loaded for the whole set on the first question. UNKNOWN if nobody knows."""
        opened = self._opened[place]
        return self.facts.value(opened.program, name, opened.order.id)

    def holder_id(self, place: str) -> int | None:
        """The id of the person responsible for a place's item."""
        opened = self._opened[place]
        state = self.items_of(place).get(opened.item.key) if opened.item else None
        return state.responsible_id if state else None

    def items_of(self, place: str) -> Mapping[ItemKey, ItemState]:
        """The rows of all open items of a place's order; read for the whole set on the first question."""
        return self._standing.items_of(self._opened[place].order.id)

    # --- acting ---------------------------------------------------------------------------------------------------------

    def refuse(self, place: str, refusal: Refusal) -> None:
        """Turn a place away; its case does not move."""
        self.refused[place] = refusal

    def also(self, *writes: Write) -> None:
        """Write these rows in the act's one store instead of by a statement of their own; facts asked later see them.

        Not for rows of orders and work items: the store writes those itself, and one statement may touch a row only once.
        """
        self._also.extend(write for write in writes if write.rows)

    def complete(self, answers: Mapping[str, Completion] | None = None, *, places: Iterable[str] | None = None) -> None:
        """End the stage at these places (default: all): the gate passes, waits for signatures, or fails.

        What an act has brought (`brings`) counts; `answers` replace it per place. Facts are asked again, after the act's writes. A
        place that the engine refuses is added to `refused` and stays open; what the act wrote stays.
        """
        self.facts.forget()
        for place in list(self.places if places is None else places):
            self._complete_one(place, (answers or {}).get(place) or self._brings.get(place) or DONE)

    def move(self, place: str, decide: Decide) -> bool:
        """Let the engine decide any other act at a place; False if it was refused. `decide` gives None for "nothing to do"."""
        opened = self._opened[place]
        moved = self._store.begin(opened.order, opened.program, opened.case)
        try:
            move = decide(opened.program, moved.case, cast(OpenItem, opened.item), self._answers(opened), self._engine_actor(opened))
        except Refusal as refusal:
            self.refuse(place, refusal)
            return False
        if move is not None:
            self._store.add(moved, move)
        return True

    def open_new(self, orders: Sequence[tuple[LockedOrder, Program, Callable[[Answers, EngineActor], Move]]]) -> None:
        """Open the cases of orders that this act has just inserted beside those it works on."""
        facts = Facts([order.id for order, _, _ in orders], self._write_pending)
        for order, program, decide in orders:
            moved = self._store.begin(order, program, UNOPENED)
            self._store.add(moved, decide(FactAnswers(program, facts.of(program, order.id)), self._as_engine_knows))

    def open_runs(self, place: str, name: str, keys: Iterable[str]) -> bool:
        """Start further runs of the open `each` called `name`: the act planned more of them (a backorder)."""
        path = self._path_around(place, name)
        return all(self.move(place, _adding(name, key, path)) for key in keys)

    def withdraw_runs(self, place: str, name: str, keys: Iterable[str], *, reason: str = "") -> bool:
        """Withdraw open runs of the `each` called `name`; their open items close."""
        path = self._path_around(place, name)
        return all(self.move(place, _withdrawing(name, key, path, reason)) for key in keys)

    def record(self, place: str, names: Sequence[str]) -> bool:
        """Say that these facts of the order have become known: items that waited for one of them may be tried again."""
        self.facts.forget()
        return self.move(place, lambda program, case, _item, _answers, actor: advance.record(program, case, tuple(names), actor=actor))

    # --- inside -----------------------------------------------------------------------------------------------------------

    def _complete_one(self, place: str, completion: Completion) -> None:
        opened = self._opened[place]
        item = self.item(place)
        moved = self._store.begin(opened.order, opened.program, opened.case)
        alike = self._alike(opened, completion) if moved.case is opened.case else None
        if alike is not None and alike in self._decided:
            self._store.add(moved, self._decided[alike])
            return
        misfit = proofs.misfit(opened.stage, completion.evidence) if completion.evidence else None
        if misfit is None and completion.fault is not None:
            misfit = corrections.misfit(opened.program, completion.fault)
        if misfit is not None:
            self.refuse(place, misfit)
            return
        proven, asked = self.proofs.proven(opened, completion), self.facts.asked
        try:
            move = advance.complete(opened.program, moved.case, item.key, proven, self._answers(opened), actor=self._engine_actor(opened))
        except Refusal as refusal:
            self.refuse(place, refusal)
            return
        move = self._with_seen(opened, move)
        if alike is not None and self.facts.asked == asked:
            self._decided[alike] = move
        self._store.add(moved, move)
        if completion.fault is not None and move.turn.failed:
            self.also_fault(place, completion.fault)
        self.also_rows(Evidence, proofs.ROW, proofs.rows(opened, proven.evidence, actor=self.actor.key, now=self.now))

    @staticmethod
    def _alike(opened: Opened, completion: Completion) -> Alike | None:
        """What orders share for which the engine must say the same, unless it asks a fact; None where more than the case matters."""
        if completion is not DONE or opened.item is None or proofs.needs_of(opened.stage).proven_by_act is None:
            return None
        return opened.order.content_hash, opened.order.case_text, opened.item

    def also_rows(self, model: type[Model], columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
        """Rows that several places of the act add to one table: they go in one write, however many places there are."""
        fresh = list(rows)
        known = next((write for write in self._also if write.model is model and isinstance(write, sets.Insert)), None)
        if known is None and fresh:
            self._also.append(sets.Insert(model, columns, fresh))
        elif known is not None:
            assert isinstance(known.rows, list), "rows that are added to are a list"
            known.rows.extend(fresh)

    def also_fault(self, place: str, fault: Fault) -> None:
        """An error that was found at a place."""
        found = (self._opened[place].order.id, self.item(place).stage, fault)
        self.also_rows(Correction, corrections.COLUMNS, [corrections.row(*found, actor=self.actor.key, now=self.now)])

    def _with_seen(self, opened: Opened, move: Move) -> Move:
        """With the facts that the person saw while answering the questions of the gate."""
        if self.actor.is_system or opened.stage.gate is None or not any(criterion.ask for criterion in opened.stage.gate.criteria):
            return move
        names = [name for name in catalogue.seen_by(opened.stage.does or "") if name not in move.facts]
        if not names:
            return move
        values = {name: self.facts.value(opened.program, name, opened.order.id) for name in names}
        seen: dict[str, Json] = {name: _frozen(value) for name, value in values.items() if isinstance(value, Decimal | str | bool)}
        return replace(move, facts={**move.facts, **seen})

    def _answers(self, opened: Opened) -> FactAnswers:
        return FactAnswers(opened.program, self.facts.of(opened.program, opened.order.id))

    def _engine_actor(self, opened: Opened) -> EngineActor:
        actor = self._as_engine_knows
        if self.actor.lent:
            named = self._entrance.named(opened) if self._entrance.named else ()
            actor = actor._replace(acting_for=duties.acting_for(self.actor, opened, named))
        gate = opened.stage.gate if opened.item and not self.actor.is_system else None
        if gate is None or not (gate.not_by or gate.approve):
            return actor
        return actor._replace(deputy_of=self._deputy_of())

    def _deputy_of(self) -> tuple[str, ...]:
        if self._stands_in_for is None:
            self._stands_in_for = self._people.stand_ins(self.actor.key, self.now)
        return self._stands_in_for

    def _path_around(self, place: str, name: str) -> tuple[str, ...]:
        """The keys of the runs around the `each` called `name`, seen from this place."""
        opened = self._opened[place]
        depth = len(opened.program.each_of[name].eaches)
        return opened.item.path[:depth] if opened.item else ()

    def _write_pending(self) -> None:
        """Facts are loaded by statements: what the act has handed to `also` must stand in the tables by then."""
        pending, self._also = self._also, []
        sets.store(pending)

    def need_clocks(self) -> None:
        """Read the clocks of all open items: an act will lift a hold, tell somebody, or compute deadlines again."""
        items = self._standing.found.items
        self._store.clocks = {order: {key: state.clock for key, state in states.items()} for order, states in items.items()}
        self._store.fired = {(order, key): state.alarms_fired for order, states in items.items() for key, state in states.items()}

    def find_somebody(self, opened: Opened, key: ItemKey) -> Assigned:
        """Who of its role would get an open item now; nobody if the role still has nobody."""
        item = self._people.load_for(opened.program, opened.case, key, self.now)
        return self._people.give(opened.program, opened.case, (item,), now=self.now, by_system=False)[0]

    def find_stand_in(self, opened: Opened, key: ItemKey, absent: str) -> Assigned:
        """Who takes an open item over from somebody who is away; nobody if the role has nobody else either."""
        item = self._people.load_for(opened.program, opened.case, key, self.now)
        return self._people.take_over(opened.program, opened.case, item, absent, now=self.now)

    def know_person(self, key: str, person_id: int) -> None:
        """Somebody whom this act gives an item."""
        self._people.know(key, person_id)

    # --- the door's own -----------------------------------------------------------------------------------------------------

    def _enter(self, places: Sequence[str]) -> None:
        found = find(places, lock(places, self._people, self.now), act=self.act, choose=self._entrance.choose)
        refused = {place: what for place, what in found.items() if isinstance(what, Refusal)}
        self.refused.update(refused)
        let_in = [what for what in found.values() if isinstance(what, Opened)]
        self._opened = {opened.place: opened for opened in sorted(let_in, key=lambda opened: (opened.order.id, opened.place))}
        ids = self.order_ids
        self.facts = Facts(ids, self._write_pending)
        self._standing = Standing(ids)
        self.proofs = proofs.Proofs(self._standing)
        for place in list(self._opened):
            refusal = self._turned_away(self._opened[place])
            if refusal is not None:
                self.refuse(place, refusal)

    def _turned_away(self, opened: Opened) -> Refusal | None:
        refusal = self._without_right(opened) or self._not_ready(opened) or self._approving_own(opened)
        entrance = self._entrance
        return refusal or self.certificates.missing_of(opened, self.actor, entrance.act, completes=entrance.completes)

    def _not_ready(self, opened: Opened) -> Refusal | None:
        """What stands against completing, whoever does it, and segregation."""
        if not self._entrance.completes or opened.item is None:
            return None
        completion = self._brings.get(opened.place, DONE)
        alike = self._alike(opened, completion)
        if alike is not None and alike in self._let_in:
            return None
        try:
            checks.require_not_held(opened.case)
            checks.require_undecided(opened.case, opened.item)
            gates.require_not_barred(opened.program, opened.case, opened.item.stage, self._engine_actor(opened))
            gates.require_proof(opened.program, opened.item, self.proofs.proven(opened, completion))
        except Refusal as standing:
            return standing
        if alike is not None:
            self._let_in.add(alike)
        return proofs.misfit(opened.stage, completion.evidence)

    def _approving_own(self, opened: Opened) -> Refusal | None:
        approving = (self._entrance.completes or self._entrance.act in duties.APPROVING) and not self.actor.is_system
        return duties.approving_own(opened, lambda: self._engine_actor(opened)) if approving else None

    def _without_right(self, opened: Opened) -> Refusal | None:
        if self.actor.is_system or self._entrance.right == ASKED_ALREADY:
            return None
        named = tuple(self._entrance.named(opened)) if self._entrance.named else ()
        refusal = duties.refusal(self.actor, opened, self._entrance.right, named=named)
        if refusal is None or opened.item is None:
            return refusal
        holder = self.holder_id(opened.place)  # who holds the item is read only where the role alone does not allow it
        return duties.refusal(self.actor, opened, self._entrance.right, holder_id=holder, named=named)

    def _leave(self) -> None:
        also, self._also = self._also, []
        self._store.flush(also, last=True)
        request = around()
        if request is not None:
            for opened in self._opened.values():
                request.leaves(opened.order.number, opened.program, self._store.case_of(opened.order) or opened.case)


def _adding(name: str, key: str, path: Path) -> Decide:
    return lambda program, case, _item, answers, actor: advance.add_run(program, case, name, key, answers, path=path, actor=actor)


def _withdrawing(name: str, key: str, path: Path, reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.withdraw_run(
        program, case, name, key, answers, reason=reason, path=path, actor=actor
    )


def _frozen(value: Decimal | str | bool) -> Json:
    return value if isinstance(value, bool | str) else str(value)


@contextmanager
def door(
    places: Sequence[str], entrance: Entrance, *, actor: Actor, now: datetime, brings: Mapping[str, Completion] | None = None
) -> Iterator[Work]:
    """Lock, let in, hand out the work, and store it: one transaction. An exception stores nothing."""
    with act_transaction():
        work = Work(entrance, actor, now, brings or {})
        work._enter(places)
        yield work
        work._leave()


__all__ = ["ASKED_ALREADY", "UNKNOWN", "Decide", "Entrance", "Moved", "Work", "door"]
