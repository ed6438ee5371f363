"""A part of an order is cancelled or divided off: what stays goes on where it stands, and nobody gets a second try by dividing."""

from __future__ import annotations

import pytest

from engine.desk import Desk
from engine.standards import a_gate, a_standard, each, parallel, some_exceptions
from orderway.engine import advance
from orderway.engine.acting import Actor
from orderway.engine.answers import FactAnswers
from orderway.engine.case import Case, EachRun
from orderway.engine.move import Leftover
from orderway.engine.refusals import BarredBySegregation, ReasonRequired, TooLate
from orderway.engine.replay import apply

WAY = ("a", "r", each("delivery", "p", "q"), "z")
ONE, TWO = EachRun("delivery", (), "1"), EachRun("delivery", (), "2")


def cancel_part(desk: Desk, *empty: EachRun, left: tuple[Leftover, ...] = (), reason: str = "because") -> Desk:
    desk.take(advance.cancel_part(desk.program, desk.case, desk.answers(), empty, left, reason=reason, actor=Actor("mary")))
    return desk


def test_a_part_is_cancelled_and_the_rest_stays_where_it_stands() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="q"))).open().complete("a", "r", "p/1")

    assert cancel_part(desk, TWO).open_places == ["q/1"]
    assert desk.case.each_runs == {ONE: "open", TWO: "withdrawn"}
    assert desk.complete("q/1").open_places == ["z"]


def test_when_nothing_is_left_of_the_last_open_run_the_way_goes_on() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="q"))).open().complete("a", "r", "p/1", "q/1", "p/2")

    assert cancel_part(desk, TWO, left=(Leftover("p", (), "put back"),)).open_places == ["leftover p", "z"]


def test_a_part_is_cancelled_with_a_reason_and_not_too_late() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="a"))).open()
    with pytest.raises(ReasonRequired):
        cancel_part(desk, reason=" ")
    with pytest.raises(TooLate):
        cancel_part(desk.complete("a"))


def test_a_part_that_is_divided_off_knows_who_worked_on_the_whole_and_how_often_its_gate_failed() -> None:
    standard = a_standard("a", "b", "c", exceptions=some_exceptions(back_to="b"), b={"gate": a_gate("a", not_by=("a",))})
    desk = Desk(standard).open(by="alice").complete("a", by="alice").send_back("b", by="bob").complete("a", by="alice")

    desk.take(advance.divide(desk.program, desk.case, desk.answers(), reason="because", actor=Actor("carol")))
    assert desk.open_places == ["b"]
    answers = FactAnswers(desk.program, lambda name: desk.facts[name])
    part = apply(Case(), advance.open_divided(desk.program, desk.case, answers, reason="because", actor=Actor("carol")))

    assert [item.stage for item in part.items] == ["b"]
    assert part.worked["a"] == desk.case.worked["a"]
    assert part.failures == desk.case.failures
    other = Desk(standard)
    other.case = part
    with pytest.raises(BarredBySegregation):
        advance.send_back(other.program, part, part.items[0].key, other.answers(), reason="because", actor=Actor("alice"))


def divided(desk: Desk) -> Case:
    answers = FactAnswers(desk.program, lambda name: desk.facts[name])
    return apply(Case(), advance.open_divided(desk.program, desk.case, answers, reason="because", actor=Actor("carol")))


def test_a_part_of_an_order_that_has_not_come_to_where_a_change_goes_back_to_stands_where_the_whole_stands() -> None:
    """Else dividing would jump the stages in between."""
    standard = a_standard("a", "b", "c", exceptions=some_exceptions(back_to="b"), b={"gate": a_gate("a")})

    assert [item.stage for item in divided(Desk(standard).open()).items] == ["a"]
    assert [item.stage for item in divided(Desk(standard).open().complete("a").send_back("b")).items] == ["a"]


def test_a_part_of_an_order_in_parallel_branches_opens_those_that_the_whole_has_open() -> None:
    standard = a_standard(parallel(("a", "b"), ("c", "d")), "e", exceptions=some_exceptions(back_to="e"))
    desk = Desk(standard).open()

    assert sorted(item.stage for item in divided(desk).items) == ["a", "c"]
    assert sorted(item.stage for item in divided(desk.complete("a")).items) == ["b", "c"]
    assert sorted(item.stage for item in divided(desk.complete("c", "d")).items) == ["b"]
