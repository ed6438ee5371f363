"""What must never be false about orders (TRUST 3, 5 to 10, 12). Each check says how many things it looked at; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from orderway.engine import replay
from orderway.engine.case import PLACE_SEPARATOR, UNOPENED, Case, OpenItem
from orderway.journal.verify import Finding, register_information, register_invariant, tally
from orderway.orders import exposure, line_ledger
from orderway.orders.histories import History, histories
from orderway.orders.models import ExposureBalance, ExposureMove, Idempotency, Job, Order, OrderLine, WorkItem
from orderway.releases.models import Version
from orderway.sets.totals import Total
from orderway.standard.canonical import content_hash, from_canonical
from orderway.standard.values import UNKNOWN

CHUNK = 1_000
PASSING = frozenset({"true", "waived"})
ANY_RESULT = frozenset({*PASSING, "false", "unknown"})  # an advisory gate notes what it finds and lets pass
RESULTS = {"true": True, "false": False, "unknown": UNKNOWN}
SWEEPS = timedelta(seconds=60)  # two sweeps of the job "deadlines"


def register() -> None:
    """Let verify run them."""
    register_invariant(3, "lines", lines_add_up)
    register_invariant(4, "exposure balances", balances_match)
    register_invariant(5, "replay", journals_replay)
    register_invariant(6, "work items", work_items_match)
    register_invariant(7, "versions", versions_stand)
    register_invariant(8, "gates", gates_were_decided)
    register_invariant(9, "keys", keys_are_single)
    register_invariant(10, "deadlines", deadlines_fire)
    register_invariant(12, "totals", totals_reconcile)
    register_information("decisions", decide_again)


def lines_add_up() -> Finding:
    """Invariant 3: net = shipped - replaced <= ordered; replaced <= returned <= shipped; the line's quantity is what was ordered."""
    return tally(_line_faults())


def balances_match() -> Finding:
    """Invariant 4: what each customer owes altogether is what the exposure moves add up to."""
    return tally(_balance_faults())


def _balance_faults() -> Iterator[str | None]:
    moved: dict[int, Decimal] = {}
    rows = ExposureMove.objects.filter(kind__in=exposure.SIGNS).values_list("customer_id", "kind").annotate(Total("amount")).order_by()
    for customer, kind, amount in rows:
        moved[customer] = moved.get(customer, exposure.ZERO) + exposure.SIGNS[kind] * amount
    kept = dict(ExposureBalance.objects.values_list("customer_id", "exposed"))
    for customer in sorted(moved.keys() | kept.keys()):
        said, sum_ = kept.get(customer, 0), round(moved.get(customer, exposure.ZERO) * exposure.HUNDRED)
        yield None if said == sum_ else f"customer {customer}: the balance says {said} hundredths, the moves {sum_}"


def _line_faults() -> Iterator[str | None]:
    for order_ids in _chunks():
        quantities = {
            pk: (number, position, quantity)
            for pk, number, position, quantity in OrderLine.objects.filter(order_id__in=order_ids).values_list(
                "pk", "order__number", "position", "quantity"
            )
        }
        for line, sums in line_ledger.sums(list(quantities)).items():
            number, position, quantity = quantities[line]
            fault = _line_fault(sums, quantity)
            yield f"{number} line {position}: {fault}" if fault else None


def _plain(number: object) -> str:
    """A quantity without the zeros that one database writes and another does not."""
    return f"{Decimal(str(number)).normalize():f}"


def _line_fault(sums: line_ledger.Sums, quantity: object) -> str | None:
    ordered, cancelled = sums.quantity("ordered"), sums.quantity("cancelled")
    shipped, returned, replaced = sums.quantity("shipped"), sums.quantity("returned"), sums.quantity("replaced")
    if ordered != quantity:
        return f"the line says {_plain(quantity)}, its moves {_plain(ordered)}"
    if not 0 <= cancelled <= ordered:
        return f"{cancelled} of {ordered} cancelled"
    if sums.net_shipped > ordered - cancelled:
        return f"{sums.net_shipped} shipped of {ordered - cancelled}"
    if not 0 <= replaced <= returned <= shipped:
        return f"replaced {replaced}, returned {returned}, shipped {shipped}"
    return None


def journals_replay() -> Finding:
    """Invariants 5 and 7: replaying an order's journal gives the stored case, byte for byte, the stored head, and the version."""
    return tally(_replay_fault(history) for history in histories())


def _replay_fault(history: History) -> str | None:
    order = history.order
    if not history.moves:
        return f"{order.number} has no journal"
    if replay.replay(history.moves).to_text() != order.case_text:
        return f"{order.number}: its journal gives another case"
    if (history.head.sequence, history.head.hash) != (order.journal_sequence, order.journal_hash):
        return f"{order.number}: its journal ends elsewhere"
    if history.programs[-1].hash != order.version.content_hash:
        return f"{order.number}: its journal goes on by another version than it is pinned to"
    return None if Case.from_text(order.case_text).status == order.status else f"{order.number}: status and case differ"


def work_items_match() -> Finding:
    """Invariant 6: open work items are the case's open items; each has somebody (or a reason) and a deadline (or a hold)."""
    return tally(_item_faults())


def _item_faults() -> Iterator[str | None]:
    for order_ids in _chunks():
        rows: dict[int, list[WorkItem]] = {}
        for row in WorkItem.objects.filter(order_id__in=order_ids, state=WorkItem.State.OPEN):
            rows.setdefault(row.order_id, []).append(row)
        for pk, number, text in Order.objects.filter(pk__in=order_ids).values_list("pk", "number", "case_text"):
            fault = _items_fault(Case.from_text(text), rows.get(pk, []))
            yield f"{number}: {fault}" if fault else None


def _items_fault(case: Case, rows: list[WorkItem]) -> str | None:
    in_rows = sorted((row.stage, row.path, row.kind, row.opened_sequence, row.run, row.role, row.waiting) for row in rows)
    if in_rows != sorted(map(_as_row, case.items)):
        return "its open work items are not those of its case"
    for row in rows:
        if row.responsible_id is None and not row.unassigned_reason:
            return f"{row.stage} has nobody and no reason"
        if row.due_at is None and row.held_since is None:
            return f"{row.stage} has no deadline"
    return None


def _as_row(item: OpenItem) -> tuple[str, str, str, int, int, str, str]:
    return (item.stage, PLACE_SEPARATOR.join(item.path), item.kind, item.opened, item.run, item.role, item.waiting[:200])


def versions_stand() -> Finding:
    """Invariant 7: the hash of every version is that of its document, and what orders are pinned to was approved (`journals_replay`
    looks whether their journals say so)."""
    return tally(_version_faults())


def _version_faults() -> Iterator[str | None]:
    for version in Version.objects.order_by("pk"):
        told = content_hash(from_canonical(version.document))
        yield None if told == version.content_hash else f"{version}: its document has another hash"
    pinned = Order.objects.exclude(version__status__in=[Version.Status.EFFECTIVE, Version.Status.RETIRED, Version.Status.APPROVED])
    yield from (f"{number} is pinned to a draft" for number in pinned.values_list("number", flat=True)[:CHUNK])


def gates_were_decided() -> Finding:
    """Invariant 8: every passage of a gate has its criteria judged or waived, and no maker checked where the standard bars it."""
    return tally(fault for history in histories() for fault in _gate_faults(history))


def _gate_faults(history: History) -> Iterator[str | None]:
    case = UNOPENED
    judged: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    decided: set[tuple[str, tuple[str, ...]]] = set()
    for move, program in zip(history.moves, history.programs, strict=True):
        turn = move.turn
        if turn.renamed:
            names = dict(turn.renamed)
            judged = {(names.get(stage, stage), path): found for (stage, path), found in judged.items()}
            decided = {(names.get(stage, stage), path) for stage, path in decided}
        if turn.item is not None and turn.judged:
            passing = ANY_RESULT if turn.item.stage in program.advisory else PASSING
            judged.setdefault((turn.item.stage, turn.item.path), set()).update(
                one.criterion for one in turn.judged if one.result in passing
            )
        decided |= {
            (closed.item.stage, closed.item.path) for closed in turn.closed if closed.item.kind == "decision" and closed.how == "decided"
        }
        for closed in turn.closed:
            gate = program.stage(closed.item.stage).gate
            if gate is None or closed.how not in ("completed", "decided") or closed.item.kind not in replay.WITH_RUN:
                continue
            place = (closed.item.stage, closed.item.path)
            missing = {criterion.id for criterion in gate.criteria} - judged.pop(place, set()) - _waived(case, closed.item)
            if place in decided:  # by the role in `then`, whose decision stands for the questions
                missing -= {criterion.id for criterion in gate.criteria if criterion.ask is not None}
            barred = {person for stage in gate.not_by for person in case.worked.get(stage, ())} - {"system"}
            if missing:
                yield f"{history.order.number}: {closed.item.stage} passed without {', '.join(sorted(missing))}"
            elif move.act == "complete" and {move.actor, move.acting_for} & barred and closed.item.stage not in program.advisory:
                yield f"{history.order.number}: {move.actor} checked at {closed.item.stage} what they had made"
            else:
                yield None
        case = replay.apply(case, move)


def _waived(case: Case, key: object) -> frozenset[str]:
    item = next((item for item in case.items if item.key == key), None)
    return case.waived(item) if item else frozenset()


def keys_are_single() -> Finding:
    """Invariant 9: one order per natural key, one reply per idempotency key (both are constraints too), and no reply is missing."""
    twice = Order.objects.exclude(po_key="").values("channel", "customer", "po_key").annotate(n=Count("pk")).filter(n__gt=1).order_by()
    empty = Idempotency.objects.filter(status=0).count()
    checked = Order.objects.exclude(po_key="").count() + Idempotency.objects.count()
    first = next(
        (f"{row['po_key']} of channel {row['channel']} {row['n']} times" for row in twice[:1]), "a key without a reply" if empty else ""
    )
    return Finding(checked, twice.count() + empty, first)


def deadlines_fire() -> Finding:
    """Invariant 10: no alarm was left over by the last sweep that came two sweeps after its time."""
    swept = Job.objects.filter(name="deadlines", failures=0).values_list("last_finished_at", flat=True).first()
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, held_since__isnull=True)
    late = items.filter(next_alarm_at__lt=(swept or datetime.min.replace(tzinfo=UTC)) - SWEEPS) if swept else items.none()
    row = late.first()
    return Finding(items.count(), late.count(), f"{row.place} {row.stage}: an alarm of {row.next_alarm_at} never fired" if row else "")


def totals_reconcile() -> Finding:
    """Invariant 12: orders in = open + done + cancelled, and an order is open exactly while it has open items."""
    counted = dict(Order.objects.values_list("status").annotate(n=Count("pk")).order_by())
    total = Order.objects.count()
    idle = Order.objects.filter(status=Order.Status.OPEN).exclude(pk__in=_with_open_items()).values_list("number", flat=True)
    busy = Order.objects.exclude(status=Order.Status.OPEN).filter(pk__in=_with_open_items()).values_list("number", flat=True)
    broken = [*idle[:CHUNK], *busy[:CHUNK]]
    wrong = WorkItem.objects.filter(~Q(state="open"), closed_at__lt=F("opened_at")).count()
    sums = abs(total - sum(counted.values()))
    return Finding(total, len(broken) + wrong + sums, f"{broken[0]}: status and open items differ" if broken else "")


def _with_open_items() -> QuerySet[WorkItem, int]:
    return WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("order_id", flat=True)


def decide_again() -> Finding:
    """Information: which automatic criteria would be judged differently from the frozen facts today."""
    from orderway.engine.answers import FactAnswers

    def differences() -> Iterator[str | None]:
        for history in histories():
            for move, program in zip(history.moves, history.programs, strict=True):
                item = move.turn.item
                if item is None or not move.turn.judged:
                    continue
                answers = FactAnswers.from_frozen(program, dict(move.facts))
                for judged in move.turn.judged:
                    rule = program.criteria.get((item.stage, judged.criterion))
                    if rule is not None and judged.result != "waived":
                        same = answers.holds(rule, item.path) is RESULTS[judged.result]
                        yield None if same else f"{history.order.number}: {judged.criterion} of {item.stage}"

    return tally(differences())


def _chunks() -> Iterator[list[int]]:
    after = 0
    while ids := list(Order.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        after = ids[-1]
        yield ids
