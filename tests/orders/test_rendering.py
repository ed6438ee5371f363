from __future__ import annotations

from datetime import UTC, datetime

from orderway.engine.case import ItemKey, OpenItem
from orderway.engine.move import Assigned, Closed, Evidence, Move, Timing, Turn
from orderway.journal.writing import canonical
from orderway.orders.rendering import payload_text

KEY = ItemKey("pack", ("1",), "stage", 3)
DUE = datetime(2026, 3, 2, 17, tzinfo=UTC)
MOVES = [
    Move(Turn("open"), actor="alice"),
    Move(Turn("complete", KEY, closed=(Closed(KEY, "completed"),)), actor="alice", facts={"order.total": "12.00", "x": [{"a": 'ü"'}]}),
    Move(
        Turn("complete", KEY, opened=(OpenItem("thank", (), "stage", 4, 1, "clerk"),)),
        actor="system",
        reason='say "why"',
        facts={"a": True},
        evidence=(Evidence("close", "tick", "yes"),),
        documents=("note",),
        timing=(Timing(ItemKey("thank", (), "stage", 4), DUE, False, ((75, DUE),)),),
        assigned=(Assigned(ItemKey("thank", (), "stage", 4), "alice", "least_load"),),
    ),
]


def test_the_text_with_a_gap_for_facts_is_the_canonical_text_of_the_whole_payload():
    for move in MOVES:
        beside = {"standard": "abc"}

        assert payload_text(move, beside).with_facts(move.facts) == canonical({**move.to_payload(), **beside})
