"""What is remembered: one thought for many orders at the same place with the same answers, and nothing else."""

from __future__ import annotations

import pytest

from engine.desk import Desk
from engine.standards import a_standard, choose
from orderway.engine import advance, memo
from orderway.engine.acting import SYSTEM, Work
from orderway.engine.drafting import Draft
from orderway.engine.refusals import FactUnknown
from orderway.standard.values import UNKNOWN

FLOW = ("a", choose(("order.flag_a", ("b",)), ("order.flag_b", ("c",)), (None, ("d",))))


@pytest.fixture
def thoughts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every turn that was made, and not remembered."""
    made: list[str] = []
    turn = Draft.turn
    monkeypatch.setattr(Draft, "turn", lambda draft: made.append(draft.act) or turn(draft))
    return made


def opened_by(desk: Desk, **facts: object) -> list[str]:
    desk.facts.update({f"order.{name}": value for name, value in facts.items()})  # type: ignore[misc]
    work = Work(frozenset({"do"}))
    move = advance.complete(desk.program, desk.case, desk.item("a").key, work, desk.answers(), actor=SYSTEM)
    return [item.stage for item in move.opened]


def test_equal_answers_are_thought_through_once(thoughts: list[str]) -> None:
    desk = Desk(a_standard(*FLOW)).open()
    thoughts.clear()
    for _ in range(3):
        assert opened_by(desk, flag_a=False, flag_b=True) == ["c"]
    assert thoughts == ["complete"]


def test_every_answer_leads_to_its_own_turn_and_each_order_keeps_its_own_facts(thoughts: list[str]) -> None:
    desk = Desk(a_standard(*FLOW)).open()
    thoughts.clear()
    for _ in range(2):
        assert opened_by(desk, flag_a=True, flag_b=False) == ["b"]
        assert opened_by(desk, flag_a=False, flag_b=True) == ["c"]
        assert opened_by(desk, flag_a=False, flag_b=False) == ["d"]
    assert len(thoughts) == 3


def test_a_refusal_is_never_remembered() -> None:
    desk = Desk(a_standard(*FLOW)).open()
    for _ in range(2):
        with pytest.raises(FactUnknown):
            opened_by(desk, flag_a=UNKNOWN)
    assert opened_by(desk, flag_a=True) == ["b"]


def test_a_standard_is_forgotten_alone_or_with_all(thoughts: list[str]) -> None:
    one, other = Desk(a_standard(*FLOW)).open(), Desk(a_standard(*FLOW)).open()
    opened_by(one), opened_by(other)
    thoughts.clear()
    memo.forget(one.program.hash)
    opened_by(one), opened_by(other)
    assert len(thoughts) == 1
    memo.forget()
    opened_by(one), opened_by(other)
    assert len(thoughts) == 3


def test_the_memory_is_capped(thoughts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "REMEMBERED_TURNS", 2)
    desk = Desk(a_standard(*FLOW)).open()
    thoughts.clear()
    for flag_a, flag_b in ((True, False), (False, True), (False, False)) * 2:
        opened_by(desk, flag_a=flag_a, flag_b=flag_b)
    assert 3 < len(thoughts) <= 6
