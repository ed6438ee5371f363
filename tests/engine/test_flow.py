"""How a case moves: each sentence of the standard's chapter, with the smallest flow that shows it."""

from __future__ import annotations

import pytest

from engine.desk import Desk, records
from engine.standards import a_gate, a_standard, choose, each, every, parallel, some_exceptions
from orderway.engine.case import EachRun
from orderway.engine.move import Leftover
from orderway.engine.refusals import (
    BlockLeft,
    CaseEnded,
    EmptyList,
    FactUnknown,
    Held,
    LastRun,
    NoSuchHold,
    NotAllowedByStandard,
    NothingToCancel,
    NothingToChange,
    NotOpen,
    ReasonRequired,
    RunExists,
    RunNotOpen,
    TooEarly,
    TooLate,
    UnknownBlock,
    UnknownHoldType,
)
from orderway.standard.values import UNKNOWN

FAR = 1_000  # more failures than any test makes


# --- position, blocks -----------------------------------------------------------------------------------------------


def test_stages_of_a_sequence_open_one_after_the_other_and_the_case_ends_after_the_last() -> None:
    desk = Desk(a_standard("a", "b")).open()
    assert desk.open_places == ["a"]
    assert desk.complete("a").open_places == ["b"]
    assert desk.complete("b").case.status == "ended"
    assert desk.case.ended_once


def test_a_parallel_block_opens_all_branches_and_joins_when_none_has_an_open_item() -> None:
    desk = Desk(a_standard("a", parallel(("b", "c"), ("d",)), "e")).open().complete("a")
    assert desk.open_places == ["b", "d"]
    assert desk.complete("b", "d").open_places == ["c"]
    assert desk.complete("c").open_places == ["e"]


@pytest.mark.parametrize(("flag", "opened"), [(True, ["b", "c"]), (False, ["c"])])
def test_every_opens_the_branches_whose_condition_holds(flag: bool, opened: list[str]) -> None:
    desk = Desk(a_standard("a", every(("order.flag_a", ("b",)), (None, ("c",))), "d"), flag_a=flag).open()
    assert desk.complete("a").open_places == opened
    assert desk.complete(*opened).open_places == ["d"]


@pytest.mark.parametrize(("one", "two", "opened"), [(True, True, "b"), (False, True, "c"), (False, False, "d")])
def test_choose_takes_the_first_true_branch(one: bool, two: bool, opened: str) -> None:
    flow = ("a", choose(("order.flag_a", ("b",)), ("order.flag_b", ("c",)), (None, ("d",))), "e")
    desk = Desk(a_standard(*flow), flag_a=one, flag_b=two).open().complete("a")
    assert desk.open_places == [opened]
    assert desk.complete(opened).open_places == ["e"]


def test_conditions_are_evaluated_once_at_entry_with_their_facts_frozen() -> None:
    desk = Desk(a_standard("a", every(("order.flag_a", ("b",)), (None, ("c",))))).open().complete("a")
    assert desk.last.facts == {"order.flag_a": False}
    assert desk.last.turn.entered[0].branches == (1,)
    desk.facts["order.flag_a"] = True
    assert desk.record("order.flag_a").open_places == ["c"]
    assert desk.complete("c").case.status == "ended"


@pytest.mark.parametrize("block", [every, choose])
def test_an_unknown_condition_refuses_the_act_that_would_enter_and_names_the_fact(block) -> None:  # type: ignore[no-untyped-def]
    desk = Desk(a_standard("a", block(("order.flag_a", ("b",)), (None, ("c",)))), flag_a=UNKNOWN).open()
    with pytest.raises(FactUnknown) as refused:
        desk.complete("a")
    assert refused.value.params["facts"] == ("order.flag_a",)
    assert desk.open_places == ["a"]


def test_a_branch_that_is_skipped_whole_does_not_keep_its_block_open() -> None:
    desk = Desk(a_standard("a", parallel(("b",), ("c",)), "d", b={"skip_when": "order.flag_a"}), flag_a=True).open()
    assert desk.complete("a").open_places == ["c"]
    assert desk.complete("c").open_places == ["d"]


def test_blocks_nest() -> None:
    desk = Desk(a_standard("a", parallel((choose(("order.flag_a", ("b",)), (None, ("c",))), "d"), (each("delivery", "e"), "f")), "g"))
    desk.open().complete("a")
    assert desk.open_places == ["c", "e/1", "e/2"]
    assert desk.complete("e/1", "e/2", "c").open_places == ["d", "f"]
    assert desk.complete("d", "f").open_places == ["g"]


# --- skip -----------------------------------------------------------------------------------------------------------


def test_skip_when_is_evaluated_once_at_entry_and_leaves_an_entry_with_its_reason() -> None:
    desk = Desk(a_standard("a", "b", "c", b={"skip_when": "order.flag_a"}), flag_a=True).open().complete("a")
    assert desk.open_places == ["c"]
    assert [(skip.stage, skip.condition) for skip in desk.last.turn.skipped] == [("b", "order.flag_a")]


@pytest.mark.parametrize("flag", [False, UNKNOWN])
def test_unknown_does_not_skip(flag: object) -> None:
    desk = Desk(a_standard("a", "b", "c", b={"skip_when": "order.flag_a"}), flag_a=flag).open()  # type: ignore[arg-type]
    assert desk.complete("a").open_places == ["b"]


# --- each -----------------------------------------------------------------------------------------------------------


def test_each_starts_one_run_per_item_and_joins_when_no_run_is_open() -> None:
    desk = Desk(a_standard("a", each("delivery", "b", "c"), "d")).open().complete("a")
    assert desk.open_places == ["b/1", "b/2"]
    assert desk.complete("b/1", "c/1").open_places == ["b/2"]
    assert desk.case.each_runs[EachRun("delivery", (), "1")] == "finished"
    assert desk.complete("b/2", "c/2").open_places == ["d"]


def test_an_empty_list_refuses_the_act_that_would_enter() -> None:
    desk = Desk(a_standard("a", each("delivery", "b")), deliveries=()).open()
    with pytest.raises(EmptyList):
        desk.complete("a")


def test_an_unknown_list_refuses_the_act_that_would_enter() -> None:
    desk = Desk(a_standard("a", each("delivery", "b")), deliveries=UNKNOWN).open()
    with pytest.raises(FactUnknown):
        desk.complete("a")


def test_conditions_inside_an_each_ask_the_record_of_their_own_run() -> None:
    desk = Desk(
        a_standard(
            "a",
            each(
                "delivery",
                "b",
                "c",
            ),
            b={"skip_when": "delivery.flag"},
        ),
        deliveries=records("1", "2", _2=True),
    )
    assert desk.open().complete("a").open_places == ["b/1", "c/2"]
    assert desk.last.facts["delivery/2"] == {"flag": True}


def test_an_act_may_add_an_item_while_the_block_is_open_and_its_run_starts_at_the_first_stage() -> None:
    desk = Desk(a_standard("a", each("delivery", "b", "c"), "d")).open().complete("a", "b/1", "b/2", "c/1")
    assert desk.add_run("delivery", "3").open_places == ["b/3", "c/2"]
    assert desk.complete("c/2").open_places == ["b/3"]
    assert desk.complete("b/3", "c/3").open_places == ["d"]


def test_a_run_that_exists_is_not_added_again() -> None:
    desk = Desk(a_standard("a", each("delivery", "b", "c"), "d")).open().complete("a", "b/1", "c/1")
    for key in ("1", "2"):
        with pytest.raises(RunExists):
            desk.add_run("delivery", key)


def test_an_item_that_appears_after_the_block_was_left_is_refused() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"), "d")).open()
    with pytest.raises(BlockLeft):
        desk.add_run("delivery", "3")
    desk.complete("a", "b/1", "b/2")
    with pytest.raises(BlockLeft):
        desk.add_run("delivery", "3")


def test_a_word_that_is_no_each_is_a_mistake() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"), "d")).open().complete("a")
    with pytest.raises(UnknownBlock):
        desk.add_run("parcel", "3")
    with pytest.raises(UnknownBlock):
        desk.add_run("delivery", "3", ("1",))


def test_a_withdrawn_run_closes_its_items_and_the_block_joins_without_it() -> None:
    desk = Desk(a_standard("a", each("delivery", parallel(("b",), ("c",))), "d")).open().complete("a", "b/1", "c/1")
    assert desk.withdraw_run("delivery", "2").open_places == ["d"]
    assert {closed.how for closed in desk.last.closed} == {"withdrawn"}
    assert desk.case.each_runs[EachRun("delivery", (), "2")] == "withdrawn"
    with pytest.raises(RunNotOpen):
        desk.withdraw_run("delivery", "2")


def test_the_only_run_is_not_withdrawn() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"), "d"), deliveries=records("1")).open().complete("a")
    with pytest.raises(LastRun):
        desk.withdraw_run("delivery", "1")
    assert desk.add_run("delivery", "2").withdraw_run("delivery", "1").open_places == ["b/2"]


def test_eaches_nest_and_every_run_joins_its_own_runs() -> None:
    desk = Desk(a_standard("a", each("delivery", each("parcel", "b", of="order.parcels"), "c")), parcels=records("x", "y"))
    desk.open().complete("a", "b/1/x", "b/1/y")
    assert desk.open_places == ["b/2/x", "b/2/y", "c/1"]
    desk.add_run("parcel", "z", ("2",))
    assert desk.complete("b/2/x", "b/2/y").open_places == ["b/2/z", "c/1"]


# --- rework ---------------------------------------------------------------------------------------------------------


def test_rework_closes_everything_after_the_target_as_withdrawn_in_one_entry() -> None:
    desk = Desk(a_standard("a", "b", parallel(("c",), ("d",), ("e", "f")), d={"gate": a_gate("b", at_most=FAR)})).open()
    desk.complete("a", "b", "e").complete("d", no="right")
    assert desk.open_places == ["b"]
    assert sorted((closed.item.stage, closed.how) for closed in desk.last.closed) == [
        ("c", "withdrawn"),
        ("d", "failed"),
        ("f", "withdrawn"),
    ]


def test_rework_inside_a_branch_leaves_the_other_branches_alone() -> None:
    desk = Desk(a_standard("a", parallel(("b", "c"), ("d",)), c={"gate": a_gate("b", at_most=FAR)})).open().complete("a", "b")
    assert desk.complete("c", no="right").open_places == ["b", "d"]


def test_rework_inside_an_each_leaves_the_other_runs_alone() -> None:
    desk = Desk(a_standard("a", each("delivery", "b", "c"), c={"gate": a_gate("b", at_most=1)})).open().complete("a", "b/1", "b/2")
    assert desk.complete("c/1", no="right").open_places == ["b/1", "c/2"]
    assert desk.case.failures == {("c", ("1",)): 1}
    assert desk.complete("c/2", no="right").open_places == ["b/1", "b/2"]


def test_each_passage_is_a_new_run_with_an_identity_of_its_own() -> None:
    desk = Desk(a_standard("a", "b", b={"gate": a_gate("a", at_most=FAR)})).open().complete("a")
    first = desk.item("b")
    desk.complete("b", no="right").complete("a")
    again = desk.item("b")
    assert (first.run, again.run) == (1, 2)
    assert first.key != again.key
    with pytest.raises(NotOpen):
        desk.take(_completes(desk, first))


def _completes(desk: Desk, item) -> object:  # type: ignore[no-untyped-def]
    from orderway.engine import advance
    from orderway.engine.acting import Actor, Work

    return advance.complete(desk.program, desk.case, item.key, Work(), desk.answers(), actor=Actor("alice"))


def test_going_back_before_an_each_keeps_finished_runs_and_starts_withdrawn_and_new_ones() -> None:
    standard = a_standard("a", each("delivery", "b", "c"), "d", exceptions=some_exceptions(back_to="a"))
    desk = Desk(standard).open().complete("a", "b/1", "c/1").change()
    assert desk.open_places == ["a"]
    assert desk.case.each_runs[EachRun("delivery", (), "2")] == "withdrawn"
    desk.facts["order.deliveries"] = records("1", "2", "3")
    assert desk.complete("a").open_places == ["b/2", "b/3"]


def test_withdrawn_runs_lapse_if_the_block_is_not_reached_with_them_again() -> None:
    standard = a_standard("a", each("delivery", "b"), "d", exceptions=some_exceptions(back_to="a"))
    desk = Desk(standard).open().complete("a", "b/1").change()
    desk.facts["order.deliveries"] = records("1")
    assert desk.complete("a").open_places == ["d"]


def test_at_most_counts_failures_over_the_whole_life_and_then_another_role_decides() -> None:
    standard = a_standard("a", "b", b={"gate": a_gate("a", at_most=2)}, exceptions=some_exceptions(back_to="a"))
    desk = Desk(standard).open().complete("a").complete("b", no="right").complete("a").change().complete("a")
    desk.complete("b", no="right").complete("a")
    assert desk.complete("b", no="right").open_places == ["b", "decision b"]
    assert desk.item("b", kinds=("decision",)).role == "chief"
    assert desk.case.failures == {("b", ()): 3}


# --- change ---------------------------------------------------------------------------------------------------------

WAY = ("a", "r", each("delivery", "p", "q"), "z")


def test_a_change_withdraws_what_has_not_passed_until_and_re_enters_back_to() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))).open().complete("a", "r", "p/1")
    assert desk.change().open_places == ["q/1", "r"]


def test_passed_runs_go_on_untouched_and_the_later_each_waits_for_them_too() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))).open().complete("a", "r", "p/1").change()
    assert desk.complete("r").open_places == ["p/2", "q/1"]
    assert desk.complete("p/2", "q/2").open_places == ["q/1"]
    assert desk.complete("q/1").open_places == ["z"]


def test_a_passed_run_that_ends_while_the_change_is_reviewed_does_not_leave_the_block() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))).open().complete("a", "r", "p/1").change()
    assert desk.complete("q/1").open_places == ["r"]
    assert desk.complete("r").open_places == ["p/2"]


def test_a_gate_that_fails_while_a_change_is_reviewed_leaves_the_passed_runs_alone() -> None:
    gate = {"gate": a_gate("a", at_most=FAR)}
    desk = Desk(a_standard(*WAY, r=gate, exceptions=some_exceptions(back_to="r", until="p"))).open().complete("a", "r", "p/1").change()
    assert desk.complete("r", no="right").open_places == ["a", "q/1"]
    assert desk.case.each_runs == {EachRun("delivery", (), "1"): "open", EachRun("delivery", (), "2"): "withdrawn"}
    assert desk.complete("a", "r").open_places == ["p/2", "q/1"]


def test_a_change_before_back_to_moves_nothing_so_that_no_gate_is_jumped() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))).open()
    assert desk.change().open_places == ["a"]
    assert desk.last.closed == ()


def test_a_change_is_too_late_when_everything_open_has_passed() -> None:
    standard = a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))
    desk = Desk(standard).open().complete("a", "r", "p/1", "p/2")
    with pytest.raises(TooLate):
        desk.change()
    with pytest.raises(TooLate):
        desk.complete("q/1", "q/2").change()
    with pytest.raises(CaseEnded):
        desk.complete("z").change()


def test_a_change_needs_a_reason_and_a_standard_that_provides_it() -> None:
    with pytest.raises(ReasonRequired):
        Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="r"))).open().change(reason=" ")
    with pytest.raises(NotAllowedByStandard):
        Desk(a_standard(*WAY)).open().change()


# --- cancel ---------------------------------------------------------------------------------------------------------


def test_cancelled_before_anything_passed_the_case_ends_cancelled_and_names_what_to_undo_last_first() -> None:
    standard = a_standard(*WAY, exceptions=some_exceptions(until="q", undo=("a", "p", "z", "r")))
    desk = Desk(standard).open().complete("a", "r", "p/1").cancel()
    assert desk.case.status == "cancelled"
    assert not desk.case.ended_once
    assert desk.last.turn.undo == ("p", "r", "a")
    assert set(desk.case.each_runs.values()) == {"withdrawn"}
    with pytest.raises(CaseEnded):
        desk.cancel()


def test_cancelled_after_something_passed_the_rest_runs_to_its_end() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="p"))).open().complete("a", "r", "p/1").cancel()
    assert desk.open_places == ["q/1"]
    assert desk.complete("q/1").open_places == ["z"]
    assert desk.complete("z").case.status == "ended"


def test_cancelled_when_all_passed_runs_are_finished_what_follows_opens_at_once() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="p"))).open().complete("a", "r", "p/1", "q/1").cancel()
    assert desk.open_places == ["z"]


def test_cancelled_during_a_change_the_passed_runs_still_go_on() -> None:
    standard = a_standard(*WAY, exceptions=some_exceptions(back_to="r", until="p"))
    desk = Desk(standard).open().complete("a", "r", "p/1", "q/1").change().cancel()
    assert desk.open_places == ["z"]


def test_cancelled_when_what_had_passed_was_withdrawn_the_case_ends_cancelled() -> None:
    standard = a_standard(*WAY, exceptions=some_exceptions(until="p", undo=("p",)))
    desk = Desk(standard).open().complete("a", "r", "p/1").withdraw_run("delivery", "1").cancel()
    assert (desk.case.status, desk.last.turn.undo) == ("cancelled", ("p",))


def test_what_undo_cannot_take_back_is_a_leftover_and_the_case_ends_when_none_is_open() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="q", undo=("r",)))).open().complete("a", "r")
    desk.cancel(Leftover("r", (), "reserved at another site"), Leftover("r", (), "label printed"))
    assert desk.open_places == ["leftover r"]
    assert desk.case.status == "open"
    assert len(desk.last.leftovers) == 2
    assert desk.complete("r").case.status == "cancelled"


def test_nothing_is_cancelled_when_only_leftovers_are_open() -> None:
    desk = Desk(a_standard(*WAY, exceptions=some_exceptions(until="q"))).open().cancel(Leftover("a", (), "left"))
    with pytest.raises(NothingToCancel):
        desk.cancel()
    with pytest.raises(NothingToChange):
        Desk(a_standard(*WAY, exceptions=some_exceptions(back_to="a"))).open().cancel(Leftover("a", (), "left")).change()


def test_a_cancel_is_too_late_when_everything_open_has_passed() -> None:
    with pytest.raises(TooLate):
        Desk(a_standard(*WAY, exceptions=some_exceptions(until="a"))).open().complete("a").cancel()


# --- hold -----------------------------------------------------------------------------------------------------------


def test_several_typed_holds_may_stand_and_are_counted() -> None:
    desk = Desk(a_standard("a", "b")).open().hold("credit").hold("credit").hold("quality")
    assert [hold.type for hold in desk.case.holds] == ["credit", "credit", "quality"]
    desk.lift("credit").lift("quality")
    assert desk.case.held
    assert not desk.lift("credit").case.held


def test_while_held_completing_is_refused_and_what_comes_from_the_world_is_accepted() -> None:
    standard = a_standard("a", each("delivery", "b", "c"), exceptions=some_exceptions(back_to="a"))
    desk = Desk(standard).open().complete("a").hold()
    with pytest.raises(Held):
        desk.complete("b/1")
    desk.record("order.flag_a").add_run("delivery", "3").change()
    assert desk.open_places == ["a"]
    assert desk.cancel().case.status == "cancelled"
    assert not desk.case.held


def test_a_hold_has_a_type_of_the_standard_and_a_reason() -> None:
    desk = Desk(a_standard("a")).open()
    with pytest.raises(UnknownHoldType):
        desk.hold("mood")
    with pytest.raises(ReasonRequired):
        desk.hold(reason="")
    with pytest.raises(NoSuchHold):
        desk.lift()


# --- complaint ------------------------------------------------------------------------------------------------------


def test_a_complaint_opens_its_stage_as_a_further_run_also_after_the_end() -> None:
    desk = Desk(a_standard("a", "s", exceptions=some_exceptions(after="a", opens="s"))).open().complete("a", "s")
    assert desk.complain().open_places == ["complaint s"]
    assert (desk.case.status, desk.case.reopenings, desk.item("s").run) == ("open", 1, 2)
    assert desk.complete("s").case.status == "ended"
    assert desk.case.ended_once


def test_a_complaint_stands_beside_other_open_items_and_is_never_skipped() -> None:
    standard = a_standard("a", "s", "z", s={"skip_when": "order.flag_a"}, exceptions=some_exceptions(after="a", opens="s"))
    desk = Desk(standard, flag_a=True).open().complete("a").complain()
    assert desk.open_places == ["complaint s", "z"]
    assert desk.case.reopenings == 0
    assert desk.complete("s").open_places == ["z"]


def test_the_flow_may_reach_the_stage_of_an_open_complaint() -> None:
    desk = Desk(a_standard("a", "b", "s", exceptions=some_exceptions(after="a", opens="s"))).open().complete("a").complain().complete("b")
    assert desk.open_places == ["complaint s", "s"]
    assert {item.place for item in desk.case.items} == {"", "complaint"}
    assert [item.run for item in desk.case.items] == [1, 2]


def test_a_second_complaint_joins_the_one_that_is_open() -> None:
    desk = Desk(a_standard("a", "s", exceptions=some_exceptions(after="a", opens="s"))).open().complete("a", "s").complain().complain()
    assert desk.open_places == ["complaint s"]
    assert desk.last.turn.item == desk.item("s").key


def test_a_complaint_before_its_stage_is_refused() -> None:
    with pytest.raises(TooEarly):
        Desk(a_standard("a", "s", exceptions=some_exceptions(after="a", opens="s"))).open().complain()


def test_a_failed_gate_of_a_complaint_starts_the_complaint_again() -> None:
    standard = a_standard("a", "s", s={"gate": a_gate("a", at_most=1)}, exceptions=some_exceptions(after="a", opens="s"))
    desk = Desk(standard).open().complete("a", "s").complain().complete("s", no="right")
    assert (desk.open_places, desk.item("s").run) == (["complaint s"], 3)
    assert desk.complete("s", no="right").open_places == ["complaint s", "decision s"]
