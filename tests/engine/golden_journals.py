"""Writes the golden journals: whole lives of orders as the engine wrote them. Run once; a file that exists is never written again.

    python tests/engine/golden_journals.py        (from the checkout, with src and tests on the path)

New code must replay them byte-identically: they stand for the journals of every order that ever ran.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from engine.desk import Desk, records
from engine.standards import a_gate, a_standard, choose, each, every, parallel, some_exceptions
from orderway.engine import advance
from orderway.engine.acting import SYSTEM, Actor
from orderway.engine.assignment import Absence, Member, Membership, Staff, assign
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case
from orderway.engine.move import Assigned, Evidence, Leftover, Move
from orderway.engine.refusals import CriterionBlocks
from orderway.engine.replay import apply
from orderway.engine.scheduling import schedule
from orderway.standard.document import StageId

FOLDER = Path(__file__).parent / "golden"
NOW = datetime(2026, 2, 13, 2, tzinfo=UTC)
STAFF = Staff(
    (
        Member("alice", (Membership("clerk"),)),
        Member("bob", (Membership("chief"),), (Absence(NOW.date(), NOW.date(), "eve"),)),
        Member("eve"),
        Member("dan", (Membership("director"),)),
    )
)


def deliveries() -> Desk:
    """Partial deliveries, a backorder, a change while one delivery has left, a complaint after the end."""
    standard = a_standard(
        "receipt",
        "review",
        each("delivery", parallel(("make",), ("buy",)), "pick", "ship"),
        "after",
        make={"skip_when": "!delivery.flag"},
        after={"skip_when": "order.flag_a"},
        exceptions=some_exceptions(back_to="review", until="pick", after="ship", opens="after"),
    )
    desk = Desk(standard, deliveries=records("1", "2", _2=True), flag_a=True).open()
    desk.complete("receipt", "review", "buy/1", "pick/1").add_run("delivery", "3").withdraw_run("delivery", "3")
    desk.facts["order.deliveries"] = records("1", "2", "4")
    desk.change().complete("ship/1", "review", "buy/2", "buy/4", "pick/2", "ship/2", "pick/4", "ship/4")
    return desk.complain().complete("after")


def gates() -> Desk:
    """Failures up to the maximum, a decision, signatures in order, a refusal, a waiver, evidence, people."""
    gate = a_gate("a", at_most=1, approve="signatures", not_by=(StageId("a"),), auto={"credit": "order.flag_a"})
    desk = Desk(a_standard("a", "b", "c", b={"gate": gate}, exceptions=some_exceptions(back_to="a")), total=Decimal(5000)).open()
    tick = (Evidence("do", "tick", "yes"),)
    desk.take(advance.enter_evidence(desk.program, desk.case, desk.item("a").key, tick, actor=Actor("alice", "zoe")))
    desk.complete("a").complete("b", by="bob", no="right").complete("a").waive("b", "credit").complete("b", by="bob")
    desk.sign("b", by="carol").sign("b", by="dan", approve=False, reason="discount too high").decide("b", by="frank")
    return desk.sign("b", by="carol").sign("b", by="dan").complete("c")


def interruptions() -> Desk:
    """Holds, an escalation, a claim, facts, a system stage that waits, signatures that a change voids, a cancellation with leftovers."""
    auto = a_gate("a", ask=(), auto={"x": "order.flag_a"})
    signed = a_gate("a", approve="signatures")
    standard = a_standard(
        "a",
        "b",
        "c",
        b={"gate": auto, "runs": "system", "does": "x.y"},
        c={"gate": signed},
        exceptions=some_exceptions(back_to="a", undo=("a", "b")),
    )
    desk = Desk(standard, total=Decimal(500)).open().hold("credit").hold("quality").lift("credit").lift("quality").complete("a")
    key = desk.item("b").key
    try:
        desk.complete("b", by=SYSTEM.key)
    except CriterionBlocks as refusal:
        desk.take(advance.wait(desk.program, desk.case, key, refusal))
    desk.facts["order.flag_a"] = True
    desk.record("order.flag_a").complete("b", by=SYSTEM.key).complete("c", by="bob").change().complete("a").send_back("b").complete("a")
    key = desk.item("b").key
    desk.take(advance.escalate(desk.program, desk.case, key, level=100, told="order_owner", actor=SYSTEM))
    desk.take(advance.reassign(desk.program, desk.case, key, Assigned(key, "alice", "claimed"), act="claim", actor=Actor("alice")))
    desk.take(advance.reschedule(desk.program, desk.case, reason="2027 is published", actor=SYSTEM))
    desk.take(advance.leave_leftover(desk.program, desk.case, (Leftover("a", (), "label printed"),), actor=Actor("alice")))
    return desk.cancel(Leftover("b", (), "reserved elsewhere"), reason="customer withdrew").complete("a", "b")


def blocks() -> Desk:
    """Every kind of block inside every other, runs inside runs."""
    inner = each("parcel", choose(("order.flag_b", ("d",)), (None, ("e",))), of="order.parcels")
    standard = a_standard("a", every(("order.flag_a", ("b",)), (None, (each("delivery", "c", inner, "f"),))), parallel(("g",), ("h",)))
    desk = Desk(standard, flag_a=True, deliveries=records("1", "2"), parcels=records("x", "y")).open().complete("a", "b")
    desk.complete("c/1", "e/1/x", "e/1/y", "f/1", "c/2")
    desk.facts["order.flag_b"] = True
    return desk.complete("e/2/x", "e/2/y", "f/2", "h", "g")


LIVES: dict[str, Callable[[], Desk]] = {life.__name__: life for life in (deliveries, gates, interruptions, blocks)}


def journal_of(desk: Desk) -> list[Move]:
    """The moves of the desk with times and people, as the database door would have stored them."""
    case, moves, holidays = Case(), [], Holidays()
    for move in desk.moves:
        timed = schedule(desk.program, case, move, now=NOW, holidays=holidays)
        case = apply(case, move)
        moves.append(timed if timed.assigned else assign(desk.program, case, timed, STAFF, now=NOW)[0])
    return moves


def main() -> None:
    for name, life in LIVES.items():
        path = FOLDER / f"{name}.json"
        if path.exists():
            continue
        desk = life()
        entries = [json.dumps(move.to_payload(), ensure_ascii=False, separators=(",", ":")) for move in journal_of(desk)]
        path.write_text(json.dumps({"entries": entries, "case": desk.case.to_text()}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
