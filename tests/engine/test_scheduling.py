"""Until when: due times, warnings and escalations of what a move opens, and what a hold gives back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.desk import Desk
from engine.standards import a_gate, a_standard, each
from orderway.engine import advance
from orderway.engine.acting import SYSTEM
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case, ItemKey
from orderway.engine.move import Move, Timing
from orderway.engine.scheduling import Clock, calls_of, schedule
from orderway.standard.document import Duration, Escalation, RoleId

HOLIDAYS = Holidays()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


MONDAY = at("2026-03-02 09:00")


def timed(desk: Desk, now: datetime = MONDAY, clocks: dict[ItemKey, Clock] | None = None) -> Move:
    """The last move of the desk with its times."""
    before = Case() if len(desk.moves) == 1 else _before(desk)
    return schedule(desk.program, before, desk.last, now=now, holidays=HOLIDAYS, clocks=clocks)


def _before(desk: Desk) -> Case:
    from orderway.engine.replay import replay

    return replay(desk.moves[:-1])


def test_an_opened_item_is_due_after_the_limit_of_its_stage_with_warning_and_escalations() -> None:
    desk = Desk(a_standard("a", a={"limit": Duration(Decimal(1), "d")})).open()
    (timing,) = timed(desk).timing
    assert timing == Timing(
        desk.item("a").key,
        at("2026-03-03 09:00"),
        False,
        ((75, at("2026-03-02 16:00")), (100, at("2026-03-03 09:00")), (200, at("2026-03-03 18:00"))),
    )


def test_a_stage_may_say_otherwise_who_is_told_and_when() -> None:
    standard = a_standard("a", a={"warn": 50, "escalate": (Escalation(150, RoleId("chief")),)})
    assert calls_of(standard.stages["a"]) == ((50, "responsible"), (150, "chief"))  # type: ignore[index]
    assert calls_of(a_standard("a").stages["a"]) == ((75, "responsible"), (100, "order_owner"), (200, "standard_owner"))  # type: ignore[index]
    (timing,) = timed(Desk(standard).open()).timing
    assert [percent for percent, _ in timing.calls] == [50, 150]


def test_an_item_sent_back_gets_the_full_limit_again() -> None:
    desk = Desk(a_standard("a", "b", b={"gate": a_gate("a")})).open().complete("a").send_back("b")
    (timing,) = timed(desk, at("2026-03-02 11:00")).timing
    assert timing.due_at == at("2026-03-02 16:00")


def test_runs_opened_at_one_moment_have_the_same_times_each_its_own_row() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"))).open().complete("a")
    one, two = timed(desk).timing
    assert (one.due_at, one.calls) == (two.due_at, two.calls)
    assert one.item != two.item


def test_approvals_have_a_deadline_of_their_own() -> None:
    desk = Desk(a_standard("a", "b", b={"gate": a_gate("a", approve="signatures")}), total=Decimal(500)).open().complete("a")
    desk.complete("b", by="bob")
    (timing,) = timed(desk, at("2026-03-02 10:00")).timing
    assert (timing.item.kind, timing.due_at) == ("approval", at("2026-03-02 15:00"))


def test_a_deadline_over_an_unpublished_year_is_provisional_and_computed_again_when_it_is() -> None:
    desk = Desk(a_standard("a", a={"limit": Duration(Decimal(2), "d")})).open()
    opened = at("2026-12-31 17:00")
    (timing,) = timed(desk, opened).timing
    assert (timing.due_at, timing.provisional) == (at("2027-01-04 17:00"), True)
    desk.take(advance.reschedule(desk.program, desk.case, reason="2027 is published", actor=SYSTEM))
    later = timed(desk, at("2027-01-02 09:00"), {desk.item("a").key: Clock(opened, timing.due_at, paused_minutes=60)})
    assert later.timing[0].due_at == at("2027-01-04 18:00")


def test_items_opened_during_a_hold_have_no_deadline_until_it_is_lifted() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"))).open().complete("a").hold().add_run("delivery", "9")
    (timing,) = timed(desk).timing
    assert (timing.due_at, timing.calls) == (None, ())
    desk.lift()
    lifted = timed(desk, at("2026-03-02 14:00"), {timing.item: Clock(MONDAY, None, MONDAY)})
    assert lifted.timing[0].due_at == at("2026-03-02 18:00")


def test_a_hold_stops_every_clock_and_gives_the_working_time_that_was_left_back() -> None:
    desk = Desk(a_standard("a")).open()
    item = desk.item("a").key
    (timing,) = timed(desk).timing
    desk.hold().lift()
    held = Clock(MONDAY, timing.due_at, at("2026-03-02 11:00"), timing.calls)
    (lifted,) = timed(desk, at("2026-03-04 16:00"), {item: held}).timing
    assert timing.due_at == at("2026-03-02 14:00")
    assert lifted.due_at == at("2026-03-04 18:00")  # two of four hours were left
    assert lifted.calls[0] == (75, at("2026-03-04 17:00"))


def test_what_was_over_before_the_hold_stays_over() -> None:
    desk = Desk(a_standard("a")).open().hold().lift()
    clock = Clock(MONDAY, at("2026-03-02 14:00"), at("2026-03-02 15:00"), ((75, at("2026-03-02 12:00")), (200, at("2026-03-02 18:00"))))
    (lifted,) = timed(desk, at("2026-03-04 09:00"), {desk.item("a").key: clock}).timing
    assert lifted.due_at == at("2026-03-02 14:00")
    assert lifted.calls == ((75, at("2026-03-02 12:00")), (200, at("2026-03-04 12:00")))


def test_clocks_go_on_only_when_the_last_hold_is_lifted() -> None:
    desk = Desk(a_standard("a")).open().hold("credit").hold("quality").lift("credit")
    clock = Clock(MONDAY, at("2026-03-02 14:00"), at("2026-03-02 11:00"))
    assert timed(desk, at("2026-03-03 09:00"), {desk.item("a").key: clock}).timing == ()


@pytest.mark.parametrize(("kind", "until"), [("credit", "2026-03-09 09:00"), ("quality", None)])
def test_a_hold_may_expire(kind: str, until: str | None) -> None:
    assert timed(Desk(a_standard("a")).open().hold(kind)).hold_until == (at(until) if until else None)


def test_a_move_that_opens_nothing_has_no_times() -> None:
    desk = Desk(a_standard("a")).open().record("order.flag_a")
    assert timed(desk) is desk.last
