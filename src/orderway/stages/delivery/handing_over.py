"""Handing over: goods leave for the customer, with the proof of it. What the customer does not take is back on its shelf at once
and due with the next delivery, in the same act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from orderway import sets
from orderway.engine.refusals import Refusal
from orderway.orders import deliveries, exposure, line_ledger
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.exposure import Amount
from orderway.orders.line_ledger import Booking
from orderway.orders.models import Delivery, DeliveryLine, ExposureMove, LineMove
from orderway.orders.stages import LineChange
from orderway.orders.work import Work, working_on
from orderway.stages.delivery import papers, planning, queries, rules, runs, undoing
from orderway.stages.delivery.models import HandOver, Pick
from orderway.stages.delivery.policy import policy
from orderway.stages.delivery.queries import Line, StandingDelivery
from orderway.stages.delivery.refusals import MoreKeptThanBrought, NothingPicked, RefusalNeedsReason, UnknownLine
from orderway.stages.delivery.rules import ZERO, Handed, LineId
from orderway.stages.delivery.runs import Rest
from orderway.stages.stock import actions as stock
from orderway.stages.stock.rules import Draw, Need
from orderway.stages.supply import actions as supply

ACT = "delivery.hand_over"
PROOF_COLUMNS = ("delivery", "outcome", "signed_by", "damaged", "note", "actor", "at")


@dataclass(frozen=True, slots=True)
class Proof:
    """How a delivery went. `kept`: quantities by order position that the customer took, None for everything, empty for nothing.

    `signed_by`: who signed. `damaged`: goods arrived damaged and were taken nevertheless. `note`: what was said; needed for a refusal.
    """

    signed_by: str = ""
    damaged: bool = False
    note: str = ""
    kept: Mapping[int, Decimal] | None = None


def hand_over(
    places: Sequence[str],
    proofs: Mapping[str, Proof] | None = None,
    *,
    brings: Mapping[str, Completion] | None = None,
    actor: Actor,
    now: datetime,
) -> Mapping[str, Refusal]:
    """Hand these deliveries over: stock leaves, the ledgers say shipped and delivered, the proof is kept.

    What the customer refuses begins the next delivery; a delivery of which nothing was taken is withdrawn and another takes its place.
    """
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        counter = _Counter(work, runs.deliveries_at(work), proofs or {})
        counter.judge()
        counter.ship()
        counter.plan_rests()
        work.complete(places=counter.end())
    return work.refused


class _Counter:
    """The hand-over of n deliveries."""

    def __init__(self, work: Work, at: Mapping[str, Sequence[StandingDelivery]], proofs: Mapping[str, Proof]) -> None:
        self._work, self._at, self._proofs = work, at, proofs
        self._lines: dict[LineId, Line] = {line.line: line for line in queries.lines_of(work.order_ids)} if work.places else {}
        self._handed: dict[str, list[tuple[StandingDelivery, list[Handed]]]] = {}

    def proof(self, place: str) -> Proof:
        """What was said about a place; nothing said means that all went well."""
        return self._proofs.get(place, Proof())

    # --- judging --------------------------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Say of every line who has it now; places where that cannot be are refused."""
        for place in self._work.places:
            refusal = self._strange(place)
            handed: list[tuple[StandingDelivery, list[Handed]]] = []
            for delivery in self._at[place]:
                rows = rules.hand_over(delivery.picked_quantities(), self._kept(place, delivery))
                refusal = refusal or (MoreKeptThanBrought(field="kept", place=place) if rows is None else None)
                handed.append((delivery, rows or []))
            if refusal is not None:
                self._work.refuse(place, refusal)
            elif not _some(handed, "back") or runs.can_add(self._work, place):
                self._handed[place] = handed

    def _strange(self, place: str) -> Refusal | None:
        proof = self.proof(place)
        if not any(delivery.picked for delivery in self._at[place]):
            return NothingPicked(place=place)
        positions = {line.position for delivery in self._at[place] for line in delivery.lines}
        unknown = [position for position in proof.kept or () if position not in positions]
        if unknown:
            return UnknownLine(field="kept", place=place, line=unknown[0])
        if proof.kept is not None and not any(proof.kept.values()) and not proof.note.strip():
            return RefusalNeedsReason(field="note")
        return None

    def _kept(self, place: str, delivery: StandingDelivery) -> dict[LineId, Decimal] | None:
        kept = self.proof(place).kept
        if kept is None:
            return None
        return {line.line: kept.get(line.position, ZERO) for line in delivery.lines}

    # --- goods ------------------------------------------------------------------------------------------------------------------

    def ship(self) -> None:
        """Let the goods leave and put back what the customer did not take; write ledgers, proofs and papers."""
        work = self._work
        draws = [
            Draw(one.line, one.kept, delivery.id, place=place, reference=place)
            for place, delivery, one in self._each("kept")
            if self._lines[one.line].stocked
        ]
        if draws:
            touched_again = any(_some(handed, "back") for handed in self._handed.values()) or bool(self._closed_short)
            beside = {} if touched_again else {"store": work.also}
            left = stock.ship_reserved(draws, actor=work.actor, now=work.now, **beside)
            if any(left[draw] != draw.quantity for draw in draws):
                raise AssertionError("what is picked lies reserved until it is handed over")
        back = [
            Draw(one.line, one.back, delivery.id, place=place)
            for place, delivery, one in self._each("back")
            if self._lines[one.line].stocked
        ]
        if back:
            stock.put_back(back, actor=work.actor, now=work.now)
        self._note_picks()
        self._book_ledgers()
        proofs = [self._proof_row(place, delivery, rows) for place, handed in self._handed.items() for delivery, rows in handed]
        work.also(sets.Insert(HandOver, PROOF_COLUMNS, proofs))
        work.also(
            *papers.writes(work, {place: self._paper_lines(place) for place, handed in self._handed.items() if _some(handed, "kept")})
        )

    def _each(self, part: str) -> list[tuple[str, StandingDelivery, Handed]]:
        """What was kept or came back, line by line."""
        return [
            (place, delivery, one)
            for place, handed in self._handed.items()
            for delivery, rows in handed
            for one in rows
            if getattr(one, part)
        ]

    def _note_picks(self) -> None:
        rows = [
            (delivery.id, one.line, one.kept, one.back) for handed in self._handed.values() for delivery, rows in handed for one in rows
        ]
        # A pick leaves once: the guard finds no row if somebody else has handed it over in between.
        columns = ("handed_over", "put_back")
        changed = [(delivery, line, ZERO, ZERO, kept, back) for delivery, line, kept, back in rows]
        self._work.also(sets.Update(Pick, ("delivery", "line"), columns, changed, guard=columns))

    def _book_ledgers(self) -> None:
        services = [
            Booking(one.line, LineMove.Kind.SHIPPED, one.kept, place=place, reference=place)
            for place, _, one in self._each("kept")
            if not self._lines[one.line].stocked
        ]
        closed = [Booking(line, LineMove.Kind.CANCELLED, rest, place=place, reference=place) for place, line, rest in self._closed_short]
        self._work.also(*line_ledger.writes([*services, *closed], now=self._work.now))
        delivered: dict[tuple[str, int, int], Decimal] = defaultdict(lambda: ZERO)
        for place, _, one in self._each("kept"):
            line = self._lines[one.line]
            delivered[place, line.customer_id, line.order_id] += _gross(line, one.kept)
        amounts = [
            Amount(customer, ExposureMove.Kind.DELIVERED, rules.to_cents(amount), order_id, place)
            for (place, customer, order_id), amount in delivered.items()
        ]
        self._work.also(*exposure.writes(amounts, now=self._work.now))

    @cached_property
    def _closed_short(self) -> list[tuple[str, LineId, Decimal]]:
        """Lines that the customer accepts as complete although a rest is missing (RULES 22); not while more of them is picked elsewhere."""
        if not policy().under_percent:
            return []
        kept: dict[tuple[str, LineId], Decimal] = defaultdict(lambda: ZERO)
        for place, _, one in self._each("kept"):
            kept[place, one.line] += one.kept
        here = {delivery.id for at in self._at.values() for delivery in at}
        known = queries.deliveries_of(self._work.order_ids).values()
        coming = {line for at in known for one in at if one.is_open and one.id not in here for line in one.picked_quantities()}
        rests = []
        for (place, number), quantity in kept.items():
            line = self._lines[number]
            rest = rules.rest_to_close(line.ordered, line.cancelled, line.shipped + quantity, policy())
            rests += [(place, number, rest)] if rest and number not in coming else []
        return rests

    def _proof_row(self, place: str, delivery: StandingDelivery, rows: Sequence[Handed]) -> tuple[object, ...]:
        proof = self.proof(place)
        outcome = HandOver.Outcome.DELIVERED if any(one.kept for one in rows) else HandOver.Outcome.REFUSED
        return (delivery.id, outcome, proof.signed_by, proof.damaged, proof.note, self._work.actor.key, self._work.now)

    def _paper_lines(self, place: str) -> list[papers.PaperLine]:
        return [
            papers.PaperLine(self._lines[one.line].position, self._lines[one.line].sku, one.kept)
            for _, rows in self._handed[place]
            for one in rows
            if one.kept
        ]

    # --- what is left ---------------------------------------------------------------------------------------------------------

    def plan_rests(self) -> None:
        """Begin the next delivery for what came back, with its goods reserved again; end lines that the customer accepts as complete."""
        closed = {(place, line): rest for place, line, rest in self._closed_short}
        rests: dict[str, list[Rest]] = defaultdict(list)
        for place, _, one in self._each("back"):
            accepted = min(one.back, closed.get((place, one.line), ZERO))
            if accepted:
                closed[place, one.line] -= accepted
            rests[place] += [Rest(one.line, one.back - accepted, "stock")] if one.back > accepted else []
        made = runs.add_next(self._work, {place: rows for place, rows in rests.items() if rows})
        needs = [
            Need(one.line, self._lines[one.line].item_id, one.quantity, delivery.pk)
            for place, delivery in made.items()
            for one in rests[place]
            if self._lines[one.line].stocked
        ]
        if needs:
            stock.reserve_for(needs, actor=self._work.actor, now=self._work.now)
        self._shrink()
        self._end_lines({key: rest for key, rest in closed.items() if rest})

    def _end_lines(self, closed: Mapping[tuple[str, LineId], Decimal]) -> None:
        """Take what a complete line no longer needs out of the deliveries still to come; those left empty are withdrawn with their runs."""
        work = self._work
        changes: dict[int, list[LineChange]] = defaultdict(list)
        for (place, line), rest in closed.items():
            changes[work.opened(place).order.id].append(LineChange(line, rest, ZERO))
        if not changes:
            return
        for take_back in (supply.undo_production, supply.undo_purchase):
            for left in take_back(list(changes), changes, actor=work.actor, now=work.now):
                planning.leave(work, next(place for place, _ in closed if work.opened(place).order.id == left.order_id), [left])
        open_before = {one.id for at in queries.deliveries_of(list(changes)).values() for one in at if one.is_open}
        undoing.undo_plan(list(changes), changes, actor=work.actor, now=work.now)
        stock.undo(list(changes), changes, actor=work.actor, now=work.now)
        for order_id, at in queries.deliveries_of(list(changes)).items():
            gone = [str(one.number) for one in at if one.id in open_before and not one.is_open]
            place = next(place for place, _ in closed if work.opened(place).order.id == order_id)
            if gone:
                work.withdraw_runs(place, runs.word(work, place), gone, reason="the line is complete within its tolerance")

    def _shrink(self) -> None:
        """A delivery carried what was kept of it."""
        shrunk = [
            row
            for handed in self._handed.values()
            for delivery, rows in handed
            if any(one.back for one in rows)
            for row in runs.carries(delivery, {one.line: one.kept for one in rows})
        ]
        sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), shrunk)])

    def end(self) -> list[str]:
        """Close the deliveries; withdraw the runs of those of which nothing was taken. Gives the places that are completed."""
        done = [delivery.id for handed in self._handed.values() for delivery, rows in handed if any(one.kept for one in rows)]
        refused = {
            place: [delivery for delivery, rows in handed if not any(one.kept for one in rows)] for place, handed in self._handed.items()
        }
        gone = [delivery.id for rows in refused.values() for delivery in rows]
        self._work.also(
            sets.Update(Delivery, ("id",), ("state",), [(pk, Delivery.State.OPEN, Delivery.State.DONE) for pk in done], guard=("state",))
        )
        if gone:
            deliveries.close(gone, state=Delivery.State.WITHDRAWN)
        completed = []
        for place, handed in self._handed.items():
            if len(refused[place]) == len(handed) and runs.word(self._work, place):
                reason = self.proof(place).note
                self._work.withdraw_runs(place, runs.word(self._work, place), [str(one.number) for one in refused[place]], reason=reason)
            elif place not in self._work.refused:
                completed.append(place)
        return completed


def _some(handed: Sequence[tuple[StandingDelivery, Sequence[Handed]]], part: str) -> bool:
    return any(getattr(one, part) for _, rows in handed for one in rows)


def _gross(line: Line, quantity: Decimal) -> Decimal:
    """What a part of a line comes to with tax, not rounded."""
    share = line.amount * quantity / line.quantity * (rules.HUNDRED - line.order_discount) / rules.HUNDRED
    return share if line.tax_included else share * (rules.HUNDRED + line.tax_rate) / rules.HUNDRED
