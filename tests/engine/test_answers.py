"""Facts: asked once, frozen with the fields that were used, and the same answers again from what was frozen."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk, records
from engine.machine import values
from engine.standards import FACTS, a_standard, choose, each, every, program_of
from orderway.engine import freezing
from orderway.engine.answers import FactAnswers
from orderway.engine.program import compile_standard
from orderway.standard import canonical
from orderway.standard.document import Evidence, Fact, FactType, Standard, Step
from orderway.standard.values import UNKNOWN, Value

NESTED = FactType(
    "list",
    record=(
        ("number", FactType("text")),
        ("parts", FactType("list", record=(("number", FactType("text")), ("flag", FactType("bool")), ("weight", FactType("number"))))),
    ),
)


def test_each_fact_is_asked_once_however_many_rules_use_it() -> None:
    asked: Counter[str] = Counter()
    standard = a_standard("a", choose(("order.flag_a && order.flag_b", ("b",)), ("order.flag_a", ("c",)), (None, ("d",))))
    program = program_of(standard)

    def facts(name: str) -> Value:
        asked[name] += 1
        return False

    answers = FactAnswers(program, facts)
    for rule in program.nodes[2].when:
        if rule is not None:
            answers.holds(rule, ())
    assert max(asked.values()) == 1


def test_only_the_fields_that_rules_use_are_frozen() -> None:
    desk = Desk(a_standard("a", every(("order.deliveries.exists(d, d.flag)", ("b",)), (None, ("c",)))), deliveries=records("1", _1=True))
    assert desk.open().complete("a").last.facts == {"order.deliveries": [{"flag": True}]}


def test_what_is_not_known_is_left_out_and_unknown_again_when_thawed() -> None:
    program = program_of(a_standard("a", choose(("order.flag_a || order.flag_b", ("b",)), (None, ("c",)))))
    rule = program.nodes[2].when[0]
    assert rule is not None
    answers = FactAnswers(program, lambda name: UNKNOWN if name == "order.flag_b" else False)
    assert answers.holds(rule, ()) is UNKNOWN
    frozen = answers.frozen()
    assert frozen == {"order.flag_a": False}
    assert FactAnswers.from_frozen(program, frozen).holds(rule, ()) is UNKNOWN
    assert answers.missing(rule, ()) == ("order.flag_b",)


def test_a_declared_default_stands_in_for_a_fact_that_nobody_recorded() -> None:
    facts = {**FACTS, "order.flag_a": Fact("order.flag_a", FactType("bool"), default=True, has_default=True)}
    program = program_of(replace(a_standard("a", choose(("order.flag_a", ("b",)), (None, ("c",)))), facts=facts))
    rule = program.nodes[2].when[0]
    assert rule is not None
    assert FactAnswers(program, lambda _: UNKNOWN).holds(rule, ()) is True


def nested() -> Standard:
    standard = a_standard("a", each("delivery", each("part", "b", of="delivery.parts"), of="order.boxes"))
    return replace(standard, facts={**FACTS, "order.boxes": Fact("order.boxes", NESTED)})


def test_a_list_of_a_runs_own_record_gives_runs_inside_the_run() -> None:
    part = {"number": "x", "flag": True, "weight": Decimal("1.5")}
    boxes = ({"number": "1", "parts": (part, {**part, "number": "y"})}, {"number": "2", "parts": (part,)})
    desk = Desk(nested(), boxes=boxes).open().complete("a")
    assert desk.open_places == ["b/1/x", "b/1/y", "b/2/x"]
    frozen = desk.last.facts
    assert frozen["delivery/1"] == {"parts": [{"number": "x"}, {"number": "y"}]}
    again = FactAnswers.from_frozen(desk.program, json.loads(json.dumps(frozen)))
    node = desk.program.each_of["part"]
    assert again.keys(node.list, node.words, ("1",)) == ("x", "y")
    assert desk.program.run_type("part") == dict(NESTED.record)["parts"]


def test_a_fact_that_a_step_records_names_its_stage_in_the_refusal() -> None:
    counted = Step("count", a_standard("a").title, evidence=Evidence("number", fact="order.total"))
    program = program_of(a_standard("a", "b", a={"steps": (counted,)}))
    assert program.providing("order.total") == ("a",)
    assert program.providing("order.total.cents") == ("a",)
    assert program.providing("order.flag_a") == ()


kinds = st.sampled_from(
    [
        FactType("bool"),
        FactType("money"),
        FactType("text"),
        FactType("date"),
        FactType("one_of", choices=("x", "y")),
        FactType("list", record=(("number", FactType("text")), ("day", FactType("date")), ("qty", FactType("number")))),
        NESTED,
    ]
)


@given(data=st.data(), kind=kinds)
def test_what_is_frozen_thaws_to_what_it_was(data: st.DataObject, kind: FactType) -> None:
    value = data.draw(values(kind).filter(lambda value: value is not UNKNOWN))
    text = json.dumps(freezing.freeze(value, _all_fields(kind)))
    assert freezing.thaw(json.loads(text), kind) == value


def _all_fields(kind: FactType) -> freezing.Fields:
    return {name: _all_fields(inner) for name, inner in kind.record}


def test_money_is_frozen_exactly() -> None:
    assert freezing.freeze(Decimal("0.10"), {}) == "0.10"
    assert freezing.thaw("0.10", FactType("money")) == Decimal("0.10")
    assert freezing.freeze(date(2026, 3, 2), {}) == "2026-03-02"


def test_what_is_no_value_of_a_fact_is_a_bug() -> None:
    with pytest.raises(TypeError):
        freezing.freeze(UNKNOWN, {})


def test_a_standard_is_compiled_once_per_content_hash() -> None:
    standard = a_standard("a", "b")
    assert compile_standard(standard, "one hash") is compile_standard(standard, "one hash")
    assert compile_standard(standard).hash == canonical.content_hash(standard)
