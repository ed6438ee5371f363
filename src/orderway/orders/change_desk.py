"""What acts that change orders have in common: orders before and after under their locks, what they find, what is taken back and written.

`changes` and `dividing` say what is wanted; this looks, refuses, undoes against the flow of the pinned standard and writes it down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers
from orderway.engine.case import Case, EachRun, OpenItem
from orderway.engine.move import Leftover as EngineLeftover
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import amendments, as_ordered, corrections, deliveries, exposure, ordered, rewriting, stages
from orderway.orders.amendments import Asked, Done, Found, Kind
from orderway.orders.as_ordered import DELIVERIES, Stood
from orderway.orders.locking import Opened
from orderway.orders.models import Delivery
from orderway.orders.ordered import OrderChange, Ordered
from orderway.orders.rewriting import Rewritten
from orderway.orders.session import Decide, Work
from orderway.orders.stages import LineChange

ZERO = Decimal(0)
CREDIT = "customer.credit_left"


class CreditExceeded(Refusal):
    """The order would become larger than the customer's credit, and no gate on its way back judges that."""

    code = "credit_exceeded"
    message = "With this change the order comes to {gross}, and the customer has {left} of credit left for it."
    remedy = "Have the limit raised or a payment made first, or change less."


class Changing:
    """Orders before and after a change, under their locks: what it finds, whether it may be, and what is written of it."""

    def __init__(self, work: Work, asked: Asked, kind: Kind, before: Mapping[int, Ordered], wished: Mapping[str, OrderChange]) -> None:
        self._work, self.asked, self._kind = work, asked, kind
        self._orders = {place: work.opened(place).order.id for place in wished}
        self.before = before
        self.after = {self._orders[place]: ordered.changed(before[self._orders[place]], wish) for place, wish in wished.items()}
        self.lines: dict[int, list[LineChange]] = {
            order: as_ordered.line_changes(before[order], after) for order, after in self.after.items()
        }
        self._found: dict[int, Found] = {}
        self._emptied: dict[int, tuple[int, ...]] = {}

    def refuse_unknown_error(self) -> None:
        """Refuse where the order's standard does not know the error that is corrected."""
        fault = self.asked.fault
        if fault is not None:
            refuse(self._work, {place: corrections.misfit(self._work.opened(place).program, fault) for place in self._work.places})

    def refuse_what_stages_object_to(self, places: Iterable[str]) -> None:
        """Ask the stages whether lines may lose so much while the rest of their order goes on."""
        orders = {self._orders[place]: place for place in places if any(one.lost for one in self.lines[self._orders[place]])}
        for order, said in stages.objections(list(orders), {order: self.lines[order] for order in orders}).items():
            if said.refusal is not None:
                self._work.refuse(orders[order], said.refusal)
            self._emptied[order] = said.emptied

    def withdraw_emptied(self) -> None:
        """Withdraw the deliveries that nothing is left of."""
        gone = [one for place in self._work.places for one in self._emptied.get(self._orders[place], ())]
        if gone:
            deliveries.close(gone, state=Delivery.State.WITHDRAWN)

    def refuse_what_met_another(self) -> None:
        """Look at what is touched; refuse where somebody else has been since, or another change waits."""
        places = self._work.places
        standing = [_stood(self._work.opened(place), None) for place in places]
        self._found = amendments.look(standing, self.lines)
        for place, refusal in amendments.met({place: self._orders[place] for place in places}, self._found, self.asked).items():
            self._work.refuse(place, refusal)

    def lock_credit(self) -> None:
        """Nobody else uses the customers' credit until this is written (RULES 34)."""
        exposure.lock_customers(sorted({self._work.opened(place).order.customer_id for place in self._work.places}))

    def beyond_credit(self) -> dict[str, Refusal | None]:
        """Orders that would grow beyond their customer's credit and that no gate on the way back judges."""
        growing = {place: order for place, order in self._growing().items() if not judges_credit(self._work.opened(place).program)}
        left = exposure.credit_without(list(growing.values())) if growing else {}
        found: dict[str, Refusal | None] = {}
        for place, order in growing.items():
            may, due = left[order], self.after[order].gross
            found[place] = CreditExceeded(gross=f"{due:.2f}", left=f"{may:.2f}") if may is not None and due > may else None
        return found

    def _growing(self) -> dict[str, int]:
        orders = {place: self._orders[place] for place in self._work.places}
        return {place: order for place, order in orders.items() if self.after[order].gross > self.before[order].gross}

    def write(self, *, ended: frozenset[int] = frozenset(), parts: Iterable[str] = (), others: Mapping[str, int] | None = None) -> None:
        """Rows, ledger, exposure and the documents of everything that was not refused.

        `others`: the orders that were divided off; what they take along of the exposure is moved by the caller.
        """
        work, some = self._work, {self._orders[place] for place in parts}
        changes = [
            Rewritten(self.before[order], self.after[order], place, order in ended)
            for place in work.places
            for order in [self._orders[place]]
        ]
        judged = frozenset(self._orders[place] for place in work.places if judges_credit(work.opened(place).program))
        rewriting.write(changes, editor=work.actor.key, now=work.now)
        if others is None:
            rewriting.book_exposure(changes, ended=ended, judged=judged, now=work.now)
        documents = [
            Done(
                Kind.PART if one.after.order_id in some else self._kind,
                one.before,
                one.after,
                self._found[one.after.order_id],
                ZERO if one.kept_total else one.after.total,
                (others or {}).get(one.reference),
            )
            for one in changes
        ]
        rows = amendments.file(documents, self.asked, actor=work.actor.key, now=work.now)
        going_on = [(row, cast("list[Mapping[str, object]]", row.differences)) for row in rows if row.order_id not in ended]
        revised = [stages.Revised(row.order_id, row.revision or 0, tuple(differences)) for row, differences in going_on]
        stages.revised(revised, actor=work.actor.key, now=work.now)
        if self.asked.fault is not None:
            faults = [(self._orders[place], _stands_at(work.opened(place)), self.asked.fault) for place in work.places]
            work.also(*corrections.writes(faults, actor=work.actor.key, now=work.now))


def _stands_at(opened: Opened) -> str:
    """The furthest stage that is open: an error that a change corrects was found there."""
    order = opened.program.order_of
    return max((item.stage for item in opened.case.items if item.kind == "stage"), key=lambda stage: order[stage])


def judges_credit(program: Program) -> bool:
    """Whether a change goes back to before a gate that asks what credit is left."""
    rule = program.standard.exceptions.change
    if rule is None:
        return False
    first = program.order_of[rule.back_to]
    for stage_id, at in program.order_of.items():
        gate = program.stage(stage_id).gate
        for criterion in gate.criteria if gate and at >= first else ():
            known = program.criteria.get((stage_id, criterion.id))
            if known and CREDIT in {
                *known.compiled.names,
                *(name for table in known.compiled.tables for name in program.tables[table].names),
            }:
                return True
    return False


def foreseen_moves(work: Work, decide: Decide) -> dict[str, Move]:
    """The moves as they would be, not made: they name the stages to undo and the runs that are withdrawn. Refuses where there is none."""
    return {place: move for place in work.places if (move := _foreseen_one(work, place, decide)) is not None}


def _foreseen_one(work: Work, place: str, decide: Decide) -> Move | None:
    seen: list[Move | None] = []

    def look(program: Program, case: Case, item: OpenItem, answers: Answers, actor: EngineActor) -> None:
        seen.append(decide(program, case, item, answers, actor))

    return seen[0] if work.move(place, look) else None


def standing(work: Work, foreseen: Mapping[str, Move], places: Iterable[str] | None = None) -> list[Stood]:
    """Where the orders of these places stand after the moves that were foreseen."""
    return [_stood(work.opened(place), foreseen.get(place)) for place in (foreseen if places is None else places)]


def _stood(opened: Opened, move: Move | None) -> Stood:
    return Stood(opened.order.id, opened.program, opened.case, move.turn if move else None)


def refuse(work: Work, refused: Mapping[str, Refusal | None]) -> None:
    """Turn these places away, as far as there is a reason."""
    for place, refusal in refused.items():
        if refusal is not None:
            work.refuse(place, refusal)


def undo(work: Work, undo: Mapping[str, tuple[str, ...]], lines: Mapping[int, Sequence[LineChange]]) -> Mapping[int, list[EngineLeftover]]:
    """Take back what lines lose; the same stages of one version in one call, so that statements do not grow with the orders."""
    leftovers: dict[int, list[EngineLeftover]] = {}
    for (program, stage_ids), places in _alike(work, undo).items():
        order_ids = [work.opened(place).order.id for place in places]
        for stage_id in stage_ids:
            take_back: Callable[..., Sequence[stages.Leftover]] | None = stages.undo_of(program.stage(stage_id).does or "")
            if take_back is None:
                continue
            for left in take_back(order_ids, {order: lines[order] for order in order_ids}, actor=work.actor, now=work.now):
                leftovers.setdefault(left.order_id, []).append(EngineLeftover(stage_id, (), left.text))
    return leftovers


def _alike(work: Work, undo: Mapping[str, tuple[str, ...]]) -> Mapping[tuple[Program, tuple[str, ...]], list[str]]:
    """The places that have the same stages of the same standard to undo."""
    groups: dict[tuple[Program, tuple[str, ...]], list[str]] = {}
    for place, stage_ids in undo.items():
        groups.setdefault((work.opened(place).program, stage_ids), []).append(place)
    return groups


def emptied(work: Work, places: Iterable[str]) -> dict[str, tuple[EachRun, ...]]:
    """The open runs of these orders whose delivery was withdrawn because nothing is left in it."""
    opened = {place: work.opened(place) for place in places}
    ids = {one.order.id for one in opened.values()}
    rows = Delivery.objects.filter(order_id__in=ids, state=Delivery.State.WITHDRAWN).values_list("order_id", "number") if ids else ()
    gone = {(order, str(number)) for order, number in rows}
    return {
        place: tuple(
            run
            for run, state in sorted(one.case.each_runs.items())
            if state == "open" and one.program.each_of[run.name].list == DELIVERIES and (one.order.id, run.key) in gone
        )
        for place, one in opened.items()
    }


# --- who may change, and where it goes back to ---------------------------------------------------------------------------------------


def changers(opened: Opened) -> Sequence[str]:
    """The roles that the standard names for a change."""
    rule = opened.program.standard.exceptions.change
    return rule.by if rule else ()


def going_back(reason: str) -> Decide:
    """The engine's change: what has not passed goes back."""
    return lambda program, case, _item, answers, actor: advance.change(program, case, answers, reason=reason, actor=actor)


def behind(opened: Opened) -> tuple[str, ...]:
    """The stages that a change takes back: those that ran, at or behind where it goes back to; last first."""
    rule = opened.program.standard.exceptions.change
    assert rule is not None, "the engine has refused a change that the standard does not know"
    first = opened.program.order_of[rule.back_to]
    ran = {stage for stage, _ in opened.case.runs if opened.program.order_of.get(stage, -1) >= first}
    return tuple(sorted(ran, key=lambda stage: -opened.program.order_of[stage]))
