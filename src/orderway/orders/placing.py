"""Inserts n orders: rows, lines, ledger, journal and first work items in one transaction. Validates no price and no customer; capture does.

A natural key (channel, customer, purchase order) that is known gives back the first order (RULES 36).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction

from orderway import sets
from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import FactAnswers
from orderway.engine.case import UNOPENED
from orderway.engine.refusals import Refusal
from orderway.masterdata import rights
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.assigning import People
from orderway.orders.facts import Facts
from orderway.orders.keeping import around
from orderway.orders.locking import LockedOrder
from orderway.orders.models import LineMove, Order, OrderLine
from orderway.orders.refusals import NoLines, NotAllowed, PurchaseOrderExists
from orderway.orders.storing import ORDER_SET, OrderChange, Rows, Store
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.sets.running import on_postgresql

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line to be ordered. `amount` None: quantity x price less discount, with all decimals."""

    item_id: int
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    amount: Decimal | None = None
    requested_on: date | None = None
    external_reference: str = ""

    @property
    def net(self) -> Decimal:
        """The line's amount without tax."""
        if self.amount is not None:
            return self.amount
        return self.quantity * self.unit_price * (100 - self.discount_percent) / 100


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order to be placed: everything checked already. `version`: which version it is pinned to. `total` None: sum of the lines."""

    version: Version
    customer_id: int
    currency: str
    lines: tuple[LineDraft, ...]
    ordered_at: datetime
    channel: str = "form"
    customer_po: str = ""
    owner_id: int | None = None
    requested_on: date | None = None
    promised_on: date | None = None
    total: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    note: str = ""
    as_history: bool = False

    @property
    def po_key(self) -> str:
        """The purchase order number as it is compared: NFKC, trimmed, without case."""
        return unicodedata.normalize("NFKC", self.customer_po).strip().strip("-").strip().casefold()[:80]

    @property
    def content_hash(self) -> str:
        """What the customer ordered, as a hash: the same content under the same number is the same order."""
        parts = [f"{self.customer_id}\n{self.currency}\n{self.requested_on or ''}"]
        parts += [
            f"{line.item_id}|{line.quantity.normalize():f}|{line.unit_price.normalize():f}|{line.discount_percent.normalize():f}"
            for line in self.lines
        ]
        return sha256("\n".join(parts).encode()).hexdigest()

    @property
    def order_total(self) -> Decimal:
        """The order's amount: half-up to cents, over all lines at once."""
        total = sum((line.net for line in self.lines), Decimal(0)) if self.total is None else self.total
        return total.quantize(CENT, ROUND_HALF_UP)


@dataclass(slots=True)
class Placed:
    """What became of the drafts, by their index: new numbers, numbers of orders that were there already, and refusals."""

    numbers: dict[int, str] = field(default_factory=dict)
    unchanged: dict[int, str] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


def place_orders(drafts: Sequence[OrderDraft], *, actor: Actor, now: datetime) -> Placed:
    """Place n orders: rows, lines, "ordered" moves, opened cases with their first work items, and journals; in one transaction.

    A draft that is refused does not disturb the others. Two racing requests with one purchase order number give one order.
    """
    if around() is not None:  # the request as a whole is tried again
        return _placed(drafts, actor=actor, now=now)
    try:
        with transaction.atomic():
            return _placed(drafts, actor=actor, now=now)
    except IntegrityError as error:
        if "order_once_per_customer_po" not in str(error) and "po_key" not in str(error):
            raise
        with transaction.atomic():  # somebody else has just placed one of them: now it is found
            return _placed(drafts, actor=actor, now=now)


def _placed(drafts: Sequence[OrderDraft], *, actor: Actor, now: datetime) -> Placed:
    placed = Placed()
    if not actor.is_system and not rights.allows({*actor.duties, *({Duty.READER} if actor.person_id else ())}, "order.place"):
        refusal = NotAllowed(actor=actor.key, act="order.place", place="a new order", who=["whoever works here"])
        placed.refused = dict.fromkeys(range(len(drafts)), refusal)
        return placed
    _sort_out_known(drafts, placed)
    fresh = {index: draft for index, draft in enumerate(drafts) if index not in placed.unchanged and index not in placed.refused}
    if fresh:
        _Placing(fresh, placed, actor=actor, now=now).run()
    return placed


def _sort_out_known(drafts: Sequence[OrderDraft], placed: Placed) -> None:
    """Drafts without lines, and those whose purchase order is known already: in the database or earlier among the drafts."""
    keyed = {index: (draft.channel, draft.customer_id, draft.po_key) for index, draft in enumerate(drafts) if draft.po_key}
    known: dict[tuple[str, int, str], tuple[str, str]] = {}
    if keyed:
        channels, customers, keys = zip(*dict.fromkeys(keyed.values()), strict=True)
        rows = sets.select(
            "orders.same_purchase_orders",
            channels=sets.Many("text", channels),
            customers=sets.Many("int8", customers),
            keys=sets.Many("text", keys),
        )
        known = {(channel, customer, key): (number, hash_) for channel, customer, key, number, hash_ in rows}
    for index, draft in enumerate(drafts):
        if not draft.lines:
            placed.refused[index] = NoLines(field="lines")
        elif index in keyed and keyed[index] in known:
            number, hash_ = known[keyed[index]]
            if hash_ == draft.content_hash:
                placed.unchanged[index] = number
            else:
                placed.refused[index] = PurchaseOrderExists(purchase_order=draft.customer_po, number=number)
        elif index in keyed:
            known[keyed[index]] = (f"row {index + 1} of the same batch", draft.content_hash)


class _Placing:
    """One batch of new orders on its way into the tables."""

    def __init__(self, drafts: Mapping[int, OrderDraft], placed: Placed, *, actor: Actor, now: datetime) -> None:
        self._drafts = drafts
        self._placed = placed
        self._actor = actor
        self._now = now
        self._inserted: set[int] = set()
        self._orders: dict[int, tuple[LockedOrder, OrderDraft]] = {}
        self._lines: dict[int, list[int]] = {}

    def run(self) -> None:
        people = People("place")
        self._number(people)
        store = Store(now=self._now, people=people)
        facts = Facts([order.id for order, _ in self._orders.values()], self._insert_first)
        engine_actor = EngineActor(self._actor.key, self._actor.acting_for or "")
        for index, (order, draft) in list(self._orders.items()):
            program = program_of(draft.version.pk, draft.version.content_hash)
            moved = store.begin(order, program, UNOPENED)
            try:
                move = advance.open_case(program, FactAnswers(program, facts.of(program, order.id)), actor=engine_actor)
            except Refusal as refusal:
                self._placed.refused[index] = refusal
                continue
            store.add(moved, move)
            self._placed.numbers[index] = order.number
        self._store(store)

    def _number(self, people: People) -> None:
        orders, lines = len(self._drafts), sum(len(draft.lines) for draft in self._drafts.values())
        order_ids, line_ids = take_ids(orders, lines, people, self._now)
        taken = iter(line_ids)
        for (index, draft), order_id in zip(self._drafts.items(), order_ids, strict=True):
            number = f"SO-{draft.ordered_at.year}-{order_id:05d}"
            version = draft.version
            row = (
                order_id,
                number,
                version.pk,
                version.content_hash,
                draft.customer_id,
                draft.owner_id,
                "open",
                "",
                0,
                "",
                self._actor.key,
            )
            self._orders[index] = (LockedOrder(*row, "", draft.as_history, None), draft)
            self._lines[order_id] = [next(taken) for _ in draft.lines]

    def _insert_first(self) -> None:
        """Facts are asked about orders that are not stored yet: store them now, still without their case."""
        missing = {index: pair for index, pair in self._orders.items() if index not in self._inserted}
        if missing:
            empty = [OrderChange(order.id, 0, "", "open", 0, "", None) for order, _ in missing.values()]
            sets.store(self._order_writes(missing, empty))
            self._inserted.update(missing)

    def _store(self, store: Store) -> None:
        rows = Rows(self._now)
        changes, entries = store.built(rows)
        refused = {index for index in self._orders if index in self._placed.refused}
        if self._inserted:
            assert not refused - self._inserted, "facts are asked for all orders of a batch or for none"
            updates = [
                (change.order_id, 0, change.case_text, change.status, change.sequence, change.hash, change.ended_at) for change in changes
            ]
            writes: list[sets.writing.Write] = [sets.Update(Order, ("id",), ORDER_SET, updates, ("journal_sequence",))]
            self._remove([self._orders[index][0].id for index in refused])
        else:
            writes = self._order_writes({index: pair for index, pair in self._orders.items() if index not in refused}, changes)
        request = around()
        if request is not None:
            for moved in store.moved:
                request.leaves(moved.order.number, moved.program, moved.case)
        store.write([*writes, *rows.writes()], entries, last=True)

    @staticmethod
    def _remove(order_ids: Sequence[int]) -> None:
        """Orders that were stored only so that facts could be asked, and then refused, never existed."""
        if order_ids:
            LineMove.objects.filter(line__order_id__in=order_ids).delete()
            OrderLine.objects.filter(order_id__in=order_ids).delete()
            Order.objects.filter(pk__in=order_ids).delete()

    def _order_writes(
        self, chosen: Mapping[int, tuple[LockedOrder, OrderDraft]], changes: Sequence[OrderChange]
    ) -> list[sets.writing.Write]:
        by_order = {change.order_id: change for change in changes}
        orders, lines, moves = [], [], []
        for order, draft in chosen.values():
            orders.append(self._order_row(order, draft, by_order[order.id]))
            for position, (line_id, line) in enumerate(zip(self._lines[order.id], draft.lines, strict=True), start=1):
                priced = (line.quantity, line.unit_price, line.discount_percent, line.tax_rate, line.net)
                lines.append((line_id, order.id, position, line.item_id, *priced, line.requested_on, line.external_reference))
                moves.append((line_id, "ordered", line.quantity, line.net, order.number, order.number, self._now))
        return [
            sets.Insert(Order, ORDER_COLUMNS, orders),
            sets.Insert(OrderLine, LINE_COLUMNS, lines),
            sets.Insert(LineMove, ("line", "kind", "quantity", "amount", "place", "reference", "at"), moves),
        ]

    def _order_row(self, order: LockedOrder, draft: OrderDraft, change: OrderChange) -> tuple[object, ...]:
        return (
            *(
                order.id,
                order.number,
                order.version_id,
                draft.customer_id,
                draft.channel,
                draft.customer_po,
                draft.po_key,
                draft.content_hash,
            ),
            *(draft.owner_id, draft.ordered_at, draft.requested_on, draft.promised_on, draft.currency, draft.order_total),
            *(draft.discount_percent, draft.note, draft.as_history, self._actor.key, self._now, ""),
            *(change.case_text, change.status, change.sequence, change.hash, change.ended_at),
        )


ORDER_COLUMNS = (
    *("id", "number", "version", "customer", "channel", "customer_po", "po_key", "content_hash", "owner", "ordered_at", "requested_on"),
    *("promised_on", "currency", "total", "discount_percent", "note", "as_history", "created_by", "created_at", "edited_by"),
    *ORDER_SET,
)
LINE_COLUMNS = (
    *("id", "order", "position", "item", "quantity", "unit_price", "discount_percent", "tax_rate", "amount", "requested_on"),
    "external_reference",
)


def take_ids(orders: int, lines: int, people: People, now: datetime) -> tuple[list[int], list[int]]:
    """Ids for n orders and m lines, so that everything that names them goes in one statement; it brings the expected people along."""
    given = {"orders": orders, "lines": lines} if on_postgresql() else {}
    rows = sets.select("orders.take_ids", **given, **people.expected(now))
    people.came([row for row in rows if row[0] not in ("order", "line")])
    if on_postgresql():
        return [row[1] for row in rows if row[0] == "order"], [row[1] for row in rows if row[0] == "line"]
    last = {row[0]: row[1] for row in rows if row[0] in ("order", "line")}
    return list(range(last["order"] + 1, last["order"] + 1 + orders)), list(range(last["line"] + 1, last["line"] + 1 + lines))
