"""The way that a journal tells reads as one under the names of the version that the order has been migrated to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orderway.engine.case import OpenItem
from orderway.engine.move import Closed, Move, Turn
from orderway.measures.rules.tracing import Happened, traced

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_passages_take_the_names_and_owners_of_the_version_that_an_order_was_migrated_to():
    check, pack = OpenItem("check", (), "stage", 1, 1, "reviewer"), OpenItem("pack", (), "stage", 2, 1, "warehouse")
    bale = pack._replace(stage="bale")
    moves = [
        Move(Turn("open", opened=(check,))),
        Move(Turn("complete", check.key, closed=(Closed(check.key, "completed"),), opened=(pack,))),
        Move(Turn("migrate", renamed=(("check", "verify"), ("pack", "bale")), roles=((bale.key, "packers"),))),
        Move(Turn("complete", bale.key, closed=(Closed(bale.key, "completed"),))),
    ]

    trace = traced([Happened(NINE + timedelta(hours=hour), "alice", move) for hour, move in enumerate(moves)])

    assert [(one.stage, one.role, one.how) for one in trace.passages] == [
        ("verify", "reviewer", "completed"),
        ("bale", "packers", "completed"),
    ]
