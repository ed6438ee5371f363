"""Migration of a running order: what moves, what is refused and why, and that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.desk import Desk, records
from engine.standards import a_gate, a_standard, choose, each, parallel, program_of, some_exceptions, sound_standards, text
from orderway.engine import migrating
from orderway.engine.acting import Actor
from orderway.engine.case import Case
from orderway.engine.move import Turn
from orderway.engine.refusals import (
    AlreadyOnVersion,
    AwaitingDecision,
    AwaitingSignature,
    BecomeOne,
    CaseEnded,
    DecidedOtherwise,
    LeftOut,
    NoPlaceInVersion,
    OtherBlock,
    OtherRelation,
    OtherRuns,
    PastUnknown,
    Refusal,
)
from orderway.standard.document import Block, Each, Node, RoleId, Sequence, StageId, StageRef, Standard
from orderway.standard.stage_map import stage_map


def migrated(desk: Desk, new: Standard, by_hand: Mapping[str, str] | None = None, *, divided: bool = False) -> Desk:
    """The desk after its order was migrated; raises the refusal."""
    crossing = migrating.Crossing(desk.program, program_of(new), stage_map(desk.program.standard, new, by_hand).targets)
    move = migrating.migrate(crossing, desk.case, migrating.past_of(desk.moves), divided=divided, reason="better", actor=Actor("olga"))
    desk.take(move)
    desk.program = crossing.new
    return desk


# --- what moves -----------------------------------------------------------------------------------------------------------


def test_an_order_goes_on_where_it_stands_and_meets_what_the_new_version_added() -> None:
    desk = Desk(a_standard("a", "b", "d")).open().complete("a")
    assert migrated(desk, a_standard("a", "b", "c", "d")).open_places == ["b"]
    assert desk.complete("b", "c", "d").case.status == "ended"


def test_the_entry_says_from_which_version_to_which() -> None:
    desk = migrated(Desk(a_standard("a", "b")).open(), replace(a_standard("a", "b"), version="1.1.0"))
    assert desk.last.migrated == ("1.0.0", "1.1.0")
    assert (desk.last.act, desk.last.actor, desk.last.reason) == ("migrate", "olga", "better")


def test_a_renamed_stage_keeps_run_counters_and_waivers() -> None:
    gate = a_gate("a", auto={"sound": "order.flag_a"})
    desk = Desk(a_standard("a", "b", "c", b={"gate": gate}), flag_a=True).open().complete("a").complete("b", no="right")
    desk.complete("a").waive("b", "sound")
    migrated(desk, a_standard("a", "check", "c", check={"gate": gate, "title": text("b")}))
    item = desk.item("check")
    assert (item.run, item.opened) == (2, 4)
    assert desk.case.failures == {("check", ()): 1}
    assert desk.case.waived(item) == {"sound"}
    assert desk.case.runs == {("a", ()): 2, ("check", ()): 2}


def test_the_role_of_an_open_item_is_that_of_the_new_version() -> None:
    desk = migrated(Desk(a_standard("a", "b")).open(), a_standard("a", "b", a={"owner": RoleId("reviewer")}))
    assert desk.item("a").role == "reviewer"


def test_an_order_inside_a_parallel_block_joins_in_the_new_version() -> None:
    desk = Desk(a_standard("a", parallel(("b", "c"), ("d",)), "e")).open().complete("a")
    migrated(desk, a_standard("a", parallel(("d",), ("b", "n", "c")), "e"))
    assert desk.complete("b", "d", "n").open_places == ["c"]
    assert desk.complete("c").open_places == ["e"]


def test_a_branch_that_was_entered_is_not_judged_by_its_new_condition() -> None:
    desk = Desk(a_standard("a", choose(("order.flag_a", ("b",)), (None, ("c",))), "d"), flag_a=True).open().complete("a")
    migrated(desk, a_standard("a", choose(("order.flag_b", ("b",)), (None, ("c",))), "d"))
    assert desk.complete("b").open_places == ["d"]


def test_runs_of_an_each_go_on_and_finished_ones_stay_finished() -> None:
    desk = Desk(a_standard("a", each("delivery", "b", "c"), "d")).open().complete("a", "b/1", "c/1")
    migrated(desk, a_standard("a", each("delivery", "b", "n", "c"), "d"))
    assert desk.complete("b/2", "n/2", "c/2").open_places == ["d"]


def test_a_hold_stands_after_the_migration() -> None:
    desk = migrated(Desk(a_standard("a", "b")).open().hold(), a_standard("a", "c", "b"))
    assert desk.case.held
    assert desk.lift().complete("a").open_places == ["c"]


def test_a_complaint_goes_on_where_its_stage_still_stands() -> None:
    rules = some_exceptions(after="b", opens="c")
    desk = Desk(a_standard("a", "b", "c", exceptions=rules)).open().complete("a", "b").complain()
    migrated(desk, a_standard("a", "b", "n", "c", exceptions=rules))
    assert {item.kind for item in desk.case.items} == {"stage", "complaint"}


def test_what_waited_is_tried_again_where_its_stage_is_said_otherwise() -> None:
    desk = Desk(a_standard("a", "b")).open()
    desk.case = replace(desk.case, items=(desk.case.items[0]._replace(waiting="criterion_blocks:sound"),))
    same = migrating.Crossing(desk.program, program_of(a_standard("a", "b")), {"a": "a", "b": "b"})
    other = migrating.Crossing(desk.program, program_of(a_standard("a", "b", a={"title": text("A!")})), {"a": "a", "b": "b"})
    past = migrating.past_of(desk.moves)
    assert migrating.migrate(same, desk.case, past, actor=Actor("olga")).turn.waiting == ()
    assert migrating.migrate(other, desk.case, past, actor=Actor("olga")).turn.waiting == ((desk.case.items[0].key, ""),)


# --- who worked, what was passed ------------------------------------------------------------------------------------------


def test_whoever_worked_on_a_stage_that_only_the_new_version_keeps_apart_is_barred_there() -> None:
    desk = Desk(a_standard("a", "b")).open(by="alice").complete("a", by="bob")
    assert desk.case.worked == {}
    migrated(desk, a_standard("a", "b", b={"gate": a_gate("a", not_by=(StageId("a"),))}))
    assert desk.case.worked == {"a": ("alice", "bob")}


def test_an_order_that_was_divided_does_not_know_who_worked_on_it_before() -> None:
    desk = Desk(a_standard("a", "b")).open()
    with pytest.raises(PastUnknown):
        migrated(desk, a_standard("a", "b", b={"gate": a_gate("a", not_by=(StageId("a"),))}), divided=True)
    assert migrated(desk, a_standard("a", "n", "b"), divided=True).open_places == ["a"]


def test_a_stage_that_only_the_new_version_asks_about_counts_as_passed() -> None:
    desk = Desk(a_standard("a", "b", "c")).open().complete("a", "b")
    migrated(desk, a_standard("a", "b", "c", exceptions=some_exceptions(until="b")))
    assert desk.case.passed == {("b", ())}


def test_a_new_gate_behind_the_order_is_listed_and_one_ahead_is_not() -> None:
    gate = a_gate("a")
    desk = Desk(a_standard("a", "b", "c")).open().complete("a")
    migrated(desk, a_standard("a", "n", "b", "m", "c", n={"gate": gate}, m={"gate": gate}, a={}))
    assert desk.last.unpassed == ("n",)


def test_a_gate_that_a_passed_stage_has_got_is_listed() -> None:
    desk = Desk(a_standard("a", "b", "c")).open().complete("a", "b")
    migrated(desk, a_standard("a", "b", "c", b={"gate": a_gate("a")}))
    assert desk.last.unpassed == ("b",)


def test_a_stage_where_no_order_may_stand_is_still_what_it_was() -> None:
    gate = a_gate("a")
    desk = Desk(a_standard("a", "b", "c", b={"gate": gate})).open().complete("a", "b")
    migrated(desk, a_standard("a", "b", "c", b={"gate": gate}), {"b": ""})
    assert desk.last.unpassed == ()
    with pytest.raises(LeftOut, match="b"):
        migrated(Desk(a_standard("a", "b", "c")).open(), a_standard("b", "a", "c"), {"b": ""})


def test_passed_stages_that_lie_ahead_again_are_named() -> None:
    desk = Desk(a_standard("a", "b", "c", "d")).open().complete("a", "b")
    new = a_standard("a", "c", "b", "d")
    crossing = migrating.Crossing(desk.program, program_of(new), stage_map(desk.program.standard, new).targets)
    assert migrating.passed_again(crossing, desk.case, migrating.past_of(desk.moves)) == ("b",)
    assert migrated(desk, new).complete("c", "b").open_places == ["d"]
    assert desk.case.runs["b", ()] == 2


# --- what does not move ---------------------------------------------------------------------------------------------------


def test_an_order_is_not_migrated_to_its_own_version() -> None:
    desk = Desk(a_standard("a", "b")).open()
    with pytest.raises(AlreadyOnVersion):
        migrating.migrate(migrating.Crossing(desk.program, desk.program, {}), desk.case, migrating.past_of(()), actor=Actor("olga"))


def test_an_ended_order_stays_on_its_version() -> None:
    with pytest.raises(CaseEnded):
        migrated(Desk(a_standard("a")).open().complete("a"), a_standard("a", "b"))


def test_a_removed_stage_where_the_order_stands_needs_a_place() -> None:
    desk = Desk(a_standard("a", "b", "c")).open().complete("a")
    with pytest.raises(NoPlaceInVersion, match="b"):
        migrated(desk, a_standard("a", "c"))
    assert migrated(desk, a_standard("a", "c"), {"b": "c"}).open_places == ["c"]


def test_an_order_does_not_move_out_of_its_block() -> None:
    desk = Desk(a_standard("a", parallel(("b",), ("c",)), "d")).open().complete("a")
    with pytest.raises(OtherBlock):
        migrated(desk, a_standard("a", "b", "c", "d"))


def test_an_order_does_not_move_into_runs_that_were_never_started() -> None:
    desk = Desk(a_standard("a", "b", "d")).open().complete("a")
    with pytest.raises(OtherBlock):
        migrated(desk, a_standard("a", each("delivery", "b"), "d"))


def test_a_stage_that_was_passed_inside_runs_does_not_move_out_of_them() -> None:
    desk = Desk(a_standard("a", each("delivery", "b"), "d")).open().complete("a", "b/1", "b/2")
    with pytest.raises(OtherRuns):
        migrated(desk, a_standard("a", each("delivery", "n"), "b", "d"), {"b": "b"})


def test_work_that_is_still_to_come_is_not_left_behind() -> None:
    desk = Desk(a_standard("a", "b", "c", "d")).open().complete("a")
    with pytest.raises(LeftOut, match="c"):
        migrated(desk, a_standard("a", "c", "b", "d"))


def test_stages_with_a_history_of_their_own_do_not_become_one() -> None:
    desk = Desk(a_standard("a", "b", "c")).open().complete("a")
    with pytest.raises(BecomeOne):
        migrated(desk, a_standard("b", "c"), {"a": "b"})


def test_what_is_open_at_once_does_not_come_one_behind_the_other() -> None:
    rules = some_exceptions(back_to="a", until="b")
    desk = Desk(a_standard("a", each("delivery", "b", "c"), "d", exceptions=rules)).open().complete("a", "b/1").change()
    assert desk.open_places == ["a", "c/1"]
    with pytest.raises(OtherRelation):
        migrated(desk, a_standard("first", each("delivery", "b", "c"), "a", "d", exceptions=rules))


def test_an_order_with_a_pending_signature_waits_for_it() -> None:
    standard = a_standard("a", "b", "c", b={"gate": a_gate("a", approve="signatures")})
    desk = Desk(standard, total=Decimal(500)).open().complete("a", "b")
    with pytest.raises(AwaitingSignature):
        migrated(desk, replace(standard, version="1.1.0"))
    assert migrated(desk.sign("b", by="carol"), replace(standard, version="1.1.0")).open_places == ["c"]


def test_an_order_whose_verdict_another_role_has_taken_over_waits_for_it() -> None:
    standard = a_standard("a", "b", "c", b={"gate": a_gate("a", at_most=1)})
    desk = Desk(standard).open().complete("a").complete("b", no="right").complete("a").complete("b", no="right")
    with pytest.raises(AwaitingDecision):
        migrated(desk, replace(standard, version="1.1.0"))


def test_a_gate_that_all_have_signed_is_not_worded_differently_under_them() -> None:
    def standard(**more: object) -> Standard:
        gate = a_gate("a", approve="signatures", auto={"sound": "order.flag_a"})
        return a_standard("a", "b", "c", b={"gate": gate, **more})

    desk = Desk(standard(), total=Decimal(500), flag_a=True).open().complete("a", "b")
    desk.facts["order.flag_a"] = False
    desk.sign("b", by="carol")
    with pytest.raises(DecidedOtherwise):
        migrated(desk, standard(title=text("B!")))
    migrated(desk, standard())
    desk.facts["order.flag_a"] = True
    assert desk.look_again("b").open_places == ["c"]


# --- properties -----------------------------------------------------------------------------------------------------------


def _driven(desk: Desk, steps: int, seed: int) -> Desk:
    """So many stages of the order completed, every question answered yes."""
    for step in range(steps):
        items = [item for item in desk.case.items if item.kind != "decision"]
        if not items or desk.case.status != "open":
            break
        item = sorted(items)[(seed + step) % len(items)]
        place = "/".join((item.stage, *item.path))
        try:
            if item.kind == "approval":
                desk.sign(place, by=f"signatory {step}")
            elif not any((one.stage, one.path, one.kind) == (item.stage, item.path, "approval") for one in desk.case.items):
                desk.complete(place, by=f"worker {step}")
        except Refusal:
            desk.case = desk.case  # waits for a fact or a signature: another place may go on
    return desk


def _calm(standard: Standard) -> Standard:
    """The same flow with gates that only ask, so that every order can be driven to its end."""
    stages = {name: replace(stage, gate=_asking(stage.gate), skip_when=None, needs=()) for name, stage in standard.stages.items()}
    return replace(standard, stages=stages)


def _asking(gate: object) -> object:
    return replace(gate, criteria=tuple(one for one in gate.criteria if one.ask) or a_gate("a").criteria, approve=None) if gate else None  # type: ignore[attr-defined,type-var]


def _a_desk(standard: Standard, keys: int) -> Desk:
    lists = {"deliveries": records(*map(str, range(1, keys + 1))), "parcels": records("1", "2")}
    return Desk(standard, total=Decimal(10), **lists, flag_a=True, flag_c=True)


def _edited(node: Node, draw: st.DataObject, names: list[str]) -> Node:
    """The flow with stages put in, taken out and turned round, here and there."""
    match node:
        case Sequence(nodes=nodes):
            inside = [_edited(child, draw, names) for child in nodes]
            what = draw.draw(st.sampled_from(["", "", "add", "drop", "turn"]))
            at = draw.draw(st.integers(0, len(inside) - 1))
            if what == "add":
                inside.insert(at, StageRef(StageId(names.pop())))
            elif what == "drop" and len(inside) > 1:
                inside.pop(at)
            elif what == "turn":
                inside[at:] = reversed(inside[at:])
            return Sequence(tuple(inside))
        case Block(branches=branches):
            return replace(node, branches=tuple(replace(one, do=_edited(one.do, draw, names)) for one in branches))
        case Each(do=do):
            return replace(node, do=_edited(do, draw, names))
        case _:
            return node


def _swapped(node: Node, names: Mapping[str, str]) -> Node:
    match node:
        case Sequence(nodes=nodes):
            return Sequence(tuple(_swapped(child, names) for child in nodes))
        case Block(branches=branches):
            return replace(node, branches=tuple(replace(one, do=_swapped(one.do, names)) for one in branches))
        case Each(do=do):
            return replace(node, do=_swapped(do, names))
        case StageRef(stage=stage):
            return StageRef(StageId(names.get(stage, stage)))


def _another(standard: Standard, draw: st.DataObject) -> Standard:
    """The flow with some stages put in, taken out, turned round, or changed for another, also into other blocks."""
    flow = _edited(standard.flow, draw, [f"new_{number}" for number in range(40)])
    if draw.draw(st.booleans()):
        one, other = (draw.draw(st.sampled_from(list(standard.stages_in_flow()))) for _ in range(2))
        flow = _swapped(flow, {one: other, other: one})
    plain = a_standard(*flow.nodes)  # type: ignore[attr-defined]
    kept = {name: replace(stage, gate=None) for name, stage in standard.stages.items() if name in plain.stages}
    return replace(plain, version="2.0.0", stages={**plain.stages, **kept})


CALM_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@CALM_SETTINGS
@given(st.data(), sound_standards(), st.integers(0, 12), st.integers(0, 9))
def test_the_same_version_changes_nothing_but_the_pin(data: st.DataObject, standard: Standard, steps: int, seed: int) -> None:
    desk = _driven(_a_desk(_calm(standard), data.draw(st.integers(1, 3))).open(), steps, seed)
    if desk.case.status != "open":
        return
    before = desk.case
    migrated(desk, replace(desk.program.standard, version="9.9.9"))
    assert replace(desk.case, sequence=before.sequence) == before
    assert (desk.last.unpassed, desk.last.turn) == ((), Turn("migrate"))


@CALM_SETTINGS
@given(st.data(), sound_standards(), st.integers(0, 12), st.integers(0, 9))
def test_a_migrated_order_comes_to_its_end_and_loses_nothing(data: st.DataObject, standard: Standard, steps: int, seed: int) -> None:
    desk = _driven(_a_desk(_calm(standard), data.draw(st.integers(1, 3))).open(), steps, seed)
    new = _another(desk.program.standard, data.draw(st.just(data)))
    before, old = desk.case, desk.program
    past = migrating.past_of(desk.moves)
    try:
        migrated(desk, new)
    except Refusal:
        return
    assert desk.case.runs == before.runs
    assert desk.case.failures == before.failures
    assert {item.key for item in desk.case.items} == {item.key for item in before.items}
    to_come = _stages_ahead(old.standard, before) & set(new.stages_in_flow())
    at = len(desk.moves)
    _driven(desk, 200, seed)
    assert desk.case.status == "ended"
    opened = {item.stage for move in desk.moves[at:] for item in move.opened}
    assert to_come <= opened | {item.stage for item in before.items} | _in_untaken_branches(desk, at)
    again = migrating.passed_again(migrating.Crossing(old, desk.program, stage_map(old.standard, new).targets), before, past)
    assert not (opened & past.passed_stages) - set(again) - _stages_ahead(old.standard, before)


def _stages_ahead(standard: Standard, case: Case) -> set[str]:
    program = program_of(standard)
    return set(migrating.ahead_of(program, (item.stage for item in case.items if item.kind == "stage")))


def _in_untaken_branches(desk: Desk, at: int) -> set[str]:
    """Stages of branches that were not taken when their block was entered after the migration."""
    untaken: set[str] = set()
    for move in desk.moves[at:]:
        for entered in move.turn.entered:
            node = desk.program.nodes[entered.node]
            untaken.update(*(desk.program.nodes[child].stages for slot, child in enumerate(node.children) if slot not in entered.branches))
    return untaken
