"""Turns the moves of n orders into rows and stores them at once: cases, work items, holds, and the entries of their journals.

Schedules and assigns what the moves opened. Decides nothing; row counts are asserted by `sets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from json import dumps
from typing import Any

from orderway import sets
from orderway.engine import replay
from orderway.engine.assignment import going
from orderway.engine.calendars import Holidays
from orderway.engine.case import PLACE_SEPARATOR, Case, ItemKey, OpenItem
from orderway.engine.move import Assigned, Json, Move, Timing
from orderway.engine.program import Program
from orderway.engine.scheduling import Calls, Clock, schedule
from orderway.journal import writing
from orderway.journal.chain import ChainedEntry, Head, NewEntry, link
from orderway.orders import keeping
from orderway.orders.assigning import People, work_minutes
from orderway.orders.locking import LockedOrder
from orderway.orders.models import Hold, Order, WorkItem
from orderway.orders.rendering import Plain, Rendered, is_plain, likeness, payload_text
from orderway.sets import Insert, Update
from orderway.sets.writing import Write

HOLIDAYS = Holidays()
SUBJECT = "order"
ITEM_KEY = ("order", "stage", "path", "kind", "opened_sequence")
ITEM_COLUMNS = (
    *("order", "place", "stage", "path", "kind", "opened_sequence", "run", "act", "by_system", "role", "responsible", "unassigned_reason"),
    *("claimed", "state", "opened_at", "closed_at", "due_at", "provisional", "next_alarm_at", "alarms", "alarms_fired", "held_since"),
    *("work_minutes", "paused_minutes", "waiting", "waiting_reason", "stands_in_for", "given_because"),
)
GONE = frozenset({"withdrawn", "voided"})
TIMED_ANEW = frozenset({"lift", "reschedule"})
NOBODY: Mapping[ItemKey, str] = {}


@dataclass(frozen=True, slots=True)
class Migration:
    """The version that an order is pinned to from here on, and what becomes of the rows of its open items: columns by id."""

    version_id: int
    rows: Mapping[int, Mapping[str, Any]]


@dataclass(slots=True)
class Moved:
    """An order with the moves it has made in this act and not stored yet: each with the case before and after it."""

    order: LockedOrder
    program: Program
    case: Case
    moves: list[tuple[Move, Case, Case, Mapping[str, Json]]] = field(default_factory=list)
    migration: Migration | None = None


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What becomes of an order's row: the columns of ORDER_SET, guarded by the sequence before."""

    order_id: int
    before: int
    case_text: str
    status: str
    sequence: int
    hash: str
    ended_at: datetime | None
    migrated_to: int | None = None


ORDER_SET = ("case_text", "status", "journal_sequence", "journal_hash", "ended_at")


class Store:
    """Collects moves; `flush` writes everything that was collected."""

    def __init__(self, *, now: datetime, people: People) -> None:
        self._now = now
        self._people = people
        self._moved: dict[int, Moved] = {}
        self._plain: dict[tuple[Any, ...], Plain] = {}
        self._timings: dict[tuple[str, tuple[OpenItem, ...]], tuple[Timing, ...]] = {}
        self.clocks: Mapping[int, Mapping[ItemKey, Clock]] = {}
        self.fired: dict[tuple[int, ItemKey], int] = {}

    def begin(self, order: LockedOrder, program: Program, case: Case) -> Moved:
        """The order's collected state; the first call tells where it stands."""
        known = self._moved.get(order.id)
        if known is None:
            known = self._moved[order.id] = Moved(order, program, case)
        return known

    def add(self, moved: Moved, move: Move, beside: Mapping[str, Json] | None = None) -> None:
        """Collect a move; `beside` goes into its journal entry. Rows that it opens may not be closed before the next flush."""
        opened_now = {item.key for earlier, *_ in moved.moves for item in earlier.turn.opened}
        if opened_now and not opened_now.isdisjoint(closed.item for closed in move.turn.closed):
            self.flush()
        after = replay.apply(moved.case, move)
        moved.moves.append((move, moved.case, after, beside or {}))
        moved.case = after

    def migrate(self, moved: Moved, program: Program, migration: Migration, move: Move) -> None:
        """Collect the move that pins the order to another version, its times and people found already: the only one of its act."""
        assert not moved.moves, "a migration is an act of its own"
        moved.program, moved.migration = program, migration
        moved.order = moved.order._replace(version_id=migration.version_id, content_hash=program.hash)
        self.add(moved, move)

    def flush(self, beside: Sequence[Write] = (), *, last: bool = False) -> None:
        """Store all collected moves and the writes beside them: one statement on PostgreSQL. `last`: nothing of the act comes after."""
        writes = Rows(self._now)
        changes, entries = self.built(writes)
        self.write([*_order_updates(changes), *writes.writes(), *beside], entries, last=last)

    def built(self, writes: Rows) -> tuple[list[OrderChange], list[ChainedEntry]]:
        """Build the rows of everything collected, into `writes`; the caller stores them. Begins anew afterwards."""
        moved = [one for one in self._moved.values() if one.moves]
        waiting = [(one.program, item) for one in moved for move, _, after, _ in one.moves for item in _going(one.program, move, after)]
        contents = {program.certified[item.stage] for program, item in waiting if item.stage in program.certified}
        self._people.load({item.role for _, item in waiting}, self._now, contents)
        entries: list[ChainedEntry] = []
        changes = [self._finish(one, writes, entries) for one in moved]
        return changes, entries

    @staticmethod
    def write(writes: Sequence[Write], entries: list[ChainedEntry], *, last: bool = False) -> None:
        """Write entries and the rows that belong to them, in one statement on PostgreSQL."""
        store = keeping.store_last if last else sets.store
        if entries:
            writing.append_chained(entries, beside=[write for write in writes if write.rows], store=store)
        else:
            store(writes)

    @property
    def moved(self) -> Iterable[Moved]:
        """Every order that this act has begun with."""
        return self._moved.values()

    def case_of(self, order: LockedOrder) -> Case | None:
        """The order's case after all moves so far; None if it has not moved."""
        moved = self._moved.get(order.id)
        return moved.case if moved else None

    def _finish(self, moved: Moved, writes: Rows, entries: list[ChainedEntry]) -> OrderChange:
        order = moved.order
        head = Head(order.journal_sequence, order.journal_hash)
        ended_at = order.ended_at
        for move, before, after, beside in moved.moves:
            if beside or before.holds or not is_plain(move):
                whole = self._given(self._timed(moved, move, before), moved.program, after)
                text = payload_text(whole, {**beside, "standard": moved.program.hash}).with_facts(whole.facts)
                self._rows(writes, moved, whole, before, after)
            else:
                text = self._stored_alike(writes, moved, move, before, after)
            entry = link(NewEntry(SUBJECT, order.number, self._now, move.act, move.actor, text), head)
            entries.append(entry)
            head = entry.head
            if after.status != "open" and ended_at is None:
                ended_at = self._now
        text, version = moved.case.to_text(), moved.migration.version_id if moved.migration else None
        change = OrderChange(order.id, order.journal_sequence, text, moved.case.status, head.sequence, head.hash, ended_at, version)
        moved.order = order._replace(
            case_text=change.case_text, status=change.status, journal_sequence=head.sequence, journal_hash=head.hash, ended_at=ended_at
        )
        moved.moves = []
        return change

    def _stored_alike(self, writes: Rows, moved: Moved, move: Move, before: Case, after: Case) -> str:
        """The entry's text and the rows of a move that many orders make, rendered once for all whose items go to the same people."""
        key = likeness(move)
        known = self._plain.get(key)
        if known is None:
            by_load = any(True for _ in _going(moved.program, move, after))
            timed = self._timed(moved, move, before)
            known = self._plain[key] = Plain(timed if by_load else self._given(timed, moved.program, after), by_load)
        assigned = self._people.give(moved.program, after, move.turn.opened, now=self._now) if known.by_load else known.move.assigned
        rendered = known.rendered.get(assigned)
        if rendered is None:
            rendered = known.rendered[assigned] = self._render(moved, known.move.given_to(assigned), before, after)
        order, chosen = moved.order, self._people.chosen if known.by_load else NOBODY
        writes.closed += [(order.id, item, state) for item, state in rendered.closed]
        for item, rest, columns in rendered.opened:
            writes.opened.append((order.id, order.number + rest, *columns, chosen.get(item, "")))
        return rendered.text.with_facts(move.facts)

    def _render(self, moved: Moved, whole: Move, before: Case, after: Case) -> Rendered:
        rows = Rows(self._now)
        self._rows(rows, moved, whole, before, after)
        text = payload_text(whole, {"standard": moved.program.hash})
        number = moved.order.number
        opened = zip(whole.turn.opened, rows.opened, strict=True)
        opening = tuple((item.key, row[1].removeprefix(number), row[2:-1]) for item, row in opened)
        return Rendered(text, tuple((item, state) for _, item, state in rows.closed), opening)

    # --- times and people ---------------------------------------------------------------------------------------------

    def _timed(self, moved: Moved, move: Move, before: Case) -> Move:
        turn = move.turn
        if turn.act in TIMED_ANEW or turn.held or before.holds:
            return schedule(moved.program, before, move, now=self._now, holidays=HOLIDAYS, clocks=self.clocks.get(moved.order.id, {}))
        if not turn.opened:
            return move
        key = (moved.program.hash, turn.opened)
        timing = self._timings.get(key)
        if timing is None:
            timing = self._timings[key] = schedule(moved.program, before, move, now=self._now, holidays=HOLIDAYS).timing
        return move.timed(timing)

    def _given(self, move: Move, program: Program, after: Case) -> Move:
        items = going(after, move)
        if not items:
            return move
        return move.given_to(self._people.give(program, after, items, now=self._now, by_system=move.turn.act != "wait"))

    # --- rows -----------------------------------------------------------------------------------------------------------

    def _rows(self, writes: Rows, moved: Moved, move: Move, before: Case, after: Case) -> None:
        if moved.migration is not None:
            writes.replaced.update(moved.migration.rows)
            return
        order_id = moved.order.id
        timing = {timing.item: timing for timing in move.timing}
        given = {assigned.item: assigned for assigned in move.assigned}
        for closed in move.turn.closed:
            writes.closed.append((order_id, closed.item, "withdrawn" if closed.how in GONE else "done"))
        for item in move.turn.opened:
            writes.opened.append(self._item_row(moved, item, timing.pop(item.key, None), given.pop(item.key, None), held=after.held))
        for key, waiting in move.turn.waiting:
            writes.change(order_id, key, waiting=waiting[:200], waiting_reason=move.reason[:500] if waiting else "")
            if waiting and move.act == "sign":  # all have signed, an automatic criterion is missing: the system looks again
                writes.change(order_id, key, by_system=True, act="")
        for key, assigned in given.items():
            responsible = self._people.id_of(assigned.responsible)
            reason = "" if responsible else assigned.reason[:200]
            claimed, because = move.act in ("claim", "delegate"), self._because(assigned)
            writes.change(order_id, key, responsible=responsible, unassigned_reason=reason, claimed=claimed, **because)
            if not responsible and move.act == "wait":
                writes.change(order_id, key, next_alarm_at=self._now)
        if move.act == "escalate" and move.turn.item is not None:
            self._alarm_row(writes, order_id, move.turn.item, move.level)
        if after.holds != before.holds:
            self._hold_rows(writes, moved, move, before, after)
        for key, timed in timing.items():
            paused = self._paused(moved, key, ended=not after.held)
            fired = self.fired.get((order_id, key), 0)
            writes.change(order_id, key, held_since=self._now if after.held else None, paused_minutes=paused, **times_of(timed, fired))

    def _alarm_row(self, writes: Rows, order_id: int, key: ItemKey, level: int) -> None:
        """One alarm more has fired (level 0: nobody had the item, which is no share of its time)."""
        fired = self.fired[order_id, key] = self.fired.get((order_id, key), 0) + (1 if level else 0)
        calls = self.clocks[order_id][key].calls
        writes.change(order_id, key, alarms_fired=fired, next_alarm_at=calls[fired][1] if fired < len(calls) else None)

    def _item_row(self, moved: Moved, item: OpenItem, timing: Timing | None, given: Assigned | None, *, held: bool) -> tuple[Any, ...]:
        stage = moved.program.stage(item.stage)
        place = f"{moved.order.number}{PLACE_SEPARATOR}{item.place}" if item.place else moved.order.number
        works = item.kind in replay.WITH_RUN
        responsible = self._people.id_of(given.responsible) if given else None
        reason = given.reason[:200] if given and not responsible else ""
        times = times_of(timing, 0)
        if not responsible and not (works and stage.runs == "system"):
            times["next_alarm_at"] = self._now  # nobody found: the next sweep escalates
        return (
            *(moved.order.id, place, item.stage, PLACE_SEPARATOR.join(item.path), item.kind, item.opened, item.run),
            *((stage.does or "") if works else "", works and stage.runs == "system", item.role, responsible, reason, False, "open"),
            *(self._now, None, times["due_at"], times["provisional"], times["next_alarm_at"], times["alarms"], 0),
            *(self._now if held else None, work_minutes(stage), 0, item.waiting[:200], ""),
            *(self._because(given).values() if given else ("", "")),
        )

    def _because(self, given: Assigned) -> dict[str, str]:
        """For whom somebody stands in, and the load by which they were chosen."""
        return {"stands_in_for": given.stands_in_for, "given_because": self._people.chosen.get(given.item, "")}

    def _paused(self, moved: Moved, key: ItemKey, *, ended: bool) -> int:
        """Working minutes that holds have given back to an item; a lift adds the hold that ends now."""
        clock = self.clocks[moved.order.id][key]
        if clock.held_since is None or not ended:
            return clock.paused_minutes
        calendar = moved.program.standard.calendar_of(moved.program.stage(key.stage))
        return clock.paused_minutes + HOLIDAYS.working_time(calendar, moved.program.hash).elapsed(clock.held_since, self._now)

    def _hold_rows(self, writes: Rows, moved: Moved, move: Move, before: Case, after: Case) -> None:
        order_id = moved.order.id
        for hold in after.holds:
            if hold not in before.holds:
                said = (move.reason[:500], move.actor, self._now, move.hold_until, move.lifts_when)
                writes.holds.append((order_id, hold.type, hold.sequence, *said, ""))
        for hold in before.holds:
            if hold not in after.holds:
                writes.lifted.append((order_id, hold.sequence, move.actor, self._now))
        opened = {item.key for item in move.turn.opened}
        if after.held and not before.held:
            for item in after.items:
                if item.key not in opened:
                    writes.change(order_id, item.key, held_since=self._now, next_alarm_at=None)


def times_of(timing: Timing | None, fired: int) -> dict[str, Any]:
    """The columns of an item's times, so many of its calls having been made."""
    if timing is None or timing.due_at is None:
        return {"due_at": None, "provisional": False, "next_alarm_at": None, "alarms": ""}
    coming = timing.calls[fired][1] if fired < len(timing.calls) else None
    return {"due_at": timing.due_at, "provisional": timing.provisional, "next_alarm_at": coming, "alarms": _alarms(timing.calls)}


@lru_cache(maxsize=200)
def _alarms(calls: Calls) -> str:
    """Calls as the row keeps them; a batch opens its items at one moment."""
    return dumps([[percent, at.isoformat()] for percent, at in calls]) if calls else ""


def _going(program: Program, move: Move, after: Case) -> Iterator[OpenItem]:
    """The items that go to somebody now. What the system works by itself goes to nobody."""
    for item in move.turn.opened:
        if item.kind not in replay.WITH_RUN or program.stage(item.stage).runs != "system":
            yield item
    if move.turn.act == "wait" and move.turn.item is not None:
        waits = after.item(move.turn.item)
        assert waits is not None, "what waits is open"
        yield waits


class Rows:
    """Rows being collected: changed items merge by identity, so that no statement touches one of them twice."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.opened: list[tuple[Any, ...]] = []
        self.closed: list[tuple[int, ItemKey, str]] = []
        self.holds: list[tuple[Any, ...]] = []
        self.lifted: list[tuple[Any, ...]] = []
        self._changes: dict[tuple[int, ItemKey], dict[str, Any]] = {}
        self.replaced: dict[int, Mapping[str, Any]] = {}  # columns by id, of rows that get another identity

    def change(self, order_id: int, key: ItemKey, **columns: Any) -> None:
        """Set columns of an open item's row."""
        self._changes.setdefault((order_id, key), {}).update(columns)

    def writes(self) -> list[Write]:
        """All collected rows as writes: one update per set of columns, so their number does not depend on how many orders moved."""
        gone = []
        for order_id, key, state in self.closed:
            columns = self._changes.pop((order_id, key), None)
            if columns is None:
                gone.append((*_item_key(order_id, key), state, self._now))
            else:
                self._changes[order_id, key] = {**columns, "state": state, "closed_at": self._now}
        by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for (order_id, key), columns in self._changes.items():
            by_columns.setdefault(tuple(columns), []).append((*_item_key(order_id, key), *columns.values()))
        writes: list[Write] = [Update(WorkItem, ITEM_KEY, ("state", "closed_at"), gone)]
        writes += [Update(WorkItem, ITEM_KEY, names, rows) for names, rows in by_columns.items()]
        by_names: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for item_id, values in self.replaced.items():
            by_names.setdefault(tuple(values), []).append((item_id, *values.values()))
        writes += [Update(WorkItem, ("id",), names, rows) for names, rows in by_names.items()]
        writes.append(Update(Hold, ("order", "sequence"), ("lifted_by", "lifted_at"), self.lifted))
        hold = ("order", "type", "sequence", "reason", "placed_by", "placed_at", "expires_at", "lifts_when", "lifted_by")
        writes += [Insert(WorkItem, ITEM_COLUMNS, self.opened, after_updates=True), Insert(Hold, hold, self.holds)]
        return [write for write in writes if write.rows]


def _item_key(order_id: int, key: ItemKey) -> tuple[Any, ...]:
    stage, path, kind, opened = key
    return (order_id, stage, PLACE_SEPARATOR.join(path), kind, opened)


def _order_updates(changes: Sequence[OrderChange]) -> list[Update]:
    """The rows of orders; those that another version takes on name it."""
    staying = [_order_row(change) for change in changes if change.migrated_to is None]
    moving = [(*_order_row(change), change.migrated_to) for change in changes if change.migrated_to is not None]
    guard = ("journal_sequence",)
    return [Update(Order, ("id",), ORDER_SET, staying, guard), Update(Order, ("id",), (*ORDER_SET, "version"), moving, guard)]


def _order_row(change: OrderChange) -> tuple[Any, ...]:
    return (change.order_id, change.before, change.case_text, change.status, change.sequence, change.hash, change.ended_at)
