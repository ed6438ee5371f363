"""Gates: each sentence of the standard's chapter, with the smallest gate that shows it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.desk import Desk
from engine.standards import a_gate, a_standard, each, some_exceptions
from orderway.engine import advance, gates
from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.move import Assigned, Evidence
from orderway.engine.refusals import (
    AlreadyWaived,
    AwaitingDecision,
    AwaitingSignature,
    BarredBySegregation,
    CannotSendBack,
    CriteriaUnanswered,
    CriterionBlocks,
    DocumentsMissing,
    EvidenceMissing,
    FactUnknown,
    Held,
    NotOpen,
    ReasonRequired,
    Refusal,
    SignatoryNotDistinct,
    TooManyFailures,
    UnknownCriterion,
    UnknownStep,
    WaiverNotAllowed,
)
from orderway.standard.document import StageId
from orderway.standard.values import UNKNOWN

BIG, SMALL = Decimal(5000), Decimal(500)
RECEIPT = (StageId("a"),)


def reviewed(total: object = UNKNOWN, **gate: object) -> Desk:
    """An order at the gate of b, entered by Alice in a."""
    standard = a_standard("a", "b", "c", b={"gate": a_gate("a", **gate)}, exceptions=some_exceptions(back_to="a"))  # type: ignore[arg-type]
    return Desk(standard, total=total).open().complete("a", by="alice")  # type: ignore[arg-type]


def complete(desk: Desk, work: Work, by: str = "bob") -> None:
    item = desk.item("b")
    desk.take(advance.complete(desk.program, desk.case, item.key, work, desk.answers(), actor=Actor(by)))


# --- evidence, documents, questions ---------------------------------------------------------------------------------


def test_a_step_without_its_evidence_refuses_and_names_the_step() -> None:
    desk = reviewed()
    with pytest.raises(EvidenceMissing) as refused:
        complete(desk, Work(findings=(("right", True),)))
    assert refused.value.params["steps"] == ("do",)


def test_a_missing_document_refuses_and_names_it() -> None:
    desk = Desk(a_standard("a", a={"needs": ("paper",)})).open()
    with pytest.raises(DocumentsMissing) as refused:
        advance.complete(desk.program, desk.case, desk.item("a").key, Work(frozenset({"do"})), desk.answers(), actor=Actor("alice"))
    assert refused.value.params["documents"] == ("paper",)


def test_a_question_without_an_answer_refuses() -> None:
    with pytest.raises(CriteriaUnanswered):
        complete(reviewed(), Work(frozenset({"do"})))


def test_an_answer_to_a_question_that_is_not_asked_is_a_mistake_in_the_input() -> None:
    with pytest.raises(UnknownCriterion) as mistake:
        complete(reviewed(), Work(frozenset({"do"}), findings=(("wrong", True),)))
    assert mistake.value.field == "findings"


def test_a_question_answered_no_sends_back_without_asking_for_evidence_first() -> None:
    desk = reviewed()
    complete(desk, Work(findings=(("right", False),)))
    assert desk.open_places == ["a"]
    assert [(judged.criterion, judged.result) for judged in desk.last.turn.judged] == [("right", "false")]


def test_evidence_entered_apart_is_kept_in_the_journal_and_its_author_has_worked_on_the_stage() -> None:
    desk = Desk(a_standard("a", "b", b={"gate": a_gate("a", not_by=RECEIPT)})).open()
    tick = (Evidence("do", "tick", "yes"),)
    desk.take(advance.enter_evidence(desk.program, desk.case, desk.item("a").key, tick, actor=Actor("eve")))
    assert desk.last.evidence == tick
    assert desk.case.worked == {"a": ("alice", "eve")}
    with pytest.raises(UnknownStep):
        advance.enter_evidence(desk.program, desk.case, desk.item("a").key, (Evidence("x", "tick", "yes"),), actor=Actor("eve"))


# --- automatic criteria ---------------------------------------------------------------------------------------------


def test_a_false_automatic_criterion_blocks_explains_itself_and_is_no_failure() -> None:
    desk = reviewed(auto={"credit": "order.flag_a"})
    with pytest.raises(CriterionBlocks) as refused:
        desk.complete("b", by="bob")
    assert refused.value.params["criterion"] == "credit"
    assert "order.flag_a" in str(refused.value)
    assert desk.open_places == ["b"]
    assert desk.case.failures == {}
    desk.facts["order.flag_a"] = True
    assert desk.complete("b", by="bob").open_places == ["c"]


def test_an_explanation_shows_every_fact_with_its_value_and_no_literal() -> None:
    desk = reviewed(BIG, auto={"limit": "order.total < 100 || order.flag_b"})
    desk.facts["order.flag_b"] = False
    with pytest.raises(CriterionBlocks) as refused:
        desk.complete("b", by="bob")
    assert refused.value.params["explanation"] == "order.total < 100 || order.flag_b (order.total is 5000, order.flag_b is false)"


def test_an_unknown_automatic_criterion_waits_and_is_tried_again_when_that_fact_is_recorded() -> None:
    desk = reviewed(auto={"credit": "order.flag_a"}, ask=())
    desk.facts["order.flag_a"] = UNKNOWN
    with pytest.raises(FactUnknown) as refused:
        desk.complete("b", by="bob")
    desk.take(advance.wait(desk.program, desk.case, desk.item("b").key, refused.value))
    assert desk.item("b").waiting == "fact_unknown:order.flag_a"
    assert desk.record("order.flag_b").item("b").waiting
    assert not desk.record("order.flag_a").item("b").waiting


def test_a_system_stage_is_tried_until_it_waits_and_again_when_its_criterion_may_have_changed() -> None:
    gate = a_gate("a", ask=(), auto={"credit": "order.flag_a"})
    desk = Desk(a_standard("a", "b", b={"gate": gate, "runs": "system", "does": "x.y"})).open().complete("a")
    assert [item.stage for item in advance.ready_for_system(desk.program, desk.case)] == ["b"]
    with pytest.raises(CriterionBlocks) as refused:
        desk.complete("b", by="system")
    desk.take(advance.wait(desk.program, desk.case, desk.item("b").key, refused.value))
    assert advance.ready_for_system(desk.program, desk.case) == ()
    desk.record("order.flag_a")
    assert [item.stage for item in advance.ready_for_system(desk.program, desk.case)] == ["b"]
    assert advance.ready_for_system(desk.program, desk.hold().case) == ()


def test_a_waiver_lets_one_criterion_pass_for_one_run_with_its_reason() -> None:
    desk = reviewed(auto={"credit": "order.flag_a"}).waive("b", "credit", reason="old customer")
    assert desk.last.reason == "old customer"
    with pytest.raises(AlreadyWaived):
        desk.waive("b", "credit")
    desk.complete("b", by="bob", no="right").complete("a")
    with pytest.raises(CriterionBlocks):
        desk.complete("b", by="bob")
    assert desk.waive("b", "credit").complete("b", by="bob").open_places == ["c"]
    assert [(waiver.run, waiver.criterion) for waiver in desk.case.waivers] == [(1, "credit"), (2, "credit")]


def test_only_automatic_criteria_that_say_so_are_waived_and_with_a_reason() -> None:
    desk = reviewed(auto={"credit": "order.flag_a"})
    with pytest.raises(WaiverNotAllowed):
        desk.waive("b", "right")
    with pytest.raises(ReasonRequired):
        desk.waive("b", "credit", reason="")


# --- approvals ------------------------------------------------------------------------------------------------------


def test_a_table_that_names_nobody_lets_the_gate_pass_at_once() -> None:
    assert reviewed(Decimal(5), approve="signatures").complete("b", by="bob").open_places == ["c"]


def test_approvals_open_one_after_another_while_the_stage_stays_open() -> None:
    desk = reviewed(BIG, approve="signatures").complete("b", by="bob")
    assert desk.open_places == ["approval b", "b"]
    assert desk.item("b", kinds=("approval",)).role == "chief"
    with pytest.raises(AwaitingSignature):
        desk.complete("b", by="bob")
    desk.sign("b", by="carol")
    assert desk.item("b", kinds=("approval",)).role == "director"
    assert desk.sign("b", by="dan").open_places == ["c"]


def test_the_table_of_an_unknown_fact_refuses_the_decision_and_names_the_fact() -> None:
    with pytest.raises(FactUnknown) as refused:
        reviewed(UNKNOWN, approve="signatures").complete("b", by="bob")
    assert refused.value.params["facts"] == ("order.total",)


@pytest.mark.parametrize(
    ("by", "given"),
    [
        ("bob", {}),
        ("eve", {"acting_for": "bob"}),
        ("eve", {"deputy_of": ("bob",)}),
    ],
)
def test_signatories_are_different_people_none_the_decider_and_none_a_delegate(by: str, given: dict[str, object]) -> None:
    desk = reviewed(BIG, approve="signatures").complete("b", by="bob")
    with pytest.raises(SignatoryNotDistinct):
        desk.sign("b", by=by, **given)
    desk.sign("b", by="carol", acting_for="frank")
    for second in ("carol", "frank"):
        with pytest.raises(SignatoryNotDistinct):
            desk.sign("b", by=second)


def test_a_refusal_by_a_signatory_is_a_failure_of_the_gate() -> None:
    desk = reviewed(BIG, approve="signatures").complete("b", by="bob").sign("b", by="carol")
    with pytest.raises(ReasonRequired):
        desk.sign("b", by="dan", approve=False, reason="")
    desk.sign("b", by="dan", approve=False)
    assert desk.open_places == ["a"]
    assert desk.case.failures == {("b", ()): 1}
    assert desk.case.decisions == ()


def test_decisions_and_approvals_start_empty_in_every_passage() -> None:
    desk = reviewed(BIG, approve="signatures").complete("b", by="bob").sign("b", by="carol").sign("b", by="dan", approve=False)
    desk.complete("a", by="alice").complete("b", by="carol")
    assert desk.item("b", kinds=("approval",)).role == "chief"
    assert desk.case.decisions[0].signed == ()


def test_with_the_last_signature_criteria_are_evaluated_again_and_the_gate_waits_if_they_differ() -> None:
    desk = reviewed(SMALL, approve="signatures", auto={"credit": "order.flag_a"})
    desk.facts["order.flag_a"] = True
    desk.complete("b", by="bob")
    desk.facts["order.flag_a"] = False
    assert desk.sign("b", by="carol").open_places == ["b"]
    assert desk.item("b").waiting == "criterion_blocks:credit"
    with pytest.raises(CriterionBlocks):
        desk.look_again("b")
    desk.facts["order.flag_a"] = True
    desk.record("order.flag_a")
    assert [item.stage for item in advance.ready_for_system(desk.program, desk.case)] == ["b"]
    assert desk.look_again("b").open_places == ["c"]


def test_with_the_last_signature_the_table_is_asked_again_and_new_signatories_start_from_the_first() -> None:
    desk = reviewed(SMALL, approve="signatures").complete("b", by="bob")
    desk.facts["order.total"] = BIG
    assert desk.sign("b", by="carol").open_places == ["b"]
    assert desk.item("b").waiting == "authority_changed:signatures"
    assert not desk.record("order.total").item("b").waiting
    desk.complete("b", by="bob")
    assert desk.case.decisions[0].roles == ("chief", "director")
    assert desk.case.decisions[0].signed == ()


def test_any_change_to_the_order_voids_signatures_also_where_the_order_stays() -> None:
    gate = a_gate("a", approve="signatures")
    standard = a_standard("a", "b", "c", b={"gate": gate}, exceptions=some_exceptions(back_to="c"))
    desk = Desk(standard, total=BIG).open().complete("a").complete("b", by="bob").sign("b", by="carol").change()
    assert desk.open_places == ["b"]
    assert desk.case.decisions == ()
    assert desk.complete("b", by="bob").item("b", kinds=("approval",)).role == "chief"


def test_nothing_is_signed_while_the_order_is_held() -> None:
    desk = reviewed(BIG, approve="signatures").complete("b", by="bob").hold()
    with pytest.raises(Held):
        desk.sign("b", by="carol")


# --- segregation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "given"),
    [
        ("alice", {}),
        ("eve", {"acting_for": "alice"}),
        ("eve", {"deputy_of": ("alice",)}),
    ],
)
def test_not_by_bars_who_worked_on_those_stages_and_their_deputies(by: str, given: dict[str, object]) -> None:
    desk = reviewed(BIG, approve="signatures", not_by=RECEIPT, auto={"credit": "order.flag_a"})
    with pytest.raises(BarredBySegregation) as refused:
        desk.complete("b", by=by, **given)
    assert refused.value.params["stages"] == ("a",)
    if not given:
        for act in (lambda: desk.waive("b", "credit", by=by), lambda: desk.send_back("b", by=by)):
            with pytest.raises(BarredBySegregation):
                act()
    desk.facts["order.flag_a"] = True
    desk.complete("b", by="bob")
    with pytest.raises(BarredBySegregation):
        desk.sign("b", by=by, **given)


def test_whoever_places_an_order_has_worked_on_the_stages_that_this_opens() -> None:
    standard = a_standard("a", "b", b={"gate": a_gate("a", not_by=RECEIPT)})
    desk = Desk(standard).open(by="dan").complete("a", by="alice")
    with pytest.raises(BarredBySegregation):
        desk.complete("b", by="dan")


def test_not_by_counts_every_run_of_the_stage() -> None:
    desk = reviewed(not_by=RECEIPT).complete("b", by="bob", no="right").complete("a", by="carol")
    for person in ("alice", "carol"):
        with pytest.raises(BarredBySegregation):
            desk.complete("b", by=person)
    assert desk.complete("b", by="bob").open_places == ["c"]


def test_the_system_is_nobody_and_bars_nobody() -> None:
    standard = a_standard("a", "b", b={"gate": a_gate("a", ask=(), auto={"x": "order.flag_a"}, not_by=RECEIPT)})
    desk = Desk(standard, flag_a=True).open(by=SYSTEM.key).complete("a", by=SYSTEM.key)
    assert desk.case.worked == {}
    assert desk.complete("b", by=SYSTEM.key).case.status == "ended"


def test_work_is_not_given_to_a_barred_person() -> None:
    desk = reviewed(BIG, not_by=RECEIPT, approve="signatures")
    key = desk.item("b").key
    with pytest.raises(BarredBySegregation):
        advance.reassign(desk.program, desk.case, key, Assigned(key, "alice", "claimed"), act="claim", actor=Actor("alice"))
    move = advance.reassign(desk.program, desk.case, key, Assigned(key, "bob", "claimed"), act="claim", actor=Actor("bob"))
    desk.take(move)
    assert (desk.last.act, desk.last.assigned[0].responsible) == ("claim", "bob")
    approval = desk.complete("b", by="bob").item("b", kinds=("approval",)).key
    with pytest.raises(SignatoryNotDistinct):
        advance.reassign(desk.program, desk.case, approval, Assigned(approval, "bob", "x"), actor=Actor("bob"))


# --- failing too often ----------------------------------------------------------------------------------------------


def taken_over(**gate: object) -> Desk:
    desk = reviewed(at_most=1, **gate)
    return desk.send_back("b").complete("a").send_back("b")


def test_the_role_that_takes_over_may_pass_with_a_reason_but_not_send_back() -> None:
    desk = taken_over()
    assert desk.open_places == ["b", "decision b"]
    with pytest.raises(AwaitingDecision):
        desk.complete("b", by="bob")
    with pytest.raises(AwaitingDecision):
        desk.send_back("b")
    with pytest.raises(TooManyFailures):
        desk.send_back("b", kinds=("decision",))
    with pytest.raises(ReasonRequired):
        desk.decide("b", by="carol", reason="")
    assert desk.decide("b", by="carol").open_places == ["c"]


@pytest.mark.parametrize("act", ["hold", "cancel"])
def test_the_role_that_takes_over_may_cancel_or_hold(act: str) -> None:
    desk = taken_over()
    getattr(desk, act)()
    assert desk.case.held if act == "hold" else desk.case.status == "cancelled"


def test_a_decision_stands_for_the_questions_only() -> None:
    desk = taken_over(auto={"credit": "order.flag_a"}, not_by=RECEIPT)
    with pytest.raises(BarredBySegregation):
        desk.decide("b", by="alice")
    with pytest.raises(CriterionBlocks):
        desk.decide("b", by="carol")
    with pytest.raises(EvidenceMissing):
        advance.decide(
            desk.program, desk.case, desk.item("b", kinds=("decision",)).key, Work(reason="x"), desk.answers(), actor=Actor("carol")
        )
    desk.facts["order.flag_a"] = True
    assert desk.decide("b", by="carol").open_places == ["c"]


def test_after_a_decision_signatures_are_needed_as_ever_and_a_refusal_comes_back_to_it() -> None:
    desk = reviewed(BIG, at_most=1, approve="signatures").send_back("b").complete("a").send_back("b").decide("b", by="carol")
    assert desk.open_places == ["approval b", "b"]
    with pytest.raises(SignatoryNotDistinct):
        desk.sign("b", by="carol")
    assert desk.sign("b", by="dan", approve=False).open_places == ["b", "decision b"]
    assert desk.case.failures == {("b", ()): 3}


def test_a_stage_without_a_gate_sends_nobody_back() -> None:
    desk = reviewed()
    with pytest.raises(CannotSendBack):
        desk.complete("b", by="bob").send_back("c")


# --- what a page shows ----------------------------------------------------------------------------------------------


def test_check_names_everything_that_still_stands_between_the_item_and_its_end() -> None:
    desk = reviewed(BIG, approve="signatures", auto={"credit": "order.flag_a", "late": "order.flag_b"}, not_by=RECEIPT)
    desk.facts["order.flag_b"] = UNKNOWN
    verdict = gates.check(desk.program, desk.case, desk.item("b"), Work(), desk.answers())
    assert verdict.steps_missing == ("do",)
    assert [(state.id, state.holds, state.missing) for state in verdict.criteria] == [
        ("right", None, ()),
        ("credit", False, ()),
        ("late", UNKNOWN, ("order.flag_b",)),
    ]
    assert verdict.signatories == ("chief", "director")
    assert verdict.barred == ("alice",)
    assert not verdict.ready


def test_check_says_ready_exactly_when_completing_is_accepted() -> None:
    desk = reviewed(SMALL, approve="signatures", auto={"credit": "order.flag_a"}).waive("b", "credit")
    work = Work(frozenset({"do"}), findings=(("right", True),))
    assert gates.check(desk.program, desk.case, desk.item("b"), work, desk.answers()).ready
    complete(desk, work)
    verdict = gates.check(desk.program, desk.case, desk.item("b"), work, desk.answers())
    assert verdict.signatories == ("chief",)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_closed_item_is_not_completed_twice() -> None:
    desk = reviewed()
    gone = desk.item("b").key
    desk.complete("b", by="bob")
    with pytest.raises(NotOpen):
        advance.complete(desk.program, desk.case, gone, Work(), desk.answers(), actor=Actor("bob"))


def test_gates_inside_an_each_stand_apart_per_run() -> None:
    gate = a_gate("b", approve="signatures")
    desk = Desk(a_standard("a", each("delivery", "b", "c"), c={"gate": gate}), total=SMALL).open().complete("a", "b/1", "b/2")
    desk.complete("c/1", "c/2", by="bob")
    assert desk.open_places == ["approval c/1", "approval c/2", "c/1", "c/2"]
    assert desk.sign("c/1", by="carol").open_places == ["approval c/2", "c/2"]


ENGINES_OWN = [kind for kind in Refusal.__subclasses__() if kind.__module__ == Refusal.__module__]


@pytest.mark.parametrize("kind", ENGINES_OWN)
def test_every_refusal_has_a_code_of_its_own_and_says_what_to_do(kind: type[Refusal]) -> None:
    codes = [other.code for other in ENGINES_OWN]
    assert codes.count(kind.code) == 1
    assert kind.message.endswith(".")
    assert kind.remedy.endswith(".")
